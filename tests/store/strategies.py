"""Records of every shape, for property tests."""

from __future__ import annotations

import string

from hypothesis import strategies as st

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
    Statement,
)

WORDS = st.text(max_size=12)
MAYBE = st.none() | WORDS
CODES = st.none() | st.sampled_from(["CHN", "RUS", "NOR", "XKX"])
OFFSETS = st.integers(0, 40)
SPANS = st.tuples(OFFSETS, OFFSETS)
DAYS = st.none() | st.dates().map(str) | st.sampled_from(["2024", "2024-02", "soon", ""])
UNIT = st.floats(0, 1)


def several(one: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


ACTORS = st.builds(Actor, name=WORDS, country=CODES, organization=MAYBE, sector=MAYBE, title=MAYBE, span=st.none() | SPANS, id=MAYBE)
INTERVALS = st.builds(
    Interval,
    value=MAYBE,
    start=DAYS,
    end=DAYS,
    precision=st.sampled_from(["day", "week", None]),
    basis=st.sampled_from(["text", "publication", None]),
    span=st.none() | SPANS,
    text=MAYBE,
    timex=MAYBE,
    timex_type=st.sampled_from(["DATE", "SET", None]),
    anchor=MAYBE,
)
PLACES = st.builds(
    Place,
    text=WORDS,
    span=st.none() | SPANS,
    name=WORDS,
    geonameid=st.none() | st.integers(0, 2**40),
    country=CODES,
    admin1=MAYBE,
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    kind=st.sampled_from(["city", "sea", "other"]),
    metonym=st.booleans(),
    score=st.none() | UNIT,
)
EVENTS = st.builds(
    Event,
    id=WORDS,
    type=st.sampled_from(["ACCUSE", "AID", "ASSAULT"]),
    mode=st.none() | st.sampled_from(["allege", "aerial"]),
    contexts=several(WORDS),
    actors=several(ACTORS, 1),
    recipients=several(ACTORS),
    status=st.sampled_from(["past", "planned"]),
    date=INTERVALS,
    places=several(PLACES),
    attribution=st.none()
    | st.builds(Attribution, speaker=st.none() | ACTORS, stance=st.sampled_from(["asserts", "denies"]), span=st.none() | SPANS),
    trigger=st.none() | SPANS,
    evidence=several(SPANS, 1),
    score=UNIT,
    why=st.dictionaries(WORDS, st.none() | WORDS | UNIT | st.lists(WORDS, max_size=2), max_size=3),
)
STATEMENTS = st.builds(
    Statement,
    id=WORDS,
    speaker=st.none() | ACTORS,
    verb=MAYBE,
    addressee=st.none() | ACTORS,
    direct=st.booleans(),
    quote=SPANS,
    text=WORDS,
    date=st.none() | INTERVALS,
    about=several(WORDS),
    evidence=several(SPANS),
)
FORCES = st.builds(
    Force,
    kind=st.sampled_from(["troops", "ships"]),
    count=st.integers(0, 2**62),
    at_least=st.booleans(),
    of=st.none() | ACTORS,
    claimed_by=st.none() | ACTORS,
    span=SPANS,
)
EXERCISES = st.builds(
    Exercise,
    id=WORDS,
    name=MAYBE,
    series=MAYBE,
    edition=MAYBE,
    status=st.sampled_from(["planned", "completed"]),
    hosts=several(ACTORS),
    participants=several(ACTORS),
    observers=several(ACTORS, most=1),
    start=DAYS,
    end=DAYS,
    places=several(PLACES, most=1),
    domains=several(WORDS, most=1),
    kind=MAYBE,
    focus=several(WORDS, most=1),
    forces=several(FORCES, most=2),
    purpose=MAYBE,
    directed_at=several(st.builds(DirectedAt, actor=ACTORS, stance=st.sampled_from(["stated", "denied"])), most=1),
    reactions=several(WORDS),
    evidence=several(SPANS, 1),
    mentions=several(SPANS),
)
CAST = st.builds(CastMember, id=WORDS, name=WORDS, country=CODES, organization=MAYBE, sector=MAYBE, title=MAYBE, mentions=several(SPANS))
DOCUMENTS = st.builds(
    Document,
    id=st.text(string.ascii_letters + "/:é", min_size=1, max_size=8),
    title=MAYBE,
    publisher=MAYBE,
    url=MAYBE,
    language=st.none() | st.just("en"),
    published=st.none() | st.dates().map(str) | st.datetimes().map(lambda d: d.isoformat()),
    text=st.text(max_size=60),
)
RECORDS = st.builds(
    Record,
    document=DOCUMENTS,
    actors=several(CAST),
    events=several(EVENTS),
    statements=several(STATEMENTS),
    exercises=several(EXERCISES),
    times=several(INTERVALS),
    places=several(PLACES),
)
