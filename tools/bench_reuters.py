"""`communique run` over the Reuters stories of 1987: sentences a second a core, memory, speed-up, and what many machines would need.

Usage: python tools/bench_reuters.py [--stories N] [--workers 1,2] [--whole] [--write docs/scaling-figures.md]
The numbers of workers are compared over N stories (2,000); with --whole the largest number then takes all 21,578.
Needs raw/reuters21578.tar.gz under COMMUNIQUE_DATA. Every figure comes from one call; each run is a fresh process into a fresh dataset.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from communique.evaluate.files import need
from communique.ingest.sgml import is_sgml
from communique.run.cutting import Cutter
from communique.run.fingerprint import fingerprint
from communique.run.inputs import Inputs
from communique.run.known import Known
from communique.settings import data_folder

MACHINES, CORES = 100, 16
"""The cluster of the reckoning."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run, measured."""

    workers: int
    stories: int
    rejects: int
    sentences: int
    events: int
    wall_seconds: float
    cpu_seconds: float
    """Of the workers."""
    ending_seconds: float
    """Publishing and merging, in one process."""
    peak_worker_mib: int
    peak_sum_mib: int
    """Of all processes together, sampled five times a second, shared pages counted once (PSS)."""
    dataset_mib: float
    digest: str

    @property
    def rate(self) -> float:
        """Sentences a second, whole run."""
        return self.sentences / self.wall_seconds

    @property
    def rate_core(self) -> float:
        """Sentences a second of a worker's processor time."""
        return self.sentences / self.cpu_seconds


def extract(folder: Path, stories: int | None) -> Path:
    """The SGML files, or one file with the first stories of all of them."""
    folder.mkdir()
    left = stories
    with tarfile.open(need(data_folder() / "raw/reuters21578.tar.gz", "stories")) as archive:
        for member in sorted((m for m in archive if m.name.endswith(".sgm")), key=lambda m: m.name):
            file = archive.extractfile(member)
            data = file.read() if file else b""
            assert is_sgml(data)
            if left is not None:
                blocks = data.split(b"</REUTERS>")[:-1][:left]
                left -= len(blocks)
                data = b"</REUTERS>".join([*blocks, b""])
            if data:
                (folder / Path(member.name).name).write_bytes(data)
    return folder


def measure(source: Path, into: Path, workers: int) -> Run:
    """One run of the command."""
    argv = [sys.executable, "-m", "communique", "run", str(source), "--into", str(into), "--workers", str(workers), "--json"]
    begin = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_pss, _tree(process.pid))))
        time.sleep(0.2)
    seconds = time.perf_counter() - begin
    report = json.loads(process.stdout.read() if process.stdout else "")
    size = sum(p.stat().st_size for p in into.rglob("*") if p.is_file())
    return Run(
        workers=workers,
        stories=report["stories"],
        rejects=report["rejects"],
        sentences=report["sentences"],
        events=report["counts"]["events"],
        wall_seconds=round(seconds, 1),
        cpu_seconds=round(report["cpu_seconds"], 1),
        ending_seconds=round(report["ending_seconds"], 1),
        peak_worker_mib=report["peak_mib"],
        peak_sum_mib=peak // 1024,
        dataset_mib=round(size / 2**20, 1),
        digest=report["digest"],
    )


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    out, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        out.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue
    return out


def _pss(pid: int) -> int:
    """KiB of a process, shared pages by share; 0 where it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0


def framing(source: Path) -> tuple[float, float]:
    """What the process that cuts the input does alone: stories and bytes of input a second of its time."""
    inputs = Inputs(paths=[source], mapping={}, published=None)
    begin = time.process_time()
    stories = sum(len(s.items) for s in Cutter(before=Known(), mine=Known()).cut(inputs))
    seconds = time.process_time() - begin
    return stories / seconds, (inputs.size or 0) / seconds


def again(source: Path, into: Path) -> float:
    """Seconds of a second run, which does nothing."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "communique", "run", str(source), "--into", str(into), "--quiet"], check=False)
    return time.perf_counter() - begin


def page(runs: list[Run], frames: tuple[float, float], second: float, load: tuple[float, float]) -> str:
    """The figures as a page, with the reckoning for a cluster."""
    best = runs[-1]
    core = best.rate_core
    length = best.sentences / best.stories
    million = 1e6 * length / core / 3600
    cluster = MACHINES * CORES * core / length
    drivers = cluster / frames[0]
    cores = os.cpu_count() or 1
    f = fingerprint()
    head = "| workers | stories | rejects | sentences | wall s | sentences/s | sentences/s/core | publish, merge s | largest worker MiB | all processes MiB | dataset MiB |"
    rows = [
        f"| {r.workers} | {r.stories:,} | {r.rejects} | {r.sentences:,} | {r.wall_seconds} | {r.rate:.0f} | {r.rate_core:.0f} | {r.ending_seconds} | {r.peak_worker_mib} "
        f"| {r.peak_sum_mib} | {r.dataset_mib} |"
        for r in runs
    ]
    alike = [r for r in runs if r.stories == runs[0].stories]
    speed = [f"{r.workers} workers: {alike[0].wall_seconds / r.wall_seconds:.2f} times the speed of {alike[0].workers}" for r in alike[1:]]
    same = "the same" if len({r.digest for r in alike}) == 1 else "NOT the same"
    return "\n".join(
        [
            "# Figures of runs",
            "",
            "Written by `make bench-reuters` (`tools/bench_reuters.py`); the text is in [scaling.md](scaling.md).",
            "",
            f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; load of the machine {load[0]:.1f} before and {load[1]:.1f} after.",
            f"Model `{f.model[:12]}`, lexicon `{f.lexicon[:12]}`, code `{f.code[:12]}`.",
            "",
            head,
            "| " + " | ".join("---:" for _ in range(11)) + " |",
            *rows,
            "",
            *([f"Speed-up by the clock: {'; '.join(speed)}. The datasets have {same} digest."] if speed else []),
            f"A second run over the same input, which does nothing: {second:.1f} s.",
            f"Cutting the input into shards, in one process: {frames[0]:,.0f} stories a second ({frames[1] / 1e6:.0f} MB/s of input).",
            "",
            "## A million stories",
            "",
            f"At {core:.0f} sentences a second a core and {length:.1f} sentences a story, a million stories take {million:.0f} core-hours; "
            f"their dataset takes {best.dataset_mib / best.stories * 1e6 / 1024:.1f} GiB.",
            "",
            f"## {MACHINES} machines, on paper",
            "",
            f"{MACHINES} machines with {CORES} cores each would code {cluster:,.0f} stories a second: a million in {1e6 / cluster / 60:.1f} minutes, "
            f"{cluster * 86400 / 1e6:,.0f} million a day. They need:",
            "",
            f"- memory: {CORES * best.peak_worker_mib / 1024:.0f} GiB a machine ({CORES} workers of {best.peak_worker_mib} MiB);",
            f"- one process that cuts the input does {frames[0]:,.0f} stories a second, {1 / drivers:.1f} times what the cluster takes"
            + ("." if drivers <= 1 else f"; so {drivers:.0f} runs side by side, each over its part of the input into a dataset of its own.")
            ,
            f"- one process publishes and merges {best.stories / best.ending_seconds:,.0f} stories a second here: of a day's work of the cluster it would take "
            f"{cluster * best.ending_seconds / best.stories:.0f} days, so a cluster of this size is for coding archives by their years, each into a dataset of its own;",
            f"- the shared path takes {cluster * best.dataset_mib / best.stories:.0f} MiB/s of results in files of shards, about "
            f"{cluster / 256 * 12:.0f} files a second; `communique compact` makes few of many.",
        ]
    ) + "\n"  # fmt: skip


def deliver(text: str, path: Path | None) -> None:
    """The page into its file, or to the terminal where none is named."""
    if path:
        path.write_text(text, encoding="utf-8")
    else:
        print(text)


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("--stories", type=int, default=2000)
    p.add_argument("--whole", action="store_true")
    p.add_argument("--workers", default="1,2")
    p.add_argument("--write", type=Path)
    args = p.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = extract(folder / "reuters", args.stories)
        tries = [(source, folder / f"d{n}", n) for n in map(int, args.workers.split(","))]
        if args.whole:
            tries.append((extract(folder / "whole", None), folder / "all", tries[-1][2]))
        runs = []
        for one in tries:
            runs.append(measure(*one))
            print(
                json.dumps({**asdict(runs[-1]), "per_second": round(runs[-1].rate), "per_second_a_core": round(runs[-1].rate_core)}),
                flush=True,
            )
        second = again(*tries[-1][:2])
        text = page(runs, framing(tries[-1][0]), second, (load, os.getloadavg()[0]))
    deliver(text, args.write)


if __name__ == "__main__":
    main()
