"""Sentences to facts, one module for each kind."""
