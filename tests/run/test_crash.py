"""Twenty kills, and a part of all writes failing once; `make test-crash` does two hundred kills and every write."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest

from communique.errors import WriteFailed
from communique.store.dataset import open_dataset

from .crash import Meeting, Sweep
from .helpers import corpus, go, row, tables

POINTS = int(os.environ.get("COMMUNIQUE_TEST_FAULTS", "20"))
"""Writes that fail; 0 stands for all."""


def test_twenty_kills(tmp_path: Path):
    sweep = Sweep(tmp_path)
    points = [sweep.point(n) for n in range(20)]
    assert [p for p in points if not p.same] == []
    assert sum(p.killed for p in points) >= 12


FAULTS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)


def chosen(calls: list[str]) -> list[int]:
    """Numbers of the calls that fail: all, or as many of each kind."""
    kinds = sorted(set(calls))
    assert kinds == ["mkdir", "open", "rename", "size", "sync", "sync_folder", "write"]
    rng, out = random.Random(3), []
    for kind in kinds:
        there = [n for n, call in enumerate(calls, start=1) if call == kind]
        out += there if not POINTS else rng.sample(there, min(len(there), POINTS // len(kinds) + 1))
    return sorted(out)


def test_every_write_fails_once(tmp_path: Path):
    (tmp_path / "in.jsonl").write_text("\n".join([row(1), row(2), row(3), "{broken"]))
    calls: list[str] = []
    go(tmp_path / "in.jsonl", tmp_path / "whole", shard_size=2, disk=Meeting(lambda n, call: calls.append(call)))
    want = tables(tmp_path / "whole")
    for number in chosen(calls):
        fault = FAULTS[number % len(FAULTS)]

        def meet(count: int, call: str, number: int = number, fault: int = fault) -> None:
            if count == number:
                raise OSError(fault, os.strerror(fault))

        into = tmp_path / f"d{number}"
        with pytest.raises(WriteFailed) as caught:
            go(tmp_path / "in.jsonl", into, shard_size=2, disk=Meeting(meet))
        assert caught.value.code.startswith("C62") and len(str(caught.value)) > 20
        if (into / "CURRENT").exists():
            open_dataset(into).snapshot().check()
        report = go(tmp_path / "in.jsonl", into, shard_size=2)
        assert report.finished and tables(into) == want, number


def test_a_source_that_cannot_be_read_to_its_end_is_told_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from communique.ingest import sources

    source = corpus(tmp_path / "in", 12)
    opened = sources._file

    class Broken:
        def __init__(self, file) -> None:
            self._file, self._left = file, 400

        def read(self, size: int = -1) -> bytes:
            if self._left <= 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            data = self._file.read(min(size, self._left))
            self._left -= len(data)
            return data

        def __getattr__(self, name: str):
            return getattr(self._file, name)

    def broken(path: Path, name: str):
        from dataclasses import replace

        found = opened(path, name)
        return replace(found, open=lambda: Broken(found.open())) if name == "a.jsonl" else found

    with monkeypatch.context() as patch:
        patch.setattr(sources, "_file", broken)
        report = go(source, tmp_path / "d")
    rejects = {r["document_id"]: r["message"] for r in open_dataset(tmp_path / "d").snapshot().read("rejects").to_pylist()}
    assert report.finished and "Input/output error" in rejects["a.jsonl:end"]
    assert go(source, tmp_path / "d").stories > 0
