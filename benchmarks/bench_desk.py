"""Twenty readers at the desk: times of pages and of JSON lists, and memory, over a synthetic dataset.

    python benchmarks/bench_desk.py build/bench-desk --events 1000000 --seconds 60

The desk runs as `communique serve`. Each reader asks one address, reads for a while (`--think` seconds on average, 0 for none) and asks the
next; addresses are drawn from all pages with filters drawn anew, so that most answers are made and not remembered.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
CODES = "CHN USA RUS UKR ISR IRN GBR FRA IND PAK JPN KOR PRK TUR SYR DEU AFG BRA KEN MEX".split()
TYPES = "CONSULT COOPERATE ACCUSE SUPPORT REQUEST AGREE REJECT ASSAULT THREATEN SANCTION".split()
WORDS = "talks border energy trade fleet treaty grain embassy drill missile summit election pipeline court refugees tariff".split()
FLOORS = {"page": 0.2, "json": 0.12}
"""95th percentiles in seconds."""


@dataclass(slots=True)
class Told:
    """What the readers saw."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def filters(r: random.Random) -> str:
    """A question as readers ask it."""
    year = r.randrange(2015, 2025)
    choices = (
        lambda: f"actor={r.choice(CODES)}",
        lambda: f"dyad={r.choice(CODES)}:{r.choice(CODES)}&since={year}",
        lambda: f"type={r.choice(TYPES)}&since={year}-{r.randrange(1, 13):02d}&until={year}-12",
        lambda: f"text={r.choice(WORDS)}+{r.choice(WORDS)}&actor={r.choice(CODES)}",
        lambda: f"party={r.choice(CODES)}&quad={r.randrange(1, 5)}",
        lambda: f"since={year}-{r.randrange(1, 13):02d}-{r.randrange(1, 28):02d}&until={year}-12-31",
        lambda: "",
    )
    return r.choice(choices)()


def draw(r: random.Random, stories: list[str], events: list[str]) -> tuple[str, str]:
    """Kind and address of the next question."""
    kinds = (
        (16, "page", lambda: f"/stories/{r.choice(stories)}"),
        (12, "page", lambda: f"/events?{filters(r)}"),
        (8, "page", lambda: f"/search?{filters(r)}"),
        (6, "page", lambda: f"/timeline?{filters(r)}"),
        (5, "page", lambda: f"/dyads?{filters(r)}"),
        (5, "page", lambda: f"/map?{filters(r)}"),
        (4, "page", lambda: f"/actors/{r.choice(CODES)}"),
        (4, "page", lambda: f"/statements?actor={r.choice(CODES)}"),
        (4, "page", lambda: f"/exercises?party={r.choice(CODES)}"),
        (2, "page", lambda: f"/exercises?view=calendar&party={r.choice(CODES)}"),
        (4, "page", lambda: f"/events/{r.choice(events)}"),
        (4, "page", lambda: r.choice(("/", "/actors", "/method", "/docs", "/code", "/stories"))),
        (16, "json", lambda: f"/events.json?{filters(r)}"),
        (5, "json", lambda: f"/statements.json?actor={r.choice(CODES)}"),
        (3, "json", lambda: f"/exercises.json?party={r.choice(CODES)}"),
        (2, "json", lambda: f"/stories.json?published-since={r.randrange(2015, 2025)}"),
    )
    _, kind, make = r.choices(kinds, [k[0] for k in kinds])[0]
    return kind, make()


def ask(connection: http.client.HTTPConnection, address: str) -> tuple[int, bytes]:
    """Status and body."""
    connection.request("GET", address, headers={"accept-encoding": "gzip", "accept": "text/html" if ".json" not in address else "*/*"})
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, gzip.decompress(body) if answer.getheader("content-encoding") == "gzip" and len(body) < 4000 else body


def read(port: int, seed: int, end: float, think: float, known: tuple[list[str], list[str]], told: Told) -> None:
    """One reader."""
    r = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < end:
        kind, address = draw(r, *known)
        began = time.perf_counter()
        status, body = ask(connection, address)
        taken = time.perf_counter() - began
        with told.lock:
            told.times[kind].append(taken)
            told.times[re.split(r"[?]|/e_|/syn-", address)[0].split("/")[1] + (" json" if kind == "json" else "")].append(taken)
            if status != 200:
                told.failures.append(f"{status} {address} {body[:200]!r}")
        if think:
            time.sleep(r.expovariate(1 / think))


@contextmanager
def desk(dataset: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a desk."""
    command = [sys.executable, "-m", "communique", "serve", str(dataset), "--port", "0", "--rate", "100000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
                if found:
                    break
            else:
                raise SystemExit("the desk did not open")
            yield int(found[1]), process.pid
        finally:
            process.terminate()
            process.wait(20)


def memory(pid: int) -> int:
    """Bytes that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def processor(pid: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def known_ids(port: int) -> tuple[list[str], list[str]]:
    """Some stories and events to ask for."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def rows(address: str) -> list[dict[str, Any]]:
        connection.request("GET", address)
        return json.loads(connection.getresponse().read())["rows"]

    years = range(2015, 2025)
    stories = [r["document_id"] for y in years for r in rows(f"/stories.json?limit=100&columns=document_id&published-until={y}")]
    events = [r["event_id"] for y in years for r in rows(f"/events.json?limit=100&columns=event_id&until={y}")]
    return stories, events


def measure(dataset: Path, *, seconds: float, readers: int, think: float, warm: float) -> dict[str, Any]:
    """Run the readers and say what they saw."""
    with desk(dataset) as (port, pid):
        known = known_ids(port)
        _run(port, readers, warm, think, known, 10_000)
        sampled, told, spent = [memory(pid)], Told(), processor(pid)
        end = time.monotonic() + seconds

        def sample() -> None:
            while time.monotonic() < end:
                time.sleep(min(5.0, seconds / 4))
                sampled.append(memory(pid))

        watcher = threading.Thread(target=sample)
        watcher.start()
        _run(port, readers, seconds, think, known, 0, told)
        watcher.join()
        spent = processor(pid) - spent
    half = sampled[len(sampled) // 2 :]
    return {
        "requests": sum(len(told.times[k]) for k in ("page", "json")),
        "failures": told.failures,
        "processor": spent / max(sum(len(told.times[k]) for k in ("page", "json")), 1),
        "times": {
            k: {"n": len(v), "p50": percentile(v, 0.5), "p95": percentile(v, 0.95), "p99": percentile(v, 0.99)}
            for k, v in told.times.items()
        },
        "memory": {"first": sampled[0], "last": sampled[-1], "most": max(sampled), "half_least": min(half), "half_most": max(half)},
    }


def _run(port: int, readers: int, seconds: float, think: float, known: Any, seed: int, told: Told | None = None) -> None:
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=read, args=(port, seed + n, end, think, known, told or Told())) for n in range(readers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def report(found: dict[str, Any], about: str) -> str:
    """The figures as a page."""
    lines = [
        "# Figures of the desk",
        "",
        about,
        "",
        "| what | requests | median | 95th percentile | 99th |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    order = sorted(found["times"], key=lambda k: (k not in ("page", "json"), k))
    named = {"page": "**all pages** (floor 200 ms)", "json": "**all JSON lists** (floor 120 ms)", "": "front page"}
    for k in order:
        t = found["times"][k]
        lines.append(f"| {named.get(k, k)} | {t['n']:,} | {t['p50'] * 1000:.0f} ms | {t['p95'] * 1000:.0f} ms | {t['p99'] * 1000:.0f} ms |")
    m = found["memory"]
    lines += ["", f"Memory: {m['first'] / 1e6:.0f} MB when warm, {m['last'] / 1e6:.0f} MB at the end, {m['most'] / 1e6:.0f} MB at most."]
    lines += [f"In the second half of the run: {m['half_least'] / 1e6:.0f} MB at least, {m['half_most'] / 1e6:.0f} MB at most."]
    lines += [f"Processor time of the desk: {found['processor'] * 1000:.0f} ms a request."]
    lines += [f"Requests: {found['requests']:,}; failures: {len(found['failures'])}."]
    return "\n".join(lines) + "\n"


def main() -> int:
    p = argparse.ArgumentParser(description="Measure the desk under load.")
    p.add_argument("dataset", metavar="DATASET", type=Path, help="made where it is not there")
    p.add_argument("--events", type=int, default=1_000_000)
    p.add_argument("--seconds", type=float, default=60.0)
    p.add_argument("--readers", type=int, default=20)
    p.add_argument("--think", type=float, default=1.0)
    p.add_argument("--warm", type=float, default=10.0)
    p.add_argument("--write", type=Path, help="write the figures there")
    args = p.parse_args()
    if not (args.dataset / "CURRENT").exists():
        import synthetic

        from communique.store.dataset import create_dataset

        synthetic.make(create_dataset(args.dataset), args.events, progress=True)
    busy = os.getloadavg()[0]
    found = measure(args.dataset, seconds=args.seconds, readers=args.readers, think=args.think, warm=args.warm)
    about = (
        f"{args.readers} readers at once for {args.seconds:.0f} s on loopback over {args.events:,} synthetic events; each reads {args.think:g} s on "
        f"average between questions. {os.cpu_count()} cores, shared with the readers; load average of the machine before the run {busy:.1f}. `python benchmarks/bench_desk.py`."
    )
    text = report(found, about)
    sys.stdout.write(text)
    for failure in found["failures"][:5]:
        sys.stderr.write(failure + "\n")
    if args.write:
        args.write.write_text(text, encoding="utf-8")
    slow = [k for k, floor in FLOORS.items() if found["times"][k]["p95"] > floor]
    return 1 if found["failures"] or slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
