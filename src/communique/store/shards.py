"""Parts are written here: a shard's records as one Parquet file a table, and a receipt that makes them count.

A part whose writing was cut short has no receipt, and nothing of it is ever read; writing it again gives the same files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute

from communique.errors import DatasetDamaged, NotStorable
from communique.store.dataset import Dataset
from communique.store.files import Files, write_bytes
from communique.store.manifest import Part, file_name
from communique.store.rows import STORY, Codes, Row, Rows, Sketcher, clean, record_rows, reject_rows
from communique.store.schema import CORPUS_TABLES, DOCUMENT_TABLES, TABLES
from communique.store.writing import write_part
from communique.types import Record, Reject

pc: Any = pyarrow.compute
_CHUNK = 200
"""Stories that are held as Python rows before they become Arrow columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one shard."""

    part: Part
    repeated: int
    """Stories left out because the shard has another with the same id, published later."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return self.part.counts

    @property
    def digest(self) -> str:
        """One digest over all its rows, the same for the same stories in any order."""
        return self.part.digest


def write_shard(
    dataset: Dataset,
    shard_id: str,
    items: Iterable[Record | Reject],
    *,
    run_id: str,
    codes: Codes,
    sketcher: Sketcher | None = None,
    keep_text: bool = True,
    source_kind: str = STORY,
) -> Written:
    """Write one shard's records and rejects, in any process; nothing is visible before `publish`.

    Without a `sketcher` the stories cannot be set beside others: they come into no cluster.

    The shard is held in memory as Arrow columns (about 10 kB a story), so bound it. A record that the tables cannot hold becomes a
    reject. Raises a `WriteFailed`; then the same call can be made again.
    """
    shard_id, run_id = clean(shard_id), clean(run_id)
    shard = _Shard(run_id, codes, sketcher, keep_text, source_kind)
    for item in items:
        shard.add(item)
    part = write_part(dataset.files, shard_id, "document", run_id, shard.finish())
    written = Written(part=part, repeated=shard.repeated)
    write_bytes(dataset.files, receipt_path(run_id, shard_id), msgspec.json.encode(written))
    return written


def write_tables(dataset: Dataset, part_id: str, tables: Mapping[str, Iterable[Mapping[str, Any]] | pa.Table], *, run_id: str) -> Written:
    """Write a part from rows or Arrow tables: all of documents (for importers) or all made from many documents (clusters, merged events).

    A part of corpus tables replaces, once published, the part with the same id; documents replace those with the same `document_id`.
    Columns that are left out are null. Raises `NotStorable` where a value does not fit, or a `WriteFailed`.
    """
    part_id, run_id, ready = clean(part_id), clean(run_id), {}
    scopes = {TABLES[name].scope if name in TABLES else name for name in tables}
    if len(scopes) != 1 or not scopes <= {"document", "corpus"}:
        raise NotStorable(f"a part holds tables of documents ({', '.join(DOCUMENT_TABLES)}) or of the corpus ({', '.join(CORPUS_TABLES)})")
    for name, rows in tables.items():
        ready[name] = conform(name, rows) if isinstance(rows, pa.Table) else arrow(name, [dict(r) for r in rows])
    written = Written(part=write_part(dataset.files, part_id, scopes.pop(), run_id, ready), repeated=0)
    write_bytes(dataset.files, receipt_path(run_id, part_id), msgspec.json.encode(written))
    return written


def receipt_path(run_id: str, part_id: str) -> str:
    """Where the receipt of a written part lies."""
    return f"receipts/{file_name(run_id)}/{file_name(part_id)}.json"


def receipt(dataset: Dataset, run_id: str, part_id: str) -> Written | None:
    """The receipt of a part that this run has written whole; None where it has not."""
    path = receipt_path(run_id, part_id)
    return read_receipt(dataset.files, path) if dataset.files.exists(path) else None


def receipts(dataset: Dataset, run_id: str) -> list[Written]:
    """Receipts of all parts that a run has written and that lie there, published or not."""
    return [read_receipt(dataset.files, p) for p in receipt_paths(dataset, run_id)]


def receipt_paths(dataset: Dataset, run_id: str) -> list[str]:
    """Where a run's receipts lie."""
    return [p for p in dataset.files.list(f"receipts/{file_name(run_id)}") if p.endswith(".json")]


def read_receipt(files: Files, path: str) -> Written:
    """One receipt; raises `DatasetDamaged`."""
    try:
        return msgspec.json.decode(files.read(path), type=Written)
    except msgspec.DecodeError as error:
        raise DatasetDamaged(f"{files.full(path)} is no receipt ({error}); delete it and run again") from error


def arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as an Arrow table of the schema; raises `NotStorable` where a value does not fit."""
    try:
        return pa.Table.from_pylist(rows, schema=TABLES[name].schema)
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise NotStorable(f"a row of {name} has a value that the table cannot hold: {str(error)[:200]}") from error


def conform(name: str, data: pa.Table) -> pa.Table:
    """The same rows with exactly the columns of the schema, missing ones null."""
    schema = TABLES[name].schema
    columns = [data[f.name].cast(f.type) if f.name in data.column_names else pa.nulls(len(data), f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


class _Shard:
    """Gathers a shard's rows. Of two stories with one id that one stays which was published later."""

    def __init__(self, run_id: str, codes: Codes, sketcher: Sketcher | None, keep_text: bool, source_kind: str) -> None:
        self.run_id, self.codes, self.sketcher, self.keep_text, self.repeated = run_id, codes, sketcher, keep_text, 0
        self.source_kind = source_kind
        self.open: dict[str, Rows] = {}
        self.rejects: dict[tuple[str, str, str, str], Rows] = {}
        self.rank: dict[str, tuple[str, str]] = {}
        self.chunks: list[dict[str, pa.Table]] = []
        self.home: dict[str, int] = {}
        self.dead: dict[int, list[str]] = {}

    def add(self, item: Record | Reject) -> None:
        if isinstance(item, Reject):
            self.rejects[(item.id, item.stage, item.code, item.message)] = reject_rows(item, run_id=self.run_id)
            return
        try:
            rows = record_rows(item, codes=self.codes, run_id=self.run_id, keep_text=self.keep_text, source_kind=self.source_kind)
            if self.sketcher:
                rows["sketches"] = [self._sketch(item, rows, self.sketcher)]
        except (KeyError, ValueError, TypeError, IndexError) as error:
            self._refuse(item.document.id, f"{type(error).__name__}: {error}; please report this story")
            return
        document = rows["documents"][0]
        name, rank = document["document_id"], (document["published"] or "", document["text_sha256"] or "")
        if name in self.rank:
            self.repeated += 1
            if rank <= self.rank[name]:
                return
            if name not in self.open:
                self.dead.setdefault(self.home[name], []).append(name)
        self.rank[name] = rank
        self.open[name] = rows
        self.home[name] = len(self.chunks)
        if len(self.open) >= _CHUNK:
            self._close()

    def _sketch(self, record: Record, rows: Rows, sketcher: Sketcher) -> Row:
        document = rows["documents"][0]
        ids = [r["event_id"] for r in rows["events"]], [r["exercise_id"] for r in rows["exercises"]]
        same = {c: document[c] for c in ("document_id", "published_day", "published", "publisher", "run_id")}
        return {**sketcher(record, *ids), **same}

    def _refuse(self, document_id: str, message: str) -> None:
        self.add(Reject(id=document_id, stage="store", code=NotStorable.code, message=message))

    def _close(self) -> None:
        if not self.open:
            return
        try:
            chunk = _columns(self.open.values())
        except NotStorable:
            for name, rows in list(self.open.items()):
                try:
                    _columns([rows])
                except NotStorable as error:
                    self._refuse(name, str(error))
                    del self.open[name]
            chunk = _columns(self.open.values())
        self.chunks.append(chunk)
        self.open = {}

    def finish(self) -> dict[str, pa.Table]:
        self._close()
        for number, ids in self.dead.items():
            self.chunks[number] = {n: without(t, ids) for n, t in self.chunks[number].items()}
        tables = {n: pa.concat_tables([c[n] for c in self.chunks if n in c] or [arrow(n, [])]) for n in DOCUMENT_TABLES}
        tables["rejects"] = arrow("rejects", [r for rows in self.rejects.values() for r in rows["rejects"]])
        return tables


def _columns(stories: Iterable[Rows]) -> dict[str, pa.Table]:
    stories = list(stories)
    return {n: arrow(n, [r for rows in stories for r in rows.get(n, ())]) for n in DOCUMENT_TABLES}


def without(data: pa.Table, ids: Iterable[str]) -> pa.Table:
    """The rows of all other documents."""
    return data.filter(pc.invert(pc.is_in(data["document_id"], value_set=pa.array(sorted(ids), pa.string()))))
