"""One corpus coded at once, in ten portions, with 1, 2 and 8 workers, and on Ray: the digests of all tables.

Usage: python benchmarks/same_rows.py [--stories N] [--log FILE]. Needs raw/reuters21578.tar.gz under COMMUNIQUE_DATA, else takes our own stories.
Exit code 1 where a table differs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from communique.ingest.reading import read
from communique.run.api import run
from communique.settings import data_folder
from communique.store.dataset import open_dataset
from communique.types import RawDocument

ROOT = Path(__file__).resolve().parent.parent


def stories(folder: Path, count: int) -> list[Path]:
    """Ten files of stories by day of publication, as JSON lines."""

    archive = data_folder() / "raw/reuters21578.tar.gz"
    source = archive if archive.exists() else ROOT / "src/communique/demo/stories.jsonl"
    found = (s for s in read([source]) if isinstance(s, RawDocument) and s.published)
    every = list(islice(found, count * 40 if archive.exists() else None))
    # some of every day, so that clusters live over portions
    chosen = sorted(random.Random(1).sample(every, min(count, len(every))), key=lambda s: (s.published or "", s.id or ""))
    paths = []
    for day in range(10):
        part = chosen[day * len(chosen) // 10 : (day + 1) * len(chosen) // 10]
        path = folder / f"day{day}.jsonl"
        rows = ({f: getattr(s, f) for f in ("id", "title", "text", "publisher", "published")} for s in part)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        paths.append(path)
    return paths


def main() -> int:
    p = argparse.ArgumentParser()
    p.add_argument("--stories", type=int, default=200)
    p.add_argument("--log", type=Path)
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        days = stories(folder, args.stories)
        shuffled = random.Random(2).sample(days, len(days))
        ways = {
            "at once, 2 workers": lambda into: run(days, into=into, workers=2, shard_size=32),
            "ten daily portions": lambda into: [run(day, into=into, workers=1, shard_size=32) for day in days],
            "ten portions, shuffled": lambda into: [run(day, into=into, workers=1, shard_size=32) for day in shuffled],
            "1 worker": lambda into: run(days, into=into, workers=1, shard_size=17),
            "8 workers": lambda into: run(shuffled, into=into, workers=8, shard_size=5),
            "Ray": lambda into: run(days, into=into, workers=2, engine="ray", shard_size=32),
        }
        lines, tables = [], {}
        for way, do in ways.items():
            begin = time.monotonic()
            do(folder / way)
            snapshot = open_dataset(folder / way).snapshot()
            tables[way] = {n: (t.rows, t.digest) for n, t in snapshot.manifest.tables.items() if n not in ("runs", "redirects")}
            lines.append(f"{way:24} {snapshot.digest}  {time.monotonic() - begin:.0f} s")
        first = next(iter(tables.values()))
        lines += ["", *(f"{name:20} {rows:7,} rows  {digest}" for name, (rows, digest) in first.items())]
        odd = [f"{way}: {n} differs" for way, t in tables.items() for n in first if t[n] != first[n]]
        lines += ["", *(odd or ["every table is the same in every way"])]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if args.log:
        args.log.write_text(text, encoding="utf-8")
    return 1 if odd else 0


if __name__ == "__main__":
    raise SystemExit(main())
