"""What is exported comes back, whatever the order of rows; damaged rows are counted; two datasets are compared."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import communique
from communique.cli import main
from communique.errors import UnreadableInput
from communique.export.compare import compare, match, pearson
from communique.export.formats import export
from communique.export.importing import read_row, rows, to_records
from communique.export.opening import LONGEST, find_kind, lines
from communique.export.tables import columns
from communique.store.dataset import create_dataset
from communique.types import Actor, Place, Record
from store.helpers import put

from .helpers import day, event, party, record, source_from

LYON = Place(text="Lyon", span=None, name="Lyon", country="FRA", latitude=45.75, longitude=4.85, kind="city")
NATO = Actor(name="NATO", organization="NATO", sector="IGO")
SAMPLE = (
    record(
        event("COOPERATE", contexts=("military",), places=(LYON,)),
        event("SANCTION", mode="expel", recipients=(party("XKX"), party("ROU", "MIL"))),
        name="s1",
        url="https://wire.example/1",
    ),
    record(
        event("ASSAULT", mode="aerial", actors=(NATO,)),
        event("PROTEST", mode="riot", recipients=()),
        name="s2",
        url="https://wire.example/2",
    ),
)
FILES = {"icews": "*.tab", "polecat": "ngecEvents.txt", "gdelt2": "*.export.CSV", "phoenix": "events.full.*"}


def exported(folder: Path, kind: str, records: tuple[Record, ...] = SAMPLE) -> Path:
    export(source_from(records), kind, folder)
    (path,) = folder.glob(FILES[kind])
    return path


def imported(path: Path, kind: str) -> list[Record]:
    found = rows(kind, lines(path))
    return list(to_records(read_row(kind, r) for r in found if isinstance(r, dict)))


@pytest.mark.parametrize("kind", FILES)
def test_round_trip(tmp_path: Path, kind: str):
    path = exported(tmp_path, kind)
    assert find_kind(path) == kind
    events = [e for r in imported(path, kind) for e in r.events]
    there = {
        (
            e.type,
            e.actors[0].country or e.actors[0].organization,
            e.recipients[0].country if e.recipients else None,
            str(e.date.start),
            e.places[0].country if e.places else None,
        )
        for e in events
    }
    oslo, organization = "NOR", None if kind == "polecat" else "NATO"
    if kind == "icews":
        organization = None
    expected = {
        ("COOPERATE", "CHN", "RUS", "2024-03-05", "FRA"),
        ("SANCTION", "CHN", "XKX", "2024-03-05", oslo),
        ("SANCTION", "CHN", "ROU", "2024-03-05", oslo),
        ("ASSAULT", organization, "RUS", "2024-03-05", oslo),
        ("PROTEST", "CHN", None, "2024-03-05", oslo),
    }
    assert there == (expected if kind in ("polecat", "gdelt2") else {e for e in expected if e[2]})
    modes = {e.mode for e in events if e.type == "SANCTION"}
    assert modes == {"expel"} and {a.sector for e in events if e.type == "SANCTION" for a in e.recipients} == {"GOV", "MIL"}
    assert all(e.status == "past" and e.evidence == () for e in events)


def test_older_types_and_compound_cells_of_polecat():
    cells = dict.fromkeys(columns("polecat"), "")
    cells |= {"Event ID": "7", "Event Date": "2021-05-06", "Event Type": "INVESTIGATE", "Actor Name": "France; United Nations"}
    cells |= {"Actor Country": "FRA; UNO", "Primary Actor Sector": "GOV; None", "Contexts": "legal; crime"}
    found = read_row("polecat", cells).event
    assert (found.type, found.mode, found.contexts) == ("ACCUSE", "investigate", ("legal", "crime"))
    assert [(a.country, a.organization) for a in found.actors] == [("FRA", None), (None, "UN")]


def test_import_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = exported(tmp_path, "gdelt2")
    content = path.read_text("utf-8")
    statement = content.splitlines()[0].split("\t")
    statement[26:29] = ["010", "010", "01"]
    path.write_text(content + "\t".join(statement) + "\nshort\trow\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "a.export.CSV.zip", "w") as archive:
        archive.write(path, "a.export.CSV")
    assert main(["import", str(tmp_path / "a.export.CSV.zip"), "--into", str(tmp_path / "ds")]) == 3
    err = capsys.readouterr().err
    assert "left out 1 statements (CAMEO 01)" in err and "left out 1 rows of another width" in err and "5 of 7 gdelt2 rows" in err
    ds = communique.open(tmp_path / "ds")
    documents = ds.documents().to_dicts()
    assert {(d["source_kind"], d["text"], d["characters"], d["text_sha256"]) for d in documents} == {("gdelt2", None, None, None)}
    assert {d["url"] for d in documents} == {"https://wire.example/1", "https://wire.example/2"}
    assert ds.count("events", {"actor": "CHN"}) == 4 and ds.count("events", {"recipient": "ROU/MIL"}) == 1
    assert {e["score"] for e in ds.events().to_dicts()} == {None} and ds.snapshot.rows("rejects") == 2
    digest = ds.digest
    assert main(["import", str(tmp_path / "a.export.CSV.zip"), "--into", str(tmp_path / "ds")]) == 3
    assert "were there before" in capsys.readouterr().err and communique.open(tmp_path / "ds").digest == digest
    lines_ = path.read_text("utf-8").splitlines(keepends=True)
    with gzip.open(tmp_path / "b.gz", "wt", encoding="utf-8") as file:
        file.writelines(reversed(lines_))
    assert main(["import", str(tmp_path / "b.gz"), "--from", "gdelt2", "--into", str(tmp_path / "other")]) == 3
    other = communique.open(tmp_path / "other")
    assert other.snapshot.manifest.tables["events"].digest == ds.snapshot.manifest.tables["events"].digest
    event_id = ds.events(limit=1).to_dicts()[0]["event_id"]
    assert main(["show", str(tmp_path / "ds"), event_id]) == 0
    assert "gdelt2" in capsys.readouterr().out


def test_files_that_are_no_event_data(tmp_path: Path):
    (tmp_path / "x").write_bytes(b"a\tb\n")
    (tmp_path / "m").write_text("\t".join("1" * 16) + "\n")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"1\t" * 60 + b"1\n")[:-9])
    (tmp_path / "two.zip").touch()
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("b", "1")
    for name in ("x", "m", "cut.gz", "two.zip", "nothing"):
        with pytest.raises(UnreadableInput):
            find_kind(tmp_path / name)
            list(lines(tmp_path / name))
    (tmp_path / "long").write_text("a" * (LONGEST * 2 + 5) + "\nb\n")
    assert [len(x) for x in lines(tmp_path / "long")] == [LONGEST, 2]
    assert main(["import", str(tmp_path / "none"), "--into", str(tmp_path / "ds")]) == 2
    assert main(["import", str(tmp_path / "x"), "--into", str(tmp_path / "ds")]) == 1


DAYS = st.lists(st.dates(date(2024, 1, 1), date(2024, 1, 25)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS, st.integers(0, 3))
def test_matching_gives_the_most_pairs(one: list[date], two: list[date], window: int):
    networkx = pytest.importorskip("networkx")
    a, b = sorted((d, f"a{i}") for i, d in enumerate(one)), sorted((d, f"b{i}") for i, d in enumerate(two))
    pairs, left_a, left_b = match(a, b, window)
    assert sorted([p[0] for p in pairs] + left_a) == a and sorted([p[1] for p in pairs] + left_b) == b
    assert all(abs(x[0] - y[0]) <= timedelta(days=window) for x, y in pairs)
    graph = networkx.Graph([(x[1], y[1]) for x in a for y in b if abs(x[0] - y[0]) <= timedelta(days=window)])
    assert len(pairs) == len(networkx.max_weight_matching(graph, maxcardinality=True))


def test_compare_counts_and_disagreements():
    def at(value: str, type_: str = "ACCUSE", name: str = "d", **others) -> Record:
        return record(event(type_, date=day(value), **others), name=name)

    one = source_from(
        [at("2024-03-01", name="a1"), at("2024-03-05", name="a2"), at("2024-03-10", "AID", name="a3"), at("2024-05-01", name="a4")]
    )
    two = source_from(
        [
            at("2024-03-02", name="b1"),
            at("2024-03-05", "THREATEN", name="b2"),
            at("2024-03-10", "AID", name="b3", recipients=(party("USA"),)),
            at("2024-02-01", name="b4"),
        ]
    )
    found = compare(one, two, window=1)
    assert (found.since, found.until) == (date(2024, 3, 1), date(2024, 3, 10))
    assert (found.a, found.b, found.matched) == (3, 3, 1) and found.share_a == pytest.approx(1 / 3)
    assert found.left_out == {"a": {"outside the period": 1}, "b": {"outside the period": 1}}
    assert found.types == (("ACCUSE", "THREATEN", 1),)
    assert [(d.kind, d.type_a, d.type_b, d.recipient) for d in found.disagreements] == [
        ("type", "ACCUSE", "THREATEN", "RUS"),
        ("only a", "AID", None, "RUS"),
        ("only b", None, "AID", "USA"),
    ]
    cells = {(c.by, c.key): (c.a, c.b, c.matched) for c in found.cells}
    assert cells[("dyad", "CHN:RUS")] == (3, 2, 1) and cells[("type", "ACCUSE")] == (2, 1, 1) and cells[("month", "2024-03")] == (3, 3, 1)
    same = compare(one, one, window=0)
    assert same.matched == same.a == same.b == 4 and not same.disagreements and not same.types
    assert {c.by: c.pearson for c in same.correlations}["type"] is None
    assert compare(source_from([]), one).a == 0


def test_pearson_agrees_with_pandas():
    pandas = pytest.importorskip("pandas")
    xs, ys = [3.0, 1.0, 4.0, 1.0, 5.0], [2.0, 7.0, 1.0, 8.0, 2.0]
    assert pearson(xs, ys) == pytest.approx(pandas.Series(xs).corr(pandas.Series(ys)))


def test_compare_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    put(create_dataset(tmp_path / "ours"), "r0", {"s0": list(SAMPLE)})
    path = exported(tmp_path / "out", "polecat")
    assert main(["import", str(path), "--into", str(tmp_path / "theirs")]) == 0
    capsys.readouterr()
    for form in ("table", "json", "csv"):
        assert main(["compare", str(tmp_path / "ours"), str(tmp_path / "theirs"), "--format", form]) == 0
        out = capsys.readouterr().out
        if form == "json":
            found = json.loads(out)
            assert found["matched"] == found["b"] == 3 and found["share_b"] == 1.0
        elif form == "csv":
            assert out.startswith("by,key,a,b,matched\r\ndyad,")
        else:
            assert "3 match within 1 day:" in out and "By month" in out
    assert main(["compare", str(tmp_path / "ours"), str(tmp_path / "theirs"), "--window", "-1"]) == 2
