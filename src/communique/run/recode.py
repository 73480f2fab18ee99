"""Stories that another model, lexicon or code has coded: how many there are, their shards from the stored text, and what changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

from communique.errors import UsageError
from communique.ingest.unread import digest
from communique.run.cutting import SHARD_BYTES, make_shard, name_key
from communique.run.fingerprint import Fingerprint
from communique.run.known import Known
from communique.run.types import Changes, Shard
from communique.store.dataset import Snapshot
from communique.store.schema import DOCUMENT_TABLES
from communique.types import RawDocument

pc: Any = pyarrow.compute
_EVENT = "event_id document_id type mode status contexts actor_countries recipient_countries actors recipients date places attributed score sentence".split()
_SIGNED = "type mode status contexts actors recipients date places attributed".split()


def stale_runs(snapshot: Snapshot, current: Fingerprint) -> set[str]:
    """Runs whose model, lexicon or code is not the current one. Imported data, which no model has coded, is never stale."""
    out = set()
    for row in snapshot.read("runs", ["run_id", "model", "lexicon", "settings"]).to_pylist():
        code = json.loads(row["settings"] or "{}").get("code")
        if row["model"] is not None and (row["model"], row["lexicon"], code) != (current.model, current.lexicon, current.code):
            out.add(row["run_id"])
    return out


def count_stale(snapshot: Snapshot, current: Fingerprint) -> int:
    """Stories that would be coded again."""
    runs = pa.array(sorted(stale_runs(snapshot, current)), pa.string())
    if not len(runs):
        return 0
    return sum(pc.sum(pc.is_in(b.column(0), value_set=runs)).as_py() or 0 for b in snapshot.batches("documents", ["run_id"]))


def stored_shards(snapshot: Snapshot, current: Fingerprint, mine: Known, size: int) -> Iterator[Shard]:
    """Shards of the stale stories from their stored text. Raises `UsageError` where the dataset keeps none."""
    stale = stale_runs(snapshot, current)
    held: list[RawDocument] = []
    length = 0
    columns = ["document_id", "title", "publisher", "url", "published", "text", "run_id"]
    for batch in snapshot.batches("documents", columns, size=256):
        for row in batch.to_pylist():
            if row["run_id"] not in stale:
                continue
            if row["text"] is None:
                raise UsageError("the dataset keeps no text: name the sources, and they are read and coded again")
            held.append(RawDocument(id=row["document_id"], **{c: row[c] for c in columns[1:6]}))
            length += len(row["text"])
            if len(held) >= size or length >= SHARD_BYTES:
                yield _shard(held, mine)
                held, length = [], 0
    if held:
        yield _shard(held, mine)


def _shard(stories: list[RawDocument], mine: Known) -> Shard:
    units = [(s, digest(s), name_key(s.id or "")) for s in stories]
    left = [u for u in units if u[1] not in mine]
    return make_shard([u[0] for u in left], b"".join(u[1] for u in left), b"".join(u[2] for u in left), 0)


def compare(before: Snapshot, after: Snapshot, run_id: str) -> Changes:
    """What the run changed in the stories that it coded again, by table and, for events, one by one."""
    ids = _coded(after, run_id)
    was, now = _events(before, ids), _events(after, ids)
    tables = {t: (_rows(before, t, ids), _rows(after, t, ids)) for t in DOCUMENT_TABLES}
    return Changes(
        tables={t: n for t, n in tables.items() if n != (0, 0)},
        added=tuple(_list(after, sorted(now.keys() - was.keys()))),
        removed=tuple(_list(before, sorted(was.keys() - now.keys()))),
        changed=tuple(_list(after, sorted(k for k in now.keys() & was.keys() if now[k] != was[k]))),
    )


def _coded(snapshot: Snapshot, run_id: str) -> pa.Array:
    chunks = []
    for table in ("documents", "rejects"):
        for batch in snapshot.batches(table, ["document_id", "run_id"]):
            chunks.append(batch.column(0).filter(pc.equal(batch.column(1), run_id)))
    return pa.chunked_array(chunks, type=pa.string()).unique()


def _rows(snapshot: Snapshot, table: str, ids: pa.Array) -> int:
    return sum(pc.sum(pc.is_in(b.column(0), value_set=ids)).as_py() or 0 for b in snapshot.batches(table, ["document_id"], size=100_000))


def _events(snapshot: Snapshot, ids: pa.Array) -> dict[str, bytes]:
    """Id of each event of these stories, and a hash of its codes."""
    out = {}
    for batch in snapshot.batches("events", _EVENT):
        for row in batch.filter(pc.is_in(batch.column(1), value_set=ids)).to_pylist():
            signed = json.dumps([row[c] for c in _SIGNED], default=str, sort_keys=True)
            out[row["event_id"]] = hashlib.blake2b(signed.encode(), digest_size=8).digest()
    return out


def _list(snapshot: Snapshot, event_ids: list[str]) -> Iterator[dict[str, object]]:
    wanted = pa.array(event_ids, pa.string())
    if not len(wanted):
        return
    for batch in snapshot.batches("events", _EVENT):
        for row in batch.filter(pc.is_in(batch.column(0), value_set=wanted)).to_pylist():
            yield {
                "event_id": row["event_id"],
                "document_id": row["document_id"],
                "type": " ".join(t for t in (row["type"], row["mode"]) if t),
                "status": row["status"],
                "actors": [a["name"] for a in row["actors"]],
                "recipients": [a["name"] for a in row["recipients"]],
                "date": row["date"]["value"] if row["date"] else None,
                "sentence": row["sentence"],
            }
