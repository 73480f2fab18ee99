"""A minute of `make soak`: twenty readers over a small synthetic dataset, no failure, memory that stays."""

from __future__ import annotations

import sys
from pathlib import Path

from communique.store.dataset import create_dataset

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import bench_desk
import synthetic


def test_twenty_readers(tmp_path: Path):
    synthetic.make(create_dataset(tmp_path), 5000, stories=500)
    found = bench_desk.measure(tmp_path, seconds=60.0, readers=20, think=0.5, warm=3.0)
    assert found["failures"] == [] and found["requests"] > 60
    memory = found["memory"]
    assert memory["last"] - memory["first"] < 150_000_000 and memory["half_most"] - memory["half_least"] < 100_000_000
    assert found["times"]["page"]["p50"] < 2.0  # a machine that does other things too
