"""Every format that can be exported, with what it cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from communique.errors import UsageError
from communique.export import exercises, flat, gdelt, geojson, graph, icews, phoenix, plover
from communique.export.loss import Loss, as_json, as_markdown
from communique.export.types import Source
from communique.export.writing import Folder

Writer = Callable[[Source, Folder, Loss], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format."""

    name: str
    writer: Writer
    title: str
    table: str
    """events, exercises, or any."""
    readers: str
    """What reads it back in the tests."""
    files: str
    layout: str | None = None
    """Its columns, `communique.export.tables.columns`, where they are fixed."""
    header: bool = False
    cannot: tuple[str, ...] = ()
    """What it has no place for."""
    unknown: tuple[str, ...] = ()
    """Columns that stay empty, because a dataset does not know them."""


_STATUS = "status: planned and hypothetical acts are folded into another type or dropped, cancelled and denied ones dropped"
_NO_STATEMENTS = "statements, exercises and clusters"
_DYADIC = "compound actors: one row for each actor and recipient"
_CAMEO = "PLOVER's modes and contexts beyond the CAMEO code"
_SAID = "who asserts, alleges or denies an event"
_ROLE = "of several roles of an actor more than one"

_ALL = (
    Format(
        name="plover-json",
        writer=plover.write_plover,
        title="PLOVER events as JSON, with the fields of OEDA's gold standard records",
        table="events",
        readers="json",
        files="events.plover.json",
        cannot=(_STATUS, _SAID, "last day and precision of a date", "places after the first", "score", _NO_STATEMENTS),
        unknown=("eventText", "textInfo", "dateCoded"),
    ),
    Format(
        name="polecat",
        writer=plover.write_polecat,
        title="POLECAT's events",
        table="events",
        readers="pandas",
        files="ngecEvents.txt",
        layout="polecat",
        header=True,
        cannot=(_STATUS, _DYADIC, _SAID, _ROLE, "last day and precision of a date", "places after the first", "score", _NO_STATEMENTS),
        unknown=("Wikipedia Actor ID", "Wikipedia Recipient ID", "Story People", "Story Organizations", "Story Locations"),
    ),
    Format(
        name="icews",
        writer=icews.write_icews,
        title="ICEWS's events",
        table="events",
        readers="pandas",
        files="events.YYYYMMDDHHMMSS.tab",
        layout="icews",
        header=True,
        cannot=(
            _STATUS,
            _DYADIC,
            _CAMEO,
            _SAID,
            "events without recipient",
            "last day of a date",
            "places after the first",
            _NO_STATEMENTS,
        ),
        unknown=("Sentence Number",),
    ),
    Format(
        name="gdelt2",
        writer=gdelt.write_gdelt,
        title="GDELT 2 events and mentions",
        table="events",
        readers="pandas with gdeltPyR's columns",
        files="YYYYMMDDHHMMSS.export.CSV, YYYYMMDDHHMMSS.mentions.CSV",
        layout="gdelt2_events",
        cannot=(_STATUS, _DYADIC, _CAMEO, _SAID, "last day of a date", "places after the first", _NO_STATEMENTS),
        unknown=(
            "Actor1EthnicCode, Actor1Religion1Code, Actor1Religion2Code, Actor1Type2Code, Actor1Type3Code, and those of Actor2",
            "IsRootEvent",
            "AvgTone, MentionDocTone",
            "Actor1Geo and Actor2Geo, type 0",
            "ADM1 and ADM2 codes, FeatureID of other places than countries",
            "SentenceID, MentionDocTranslationInfo, Extras",
        ),
    ),
    Format(
        name="phoenix",
        writer=phoenix.write_phoenix,
        title="Phoenix's events",
        table="events",
        readers="pandas",
        files="events.full.YYYYMMDD.txt",
        layout="phoenix",
        cannot=(_STATUS, _DYADIC, _CAMEO, _SAID, "names of actors", "events without recipient", "last day of a date", _NO_STATEMENTS),
        unknown=("Issues",),
    ),
    Format(
        name="mme",
        writer=exercises.write_mme,
        title="exercises in the columns of MME (Multinational Military Exercises, long form)",
        table="exercises",
        readers="pandas",
        files="mme.csv",
        layout="mme",
        header=True,
        cannot=("status", "observers", "forces, purpose, against whom it is", "places after the first", "sources and evidence"),
    ),
    Format(
        name="geojson",
        writer=geojson.write_geojson,
        title="events as points (RFC 7946)",
        table="events",
        readers="geopandas, pyogrio",
        files="events.geojson",
        cannot=("places after the first", "titles and mentions of actors, spans", _NO_STATEMENTS),
    ),
    Format(
        name="ics",
        writer=exercises.write_ics,
        title="exercises as a calendar (RFC 5545)",
        table="exercises",
        readers="icalendar",
        files="exercises.ics",
        cannot=(
            "exercises of which only month or year is known",
            "hosts apart from participants, observers, forces",
            "places after the first",
        ),
    ),
    Format(
        name="graphml",
        writer=graph.write_graphml,
        title="who acts on whom, as GraphML",
        table="events",
        readers="networkx",
        files="events.graphml",
        cannot=("single events: they are counted by pair, type and status", "events without recipient", "places, attribution, score"),
    ),
    Format(
        name="gexf",
        writer=graph.write_gexf,
        title="who acts on whom, for Gephi",
        table="events",
        readers="networkx",
        files="events.gexf",
        cannot=("single events: they are counted by pair, type and status", "events without recipient", "places, attribution, score"),
    ),
    Format(
        name="csv",
        writer=flat.write_csv,
        title="tables of the dataset as CSV",
        table="any",
        readers="pandas",
        files="TABLE.csv",
        header=True,
        cannot=("types: lists are parted by |, structures are JSON; a text that begins like a formula begins with an apostrophe",),
    ),
    Format(name="jsonl", writer=flat.write_jsonl, title="tables as JSON lines", table="any", readers="json", files="TABLE.jsonl"),
    Format(name="parquet", writer=flat.write_parquet, title="tables as Parquet", table="any", readers="pyarrow", files="TABLE.parquet"),
)
FORMATS = {f.name: f for f in _ALL}
"""By name."""


def export(source: Source, kind: str, output: str | Path) -> Loss:
    """Write a dataset's facts in one format into a folder, with `loss.json` and `loss.md` beside them.

    Raises `UsageError` for a format that is not known, `WriteFailed` where a file cannot be written.
    """
    if kind not in FORMATS:
        raise UsageError(f"no format is called {kind!r}; there are {', '.join(FORMATS)}")
    form, folder, loss = FORMATS[kind], Folder(Path(output)), Loss()
    form.writer(source, folder, loss)
    loss.lost += Counter()  # drops the zeros
    for name, make in (("loss.json", as_json), ("loss.md", as_markdown)):
        with folder.create(name) as out:
            out.write(make(loss, source, kind, form.cannot, form.unknown))
    return loss
