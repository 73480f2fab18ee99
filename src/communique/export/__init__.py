"""Datasets to and from the formats of the field, and two datasets compared."""
