"""Arrow batches to Parquet files of the dataset, a bounded number of rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq

from communique.store.digest import Digest, table_digest
from communique.store.files import Files
from communique.store.manifest import FileEntry, Part, file_name
from communique.store.schema import TABLES, VERSION, shape

_GROUP_ROWS, _GROUP_BYTES = 60_000, 64_000_000
"""A row group is closed when it has either."""


def write_part(files: Files, part_id: str, scope: str, run_id: str, tables: Mapping[str, pa.Table]) -> Part:
    """Write tables as one part. Its file names tell part, run and rows, so that writing it twice does no harm."""
    entries = {}
    for name, data in tables.items():
        digest = table_digest(name, data)
        entry = write_batches(files, name, part_id, (run_id, digest), data.to_batches(), digest=digest)
        if entry:
            entries[name] = entry
    return Part(id=part_id, scope=scope, run_id=run_id, files=entries)


def write_batches(
    files: Files, name: str, part_id: str, stamp: tuple[str, ...], batches: Iterable[pa.RecordBatch], *, digest: str | None = None
) -> FileEntry | None:
    """Write one Parquet file; None where there are no rows.

    `stamp` is what its content follows from; it goes into the name. `digest` is computed where it is not given.
    """
    full = (b for b in batches if len(b))
    first = next(full, None)
    if first is None:
        return None
    mark = hashlib.sha256("\n".join((part_id, *stamp, str(VERSION))).encode("utf-8", "replace")).hexdigest()[:16]
    path = f"data/{name}/{file_name(part_id)}.{mark}.parquet"
    schema = TABLES[name].schema.with_metadata({"communique.schema_version": str(VERSION), "communique.table": name})
    counted = Digest(name)
    rows = 0
    with files.create(path) as sink:
        with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
            for group in _groups(chain([first], full)):
                if digest is None:
                    for batch in group.to_batches():
                        counted.add(batch)
                rows += len(group)
                writer.write_table(group.cast(schema), row_group_size=len(group))
        size, sha256 = sink.size, sink.sha256
    return FileEntry(path=path, rows=rows, bytes=size, sha256=sha256, digest=digest or counted.value, shape=shape(name))


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += len(batch)
        size += batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(held)
            held, rows, size = [], 0, 0
    if held:
        yield pa.Table.from_batches(held)
