"""Exports are read back with what their users read them with; no row has too many or too few columns; the loss report adds up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique.cli import main
from communique.export.codes import cameo, cameo_code
from communique.export.dyads import expand
from communique.export.formats import FORMATS, export
from communique.export.status import Dropped, fold
from communique.export.tables import columns, table
from communique.lexicon.codebook import scores
from communique.lexicon.tables import read_table
from communique.store.filters import EVENT_TYPES
from communique.types import Actor, Attribution, Event, Place, Record
from store.helpers import dataset_at
from store.strategies import EVENTS, RECORDS

from .helpers import day, event, exercise, party, record, source_from

TYPES = st.sampled_from(EVENT_TYPES)
STATUSES = st.sampled_from(["past", "ongoing", "planned", "cancelled", "hypothetical", "denied"])
RAW = RECORDS.flatmap(
    lambda r: st.lists(st.builds(lambda e, t, s: replace(e, type=t, mode=None, status=s), EVENTS, TYPES, STATUSES), max_size=4).map(
        lambda es: replace(r, events=tuple(replace(e, trigger=(i, i + 1)) for i, e in enumerate(es)))
    )
)
MANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(path: Path) -> list[list[str]]:
    data = path.read_bytes().decode("utf-8")
    assert "\r" not in data and '"' not in data
    return [line.split("\t") for line in data.split("\n")[:-1]]


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


@MANY
@given(st.lists(RAW, max_size=3), st.sampled_from(["polecat", "icews", "gdelt2", "phoenix"]))
def test_every_row_has_the_columns_of_its_layout(tmp_path_factory, records: list[Record], kind: str):
    folder = tmp_path_factory.mktemp(kind)
    loss = export(source_from(records), kind, folder)
    layouts = {n: "gdelt2_mentions" if "mentions" in n else FORMATS[kind].layout for n in loss.rows}
    for name, layout in layouts.items():
        rows = rows_of(folder / name)
        assert {len(r) for r in rows} <= {len(columns(layout or ""))}
        assert len(rows) == loss.rows[name] + FORMATS[kind].header


@MANY
@given(st.lists(RAW, max_size=3), st.sampled_from([k for k, f in FORMATS.items() if f.table == "events"]))
def test_the_loss_report_adds_up(tmp_path_factory, records: list[Record], kind: str):
    folder = tmp_path_factory.mktemp(kind)
    loss = export(source_from(records), kind, folder)
    report = json.loads((folder / "loss.json").read_text("utf-8"))
    facts = report["facts"]
    assert facts["read"] == sum(len(r.events) for r in records)
    assert facts["read"] == facts["written"] + facts["dropped"] == facts["written"] + sum(report["dropped"].values())
    assert sum(report["folded"].values()) <= facts["written"]
    assert all(0 < n <= facts["written"] for n in report["lost"].values())
    if kind in ("polecat", "icews", "gdelt2", "phoenix", "plover-json", "geojson"):
        first = next(iter(loss.rows.values()))
        assert first == facts["written"] + report["rows_added_by_expansion"]
    assert (folder / "loss.md").read_text("utf-8").startswith(f"# What this {kind} export lost")


def test_folding_of_status():
    source = source_from([])

    def folded(type_: str, status: str, **others) -> tuple[str, str] | str:
        from communique.export.reading import facts

        (fact,) = facts(source_from([record(event(type_, status=status, **others))]))
        try:
            coded = fold(fact, source.codes)
        except Dropped as reason:
            return str(reason)
        return coded.type, str(coded.day)

    said = Attribution(speaker=party("CHN"), stance="asserts", span=None)
    other = Attribution(speaker=party("USA"), stance="alleges", span=None)
    assert folded("COOPERATE", "planned") == ("AGREE", "2024-03-07")
    assert folded("RETREAT", "planned") == ("CONCEDE", "2024-03-07")
    assert folded("ASSAULT", "hypothetical", attribution=said) == ("THREATEN", "2024-03-07")
    assert "does not speak" in folded("ASSAULT", "hypothetical", attribution=other)
    assert "does not speak" in folded("ASSAULT", "hypothetical")
    assert "no threat" in folded("MOBILIZE", "planned", recipients=())
    assert folded("ASSAULT", "denied") == "denied event"
    assert folded("CONSULT", "cancelled") == "cancelled event"
    assert folded("ASSAULT", "ongoing") == ("ASSAULT", "2024-03-05")
    assert "not yet said" in folded("ACCUSE", "planned")
    assert "unknown" in folded("ACCUSE", "past", date=replace(day("2024-03-05"), start=None, end=None))


def test_dyads():
    from communique.export.reading import facts

    def pairs(e: Event) -> list[tuple[str, str | None]]:
        (fact,) = facts(source_from([record(e)]))
        return [(d.actor.name, d.recipient and d.recipient.name) for d in expand(fold(fact, scores))]

    two, three = (party("CHN"), party("RUS")), (party("NOR"), party("SWE"), party("FIN"))
    assert len(pairs(event("SANCTION", actors=two, recipients=three))) == 6
    assert pairs(event("COOPERATE", actors=three, recipients=())) == [("NOR", "SWE"), ("NOR", "FIN"), ("SWE", "FIN")]
    assert pairs(event("PROTEST", actors=two, recipients=())) == [("CHN", None), ("RUS", None)]


def test_every_type_and_mode_has_a_cameo_code():
    for row in read_table("plover.tsv"):
        code = cameo_code(row["type"], row["mode"] or None, [])
        found = cameo(code)
        yields = row["type"] == "RETREAT" and found["type"] == "CONCEDE"  # CAMEO's YIELD is both
        assert found["type"] == row["type"] or yields, (row, found)
        assert cameo_code("AGREE", None, ["military"], f"planned {row['type']}")


def test_codes_of_countries_are_codes():
    rows = table("countries")
    assert len({r["iso3"] for r in rows}) == len(rows) > 230
    for system in ("fips", "cow", "gw", "cameo", "plover"):
        given_codes = [r[system] for r in rows if r[system]]
        assert len(set(given_codes)) == len(given_codes), system
    assert all(len(r["fips"]) in (0, 2) and (not r["cow"] or r["cow"].isdigit()) for r in rows)
    assert {r["iso3"]: r["fips"] for r in rows if r["iso3"] in ("CHN", "CHE", "AUS", "AUT", "UKR", "GBR", "DEU", "SWE")} == {
        "CHN": "CH",
        "CHE": "SZ",
        "AUS": "AS",
        "AUT": "AU",
        "UKR": "UP",
        "GBR": "UK",
        "DEU": "GM",
        "SWE": "SW",
    }
    assert {r["iso3"] for r in read_table("countries.tsv")} - {r["iso3"] for r in rows} <= {"UMI", "BVT", "HMD"}


@pytest.mark.parametrize("layout", ["polecat", "icews", "phoenix", "gdelt2_events", "gdelt2_mentions"])
def test_layouts_are_those_of_the_codebook(layout: str, data: Path):
    path = data.parent / "codebook" / "output_formats.json"
    if not path.is_file():
        pytest.skip(f"the codebook is not here ({path})")
    given_columns = json.loads(path.read_text("utf-8"))[layout]
    assert columns(layout) == tuple(c if isinstance(c, str) else c[0] for c in given_columns)


def test_gdelt_reads_with_gdeltpyr_columns(tmp_path: Path):
    place = Place(text="Lyon", span=None, name="Lyon", country="FRA", latitude=45.75, longitude=4.85, kind="city")
    nato = Actor(name="NATO", organization="NATO", sector="IGO", span=(4, 8))
    one = record(
        event("COOPERATE", actors=(nato,), contexts=("military",), places=(place,)),
        event("COOPERATE", status="planned", contexts=("military",), recipients=(party("RUS"), party("IRN"))),
        event("ASSAULT", status="denied"),
        url="https://wire.example/a",
    )
    loss = export(source_from([one]), "gdelt2", tmp_path)
    events = pd.read_csv(
        tmp_path / "20240308123015.export.CSV", sep="\t", header=None, names=list(columns("gdelt2_events")), dtype={"EventCode": str}
    )
    mentions = pd.read_csv(tmp_path / "20240308123015.mentions.CSV", sep="\t", header=None, names=list(columns("gdelt2_mentions")))
    assert (len(events), len(mentions), loss.dropped["denied event"]) == (3, 3, 1)
    assert set(mentions["GLOBALEVENTID"]) == set(events["GLOBALEVENTID"]) and events["GLOBALEVENTID"].is_unique
    first = events[events["EventCode"] == "062"].iloc[0]
    assert (first.SQLDATE, first.MonthYear, first.FractionDate) == (20240305, 202403, 2024.1781)
    assert (first.Actor1Code, first.Actor1KnownGroupCode, first.Actor2CountryCode) == ("IGONAT", "NAT", "RUS")
    assert (first.ActionGeo_CountryCode, first.ActionGeo_Type, first.QuadClass, first.GoldsteinScale) == ("FR", 4, 2, 7.4)
    agreed = events[events["EventCode"] == "0312"]
    assert set(agreed.Actor2CountryCode) == {"RUS", "IRN"} and set(agreed.SQLDATE) == {20240307}
    assert set(mentions.MentionSourceName) == {"wire.example"} and set(mentions.Confidence) == {80}


def test_polecat_and_icews_read_with_pandas(tmp_path: Path):
    kosovo = party("XKX", "MED")
    one = record(event("AID", recipients=(kosovo,), contexts=("economic", "military")), event("PROTEST", recipients=()), text="Aid came.")
    export(source_from([one]), "polecat", tmp_path / "p")
    frame = pd.read_csv(tmp_path / "p" / "ngecEvents.txt", sep="\t", keep_default_na=False, dtype=str)
    assert list(frame.columns) == list(columns("polecat")) and len(frame) == 2
    aid = frame[frame["Event Type"] == "AID"].iloc[0]
    assert (aid["Recipient Country"], aid["Recipient COW"], aid["Primary Recipient Sector"]) == ("KOS", "347", "MED")
    assert (aid["Contexts"], aid["Actor COW"], aid["Quad Code"]) == ("economic; military", "710", "MATERIAL COOPERATION")
    assert frame[frame["Event Type"] == "PROTEST"].iloc[0]["Recipient Name"] == "None"
    loss = export(source_from([one]), "icews", tmp_path / "i")
    frame = pd.read_csv(tmp_path / "i" / "events.20240308123015.tab", sep="\t", dtype={"CAMEO Code": str})
    assert list(frame.columns) == list(columns("icews")) and len(frame) == 1 and loss.dropped == {"no recipient": 1}
    assert tuple(frame.iloc[0][["CAMEO Code", "Source Country", "Target Sectors"]]) == ("071", "China", "Medical / Health")


def test_phoenix_has_its_own_quad_classes(tmp_path: Path):
    export(source_from([record(event("SANCTION"))]), "phoenix", tmp_path)
    frame = pd.read_csv(tmp_path / "events.full.20240308.txt", sep="\t", header=None, names=list(columns("phoenix")), dtype=str)
    row = frame.iloc[0]
    assert (row.EventCode, row.QuadClass, row.SourceActorFull, row.TargetActorRole, row.Date) == ("160", "3", "CHNGOV", "GOV", "20240305")


def test_cells_that_would_break_a_layout(tmp_path: Path):
    nasty = Actor(name='=cmd\t"x"\r\ny\u2028', country="CHN", sector="GOV")
    loss = export(source_from([record(event("ACCUSE", actors=(nasty,)))]), "polecat", tmp_path)
    rows = rows_of(tmp_path / "ngecEvents.txt")
    assert rows[1][7] == "=cmd 'x'  y " and loss.replaced == 2


def test_plain_csv_holds_no_formulas(tmp_path: Path):
    nasty = record(event("ACCUSE"), text='=HYPERLINK("http://x")')
    export(source_from([nasty]), "csv", tmp_path)
    assert pd.read_csv(tmp_path / "events.csv")["sentence"][0].startswith("'=HYPERLINK")


def test_plover_json_keeps_compound_actors(tmp_path: Path):
    export(source_from([record(event("AGREE", actors=(party("CHN"), party("RUS")), recipients=()))]), "plover-json", tmp_path)
    (found,) = json.loads((tmp_path / "events.plover.json").read_text("utf-8"))
    assert [a["code"] for a in found["source"]] == ["CHN", "RUS"] and found["event"] == "AGREE" and "target" not in found
    export(source_from([]), "plover-json", tmp_path)
    assert json.loads((tmp_path / "events.plover.json").read_text("utf-8")) == []


@pytest.mark.parametrize(("kind", "key"), [("graphml", "type"), ("gexf", "event")])
def test_networks_read_with_networkx(tmp_path: Path, kind: str, key: str):
    networkx = pytest.importorskip("networkx")
    odd = Actor(name='<&">\x00 Front', sector="REB")
    one = record(
        event("ACCUSE"), event("ACCUSE"), event("AID", actors=(odd,)), event("ACCUSE", status="denied"), event("PROTEST", recipients=())
    )
    loss = export(source_from([one]), kind, tmp_path)
    read = networkx.read_graphml if kind == "graphml" else networkx.read_gexf
    graph = read(tmp_path / f"events.{kind}")
    edges = [(a, b, d[key], d["status"], d["count"]) for a, b, d in graph.edges(data=True)]
    assert graph.is_directed() and sorted(edges)[:2] == [("CHN", "RUS", "ACCUSE", "denied", 1), ("CHN", "RUS", "ACCUSE", "past", 2)]
    assert len(edges) == loss.rows[f"events.{kind}"] == 3 and loss.dropped == {"no recipient, so no edge": 1}
    assert graph.nodes["RUS"]["label"] == "Russia"


def test_geojson_reads_with_geopandas(tmp_path: Path):
    geopandas = pytest.importorskip("geopandas")
    one = record(event("ACCUSE", status="planned"), event("AID", places=()))
    export(source_from([one]), "geojson", tmp_path)
    frame = geopandas.read_file(tmp_path / "events.geojson")
    assert list(frame["status"]) == ["planned", "past"] and list(frame.geometry.is_empty | frame.geometry.isna()) == [False, True]
    assert (frame.geometry[0].x, frame.geometry[0].y, frame["actors"][0]) == (10.7, 59.9, "CHN/GOV")


def test_exercises_as_mme_and_calendar(tmp_path: Path):
    icalendar = pytest.importorskip("icalendar")
    long = exercise("Long; winter, " + "ø" * 60, start="2023-12-30", end="2024-01-02", status="planned")
    month = exercise("Spring", id="x2", start="2024-05", end="2024-05", domains=("land",))
    off = exercise("Called off", id="x3", status="cancelled")
    one = record(exercises=(long, month, off))
    loss = export(source_from([one]), "mme", tmp_path)
    frame = pd.read_csv(tmp_path / "mme.csv")
    assert list(frame.columns) == list(columns("mme")) and len(frame) == 6 == loss.written + loss.added
    assert loss.dropped == {"cancelled exercise": 1} and set(frame["gwcode"]) == {385, 380} and set(frame["participant_count"]) == {2}
    assert list(frame[frame["Ex_Name"] == "Spring"]["s.day"]) == ["xx", "xx"] and list(frame["CPX"]) == [1] * 6
    loss = export(source_from([one]), "ics", tmp_path)
    raw = (tmp_path / "exercises.ics").read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    found = list(icalendar.Calendar.from_ical(raw).walk("VEVENT"))
    assert [str(e["SUMMARY"]) for e in found] == [long.name, "Called off"] and [e["STATUS"] for e in found] == ["TENTATIVE", "CANCELLED"]
    assert str(found[0].decoded("DTSTART")) == "2023-12-30" and str(found[0].decoded("DTEND")) == "2024-01-03"
    assert str(found[0]["LOCATION"]) == "Bodø, Norway" and loss.dropped == {"first day of the exercise is unknown": 1}


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    dataset_at(tmp_path / "ds", "a", "b")
    for kind, form in FORMATS.items():
        assert main(["export", str(tmp_path / "ds"), "--as", kind, "--output", str(tmp_path / kind), "--since", "2024"]) == 0
        report = json.loads((tmp_path / kind / "loss.json").read_text("utf-8"))
        assert report["filters"] == [["since", "2024-01-01"]] and report["facts"]["read"] == (0 if form.table == "exercises" else 2)
    assert pd.read_parquet(tmp_path / "parquet" / "events.parquet")["type"].tolist() == ["SANCTION", "SANCTION"]
    assert "2 facts read, 0 dropped" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "ds"), "--as", "gdelt2", "--output", str(tmp_path / "o"), "--tables", "events"]) == 2
    assert main(["export", str(tmp_path / "ds"), "--as", "csv", "--output", str(tmp_path / "o"), "--tables", "documents,events"]) == 0
    assert main(["export", str(tmp_path / "ds"), "--as", "csv", "--output", str(tmp_path / "ds" / "CURRENT")]) == 1
