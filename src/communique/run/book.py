"""A dataset as the stories see it: sketches and events of a day, and where the last update filed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from communique.run.buckets import Buckets, month_of, text_set
from communique.store.dataset import Snapshot
from communique.stories.sketch import decode_events, decode_exercises, decode_sketch
from communique.stories.types import Day, EventView, ExerciseStory, Filing, Sketch
from communique.stories.versions import VERSION_DAYS

pc: Any = pyarrow.compute
_FILED = ["document_id", "published_day", "cluster_id", "version_of", "kind", "similarity", "nearness"]


def _days(column: Any) -> list[Day]:
    return pc.cast(column, pa.int32()).to_pylist()


class StoredBook:
    """A `communique.stories.types.Book` over a snapshot. `fresh` sees its clusters as not there, so that all are made anew."""

    def __init__(self, snapshot: Snapshot, folder: Path, *, fresh: bool = False) -> None:
        self._snapshot, self._fresh = snapshot, fresh
        self.changed = self._changes()
        since = min((month_of(d - VERSION_DAYS) for d, _ in self.changed if d is not None), default=10**6)
        self._sketches = Buckets(snapshot, "sketches", ["document_id", "published_day", "sketch", "events", "run_id"], folder, since)
        self._filings = Buckets(snapshot, "cluster_documents", _FILED, folder, since)

    def _keys(self, table: str) -> pa.Table:
        """Document, run and day of every row."""
        return self._snapshot.read(table, ["document_id", "run_id", "published_day"])

    def _changes(self) -> list[tuple[Day, str]]:
        """Stories that are new, coded again or gone since they were filed."""
        now, filed = self._keys("sketches"), self._keys("cluster_documents")
        if self._fresh:
            filed = filed.slice(0, 0)
        keys = [_joined(t) for t in (now, filed)]
        new = now.filter(pc.invert(pc.is_in(keys[0], value_set=keys[1])))
        gone = filed.filter(pc.invert(pc.is_in(keys[1], value_set=keys[0])))
        return [p for t in (new, gone) for p in zip(_days(t["published_day"]), t["document_id"].to_pylist())]

    def days(self) -> Iterable[Day]:
        """Days with stories."""
        found: set[Day] = set()
        for batch in self._snapshot.batches("sketches", ["published_day"]):
            found.update(_days(pc.unique(batch.column(0))))
        return found

    def sketches(self, day: Day) -> Sequence[Sketch]:
        """Stories of one day."""
        return [decode_sketch(s) for s in self._sketches.day(day)["sketch"].to_pylist()]

    def runs(self, day: Day) -> Mapping[str, str]:
        """The run that coded each story of a day."""
        rows = self._sketches.day(day)
        return dict(zip(rows["document_id"].to_pylist(), rows["run_id"].to_pylist()))

    def filings(self, day: Day) -> Mapping[str, Filing]:
        """Filings of one day."""
        if self._fresh:
            return {}
        rows = self._filings.day(day).select([c for c in _FILED if c != "published_day"]).to_pylist()
        return {r["document_id"]: Filing(**r) for r in rows}

    def cluster_days(self, cluster_ids: Iterable[str]) -> Mapping[str, Iterable[Day]]:
        """Days of clusters."""
        out: dict[str, set[Day]] = {}
        for rows in self._of_clusters("cluster_documents", ["cluster_id", "published_day"], cluster_ids):
            for c, d in zip(rows.column(0).to_pylist(), _days(rows.column(1))):
                out.setdefault(c, set()).add(d)
        return out

    def events(self, day: Day) -> Mapping[str, Sequence[EventView]]:
        """Events of one day."""
        rows = self._sketches.day(day)
        return {d: decode_events(e) for d, e in zip(rows["document_id"].to_pylist(), rows["events"].to_pylist()) if e is not None}

    def exercises(self) -> Iterable[ExerciseStory]:
        """Stories with exercises."""
        columns = ["document_id", "published", "publisher", "exercises"]
        told = [r for b in self._snapshot.batches("sketches", columns) for r in b.filter(pc.is_valid(b.column(3))).to_pylist()]
        filed = self._filed(r["document_id"] for r in told)
        for r in told:
            yield ExerciseStory(
                document_id=r["document_id"],
                published=r["published"],
                publisher=r["publisher"],
                filing=filed.get(r["document_id"]),
                exercises=decode_exercises(r["exercises"]),
            )

    def _filed(self, documents: Iterable[str]) -> dict[str, Filing]:
        wanted, out = text_set(documents), {}
        columns = [c for c in _FILED if c != "published_day"]
        for batch in self._snapshot.batches("cluster_documents", columns) if not self._fresh else ():
            out |= {r["document_id"]: Filing(**r) for r in batch.filter(pc.is_in(batch.column(0), value_set=wanted)).to_pylist()}
        return out

    def merged_events(self, cluster_ids: Iterable[str]) -> Mapping[str, str]:
        """Merged ids of the events of clusters."""
        out: dict[str, str] = {}
        for rows in self._of_clusters("merged_events", ["cluster_id", "merged_id", "event_ids"], cluster_ids):
            out |= {e: m for m, ids in zip(rows.column(1).to_pylist(), rows.column(2).to_pylist()) for e in ids}
        return out

    def merged_exercises(self) -> Mapping[str, str]:
        """Merged ids of exercises."""
        batches = self._snapshot.batches("merged_exercises", ["merged_id", "exercise_ids"])
        return {x: r["merged_id"] for b in batches for r in b.to_pylist() for x in r["exercise_ids"]}

    def _of_clusters(self, table: str, columns: Sequence[str], cluster_ids: Iterable[str]) -> Iterator[pa.RecordBatch]:
        wanted = text_set(cluster_ids)
        for batch in self._snapshot.batches(table, columns) if len(wanted) and not self._fresh else ():
            yield batch.filter(pc.is_in(batch.column(0), value_set=wanted))


def _joined(keys: pa.Table) -> Any:
    day = pc.cast(pc.cast(keys["published_day"], pa.int32()), pa.string())
    return pc.binary_join_element_wise(keys["document_id"], pc.fill_null(keys["run_id"], ""), pc.fill_null(day, ""), "\n")
