"""The ledger of a dataset's runs: which inputs were coded, in which shards, with what result. It is what makes a run resume.

DATASET/runs/RUN/
  run.json                state, settings, sources with their digests
  planned/SHARD           inputs of a shard, written before a worker gets it: done when the store has its receipt
  done/SHARD.json         counts and timing of a shard that came back
  shards.json, units      both of all shards, once all are written
  changes.json            of a run that coded stories again: what that changed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import msgspec

from communique.errors import DatasetDamaged, RunBusy
from communique.run.fingerprint import Fingerprint
from communique.run.known import Known
from communique.run.types import NAME, UNIT, Changes, Done, Shard
from communique.store.dataset import Dataset
from communique.store.files import LocalFiles, typed, write_bytes
from communique.store.manifest import file_name
from communique.store.shards import receipt_path

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDone:
    """A file of the input that was read to its end."""

    name: str
    size: int
    digest: str
    """Of its bytes as they lie on disk."""
    options: str
    """What decides how it is cut, other than its bytes: mapping, default date, limits."""
    inputs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A run as its file says it."""

    run_id: str
    state: Literal["running", "written", "finished"]
    """running: shards are missing or may be; written: all are there, but perhaps not published; finished."""
    started: str
    fingerprint: Fingerprint
    settings: dict[str, object]
    sources: tuple[str, ...]
    """As they were named."""
    recode: bool = False
    base: str | None = None
    """The manifest that stood when the run began."""
    files: tuple[SourceDone, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardLine:
    """A shard of a run whose shards are all written."""

    id: str
    inputs: int
    done: Done | None = None
    """None where the worker's report was lost to a kill; its rows are there all the same."""


class Ledger:
    """The runs of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self._files = dataset, dataset.files

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other run on this machine writes into the dataset meanwhile; raises `RunBusy`. Places that fsspec reaches have no locks."""
        if not isinstance(self._files, LocalFiles):
            yield
            return
        import fcntl

        path = self._files.root / "runs" / ".lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("ab")
        except OSError as error:
            raise typed(error, str(path)) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunBusy(f"another run writes into {self._dataset.location}; wait for it, or stop it and run again") from error
            yield

    def states(self) -> list[RunState]:
        """All runs, oldest first."""
        found = [self._load(p, RunState) for p in self._files.list("runs") if p.endswith("/run.json")]
        return sorted(found, key=lambda s: (s.started, s.run_id))

    def save(self, state: RunState) -> None:
        """Write a run's file."""
        write_bytes(self._files, f"{_folder(state.run_id)}/run.json", _pretty(state))

    def plan(self, run_id: str, shard: Shard) -> None:
        """Note what is in a shard before it is worked on."""
        write_bytes(self._files, f"{_folder(run_id)}/planned/{shard.id}", shard.units + shard.names)

    def note(self, run_id: str, done: Done) -> None:
        """Note what came back."""
        write_bytes(self._files, f"{_folder(run_id)}/done/{done.shard_id}.json", _pretty(done))

    def written(self, run_id: str) -> dict[str, tuple[bytes, bytes]]:
        """Shards of an unfinished run that a worker has written whole: inputs and ids, by shard."""
        out = {}
        for path in self._files.list(f"{_folder(run_id)}/planned"):
            name = path.rsplit("/", 1)[1]
            if not name.startswith(".") and self._files.exists(receipt_path(run_id, name)):
                out[name] = _halves(self._files.read(path), path)
        return out

    def notes(self, run_id: str) -> dict[str, Done]:
        """What came back from the shards of an unfinished run."""
        paths = [p for p in self._files.list(f"{_folder(run_id)}/done") if p.endswith(".json")]
        return {d.shard_id: d for d in (self._load(p, Done) for p in paths)}

    def known(self, states: Iterable[RunState]) -> Known:
        """All inputs of runs whose shards are all written."""
        out = Known()
        for state in states:
            path = f"{_folder(state.run_id)}/units"
            if state.state != "running" and self._files.exists(path):
                out.add_many(*_halves(self._files.read(path), path))
        return out

    def close(self, state: RunState) -> RunState:
        """Every shard is written: put what is known of them into one file. May be done again until `finish`."""
        folder = _folder(state.run_id)
        written, notes = self.written(state.run_id), self.notes(state.run_id)
        lines = [ShardLine(id=n, inputs=len(u) // UNIT, done=notes.get(n)) for n, (u, _) in sorted(written.items())]
        write_bytes(self._files, f"{folder}/shards.json", _pretty(lines))
        write_bytes(self._files, f"{folder}/units", b"".join(u for u, _ in written.values()) + b"".join(n for _, n in written.values()))
        state = replace(state, state="written")
        self.save(state)
        return state

    def finish(self, state: RunState, changes: Changes | None = None) -> RunState:
        """The shards are published: the small files go."""
        folder = _folder(state.run_id)
        if changes is not None:
            write_bytes(self._files, f"{folder}/changes.json", _pretty(changes))
        state = replace(state, state="finished")
        self.save(state)
        for path in self._files.list(folder):
            if "/planned/" in path or "/done/" in path:
                self._files.remove(path)
        return state

    def forget(self, state: RunState) -> None:
        """A run that has written nothing."""
        paths = self._files.list(_folder(state.run_id))
        for path in sorted(paths, key=lambda p: p.endswith("/run.json")):
            self._files.remove(path)

    def shards(self, run_id: str) -> list[ShardLine]:
        """The shards of a run that are all written."""
        return self._load(f"{_folder(run_id)}/shards.json", list[ShardLine])

    def _load(self, path: str, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(self._files.read(path), type=kind)
        except (msgspec.DecodeError, OSError) as error:
            raise DatasetDamaged(
                f"{self._files.full(path)} cannot be read ({error}); delete its folder: its sources are read again"
            ) from error


def _folder(run_id: str) -> str:
    return f"runs/{file_name(run_id)}"


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def _halves(data: bytes, path: str) -> tuple[bytes, bytes]:
    count, rest = divmod(len(data), UNIT + NAME)
    if rest:
        raise DatasetDamaged(f"{path} is cut short; delete its folder: its sources are read again")
    return data[: count * UNIT], data[count * UNIT :]
