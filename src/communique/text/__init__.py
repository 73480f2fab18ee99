"""Documents to sentences and words."""
