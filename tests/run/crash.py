"""Kill -9 at random points of ingest, run and publish, then go on: the same rows as an unbroken run, every time.

`python -m tests.run.crash --points 200 --log FILE` (make test-crash); the tests run a part of it. Runs are children that are forked when
the model is loaded, so a point takes a fraction of a second; every tenth is the real command with two workers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from communique.store.dataset import open_dataset
from communique.store.files import Disk

from .helpers import corpus, go, tables

STORIES, SHARD = 12, 3


class Meeting(Disk):
    """A disk that counts its calls and says each one's number before it is made."""

    def __init__(self, meet: Callable[[int, str], None]) -> None:
        self.count, self.meet = 0, meet

    def _meet(self, call: str) -> None:
        self.count += 1
        self.meet(self.count, call)

    def mkdir(self, folder):
        self._meet("mkdir")
        super().mkdir(folder)

    def open(self, path):
        self._meet("open")
        return super().open(path)

    def write(self, descriptor, data):
        self._meet("write")
        half = max(1, len(data) // 2)
        done = super().write(descriptor, data[:half])
        self._meet("write")  # between the halves of a write
        return done + super().write(descriptor, data[half:]) if len(data) > half else done

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


@dataclass(frozen=True, kw_only=True)
class Point:
    """One kill and what came of it."""

    number: int
    kind: str
    at: str
    killed: bool
    seconds: float
    same: bool


class Sweep:
    """Kills runs over one corpus."""

    def __init__(self, folder: Path, seed: int = 20240307) -> None:
        self.folder, self.rng = folder, random.Random(seed)
        self.source = corpus(folder / "in", STORIES)
        go(self.source, folder / "warm", shard_size=SHARD)  # model and tables are loaded before the first fork
        self.seconds = min(self._timed(name) for name in ("whole", "twice", "thrice"))
        self.want = tables(folder / "whole")
        self.calls = self.count()

    def _timed(self, name: str) -> float:
        """Seconds of an unbroken run; the shortest of several, so that kills come before the end."""
        begin = time.monotonic()
        assert self.fork(self.folder / name, lambda: None) == 0
        return time.monotonic() - begin

    def count(self) -> int:
        """Calls to the disk of an unbroken run."""
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            disk = Meeting(lambda n, call: None)
            go(self.source, self.folder / "counted", shard_size=SHARD, disk=disk)
            os.write(write, str(disk.count).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        return int(os.read(read, 20))

    def fork(self, into: Path, before: Callable[[], None], disk: Disk | None = None, kill_after: float | None = None) -> int:
        """A run in a child; its exit code, or minus the signal that ended it."""
        pid = os.fork()
        if pid == 0:
            try:
                before()
                go(self.source, into, shard_size=SHARD, disk=disk or Meeting(lambda n, call: None))
                os._exit(0)
            except BaseException as error:
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                os._exit(1)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)

    def point(self, number: int) -> Point:
        """Kill once or twice, go on, compare."""
        into, begin = self.folder / f"point{number}", time.monotonic()
        kind = "command" if number % 10 == 9 else "time" if number % 2 else "call"
        times = 2 if self.rng.random() < 0.25 else 1
        at, killed = [], False
        for _ in range(times):
            where, code = getattr(self, f"_kill_by_{kind}")(into)
            at.append(where)
            killed = killed or code == -signal.SIGKILL
        assert self.fork(into, lambda: None) == 0, f"the run does not go on after {at}"
        open_dataset(into).snapshot().check()
        same = tables(into) == self.want
        return Point(number=number, kind=kind, at=", ".join(at), killed=killed, seconds=round(time.monotonic() - begin, 2), same=same)

    def _kill_by_time(self, into: Path) -> tuple[str, int]:
        after = self.rng.uniform(0, self.seconds * 1.1)
        return f"{after:.3f} s", self.fork(into, lambda: None, kill_after=after)

    def _kill_by_call(self, into: Path) -> tuple[str, int]:
        number = self.rng.randint(1, self.calls)

        def meet(count: int, call: str) -> None:
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        return f"call {number} of {self.calls}", self.fork(into, lambda: None, Meeting(meet))

    def _kill_by_command(self, into: Path) -> tuple[str, int]:
        """The whole command with two workers: the parent is killed, and its workers must go too."""
        argv = [sys.executable, "-m", "communique", "run", str(self.source), "--into", str(into), "--workers", "2"]
        process = subprocess.Popen([*argv, "--shard-size", str(SHARD), "--published", "2024-03-07", "--quiet"])
        until = self.rng.randint(0, STORIES // SHARD)  # shards that have come back before the kill
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end and len(list(into.glob("runs/*/done/*.json"))) < until:
            time.sleep(0.01)
        time.sleep(self.rng.uniform(0, 0.3))
        process.kill()
        return f"{until} shards done", process.wait()


def main() -> int:
    p = argparse.ArgumentParser()
    p.add_argument("--points", type=int, default=200)
    p.add_argument("--log", type=Path)
    args = p.parse_args()
    bad = kills = 0
    with tempfile.TemporaryDirectory() as folder:
        sweep = Sweep(Path(folder))
        lines = []
        for number in range(args.points):
            point = sweep.point(number)
            bad, kills = bad + (not point.same), kills + point.killed
            lines.append(json.dumps(asdict(point)))
            sys.stderr.write(f"\r{number + 1} points, {kills} killed in mid-run, {bad} differ ")
        summary = {
            "points": args.points,
            "killed": kills,
            "same": args.points - bad,
            "calls": sweep.calls,
            "seconds": round(sweep.seconds, 2),
        }
    sys.stderr.write("\n")
    print(json.dumps(summary))
    if args.log:
        args.log.parent.mkdir(parents=True, exist_ok=True)
        args.log.write_text("\n".join([*lines, json.dumps(summary)]) + "\n", encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
