"""The dataset: Parquet files that are the truth, DuckDB as an index over them, PostgreSQL as a copy."""
