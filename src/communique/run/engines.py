"""Where shards are worked on: in this process, or in a pool of processes on this machine. `run.ray` has the third place."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import IO, Any, Protocol

from communique.errors import CommuniqueError, WorkersCannotStart
from communique.run.types import Died, Failed, Outcome, Task
from communique.store.files import Disk

STALL = 900.0
"""Seconds after which a worker that has not come back from a shard is ended."""
_ONE_THREAD = {"COMMUNIQUE_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


class Engine(Protocol):
    """A place that works on tasks."""

    workers: int

    def free(self) -> int:
        """How many tasks can be handed over now."""
        ...

    def busy(self) -> int:
        """How many are being worked on."""
        ...

    def submit(self, task: Task) -> None: ...

    def wait(self, seconds: float) -> list[Outcome]:
        """What has come back; waits for a first one, at most so long."""
        ...

    def close(self) -> None:
        """End the workers, whatever they do."""
        ...


class Inline:
    """This process: one shard at a time."""

    workers = 1

    def __init__(self, disk: Disk | None = None) -> None:
        self._disk, self._tasks = disk, []

    def free(self) -> int:
        return 1 - len(self._tasks)

    def busy(self) -> int:
        return len(self._tasks)

    def submit(self, task: Task) -> None:
        self._tasks.append(task)

    def wait(self, seconds: float) -> list[Outcome]:
        from communique.run.work import code_shard

        if not self._tasks:
            return []
        task = self._tasks.pop()
        try:
            return [code_shard(task, self._disk)]
        except CommuniqueError as error:
            return [Failed(task=task, error=error)]

    def close(self) -> None:
        """There is nothing to end."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    connection: Connection
    log: IO[bytes]
    ready: bool = False
    task: Task | None = None
    since: float = field(default_factory=time.monotonic)

    def words(self) -> str:
        """The end of what the process has written to stderr."""
        self.log.seek(0)
        return self.log.read()[-2000:].decode("utf-8", "replace").strip()


class LocalPool:
    """Processes of this machine, each with the model loaded once and one thread. They are programs of their own, so callers
    need no `if __name__ == "__main__"`, and they end when this process does, however it does."""

    def __init__(self, workers: int, stall: float = STALL) -> None:
        self.workers, self._stall, self._deaths = workers, stall, 0
        self._pool: list[_Worker] = []

    def free(self) -> int:
        return self.workers - self.busy()

    def busy(self) -> int:
        return sum(w.task is not None for w in self._pool)

    def submit(self, task: Task) -> None:
        idle = [w for w in self._pool if w.task is None]
        if not idle:  # workers are started as they are needed: a few shards on many cores take a few
            idle = [_start()]
            self._pool += idle
        worker = max(idle, key=lambda w: w.ready)
        worker.task, worker.since = task, time.monotonic()
        if worker.ready:
            self._send(worker)

    def _send(self, worker: _Worker) -> None:
        try:
            worker.connection.send(worker.task)
        except OSError:
            return  # it is gone: `wait` sees that its connection has ended

    def wait(self, seconds: float) -> list[Outcome]:
        out: list[Outcome] = []
        by_connection: dict[Any, _Worker] = {w.connection: w for w in self._pool}
        for connection in wait(list(by_connection), timeout=seconds):
            out += self._received(by_connection[connection])
        for worker in self._pool:
            if worker.task is not None and time.monotonic() - worker.since > self._stall:
                worker.process.kill()
        return out

    def _received(self, worker: _Worker) -> list[Outcome]:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            return self._died(worker)
        if message == "ready":
            worker.ready, worker.since, self._deaths = True, time.monotonic(), 0
            if worker.task is not None:
                self._send(worker)
            return []
        worker.task = None
        return [message]

    def _died(self, worker: _Worker) -> list[Outcome]:
        code = worker.process.wait()
        _end(worker)
        if not worker.ready:
            self._deaths += 1
            if self._deaths > self.workers:
                raise WorkersCannotStart(f"workers end with code {code} before they begin: {worker.words()[-600:] or 'they say nothing'}")
        self._pool.remove(worker)
        if worker.task is None:
            return []
        return [
            Died(task=worker.task, why=f"its process ended with code {code}" if code >= 0 else f"its process was ended by signal {-code}")
        ]

    def close(self) -> None:
        for worker in self._pool:
            worker.process.kill()
            _end(worker)
        self._pool = []


def _start() -> _Worker:
    ours, theirs = socket.socketpair()
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "communique.run.worker", str(theirs.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[theirs.fileno()],
            process_group=0,  # Ctrl-C is for the parent, who lets them finish
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
    return _Worker(process=process, connection=Connection(ours.detach()), log=log)


def _end(worker: _Worker) -> None:
    worker.connection.close()
    if worker.process.stdin:
        worker.process.stdin.close()
    worker.process.wait()
