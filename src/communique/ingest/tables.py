"""Rows of CSV, TSV and Parquet files to raw documents."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from communique.errors import CommuniqueError, TooLarge, UnreadableInput
from communique.ingest.fields import FIELDS, LEADS, column, from_fields, is_table, places
from communique.ingest.lines import decode_line, lines
from communique.ingest.streams import FREE_OUTPUT, MAX_RATIO, Stream
from communique.ingest.unread import Item, reject
from communique.types import Reject

MAX_FIELD = 5_000_000
"""Characters of the longest field; what is longer is most often a quote that was never closed."""
MAX_EMPTY = 1_000_000
"""Empty lines in a row after which a file is given up."""
_DELIMITERS = ",;\t|"
csv.field_size_limit(MAX_FIELD)


def rows_to_items(rows: Iterator[tuple[int, Any]], name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One story or reject for each numbered row; a row may be the error that stands in its place."""
    for number, row in rows:
        place = f"{name}:{number}"
        if isinstance(row, CommuniqueError):
            yield reject(place, row)
            continue
        try:
            if not isinstance(row, Mapping):
                raise UnreadableInput(f"this is {type(row).__name__}, not an object with fields")
            yield from_fields(row, mapping, published)
        except CommuniqueError as error:
            yield Reject(id=_own_id(row, mapping) or place, stage=error.stage, code=error.code, message=str(error))


def _own_id(row: object, mapping: Mapping[str, str]) -> str | None:
    if not isinstance(row, Mapping):
        return None
    key = places(row, mapping).get("id")
    value = None if key is None else row[key]
    return str(value) if value not in (None, "") else None


def delimiter_of(head: str, mapping: Mapping[str, str]) -> str | None:
    """The delimiter under which the first line names the fields of stories; None where it is no such line."""
    first = head.split("\n", 1)[0].strip("\ufeff\r")
    for delimiter in sorted(_DELIMITERS, key=first.count, reverse=True):
        if delimiter in first:
            try:
                names = next(csv.reader([first], delimiter=delimiter), [])
            except csv.Error:
                continue
            if is_table(names, mapping):
                return delimiter
    return None


def frame_csv(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """Rows of a delimited file, the first line naming the columns."""
    head = decode_line(stream.head).removeprefix("\ufeff")
    delimiter = delimiter_of(head, mapping) or ","
    quoting = csv.QUOTE_NONE if delimiter == "\t" and _unquoted(head) else csv.QUOTE_MINIMAL
    yield from rows_to_items(_rows(stream, delimiter, quoting), name, mapping, published)


def _unquoted(head: str) -> bool:
    """Whether a tab-separated head has a row a line when quotes mean nothing: then they are part of the text."""
    rows = [line.count("\t") for line in head.split("\n")[:-1][:200]]
    return not head.startswith('"') and len(set(rows)) <= 1


def _rows(stream: Stream, delimiter: str, quoting: int) -> Iterator[tuple[int, Any]]:
    feed = _Feed(stream)
    reader = csv.reader(feed, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    header: list[str] | None = None
    while True:
        begin = feed.number + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield begin, UnreadableInput(f"this is no row ({error}); is a quote never closed?")
            continue
        if feed.skipped:
            yield feed.skipped.pop()
        elif header is None:
            header = row
        elif row:
            if stream.problem and feed.ended:
                break
            yield begin, dict(zip(header, row)) if len(row) <= len(header) else _too_wide(header, row)


def _too_wide(header: list[str], row: list[str]) -> dict[str, str] | UnreadableInput:
    if any(cell.strip() for cell in row[len(header) :]):
        return UnreadableInput(f"the row has {len(row)} cells, the first line names {len(header)}; quote cells that hold the delimiter")
    return dict(zip(header, row))


class _Feed(Iterator[str]):
    """Decoded lines for the csv reader, with their number; a line that is too long becomes an entry of `skipped`."""

    def __init__(self, stream: Stream) -> None:
        self._lines, self.number, self.skipped, self.ended = lines(stream.file), 0, [], False
        self._empty = 0

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.number += 1
        self._empty = self._empty + 1 if line == b"\n" else 0
        if self._empty > MAX_EMPTY:
            raise TooLarge(f"over {MAX_EMPTY} empty lines follow one another; the rest of the file was not read")
        if isinstance(line, CommuniqueError):
            self.skipped.append((self.number, line))
            return "\n"
        self.ended = not line.endswith(b"\n")
        text = decode_line(line).replace("\x00", "")
        return text.removeprefix("\ufeff") if self.number == 1 else text


def frame_parquet(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """Rows of a Parquet file, a few at a time and only the columns of stories. Packed or piped files are copied to disk first."""
    with stream.seekable() as file:
        yield from rows_to_items(_parquet_rows(file, mapping), name, mapping, published)


def _parquet_rows(file: BinaryIO, mapping: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        table = pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        names = [n for n in table.schema_arrow.names if _wanted(n, table.schema_arrow.names, mapping)]
        _check_sizes(table.metadata, set(names))
        for batch in table.iter_batches(batch_size=16, columns=names, use_threads=False):
            for row in batch.to_pylist():
                number += 1
                yield number, {k: _plain(v) for k, v in row.items()}
    except TooLarge as error:
        yield number + 1, error
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        yield number + 1, UnreadableInput(f"the Parquet file is broken after {number} rows: {str(error)[:120]}")


def _wanted(name: str, names: list[str], mapping: Mapping[str, str]) -> bool:
    low = {n.strip().casefold() for n in names}
    columns = {column(f, low, mapping) for f in FIELDS}
    return columns == {None} or name.strip().casefold() in columns | set(LEADS)


def _check_sizes(metadata: Any, names: set[str]) -> None:
    for g in range(metadata.num_row_groups):
        group = metadata.row_group(g)
        for c in range(group.num_columns):
            chunk = group.column(c)
            bare, packed = chunk.total_uncompressed_size, chunk.total_compressed_size
            if chunk.path_in_schema.split(".")[0] in names and bare > FREE_OUTPUT and bare > MAX_RATIO * max(1, packed):
                raise TooLarge(f"a column of row group {g} unpacks to more than {MAX_RATIO} times its size, as no text does")


def _plain(value: object) -> object:
    """Scalars as they are, anything nested as its text; bytes stay, and are refused as a text."""
    return value if value is None or isinstance(value, str | int | float | bytes | datetime | date) else str(value)
