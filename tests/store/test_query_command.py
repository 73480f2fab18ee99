"""The commands query, show and index: formats, pictures, files, usage."""

from __future__ import annotations

import csv
import io
import json
import sys
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import communique
from communique.cli import main
from communique.errors import MissingExtra
from communique.render.cells import csv_cell
from communique.render.maps import borders, point_map
from communique.render.plots import Series, bars, matrix, period_after, ticks, time_series
from communique.store.dataset import create_dataset
from communique.store.publish import publish
from communique.store.shards import write_tables

from .helpers import put, run_of, story


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve stories over three months, two of them one happening with a merged event."""
    folder = tmp_path_factory.mktemp("query") / "d"
    dataset = create_dataset(folder)
    put(
        dataset,
        "r",
        {
            "a": [
                story(
                    f"{n}",
                    published=f"2024-0{n % 3 + 1}-1{n % 10}",
                    type_=("SANCTION", "AID")[n % 2],
                    text="=cmd Norway expelled two envoys.",
                )
                for n in range(12)
            ]
        },
    )
    rows = dataset.snapshot().read("events").to_pylist()
    pair = [r for r in rows if r["document_id"] in ("1", "3")]
    ids = [r["event_id"] for r in pair]
    merged = {
        k: pair[0][k] for k in ("type", "mode", "status", "quad", "goldstein", "actors", "recipients", "actor_countries", "date", "score")
    }
    conflicts = [{"field": "score", "value": v, "fact_ids": [i], "document_ids": [d]} for v, i, d in zip(("12", "15"), ids, ("1", "3"))]
    merged |= {"merged_id": "m1", "cluster_id": "c1", "event_ids": ids, "document_ids": ["1", "3"], "documents": 2, "publishers": 1}
    members = [{"cluster_id": "c1", "document_id": d, "kind": "original"} for d in ("1", "3")]
    tables = {
        "merged_events": [merged | {"conflicts": conflicts}],
        "cluster_documents": members,
        "clusters": [{"cluster_id": "c1", "title": "T"}],
    }
    tables["redirects"] = [{"old_id": "m0", "new_id": "m1", "kind": "event"}, {"old_id": "gone", "new_id": None, "kind": "event"}]
    tables["redirects"] += [{"old_id": a, "new_id": b, "kind": "event"} for a, b in (("loop", "pool"), ("pool", "loop"))]
    write_tables(dataset, "stories", tables, run_id="m")
    publish(dataset, run_of("m"))
    return folder


def ask(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    assert main(list(argv)) == code
    return capsys.readouterr().out


def test_counts_by_month(folder: Path, capsys: pytest.CaptureFixture[str]):
    out = ask(capsys, "query", str(folder), "--by", "month", "--actor", "nor", "--type", "AID", "--rate", "--json")
    assert [(r["month"], r["count"], r["stories"], r["per_thousand"]) for r in json.loads(out)] == [
        ("2024-01-01", 2, 4, 500.0),
        ("2024-02-01", 2, 4, 500.0),
        ("2024-03-01", 2, 4, 500.0),
    ]
    assert ask(capsys, "query", str(folder), "--count", "--since", "2024-02", "--until", "2024-02").strip() == "4"
    assert json.loads(ask(capsys, "query", str(folder), "--by", "dyad", "--json")) == [
        {
            "actor": "NOR",
            "recipient": "RUS",
            "count": 12,
            "goldstein_sum": pytest.approx(6 * 10 - 6 * 5, abs=40),
            "goldstein_mean": pytest.approx(2, abs=4),
        }
    ]


def test_every_format(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    base = ["query", str(folder), "--limit", "3"]
    rows = json.loads(ask(capsys, *base, "--format", "json"))
    assert len(rows) == 3 and rows[0]["sentence"].startswith("=cmd")
    assert [json.loads(line) for line in ask(capsys, *base, "--format", "jsonl").splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(ask(capsys, *base, "--format", "csv"))))
    assert [r["event_id"] for r in table] == [r["event_id"] for r in rows]
    assert (
        table[0]["sentence"].startswith("'=cmd")
        and table[0]["actor_countries"] == "NOR"
        and table[0]["goldstein"] == str(rows[0]["goldstein"])
    )
    assert json.loads(table[0]["date"])["value"] == rows[0]["date"]["value"]
    assert main([*base, "--output", str(tmp_path / "x.parquet"), "--format", "parquet"]) == 0
    assert pq.read_table(tmp_path / "x.parquet")["event_id"].to_pylist() == [r["event_id"] for r in rows]
    shown = ask(capsys, *base, "--format", "table")
    assert "EVENT ID" in shown and rows[0]["event_id"] in shown
    assert (
        ask(capsys, "query", str(folder), "--table", "statements", "--actor", "NOR", "--columns", "text", "--format", "csv").splitlines()[1]
        == "'=cmd "
    )
    assert ask(capsys, "query", str(folder), "--actor", "XXX", "--format", "csv").startswith("event_id,")
    assert ask(capsys, "query", str(folder), "--actor", "XXX", "--format", "json") == "[]\n"


def test_formulas_are_disarmed_and_numbers_are_not():
    for text in ("=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"):
        assert csv_cell(text).startswith("'")
    assert csv_cell(-1.5) == "-1.5" and csv_cell(date(2024, 1, 1)) == "2024-01-01" and csv_cell("a-b") == "a-b"


def test_sql(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert (
        ask(capsys, "query", str(folder), "--sql", "SELECT type, count(*) AS n FROM events GROUP BY 1 ORDER BY 1", "--format", "csv")
        == "type,n\r\nAID,6\r\nSANCTION,6\r\n"
    )
    ask(capsys, "query", str(folder), "--sql", "DROP TABLE events", code=2)
    ask(capsys, "query", str(folder), "--sql", "SELECT nothing FROM events", code=1)


@pytest.mark.parametrize(
    "argv",
    [
        ["--actor", "x y"],
        ["--since", "soon"],
        ["--limit", "0"],
        ["--rate"],
        ["--by", "nope"],
        ["--by", "type", "--rate"],
        ["--sql", "SELECT 1", "--count"],
        ["--sql", "SELECT 1", "--actor", "CHN"],
        ["--plot", "x.jpg"],
        ["--plot", "x.svg", "--table", "documents"],
        ["--plot", "x.svg", "--by", "type,status"],
        ["--columns", "event_id,nope"],
        ["--table", "statements", "--type", "AID"],
    ],
)
def test_usage(folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str]):
    assert main(["query", str(folder), *argv]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_output_that_cannot_be_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("x")
    assert main(["query", str(folder), "--format", "csv", "--output", str(tmp_path / "file" / "y.csv")]) == 1
    assert "C62" in capsys.readouterr().err


def words(svg: str) -> str:
    return " ".join(t.text or "" for t in ET.fromstring(svg).iter() if t.text)


def test_pictures(folder: Path, tmp_path: Path):
    pictures = {
        "line.svg": ["--by", "month"],
        "lines.svg": ["--by", "month,type", "--rate"],
        "bars.svg": ["--by", "quad"],
        "matrix.svg": ["--by", "dyad"],
        "map.svg": [],
        "none.svg": ["--actor", "XXX", "--by", "month"],
        "day.png": ["--by", "day"],
    }
    for name, argv in pictures.items():
        assert main(["query", str(folder), *argv, "--plot", str(tmp_path / name)]) == 0, name
    assert (tmp_path / "day.png").read_bytes().startswith(b"\x89PNG")
    texts = {n: (tmp_path / n).read_text(encoding="utf-8") for n in pictures if n.endswith("svg")}
    assert "events: 12 in all" in words(texts["line.svg"])
    assert "SANCTION" in words(texts["lines.svg"]) and "a thousand stories" in words(texts["lines.svg"])
    assert "material conflict" in words(texts["bars.svg"]) and "NOR on RUS: 12" in words(texts["matrix.svg"])
    assert "Oslo" in words(texts["map.svg"]) and "no rows" in words(texts["none.svg"])
    for svg in texts.values():
        root = ET.fromstring(svg)
        assert root.get("role") == "img" and root[0].tag.endswith("title") and "style" not in svg


def test_png_without_its_package_or_a_font_says_so(monkeypatch: pytest.MonkeyPatch):
    import resvg_py

    from communique.render import png

    draw = resvg_py.svg_to_bytes
    svg = bars([("a", 1.0)], title="t")
    png._has_font.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(resvg_py, "svg_to_bytes", lambda **options: draw(**options, skip_system_fonts=True))
        with pytest.raises(MissingExtra, match="font"):
            png.to_png(svg)
    png._has_font.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "resvg_py", None)
        with pytest.raises(MissingExtra, match=r"communique\[png\]"):
            png.to_png(svg)
    assert png.to_png(svg).startswith(b"\x89PNG")


def test_hostile_names_stay_text_in_pictures():
    evil = "<script>alert(1)</script>\x00&\"'"
    day = date(2024, 1, 1)
    for svg in (
        time_series([Series(name=evil, points=((day, 1.0), (period_after(day, "month"), 2.0)))], title=evil),
        bars([(evil, 1.0)], title=evil),
        matrix([(evil, "B", 1.0)], title=evil),
        point_map([(10.0, 60.0, 1.0, evil)], title=evil),
    ):
        assert not list(ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}script")) and "<script" not in svg


def test_lines_and_ticks():
    assert ticks(0, 1) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(-7, 3)[0] <= -7 and ticks(-7, 3)[-1] >= 3
    assert period_after(date(2024, 12, 1), "month") == date(2025, 1, 1) and period_after(date(2024, 12, 30), "week") == date(2025, 1, 6)
    svg = time_series(
        [Series(name="a", points=((date(2024, 1, 1), -5.0),)), Series(name="b", points=((date(2020, 1, 1), 0.0),))], title="t"
    )
    assert ET.fromstring(svg) is not None
    assert all(max(x for x, _ in r) - min(x for x, _ in r) <= 360 for r in borders()) and len(borders()) > 250


def test_show(folder: Path, capsys: pytest.CaptureFixture[str]):
    with communique.open(folder) as ds:
        row = next(r for r in ds.events().to_dicts() if r["document_id"] == "1")
        statement = ds.statements(limit=1).to_dicts()[0]
    out = ask(capsys, "show", str(folder), row["event_id"])
    assert "Norway (NOR GOV)" in out and "one of 2 reports of m1" in out and out.count("=cmd Norway expelled") == 2 and "15" in out
    both = json.loads(ask(capsys, "show", str(folder), "m1", "--json"))
    assert (
        both["table"] == "merged_events"
        and [r["document"]["document_id"] for r in both["reports"]] == ["3", "1"]
        or len(both["reports"]) == 2
    )
    assert "statement" in ask(capsys, "show", str(folder), statement["statement_id"])
    assert "SANCTION" in ask(capsys, "show", str(folder), "2") and "cluster c1" in ask(capsys, "show", str(folder), "c1")
    assert "merged event m1" in ask(capsys, "show", str(folder), "m0")
    assert main(["show", str(folder), "gone"]) == 1 and main(["show", str(folder), "loop"]) == 1
    assert main(["show", str(folder), "nothing"]) == 1 and "C606" in capsys.readouterr().err


def test_index(folder: Path, capsys: pytest.CaptureFixture[str]):
    path = Path(ask(capsys, "index", str(folder)).strip())
    assert path.exists() and path.parent == folder / "index"
    assert ask(capsys, "query", str(folder), "--count", "--text", "envoys").strip() == "12"
    path.unlink()
    assert ask(capsys, "query", str(folder), "--count", "--text", "envoys").strip() == "12"
