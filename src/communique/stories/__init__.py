"""Documents of one happening."""
