"""A story as a picture: every word, the parts of the fact that is lit, well-formed, from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from communique.cli import main
from communique.render.story_picture import TINTS, story_picture
from communique.store.dataset import Dataset
from communique.types import Record


def test_words_and_marks(demo_records: list[Record]):
    for record in demo_records:
        root = etree.fromstring(story_picture(record).encode())
        size = "{http://www.w3.org/2000/svg}text[@font-size='15']"
        shown = "".join("".join(t.itertext()) for t in root.iterfind(size))
        assert re.sub(r"\s+", "", shown) == re.sub(r"\s+", "", record.document.text)
        width = float(root.get("viewBox").split()[2])
        assert all(float(t.get("x")) + float(t.get("textLength")) <= width for t in root.iterfind(size))


def test_a_fact_is_lit(demo_records: list[Record]):
    record = next(r for r in demo_records if r.document.id == "drill")
    plain, lit = story_picture(record), story_picture(record, fact=0)
    assert TINTS["place"] not in plain and TINTS["place"] in lit and ">where<" in lit and ">actor<" in lit


def test_from_the_command_line(desk_dataset: Dataset, ids: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for kind, name in (("event", "e.svg"), ("statement", "s.svg"), ("exercise", "x.png")):
        assert main(["show", desk_dataset.location, ids[kind], "--picture", str(tmp_path / name)]) == 0
    assert main(["show", desk_dataset.location, "drill", "--picture", str(tmp_path / "d.svg")]) == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert main(["show", desk_dataset.location, "drill", "--picture", "d.gif"]) == 2
    assert main(["show", desk_dataset.location, "c_drill", "--picture", "d.svg"]) == 2
