"""What the README shows is what the product prints."""

from __future__ import annotations

import io
from pathlib import Path

from communique.render.table import print_record
from communique.types import Record

README = Path(__file__).parents[1] / "README.md"


def test_shows_what_the_demo_prints(demo_records: list[Record]):
    out = io.StringIO()
    print_record(demo_records[0], out, width=100)
    printed = "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip()
    shown = README.read_text(encoding="utf-8").split("prints:\n\n```text\n", 1)[1].split("\n```", 1)[0]
    assert shown == printed
