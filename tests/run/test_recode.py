"""Coding again: what another model or lexicon has coded, with what changed; killed in the middle, it still ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from communique.cli import main
from communique.errors import UsageError
from communique.pipeline import Coder
from communique.run import api, work
from communique.run.fingerprint import fingerprint
from communique.run.ledger import Ledger
from communique.run.recode import count_stale
from communique.store.dataset import open_dataset
from communique.types import Record, Reject

from .helpers import corpus, go, ids, row, tables

NEW = replace(fingerprint(), lexicon="another")


class Pickier(Coder):
    """Codes as another lexicon might: no sanctions, and every accusation a planned one."""

    def code(self, documents) -> Iterator[Record | Reject]:
        for item in super().code(documents):
            if isinstance(item, Record):
                kept = tuple(replace(e, status="planned") if e.type == "ACCUSE" else e for e in item.events if e.type != "SANCTION")
                yield replace(item, events=kept)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return corpus(tmp_path / "in", 20)


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "fingerprint", lambda quality: NEW)
    monkeypatch.setattr(work, "Coder", Pickier)


def types(into: Path) -> list[tuple[str, str]]:
    rows = open_dataset(into).snapshot().read("events", ["type", "status"]).to_pylist()
    return [(r["type"], r["status"]) for r in rows]


@pytest.mark.parametrize("sources", [True, False])
def test_recode_replaces_rows_and_says_what_changed(
    source: Path, tmp_path: Path, newer: None, monkeypatch: pytest.MonkeyPatch, sources: bool
):
    with monkeypatch.context() as before:
        before.setattr(api, "fingerprint", fingerprint)
        before.setattr(work, "Coder", Coder)
        go(source, tmp_path / "d")
    was = types(tmp_path / "d")
    sanctions, accusations = sum(t == "SANCTION" for t, _ in was), sum(t == "ACCUSE" and s != "planned" for t, s in was)
    assert sanctions and accusations
    assert go(source, tmp_path / "d").stale == 20
    report = go([source] if sources else [], tmp_path / "d", recode=True)
    assert (report.stories, report.stale) == (20, 0) and len(ids(tmp_path / "d")) == 20
    now = types(tmp_path / "d")
    assert not any(t == "SANCTION" for t, _ in now) and len(now) == len(was) - sanctions
    changes = report.changes
    assert changes and (len(changes.removed), len(changes.changed), len(changes.added)) == (sanctions, accusations, 0)
    assert changes.tables["events"] == (len(was), len(now))
    assert changes.removed[0]["type"].startswith("SANCTION") and changes.removed[0]["sentence"]  # type: ignore[union-attr]
    fresh = tmp_path / "fresh"
    go(source, fresh)
    assert tables(fresh) == tables(tmp_path / "d")
    if not sources:
        assert go([], tmp_path / "d", recode=True).stories == 0


def test_recode_that_was_killed_goes_on(source: Path, tmp_path: Path, newer: None, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as before:
        before.setattr(api, "fingerprint", fingerprint)
        before.setattr(work, "Coder", Coder)
        go(source, tmp_path / "d")
    calls = []
    note = Ledger.note

    def failing(self: Ledger, run_id: str, done) -> None:
        note(self, run_id, done)
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "note", failing)
        with pytest.raises(KeyboardInterrupt):
            go([], tmp_path / "d", recode=True)
    assert any(t == "SANCTION" for t, _ in types(tmp_path / "d"))
    report = go([], tmp_path / "d", recode=True)
    assert report.resumed == 2 and report.changes and report.changes.removed
    assert not any(t == "SANCTION" for t, _ in types(tmp_path / "d"))
    saved = json.loads(next((tmp_path / "d").glob("runs/*/changes.json")).read_text())
    assert len(saved["removed"]) == len(report.changes.removed)


def test_a_run_left_by_an_older_model_is_published_as_far_as_it_came(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []
    note = Ledger.note

    def failing(self: Ledger, run_id: str, done) -> None:
        note(self, run_id, done)
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "note", failing)
        with pytest.raises(KeyboardInterrupt):
            go(source, tmp_path / "d")
    monkeypatch.setattr(api, "fingerprint", lambda quality: NEW)
    report = go(source, tmp_path / "d")
    assert len(ids(tmp_path / "d")) == 20 and report.stories + sum(d.stories for d in calls) == 20
    assert report.stale == sum(d.stories for d in calls) == count_stale(open_dataset(tmp_path / "d").snapshot(), NEW)
    assert [s.state for s in Ledger(open_dataset(tmp_path / "d")).states()] == ["finished", "finished"]


def test_recode_without_text_needs_the_sources(tmp_path: Path, newer: None, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.jsonl").write_text(row(1))
    with monkeypatch.context() as before:
        before.setattr(api, "fingerprint", fingerprint)
        go(tmp_path / "a.jsonl", tmp_path / "d", keep_text=False)
    with pytest.raises(UsageError, match="name the sources"):
        go([], tmp_path / "d", recode=True)
    assert go(tmp_path / "a.jsonl", tmp_path / "d", recode=True).stories == 1


def test_the_diff_is_written(
    source: Path, tmp_path: Path, newer: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with monkeypatch.context() as before:
        before.setattr(api, "fingerprint", fingerprint)
        before.setattr(work, "Coder", Coder)
        go(source, tmp_path / "d")
    assert main(["run", "--into", str(tmp_path / "d"), "--recode", "--workers", "0", "--diff", str(tmp_path / "diff.jsonl")]) == 0
    rows = [json.loads(line) for line in (tmp_path / "diff.jsonl").read_text().splitlines()]
    assert {r["change"] for r in rows} == {"removed", "changed"} and all(r["event_id"].startswith("e_") for r in rows)
    assert "coded again: 0 events added" in capsys.readouterr().err


def test_fingerprint_is_stable_and_of_four_parts():
    one = fingerprint()
    fingerprint.cache_clear()
    assert one == fingerprint() and len({one.model, one.lexicon, one.code}) == 3
