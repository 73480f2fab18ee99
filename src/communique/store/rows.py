"""A record to rows of each table, and rows back to the record. Pure: no files, no globals.

record -> record_rows -> {"documents": [...], "events": [...], ...} -> to_record -> record
"""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from communique.store.ids import event_ids, exercise_ids, statement_ids
from communique.types import Actor, Attribution, Event, Exercise, Interval, Place, Record, Reject, Span, Statement

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Rows by table name."""
STORY = "story"
"""`source_kind` of a document that communique has read."""
Codes = Callable[[str, str | None], tuple[int, float]]
"""Quad class and Goldstein score of a type and mode: `communique.lexicon.codebook.scores`."""
Sketcher = Callable[[Record, Sequence[str], Sequence[str]], Row]
"""Columns of `sketches` from a record and the ids of its events and exercises: `communique.stories.sketch.columns`."""


def first_day(value: str | None) -> date | None:
    """The first day that a date or a part of one allows; None for what is no date.

    >>> first_day("2024-02"), first_day("2024-02-11T10:00:00Z"), first_day("soon")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 11), None)
    """
    return _day(value, last=False)


def last_day(value: str | None) -> date | None:
    """The last day that a date or a part of one allows.

    >>> last_day("2024-02"), last_day("2024")
    (datetime.date(2024, 2, 29), datetime.date(2024, 12, 31))
    """
    return _day(value, last=True)


def _day(value: str | None, *, last: bool) -> date | None:
    parts = (value or "")[:10].split("-")
    try:
        numbers = [int(p) for p in parts if p.isascii() and p.isdigit()]
        if len(numbers) != len(parts) or len(parts[0]) != 4:
            return None
        year, month, day = (*numbers, 0, 0)[:3]
        month = month or (12 if last else 1)
        return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None


def clean(text: str) -> str:
    """Text that UTF-8 can hold: each lone surrogate becomes one replacement character, so spans stay right.

    >>> clean("a\\ud800b")
    'a�b'
    """
    try:
        text.encode("utf-8")
        return text
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _text(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _span(span: Span | None) -> Row | None:
    return None if span is None else {"start": span[0], "end": span[1]}


def _spans(spans: Iterable[Span]) -> list[Row]:
    return [{"start": s, "end": e} for s, e in spans]


def actor_row(actor: Actor | None) -> Row | None:
    """An actor as the struct `schema.ACTOR`."""
    if actor is None:
        return None
    return {
        "name": clean(actor.name),
        "country": actor.country,
        "organization": actor.organization,
        "sector": actor.sector,
        "title": _text(actor.title),
        "span": _span(actor.span),
        "id": actor.id,
    }


def interval_row(interval: Interval | None) -> Row | None:
    """A time as the struct `schema.INTERVAL`."""
    if interval is None:
        return None
    return {
        "value": interval.value,
        "start": interval.start,
        "end": interval.end,
        "precision": interval.precision,
        "basis": interval.basis,
        "span": _span(interval.span),
        "text": _text(interval.text),
        "timex": interval.timex,
        "timex_type": interval.timex_type,
        "anchor": interval.anchor,
    }


def place_row(place: Place) -> Row:
    """A place as the struct `schema.PLACE`."""
    return {
        "text": clean(place.text),
        "span": _span(place.span),
        "name": clean(place.name),
        "geonameid": place.geonameid,
        "country": place.country,
        "admin1": _text(place.admin1),
        "latitude": place.latitude,
        "longitude": place.longitude,
        "kind": place.kind,
        "metonym": place.metonym,
        "score": place.score,
    }


def _attribution(attribution: Attribution | None) -> Row | None:
    if attribution is None:
        return None
    return {"speaker": actor_row(attribution.speaker), "stance": attribution.stance, "span": _span(attribution.span)}


def distinct(values: Iterable[str | None]) -> list[str]:
    """Each value once, in order of first appearance, without None."""
    return list(dict.fromkeys(v for v in values if v is not None))


def who(role: str, plural: str, actors: Sequence[Actor]) -> Row:
    """The columns that `actors`, `recipients`, `hosts`, `participants` and `observers` have in the tables."""
    return {
        plural: [actor_row(a) for a in actors],
        f"{role}_countries": distinct(a.country for a in actors),
        f"{role}_organizations": distinct(a.organization for a in actors),
        f"{role}_sectors": distinct(a.sector for a in actors),
    }


def where(places: Sequence[Place]) -> Row:
    """The columns of places: all of them, and the first one flat."""
    first = places[0] if places else None
    return {
        "places": [place_row(p) for p in places],
        "place": clean(first.name) if first else None,
        "place_country": first.country if first else None,
        "latitude": first.latitude if first else None,
        "longitude": first.longitude if first else None,
    }


def when(interval: Interval | None) -> Row:
    """The columns of a date: in full, and first and last day as dates."""
    return {
        "date": interval_row(interval),
        "date_start": first_day(interval.start) if interval else None,
        "date_end": last_day(interval.end) if interval else None,
    }


class _Story:
    """What all rows of one document share."""

    def __init__(self, record: Record, keep_text: bool, source_kind: str) -> None:
        self.id = clean(record.document.id)
        self.text = clean(record.document.text)
        self.coded = source_kind == STORY
        self.keep = keep_text and self.coded
        self.day = first_day(record.document.published)

    def head(self, id_column: str, fact_id: str, local_id: str, ordinal: int) -> Row:
        return {id_column: fact_id, "document_id": self.id, "local_id": local_id, "ordinal": ordinal, "published_day": self.day}

    def words(self, span: Span | None) -> str | None:
        return self.text[span[0] : span[1]] if self.keep and span else None

    def proof(self, evidence: tuple[Span, ...]) -> Row:
        return {"evidence": _spans(evidence), "sentence": self.words(evidence[0] if evidence else None)}


def record_rows(record: Record, *, codes: Codes, run_id: str, keep_text: bool = True, source_kind: str = STORY) -> Rows:
    """Rows of every document table for one record; `keep_text` False leaves the text and its sentences out.

    With another `source_kind` than a story the record was imported: it has no text, and its events no score of ours.
    """
    story = _Story(record, keep_text, source_kind)
    d = record.document
    events = event_ids(story.id, record.events)
    statements = statement_ids(story.id, record.statements)
    exercises = exercise_ids(story.id, record.exercises)
    known = {
        **dict(zip((e.id for e in record.events), events)),
        **dict(zip((x.id for x in record.exercises), exercises)),
        **dict(zip((s.id for s in record.statements), statements)),
    }
    return {
        "documents": [
            {
                "document_id": story.id,
                "title": _text(d.title),
                "publisher": _text(d.publisher),
                "url": _text(d.url),
                "language": d.language,
                "published": d.published,
                "published_day": story.day,
                "text": story.text if story.keep else None,
                "characters": len(story.text) if story.coded else None,
                "text_sha256": hashlib.sha256(story.text.encode("utf-8")).hexdigest() if story.coded else None,
                "source_kind": source_kind,
                "run_id": run_id,
            }
        ],
        "events": [_event(story, i, fact_id, e, codes) for i, (fact_id, e) in enumerate(zip(events, record.events))],
        "event_actors": [row for fact_id, e in zip(events, record.events) for row in _event_actors(story, fact_id, e)],
        "actors": [
            {
                "document_id": story.id,
                "actor_id": c.id,
                "ordinal": i,
                "published_day": story.day,
                "name": clean(c.name),
                "country": c.country,
                "country_basis": c.country_basis,
                "organization": c.organization,
                "sector": c.sector,
                "title": _text(c.title),
                "mentions": len(c.mentions),
            }
            for i, c in enumerate(record.actors)
        ],
        "mentions": [
            {"document_id": story.id, "actor_id": c.id, "actor_ordinal": i, "ordinal": j, "span": _span(m), "text": story.words(m)}
            for i, c in enumerate(record.actors)
            for j, m in enumerate(c.mentions)
        ],
        "statements": [_statement(story, i, fact_id, s, known) for i, (fact_id, s) in enumerate(zip(statements, record.statements))],
        "exercises": [_exercise(story, i, fact_id, x, known) for i, (fact_id, x) in enumerate(zip(exercises, record.exercises))],
        "times": [{"document_id": story.id, "ordinal": i, **(interval_row(t) or {})} for i, t in enumerate(record.times)],
        "places": [{"document_id": story.id, "ordinal": i, **place_row(p)} for i, p in enumerate(record.places)],
    }


def reject_rows(reject: Reject, *, run_id: str) -> Rows:
    """The one row of a reject."""
    row = {"document_id": clean(reject.id), "stage": reject.stage, "code": reject.code, "message": clean(reject.message), "run_id": run_id}
    return {"rejects": [row]}


def event_columns(event: Event, codes: Codes) -> Row:
    """The columns that an event has wherever it stands, merged or as one story tells it."""
    quad, goldstein = codes(event.type, event.mode)
    return {
        "type": event.type,
        "mode": event.mode,
        "contexts": list(event.contexts),
        "status": event.status,
        "quad": quad,
        "goldstein": goldstein,
        **who("actor", "actors", event.actors),
        **who("recipient", "recipients", event.recipients),
        **when(event.date),
        **where(event.places),
        "attributed": event.attribution is not None,
        "score": event.score,
    }


def _event(story: _Story, ordinal: int, fact_id: str, event: Event, codes: Codes) -> Row:
    return {
        **story.head("event_id", fact_id, event.id, ordinal),
        **event_columns(event, codes),
        "attribution": _attribution(event.attribution),
        "trigger": _span(event.trigger),
        **story.proof(event.evidence),
        "score": event.score if story.coded else None,
        "why": json.dumps(event.why, ensure_ascii=True, sort_keys=True, separators=(",", ":")),
    }


def _event_actors(story: _Story, event_id: str, event: Event) -> Iterable[Row]:
    for role, actors in (("actor", event.actors), ("recipient", event.recipients)):
        for ordinal, actor in enumerate(actors):
            row = actor_row(actor) or {}
            row["actor_id"] = row.pop("id")
            yield {
                "event_id": event_id,
                "document_id": story.id,
                "role": role,
                "ordinal": ordinal,
                **row,
                "country_basis": actor.country_basis,
            }


def _statement(story: _Story, ordinal: int, fact_id: str, statement: Statement, known: Mapping[str, str]) -> Row:
    speaker, addressee = statement.speaker, statement.addressee
    return {
        **story.head("statement_id", fact_id, statement.id, ordinal),
        "speaker": actor_row(speaker),
        "speaker_name": clean(speaker.name) if speaker else None,
        "speaker_country": speaker.country if speaker else None,
        "speaker_organization": speaker.organization if speaker else None,
        "speaker_sector": speaker.sector if speaker else None,
        "verb": _text(statement.verb),
        "addressee": actor_row(addressee),
        "addressee_country": addressee.country if addressee else None,
        "direct": statement.direct,
        "quote": _span(statement.quote),
        "text": clean(statement.text),
        **when(statement.date),
        "about": list(statement.about),
        "about_ids": [known[a] for a in statement.about if a in known],
        "evidence": _spans(statement.evidence),
    }


def exercise_columns(exercise: Exercise) -> Row:
    """The columns that an exercise has wherever it stands, merged or as one story tells it."""
    return {
        "name": _text(exercise.name),
        "series": _text(exercise.series),
        "edition": _text(exercise.edition),
        "status": exercise.status,
        **who("host", "hosts", exercise.hosts),
        **who("participant", "participants", exercise.participants),
        **who("observer", "observers", exercise.observers),
        "start": exercise.start,
        "end": exercise.end,
        "date_start": first_day(exercise.start),
        "date_end": last_day(exercise.end),
        **where(exercise.places),
        "domains": list(exercise.domains),
        "kind": exercise.kind,
        "focus": list(exercise.focus),
        "forces": [
            {
                "kind": f.kind,
                "count": f.count,
                "at_least": f.at_least,
                "of": actor_row(f.of),
                "claimed_by": actor_row(f.claimed_by),
                "span": _span(f.span),
            }
            for f in exercise.forces
        ],
        "purpose": _text(exercise.purpose),
        "directed_at": [{"actor": actor_row(t.actor), "stance": t.stance} for t in exercise.directed_at],
    }


def _exercise(story: _Story, ordinal: int, fact_id: str, exercise: Exercise, known: Mapping[str, str]) -> Row:
    return {
        **story.head("exercise_id", fact_id, exercise.id, ordinal),
        **exercise_columns(exercise),
        "reactions": list(exercise.reactions),
        "reaction_ids": [known[r] for r in exercise.reactions if r in known],
        **story.proof(exercise.evidence),
        "mentions": _spans(exercise.mentions),
    }
