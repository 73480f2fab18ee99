"""Rows of a table to a stream: as a table for reading, CSV, JSON, JSON lines or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.text import Text

from communique.render.cells import cell, csv_cell
from communique.render.table import plain_table, safe

FORMATS = ("table", "csv", "json", "jsonl", "parquet")
_HEADINGS = {"date_start": "date", "published_day": "published", "speaker_name": "speaker", "documents": "stories"}
TABLE_ROWS = 1000
"""Rows that a table for reading has at most."""


def write_rows(batches: Iterable[pa.RecordBatch], schema: pa.Schema, kind: str, out: BinaryIO, *, width: int | None = None) -> int:
    """Write rows in one of `FORMATS`, a batch at a time; returns how many there were.

    CSV cells are safe against formulas; a table for reading ends after 1,000 rows and says so.
    """
    return {"table": _table, "csv": _csv, "json": _json, "jsonl": _jsonl, "parquet": _parquet}[kind](batches, schema, out, width)


def _csv(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO, _: int | None) -> int:
    count = 0
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(schema.names)
    for batch in batches:
        for row in batch.to_pylist():
            writer.writerow([csv_cell(row[n]) for n in schema.names])
            count += 1
        out.write(text.getvalue().encode("utf-8"))
        text.seek(0)
        text.truncate()
    out.write(text.getvalue().encode("utf-8"))
    return count


def _jsonl(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO, _: int | None) -> int:
    count = 0
    for batch in batches:
        for row in batch.to_pylist():
            out.write(msgspec.json.encode(row) + b"\n")
            count += 1
    return count


def _json(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO, _: int | None) -> int:
    count = 0
    for batch in batches:
        for row in batch.to_pylist():
            out.write((b",\n" if count else b"[") + msgspec.json.encode(row))
            count += 1
    out.write(b"]\n" if count else b"[]\n")
    return count


def _parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO, _: int | None) -> int:
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += len(batch)
    return count


def _table(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO, width: int | None) -> int:
    rows = list(islice((row for batch in batches for row in batch.to_pylist()), TABLE_ROWS + 1))
    numbers = [i for i, f in enumerate(schema) if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)]
    headings = [_HEADINGS.get(n, str(n)).replace("_", " ").upper() for n in schema.names]
    table = plain_table(*headings, right=numbers)
    for name, column in zip(schema.names, table.columns):
        column.no_wrap = name.endswith("_id") or name in ("type", "status") or pa.types.is_date(schema.field(name).type)
    for row in rows[:TABLE_ROWS]:
        table.add_row(*(Text(safe(_short(row[n]))) for n in schema.names))
    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=False, highlight=False, soft_wrap=False)
    console.print(table)
    if len(rows) > TABLE_ROWS:
        console.print(f"… only the first {TABLE_ROWS:,} rows; choose another format or a limit for more")
    out.write(text.getvalue().encode("utf-8"))
    return len(rows)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) > 9999 else str(value)
    if isinstance(value, list) and value and all(isinstance(v, dict) and "name" in v for v in value):
        value = "; ".join(str(v["name"]) for v in value)
    text = " ".join(cell(value).split())
    return text[:119] + "…" if len(text) > 120 else text
