"""Training of communique's encoder: readers, model, trainer, exporter, scorer."""
