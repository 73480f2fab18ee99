"""Weights of the large encoder; communique loads them with `--quality best`."""
