"""Merged events carry all their sources, and the page on formats is that of the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

from communique.cli import main
from communique.export.tables import columns
from communique.store.dataset import create_dataset
from communique.store.publish import publish
from communique.store.shards import write_tables
from store.helpers import put, run_of, story


def test_merged_events_have_a_mention_for_each_report(tmp_path: Path):
    dataset = create_dataset(tmp_path / "ds")
    put(dataset, "r0", {"s0": [story("a", published="2024-03-07"), story("b", published="2024-03-08")]})
    events = dataset.snapshot().read("events").to_pylist()
    first = min(events, key=lambda e: e["document_id"])
    same = {k: v for k, v in first.items() if k not in ("event_id", "document_id", "local_id", "ordinal", "published_day")}
    merged = {
        **same,
        "merged_id": "m1",
        "event_ids": [e["event_id"] for e in events],
        "document_ids": ["a", "b"],
        "documents": 2,
        "publishers": 1,
        "first_published": first["published_day"],
        "last_published": first["published_day"],
    }
    kept = {k: v for k, v in merged.items() if k not in ("attribution", "trigger", "evidence", "sentence", "why")}
    write_tables(dataset, "m", {"merged_events": [kept]}, run_id="r1")
    publish(dataset, run_of("r1"))
    assert main(["export", str(tmp_path / "ds"), "--as", "gdelt2", "--merged", "--output", str(tmp_path / "o")]) == 0
    (one,), (two,) = (list((tmp_path / "o").glob(f"*.{n}.CSV")) for n in ("export", "mentions"))
    found = pd.read_csv(one, sep="\t", header=None, names=list(columns("gdelt2_events")))
    mentions = pd.read_csv(two, sep="\t", header=None, names=list(columns("gdelt2_mentions")))
    assert list(found["NumMentions"]) == [2] and list(found["NumArticles"]) == [2] and list(found["NumSources"]) == [1]
    assert sorted(mentions["MentionIdentifier"]) == ["a", "b"] and set(mentions["GLOBALEVENTID"]) == set(found["GLOBALEVENTID"])
    assert sorted(mentions["MentionTimeDate"]) == [20240307000000, 20240308000000]


def test_the_page_on_formats_is_up_to_date():
    path = Path(__file__).parents[2] / "tools" / "make_formats.py"
    spec = importlib.util.spec_from_file_location("make_formats", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text("utf-8") == module.text(), "run python tools/make_formats.py"
