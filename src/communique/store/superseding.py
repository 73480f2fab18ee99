"""Which stories a publication replaces, and the parts that remain."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute

from communique.store.dataset import read_batches
from communique.store.files import Files
from communique.store.manifest import Part
from communique.store.writing import write_batches

pc: Any = pyarrow.compute
_MANY = 200_000
"""Ids that are looked up at once."""
RejectKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The parts after a publication."""

    parts: list[Part]
    superseded: int
    repeated: int


def supersede(files: Files, old: Sequence[Part], fresh: Sequence[Part], *, run_id: str, recode: bool) -> Change:
    """The parts that stand when `fresh`, of run `run_id`, comes to `old`.

    Stories: one of an older run goes where this run has one of the same id; within the run that one stays which was published later
    (then by the hash of its text). Rejects: the same row stands once; with `recode` all older rows of a coded id go. Corpus parts
    replace those of the same id. The part of `runs` is left to the caller.
    """
    replaced = {p.id for p in fresh if p.scope == "corpus"}
    corpus = [p for p in old if p.scope == "corpus" and p.id not in replaced] + [p for p in fresh if p.scope == "corpus"]
    mine = [p for p in old if p.scope == "document" and p.run_id == run_id] + [p for p in fresh if p.scope == "document"]
    theirs = [p for p in old if p.scope == "document" and p.run_id != run_id]
    dead_mine = _repeated(files, mine)
    ids = _ids(files, mine, ("documents", "rejects") if recode else ("documents",))
    dead_theirs = _present(files, theirs, "documents", ids)
    dead_rejects = _present(files, theirs, "rejects", ids) if recode else {}
    same = {} if recode else _same_rejects(files, theirs, mine)
    parts = [_remaining(files, p, dead_mine.get(i, ()), (), ()) for i, p in enumerate(mine)]
    parts += [_remaining(files, p, dead_theirs.get(i, ()), dead_rejects.get(i, ()), same.get(i, ())) for i, p in enumerate(theirs)]
    return Change(
        parts=[p for p in parts if p.files] + corpus,
        superseded=sum(map(len, dead_theirs.values())),
        repeated=sum(map(len, dead_mine.values())),
    )


def _column(files: Files, part: Part, table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
    if table in part.files:
        yield from read_batches(files, table, part.files[table].path, columns, size=100_000)


def _ids(files: Files, parts: Iterable[Part], tables: Iterable[str]) -> pa.Array:
    chunks = [b.column(0) for p in parts for t in tables for b in _column(files, p, t, ["document_id"])]
    return pa.chunked_array(chunks, type=pa.string()).unique()


def _repeated(files: Files, parts: Sequence[Part]) -> dict[int, list[str]]:
    """Ids that a part loses to another part of the run, by the number of the part."""
    chunks = [b.column(0) for p in parts for b in _column(files, p, "documents", ["document_id"])]
    counts = pa.chunked_array(chunks, type=pa.string()).value_counts()
    often = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    best: dict[str, tuple[tuple[str, str, str], int]] = {}
    dead: dict[int, list[str]] = defaultdict(list)
    for number, row in _rows(files, parts, often) if len(often) else ():
        name, rank = row["document_id"], (row["published"] or "", row["text_sha256"] or "", parts[number].id)
        if name not in best:
            best[name] = (rank, number)
        elif rank > best[name][0]:
            dead[best[name][1]].append(name)
            best[name] = (rank, number)
        else:
            dead[number].append(name)
    return dead


def _rows(files: Files, parts: Sequence[Part], ids: pa.Array) -> Iterator[tuple[int, dict[str, str]]]:
    for number, part in enumerate(parts):
        for batch in _column(files, part, "documents", ["document_id", "published", "text_sha256"]):
            for row in batch.filter(pc.is_in(batch.column(0), value_set=ids)).to_pylist():
                yield number, row


def _present(files: Files, parts: Sequence[Part], table: str, ids: pa.Array) -> dict[int, list[str]]:
    """Which of `ids` each part holds in a table, by the number of the part."""
    out: dict[int, list[str]] = {}
    held: list[tuple[int, pa.Array]] = []
    waiting = 0
    for number, part in enumerate(parts if len(ids) else ()):
        for batch in _column(files, part, table, ["document_id"]):
            held.append((number, batch.column(0)))
            waiting += len(batch)
            if waiting >= _MANY:
                _look_up(held, ids, out)
                held, waiting = [], 0
    if held:
        _look_up(held, ids, out)
    return out


def _look_up(held: Sequence[tuple[int, pa.Array]], ids: pa.Array, out: dict[int, list[str]]) -> None:
    """Add to `out` which of `ids` stand in these columns, in one look-up for all of them."""
    chunk = pa.concat_arrays([column for _, column in held])
    found = pc.is_in(chunk, value_set=ids)
    at = 0
    for number, column in held:
        hits = column.filter(found.slice(at, len(column)))
        if len(hits):
            out.setdefault(number, []).extend(hits.to_pylist())
        at += len(column)


def _reject_keys(files: Files, part: Part) -> Iterator[RejectKey]:
    for batch in _column(files, part, "rejects", ["document_id", "stage", "code", "message"]):
        for row in batch.to_pylist():
            yield (row["document_id"], row["stage"], row["code"], row["message"])


def _same_rejects(files: Files, theirs: Sequence[Part], mine: Sequence[Part]) -> dict[int, set[RejectKey]]:
    now = {key for part in mine for key in _reject_keys(files, part)}
    if not now:
        return {}
    found = {i: now.intersection(_reject_keys(files, p)) for i, p in enumerate(theirs)}
    return {i: keys for i, keys in found.items() if keys}


def _remaining(files: Files, part: Part, dead: Iterable[str], dead_rejects: Iterable[str], same: Iterable[RejectKey]) -> Part:
    """A part without some of its stories and rejects, in new files where that changes it."""
    stories, refused, rows = sorted(set(dead)), sorted(set(dead_rejects)), sorted(set(same))
    if not (stories or refused or rows):
        return part
    stamp = (part.run_id, part.digest, hashlib.sha256(repr((stories, refused, rows)).encode("utf-8", "replace")).hexdigest())
    empty = len(stories) == part.rows("documents")
    entries = {}
    for name, entry in part.files.items():
        gone, exact = (refused, rows) if name == "rejects" else (stories, [])
        if not (gone or exact):
            entries[name] = entry
        elif name == "rejects" or not empty:
            entries[name] = write_batches(files, name, part.id, stamp, _without(read_batches(files, name, entry.path), gone, exact))
    return replace(part, files={name: entry for name, entry in entries.items() if entry})


def _without(batches: Iterable[pa.RecordBatch], ids: Sequence[str], rows: Sequence[RejectKey]) -> Iterator[pa.RecordBatch]:
    gone = pa.array(ids, pa.string())
    exact = set(rows)
    for batch in batches:
        keep = pc.invert(pc.is_in(batch.column("document_id"), value_set=gone))
        if exact:
            keys = zip(*(batch.column(c).to_pylist() for c in ("document_id", "stage", "code", "message")))
            keep = pc.and_(keep, pa.array([k not in exact for k in keys]))
        yield batch.filter(keep)
