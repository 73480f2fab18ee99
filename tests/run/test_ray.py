"""Ray: a cluster of two raylets that loses one in mid-run, and a cluster that the run starts itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from communique.errors import RunError
from communique.run.ray import RayPool

from .cluster import SHARD, STORIES, run_on_two_raylets
from .helpers import go, tables

pytestmark = pytest.mark.ray


def test_a_lost_raylet_loses_nothing(tmp_path: Path):
    report, log = run_on_two_raylets(tmp_path)
    words = "\n".join(log)
    assert report.finished and (report.stories, report.rejects) == (STORIES, 2)
    assert "with signal 9" in words and "alive: False; raylets left: 1" in words, words
    go(tmp_path / "in", tmp_path / "local", shard_size=SHARD)
    assert tables(tmp_path / "dataset") == tables(tmp_path / "local")
    assert go(tmp_path / "in", tmp_path / "dataset").shards == 0


def test_an_address_where_nobody_answers_is_a_typed_error():
    with pytest.raises(RunError, match=r"127\.0\.0\.1:1"):
        RayPool(1, "127.0.0.1:1")
