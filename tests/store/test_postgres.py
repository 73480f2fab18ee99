"""Publishing into a real PostgreSQL, which the tests start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from communique.cli import main
from communique.errors import StoreError, UsageError
from communique.store.compact import compact
from communique.store.dataset import create_dataset
from communique.store.postgres import publish_to_postgres
from communique.store.publish import publish
from communique.store.schema import OPEN_TABLES
from communique.store.shards import write_tables
from communique.types import Record, Reject

from .helpers import dataset_at, put, run_of, story
from .postgres_server import find, server

psycopg = pytest.importorskip("psycopg")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if not find("initdb"):
        if os.environ.get("COMMUNIQUE_SERVICES") == "required":
            pytest.fail("PostgreSQL is not installed; run tools/setup_services.sh")
        pytest.skip("PostgreSQL is not installed; run tools/setup_services.sh")
    with server() as found:
        yield found


def rows(url: str, query: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_a_dataset_comes_into_the_database(url: str, tmp_path: Path, demo_records: list[Record]):
    dataset = create_dataset(tmp_path)
    put(dataset, "r", {"a": [*demo_records, Reject(id="x", stage="ingest", code="C1", message="m" * 5000)]})
    snapshot = dataset.snapshot()
    assert main(["publish", str(tmp_path), "--to", url, "--schema", "demo"]) == 0
    for name in OPEN_TABLES:
        assert rows(url, f"SELECT count(*) FROM demo.{name}") == [(snapshot.rows(name),)], name
    want = {
        (r["event_id"], r["type"], tuple(r["actor_countries"]), r["date_start"], r["goldstein"], r["sentence"], r["actors"][0]["name"])
        for r in snapshot.read("events").to_pylist()
    }
    got = rows(url, "SELECT event_id, type, actor_countries, date_start, goldstein, sentence, actors->0->>'name' FROM demo.events")
    assert {(a, b, tuple(c), d, e, f, g) for a, b, c, d, e, f, g in got} == want
    pairs = sum(len(r["actor_countries"]) * len(r["recipient_countries"]) for r in snapshot.read("events").to_pylist())
    assert (
        rows(url, "SELECT count(*), sum(events) FROM demo.dyads, (SELECT sum(events) AS events FROM demo.dyads_by_month) m")[0][0] == pairs
    )
    assert rows(url, "SELECT count(*) FROM demo.event_sources WHERE document_title IS NOT NULL")[0][0] == snapshot.rows("events")
    said = rows(
        url,
        "SELECT col_description('demo.events'::regclass, ordinal_position) FROM information_schema.columns WHERE table_schema = 'demo' AND table_name = 'events' AND column_name = 'quad'",
    )
    assert "verbal cooperation" in said[0][0]
    word = rows(
        url,
        "SELECT count(*) FROM demo.documents WHERE to_tsvector('simple', coalesce(title, '') || ' ' || left(coalesce(text, ''), 200000)) @@ to_tsquery('simple', 'the')",
    )
    assert word[0][0] > 0
    indices = {r[0] for r in rows(url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'demo'")}
    assert {"events_pkey", "events_date_start", "events_actor_countries", "documents_words"} <= indices


def test_only_what_changed_is_sent(url: str, tmp_path: Path):
    dataset = dataset_at(tmp_path, "1", "2", "3")
    first = publish_to_postgres(dataset.snapshot(), url, schema="steps")
    assert first.files > 5 and first.rows > 20 and first.deleted == 0
    again = publish_to_postgres(dataset.snapshot(), url, schema="steps")
    assert (again.files, again.rows, again.deleted) == (0, 0, 0)
    changed = replace(story("2"), events=())
    put(dataset, "new", {"b": [changed, story("4", type_="AID")]})
    second = publish_to_postgres(dataset.snapshot(), url, schema="steps")
    assert second.rows > 0 and second.deleted > 0
    assert rows(url, "SELECT document_id, type FROM steps.events ORDER BY 1") == [("1", "SANCTION"), ("3", "SANCTION"), ("4", "AID")]
    assert rows(url, "SELECT document_id, run_id FROM steps.documents ORDER BY 1") == [("1", "r0"), ("2", "new"), ("3", "r0"), ("4", "new")]
    compact(dataset, keep=0)
    publish_to_postgres(dataset.snapshot(), url, schema="steps")
    assert rows(url, "SELECT document_id, type FROM steps.events ORDER BY 1") == [("1", "SANCTION"), ("3", "SANCTION"), ("4", "AID")]
    assert rows(url, "SELECT digest FROM steps.publication") == [(dataset.snapshot().digest,)]


def test_corpus_tables_and_repeated_ids(url: str, tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    for title in ("old", "new"):
        write_tables(dataset, "c", {"clusters": [{"cluster_id": "c1", "title": title}, {"cluster_id": title}]}, run_id=title)
        publish(dataset, run_of(title))
        publish_to_postgres(dataset.snapshot(), url, schema="corpus")
    assert rows(url, "SELECT cluster_id, title FROM corpus.clusters ORDER BY 1") == [("c1", "new"), ("new", None)]
    twice = {"event_id": "same", "document_id": "i", "type": "AID"}
    write_tables(dataset, "i", {"documents": [{"document_id": "i"}], "events": [twice, twice]}, run_id="import")
    publish(dataset, run_of("import"))
    publish_to_postgres(dataset.snapshot(), url, schema="corpus")
    assert rows(url, "SELECT count(*) FROM corpus.events WHERE event_id = 'same'") == [(1,)]


def test_odd_texts_and_no_text(url: str, tmp_path: Path):
    dataset = create_dataset(tmp_path)
    odd = "Norway\x00 \\N \t \"quoted\" 'single' {braces} \\u0000 é 中 %s %%"
    put(dataset, "r", {"a": [story("it's\\", text=odd), story("long", text="word " * 400_000)]})
    publish_to_postgres(dataset.snapshot(), url, schema="odd")
    assert rows(url, "SELECT text FROM odd.documents WHERE document_id LIKE 'it%'") == [(odd.replace("\x00", "\ufffd"),)]
    publish_to_postgres(dataset.snapshot(), url, schema="licence", keep_text=False)
    assert rows(url, "SELECT count(text), count(*) FROM licence.documents") == [(0, 2)]
    assert rows(url, "SELECT count(sentence), count(*) FROM licence.events") == [(0, 2)]


def test_another_dataset_is_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    one, two = dataset_at(tmp_path / "1", "1"), dataset_at(tmp_path / "2", "2")
    publish_to_postgres(one.snapshot(), url, schema="mine")
    with pytest.raises(StoreError, match="--replace"):
        publish_to_postgres(two.snapshot(), url, schema="mine")
    assert rows(url, "SELECT document_id FROM mine.documents") == [("1",)]
    publish_to_postgres(two.snapshot(), url, schema="mine", replace=True)
    assert rows(url, "SELECT document_id FROM mine.documents") == [("2",)]
    with pytest.raises(UsageError):
        publish_to_postgres(one.snapshot(), url, schema="x; DROP SCHEMA mine")
    assert main(["publish", str(tmp_path / "1"), "--to", "mysql://x"]) == 2
    assert main(["publish", str(tmp_path / "1"), "--to", "postgresql:///nothing?host=/nowhere"]) == 1
    assert "C600" in capsys.readouterr().err


def test_a_broken_publication_changes_nothing(url: str, tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    publish_to_postgres(dataset.snapshot(), url, schema="whole")
    put(dataset, "new", {"b": [story("1", type_="AID"), story("2")]})
    snapshot = dataset.snapshot()
    Path(dataset.files.full(snapshot.paths("statements")[0])).unlink()
    with pytest.raises(StoreError):
        publish_to_postgres(snapshot, url, schema="whole")
    assert rows(url, "SELECT document_id, type FROM whole.events") == [("1", "SANCTION")]
