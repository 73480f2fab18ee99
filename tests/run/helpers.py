"""A small corpus of many kinds of files, made here, and looks at datasets."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from communique.run.api import run
from communique.run.types import Report
from communique.store.dataset import open_dataset

_PAIRS = [
    ("Norway", "Russia", "Oslo"),
    ("Peru", "Chile", "Lima"),
    ("Kenya", "Somalia", "Nairobi"),
    ("France", "Germany", "Paris"),
    ("Japan", "China", "Tokyo"),
    ("Canada", "Belarus", "Ottawa"),
    ("Egypt", "Sudan", "Cairo"),
    ("Poland", "Ukraine", "Warsaw"),
]
_ACTS = [
    "{a} expelled two diplomats of {b} on Tuesday.",
    "{a} and {b} signed an agreement in {c} on Monday.",
    "{a} accused {b} of violating its border.",
    "{a} imposed sanctions on {b}, officials said in {c}.",
    "{a} sent 200 tonnes of food to {b} on Friday.",
]


def text_of(number: int) -> str:
    """A short story, a different one for each number."""
    a, b, c = _PAIRS[number % len(_PAIRS)]
    return f"{_ACTS[number % len(_ACTS)].format(a=a, b=b, c=c)} It was report {number} of the day."


def day_of(number: int) -> str:
    return f"2024-03-{number % 10 + 1:02d}"


def row(number: int, name: str | None = None) -> str:
    return json.dumps({"id": name or f"s{number}", "text": text_of(number), "published": day_of(number)})


def corpus(folder: Path, stories: int = 40) -> Path:
    """Stories as JSON lines, gzipped CSV and single texts, with a bad line, a bad file and one story that comes twice."""
    folder.mkdir(parents=True, exist_ok=True)
    third = stories // 3
    lines = [row(n) for n in range(third)] + ["{broken", row(0)]
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = "id,body,date\n" + "".join(f'c{n},"{text_of(n)}",{day_of(n)}\n' for n in range(third, 2 * third))
    (folder / "b.csv.gz").write_bytes(gzip.compress(table.encode(), mtime=0))
    (folder / "texts").mkdir(exist_ok=True)
    for n in range(2 * third, stories):
        (folder / f"texts/{n:03d}.txt").write_text(text_of(n), encoding="utf-8")
    (folder / "texts/bad.bin").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return folder


def go(sources: object, into: Path, **options: object) -> Report:
    """A run in this process with small shards."""
    settings = {"workers": 0, "shard_size": 5, "published": "2024-03-07", **options}
    return run(sources, into=into, **settings)  # type: ignore[arg-type]


def digest(into: Path) -> str:
    return open_dataset(into).snapshot().digest


def ids(into: Path) -> list[str]:
    return sorted(open_dataset(into).snapshot().read("documents", ["document_id"])["document_id"].to_pylist())


def tables(into: Path) -> dict[str, tuple[int, str]]:
    """Rows and digest of every table but those of the history."""
    return {n: (t.rows, t.digest) for n, t in open_dataset(into).snapshot().manifest.tables.items() if n not in ("runs", "redirects")}
