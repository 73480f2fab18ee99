"""A coded story to its light views: what a worker makes of each record and the dataset keeps of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from communique.stories.counts import counts_in
from communique.stories.minhash import shingle_hashes, signature, words_of
from communique.stories.terms import pack, record_terms, text_terms
from communique.stories.types import EventView, ExerciseView, Sketch
from communique.types import Actor, Document, Event, Exercise, Interval, Place, Record

LONGEST_SENTENCE = 2000
"""Characters of a sentence that are searched for counts."""
COUNTED = frozenset(("ASSAULT", "COERCE"))
"""Types whose words are searched for counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """All that is kept of one story to set it beside others."""

    sketch: Sketch
    events: tuple[EventView, ...]
    exercises: tuple[ExerciseView, ...]


def views_of(record: Record, *, event_ids: Sequence[str] | None = None, exercise_ids: Sequence[str] | None = None) -> Views:
    """The light views of a record.

    Ids of the events and exercises, in their order, are the dataset's own; without them they are `DOCUMENT#LOCAL`.
    """
    name = record.document.id
    events = event_ids if event_ids is not None else [f"{name}#{e.id}" for e in record.events]
    exercises = exercise_ids if exercise_ids is not None else [f"{name}#{x.id}" for x in record.exercises]
    return Views(
        sketch=sketch_of(record.document, record),
        events=tuple(_event_view(i, e, record.document.text) for i, e in zip(events, record.events, strict=True)),
        exercises=tuple(ExerciseView(id=i, exercise=_bare_exercise(x)) for i, x in zip(exercises, record.exercises, strict=True)),
    )


def sketch_of(document: Document, record: Record | None = None) -> Sketch:
    """The sketch of a story; without its record, from its text alone."""
    title = document.title or ""
    text = document.text if not title or document.text.startswith(title) else f"{title}\n{document.text}"
    words = words_of(text)
    shingles = shingle_hashes(words)
    terms, tallies = pack(text_terms(text), record_terms(record) if record else Counter())
    return Sketch(
        document_id=document.id,
        published=document.published,
        publisher=document.publisher,
        title=document.title,
        digest=hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=16).digest(),
        signature=signature(shingles),
        shingles=len(shingles),
        terms=terms,
        tallies=tallies,
    )


def _event_view(identity: str, event: Event, text: str) -> EventView:
    sentence = text[event.evidence[0][0] : event.evidence[0][1]][:LONGEST_SENTENCE] if event.evidence else ""
    bare = replace(
        event,
        actors=_bare(event.actors),
        recipients=_bare(event.recipients),
        date=_bare_interval(event.date),
        places=_bare_places(event.places),
        attribution=replace(event.attribution, span=None, speaker=_bare_actor(event.attribution.speaker)) if event.attribution else None,
        trigger=None,
        evidence=(),
        why={},
    )
    return EventView(id=identity, event=bare, counts=counts_in(sentence) if event.type in COUNTED else ())


def _bare_exercise(x: Exercise) -> Exercise:
    return replace(
        x,
        hosts=_bare(x.hosts),
        participants=_bare(x.participants),
        observers=_bare(x.observers),
        places=_bare_places(x.places),
        forces=tuple(replace(f, span=(0, 0), of=_bare_actor(f.of), claimed_by=_bare_actor(f.claimed_by)) for f in x.forces),
        directed_at=tuple(replace(d, actor=replace(d.actor, span=None, id=None)) for d in x.directed_at),
        reactions=(),
        evidence=(),
        mentions=(),
    )


def _bare_actor(actor: Actor | None) -> Actor | None:
    return replace(actor, span=None, id=None) if actor else None


def _bare(actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    return tuple(replace(a, span=None, id=None) for a in actors)


def _bare_interval(interval: Interval) -> Interval:
    return replace(interval, span=None, text=None, timex=None, timex_type=None, anchor=None)


def _bare_places(places: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple(replace(p, span=None) for p in places)


def columns(record: Record, event_ids: Sequence[str], exercise_ids: Sequence[str]) -> dict[str, bytes | None]:
    """The views of a record as the columns `sketch`, `events` and `exercises` of the table `sketches`."""
    views = views_of(record, event_ids=event_ids, exercise_ids=exercise_ids)
    return {
        "sketch": encode(views.sketch),
        "events": encode(views.events) if views.events else None,
        "exercises": encode(views.exercises) if views.exercises else None,
    }


def encode(view: Sketch | Sequence[EventView] | Sequence[ExerciseView]) -> bytes:
    """A sketch, or the events or exercises of one story, as bytes (MessagePack); lone surrogates become replacement characters."""
    try:
        return msgspec.msgpack.encode(view)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(_storable(msgspec.to_builtins(view, builtin_types=(bytes,))))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, dict):
        return {k: _storable(v) for k, v in value.items()}
    return [_storable(v) for v in value] if isinstance(value, list | tuple) else value


def decode_sketch(data: bytes) -> Sketch:
    """The sketch that `encode` wrote."""
    return msgspec.msgpack.decode(data, type=Sketch)


def decode_events(data: bytes) -> tuple[EventView, ...]:
    """The events that `encode` wrote."""
    return msgspec.msgpack.decode(data, type=tuple[EventView, ...])


def decode_exercises(data: bytes) -> tuple[ExerciseView, ...]:
    """The exercises that `encode` wrote."""
    return msgspec.msgpack.decode(data, type=tuple[ExerciseView, ...])
