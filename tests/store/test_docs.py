"""The pages about datasets: the generated one is up to date, and the code on the others runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .helpers import dataset_at

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import make_schema

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)


def test_schema_page_is_up_to_date():
    assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == make_schema.document(), "run python tools/make_schema.py"


def test_code_of_the_reading_page_runs(tmp_path: Path):
    dataset_at(tmp_path, "1", "2")
    known: dict[str, Any] = {"DATASET": str(tmp_path)}
    for block in blocks("reading.md", "python"):
        exec(compile(block, "docs/reading.md", "exec"), known)
    assert [(m["count"], m["stories"], m["per_thousand"]) for m in known["months"]] == [(2, 2, 1000.0)]
    assert [r[1] for r in known["rows"]] == [2]
    assert known["by_type"].loc["SANCTION", "count"] == 2
    assert known["dyads"].row(0)[:3] == ("NOR", "RUS", 2)
    assert known["answer"].num_rows == 1


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_code_for_r_runs(tmp_path: Path):
    dataset_at(tmp_path, "1", "2")
    code = f'DATASET <- "{tmp_path}"\n' + "\n".join(blocks("reading.md", "r"))
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip("R has no arrow, dplyr or jsonlite")
    assert done.returncode == 0, done.stderr
    assert "SANCTION" in done.stdout
