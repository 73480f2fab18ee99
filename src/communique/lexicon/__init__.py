"""Dictionaries as reviewable plain text, their loader and their matcher."""
