"""The last step of a run: its stories are filed among the others, and what they report is merged; one more snapshot.

Clusters lie in parts by the month of their first story, so an update writes again only the months that it touches. Doing the step twice
changes nothing; a process that is killed in it leaves the snapshot before, and the next run does it again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from communique.lexicon.codebook import scores
from communique.run.book import StoredBook
from communique.run.buckets import month_of, text_set
from communique.run.types import Merged
from communique.store.dataset import Dataset, Snapshot, read_batches
from communique.store.publish import Run, publish
from communique.store.rows import clean, event_columns, exercise_columns, first_day
from communique.store.shards import arrow, receipt_paths, write_tables
from communique.stories.order import day_of
from communique.stories.types import ClusterUpdate, Conflict, MergedEvent, MergedExercise
from communique.stories.update import Steps
from communique.types import Attribution, Event, Exercise

pc: Any = pyarrow.compute
VERSION = 1
"""Rises when stories are filed or merged in another way; then the next run does it all anew."""
_TABLES = ("clusters", "cluster_documents", "merged_events")
_EXERCISES, _REDIRECTS = f"merged-exercises-{VERSION}", "redirects"
_MARK = "stories-"
Row = dict[str, Any]


def merge_stories(dataset: Dataset, run: Run) -> Merged:
    """File what a dataset holds and has not filed, and publish the outcome in the name of a run.

    Raises what `publish` raises; then the old snapshot stands, and the call can be made again.
    """
    snapshot = dataset.snapshot()
    parts = {p.id for p in snapshot.manifest.parts if p.scope == "corpus"}
    fresh = _EXERCISES not in parts
    with tempfile.TemporaryDirectory(prefix="communique-") as folder:
        book = StoredBook(snapshot, Path(folder), fresh=fresh)
        if not book.changed and not (fresh and any(p.startswith((_MARK, "merged-exercises-")) for p in parts)):
            return Merged()
        outcome = _write(dataset, run, snapshot, book, fresh)
    publish(dataset, run)
    return outcome


def forget_merging(dataset: Dataset, run_id: str) -> None:
    """Forget parts of this step that were written and not published: they belong to a snapshot that is no more."""
    known = set(dataset.snapshot().manifest.receipts)
    for path in receipt_paths(dataset, run_id):
        name = path.rsplit("/", 1)[-1]
        if path not in known and name.startswith((_MARK, "merged-exercises-", _REDIRECTS)):
            dataset.files.remove(path)


def _write(dataset: Dataset, run: Run, snapshot: Snapshot, book: StoredBook, fresh: bool) -> Merged:
    steps = Steps(book, book.changed)
    first_days = _first_days(snapshot, None if fresh else steps.replaced)
    told: Iterator[tuple[int, Iterable[ClusterUpdate]]] = groupby(steps.clusters(), key=lambda c: month_of(day_of(c.cluster.first_day)))
    left = {month_of(d) for d in first_days} if not fresh else _months(snapshot)
    gone = text_set(steps.replaced)
    clusters = events = 0
    standing: set[str] = set()
    done: set[int] = set()
    for month, updates in told:
        rows = _rows(updates, book)
        clusters, events = clusters + len(rows["clusters"]), events + len(rows["merged_events"])
        _write_month(dataset, run, snapshot, month, rows, None if fresh else gone)
        standing.update(r["cluster_id"] for r in rows["clusters"])
        standing.update(r["merged_id"] for r in rows["merged_events"])
        done.add(month)
    for month in sorted(left - done):
        _write_month(dataset, run, snapshot, month, {t: [] for t in _TABLES}, None if fresh else gone)
    exercises = steps.exercises()
    for old in {p.id for p in snapshot.manifest.parts if p.scope == "corpus" and p.id.startswith("merged-exercises-")} - {_EXERCISES}:
        write_tables(dataset, old, {"merged_exercises": []}, run_id=run.run_id)
    write_tables(dataset, _EXERCISES, {"merged_exercises": map(_exercise_row, exercises)}, run_id=run.run_id)
    standing.update(x.id for x in exercises)
    redirects = _redirects(snapshot, [{"old_id": r.old, "new_id": r.new, "kind": r.kind} for r in steps.redirects()], standing)
    write_tables(dataset, _REDIRECTS, {"redirects": redirects}, run_id=run.run_id)
    return Merged(stories=len(book.changed), clusters=clusters, events=events, exercises=len(exercises), redirects=len(redirects))


def _first_days(snapshot: Snapshot, cluster_ids: Iterable[str] | None) -> set[int | None]:
    """First days of clusters as they stand."""
    wanted = text_set(cluster_ids or ())
    found: set[int | None] = set()
    for batch in snapshot.batches("clusters", ["cluster_id", "first_day"]) if len(wanted) else ():
        rows = batch.filter(pc.is_in(batch.column(0), value_set=wanted))
        found.update(pc.cast(rows.column(1), pa.int32()).to_pylist())
    return found


def _months(snapshot: Snapshot) -> set[int]:
    return {int(p.id.removeprefix(_MARK)) for p in snapshot.manifest.parts if p.scope == "corpus" and p.id.startswith(_MARK)}


def _write_month(dataset: Dataset, run: Run, snapshot: Snapshot, month: int, rows: Mapping[str, list[Row]], gone: pa.Array | None) -> None:
    """One month's clusters: those that stay, and the new ones. `gone` None: none stay."""
    part_id = f"{_MARK}{month}"
    part = next((p for p in snapshot.manifest.parts if p.scope == "corpus" and p.id == part_id), None)
    tables = {}
    for name in _TABLES:
        kept = []
        if part and name in part.files and gone is not None:
            for batch in read_batches(dataset.files, name, part.files[name].path):
                kept.append(batch.filter(pc.invert(pc.is_in(batch.column("cluster_id"), value_set=gone))))
        new = arrow(name, rows[name])
        tables[name] = pa.concat_tables([pa.Table.from_batches(kept, schema=new.schema), new]) if kept else new
    write_tables(dataset, part_id, tables, run_id=run.run_id)


def _rows(updates: Iterable[ClusterUpdate], book: StoredBook) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = {t: [] for t in _TABLES}
    for u in updates:
        c = u.cluster
        out["clusters"].append(
            {
                "cluster_id": c.id,
                "title": c.title,
                "first_day": first_day(c.first_day),
                "last_day": first_day(c.last_day),
                "documents": len(c.members),
                "publishers": c.publishers,
            }
        )
        for m in c.members:
            f = m.filing
            out["cluster_documents"].append(
                {
                    "cluster_id": c.id,
                    "document_id": f.document_id,
                    "published_day": first_day(m.published),
                    "version_of": f.version_of,
                    "kind": f.kind,
                    "similarity": f.similarity,
                    "current": m.current,
                    "nearness": f.nearness,
                    "run_id": book.runs(day_of(m.published))[f.document_id],
                }
            )
        out["merged_events"] += map(_event_row, u.events)
    return out


def _event_row(e: MergedEvent) -> Row:
    event = Event(
        id=e.id,
        type=e.type,
        mode=e.mode,
        contexts=e.contexts,
        actors=e.actors,
        recipients=e.recipients,
        status=e.status,
        date=e.date,
        places=e.places,
        attribution=Attribution(speaker=None, stance="asserts", span=None) if e.attributed else None,
        trigger=None,
        evidence=(),
        score=e.score,
    )
    return {
        **event_columns(event, scores),
        "merged_id": e.id,
        "cluster_id": e.cluster_id,
        "event_ids": list(e.event_ids),
        **_sources(e),
    }


def _exercise_row(x: MergedExercise) -> Row:
    exercise = Exercise(
        id=x.id,
        name=x.name,
        series=x.series,
        edition=x.edition,
        status=x.status,
        hosts=x.hosts,
        participants=x.participants,
        observers=x.observers,
        start=x.start,
        end=x.end,
        places=x.places,
        domains=x.domains,
        kind=x.kind,
        focus=x.focus,
        forces=x.forces,
        purpose=x.purpose,
        directed_at=x.directed_at,
        reactions=(),
        evidence=(),
    )
    return {**exercise_columns(exercise), "merged_id": x.id, "exercise_ids": list(x.exercise_ids), **_sources(x)}


def _sources(merged: MergedEvent | MergedExercise) -> Row:
    return {
        "document_ids": list(merged.document_ids),
        "documents": len(merged.document_ids),
        "publishers": merged.publishers,
        "first_published": first_day(merged.first_published),
        "last_published": first_day(merged.last_published),
        "conflicts": [_conflict(c) for c in merged.conflicts],
    }


def _conflict(c: Conflict) -> Row:
    return {"field": c.field, "value": clean(c.value), "fact_ids": list(c.fact_ids), "document_ids": list(c.document_ids)}


def _redirects(snapshot: Snapshot, new: Iterable[Row], standing: Container[str]) -> list[Row]:
    """All redirects, each to an id that stands: older ones are led on by newer ones, and an id that stands again has none."""
    held = {r["old_id"]: r for r in (*snapshot.read("redirects").to_pylist(), *new) if r["old_id"] not in standing}
    for row in held.values():
        while row["new_id"] in held:
            row["new_id"] = held[row["new_id"]]["new_id"]
    return [held[k] for k in sorted(held)]
