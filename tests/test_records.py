"""What holds for every record: schema, spans, determinism, JSON round trip."""

from __future__ import annotations

import dataclasses
import json

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique.pipeline import Coder
from communique.render.json import from_json, to_json
from communique.types import Record
from conftest import document

PIECES = [
    "Turkish warplanes bombed rebel positions near Aleppo on Tuesday, the defence ministry said.",
    "Norway condemned the attack.",
    "“We will respond,” President Emmanuel Macron told reporters.",
    "The two countries agreed to hold talks in Geneva next week.",
    "Police arrested 12 protesters in Minsk.",
    "NATO and Georgia will stage exercise Iron Bear 2024 from May 3 to 9.",
    "It denied the accusation.",
    "Quito, Lima and Bogota signed a treaty.",
    "No deal was reached.",
    "‘Never,’ he said — 🙂 “naïve” talk.",
    "The U.N. urged both sides to stop.",
]


def spans(value) -> list[tuple[int, int]]:
    """All spans anywhere in a record."""
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, int) for v in value):
        return [value]
    if isinstance(value, tuple | list):
        return [s for v in value for s in spans(v)]
    if dataclasses.is_dataclass(value):
        return [s for f in dataclasses.fields(value) for s in spans(getattr(value, f.name))]
    return []


def check(record: Record, schema: dict) -> None:
    text = record.document.text
    jsonschema.validate(json.loads(to_json(record)), schema)
    for start, end in spans(record):
        assert 0 <= start < end <= len(text)
    for t in record.times:
        assert t.span and text[slice(*t.span)] == t.text
    for p in record.places:
        assert p.span and text[slice(*p.span)] == p.text
    for s in record.statements:
        assert text[slice(*s.quote)] == s.text
    assert from_json(to_json(record)) == record
    known = {a.id for a in record.actors}
    assert all(a.id is None or a.id in known for e in record.events for a in (*e.actors, *e.recipients))


def test_demo_records_hold(demo_records: list[Record], schema: dict):
    for record in demo_records:
        check(record, schema)
        assert record.events


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5), st.sampled_from([" ", "\n\n", "\n"]), st.sampled_from([None, "2024-03-07"])
)
def test_any_story_gives_a_record_that_holds(schema: dict, pieces: list[str], joint: str, published: str | None):
    d = document(joint.join(pieces), published)
    first, second = (next(iter(Coder().code([d]))) for _ in range(2))
    assert isinstance(first, Record), first
    assert to_json(first) == to_json(second)
    check(first, schema)
    if published is None:
        assert all(t.value is None or t.text in t.value or t.anchor is None for t in first.times)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_hostile_text_gives_a_record(text: str):
    assert isinstance(next(iter(Coder().code([document(text)]))), Record)
