"""Versions of one story: the same words sent again, corrected or carried on. The first version keeps the name, the newest is current.

Stories that only share a template (yesterday's market report and today's) are like each other too; what tells them from versions is
time, so the rules grow stricter with the days between two stories.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from communique.stories.minhash import SIZE, like_pairs, likeness
from communique.stories.order import day_of, order_key
from communique.stories.types import Sketch, Version

VERSION_DAYS = 7
"""Days after which a story is no version of another."""
SAME = 0.9
"""Likeness of a story sent again, within `VERSION_DAYS`."""
LIKE = 0.7
"""Likeness of two versions within a day of each other."""
HELD, HELD_LIKE = 0.9, 0.5
"""Within a day: the share of the shorter text that the longer one holds, and their likeness at least."""
MARKED = 0.4
"""Likeness of a story to the one whose headline it repeats behind a mark such as CORRECTED, within `VERSION_DAYS`."""
_MARK = re.compile(
    r"(?i)^\W*(?P<mark>correct(?:ed|ion|s|ing)|clarification|refil(?:e|ing)|rpt|repeat(?:ing)?|updat(?:e|ed|es|ing)(?: \d{1,2})?)\b[^\w]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A story with the first version of it."""

    sketch: Sketch
    first: str
    kind: Version
    similarity: float


def file_versions(old: Sequence[Filed], new: Sequence[Sketch]) -> list[Filed]:
    """File the stories of one day, given those of the days before; in the order of publication.

    New stories that are versions of each other go together: with the old story that is likest to one of them, else as one new story.
    Old ones are never brought together by a new one. Nothing depends on the order of `new`.
    """
    new = sorted(new, key=lambda s: order_key(s.published, s.document_id))
    sketches = [*(f.sketch for f in old), *new]
    start = len(old)
    groups = list(range(len(new)))
    links: dict[int, tuple[float, tuple[int, float, str], int]] = {}
    best: list[tuple[int, int, float]] = []
    for a, b, likely in _matches(sketches):
        if a >= start:
            _join(groups, a - start, b - start)
        elif b >= start:
            best.append((a, b - start, likely))
    for a, b, likely in best:
        root = _root(groups, b)
        mine = (-likely, order_key(sketches[a].published, sketches[a].document_id), a)
        if root not in links or mine < links[root]:
            links[root] = mine
    firsts = {f.first: n for n, f in reversed(list(enumerate(old)))}
    out: list[Filed] = []
    for n, sketch in enumerate(new):
        root = _root(groups, n)
        link = links.get(root)
        first = old[link[2]].first if link else new[root].document_id
        if not link and root == n:
            out.append(Filed(sketch=sketch, first=first, kind="original", similarity=1.0))
            continue
        model = sketches[firsts.get(first, link[2])] if link else new[root]
        out.append(Filed(sketch=sketch, first=first, kind=_kind(model, sketch), similarity=_alike(model, sketch)))
    return out


def _matches(sketches: Sequence[Sketch]) -> list[tuple[int, int, float]]:
    """Pairs (i, j), i < j, of versions of one story with their likeness."""
    signatures = np.zeros((len(sketches), SIZE), dtype=np.uint16)
    for n, s in enumerate(sketches):
        signatures[n] = np.frombuffer(s.signature, dtype="<u2") if s.signature else _alone(s)
    digests = np.array([int.from_bytes(s.digest[:8], "little") for s in sketches], dtype=np.uint64)
    left, right, likely = like_pairs(signatures, digests)
    out = []
    for a, b, j in zip(left.tolist(), right.tolist(), likely.tolist()):
        first, second = sketches[a], sketches[b]
        same = first.digest == second.digest
        if same or (first.signature and second.signature and _versions(first, second, j)):
            out.append((a, b, 1.0 if same else j))
    return out


def _alone(sketch: Sketch) -> np.ndarray:
    """Stands for the signature of a text that is too short for one: equal for equal words only."""
    seed = int.from_bytes(sketch.digest[:8], "little")
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 2**16, size=SIZE, dtype=np.uint16)


def _versions(first: Sketch, second: Sketch, likely: float) -> bool:
    a, b = day_of(first.published), day_of(second.published)
    apart = 0 if a is None or b is None else abs(a - b)
    if apart > VERSION_DAYS or likely < MARKED:
        return False
    if likely >= SAME:
        return True
    if _repeats(first.title, second.title) or _repeats(second.title, first.title):
        return True
    return apart <= 1 and (likely >= LIKE or (likely >= HELD_LIKE and _held(first, second, likely) >= HELD))


def _held(first: Sketch, second: Sketch, likely: float) -> float:
    """Share of the shorter text that stands in the longer one."""
    return likely * (first.shingles + second.shingles) / (1 + likely) / min(first.shingles, second.shingles)


def _repeats(title: str | None, marked: str | None) -> bool:
    """The second headline is the first behind a mark, in most of its words."""
    match = _MARK.match(marked or "")
    if not match or not title:
        return False
    a, b = set(title.casefold().split()), set((marked or "")[match.end() :].casefold().split())
    return bool(a and b) and len(a & b) >= 0.6 * min(len(a), len(b))


def _kind(first: Sketch, second: Sketch) -> Version:
    match = _MARK.match(second.title or "")
    if match and match["mark"].lower().startswith(("correct", "clarif")):
        return "correction"
    if first.digest == second.digest:
        return "duplicate"
    return "resend" if _alike(first, second) >= SAME else "update"


def _alike(first: Sketch, second: Sketch) -> float:
    if first.digest == second.digest:
        return 1.0
    if not first.signature or not second.signature:
        return 0.0
    rows = np.array([np.frombuffer(first.signature, "<u2"), np.frombuffer(second.signature, "<u2")])
    return round(float(likeness(rows, np.array([0]), np.array([1]))[0]), 4)


def _root(groups: list[int], n: int) -> int:
    while groups[n] != n:
        groups[n] = groups[groups[n]]
        n = groups[n]
    return n


def _join(groups: list[int], a: int, b: int) -> None:
    """Join two groups under the earlier root."""
    x, y = sorted((_root(groups, a), _root(groups, b)))
    groups[y] = x
