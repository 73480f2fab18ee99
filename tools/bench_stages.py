"""The coder's processor time by stage, over the first Reuters stories of 1987, from raw text to records in one process.

Usage: python tools/bench_stages.py [--stories 400] [--write docs/stage-figures.md]
Needs raw/reuters21578.tar.gz under COMMUNIQUE_DATA. One thread; user and system time, so other programs on the machine count little.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

os.environ["COMMUNIQUE_THREADS"] = "1"

from bench_reuters import deliver, extract

from communique import api, pipeline
from communique.encoder import parser
from communique.ingest.reading import read
from communique.render.json import to_json
from communique.run.fingerprint import fingerprint
from communique.types import RawDocument, Record

STAGES: tuple[tuple[Any, str, str], ...] = (
    (api, "to_document", "language and id"),
    (pipeline, "split_sentences", "sentences and words"),
    (pipeline, "is_candidate", "gate: which sentences are read"),
    (parser.Parser, "parse", "reading: words in, tree and tags out"),
    (pipeline, "find_mentions", "mentions and coreference"),
    (pipeline, "find_times", "times"),
    (pipeline, "find_places", "places"),
    (pipeline, "find_statements", "statements"),
    (pipeline, "find_exercises", "exercises"),
    (pipeline, "find_events", "events"),
)
ENCODER, REST = "encoder (ONNX Runtime)", "all else"


class Clock:
    """Time of each stage less that of the stages that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner = [0.0]

    def timed(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        @wraps(call)
        def timer(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            begin = time.process_time()
            try:
                return call(*args, **kwargs)
            finally:
                spent = time.process_time() - begin
                self.seconds[name] = self.seconds.get(name, 0.0) + spent - self._inner.pop()
                self._inner[-1] += spent

        return timer


class Session:
    """The encoder's session, timed and counted."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._run = clock.timed(session.run, ENCODER)
        self.counts: Counter[str] = Counter()

    def run(self, names: list[str], feed: dict[str, Any]) -> Any:
        self.counts.update(runs=1, pieces=feed["ids"].size)
        return self._run(names, feed)


def measure(raws: list[RawDocument]) -> tuple[Clock, Counter[str], float]:
    """Times by stage, counts, and processor seconds of everything."""
    reader = parser.load_parser()
    for _ in api.stream(raws[:5]):  # tables are loaded before the clock starts
        pass
    clock = Clock()
    session = Session(reader._session, clock)
    reader._session = session  # pyright: ignore[reportAttributeAccessIssue]
    for where, name, label in STAGES:
        setattr(where, name, clock.timed(getattr(where, name), label))
    counts: Counter[str] = Counter()
    begin = time.process_time()
    coder = pipeline.Coder()
    for raw in raws:
        for record in coder.code([api.to_document(raw)]):
            counts["records"] += isinstance(record, Record)
            if isinstance(record, Record):
                counts["bytes"] += len(to_json(record))
    seconds = time.process_time() - begin
    counts["sentences"] = coder.sentences
    return clock, counts + session.counts, seconds


def integers() -> str:
    """What the processor has for products of 8-bit integers, on which the encoder's speed hangs most; '' where it does not say."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return ""
    found = [name for name in ("amx_int8", "avx512_vnni", "avx_vnni") if name in flags]
    return f"with {' and '.join(found)}" if found else "without VNNI"


def page(clock: Clock, n: Counter[str], seconds: float) -> str:
    f = fingerprint()
    rows = [*sorted(clock.seconds.items(), key=lambda x: -x[1]), (REST, seconds - sum(clock.seconds.values()))]
    return "\n".join(
        [
            "# Where the coder's time goes",
            "",
            "Written by `make bench-stages` (`tools/bench_stages.py`).",
            "",
            f"{n['records']} stories of Reuters 1987, {n['sentences']:,} sentences, from raw text to JSON in one process with one thread: {seconds:.1f} s of "
            f"processor time, **{n['sentences'] / seconds:.0f} sentences a second a core**.",
            f"The gate lets {n['runs']:,} sentences ({n['runs'] / n['sentences']:.0%}) to the encoder, each a run of its own, {n['pieces']:,} word pieces in all.",
            f"{platform.machine()} {integers()}, Python {platform.python_version()}; load of the machine {os.getloadavg()[0]:.1f}. "
            f"Model `{f.model[:12]}`, lexicon `{f.lexicon[:12]}`, code `{f.code[:12]}`.",
            "",
            "| stage | s | share | microseconds a sentence |",
            "| --- | ---: | ---: | ---: |",
            *(f"| {name} | {s:.2f} | {s / seconds:.1%} | {1e6 * s / n['sentences']:.0f} |" for name, s in rows),
        ]
    ) + "\n"  # fmt: skip


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--stories", type=int, default=400)
    p.add_argument("--write", type=Path)
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as name:
        raws = [r for r in read([extract(Path(name) / "reuters", args.stories)]) if isinstance(r, RawDocument)]
    text = page(*measure(raws))
    deliver(text, args.write)


if __name__ == "__main__":
    main()
