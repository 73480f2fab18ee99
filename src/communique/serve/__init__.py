"""The desk: a dataset in a browser and over an API, read-only, with the same data at the same address as page, JSON, CSV and more."""
