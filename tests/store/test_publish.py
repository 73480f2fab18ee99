"""Writing shards and publishing them: what stands, what is replaced, and that neither order nor files matter."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from communique.errors import DatasetBusy, DatasetDamaged, NewSchema, NotADataset, NotStorable
from communique.lexicon.codebook import scores
from communique.store.dataset import create_dataset, open_dataset
from communique.store.files import write_bytes
from communique.store.manifest import encode
from communique.store.publish import publish
from communique.store.reading import to_record
from communique.store.shards import receipt, receipts, write_shard, write_tables
from communique.types import Force, Record, Reject

from .helpers import dataset_at, put, run_of, story


def ids(dataset, table: str = "documents") -> list[str]:
    return sorted(dataset.snapshot().read(table, ["document_id"])["document_id"].to_pylist())


def test_what_was_written_comes_back(tmp_path: Path, demo_records: list[Record]):
    dataset = create_dataset(tmp_path / "d")
    done = put(
        dataset, "r1", {"a": [*demo_records[:2], Reject(id="x", stage="ingest", code="C102", message="no words")], "b": demo_records[2:]}
    )
    snapshot = open_dataset(tmp_path / "d").snapshot()
    assert (done.added, done.superseded, done.repeated) == (2, 0, 0)
    assert snapshot.name == done.snapshot.name
    for record in demo_records:
        rows = {
            n: [r for r in snapshot.read(n).to_pylist() if r["document_id"] == record.document.id]
            for n in ("documents", "events", "actors", "mentions", "statements", "exercises", "times", "places")
        }
        assert to_record(rows) == record
    assert snapshot.rows("rejects") == 1
    (run,) = snapshot.read("runs").to_pylist()
    assert (run["documents"], run["rejects"], run["sources"]) == (len(demo_records), 1, ["stories"])
    snapshot.check()


def test_nothing_shows_before_it_is_published(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    written = write_shard(dataset, "a", [story("1")], run_id="r", codes=scores)
    assert dataset.snapshot().rows("documents") == 0 and written.counts["documents"] == 1
    assert receipt(dataset, "r", "a") == written and receipt(dataset, "r", "b") is None
    publish(dataset, run_of("r"))
    assert dataset.snapshot().rows("documents") == 1


def test_publishing_and_writing_twice_change_nothing(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    first = put(dataset, "r", {"a": [story("1")], "b": [story("2")]})
    again = publish(dataset, run_of("r"))
    assert again.added == 0 and again.snapshot.name == first.snapshot.name
    put(dataset, "r", {"a": [story("1")]})
    assert ids(dataset) == ["1", "2"] and dataset.snapshot().digest == first.snapshot.digest


def test_a_run_may_publish_in_portions(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    for n in range(4):
        put(dataset, "r", {f"s{n}": [story(str(n))]})
    (run,) = dataset.snapshot().read("runs").to_pylist()
    assert (run["documents"], run["sequence"]) == (4, 4)
    whole = create_dataset(tmp_path.parent / f"{tmp_path.name}-whole")
    put(whole, "r", {"all": [story(str(n)) for n in range(4)]})
    assert whole.snapshot().digest == dataset.snapshot().digest


def test_receipts_of_a_finished_run_go_with_the_next_one(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    put(dataset, "r1", {"a": [story("1")]})
    assert len(receipts(dataset, "r1")) == 1
    put(dataset, "r2", {"a": [story("2")]})
    assert receipts(dataset, "r1") == [] and ids(dataset) == ["1", "2"]


def test_the_newer_run_stands(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    put(dataset, "old", {"a": [story("1"), story("2"), story("3")], "b": [story("4")]})
    before = dataset.snapshot()
    done = put(dataset, "new", {"x": [story("2", type_="AID"), story("4", type_="AID")]})
    assert done.superseded == 2
    rows = {r["document_id"]: r["type"] for r in dataset.snapshot().read("events").to_pylist()}
    assert rows == {"1": "SANCTION", "2": "AID", "3": "SANCTION", "4": "AID"}
    assert {r["document_id"]: r["run_id"] for r in dataset.snapshot().read("documents").to_pylist()}["4"] == "new"
    assert sorted(before.read("events")["type"].to_pylist()) == ["SANCTION"] * 4
    before.check()
    dataset.snapshot().check()
    assert [p.id for p in dataset.snapshot().manifest.parts if p.scope == "document"] == ["a", "x"]
    fresh = create_dataset(tmp_path.parent / f"{tmp_path.name}-fresh")
    put(fresh, "r", {"z": [story("1"), story("2", type_="AID"), story("3"), story("4", type_="AID")]})
    assert fresh.snapshot().digest == dataset.snapshot().digest


def test_of_two_stories_with_one_id_the_later_published_stands_in_any_order(tmp_path: Path):
    versions = [story("1", published=f"2024-03-0{d}", type_=t) for d, t in ((1, "AID"), (3, "SANCTION"), (2, "ACCUSE"))]
    digests = set()
    for n, order in enumerate(([0, 1, 2], [1, 2, 0], [2, 0, 1])):
        together = create_dataset(tmp_path / f"one{n}")
        assert put(together, "r", {"a": [*(versions[i] for i in order), story("2")]}).repeated == 2
        apart = create_dataset(tmp_path / f"many{n}")
        assert put(apart, "r", {f"s{k}": [versions[i]] for k, i in enumerate(order)} | {"z": [story("2")]}).repeated == 2
        for dataset in (together, apart):
            assert sorted(dataset.snapshot().read("events")["type"].to_pylist()) == ["SANCTION", "SANCTION"]
            digests.add(dataset.snapshot().digest)
    assert len(digests) == 1


def test_repeats_across_chunks_of_one_shard(tmp_path: Path):
    dataset = create_dataset(tmp_path)
    stories = [story(str(n)) for n in range(450)] + [story("3", published="2024-03-09"), story("449", published="2024-03-01")]
    done = put(dataset, "r", {"a": stories})
    rows = {r["document_id"]: r["published"] for r in dataset.snapshot().read("documents").to_pylist()}
    assert done.repeated == 2 and len(rows) == 450 and (rows["3"], rows["449"]) == ("2024-03-09", "2024-03-07")
    assert dataset.snapshot().rows("events") == 450


def test_rejects(tmp_path: Path):
    bad = Reject(id="1", stage="text", code="C107", message="not English")
    dataset = create_dataset(tmp_path)
    put(dataset, "r1", {"a": [story("1"), bad, bad]})
    put(dataset, "r2", {"b": [bad, Reject(id="9", stage="ingest", code="C102", message="m")]})
    assert ids(dataset) == ["1"] and ids(dataset, "rejects") == ["1", "9"]
    put(dataset, "r3", {"c": [replace(bad, message="still not English")]}, recode=True)
    assert ids(dataset) == [] and sorted(dataset.snapshot().read("rejects")["message"].to_pylist()) == ["m", "still not English"]
    put(dataset, "r4", {"d": [story("1")]}, recode=True)
    assert ids(dataset) == ["1"] and ids(dataset, "rejects") == ["9"] and dataset.snapshot().rows("events") == 1


def test_a_record_that_the_tables_cannot_hold_becomes_a_reject(tmp_path: Path, demo_records: list[Record]):
    exercise = next(x for r in demo_records for x in r.exercises)
    force = Force(kind="troops", count=10**30, at_least=False, of=None, claimed_by=None, span=(0, 1))
    broken = replace(story("bad"), exercises=(replace(exercise, forces=(force,), reactions=()),))
    unknown = replace(story("odd"), events=(replace(story("odd").events[0], type="NO SUCH TYPE"),))
    dataset = create_dataset(tmp_path)
    put(dataset, "r", {"a": [story("1"), broken, unknown, story("2")]})
    assert ids(dataset) == ["1", "2"] and ids(dataset, "events") == ["1", "2"]
    assert {r["document_id"]: (r["stage"], r["code"]) for r in dataset.snapshot().read("rejects").to_pylist()} == {
        "bad": ("store", "C609"),
        "odd": ("store", "C609"),
    }


def test_digest_knows_no_order_and_no_shards(tmp_path: Path, demo_records: list[Record]):
    digests = set()
    for n in range(3):
        records: list[Record | Reject] = [*demo_records, *(Reject(id=str(i), stage="s", code="c", message="m") for i in range(3))]
        random.Random(n).shuffle(records)
        dataset = create_dataset(tmp_path / str(n))
        put(dataset, f"run{n}", {f"s{i}": records[i :: n + 1] for i in range(n + 1)})
        digests.add(dataset.snapshot().digest)
    assert len(digests) == 1
    put(dataset, "more", {"x": [story("new")]})
    assert dataset.snapshot().digest not in digests


def test_corpus_parts_replace_those_of_the_same_id(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1", "2")
    row = {"cluster_id": "c1", "title": "T", "documents": 2}
    for run, title in (("m1", "T"), ("m2", "U")):
        write_tables(dataset, "clusters/2024-03", {"clusters": [row | {"title": title}]}, run_id=run)
        write_tables(dataset, "clusters/2024-04", {"clusters": [row | {"cluster_id": "c2"}]}, run_id=run)
        publish(dataset, run_of(run))
    assert sorted(dataset.snapshot().read("clusters")["title"].to_pylist()) == ["T", "U"]
    with pytest.raises(NotStorable):
        write_tables(dataset, "p", {"documents": [], "clusters": []}, run_id="r")
    with pytest.raises(NotStorable):
        write_tables(dataset, "p", {"runs": []}, run_id="r")
    with pytest.raises(NotStorable):
        write_tables(dataset, "p", {"clusters": [{"cluster_id": 5}]}, run_id="r")


def test_documents_may_come_as_rows(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    event = {"event_id": "GDELT-1", "document_id": "g1", "type": "AID", "actor_countries": ["NOR"]}
    write_tables(dataset, "gdelt/1", {"documents": [{"document_id": "g1", "characters": 0}], "events": [event]}, run_id="import")
    publish(dataset, run_of("import"))
    assert ids(dataset) == ["1", "g1"] and sorted(dataset.snapshot().read("events")["type"].to_pylist()) == ["AID", "SANCTION"]


def test_odd_names_of_shards_and_runs_stay_inside(tmp_path: Path):
    dataset = create_dataset(tmp_path / "d")
    odd = ["../../etc/x", ".hidden", "a/b", "é" * 300, "a b\n\0", "..", "\ud800"]
    put(dataset, "../run", {name: [story(str(n))] for n, name in enumerate(odd)})
    assert dataset.snapshot().rows("documents") == len(odd)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d"]


def test_readers_of_an_old_snapshot_are_not_disturbed(tmp_path: Path):
    dataset = dataset_at(tmp_path, *(str(n) for n in range(50)))
    errors: list[BaseException] = []
    stop = threading.Event()

    def reader() -> None:
        while not stop.is_set():
            try:
                snapshot = open_dataset(tmp_path).snapshot()
                assert len(snapshot.read("events")) == snapshot.rows("events") == snapshot.rows("documents")
            except BaseException as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for t in threads:
        t.start()
    for n in range(8):
        put(dataset, f"r{n + 1}", {"s": [story(str(i), type_="AID") for i in range(n, 50, 3)]})
    stop.set()
    for t in threads:
        t.join()
    assert errors == []


def test_one_publisher_at_a_time(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    write_shard(dataset, "b", [story("2")], run_id="r2", codes=scores)
    with dataset.files.lock(0), pytest.raises(DatasetBusy):
        publish(dataset, run_of("r2"), wait=0.1)
    assert publish(dataset, run_of("r2")).added == 1


def test_what_is_no_dataset_is_said(tmp_path: Path):
    with pytest.raises(NotADataset, match="communique run"):
        open_dataset(tmp_path / "none")
    dataset = dataset_at(tmp_path / "d", "1")
    path = tmp_path / "d" / dataset.current()
    good = path.read_bytes()
    for bad in (b"{", b'{"format": "other"}', b"\xff"):
        path.write_bytes(bad)
        with pytest.raises(DatasetDamaged):
            dataset.snapshot()
    path.write_bytes(good.replace(b'"schema_version": 1', b'"schema_version": 99'))
    with pytest.raises(NewSchema):
        dataset.snapshot()
    path.unlink()
    with pytest.raises(DatasetDamaged):
        dataset.snapshot()
    (tmp_path / "d" / "CURRENT").write_text("../x\n")
    with pytest.raises(DatasetDamaged):
        dataset.snapshot()


def test_a_changed_or_missing_file_is_found(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    file = tmp_path / dataset.snapshot().paths("events")[0]
    data = file.read_bytes()
    file.write_bytes(data[:-30])
    with pytest.raises(DatasetDamaged):
        dataset.snapshot().check()
    with pytest.raises(DatasetDamaged):
        dataset.snapshot().read("events")
    file.unlink()
    with pytest.raises(DatasetDamaged):
        dataset.snapshot().read("events")


def test_any_place_that_fsspec_reaches(tmp_path: Path):
    pytest.importorskip("fsspec")
    digests = set()
    for place in ("memory://communique-test/d", f"local://{tmp_path}/r", str(tmp_path / "plain"), f"file://{tmp_path}/f"):
        dataset = create_dataset(place)
        put(dataset, "r", {"a": [story("1"), story("2")], "b": [story("3")]})
        put(dataset, "r2", {"a": [story("2", type_="AID")]})
        digests.add(open_dataset(place).snapshot().digest)
        open_dataset(place).snapshot().check()
        assert not [p for p in dataset.files.list("data") if p.endswith(".tmp")]
    assert len(digests) == 1


def test_a_second_manifest_name_differs_with_content(tmp_path: Path):
    one = dataset_at(tmp_path / "1", "1").snapshot()
    two = dataset_at(tmp_path / "2", "2").snapshot()
    assert one.name != two.name and one.manifest.sequence == two.manifest.sequence == 1
    write_bytes(dataset_at(tmp_path / "3", "1").files, "CURRENT", encode(one.manifest)[0].encode())
