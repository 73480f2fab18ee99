"""A snapshot's manifest: the list of the files that are the dataset, with rows and hashes.

DATASET/
  CURRENT                     path of the manifest that stands
  manifests/00000012-4f….json
  data/TABLE/PART.….parquet   never changed once written
  receipts/RUN/PART.json      written parts that wait to be published
  index/….duckdb              made from a snapshot, may be deleted

"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from communique.errors import DatasetDamaged
from communique.store.digest import EMPTY, add
from communique.store.schema import TABLES, VERSION

FORMAT = "communique-dataset"
CURRENT = "CURRENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One Parquet file."""

    path: str
    rows: int
    bytes: int
    sha256: str
    """Of the file."""
    digest: str
    """Of its rows, in any order."""
    shape: str = ""
    """Stamp of its columns; files of one stamp can be read together as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Files that were written together: a shard's, one file a table."""

    id: str
    scope: str
    """document, corpus or run: what its tables are made from."""
    run_id: str
    files: dict[str, FileEntry]
    """By table; tables without rows have none."""

    def rows(self, table: str) -> int:
        """Rows of one table."""
        return self.files[table].rows if table in self.files else 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return {name: f.rows for name, f in self.files.items()}

    @property
    def digest(self) -> str:
        """One digest over all tables, the same for the same rows."""
        return combined((name, f.rows, f.digest) for name, f in self.files.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEntry:
    """One table over all parts, for readers that know nothing of parts."""

    rows: int
    digest: str
    files: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that a snapshot consists of."""

    format: str = FORMAT
    schema_version: int = VERSION
    sequence: int = 0
    created: str = ""
    digest: str = ""
    """Over all tables but `runs` and `redirects`: the same for the same facts, however they were computed."""
    tables: dict[str, TableEntry] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    """Receipts that are in already; the next publication of another run removes them."""

    def table(self, name: str) -> TableEntry:
        """One table; empty where the snapshot is older than the table."""
        return self.tables.get(name) or TableEntry(rows=0, digest=EMPTY, files=[])


def combined(tables: Iterable[tuple[str, int, str]]) -> str:
    """One digest from name, rows and digest of several tables."""
    text = "\n".join(f"{name} {rows} {digest}" for name, rows, digest in sorted(tables) if rows)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def make_manifest(parts: Iterable[Part], *, sequence: int, created: str, receipts: Iterable[str] = ()) -> Manifest:
    """The manifest of these parts, parts in a settled order."""
    parts = sorted(parts, key=lambda p: (p.scope, p.id, p.run_id))
    tables = {}
    for name in TABLES:
        entries = [p.files[name] for p in parts if name in p.files]
        tables[name] = TableEntry(
            rows=sum(e.rows for e in entries), digest=add(e.digest for e in entries) if entries else EMPTY, files=[e.path for e in entries]
        )
    digest = combined((n, t.rows, t.digest) for n, t in tables.items() if TABLES[n].scope != "run" and not TABLES[n].history)
    return Manifest(sequence=sequence, created=created, digest=digest, tables=tables, parts=parts, receipts=sorted(receipts))


def encode(manifest: Manifest) -> tuple[str, bytes]:
    """Path and bytes of a manifest."""
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    return f"manifests/{manifest.sequence:08d}-{hashlib.sha256(data).hexdigest()[:12]}.json", data


def decode(data: bytes, where: str) -> Manifest:
    """A manifest from its bytes; raises `DatasetDamaged`."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise DatasetDamaged(f"{where} is no manifest ({error}); write the path of an older one into CURRENT") from error
    if manifest.format != FORMAT:
        raise DatasetDamaged(f"{where} is a manifest of {manifest.format!r}, not of {FORMAT!r}")
    return manifest


def file_name(part_id: str) -> str:
    """A part's id as a file name that every system takes.

    >>> file_name("reut2-000.sgm:1"), len(file_name("é" * 200))
    ('reut2-000.sgm%3A1', 97)
    """
    name = quote(part_id, safe="-_.", errors="replace").replace("..", "%2E%2E")
    if len(name) > 80 or name.startswith("."):
        name = name[:80].lstrip(".") + "-" + hashlib.sha256(part_id.encode("utf-8", "replace")).hexdigest()[:16]
    return name
