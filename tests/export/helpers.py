"""Datasets in memory for the tests of the exporters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from communique.export.types import Source
from communique.lexicon.codebook import scores
from communique.render.rows import write_rows
from communique.store.rows import record_rows
from communique.store.schema import TABLES
from communique.store.shards import arrow
from communique.types import Actor, Event, Exercise, Interval, Place, Record
from store.helpers import story

STAMP = datetime(2024, 3, 8, 12, 30, 15, tzinfo=UTC)


def source_from(records: Iterable[Record]) -> Source:
    """A source over the rows of some records."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        for table, found in record_rows(record, codes=scores, run_id="r").items():
            rows.setdefault(table, []).extend(found)

    def batches(table: str) -> Iterator[pa.RecordBatch]:
        yield from arrow(table, rows.get(table, [])).to_batches(max_chunksize=3)

    def lookup(table: str, ids: Iterable[str]) -> Mapping[str, dict[str, Any]]:
        key, wanted = {"documents": "document_id", "events": "event_id"}[table], set(ids)
        return {r[key]: r for r in rows.get(table, []) if r[key] in wanted}

    return Source(
        name="memory",
        stamp=STAMP,
        merged=False,
        filters=(),
        rows=batches,
        schema=lambda table: TABLES[table].schema,
        lookup=lookup,
        codes=scores,
        version="0",
        write_rows=write_rows,
    )


def party(code: str, sector: str = "GOV", name: str | None = None) -> Actor:
    return Actor(name=name or code, country=code, sector=sector, span=(0, 3), id="a1")


def day(value: str, end: str | None = None, precision: str = "day") -> Interval:
    return Interval(value=value, start=value, end=end or value, precision=precision, basis="text")  # type: ignore[arg-type]


def event(
    type_: str, *, actors: tuple[Actor, ...] = (party("CHN"),), recipients: tuple[Actor, ...] = (party("RUS"),), **others: Any
) -> Event:
    base = story("x").events[0]
    fields = {"mode": None, "contexts": (), "status": "past", "date": day("2024-03-05"), **others}
    return replace(base, type=type_, actors=actors, recipients=recipients, **fields)


def record(
    *events: Event, name: str = "d1", exercises: tuple[Exercise, ...] = (), url: str | None = None, text: str | None = None
) -> Record:
    base = story(name, **({"text": text} if text else {}))
    numbered = tuple(replace(e, id=f"e{i}", trigger=(i, i + 1)) for i, e in enumerate(events))
    return replace(base, document=replace(base.document, url=url), events=numbered, exercises=exercises)


def exercise(name: str, **others: Any) -> Exercise:
    fields: dict[str, Any] = {
        "id": "x1",
        "name": name,
        "series": None,
        "edition": None,
        "status": "completed",
        "hosts": (),
        "participants": (party("NOR", "MIL"), party("SWE", "MIL")),
        "observers": (),
        "start": "2024-03-01",
        "end": "2024-03-04",
        "places": (Place(text="Bodo", span=None, name="Bodø", country="NOR", latitude=67.28, longitude=14.4, kind="city"),),
        "domains": ("air", "sea"),
        "kind": "command-post",
        "focus": ("peacekeeping",),
        "forces": (),
        "purpose": None,
        "directed_at": (),
        "reactions": (),
        "evidence": ((0, 5),),
    }
    return Exercise(**{**fields, **others})
