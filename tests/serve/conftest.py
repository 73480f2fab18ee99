"""One small dataset for the desk's tests: our own stories, one of them told twice with a difference, and a merged event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from communique.lexicon.codebook import scores
from communique.serve.app import create_app
from communique.serve.config import DeskConfig
from communique.store.dataset import Dataset, create_dataset
from communique.store.publish import publish
from communique.store.shards import write_shard, write_tables
from communique.types import Record
from store.helpers import run_of

TWICE = "drill-again"


def retold(record: Record) -> Record:
    """The same story by another publisher, a day later, with other places in its first event."""
    document = replace(record.document, id=TWICE, publisher="Second Wire", published="2023-06-16", title="Three navies to drill")
    return replace(record, document=document, events=(replace(record.events[0], places=()), *record.events[1:]))


def fill(folder: Path, records: list[Record]) -> Dataset:
    """Publish records, and one cluster with a merged event over the two tellings of the drill."""
    dataset = create_dataset(folder)
    drill = next(r for r in records if r.document.id == "drill")
    write_shard(dataset, "s0", [*records, retold(drill)], run_id="r0", codes=scores)
    publish(dataset, run_of("r0"))
    snapshot = dataset.snapshot()
    events = [
        e for e in snapshot.read("events").to_pylist() if e["document_id"] in ("drill", TWICE) and e["local_id"] == drill.events[0].id
    ]
    write_tables(dataset, "clusters", corpus_rows(events), run_id="m0")
    publish(dataset, run_of("m0"))
    return dataset


def fill_plain(folder: Path, records: list[Record]) -> Dataset:
    """Publish records and nothing else."""
    dataset = create_dataset(folder / "plain")
    write_shard(dataset, "s0", records, run_id="r0", codes=scores)
    publish(dataset, run_of("r0"))
    return dataset


def corpus_rows(events: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """A cluster of two stories and their merged event, which differs on its place."""
    ids, documents = [e["event_id"] for e in events], [e["document_id"] for e in events]
    shared = {
        k: v for k, v in events[0].items() if k not in ("event_id", "document_id", "local_id", "ordinal", "evidence", "sentence", "why")
    }
    merged = {
        **{k: v for k, v in shared.items() if k not in ("published_day", "attribution", "trigger")},
        "merged_id": "m_drill",
        "cluster_id": "c_drill",
        "event_ids": ids,
        "document_ids": documents,
        "documents": 2,
        "publishers": 2,
        "conflicts": [{"field": "place", "value": "Mombasa", "fact_ids": ids[:1], "document_ids": documents[:1]}],
    }
    cluster = {"cluster_id": "c_drill", "title": "Three navies", "documents": 2, "publishers": 2}
    return {
        "clusters": [cluster],
        "cluster_documents": [{"cluster_id": "c_drill", "document_id": d, "kind": "original"} for d in documents],
        "merged_events": [merged],
        "redirects": [{"old_id": "m_before", "new_id": "m_drill", "kind": "event"}],
    }


@pytest.fixture(scope="session")
def desk_dataset(tmp_path_factory: pytest.TempPathFactory, demo_records: list[Record]) -> Dataset:
    return fill(tmp_path_factory.mktemp("desk"), demo_records)


@pytest.fixture(scope="session")
def client(desk_dataset: Dataset) -> Iterator[TestClient]:
    config = DeskConfig(dataset=desk_dataset.location, burst=100_000, code_burst=1000)
    with TestClient(create_app(config)) as found:
        yield found


@pytest.fixture(scope="session")
def ids(client: TestClient) -> dict[str, str]:
    """An id of each kind."""
    event = client.get("/events.json", params={"document": "drill"}).json()["rows"][0]["event_id"]
    statement = client.get("/statements.json").json()["rows"][0]["statement_id"]
    exercise = client.get("/exercises.json").json()["rows"][0]["exercise_id"]
    return {"event": event, "statement": statement, "exercise": exercise}


def addresses(ids: dict[str, str]) -> list[str]:
    """Every page of the desk."""
    listed = (
        "/ /search /events /statements /exercises /stories /happenings /merged-events /merged-exercises /actors /dyads /timeline /map /code"
    )
    more = [
        "/method",
        "/docs",
        "/exercises?view=calendar",
        "/exercises?view=series",
        "/search?text=exercise",
        "/actors/KEN",
        "/stories/drill",
    ]
    facts = [f"/events/{ids['event']}", f"/statements/{ids['statement']}", f"/exercises/{ids['exercise']}", "/merged-events/m_drill"]
    return [*listed.split(), *more, *facts, "/happenings/c_drill", f"/events/{ids['event']}/correction", "/events?nothing=1"]
