"""Housekeeping: small files become larger ones, old snapshots and what only they need go, old schemas are brought up to date."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from communique.store.dataset import Dataset, now, read_batches
from communique.store.digest import add
from communique.store.files import Files
from communique.store.manifest import CURRENT, FileEntry, Manifest, Part, decode, make_manifest
from communique.store.migrate import migrated
from communique.store.schema import DOCUMENT_TABLES, VERSION
from communique.store.shards import read_receipt
from communique.store.writing import write_batches

GRACE = 24 * 3600.0
"""Seconds that replaced snapshots and unfinished files are kept."""
TARGET = 128_000_000
"""Bytes that a merged part comes near to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What housekeeping did."""

    merged: int
    """Parts that went into larger ones."""
    parts: int
    """Document parts that there are now."""
    removed: int
    """Files removed."""
    freed: int
    """Their bytes."""
    migrated_from: int | None
    """Schema version that the dataset had, where it was an older one."""


def compact(dataset: Dataset, *, keep: float = GRACE, target: int = TARGET, wait: float = 60.0) -> Compacted:
    """Merge small parts, migrate an old schema, and remove what no snapshot younger than `keep` seconds and no unpublished part needs.

    Keep `keep` longer than the longest query and the longest shard: readers of older snapshots lose their files. Facts and digest stay.
    """
    with dataset.files.lock(wait):
        manifest = dataset.manifest()
        old = manifest.schema_version if manifest.schema_version < VERSION else None
        parts = migrated(dataset.files, manifest) if old is not None else manifest.parts
        groups = _groups([p for p in parts if p.scope == "document"], target)
        parts = [p for p in parts if p.scope != "document"] + [_merged(dataset.files, g) if len(g) > 1 else g[0] for g in groups]
        merged = sum(len(g) for g in groups if len(g) > 1)
        if merged or old is not None:
            manifest = make_manifest(parts, sequence=manifest.sequence + 1, created=now(), receipts=manifest.receipts)
            dataset.commit(manifest)
        removed = list(_prune(dataset, keep))
    return Compacted(merged=merged, parts=len(groups), removed=len(removed), freed=sum(removed), migrated_from=old)


def _bytes(part: Part) -> int:
    return sum(f.bytes for f in part.files.values())


def _groups(parts: Sequence[Part], target: int) -> list[list[Part]]:
    """Parts in order of their ids, gathered until a group has `target` bytes; those that are large already stay alone."""
    out: list[list[Part]] = []
    held: list[Part] = []
    size = 0
    for part in sorted(parts, key=lambda p: (p.id, p.run_id)):
        if _bytes(part) * 2 >= target:
            out.append([part])
            continue
        held.append(part)
        size += _bytes(part)
        if size >= target:
            out.append(held)
            held, size = [], 0
    return [*out, *([held] if held else [])]


def _merged(files: Files, parts: Sequence[Part]) -> Part:
    runs = {p.run_id for p in parts}
    name = "merged-" + hashlib.sha256("\n".join(f"{p.id} {p.run_id} {p.digest}" for p in parts).encode()).hexdigest()[:20]
    entries: dict[str, FileEntry] = {}
    for table in DOCUMENT_TABLES:
        there = [p.files[table] for p in parts if table in p.files]
        batches = chain.from_iterable(read_batches(files, table, e.path) for e in there)
        entry = write_batches(files, table, name, (table,), batches, digest=add(e.digest for e in there))
        if entry:
            entries[table] = entry
    return Part(id=name, scope="document", run_id=runs.pop() if len(runs) == 1 else "", files=entries)


def _prune(dataset: Dataset, keep: float) -> Iterator[int]:
    """Remove what nobody needs; yields the bytes of each file that went."""
    files, edge = dataset.files, time.time() - keep
    current = dataset.current()
    manifests = [p for p in files.list("manifests") if p == current or (p.endswith(".json") and files.modified(p) > edge)]
    kept = [decode(files.read(p), p) for p in manifests]
    needed = set(chain([CURRENT], manifests, _data_of(kept), _receipts(files, kept[manifests.index(current)])))
    names = {p.removeprefix("manifests/").removesuffix(".json") for p in manifests}
    for path in chain.from_iterable(map(files.list, ("data", "manifests", "receipts", "index"))):
        mine = path in needed or (path.startswith("index/") and any(n in path for n in names)) or path.startswith("receipts/")
        if not mine and files.modified(path) <= edge:
            size = files.size(path)
            files.remove(path)
            yield size


def _data_of(manifests: Iterable[Manifest]) -> Iterator[str]:
    return (f.path for m in manifests for p in m.parts for f in p.files.values())


def _receipts(files: Files, manifest: Manifest) -> Iterator[str]:
    """Data of parts that wait to be published."""
    known = set(manifest.receipts)
    for path in files.list("receipts"):
        if path.endswith(".json") and path not in known:
            yield from (f.path for f in read_receipt(files, path).part.files.values())
