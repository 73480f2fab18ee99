"""The command line: formats, streams, exit codes, rejects."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from communique.cli import main
from communique.ingest.reading import read
from communique.render.json import from_json
from communique.render.table import safe
from communique.types import RawDocument, Reject

STORY = "Norway expelled two Russian diplomats on Tuesday. Moscow condemned the decision and promised a response to Oslo."


def rows(folder: Path) -> None:
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    (folder / "b.jsonl").write_text(json.dumps({"id": "j1", "text": STORY, "published": "2024-03-07"}) + "\n{broken\n", encoding="utf-8")
    (folder / "c.csv").write_text(f'id,body,date\nc1,"{STORY}",2024-03-07\n', encoding="utf-8")
    pq.write_table(pa.table({"id": ["p1"], "text": [STORY], "published": ["2024-03-07"]}), folder / "d.parquet")
    (folder / "e.html").write_text(
        f"<html><head><title>T</title></head><body><article><h1>T</h1><p>{STORY}</p><p>{STORY}</p></article></body></html>"
    )
    (folder / "f.dat").write_bytes(gzip.compress(STORY.encode()))


def test_every_kind_is_told_by_its_content(tmp_path: Path):
    rows(tmp_path)
    got = list(read([tmp_path], mapping={"text": "body", "published": "date"}))
    named = {g.id: type(g).__name__ for g in got}
    assert named["c1"] == "RawDocument"
    plain = {g.id: g for g in read([tmp_path])}
    assert isinstance(plain["a.txt"], RawDocument) and isinstance(plain["j1"], RawDocument) and isinstance(plain["p1"], RawDocument)
    assert isinstance(plain["f.dat"], RawDocument) and isinstance(plain["e.html"], RawDocument)
    assert [g.code for g in plain.values() if isinstance(g, Reject) and g.id.startswith("b.jsonl")] == ["C101"]


def test_records_in_order_and_rejects_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows(tmp_path)
    table = tmp_path.parent / "rejects.tsv"
    assert main(["code", str(tmp_path / "a.txt"), str(tmp_path / "b.jsonl"), "--format", "jsonl", "--rejects", str(table)]) == 3
    out = capsys.readouterr()
    assert [from_json(line).document.id for line in out.out.splitlines()] == ["a.txt", "j1"]
    assert "1 rejected" in out.err
    assert table.read_text().splitlines()[1].split("\t")[1:3] == ["ingest", "C101"]


@pytest.mark.parametrize("kind", ["table", "json", "html"])
def test_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str):
    rows(tmp_path)
    assert main(["code", str(tmp_path / "a.txt"), "--format", kind, "--published", "2024-03-07", "--quiet"]) == 0
    out = capsys.readouterr()
    assert "SANCTION" in out.out and out.err == ""


def test_hostile_text_is_escaped_in_html_and_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "x.txt").write_text("<script>alert(1)</script> [bold]Norway[/bold] expelled Russian envoys.\x1b[31m It was " + STORY)
    assert main(["code", str(tmp_path / "x.txt"), "--format", "html", "--quiet"]) == 0
    assert "<script>" not in capsys.readouterr().out
    assert main(["code", str(tmp_path / "x.txt"), "--format", "table", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "[bold]" in out and "\x1b[31m" not in out
    assert safe("a\x07") == "a\ufffd"


@pytest.mark.parametrize(
    "argv",
    [["nope"], ["code", "missing.txt"], ["code", "-", "--map", "x"], ["code", ".", "--published", "soon"], ["code", ".", "--limit", "-1"]],
)
def test_usage_errors_are_two(argv: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(argv) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_help_is_fast():
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "communique", "--help"], capture_output=True, text=True, check=True)
    assert "usage: communique" in done.stdout
    assert time.perf_counter() - begin < 1.0


def test_stdin_and_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    german = "Die Bundesregierung hat am Dienstag neue Sanktionen gegen Belarus angekündigt, wie der Sprecher des Ministeriums in Berlin mitteilte."
    (tmp_path / "de.txt").write_text(german, encoding="utf-8")
    assert main(["code", str(tmp_path / "de.txt"), "--format", "jsonl"]) == 3
    assert "German" in capsys.readouterr().err
    done = subprocess.run(
        [sys.executable, "-m", "communique", "code", "-", "--quiet"], input=STORY.encode(), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["document"]["id"].startswith("sha256:")
