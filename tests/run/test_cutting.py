"""Shards: each input once, ids that are told apart, the same shards from the same input."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from communique.ingest.unread import Unread, digest
from communique.run.cutting import Cutter, name_key
from communique.run.execute import after_death
from communique.run.known import Known
from communique.run.types import UNIT, Died, Task
from communique.types import RawDocument, Reject


def raw(text: str, name: str | None = None) -> RawDocument:
    return RawDocument(text=text, id=name)


def cut(items: list, before: Known | None = None, mine: Known | None = None, **options: int):
    cutter = Cutter(before=before or Known(), mine=mine or Known(), **options)
    return cutter, list(cutter.cut((i, n) for n, i in enumerate(items, start=1)))


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=60), st.integers(1, 7))
def test_known_is_a_set_and_a_map(units: list[bytes], step: int):
    known, there = Known(), set()
    for at in range(0, len(units), step):
        part = units[at : at + step]
        if at % 2:
            known.add_many(b"".join(part), b"".join(u[8:] for u in part))
        else:
            for u in part:
                known.add(u, u[8:])
        there |= set(part)
    assert all(u in known for u in there) and b"\x01" * 15 + b"\x02" not in known
    assert all((known.holder(u[8:]) or b"")[8:] == u[8:] for u in there)


def test_known_over_many_levels():
    rng = random.Random(5)
    units = [rng.randbytes(16) for _ in range(120_001)]
    known = Known()
    for u in units:
        known.add(u, u[:8])
    assert len(known) == len(units)
    assert all(u in known and known.holder(u[:8]) == u for u in units[::977])
    assert not any(rng.randbytes(16) in known for _ in range(1000))


def test_an_input_that_comes_twice_counts_once():
    cutter, shards = cut([raw("a", "1"), raw("b", "2"), raw("a", "1")], size=10)
    assert [i.id for s in shards for i in s.items] == ["1", "2"] and cutter.known == 1


def test_two_stories_with_one_id_both_stay():
    cutter, (shard,) = cut([raw("a", "1"), raw("b", "1"), raw("a")], size=10)
    first, second, third = shard.items
    assert first.id == "1" and str(second.id).startswith("1~") and str(third.id).startswith("sha256:")
    assert cutter.renamed == 1


def test_an_id_of_an_earlier_run_is_kept_for_its_story():
    a, b = raw("a", "1"), raw("b", "1")
    before = Known()
    before.add(digest(a), name_key("1"))
    _, (shard,) = cut([b, a], before, size=10)
    assert [str(i.id)[:2] for i in shard.items] == ["1~"]


def test_pages_without_an_id_get_one_from_their_content():
    one, two = (Unread(kind="html", name="x", data=d, url="https://a.example") for d in (b"1", b"2"))
    _, (shard,) = cut([one, two], size=10)
    assert len({i.id for i in shard.items}) == 2


def test_a_run_that_goes_on_cuts_the_same_shards():
    items = [raw(f"text {n}", str(n)) for n in range(23)] + [Reject(id="x", stage="ingest", code="C101", message="m")]
    _, whole = cut(items, size=5)
    mine = Known()
    for shard in (whole[1], whole[3]):
        mine.add_many(shard.units, shard.names)
    _, again = cut(items, mine=mine, size=5)
    assert [s.id for s in again if s.items] == [whole[0].id, whole[2].id, whole[4].id]
    _, shuffled = cut(items[::-1], mine=mine, size=5)
    assert sum(len(s.items) for s in shuffled) == len(items) - 10


def test_a_story_that_kills_its_worker_is_found():
    _, (shard,) = cut([raw(f"text {n}", str(n)) for n in range(11)], size=20)
    waiting, done, deaths = [Task(shard=shard, dataset="d", run_id="r")], [], 0
    while waiting:
        task = waiting.pop()
        if any(isinstance(i, RawDocument) and i.id == "7" for i in task.shard.items):
            deaths += 1
            waiting += after_death(Died(task=task, why="killed"))
        else:
            done += task.shard.items
    assert sorted(i.id for i in done) == sorted(map(str, range(11))) and deaths < 12
    (refused,) = [i for i in done if isinstance(i, Reject)]
    assert refused.id == "7" and refused.code == "C801"
    assert len(shard.units) == 11 * UNIT
