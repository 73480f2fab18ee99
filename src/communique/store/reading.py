"""Rows back to records: the other half of `rows`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from communique.types import (
    Actor,
    Attribution,
    CastMember,
    DirectedAt,
    Document,
    Event,
    Exercise,
    Force,
    Interval,
    Place,
    Record,
    Reject,
    Span,
    Statement,
)
from communique.walk import change_actors

Row = Mapping[str, Any]


def to_span(value: Row | None) -> Span | None:
    """A span from its struct."""
    return None if value is None else (value["start"], value["end"])


def _sure(value: Row) -> Span:
    return (value["start"], value["end"])


def _spans(values: Sequence[Row] | None) -> tuple[Span, ...]:
    return tuple(_sure(v) for v in values or ())


def to_actor(value: Row | None) -> Actor | None:
    """An actor from the struct `schema.ACTOR`."""
    return None if value is None else _actor(value)


def _actor(v: Row) -> Actor:
    return Actor(
        name=v["name"],
        country=v["country"],
        organization=v["organization"],
        sector=v["sector"],
        title=v["title"],
        span=to_span(v["span"]),
        id=v["id"],
    )


def _actors(values: Sequence[Row] | None) -> tuple[Actor, ...]:
    return tuple(_actor(v) for v in values or ())


def to_interval(v: Row) -> Interval:
    """A time from the struct `schema.INTERVAL` or from a row of `times`."""
    return Interval(
        value=v["value"],
        start=v["start"],
        end=v["end"],
        precision=v["precision"],
        basis=v["basis"],
        span=to_span(v["span"]),
        text=v["text"],
        timex=v["timex"],
        timex_type=v["timex_type"],
        anchor=v["anchor"],
    )


def to_place(v: Row) -> Place:
    """A place from the struct `schema.PLACE` or from a row of `places`."""
    return Place(
        text=v["text"],
        span=to_span(v["span"]),
        name=v["name"],
        geonameid=v["geonameid"],
        country=v["country"],
        admin1=v["admin1"],
        latitude=v["latitude"],
        longitude=v["longitude"],
        kind=v["kind"],
        metonym=v["metonym"],
        score=v["score"],
    )


def to_event(v: Row) -> Event:
    """An event from a row of `events`; its id is the local one."""
    said = v["attribution"]
    return Event(
        id=v["local_id"],
        type=v["type"],
        mode=v["mode"],
        contexts=tuple(v["contexts"] or ()),
        actors=_actors(v["actors"]),
        recipients=_actors(v["recipients"]),
        status=v["status"],
        date=to_interval(v["date"]),
        places=tuple(to_place(p) for p in v["places"] or ()),
        attribution=Attribution(speaker=to_actor(said["speaker"]), stance=said["stance"], span=to_span(said["span"])) if said else None,
        trigger=to_span(v["trigger"]),
        evidence=_spans(v["evidence"]),
        score=v["score"],
        why=json.loads(v["why"]),
    )


def to_statement(v: Row) -> Statement:
    """A statement from a row of `statements`; its id is the local one."""
    return Statement(
        id=v["local_id"],
        speaker=to_actor(v["speaker"]),
        verb=v["verb"],
        addressee=to_actor(v["addressee"]),
        direct=v["direct"],
        quote=_sure(v["quote"]),
        text=v["text"],
        date=to_interval(v["date"]) if v["date"] else None,
        about=tuple(v["about"] or ()),
        evidence=_spans(v["evidence"]),
    )


def _force(v: Row) -> Force:
    return Force(
        kind=v["kind"],
        count=v["count"],
        at_least=v["at_least"],
        of=to_actor(v["of"]),
        claimed_by=to_actor(v["claimed_by"]),
        span=_sure(v["span"]),
    )


def to_exercise(v: Row) -> Exercise:
    """An exercise from a row of `exercises`; its id is the local one."""
    return Exercise(
        id=v["local_id"],
        name=v["name"],
        series=v["series"],
        edition=v["edition"],
        status=v["status"],
        hosts=_actors(v["hosts"]),
        participants=_actors(v["participants"]),
        observers=_actors(v["observers"]),
        start=v["start"],
        end=v["end"],
        places=tuple(to_place(p) for p in v["places"] or ()),
        domains=tuple(v["domains"] or ()),
        kind=v["kind"],
        focus=tuple(v["focus"] or ()),
        forces=tuple(_force(f) for f in v["forces"] or ()),
        purpose=v["purpose"],
        directed_at=tuple(DirectedAt(actor=_actor(t["actor"]), stance=t["stance"]) for t in v["directed_at"] or ()),
        reactions=tuple(v["reactions"] or ()),
        evidence=_spans(v["evidence"]),
        mentions=_spans(v["mentions"]),
    )


def _ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: r["ordinal"])


def to_record(rows: Mapping[str, Sequence[Row]]) -> Record:
    """The record of one document from its rows by table, in any order.

    In a dataset without text the document's text is empty; the spans still count in the text that was read.
    """
    d = rows["documents"][0]
    basis = {a["actor_id"]: a.get("country_basis") for a in rows.get("actors", ())}

    def based(actor: Actor) -> Actor:
        known = basis.get(actor.id)
        return replace(actor, country_basis=known) if known else actor

    mentions: dict[int, list[Row]] = {}
    for m in rows.get("mentions", ()):
        mentions.setdefault(m["actor_ordinal"], []).append(m)
    return Record(
        document=Document(
            id=d["document_id"],
            title=d["title"],
            publisher=d["publisher"],
            url=d["url"],
            language=d["language"],
            published=d["published"],
            text=d["text"] or "",
        ),
        actors=tuple(
            CastMember(
                id=a["actor_id"],
                name=a["name"],
                country=a["country"],
                country_basis=a.get("country_basis"),
                organization=a["organization"],
                sector=a["sector"],
                title=a["title"],
                mentions=tuple(_sure(m["span"]) for m in _ordered(mentions.get(a["ordinal"], ()))),
            )
            for a in _ordered(rows.get("actors", ()))
        ),
        events=change_actors(tuple(to_event(r) for r in _ordered(rows.get("events", ()))), based),
        statements=change_actors(tuple(to_statement(r) for r in _ordered(rows.get("statements", ()))), based),
        exercises=change_actors(tuple(to_exercise(r) for r in _ordered(rows.get("exercises", ()))), based),
        times=tuple(to_interval(r) for r in _ordered(rows.get("times", ()))),
        places=tuple(to_place(r) for r in _ordered(rows.get("places", ()))),
    )


def to_reject(v: Row) -> Reject:
    """A reject from a row of `rejects`."""
    return Reject(id=v["document_id"], stage=v["stage"], code=v["code"], message=v["message"])
