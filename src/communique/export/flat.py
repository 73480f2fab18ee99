"""The tables of the dataset as they are: CSV, JSON lines, Parquet."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from communique.export.loss import Loss
from communique.export.types import Source
from communique.export.writing import Folder


def _write(source: Source, folder: Folder, loss: Loss, kind: str) -> None:
    for table in source.tables:
        with folder.create(f"{table}.{kind}") as out:
            count = source.write_rows(_exact(source, table), source.schema(table), kind, out)
        loss.rows[f"{table}.{kind}"] += count
        loss.read += count
        loss.written += count


def _exact(source: Source, table: str) -> Iterator[pa.RecordBatch]:
    """The rows with exactly the types of the schema; a database may name the parts of a list in its own way."""
    for batch in source.rows(table):
        yield from pa.Table.from_batches([batch]).cast(source.schema(table)).to_batches()


def write_csv(source: Source, folder: Folder, loss: Loss) -> None:
    """One file a table; texts that a spreadsheet could take for a formula begin with an apostrophe."""
    _write(source, folder, loss, "csv")


def write_jsonl(source: Source, folder: Folder, loss: Loss) -> None:
    """One file a table, one object a line."""
    _write(source, folder, loss, "jsonl")


def write_parquet(source: Source, folder: Folder, loss: Loss) -> None:
    """One file a table, with the types of the schema."""
    _write(source, folder, loss, "parquet")
