"""Datasets of older schema versions: each step takes the tables of one version to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from communique.errors import DatasetDamaged, OldSchema
from communique.store.files import Files
from communique.store.manifest import Manifest, Part
from communique.store.schema import TABLES, VERSION
from communique.store.shards import conform
from communique.store.writing import write_batches

Step = Callable[[str, pa.Table], tuple[str, pa.Table]]
"""Name and rows of one table to its name and rows in the next version."""

STEPS: dict[int, Step] = {}
"""By the version that a step starts from. Columns that a version adds need no step: they are null in older files."""


def migrated(files: Files, manifest: Manifest) -> list[Part]:
    """The parts of an older manifest, written again in the schema of this version. Raises `OldSchema` where a step is unknown."""
    missing = [v for v in range(manifest.schema_version, VERSION) if v not in STEPS]
    if missing:
        raise OldSchema(f"no way from schema version {missing[0]} to {missing[0] + 1} is known; run the sources into a new dataset")
    return [_part(files, p, manifest.schema_version) for p in manifest.parts]


def _part(files: Files, part: Part, version: int) -> Part:
    entries = {}
    for name, entry in part.files.items():
        target = name
        for v in range(version, VERSION):
            target, _ = STEPS[v](target, pa.table({}))
        if target not in TABLES:
            continue
        stamp = ("migrated", part.run_id, entry.digest, entry.sha256)
        new = write_batches(files, target, part.id, stamp, _batches(files, name, entry.path, version))
        if new:
            entries[target] = new
    return replace(part, files=entries)


def _batches(files: Files, name: str, path: str, version: int) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(files.open(path)) as file:
            for batch in file.iter_batches(batch_size=8192):
                table, data = name, pa.Table.from_batches([batch])
                for v in range(version, VERSION):
                    table, data = STEPS[v](table, data)
                yield from conform(table, data).to_batches()
    except (OSError, pa.ArrowException) as error:
        raise DatasetDamaged(f"{files.full(path)} cannot be read ({str(error)[:160]}); restore it or run its sources again") from error
