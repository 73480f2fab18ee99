"""Rows of a dataset to facts, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from communique.export.types import Fact, Report, Source
from communique.types import Actor, Place

Row = Mapping[str, Any]


def facts(source: Source, *, documents: bool = True) -> Iterator[Fact]:
    """The events of a source, each with its reports; without `documents` these lack publisher, url and date, which is quicker."""
    for batch in source.rows("merged_events" if source.merged else "events"):
        rows = batch.to_pylist()
        tellings = source.lookup("events", {i for r in rows for i in r["event_ids"] or ()}) if source.merged else {}
        wanted = {t["document_id"] for t in tellings.values()} if source.merged else {r["document_id"] for r in rows}
        stories = source.lookup("documents", wanted) if documents else {}
        for row in rows:
            told = [tellings[i] for i in row["event_ids"] or () if i in tellings] if source.merged else [row]
            yield _fact(row, told, stories)


def _fact(row: Row, told: Sequence[Row], documents: Mapping[str, Row]) -> Fact:
    attribution = next((t["attribution"] for t in told if t["attribution"]), None)
    speaker = attribution and attribution["speaker"]
    return Fact(
        id=row["merged_id"] if "merged_id" in row else row["event_id"],
        type=row["type"],
        mode=row["mode"],
        contexts=tuple(row["contexts"] or ()),
        status=row["status"],
        actors=tuple(_actor(a) for a in row["actors"] or ()),
        recipients=tuple(_actor(a) for a in row["recipients"] or ()),
        start=row["date_start"],
        end=row["date_end"],
        precision=row["date"]["precision"] if row["date"] else None,
        published=row["first_published"] if "merged_id" in row else row["published_day"],
        places=tuple(place(p) for p in row["places"] or ()),
        attributed=bool(row["attributed"]),
        stance=attribution["stance"] if attribution else None,
        speaker=_actor(speaker) if speaker else None,
        score=row["score"],
        reports=tuple(_report(t, documents.get(t["document_id"], {})) for t in told),
    )


def _actor(row: Row) -> Actor:
    span = row["span"]
    return Actor(
        name=row["name"] or "",
        country=row["country"],
        organization=row["organization"],
        sector=row["sector"],
        title=row["title"],
        span=(span["start"], span["end"]) if span else None,
        id=row["id"],
    )


def place(row: Row) -> Place:
    """A place from the struct of the tables."""
    span = row["span"]
    return Place(
        text=row["text"] or row["name"] or "",
        span=(span["start"], span["end"]) if span else None,
        name=row["name"] or "",
        geonameid=row["geonameid"],
        country=row["country"],
        admin1=row["admin1"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        kind=row["kind"] or "other",
        metonym=bool(row["metonym"]),
        score=row["score"],
    )


def _report(row: Row, document: Row) -> Report:
    trigger = row["trigger"]
    return Report(
        document_id=row["document_id"],
        publisher=document.get("publisher"),
        url=document.get("url"),
        published=document.get("published"),
        language=document.get("language"),
        characters=document.get("characters"),
        sentence=row["sentence"],
        trigger=(trigger["start"], trigger["end"]) if trigger else None,
        score=row["score"],
    )
