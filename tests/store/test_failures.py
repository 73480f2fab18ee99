"""Every system call of a write fails once: a typed error, a dataset that still opens, and the same dataset after a second try."""

from __future__ import annotations

import errno
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from communique.errors import NoSpace, RenameFailed, ShortWrite, WriteDenied, WriteFailed
from communique.lexicon.codebook import scores
from communique.store.compact import compact
from communique.store.dataset import create_dataset, open_dataset
from communique.store.files import Disk
from communique.store.publish import publish
from communique.store.shards import write_shard, write_tables

from .helpers import put, run_of, story

CALLS = ("mkdir", "open", "write", "sync", "size", "rename", "sync_folder")


class Faulty(Disk):
    """A disk on which one call of one kind goes wrong."""

    def __init__(self, call: str = "", at: int = -1, fault: int | str = 0) -> None:
        self.call, self.at, self.fault, self.count = call, at, fault, Counter()

    def _meet(self, call: str) -> bool:
        self.count[call] += 1
        if call == self.call and self.count[call] == self.at:
            if isinstance(self.fault, int):
                raise OSError(self.fault, os.strerror(self.fault))
            return True
        return False

    def mkdir(self, folder):
        self._meet("mkdir")
        super().mkdir(folder)

    def open(self, path):
        self._meet("open")
        return super().open(path)

    def write(self, descriptor, data):
        if self._meet("write"):
            half = max(1, len(data) // 2)
            super().write(descriptor, data[:half])
            return {"lost": len(data), "part": half, "none": 0}[str(self.fault)]
        return super().write(descriptor, data)

    def sync(self, descriptor):
        self._meet("sync")  # waiting for the real disk would only take time

    def size(self, descriptor):
        self._meet("size")
        return super().size(descriptor)

    def rename(self, source, target):
        self._meet("rename")
        super().rename(source, target)

    def sync_folder(self, folder):
        self._meet("sync_folder")


def work(folder: Path, disk: Disk) -> str:
    """One run over a dataset that has two stories: a shard that replaces one of them, a corpus part, publishing, compacting."""
    dataset = open_dataset(folder, disk=disk)
    write_shard(dataset, "a", [story("2", type_="AID"), story("3")], run_id="new", codes=scores)
    write_tables(dataset, "clusters", {"clusters": [{"cluster_id": "c", "title": "T"}]}, run_id="new")
    publish(dataset, run_of("new"))
    compact(dataset, keep=0)
    return dataset.snapshot().digest


def start(folder: Path) -> str:
    dataset = create_dataset(folder)
    put(dataset, "old", {"s": [story("1"), story("2")]})
    return dataset.snapshot().digest


@dataclass(frozen=True)
class Whole:
    """An unbroken run: how often it makes each call, where it began, and the digests before and after."""

    count: Counter
    folder: Path
    before: str
    after: str


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    before = start(folder / "start")
    copytree(folder / "start", folder / "done")
    disk = Faulty()
    return Whole(disk.count, folder / "start", before, work(folder / "done", disk))


EXPECTED = {errno.ENOSPC: NoSpace, errno.EDQUOT: NoSpace, errno.EACCES: WriteDenied, errno.EROFS: WriteDenied, errno.EIO: WriteFailed}


POINTS = 10_000 if os.environ.get("COMMUNIQUE_FAULTS") == "all" else 4
"""Injection points for each call; `make test-faults` takes all."""


@pytest.mark.parametrize("call", CALLS)
def test_every_write_fails_once(tmp_path: Path, whole: Whole, call: str):
    assert whole.count[call] > 20
    faults: list[int | str] = list(EXPECTED) if call != "write" else [*EXPECTED, "lost", "none"]
    for at in range(1, whole.count[call] + 1, max(1, whole.count[call] // POINTS)):
        fault = faults[at % len(faults)]
        folder = tmp_path / f"{call}{at}"
        copytree(whole.folder, folder)
        with pytest.raises(WriteFailed) as caught:
            work(folder, Faulty(call, at, fault))
        expected = RenameFailed if call == "rename" else EXPECTED[fault] if isinstance(fault, int) else ShortWrite
        assert type(caught.value) is expected, (call, at)
        assert "run" in str(caught.value) or "choose" in str(caught.value)
        opened = open_dataset(folder).snapshot()
        assert opened.digest in (whole.before, whole.after)
        opened.check()
        assert not list(folder.rglob("*.tmp"))
        assert work(folder, Faulty()) == whole.after
        open_dataset(folder).snapshot().check()


def test_a_write_that_takes_only_part_is_continued(tmp_path: Path, whole: Whole):
    copytree(whole.folder, tmp_path / "d")
    assert work(tmp_path / "d", Faulty("write", 3, "part")) == whole.after


def test_a_file_where_a_folder_should_be(tmp_path: Path):
    start(tmp_path / "d")
    (tmp_path / "d" / "receipts" / "new").write_text("in the way")
    with pytest.raises(WriteFailed):
        work(tmp_path / "d", Disk())
    assert open_dataset(tmp_path / "d").snapshot().rows("documents") == 2
