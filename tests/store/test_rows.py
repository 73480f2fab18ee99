"""Records to rows and back: the round trip, the ids, and the columns made for filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
from hypothesis import given, settings

from communique.lexicon.codebook import scores
from communique.store import reading, rows
from communique.store.ids import event_ids
from communique.store.schema import DOCUMENT_TABLES, TABLES
from communique.types import Record, Reject

from .strategies import RECORDS


def through_arrow(made: rows.Rows) -> dict[str, list[dict]]:
    """Rows as they come out of Arrow tables of the schema, which checks every type and every null."""
    out = {}
    for name, table_rows in made.items():
        table = pa.Table.from_pylist(table_rows, schema=TABLES[name].schema)
        table.validate(full=True)
        assert all(set(r) == set(TABLES[name].schema.names) for r in table_rows), name
        out[name] = table.to_pylist()
    return out


@settings(max_examples=80, deadline=None)
@given(RECORDS)
def test_round_trip(record: Record):
    made = through_arrow(rows.record_rows(record, codes=scores, run_id="r"))
    assert reading.to_record({n: list(reversed(t)) for n, t in made.items()}) == record


@settings(max_examples=25, deadline=None)
@given(RECORDS)
def test_without_text_no_words_of_it_remain(record: Record):
    made = rows.record_rows(record, codes=scores, run_id="r", keep_text=False)
    assert made["documents"][0]["text"] is None
    assert all(e["sentence"] is None for e in (*made["events"], *made["exercises"])) and all(m["text"] is None for m in made["mentions"])
    assert reading.to_record(made) == replace(record, document=replace(record.document, text=""))


def test_demo_records_round_trip(demo_records: list[Record]):
    for record in demo_records:
        made = through_arrow(rows.record_rows(record, codes=scores, run_id="r"))
        assert reading.to_record(made) == record
        assert set(made) == set(DOCUMENT_TABLES) - {"rejects", "sketches"}


def test_what_only_the_story_tells_comes_back_as_inferred(demo_records: list[Record]):
    seen = set()
    for record in demo_records:
        made = through_arrow(rows.record_rows(record, codes=scores, run_id="r"))
        back = reading.to_record(made)
        assert [c.country_basis for c in back.actors] == [c.country_basis for c in record.actors]
        cast = {c.id: c.country_basis for c in record.actors}
        for e in back.events:
            for a in (*e.actors, *e.recipients):
                assert a.country_basis == cast[a.id]
                seen.add(a.country_basis)
        assert {r["country_basis"] for r in made["event_actors"]} <= {"text", "inferred", None}
    assert {"text", "inferred"} <= seen


def test_keys_are_unique(demo_records: list[Record]):
    for name in DOCUMENT_TABLES:
        made = [r for record in demo_records for r in rows.record_rows(record, codes=scores, run_id="r").get(name, [])]
        keys = [tuple(r[k] for k in TABLES[name].key) for r in made]
        assert len(set(keys)) == len(keys), name


def test_ids_stay_when_other_facts_change(demo_records: list[Record]):
    record = max(demo_records, key=lambda r: len(r.events))
    before = event_ids(record.document.id, record.events)
    changed = [replace(e, status="denied", score=0.1, actors=e.actors * 2) for e in record.events]
    assert event_ids(record.document.id, changed) == before
    assert set(event_ids(record.document.id, record.events[1:])) < set(before)
    assert not set(event_ids("another", record.events)) & set(before)


def test_flat_columns(demo_records: list[Record]):
    event = next(e for r in demo_records for e in r.events if e.recipients and e.places)
    record = next(r for r in demo_records if event in r.events)
    row = rows.record_rows(record, codes=scores, run_id="r")["events"][record.events.index(event)]
    assert (row["quad"], row["goldstein"]) == scores(event.type, event.mode)
    assert row["actor_countries"] == list(dict.fromkeys(a.country for a in event.actors if a.country))
    assert row["place"] == event.places[0].name and row["published_day"] == rows.first_day(record.document.published)
    start, end = event.evidence[0]
    assert row["sentence"] == record.document.text[start:end]


def test_days_of_partial_dates():
    assert rows.first_day("2023-05") == date(2023, 5, 1) and rows.last_day("2023-05") == date(2023, 5, 31)
    assert rows.last_day("2024-02") == date(2024, 2, 29)
    for bad in (None, "", "2024-13", "2024-02-30", "24-01-01", "２０２４", "-"):
        assert rows.first_day(bad) is None and rows.last_day(bad) is None


def test_lone_surrogates_are_replaced_one_for_one():
    assert rows.clean("a\ud800é\udfff") == "a\ufffdé\ufffd"
    made = through_arrow(rows.reject_rows(Reject(id="x\ud800", stage="ingest", code="C101", message="\udfff"), run_id="r"))
    assert reading.to_reject(made["rejects"][0]) == Reject(id="x\ufffd", stage="ingest", code="C101", message="\ufffd")
