"""Housekeeping: the facts stay, files become few, and nothing goes that somebody still needs."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from communique.cli import main
from communique.errors import NotStorable, OldSchema
from communique.lexicon.codebook import scores
from communique.store import migrate, schema
from communique.store.compact import compact
from communique.store.dataset import Dataset, create_dataset, open_dataset
from communique.store.manifest import make_manifest
from communique.store.publish import publish
from communique.store.shards import write_shard, write_tables
from communique.types import Reject

from .helpers import dataset_at, put, run_of, story


def days(folder: Path, count: int = 6) -> Dataset:
    dataset = create_dataset(folder)
    for n in range(count):
        put(
            dataset,
            f"day{n}",
            {f"s{n}": [story(f"{n}-{i}") for i in range(3)] + [Reject(id=f"x{n}", stage="ingest", code="C1", message="m")]},
        )
    return dataset


def age(dataset: Dataset, seconds: float) -> None:
    """Make every file of the dataset look older."""
    then = time.time() - seconds
    for path in Path(dataset.location).rglob("*"):
        os.utime(path, (then, then))


def test_many_small_parts_become_one_with_the_same_digest(tmp_path: Path):
    dataset = days(tmp_path)
    before = dataset.snapshot()
    done = compact(dataset)
    after = dataset.snapshot()
    assert (done.merged, done.parts, done.removed) == (6, 1, 0)
    assert after.digest == before.digest and after.name != before.name
    assert len(after.paths("events")) == 1 and len(before.read("events")) == 18
    after.check()
    assert compact(dataset).merged == 0 and dataset.snapshot().name == after.name


def test_what_only_old_snapshots_need_goes_after_the_grace(tmp_path: Path):
    dataset = days(tmp_path)
    old = dataset.snapshot()
    compact(dataset, keep=3600)
    old.check()
    age(dataset, 7200)
    done = compact(dataset, keep=3600)
    assert done.removed > 50 and done.freed > 10_000
    assert len(dataset.files.list("manifests")) == 1 and len(dataset.files.list("data/events")) == 1
    dataset.snapshot().check()


def test_parts_that_wait_to_be_published_stay(tmp_path: Path):
    dataset = days(tmp_path)
    write_shard(dataset, "late", [story("late")], run_id="late", codes=scores)
    write_tables(dataset, "c", {"clusters": [{"cluster_id": "c1"}]}, run_id="late")
    age(dataset, 7200)
    compact(dataset, keep=3600)
    publish(dataset, run_of("late"))
    dataset.snapshot().check()
    assert dataset.snapshot().rows("documents") == 19 and dataset.snapshot().rows("clusters") == 1


def test_published_receipts_are_not_published_again_after_merging(tmp_path: Path):
    dataset = days(tmp_path)
    compact(dataset)
    name = dataset.snapshot().name
    assert publish(dataset, run_of("day5")).added == 0 and dataset.snapshot().name == name


def test_unfinished_files_of_a_killed_writer_go(tmp_path: Path):
    dataset = days(tmp_path, 1)
    orphan = tmp_path / "data" / "events" / ".x.0123.tmp"
    orphan.write_bytes(b"half")
    compact(dataset, keep=3600)
    assert orphan.exists()
    age(dataset, 7200)
    compact(dataset, keep=3600)
    assert not orphan.exists()


def test_large_parts_are_left_alone_and_replacing_works_after_merging(tmp_path: Path):
    dataset = days(tmp_path)
    size = sum(f.bytes for f in dataset.snapshot().manifest.parts[0].files.values())
    done = compact(dataset, target=size * 2 + 10)
    assert 1 < done.parts < 6
    assert compact(dataset, target=size).merged == 0
    put(dataset, "again", {"x": [story("2-1", type_="AID")]})
    types = {r["document_id"]: r["type"] for r in dataset.snapshot().read("events").to_pylist()}
    assert len(types) == 18 and types["2-1"] == "AID" and types["2-0"] == "SANCTION"


def test_old_schema_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    dataset = dataset_at(tmp_path, "1", "2")
    digest = dataset.snapshot().digest
    new = schema.TABLES["events"].schema
    older = pa.schema([pa.field("intensity", f.type) if f.name == "goldstein" else f for f in new])
    as_version(dataset, 0, older)
    with pytest.raises(OldSchema, match="compact"):
        dataset.snapshot()
    with pytest.raises(OldSchema, match="no way"):
        compact(dataset)

    def step(name: str, data: pa.Table) -> tuple[str, pa.Table]:
        return name, data.rename_columns({"intensity": "goldstein"}) if "intensity" in data.column_names else data

    monkeypatch.setitem(migrate.STEPS, 0, step)
    assert compact(dataset).migrated_from == 0
    assert dataset.snapshot().digest == digest and dataset.snapshot().read("events")["goldstein"].null_count == 0
    dataset.snapshot().check()
    assert compact(dataset).migrated_from is None


def as_version(dataset: Dataset, version: int, events: pa.Schema) -> None:
    """Make a dataset look as a version with another table of events would have written it."""
    manifest = dataset.snapshot().manifest
    for path in manifest.tables["events"].files:
        full = Path(dataset.files.full(path))
        pq.write_table(pa.Table.from_arrays(pq.read_table(full).columns, schema=events), full)
    old = make_manifest(manifest.parts, sequence=manifest.sequence + 1, created=manifest.created)
    dataset.commit(replace(old, schema_version=version))


def test_a_column_that_was_added_is_null_in_older_files(tmp_path: Path):
    dataset = dataset_at(tmp_path, "1")
    path = Path(dataset.files.full(dataset.snapshot().paths("events")[0]))
    pq.write_table(pq.read_table(path).drop_columns(["quad"]), path)
    table = dataset.snapshot().read("events")
    assert table["quad"].to_pylist() == [None] and table.schema.equals(schema.TABLES["events"].schema)
    with pytest.raises(NotStorable):
        write_tables(dataset, "p", {"nothing": []}, run_id="r")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    dataset = days(tmp_path / "d", 3)
    assert main(["compact", str(tmp_path / "d"), "--check", "--keep", "0", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["merged"] == 3 and done["parts"] == 1 and done["removed"] > 0 and done["migrated_from"] is None
    assert main(["compact", str(tmp_path / "d")]) == 0
    assert capsys.readouterr().err.startswith("0 parts merged, 1 now; 0 files")
    assert main(["compact", str(tmp_path / "none")]) == 1 and "C601" in capsys.readouterr().err
    assert main(["compact", str(tmp_path / "d"), "--keep", "soon"]) == 2
    Path(dataset.files.full(dataset.snapshot().paths("events")[0])).write_bytes(b"x")
    assert main(["compact", str(tmp_path / "d"), "--check"]) == 1 and "C602" in capsys.readouterr().err


def test_opening_is_never_disturbed_by_pruning(tmp_path: Path):
    dataset = days(tmp_path, 2)
    errors: list[BaseException] = []
    stop = threading.Event()

    def opener() -> None:
        while not stop.is_set():
            try:
                assert open_dataset(tmp_path).snapshot().rows("documents") > 0
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=opener)
    thread.start()
    for n in range(5):
        put(dataset, f"more{n}", {"s": [story(f"more{n}")]})
        compact(dataset, keep=0)
    stop.set()
    thread.join()
    assert errors == []
