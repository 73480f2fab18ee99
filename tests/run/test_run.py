"""Runs: nothing twice, nothing lost, the same rows whatever the workers, the order and the portions."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import communique
from communique.cli import main
from communique.errors import CommuniqueError, RunBusy, UsageError
from communique.run.engines import LocalPool
from communique.run.ledger import Ledger
from communique.run.types import Died, Progress
from communique.store.dataset import create_dataset, open_dataset

from .helpers import corpus, digest, go, ids, row, tables, text_of

MAPPING = {"text": "body", "published": "date"}
STORIES = 40


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("source") / "in", STORIES)


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of one unbroken run in this process."""
    into = tmp_path_factory.mktemp("whole") / "dataset"
    report = go(source, into)
    assert (report.stories, report.rejects, report.known, report.finished) == (STORIES, 2, 1, True)
    return into


def test_the_dataset_holds_every_input_once(whole: Path):
    snapshot = open_dataset(whole).snapshot()
    snapshot.check()
    assert len(ids(whole)) == len(set(ids(whole))) == STORIES
    rejects = {r["document_id"]: r["code"] for r in snapshot.read("rejects").to_pylist()}
    assert rejects == {"a.jsonl:14": "C101", "texts/bad.bin": "C108"}
    (run,) = snapshot.read("runs").to_pylist()
    assert run["documents"] == STORIES and run["rejects"] == 2 and len(run["model"]) == 32
    state = Ledger(open_dataset(whole)).states()[0]
    assert state.state == "finished" and {f.name for f in state.files} >= {"a.jsonl", "b.csv.gz", "texts/030.txt"}
    lines = Ledger(open_dataset(whole)).shards(state.run_id)
    assert sum(x.inputs for x in lines) == STORIES + 2 and all(x.done and x.done.seconds > 0 for x in lines)


def test_a_second_run_does_nothing(source: Path, whole: Path):
    before = open_dataset(whole).snapshot().name
    report = go(source, whole)
    assert (report.stories, report.rejects, report.shards, report.known) == (0, 0, 0, STORIES + 3)
    assert open_dataset(whole).snapshot().name == before and len(Ledger(open_dataset(whole)).states()) == 1


def test_new_input_only_adds(source: Path, whole: Path, tmp_path: Path):
    grown = corpus(tmp_path / "in", STORIES)
    go(grown, tmp_path / "d")
    with (grown / "a.jsonl").open("a") as file:
        file.write(row(900) + "\n")
    (grown / "texts/aaa.txt").write_text(text_of(901))
    before = {p.id for p in open_dataset(tmp_path / "d").snapshot().manifest.parts if p.scope == "document"}
    report = go(grown, tmp_path / "d")
    assert (report.stories, report.rejects) == (2, 0)
    after = {p.id for p in open_dataset(tmp_path / "d").snapshot().manifest.parts if p.scope == "document"}
    assert before < after and set(ids(tmp_path / "d")) == {*ids(whole), "s900", "texts/aaa.txt"}


def test_order_of_files_and_shards_of_any_size_give_the_same_rows(source: Path, whole: Path, tmp_path: Path):
    # the same names, whether a folder is named or its files: one file at a time from inside the folder
    files = sorted(source.iterdir())
    rng = random.Random(11)
    for number, size in enumerate((1, 7, 1000)):
        rng.shuffle(files)
        copy = tmp_path / f"in{number}"
        copy.mkdir()
        order = []
        for at, file in enumerate(files):
            (copy / str(at)).mkdir()
            (copy / str(at) / file.name).symlink_to(file)
            order.append(copy / str(at) / file.name if file.is_file() else copy / str(at))
        # texts are named from inside their folder's parent, as in the whole run
        sources = [source if (p / "texts").exists() else p for p in order]
        go(sources, tmp_path / f"d{number}", shard_size=size)
        assert tables(tmp_path / f"d{number}") == tables(whole)


def test_daily_portions_give_the_same_rows(tmp_path: Path):
    rows = [row(n) for n in range(30)]
    (tmp_path / "all.jsonl").write_text("\n".join(rows))
    go(tmp_path / "all.jsonl", tmp_path / "once")
    for day in range(10):
        (tmp_path / f"day{day}.jsonl").write_text("\n".join(rows[day * 3 : day * 3 + 3]))
        go(tmp_path / f"day{day}.jsonl", tmp_path / "daily")
    assert tables(tmp_path / "daily") == tables(tmp_path / "once")


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_workers_gives_the_same_rows(source: Path, whole: Path, tmp_path: Path, workers: int):
    seen: list[Progress] = []
    report = go(source, tmp_path / "d", workers=workers, progress=seen.append)
    assert tables(tmp_path / "d") == tables(whole)
    assert report.workers == workers and 0 < report.peak_mib < 600
    last = seen[-1]
    assert (last.stories, last.rejects) == (STORIES, 2) and last.read == last.size == sum(
        p.stat().st_size for p in source.rglob("*") if p.is_file()
    )


def test_own_names_and_mapping_reach_the_rows(source: Path, tmp_path: Path):
    report = go(source / "b.csv.gz", tmp_path / "d", mapping=MAPPING)
    assert report.rejects == 0
    days = open_dataset(tmp_path / "d").snapshot().read("documents", ["published"])["published"].to_pylist()
    assert set(days) <= {f"2024-03-{n:02d}" for n in range(1, 11)} and len(set(days)) > 5


def test_stories_that_share_an_id_are_all_kept(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps({"id": str(n), "text": f"{name}: {text_of(n)}"}) for n in range(4)))
    report = go([tmp_path / "one.jsonl", tmp_path / "two.jsonl"], tmp_path / "d")
    assert report.renamed == 4 and len(ids(tmp_path / "d")) == 8
    assert go([tmp_path / "two.jsonl"], tmp_path / "d").stories == 0


def test_without_text_stays_without_text(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(row(1))
    (tmp_path / "b.jsonl").write_text(row(2))
    go(tmp_path / "a.jsonl", tmp_path / "d", keep_text=False)
    go(tmp_path / "b.jsonl", tmp_path / "d")
    assert open_dataset(tmp_path / "d").snapshot().read("documents", ["text"])["text"].to_pylist() == [None, None]


def test_the_package_is_the_function(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(row(1))
    assert communique.run([tmp_path / "a.jsonl"], into=tmp_path / "d", workers=0).stories == 1
    with pytest.raises(UsageError):
        communique.run([], into=tmp_path / "d")


def test_two_runs_at_once_are_refused(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(row(1))
    with Ledger(create_dataset(tmp_path / "d")).alone(), pytest.raises(RunBusy):
        go(tmp_path / "a.jsonl", tmp_path / "d")


def test_a_worker_that_is_killed_loses_nothing(source: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    killed = []
    submit = LocalPool.submit

    def killing(self: LocalPool, task: object) -> None:
        submit(self, task)  # type: ignore[arg-type]
        worker = next(w for w in self._pool if w.task is task)
        if worker.ready and len(killed) < 2:
            killed.append(worker.process.pid)
            worker.process.kill()

    monkeypatch.setattr(LocalPool, "submit", killing)
    report = go(source, tmp_path / "d", workers=2, shard_size=3)
    assert len(killed) == 2 and report.finished and tables(tmp_path / "d") == tables(whole)


def test_a_worker_that_hangs_is_ended(tmp_path: Path):
    pool = LocalPool(1, stall=0.3)
    try:
        pool.submit("no task")  # type: ignore[arg-type]
        pool._pool[0].process.send_signal(signal.SIGSTOP)
        outcomes = []
        end = time.monotonic() + 20
        while not outcomes and time.monotonic() < end:
            outcomes = pool.wait(0.1)
        assert isinstance(outcomes[0], Died) and "signal 9" in outcomes[0].why
    finally:
        pool.close()


def test_workers_that_cannot_start_are_an_error(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sitecustomize.py").write_text("import sys\nif any('worker' in a for a in sys.orig_argv): sys.exit('no model here')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CommuniqueError, match="no model here"):
        go(source, tmp_path / "d", workers=2)


def command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "communique", "run", *argv]


def test_ctrl_c_finishes_shards_in_flight_and_says_how_to_go_on(source: Path, whole: Path, tmp_path: Path):
    argv = command(str(source), "--into", str(tmp_path / "d"), "--workers", "1", "--shard-size", "2", "--published", "2024-03-07")
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "d").glob("runs/*/done/*.json")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 130 and "same command goes on" in words
    assert open_dataset(tmp_path / "d").snapshot().rows("documents") == 0
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 3 and "went on after" in done.stderr
    assert tables(tmp_path / "d") == tables(whole)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a.jsonl").write_text(row(1))
    argv = ["run", str(tmp_path / "*.jsonl"), "--into", str(tmp_path / "d"), "--workers", "0", "--json"]
    assert main(argv) == 0
    out = capsys.readouterr()
    report = json.loads(out.out)
    assert report["stories"] == 1 and report["finished"] and report["digest"] == digest(tmp_path / "d")
    assert "1 stories coded" in out.err
    for bad in (
        ["run", "none.txt", "--into", "x"],
        ["run", str(tmp_path), "--into", "x", "--workers", "-1"],
        ["run", str(tmp_path), "--into", "x", "--diff", "y"],
    ):
        assert main(bad) == 2


def test_no_signal_handler_is_left_behind_and_threads_may_run(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(row(1))
    before = signal.getsignal(signal.SIGINT)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(go(tmp_path / "a.jsonl", tmp_path / "d")))
    thread.start()
    thread.join(60)
    assert reports[0].stories == 1 and signal.getsignal(signal.SIGINT) is before


def test_the_demo_ends_with_a_dataset_and_a_question(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    assert main(["demo", "--into", str(tmp_path / "demo")]) == 0
    out = capfd.readouterr().out
    assert "A dataset of the same 5 stories" in out and "GOLDSTEIN SUM" in out
    assert open_dataset(tmp_path / "demo").snapshot().rows("documents") == 5


def test_a_place_that_fsspec_reaches(source: Path, whole: Path):
    place = "memory://run-test/dataset"
    report = go(source, place, keep_text=True)  # type: ignore[arg-type]
    assert report.stories == STORIES and tables(place) == tables(whole)  # type: ignore[arg-type]
    assert go(source, place).shards == 0  # type: ignore[arg-type]


def test_a_try_with_other_settings_goes_on_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.jsonl").write_text("\n".join(row(n) for n in range(9)))
    note = Ledger.note

    def failing(self: Ledger, run_id: str, done: object) -> None:
        note(self, run_id, done)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "note", failing)
        with pytest.raises(KeyboardInterrupt):
            go(tmp_path / "a.jsonl", tmp_path / "d")
    report = go(tmp_path / "a.jsonl", tmp_path / "d", keep_text=False)
    assert report.resumed == 1 and len(ids(tmp_path / "d")) == 9
    texts = open_dataset(tmp_path / "d").snapshot().read("documents", ["text"])["text"].to_pylist()
    assert sum(t is None for t in texts) == 4
