"""The promises about order and portions: one outcome for one set of stories."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stories.build import stream

from communique.stories.memory import MemoryBook
from communique.stories.order import day_of
from communique.stories.windows import file_all, file_day


def outcome(book: MemoryBook) -> tuple:
    return (dict(sorted(book.clusters.items())), book.exercise_editions)


def at_once(stories: list) -> MemoryBook:
    book = MemoryBook()
    book.add(stories)
    return book


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_order_of_arrival_changes_nothing(seed: int, shuffle: int) -> None:
    stories = stream(seed, 40, 9)
    other = random.Random(shuffle).sample(stories, len(stories))
    assert outcome(at_once(stories)) == outcome(at_once(other))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(2, 7))
def test_portions_in_any_order_end_as_one_batch(seed: int, shuffle: int, portions: int) -> None:
    stories = stream(seed, 40, 14)
    source = random.Random(shuffle)
    cut: list[list] = [[] for _ in range(portions)]
    for s in stories:
        source.choice(cut).append(s)
    book = MemoryBook()
    for part in cut:
        book.add(part)
    assert outcome(book) == outcome(at_once(stories))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_stories_that_go_leave_no_trace(seed: int, shuffle: int) -> None:
    stories = stream(seed, 40, 14)
    gone = random.Random(shuffle).sample([s.sketch.document_id for s in stories], 12)
    book = at_once(stories)
    book.add([], gone)
    assert outcome(book) == outcome(at_once([s for s in stories if s.sketch.document_id not in gone]))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_a_story_stands_once_and_its_versions_together(seed: int) -> None:
    stories = stream(seed, 40, 9)
    book = at_once(stories)
    members = [m for c in book.clusters.values() for m in c.cluster.members]
    assert sorted(m.filing.document_id for m in members) == sorted(s.sketch.document_id for s in stories)
    versions: dict[str, list] = {}
    for m in members:
        versions.setdefault(m.filing.version_of or m.filing.document_id, []).append(m)
    for first, group in versions.items():
        assert len({m.filing.cluster_id for m in group}) == 1
        assert sum(m.current for m in group) == 1
        assert any(m.filing.document_id == first and m.filing.kind == "original" for m in group)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_every_event_of_a_current_story_is_merged_once(seed: int) -> None:
    stories = stream(seed, 40, 9)
    book = at_once(stories)
    current = {m.filing.document_id for c in book.clusters.values() for m in c.cluster.members if m.current}
    wanted = sorted(e.id for s in stories if s.sketch.document_id in current for e in s.events)
    merged = [m for c in book.clusters.values() for m in c.events]
    assert sorted(e for m in merged for e in m.event_ids) == wanted
    assert len({m.id for m in merged}) == len(merged)
    for m in merged:
        assert len(m.document_ids) == len(m.event_ids)
        for conflict in m.conflicts:
            assert set(conflict.fact_ids) <= set(m.event_ids) and set(conflict.document_ids) <= set(m.document_ids)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_ids_that_stood_lead_on(seed: int, shuffle: int) -> None:
    """With stories only added, no id is ever lost: an update leads it to where its earliest story went, and there is always an end."""
    stories = stream(seed, 40, 14)
    random.Random(shuffle).shuffle(stories)
    book = MemoryBook()
    seen: set[str] = set()
    for start in range(0, 40, 10):
        before = dict(book.clusters)
        update = book.add(stories[start : start + 10])
        leads = {r.old: r.new for r in update.redirects if r.kind == "cluster"}
        assert set(leads) == set(before) - set(book.clusters)
        for old, new in leads.items():
            first = before[old].cluster.members[0].filing.document_id
            assert new is not None and first in {m.filing.document_id for m in book.clusters[new].cluster.members}
        seen |= {*book.clusters, *(m.id for c in book.clusters.values() for m in c.events), *(x.id for x in book.exercise_editions)}
    assert [i for i in seen if i[:2] in ("c_", "mx") and book.find(i) is None] == []
    lost = [i for i in seen if i.startswith("me") and book.find(i) is None]
    assert set(lost) <= set(book.redirects)


def test_a_stream_in_order_never_renames() -> None:
    stories = sorted((s for s in stream(5, 120, 20) if s.sketch.published), key=lambda s: s.sketch.published or "")
    book = MemoryBook()
    for n in range(20):
        today = [s for s in stories if s.sketch.published == stories[0].sketch.published[:8] + f"{n + 1:02d}"]
        update = book.add(today)
        assert [r for r in update.redirects if r.kind == "cluster"] == []


def test_days_that_nothing_touches_are_not_filed_again() -> None:
    stories = [s for s in stream(3, 150, 28) if s.sketch.published]
    book = at_once(stories)
    late = stream(77, 1, 1)[0]
    update = book.add([late])
    touched = {day_of(m.published) for c in update.clusters for m in c.cluster.members}
    assert len(touched) < len(set(book.days()))


def test_a_batch_is_the_stream_day_by_day() -> None:
    stories = [s.sketch for s in stream(9, 80, 12) if s.sketch.published]
    by_day: dict = {}
    for s in stories:
        by_day.setdefault(day_of(s.published), []).append(s)
    filed = [x for part in file_all(by_day[d] for d in sorted(by_day)) for x in part]
    book = at_once([s for s in stream(9, 80, 12) if s.sketch.published])
    assert {x.filing.document_id: x.filing for x in filed} == {
        m.filing.document_id: m.filing for c in book.clusters.values() for m in c.cluster.members
    }


def test_nothing_is_filed_of_nothing() -> None:
    assert file_day([], []) == []
    assert outcome(at_once([])) == ({}, ())
