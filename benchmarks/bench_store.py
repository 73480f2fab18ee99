"""Times of the store, and how they grow; writes docs/store-figures.md.

    python benchmarks/bench_store.py FOLDER --stories 50000,100000,200000

Each size is a synthetic dataset of five events a story (`synthetic.py`), made in FOLDER and kept there. Every step runs in a process of its
own, so that its memory can be told. Steps are told in seconds of processor time, which other work on the machine disturbs least, with the
seconds that went by in brackets. Questions are asked five times before they are timed, then 30 times.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import synthetic

from communique.lexicon.codebook import scores
from communique.store.compact import compact
from communique.store.dataset import create_dataset, open_dataset
from communique.store.index import index_paths
from communique.store.publish import Run, publish
from communique.store.reader import open as open_reader
from communique.store.rows import record_rows
from communique.store.schema import DOCUMENT_TABLES
from communique.store.shards import write_tables
from communique.store.showing import show

TARGET = Path(__file__).parents[1] / "docs" / "store-figures.md"
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "dyad by month: CHN on RUS, count and Goldstein": lambda ds: ds.counts("month", {"actor": "CHN", "recipient": "RUS"}).to_arrow(),
    "dyad by month, either way, one type, rate": lambda ds: ds.counts(
        "month", {"dyad": "CHN:RUS", "type": "COOPERATE"}, rate=True
    ).to_arrow(),
    "twenty top dyads": lambda ds: ds.counts("dyad", limit=20).to_arrow(),
    "month by type, all events": lambda ds: ds.counts(["month", "type"]).to_arrow(),
    "fifty newest events of an actor": lambda ds: ds.events(actor="CHN", limit=50).to_arrow(),
    "fifty newest with a word and a publisher": lambda ds: ds.events(text="pipeline", source="Wire 3", limit=50).to_arrow(),
    "count in a bounding box": lambda ds: ds.count("events", {"bbox": (-10, 35, 40, 60)}),
    "show an event": lambda ds: show(ds, _some_id(ds)),
    "record of a story": lambda ds: ds.record("syn-00000-00007"),
}
_IDS: dict[int, str] = {}


def _some_id(ds: Any) -> str:
    if id(ds) not in _IDS:
        _IDS[id(ds)] = ds.events(actor="FRA", limit=1, columns=["event_id"]).to_dicts()[0]["event_id"]
    return _IDS[id(ds)]


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of processor time and seconds that went by."""
    cpu, begin = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - begin


def ask(folder: str) -> dict[str, list[float]]:
    """Milliseconds of every question: fastest, median and 95th percentile."""
    out = {}
    with open_reader(folder) as ds:
        for name, question in QUESTIONS.items():
            for _ in range(5):
                question(ds)
            times = sorted(1000 * timed(lambda q=question: q(ds))[1] for _ in range(30))
            out[name] = [times[0], statistics.median(times), times[28]]
    return out


def write(folder: str, stories: int) -> dict[str, tuple[float, float]]:
    """Seconds of writing shards, publishing and compacting a dataset of so many stories."""
    dataset = create_dataset(folder)
    base, writing = synthetic.templates(1), []
    for number, tables in enumerate(synthetic.copies(base, stories // synthetic.STORIES, 1)):
        writing.append(timed(lambda n=number, t=tables: write_tables(dataset, f"synthetic-{n:05d}", t, run_id="synthetic")))
    run = Run(run_id="synthetic", started="2025-01-01T00:00:00Z", version="synthetic", sources=("seed 1",))
    publishing = timed(lambda: publish(dataset, run))
    write_tables(dataset, "day", _one_day(), run_id="day")
    adding = timed(lambda: publish(dataset, Run(run_id="day", started="2025-01-02T00:00:00Z", version="synthetic")))
    compacting = timed(lambda: compact(dataset, keep=0))
    return {
        "write shards": (sum(w[0] for w in writing), sum(w[1] for w in writing)),
        "publish all": publishing,
        "publish one more day": adding,
        "compact": compacting,
    }


def _one_day() -> dict[str, list[dict[str, Any]]]:
    """Two hundred stories that are not in the dataset yet."""
    maker = synthetic.Maker(99)
    made = [record_rows(maker.story(90_000 + n), codes=scores, run_id="day") for n in range(200)]
    return {name: [r for rows in made for r in rows.get(name, ())] for name in DOCUMENT_TABLES if name != "rejects"}


def index(folder: str) -> dict[str, tuple[float, float]]:
    """Seconds of building the index."""
    snapshot = open_dataset(folder).snapshot()
    for path in index_paths(snapshot):
        path.unlink(missing_ok=True)
    with open_reader(folder) as ds:
        return {"build the index": timed(ds.build_index)}


def child(step: str, folder: str, stories: int) -> dict[str, Any]:
    """Run one step in a process of its own; adds its peak memory in MB."""
    command = [sys.executable, __file__, folder, "--step", step, "--stories", str(stories)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def step(name: str, folder: str, stories: int) -> None:
    """The child's side: print the step's figures as JSON."""
    found: Any = {"write": lambda: write(folder, stories), "index": lambda: index(folder), "ask": lambda: ask(folder)}[name]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"figures": found, "peak": peak}))


def measure(folder: Path, stories: int) -> dict[str, Any]:
    """All figures of one size."""
    place = str(folder / f"stories-{stories}")
    kept = Path(place, "figures.json")
    found = json.loads(kept.read_text()) if kept.exists() else {"write": child("write", place, stories)}
    kept.write_text(json.dumps(found))
    found["plain"] = _without_index(place)
    found["index"] = child("index", place, stories)
    found["ask"] = child("ask", place, stories)
    snapshot = open_dataset(place).snapshot()
    found["events"] = snapshot.rows("events")
    found["parquet"] = sum(f.bytes for p in snapshot.manifest.parts for f in p.files.values())
    found["duckdb"] = index_paths(snapshot)[0].stat().st_size
    return found


def _without_index(place: str) -> dict[str, Any]:
    for path in index_paths(open_dataset(place).snapshot()):
        path.unlink(missing_ok=True)
    return child("ask", place, 0)


def report(sizes: list[int], found: list[dict[str, Any]]) -> str:
    """The figures as a page."""
    big = found[-1]
    lines = [
        "# Figures of the store",
        "",
        f"Written by `benchmarks/bench_store.py` on {os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()}), with",
        "synthetic stories of five events each; load of the machine at the end: " + f"{os.getloadavg()[1]:.1f}.",
        "Steps in seconds of processor time, with seconds that went by in brackets. Growth is the last size over the one before, for twice",
        "the stories.",
        "",
        "| step | " + " | ".join(f"{n:,} stories" for n in sizes) + " | growth | peak memory |",
        "| --- |" + " ---: |" * (len(sizes) + 2),
    ]
    for part in ("write", "index"):
        for name in big[part]["figures"]:
            times = [f[part]["figures"][name] for f in found]
            cells = " | ".join(f"{cpu:.2f} ({wall:.2f}) s" for cpu, wall in times)
            lines.append(f"| {name} | {cells} | {times[-1][0] / times[-2][0]:.2f} | {big[part]['peak']:.0f} MB |")
    lines += [
        "",
        f"{big['events']:,} events take {big['parquet'] / 1e6:.0f} MB of Parquet and {big['duckdb'] / 1e6:.0f} MB of index.",
        "",
        "Questions, warm, milliseconds: the fastest of 30, in brackets their median and 95th percentile; and without the index, over Parquet:",
        "",
        "| question | " + " | ".join(f"{f['events']:,} events" for f in found) + " | growth | without the index |",
        "| --- |" + " ---: |" * (len(sizes) + 2),
    ]
    for name in QUESTIONS:
        pairs = [f["ask"]["figures"][name] for f in found]
        cells = " | ".join(f"{f:.1f} ({m:.1f}, {p:.1f})" for f, m, p in pairs)
        plain = big["plain"]["figures"][name]
        lines.append(f"| {name} | {cells} | {pairs[-1][0] / pairs[-2][0]:.2f} | {plain[0]:.1f} ({plain[1]:.1f}, {plain[2]:.1f}) |")
    return "\n".join(lines) + "\n"


def main() -> None:
    p = argparse.ArgumentParser(description="Measure the store.")
    p.add_argument("folder", type=Path, metavar="FOLDER")
    p.add_argument("--stories", default="50000,100000,200000", help="sizes, each twice the one before")
    p.add_argument("--step", choices=("write", "index", "ask"), help=argparse.SUPPRESS)
    args = p.parse_args()
    if args.step:
        step(args.step, str(args.folder), int(args.stories))
        return
    args.folder.mkdir(parents=True, exist_ok=True)
    sizes = [int(n) for n in args.stories.split(",")]
    text = report(sizes, [measure(args.folder, n) for n in sizes])
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
