"""Scorers and readers of the measuring sets."""
