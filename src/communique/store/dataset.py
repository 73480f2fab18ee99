"""A dataset and its snapshots: what is published, and how it is read. Readers hold no locks and are never blocked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from communique.errors import DatasetDamaged, NewSchema, NotADataset, OldSchema
from communique.store.files import Disk, Files, files_at, must_read, write_bytes
from communique.store.manifest import CURRENT, Manifest, decode, encode, make_manifest
from communique.store.schema import TABLES, VERSION


def now() -> str:
    """The time, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A place that holds a dataset."""

    files: Files

    @property
    def location(self) -> str:
        """Folder or URL."""
        return self.files.location

    def snapshot(self) -> Snapshot:
        """What is published now. Raises `NotADataset`, `OldSchema`, `NewSchema` or `DatasetDamaged`."""
        path, manifest = self._standing()
        if manifest.schema_version < VERSION:
            raise OldSchema(
                f"{self.location} has schema version {manifest.schema_version}, this is {VERSION}; run communique compact {self.location}"
            )
        return Snapshot(files=self.files, manifest=manifest, path=path)

    def manifest(self) -> Manifest:
        """The manifest that stands, of this or an older schema version."""
        return self._standing()[1]

    def _standing(self) -> tuple[str, Manifest]:
        path = self.current()
        while not self.files.exists(path) and self.current() != path:
            path = self.current()  # it was replaced, and removed, between two looks
        manifest = decode(must_read(self.files, path), self.files.full(path))
        if manifest.schema_version > VERSION:
            raise NewSchema(f"{self.location} has schema version {manifest.schema_version}, this communique knows {VERSION}; update it")
        return path, manifest

    def current(self) -> str:
        """Path of the manifest that stands."""
        try:
            path = self.files.read(CURRENT).decode("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotADataset(f"{self.location} is no dataset; communique run SOURCE --into {self.location} makes one") from error
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetDamaged(f"{self.files.full(CURRENT)} cannot be read: {error}") from error
        if not path.startswith("manifests/"):
            raise DatasetDamaged(f"{self.files.full(CURRENT)} names no manifest; write the path of the newest one in manifests/ into it")
        return path

    def exists(self) -> bool:
        """True where something was published or made."""
        return self.files.exists(CURRENT)

    def commit(self, manifest: Manifest) -> Snapshot:
        """Make a manifest the one that stands: its file first, then the pointer, in one rename."""
        path, data = encode(manifest)
        write_bytes(self.files, path, data)
        write_bytes(self.files, CURRENT, f"{path}\n".encode())
        return Snapshot(files=self.files, manifest=manifest, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One published state, which never changes."""

    files: Files
    manifest: Manifest
    path: str = ""
    """Of the manifest; found out where it is not given."""

    @property
    def name(self) -> str:
        """Sequence number and digest of the manifest."""
        return (self.path or encode(self.manifest)[0]).removeprefix("manifests/").removesuffix(".json")

    @property
    def digest(self) -> str:
        """Over all facts: equal for equal datasets, whatever their files."""
        return self.manifest.digest

    def rows(self, table: str) -> int:
        """Number of rows."""
        return self.manifest.table(table).rows

    def paths(self, table: str) -> list[str]:
        """The table's Parquet files, relative to the dataset."""
        return self.manifest.table(table).files

    def batches(self, table: str, columns: Sequence[str] | None = None, *, size: int = 8192) -> Iterator[pa.RecordBatch]:
        """The rows of a table, a bounded number at a time, in no order."""
        for path in self.paths(table):
            yield from read_batches(self.files, table, path, columns, size)

    def read(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A whole table or some of its columns."""
        schema = TABLES[table].schema
        if columns is not None:
            schema = pa.schema([schema.field(c) for c in columns])
        return pa.Table.from_batches(self.batches(table, columns), schema=schema)

    def check(self) -> None:
        """Compare every file with the manifest; raises `DatasetDamaged` for the first that differs."""
        import hashlib

        for part in self.manifest.parts:
            for entry in part.files.values():
                if hashlib.sha256(must_read(self.files, entry.path)).hexdigest() != entry.sha256:
                    raise DatasetDamaged(f"{self.files.full(entry.path)} is not what was published; restore it or run its sources again")


def read_batches(files: Files, table: str, path: str, columns: Sequence[str] | None = None, size: int = 8192) -> Iterator[pa.RecordBatch]:
    """Rows of one Parquet file with the columns of the schema; columns that it lacks are null."""
    schema = TABLES[table].schema
    wanted = list(columns or schema.names)
    try:
        with pq.ParquetFile(files.open(path)) as file:
            there = set(file.schema_arrow.names)
            present = [c for c in wanted if c in there]
            for batch in file.iter_batches(batch_size=size, columns=present):
                arrays = [
                    batch.column(c).cast(schema.field(c).type) if c in present else pa.nulls(len(batch), schema.field(c).type)
                    for c in wanted
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=pa.schema([schema.field(c) for c in wanted]))
    except (OSError, pa.ArrowException) as error:
        raise DatasetDamaged(f"{files.full(path)} cannot be read ({str(error)[:160]}); restore it or run its sources again") from error


def open_dataset(location: str | Path, *, disk: Disk | None = None) -> Dataset:
    """The dataset at a folder or URL; raises `NotADataset` where there is none."""
    dataset = Dataset(files=files_at(location, disk))
    dataset.current()
    return dataset


def create_dataset(location: str | Path, *, disk: Disk | None = None) -> Dataset:
    """The dataset at a folder or URL, made empty where there is none; several may call this at once."""
    dataset = Dataset(files=files_at(location, disk))
    if not dataset.exists():
        with dataset.files.lock(60.0):
            if not dataset.exists():
                dataset.commit(make_manifest([], sequence=0, created=now()))
    return dataset
