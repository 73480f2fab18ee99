"""How the cost of versions, clusters and merging grows with the number of stories, on made-up wire stories.

    python benchmarks/stories_growth.py [--most 1000000] [--grow days|rate] [--json FILE]

`days`: 1,000 stories a day, ever more days, as a wire service grows. `rate`: 40 days, ever more stories a day, so that the window
itself grows. Sketches and facts lie in files by day, as in a dataset, and are read again in each stage; making them is not timed. Prints
processor seconds of each stage and time(2n)/time(n); the floor is 2.3.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from communique.stories import windows
from communique.stories.order import day_of, iso_day
from communique.stories.sketch import Views, encode, views_of
from communique.stories.types import Day, EventView, ExerciseStory, ExerciseView, Filing, Sketch
from communique.stories.update import Steps
from communique.types import Actor, Document, Event, Exercise, Interval, Record

FIRST = day_of("2010-01-01") or 0
COUNTRIES = [a + b + c for a in "ABCDEF" for b in "GHIJK" for c in "LMNOP"]
SYLLABLES = [c + v for c in "bcdfghjklmnprstvz" for v in "aeiou"]


class Wire:
    """Makes stories: happenings of one to forty stories over three days, one story in ten sent again or corrected."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=3)) for _ in range(8000)]
        self.names = ["".join(self.random.choices(SYLLABLES, k=4)).capitalize() for _ in range(6000)]
        self.common = [1 / (n + 10) for n in range(len(self.words))]
        self.number = 0

    def happening(self, day: int) -> dict[str, Any]:
        r = self.random
        return {
            "day": day,
            "words": r.choices(self.words, k=25),
            "names": r.choices(self.names, k=6),
            "actors": r.sample(COUNTRIES, 2),
            "type": r.choice(("ASSAULT", "CONSULT", "AID", "COERCE", "ACCUSE")),
            "exercise": f"{r.choice(self.names)} Shield" if r.random() < 0.01 else None,
        }

    def text(self, h: dict[str, Any]) -> str:
        r = self.random
        names, own, other = r.choices(h["names"], k=12), r.choices(h["words"], k=25), r.choices(self.words, self.common, k=50)
        words = [*names, *own, *other]
        r.shuffle(words)
        return " ".join(w + ("." if n % 15 == 14 else "") for n, w in enumerate(words))

    def story(self, h: dict[str, Any], text: str, day: int) -> Views:
        self.number += 1
        published = iso_day(day) or ""
        date = Interval(value=published, start=published, end=published, precision="day")
        sides = tuple((Actor(name=c, country=c, sector="GOV"),) for c in h["actors"])
        fields = {"mode": None, "contexts": (), "status": "past", "date": date, "places": (), "attribution": None, "trigger": None}
        killed = self.random.choice((12, 15))
        event = Event(id="e1", type=h["type"], actors=sides[0], recipients=sides[1], evidence=((0, 30),), score=0.8, **fields)
        document = Document(
            id=f"s{self.number:08d}",
            title=None,
            publisher="Wire",
            url=None,
            language="en",
            published=published,
            text=f"They killed {killed} people. {text}",
        )
        drills = (_exercise(h["exercise"], sides, published),) if h["exercise"] else ()
        return views_of(Record(document=document, actors=(), events=(event,), statements=(), exercises=drills, times=(), places=()))

    def days(self, count: int, rate: int) -> Iterable[tuple[int, list[Views]]]:
        """Stories of each day."""
        r, open_happenings = self.random, []
        for day in range(FIRST, FIRST + count):
            today: list[Views] = []
            texts: list[tuple[dict[str, Any], str]] = []
            open_happenings = [(h, left) for h, left in open_happenings if day - h["day"] < 3]
            while len(today) < rate:
                if texts and r.random() < 0.1:
                    h, text = r.choice(texts)
                    today.append(self.story(h, text if r.random() < 0.5 else f"{text} {' '.join(r.choices(self.words, k=4))}", day))
                    continue
                if not open_happenings or r.random() < 0.4:
                    open_happenings.append((self.happening(day), min(40, int(r.paretovariate(1.2)))))
                n = r.randrange(len(open_happenings))
                h, left = open_happenings[n]
                open_happenings[n] = (h, left - 1) if left > 1 else open_happenings[-1]
                if left <= 1:
                    open_happenings.pop()
                text = self.text(h)
                texts.append((h, text))
                today.append(self.story(h, text, day))
            yield day, today


def _exercise(name: str, sides: tuple[tuple[Actor, ...], ...], day: str) -> Exercise:
    empty: dict[str, Any] = dict.fromkeys(("observers", "places", "domains", "focus", "forces", "directed_at", "reactions", "evidence"), ())
    return Exercise(
        id="x1", name=name, series=name, edition=day[:4], status="completed", hosts=sides[0], participants=(*sides[0], *sides[1]), start=day, end=day,
        kind=None, purpose=None, **empty,
    )  # fmt: skip


class Files:
    """A book over files by day, without filings: a first update."""

    def __init__(self, folder: Path, most_days: int | None = None) -> None:
        self._folder = folder
        self._days = sorted(int(p.stem) for p in folder.glob("*.day"))[:most_days]

    @staticmethod
    def write(folder: Path, day: int, stories: Sequence[Views]) -> None:
        """Keep one day."""
        rows = [(encode(v.sketch), encode(v.events), encode(v.exercises) if v.exercises else b"") for v in stories]
        (folder / f"{day}.day").write_bytes(msgspec.msgpack.encode(rows))

    def _rows(self, day: int) -> list[tuple[bytes, bytes, bytes]]:
        return msgspec.msgpack.decode((self._folder / f"{day}.day").read_bytes(), type=list[tuple[bytes, bytes, bytes]])

    def changed(self) -> Iterable[tuple[Day, str]]:
        """Every story."""
        return ((day, s.document_id) for day in self._days for s in self.sketches(day))

    def days(self) -> Iterable[Day]:
        return list(self._days)

    def sketches(self, day: Day) -> Sequence[Sketch]:
        decoder = msgspec.msgpack.Decoder(Sketch)
        return [decoder.decode(s) for s, _, _ in self._rows(day or 0)]

    def filings(self, day: Day) -> Mapping[str, Filing]:
        return {}

    def cluster_days(self, cluster_ids: Iterable[str]) -> Mapping[str, Iterable[Day]]:
        return {}

    def events(self, day: Day) -> Mapping[str, Sequence[EventView]]:
        decoder = msgspec.msgpack.Decoder(tuple[EventView, ...])
        return {s.document_id: decoder.decode(e) for s, (_, e, _) in zip(self.sketches(day), self._rows(day or 0))}

    def exercises(self) -> Iterable[ExerciseStory]:
        for day in self._days:
            for sketch, (_, _, x) in zip(self.sketches(day), self._rows(day)):
                if x:
                    told = msgspec.msgpack.decode(x, type=tuple[ExerciseView, ...])
                    yield ExerciseStory(
                        document_id=sketch.document_id, published=sketch.published, publisher=sketch.publisher, filing=None, exercises=told
                    )

    def merged_events(self, cluster_ids: Iterable[str]) -> Mapping[str, str]:
        return {}

    def merged_exercises(self) -> Mapping[str, str]:
        return {}


class Clock:
    """Adds up the processor time in wrapped functions: other work on the machine does not count."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def wrap(self, name: str, function: Any) -> Any:
        def timed(*args: Any, **more: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **more)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start

        return timed


def measure(folder: Path, days: int | None) -> dict[str, float]:
    """Seconds of each stage over the first days of a folder."""
    book, clock = Files(folder, days), Clock()
    kept = windows.file_versions, windows.file_clusters
    windows.file_versions, windows.file_clusters = clock.wrap("dedupe", kept[0]), clock.wrap("cluster", kept[1])
    try:
        start = time.process_time()
        steps = Steps(book, book.changed())
        filed = time.process_time()
        clusters = events = 0
        for c in steps.clusters():
            clusters += 1
            events += len(c.events)
        exercises = len(steps.exercises())
    finally:
        windows.file_versions, windows.file_clusters = kept
    total = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        **clock.seconds,
        "merge": time.process_time() - filed,
        "all": total,
        "clusters": clusters,
        "events": events,
        "exercises": exercises,
        "peak_mib": peak,
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--most", type=int, default=1_000_000, help="stories of the largest run")
    p.add_argument("--steps", type=int, default=4, help="runs, each with twice the stories of the one before")
    p.add_argument("--grow", choices=("days", "rate"), default="days")
    p.add_argument("--json", type=Path)
    p.add_argument("--write", type=Path, help="the table as Markdown, docs/stories-figures.md")
    args = p.parse_args()
    sizes = [args.most >> k for k in reversed(range(args.steps))]
    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            days, rate = (max(1, size // 1000), min(size, 1000)) if args.grow == "days" else (40, size // 40)
            folder = Path(place) / (str(size) if args.grow == "rate" else "all")
            folder.mkdir(exist_ok=True)
            if args.grow == "rate" or not any(folder.iterdir()):
                for day, stories in Wire(7).days(days if args.grow == "rate" else max(1, sizes[-1] // 1000), rate):
                    Files.write(folder, day, stories)
            rows.append({"stories": days * rate, **measure(folder, days)})
            print(_line(rows), file=sys.stdout, flush=True)
    if args.write:
        args.write.write_text(table(rows, args.grow), encoding="utf-8")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def table(rows: Sequence[dict[str, float]], grow: str) -> str:
    """The figures as a page."""
    stages = ("dedupe", "cluster", "merge", "all")
    out = [
        "# Figures of the stories beside each other",
        "",
        f"Written by `python benchmarks/stories_growth.py --grow {grow} --write docs/stories-figures.md`. Processor seconds of one process, in brackets",
        "time(2n)/time(n) (floor 2.3); made-up wire stories, sketches read from files by day as in a dataset. Making them is not timed.",
        "",
        "| stories | versions | clusters | merging | all | clusters found | merged events | exercises | peak memory |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for n, r in enumerate(rows):
        told = [f"{r[s]:.1f}" + (f" ({r[s] / rows[n - 1][s]:.2f})" if n else "") for s in stages]
        counts = [f"{int(r[c]):,}" for c in ("clusters", "events", "exercises")]
        out.append(f"| {int(r['stories']):,} | " + " | ".join([*told, *counts]) + f" | {r['peak_mib']:.0f} MiB |")
    return "\n".join(out) + "\n"


def _line(rows: Sequence[dict[str, float]]) -> str:
    now, before = rows[-1], rows[-2] if len(rows) > 1 else None
    out = [f"{int(now['stories']):>8} stories"]
    for stage in ("dedupe", "cluster", "merge", "all"):
        ratio = f" (x{now[stage] / before[stage]:.2f})" if before else ""
        out.append(f"{stage} {now[stage]:.1f} s{ratio}")
    out.append(
        f"{int(now['clusters'])} clusters, {int(now['events'])} events, {int(now['exercises'])} exercises, peak {now['peak_mib']:.0f} MiB"
    )
    return "; ".join(out)


if __name__ == "__main__":
    main()
