"""A dataset of any number of synthetic events, always the same for the same seed: for benchmarks and for trying the desk.

    python benchmarks/synthetic.py DATASET --events 1000000

Two thousand stories are made as records; copies of them get other days and ids. Actors follow a Zipf law over the countries of the
lexicon, days are spread over ten years. Nothing in it happened.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from communique.lexicon.codebook import scores
from communique.lexicon.tables import cells, read_table
from communique.resolve.gazetteer import load_gazetteer
from communique.store.compact import compact
from communique.store.dataset import Dataset, create_dataset
from communique.store.publish import Run, publish
from communique.store.rows import record_rows
from communique.store.schema import DOCUMENT_TABLES
from communique.store.shards import arrow, write_tables
from communique.types import Actor, Attribution, CastMember, Document, Event, Exercise, Force, Interval, Place, Record, Span, Statement

pc: Any = pyarrow.compute
STORIES = 2000
"""Stories that are made as records."""
EVENTS_A_STORY = 5
BASE = date(2020, 1, 1)
FIRST, DAYS = date(2015, 1, 1), 3653
"""Publication days: ten years."""
_WEIGHT = {"CONSULT": 22, "COOPERATE": 14, "ACCUSE": 12, "SUPPORT": 8, "REQUEST": 8, "AGREE": 7, "REJECT": 6, "ASSAULT": 6, "THREATEN": 5}
_VERBS = {"CONSULT": "met", "COOPERATE": "worked with", "ACCUSE": "accused", "SUPPORT": "backed", "ASSAULT": "attacked", "AID": "aided"}
_WORDS = "talks border energy trade fleet treaty grain embassy drill missile summit election pipeline court refugees tariff".split()


class Maker:
    """Makes records from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        states = {r["iso3"]: r for r in reversed(read_table("countries.tsv")) if "territory" not in r["notes"]}
        rows = [{**r, "capital": cells(r["capital"])[0]} for _, r in sorted(states.items()) if r["capital"]]
        rows = [r for r in rows if load_gazetteer().find(r["capital"])]
        self.random.shuffle(rows)
        first = ["CHN", "USA", "RUS", "UKR", "ISR", "IRN", "GBR", "FRA", "IND", "PAK", "JPN", "KOR", "PRK", "TUR", "SYR", "DEU"]
        self.countries = sorted(rows, key=lambda r: first.index(r["iso3"]) if r["iso3"] in first else len(first))
        self.weights = [1 / (n + 1) for n in range(len(self.countries))]
        self.codes = [(r["type"], r["mode"] or None) for r in read_table("plover.tsv")]
        self.code_weights = [_WEIGHT.get(t, 2) for t, _ in self.codes]
        self.seen: set[tuple[int, str, Span]] = set()

    def country(self) -> dict[str, str]:
        return self.random.choices(self.countries, self.weights)[0]

    def place(self, row: dict[str, str], span: Span | None) -> Place:
        found = load_gazetteer().find(row["capital"])
        city = max(found, key=lambda e: (e.country == row["iso3"], e.kind == "city", e.population))
        return Place(
            text=row["capital"],
            span=span,
            name=city.name,
            geonameid=city.geonameid,
            country=row["iso3"],
            latitude=round(city.latitude + self.random.uniform(-1.5, 1.5), 4),
            longitude=round(city.longitude + self.random.uniform(-1.5, 1.5), 4),
            kind="city",
            score=0.9,
        )

    def story(self, number: int) -> Record:
        """One story with five events, a statement, and sometimes an exercise."""
        text, actors, events, times, places = "", {}, [], [], []
        for n in range(EVENTS_A_STORY):
            one, two = self.country(), self.country()
            type_, mode = self.random.choices(self.codes, self.code_weights)[0]
            start = len(text)
            words = " ".join(self.random.sample(_WORDS, 3))
            text += f"{one['name']} {_VERBS.get(type_, type_.lower())} {two['name']} over {words} in {one['capital']}. "
            first, second = (self.actor(r, text.index(r["name"], start), actors) for r in (one, two))
            verb = start + len(one["name"]) + 1
            day = BASE - timedelta(days=self.random.choice((0, 0, 1, 1, 2, 7)))
            when = Interval(value=str(day), start=str(day), end=str(day), precision="day", basis="text", span=(verb, verb + 3))
            where = self.place(one, (text.rindex(one["capital"]), text.rindex(one["capital"]) + len(one["capital"])))
            times.append(when)
            places.append(where)
            status = self.random.choices(("past", "ongoing", "planned", "hypothetical"), (80, 8, 10, 2))[0]
            said = self.random.random() < 0.2
            events.append(
                Event(
                    id=f"e{n + 1}",
                    type=type_,
                    mode=mode,
                    contexts=tuple(self.random.sample(("military", "economic", "diplomatic", "legal"), self.random.choice((0, 1, 1, 2)))),
                    actors=(first,),
                    recipients=(second,) if self.random.random() < 0.85 else (),
                    status=status,
                    date=when,
                    places=(where,),
                    attribution=Attribution(speaker=second, stance="alleges", span=None) if said else None,
                    trigger=(verb, verb + 3 + n),
                    evidence=((start, len(text) - 1),),
                    score=round(self.random.betavariate(6, 2), 3),
                )
            )
        cast = tuple(
            CastMember(
                id=a.id or "", name=a.name, country=a.country, organization=None, sector=a.sector, title=None, mentions=(a.span or (0, 1),)
            )
            for a in actors.values()
        )
        speaker = next(iter(actors.values()))
        statement = Statement(
            id="s1",
            speaker=speaker,
            verb="say",
            addressee=None,
            direct=False,
            quote=(0, 40),
            text=text[:40],
            date=times[0],
            about=("e1",),
            evidence=((0, 60),),
        )
        publisher = f"Wire {self.random.randrange(12)}"
        document = Document(
            id=f"{number:05d}",
            title=text[:60],
            publisher=publisher,
            url=f"https://example.org/{number}",
            language="en",
            published=str(BASE),
            text=text,
        )
        exercises = (self.exercise(list(actors.values()), places[0]),) if number % 20 == 0 else ()
        return Record(
            document=document,
            actors=cast,
            events=tuple(events),
            statements=(statement,),
            exercises=exercises,
            times=tuple(times),
            places=tuple(places),
        )

    def actor(self, row: dict[str, str], at: int, actors: dict[str, Actor]) -> Actor:
        known = actors.get(row["iso3"])
        if known is None:
            sector = self.random.choices(("GOV", "MIL", "LEG", "OPP", "CVL"), (70, 15, 5, 5, 5))[0]
            known = Actor(name=row["name"], country=row["iso3"], sector=sector, span=(at, at + len(row["name"])), id=f"a{len(actors) + 1}")
            actors[row["iso3"]] = known
        return replace(known, span=(at, at + len(row["name"])))

    def exercise(self, actors: list[Actor], place: Place) -> Exercise:
        series = self.random.choice(("Northern Shield", "Blue Wave", "Iron Union", "Desert Star"))
        end = BASE + timedelta(days=self.random.randrange(3, 12))
        troops = Force(kind="troops", count=self.random.randrange(500, 20_000, 100), at_least=False, of=None, claimed_by=None, span=(0, 5))
        return Exercise(
            id="x1",
            name=series,
            series=series,
            edition=None,
            status="ongoing",
            hosts=(actors[0],),
            participants=tuple(actors[:2]),
            observers=(),
            start=str(BASE),
            end=str(end),
            places=(place,),
            domains=(self.random.choice(("land", "sea", "air")),),
            kind="field",
            focus=(),
            forces=(troops,),
            purpose=None,
            directed_at=(),
            reactions=(),
            evidence=((0, 60),),
        )


def templates(seed: int, stories: int = STORIES) -> dict[str, pa.Table]:
    """The rows of the stories that are copied, by table."""
    maker = Maker(seed)
    made = [record_rows(maker.story(n), codes=scores, run_id="synthetic") for n in range(stories)]
    return {name: arrow(name, [r for rows in made for r in rows.get(name, ())]) for name in DOCUMENT_TABLES if name != "rejects"}


_IDS = ("event_id", "statement_id", "exercise_id")
_ID_LISTS = ("about_ids", "reaction_ids")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def copies(base: dict[str, pa.Table], count: int, seed: int) -> Iterator[dict[str, pa.Table]]:
    """Each copy with days and ids of its own."""
    stories = len(base["documents"])
    for copy in range(count):
        shift = np.random.default_rng([seed, copy]).integers(0, DAYS, stories) - (BASE - FIRST).days
        code = "".join(_ALPHABET[copy // 32**k % 32] for k in (3, 2, 1, 0))
        yield {name: _copied(table, shift, code, f"syn-{copy:05d}-") for name, table in base.items()}


def _copied(table: pa.Table, shift: np.ndarray, code: str, prefix: str) -> pa.Table:
    days = pa.array(shift[pc.cast(table["document_id"], pa.int32()).to_numpy()].astype("int32"))
    for n, field in enumerate(table.schema):
        column = table[field.name].combine_chunks()
        if field.name == "document_id":
            column = pc.binary_join_element_wise(prefix, column, "")
        elif field.name in _IDS:
            column = _other_id(column, code)
        elif field.name in _ID_LISTS:
            column = pa.ListArray.from_arrays(column.offsets, _other_id(column.values, code))
        elif field.type == pa.date32():
            column = _moved(column, days)
        elif field.name in ("published", "start", "end", "value"):
            column = _moved_text(column, days)
        elif field.name == "date" and column.null_count < len(column):
            fields = [
                _moved_text(column.field(f.name), days) if f.name in ("value", "start", "end") else column.field(f.name) for f in field.type
            ]
            column = pa.StructArray.from_arrays(fields, fields=list(field.type), mask=column.is_null())
        else:
            continue
        table = table.set_column(n, field, column)
    return table


def _other_id(column: pa.Array, code: str) -> pa.Array:
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(column, 0, 2), code, pc.utf8_slice_codeunits(column, 6), "")


def _moved(column: pa.Array, days: pa.Array) -> pa.Array:
    return pc.cast(pc.add(pc.cast(column, pa.int32()), days), pa.date32())


def _moved_text(column: pa.Array, days: pa.Array) -> pa.Array:
    return pc.cast(_moved(pc.cast(column, pa.date32()), days), pa.string())


def make(dataset: Dataset, events: int, *, seed: int = 1, stories: int = STORIES, progress: bool = False) -> int:
    """Fill a dataset with at least this many events, published and compacted; returns how many there are."""
    base = templates(seed, stories)
    count = -(-events // len(base["events"]))
    for number, tables in enumerate(copies(base, count, seed)):
        write_tables(dataset, f"synthetic-{number:05d}", tables, run_id="synthetic")
        if progress:
            sys.stderr.write(f"\r{(number + 1) * len(base['events']):,} events ")
    publish(dataset, Run(run_id="synthetic", started="2025-01-01T00:00:00Z", version="synthetic", sources=(f"seed {seed}",)))
    compact(dataset, keep=0)
    return dataset.snapshot().rows("events")


def main() -> None:
    p = argparse.ArgumentParser(description="Make a dataset of synthetic events.")
    p.add_argument("dataset", metavar="DATASET")
    p.add_argument("--events", type=int, default=1_000_000)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    made = make(create_dataset(args.dataset), args.events, seed=args.seed, progress=True)
    sys.stderr.write(f"\r{made:,} events in {args.dataset}\n")


if __name__ == "__main__":
    main()
