"""Questions to a dataset: the answers agree with a plain reading of the rows, with and without an index, and nothing can be written."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import communique
from communique.errors import DatasetDamaged, NotFound, QueryError, UsageError
from communique.store.dataset import create_dataset
from communique.store.filters import Filters, Party, parse_filters
from communique.store.index import build_index, connect, index_paths
from communique.store.publish import publish
from communique.store.reader import Reader
from communique.store.shards import write_tables
from communique.store.where import TARGETS
from communique.store.words import FOLDED, terms
from communique.types import Record

from .helpers import dataset_at, put, run_of, story

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import synthetic


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Reader]]:
    """The same synthetic dataset over Parquet and over its index."""
    folder = tmp_path_factory.mktemp("synthetic")
    dataset = create_dataset(folder)
    synthetic.make(dataset, 2000, stories=100)
    ids = dataset.snapshot().read("documents", ["document_id"])["document_id"].to_pylist()
    rows = [{"cluster_id": f"c{n % 50}", "document_id": d, "kind": "original"} for n, d in enumerate(sorted(ids))]
    write_tables(
        dataset, "clusters", {"cluster_documents": rows, "clusters": [{"cluster_id": f"c{n}", "title": "T"} for n in range(50)]}, run_id="m"
    )
    publish(dataset, run_of("m"))
    plain = communique.open(folder)
    build_index(plain.snapshot)
    indexed = communique.open(folder)
    assert not plain.database.indexed and indexed.database.indexed
    with Reader(indexed.dataset, threads=1) as second:  # a second reader of one file, with other settings
        assert second.database.indexed and second.count() == indexed.count()
    yield plain, indexed
    plain.close()
    indexed.close()


def has(row: dict[str, Any], role: str, party: Party) -> bool:
    people = row[f"{role}s"]
    if party.code and party.sector:
        return any(party.code in (a["country"], a["organization"]) and a["sector"] == party.sector for a in people)
    if party.sector:
        return any(a["sector"] == party.sector for a in people)
    return any(party.code in (a["country"], a["organization"]) for a in people)


def wanted(f: Filters, row: dict[str, Any], documents: dict[str, dict[str, Any]]) -> bool:
    """The meaning of filters, said in Python."""
    document = documents[row["document_id"]]
    words = terms(f"{document['title']} {document['text']}")
    return (
        (not f.type or row["type"] in f.type)
        and (not f.status or row["status"] in f.status)
        and (not f.quad or row["quad"] in f.quad)
        and (not f.context or bool(set(row["contexts"]) & set(f.context)))
        and (not f.actor or any(has(row, "actor", p) for p in f.actor))
        and (not f.recipient or any(has(row, "recipient", p) for p in f.recipient))
        and (not f.party or any(has(row, r, p) for p in f.party for r in ("actor", "recipient")))
        and (not f.dyad or any(has(row, "actor", a) and has(row, "recipient", b) for x, y in f.dyad for a, b in ((x, y), (y, x))))
        and (f.since is None or row["date_end"] >= f.since)
        and (f.until is None or row["date_start"] <= f.until)
        and (f.published_since is None or row["published_day"] >= f.published_since)
        and (f.published_until is None or row["published_day"] <= f.published_until)
        and (not f.place or any(p in (row["place"], row["place_country"]) for p in f.place))
        and (f.score is None or row["score"] >= f.score)
        and (f.attributed is None or row["attributed"] == f.attributed)
        and (not f.source or document["publisher"] in f.source)
        and (not f.document or row["document_id"] in f.document)
        and all(w in words for t in f.text for w in terms(t))
    )


PARTIES = st.sampled_from(["CHN", "USA", "RUS", "GBR", "CHN/GOV", "/MIL", "USA/MIL"])
CHOICES: dict[str, st.SearchStrategy[str]] = {
    "type": st.sampled_from(["CONSULT", "ASSAULT", "AID,ACCUSE"]),
    "status": st.sampled_from(["past", "planned"]),
    "quad": st.sampled_from(["1", "3,4"]),
    "context": st.sampled_from(["military", "legal,economic"]),
    "actor": PARTIES,
    "recipient": PARTIES,
    "party": PARTIES,
    "dyad": st.tuples(PARTIES, PARTIES).map(":".join),
    "since": st.sampled_from(["2016", "2020-05"]),
    "until": st.sampled_from(["2022", "2019-02-03"]),
    "published-since": st.sampled_from(["2016", "2020-05"]),
    "published-until": st.sampled_from(["2022", "2019-02-03"]),
    "place": st.sampled_from(["CHN", "Moscow", "USA"]),
    "score": st.sampled_from(["0.5", "0.8"]),
    "attributed": st.sampled_from(["true", "false"]),
    "source": st.sampled_from(["Wire 1", "Wire 2"]),
    "text": st.sampled_from(["pipeline", "Beijing grain", "wire"]),
}
ASKED = st.lists(st.sampled_from(sorted(CHOICES)), max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*(st.tuples(st.just(n), CHOICES[n]) for n in names))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED)
def test_answers_are_those_of_a_plain_reading(readers: tuple[Reader, Reader], asked: tuple[tuple[str, str], ...]):
    filters = parse_filters(asked)
    events, documents = plain_rows(readers[0])
    expected = sorted(r["event_id"] for r in events if wanted(filters, r, documents))
    for reader in readers:
        assert sorted(r["event_id"] for r in reader.rows("events", filters, columns=["event_id"]).to_dicts()) == expected
        assert reader.count("events", filters) == len(expected)


_CACHE: dict[str, tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]] = {}


def plain_rows(reader: Reader) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    if reader.digest not in _CACHE:
        documents = {r["document_id"]: r for r in reader.snapshot.read("documents").to_pylist()}
        _CACHE[reader.digest] = reader.snapshot.read("events").to_pylist(), documents
    return _CACHE[reader.digest]


def both(readers: tuple[Reader, Reader], ask: Callable[[Reader], Any]) -> Any:
    """The answer of both readers, which must be one."""
    one, two = ask(readers[0]), ask(readers[1])
    assert one == two
    return one


def test_boxes(readers: tuple[Reader, Reader]):
    events, _ = plain_rows(readers[0])
    for box, inside in (((100, 20, 130, 50), lambda x: 100 <= x <= 130), ((170, -90, -60, 90), lambda x: x >= 170 or x <= -60)):
        found = both(readers, lambda r, box=box: r.count("events", {"bbox": box}))
        assert found == sum(inside(e["longitude"]) and box[1] <= e["latitude"] <= box[3] for e in events) > 0


def test_text(readers: tuple[Reader, Reader]):
    _, documents = plain_rows(readers[0])
    words = {d: terms(f"{r['title']} {r['text']}") for d, r in documents.items()}

    def stories(text: str) -> int:
        return both(readers, lambda r: r.count("documents", {"text": text}))

    assert stories("pipel*") == stories("PIPELINE") == sum("pipeline" in w for w in words.values()) > 0
    first = next(w for w in words.values())
    phrase = " ".join(first[2:6])
    assert stories(f'"{phrase}"') == sum(f" {phrase} " in f" {' '.join(w)} " for w in words.values()) >= 1
    assert stories(f'"{first[3]} {first[2]} zzz"') == 0
    assert stories("pipeline nosuchword") == 0
    for nothing in ("'", '"', "%", "**", "_"):
        with pytest.raises(UsageError):
            stories(nothing)
    for hostile in ("zzq' OR 1=1 --", "zzq); DROP TABLE events; --", "(((((zzq", "zzq|b", "[zzq-\\"):
        assert stories(hostile) == 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_words_are_the_same_in_python_and_in_the_index(text: str):
    import duckdb

    text = "".join(c for c in text if c.isascii() or c.isalpha() and "À" <= c <= "ž")
    query = f"SELECT regexp_extract_all({FOLDED}, '[\\p{{L}}\\p{{N}}]+') FROM (SELECT ? AS text, NULL AS title)"
    found = duckdb.execute(query, [text]).fetchall()[0][0]
    assert found == terms(text)


def test_clusters_and_documents(readers: tuple[Reader, Reader]):
    events, documents = plain_rows(readers[0])
    members = {d for n, d in enumerate(sorted(documents)) if n % 50 == 7}
    assert both(readers, lambda r: r.count("events", {"cluster": "c7"})) == sum(e["document_id"] in members for e in events)
    assert both(readers, lambda r: r.count("documents", {"cluster": ["c7", "none"]})) == len(members)
    one = sorted(members)[0]
    assert both(readers, lambda r: r.count("clusters", {"document": one})) == 1
    assert both(readers, lambda r: r.rows("clusters", {"cluster": "c7"}).to_dicts())[0]["cluster_id"] == "c7"


def test_statements_and_exercises(readers: tuple[Reader, Reader]):
    rows = readers[0].snapshot.read("statements").to_pylist()
    for kind, column in (("actor", "speaker"), ("party", "speaker")):
        assert (
            both(readers, lambda r, kind=kind: r.count("statements", {kind: "USA"})) == sum(s[column]["country"] == "USA" for s in rows) > 0
        )
    assert both(readers, lambda r: r.count("statements", {"recipient": "USA/GOV"})) == 0
    rows = readers[0].snapshot.read("exercises").to_pylist()
    series = rows[0]["series"]
    assert both(readers, lambda r: r.count("exercises", {"series": series.upper()})) == sum(x["series"] == series for x in rows)
    pair = sorted(c for c in rows[0]["participant_countries"])
    expected = sum(set(pair) <= {*x["participant_countries"], *x["host_countries"]} for x in rows)
    assert both(readers, lambda r: r.count("exercises", {"dyad": ":".join((pair * 2)[:2])})) == expected
    with pytest.raises(UsageError, match="ask events or merged_events"):
        readers[0].count("statements", {"type": "AID"})
    for table in TARGETS:
        assert both(readers, lambda r, table=table: r.count(table)) == readers[0].snapshot.rows(table)


def test_pages_hold_every_row_once(readers: tuple[Reader, Reader]):
    events, _ = plain_rows(readers[0])
    for reader in readers:
        for oldest in (False, True):
            seen, after = [], None
            while True:
                page = reader.rows("events", columns=["date_start", "event_id"], limit=333, after=after, oldest_first=oldest).to_dicts()
                if not page:
                    break
                seen += page
                after = (page[-1]["date_start"], page[-1]["event_id"])
            assert len(seen) == len(events) == len({r["event_id"] for r in seen})
            days = [r["date_start"] for r in seen]
            assert days == sorted(days, reverse=not oldest)


def test_counts(readers: tuple[Reader, Reader]):
    events, documents = plain_rows(readers[0])

    def counts(by: Any, **more: Any) -> list[dict[str, Any]]:
        return both(readers, lambda r: r.counts(by, **more).to_dicts())

    assert {r["type"]: r["count"] for r in counts("type")} == Counter(e["type"] for e in events)
    month = {r["month"]: r for r in counts("month", filters={"actor": "CHN"}, rate=True)}
    expected = Counter(e["date_start"].replace(day=1) for e in events if "CHN" in e["actor_countries"])
    assert {m: r["count"] for m, r in month.items()} == expected
    stories = Counter(d["published_day"].replace(day=1) for d in documents.values())
    assert all(r["stories"] == stories[m] for m, r in month.items())
    some = next(r for r in counts("month", rate=True) if r["stories"])
    assert some["per_thousand"] == pytest.approx(1000 * some["count"] / some["stories"])
    assert next(r for m, r in month.items())["goldstein_sum"] == pytest.approx(
        sum(e["goldstein"] for e in events if "CHN" in e["actor_countries"] and e["date_start"].replace(day=1) == next(iter(month)))
    )
    dyads = Counter((a, b) for e in events for a in e["actor_countries"] for b in e["recipient_countries"])
    top = counts("dyad", limit=5)
    assert [r["count"] for r in top] == [n for _, n in dyads.most_common(5)]
    assert all(dyads[(r["actor"], r["recipient"])] == r["count"] for r in top)
    pairs = {(r["context"], r["actor"]): r["count"] for r in counts(["context", "actor"])}
    assert pairs == Counter((c, a) for e in events for c in e["contexts"] for a in e["actor_countries"])
    assert {r["source"]: r["count"] for r in counts("source")} == Counter(documents[e["document_id"]]["publisher"] for e in events)
    published = {r["year"]: r["count"] for r in counts("year", clock="published")}
    assert published == Counter(e["published_day"].replace(month=1, day=1) for e in events)
    assert {r["verb"]: r["count"] for r in counts("verb", table="statements")} == {"say": 400}
    assert sum(r["count"] for r in counts("domain", table="exercises")) == readers[0].snapshot.rows("exercises")
    for by, more in (("nope", {}), ("type", {"rate": True}), ("type", {"clock": "x"}), ("mode", {"table": "statements"})):
        with pytest.raises(UsageError):
            readers[0].counts(by, **more)


def test_frames(readers: tuple[Reader, Reader]):
    rows = readers[1].events(actor="CHN", columns=["event_id", "type", "date_start", "actor_countries"])
    assert rows.to_arrow().num_rows == len(rows.to_dicts()) == len(rows.to_pandas()) == len(rows.to_polars())
    assert list(rows.to_pandas().columns) == rows.to_polars().columns == ["event_id", "type", "date_start", "actor_countries"]
    assert str(rows.to_pandas()["date_start"].dtype).startswith("datetime64")
    assert sum(b.num_rows for b in rows.batches(50)) == rows.to_arrow().num_rows
    with pytest.raises(UsageError, match="no column"):
        readers[1].events(columns=["event_id", "password"])
    assert "2,000 events" in repr(readers[1])


def test_records_and_facts_by_id(tmp_path: Path, demo_records: list[Record]):
    dataset = create_dataset(tmp_path)
    put(dataset, "r", {"a": list(demo_records)})
    with communique.open(tmp_path) as ds:
        for build in (False, True):
            if build:
                ds.build_index()
            for record in demo_records:
                assert ds.record(record.document.id) == record
            event = ds.events(limit=1).to_dicts()[0]
            assert ds.fact(event["event_id"]) == ("events", event)
            assert ds.fact(event["document_id"])[0] == "documents"
            with pytest.raises(NotFound):
                ds.fact("e_none")
            with pytest.raises(NotFound):
                ds.record("none")


HOSTILE = (
    "SELECT 1; SELECT 2",
    "DELETE FROM events",
    "WITH x AS (DELETE FROM runs RETURNING *) SELECT * FROM x",
    "COPY events TO '/tmp/communique-copy.csv'",
    "COPY (SELECT 1) TO 'CURRENT'",
    "ATTACH '/tmp/communique-other.duckdb'",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM readers",
    "CREATE TABLE x (i INT)",
    "SELEC",
    "",
    "EXPORT DATABASE '/tmp/communique-export'",
    "CALL force_checkpoint()",
)


def test_sql_can_only_read(readers: tuple[Reader, Reader]):
    for reader in readers:
        assert reader.sql("SELECT count(*) AS n FROM events WHERE type = 'AID'").to_pylist()[0]["n"] == reader.count(
            "events", {"type": "AID"}
        )
        assert reader.sql("EXPLAIN SELECT 1").num_rows > 0
        for query in HOSTILE:
            with pytest.raises((UsageError, QueryError)):
                reader.sql(query)
        assert reader.count("runs") if "runs" in TARGETS else reader.sql("SELECT * FROM runs").num_rows == 2
        reader.snapshot.check()
    own = readers[0].snapshot.files.full(readers[0].snapshot.paths("events")[0])
    with pytest.raises((UsageError, QueryError)):
        readers[0].sql(f"COPY (SELECT 1) TO '{own}'")


def test_many_threads_ask_at_once(readers: tuple[Reader, Reader]):
    expected = readers[1].count("events", {"actor": "CHN"})
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(readers[1].count("events", {"actor": "CHN"}))) for _ in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert answers == [expected] * 16


def test_a_reader_stays_with_its_snapshot_until_it_is_refreshed(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    reader = communique.open(tmp_path)
    reader.build_index()
    assert reader.refreshed() is reader
    put(dataset, "r1", {"b": [story("2")]})
    assert reader.count() == 1
    newer = reader.refreshed()
    assert newer.count() == 2 and not newer.database.indexed


def test_an_index_that_cannot_be_used_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMUNIQUE_CACHE", str(tmp_path / "cache"))
    dataset = dataset_at(tmp_path / "d", "1")
    snapshot = dataset.snapshot()
    path = build_index(snapshot)
    assert build_index(snapshot) == path == index_paths(snapshot)[0]
    path.write_bytes(b"no database")
    database = connect(snapshot)
    assert not database.indexed and database.rows("SELECT count(*) AS n FROM events") == [{"n": 1}]
    path.unlink()
    (tmp_path / "d" / "index").rmdir()
    (tmp_path / "d" / "index").write_text("in the way")
    assert build_index(snapshot) == index_paths(snapshot)[1] and connect(snapshot).indexed


def test_a_damaged_file_is_said(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    path = Path(dataset.files.full(dataset.snapshot().paths("events")[0]))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises((DatasetDamaged, QueryError)):
        communique.open(tmp_path).count()
    with pytest.raises(DatasetDamaged):
        build_index(dataset.snapshot())
    assert not list((tmp_path / "index").glob("*"))


def test_files_of_other_columns_are_read_together(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    path = Path(dataset.files.full(dataset.snapshot().paths("events")[0]))
    pq.write_table(pq.read_table(path).drop_columns(["quad"]), path)
    manifest = Path(dataset.files.full(dataset.current()))
    manifest.write_text(manifest.read_text().replace('"shape": "', '"shape": "old'))
    put(dataset, "r1", {"b": [story("2")]})
    assert {r["document_id"]: r["quad"] for r in communique.open(tmp_path).events().to_dicts()} == {"1": None, "2": 4}


def test_places_with_odd_names_and_remote_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMUNIQUE_CACHE", str(tmp_path / "cache"))
    for place in (tmp_path / 'it\'s; a "place"', "memory://communique-reader/d"):
        dataset = create_dataset(place)
        put(dataset, "r", {"a": [story("1"), story("2", published="2024-04-01")]})
        with communique.open(place) as ds:
            assert ds.count("events", {"published_until": date(2024, 3, 31)}) == 1
            ds.build_index()
            assert ds.count("events", {"text": "diplomats"}) == 2
