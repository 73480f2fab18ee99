"""Stories of a dataset filed and merged: what is published, portions and order, kills between the steps."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.stories.build import event, exercise, record, records, text_of

from communique.cli import main
from communique.lexicon.codebook import scores
from communique.run import merging
from communique.run.api import run
from communique.run.merging import forget_merging, merge_stories
from communique.run.types import Merged
from communique.store.dataset import Dataset, create_dataset, open_dataset
from communique.store.publish import Run, publish
from communique.store.shards import receipt_paths, write_shard
from communique.stories.memory import MemoryBook
from communique.stories.sketch import columns, views_of
from communique.types import Record

CORPUS = ("clusters", "cluster_documents", "merged_events", "merged_exercises")


def run_of(name: str) -> Run:
    return Run(run_id=name, started="2024-03-08T00:00:00Z", version="0", sources=("stories",))


def code(dataset: Dataset, run: str, stories: list[Record], *, shards: int = 1) -> None:
    """Write and publish stories as a run, without filing them."""
    for n in range(shards):
        write_shard(dataset, f"{run}-{n}", stories[n::shards], run_id=run, codes=scores, sketcher=columns)
    publish(dataset, run_of(run))


def add(dataset: Dataset, run: str, stories: list[Record], *, shards: int = 1) -> Merged:
    code(dataset, run, stories, shards=shards)
    return merge_stories(dataset, run_of(run))


def digests(dataset: Dataset) -> dict[str, tuple[int, str]]:
    manifest = dataset.snapshot().manifest
    return {t: (manifest.table(t).rows, manifest.table(t).digest) for t in CORPUS}


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_at_once_in_daily_portions_and_shuffled_are_one(tmp_path_factory: pytest.TempPathFactory, seed: int, shuffle: int) -> None:
    stories = records(seed, 60, 40)
    once = create_dataset(tmp_path_factory.mktemp("once"))
    add(once, "r", stories, shards=3)
    daily = create_dataset(tmp_path_factory.mktemp("daily"))
    by_day = sorted(stories, key=lambda r: r.document.published or "9")
    for n in range(0, 60, 12):
        add(daily, f"r{n}", by_day[n : n + 12])
    mixed = create_dataset(tmp_path_factory.mktemp("mixed"))
    some = random.Random(shuffle).sample(stories, len(stories))
    for n in range(0, 60, 20):
        add(mixed, f"r{n}", some[n : n + 20], shards=2)
    assert digests(once) == digests(daily) == digests(mixed)
    assert once.snapshot().digest == daily.snapshot().digest == mixed.snapshot().digest
    assert digests(once)["cluster_documents"][0] == 60


def test_the_tables_say_what_memory_says(tmp_path: Path) -> None:
    stories = records(3, 80, 50)
    dataset = create_dataset(tmp_path)
    merged = add(dataset, "r", stories)
    book = MemoryBook()
    book.add([views_of(r) for r in stories])
    snapshot = dataset.snapshot()
    told = {r["document_id"]: r for r in snapshot.read("cluster_documents").to_pylist()}
    assert merged.stories == 80 and merged.clusters == len(book.clusters) == snapshot.rows("clusters")
    for c in book.clusters.values():
        for m in c.cluster.members:
            row = told[m.filing.document_id]
            assert (row["cluster_id"], row["version_of"], row["kind"]) == (c.cluster.id, m.filing.version_of, m.filing.kind)
            assert (row["current"], row["similarity"], row["run_id"]) == (m.current, m.filing.similarity, "r")
    assert snapshot.rows("merged_events") == sum(len(c.events) for c in book.clusters.values())
    assert snapshot.rows("merged_exercises") == len(book.exercise_editions)
    events = {e for r in snapshot.read("events", ["event_id"]).to_pylist() for e in r.values()}
    assert all(set(r["event_ids"]) <= events for r in snapshot.read("merged_events", ["event_ids"]).to_pylist())


def test_tolls_that_differ_stand_in_the_table(tmp_path: Path) -> None:
    def story(n: int, killed: int) -> Record:
        told = f"Fighters killed {killed} people in Arda. {text_of(4, n)}"
        return record(f"d{n}", told, events=(event(1, "ASSAULT", "AAA", "BBB", evidence=((0, 40),)),), publisher=f"p{n}")

    dataset = create_dataset(tmp_path)
    add(dataset, "r", [story(1, 12), story(2, 15), story(3, 15)])
    (row,) = dataset.snapshot().read("merged_events").to_pylist()
    assert (row["documents"], row["publishers"], row["actor_countries"], row["quad"]) == (3, 3, ["AAA"], 4)
    assert [(c["field"], c["value"], c["document_ids"]) for c in row["conflicts"]] == [
        ("killed", "12", ["d1"]),
        ("killed", "15", ["d2", "d3"]),
    ]


def test_doing_it_again_does_nothing(tmp_path: Path) -> None:
    dataset = create_dataset(tmp_path)
    add(dataset, "r", records(1, 30, 9))
    name = dataset.snapshot().name
    assert merge_stories(dataset, run_of("r")) == Merged()
    assert dataset.snapshot().name == name


def test_only_touched_months_are_written_again(tmp_path: Path) -> None:
    stories = [r for r in records(2, 120, 100) if r.document.published]
    dataset = create_dataset(tmp_path)
    add(dataset, "r1", stories[:-1])
    before = {p.id: p for p in dataset.snapshot().manifest.parts if p.scope == "corpus"}
    add(dataset, "r2", stories[-1:])
    after = {p.id: p for p in dataset.snapshot().manifest.parts if p.scope == "corpus"}
    months = [p for p in after if p.startswith("stories-")]
    assert len(months) > 3
    assert 1 <= sum(after[p] != before.get(p) for p in months) <= 2


def test_a_story_coded_again_is_merged_again(tmp_path: Path) -> None:
    stories = records(5, 20, 5)
    dataset = create_dataset(tmp_path)
    add(dataset, "r1", stories)
    changed = record(
        "d3", "Another text about nothing that the others tell.", published="2024-03-02", events=(event(1, "AID", "XXX", "YYY"),)
    )
    add(dataset, "r2", [changed])
    fresh = create_dataset(tmp_path / "fresh")
    add(fresh, "r", [changed if r.document.id == "d3" else r for r in stories])
    assert digests(dataset) == digests(fresh)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_kill_in_the_step_is_mended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    stories = [r for r in records(6, 60, 80) if r.document.published]
    whole = create_dataset(tmp_path / "whole")
    add(whole, "r", stories)
    dataset = create_dataset(tmp_path / "cut")
    add(dataset, "r0", stories[:20])
    code(dataset, "r1", stories[20:])
    real, calls = merging.write_tables, 0

    def dies(*args, **more):
        nonlocal calls
        calls += 1
        if calls > cut:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr(merging, "write_tables", dies)
    with pytest.raises(KeyboardInterrupt):
        merge_stories(dataset, run_of("r1"))
    monkeypatch.setattr(merging, "write_tables", real)
    dataset = open_dataset(tmp_path / "cut")
    assert len(receipt_paths(dataset, "r1")) == 1 + cut
    forget_merging(dataset, "r1")
    assert len(receipt_paths(dataset, "r1")) == 1
    publish(dataset, run_of("r1"))
    merge_stories(dataset, run_of("r1"))
    assert digests(dataset) == digests(whole)


def test_ids_that_stood_lead_to_those_that_stand(tmp_path: Path) -> None:
    dataset = create_dataset(tmp_path)
    stories = sorted((r for r in records(8, 50, 9) if r.document.published), key=lambda r: r.document.published or "", reverse=True)
    seen: set[str] = set()
    for n in range(0, len(stories), 10):
        add(dataset, f"r{n}", stories[n : n + 10])
        snapshot = dataset.snapshot()
        standing = {r["cluster_id"] for r in snapshot.read("clusters", ["cluster_id"]).to_pylist()}
        for table in ("merged_events", "merged_exercises"):
            standing |= {r["merged_id"] for r in snapshot.read(table, ["merged_id"]).to_pylist()}
        seen |= standing
        redirects = {r["old_id"]: r["new_id"] for r in snapshot.read("redirects").to_pylist()}
        assert not redirects.keys() & standing
        assert seen == standing | redirects.keys()
        assert {v for v in redirects.values() if v is not None} <= standing
    assert redirects


def test_another_version_of_the_step_does_it_all_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drills = record("x", "Drill", exercises=(exercise(1, "Iron Gate", "AAA BBB"),))
    dataset = create_dataset(tmp_path)
    add(dataset, "r", [*records(9, 30, 50), drills])
    before = digests(dataset)
    monkeypatch.setattr(merging, "_EXERCISES", "merged-exercises-2")
    assert merge_stories(dataset, run_of("r2")).stories == 31
    assert digests(dataset) == before


def test_stories_without_sketches_come_into_no_cluster(tmp_path: Path) -> None:
    dataset = create_dataset(tmp_path)
    write_shard(dataset, "s", records(1, 5, 3), run_id="r", codes=scores)
    publish(dataset, run_of("r"))
    assert merge_stories(dataset, run_of("r")) == Merged()
    assert dataset.snapshot().rows("clusters") == 0


def test_a_partial_date_is_a_day(tmp_path: Path) -> None:
    dataset = create_dataset(tmp_path)
    add(
        dataset,
        "r",
        [
            record("a", text_of(1, 1), published="2024-03"),
            record("b", text_of(1, 2), published="2024"),
            record("c", text_of(1, 3), published=None),
        ],
    )
    days = {r["document_id"]: r["published_day"] for r in dataset.snapshot().read("cluster_documents").to_pylist()}
    assert str(days["a"]) == "2024-03-01" and str(days["b"]) == "2024-01-01" and days["c"] is None


def told(folder: Path, name: str, stories: dict[str, str]) -> str:
    file = folder / name
    file.write_text(
        "".join(json.dumps({"id": i, "text": t, "published": "2024-03-06"}) + "\n" for i, t in stories.items()), encoding="utf-8"
    )
    return str(file)


def test_a_run_ends_with_merged_stories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attack = "Rebels killed {} soldiers near the port of Aden in Yemen on Tuesday. The attack hit a convoy at a bridge in Aden, {} said."
    first = told(
        tmp_path, "1.jsonl", {"a": attack.format(12, "officials"), "x": "Norway expelled two Russian diplomats in Oslo on Monday."}
    )
    second = told(tmp_path, "2.jsonl", {"b": attack.format(15, "a spokesman") + " Rescuers came from Aden to the bridge."})
    into = tmp_path / "dataset"
    assert main(["run", first, "--into", str(into), "--workers", "0"]) == 0
    assert "filed: 2 clusters" in capsys.readouterr().err
    report = run([first, second], into=into, workers=0)
    assert (report.stories, report.merged.stories, report.merged.clusters) == (1, 1, 1)
    snapshot = open_dataset(into).snapshot()
    events = {tuple(r["document_ids"]): r for r in snapshot.read("merged_events").to_pylist()}
    assert {c["value"] for c in events["a", "b"]["conflicts"] if c["field"] == "killed"} == {"12", "15"}
    together = tmp_path / "together"
    assert run([second, first], into=together, workers=0).digest == report.digest
    assert run([second, first], into=together, workers=0).merged == Merged()
