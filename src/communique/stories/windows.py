"""Stories filed day by day: what one day does, and which days an update has to do again.

A day's filing is a function of the stories of that day and of the `VERSION_DAYS` before it, as they were filed. So new stories change
nothing before their own day, and the days after it only until a whole window comes out as it was.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from communique.stories.clusters import WINDOW_DAYS, Parameters, Placed, file_clusters
from communique.stories.order import day_of, order_key
from communique.stories.types import Book, Day, Filing, Sketch
from communique.stories.versions import VERSION_DAYS, Filed, file_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A story with its filing."""

    sketch: Sketch
    filing: Filing


def file_day(before: Sequence[Standing], new: Sequence[Sketch], parameters: Parameters | None = None) -> list[Standing]:
    """File the stories of one day, given those of the `VERSION_DAYS` before it; in the order of publication.

    The first version of a story decides its cluster; later versions follow it. Nothing depends on the order of `before` or `new`.
    """
    before = sorted(before, key=lambda s: order_key(s.sketch.published, s.sketch.document_id))
    filed = file_versions([_filed(s) for s in before], new)
    day = max((d for s in new if (d := day_of(s.published)) is not None), default=None)
    placed = file_clusters(
        [_placed(s) for s in before if s.filing.version_of is None and _within(s, day)],
        [f.sketch for f in filed if f.first == f.sketch.document_id],
        parameters,
    )
    clusters = {s.filing.version_of or s.filing.document_id: s.filing.cluster_id for s in before}
    clusters |= {p.sketch.document_id: p.cluster_id for p in placed}
    nearness = {p.sketch.document_id: p.nearness for p in placed}
    return [_standing(f, clusters[f.first], nearness.get(f.sketch.document_id, 0.0)) for f in filed]


def _within(standing: Standing, day: Day) -> bool:
    own = day_of(standing.sketch.published)
    return day is not None and own is not None and day - own <= WINDOW_DAYS


def _filed(s: Standing) -> Filed:
    f = s.filing
    return Filed(sketch=s.sketch, first=f.version_of or f.document_id, kind=f.kind, similarity=f.similarity)


def _placed(s: Standing) -> Placed:
    return Placed(sketch=s.sketch, cluster_id=s.filing.cluster_id, nearness=s.filing.nearness)


def _standing(f: Filed, cluster_id: str, nearness: float) -> Standing:
    own = f.sketch.document_id
    filing = Filing(
        document_id=own,
        cluster_id=cluster_id,
        version_of=None if f.first == own else f.first,
        kind=f.kind,
        similarity=f.similarity,
        nearness=nearness,
    )
    return Standing(sketch=f.sketch, filing=filing)


class Replay:
    """Files again the days that an update touches. `filings` holds the outcome of each of them when `run` has ended."""

    def __init__(self, book: Book, changed: Mapping[Day, Collection[str]], parameters: Parameters | None = None) -> None:
        self._book = book
        self._changed = changed
        self._parameters = parameters
        self.filings: dict[Day, dict[str, Filing]] = {}
        self.altered: dict[Day, set[str]] = {}
        """Documents of a day that are new, gone, coded again or filed otherwise than before."""

    def run(self) -> None:
        """File the days again."""
        held = set(self._book.days())
        days = sorted({d for d in (*held, *self._changed) if d is not None})
        window: list[tuple[int, list[Standing]]] = []
        unrest = -VERSION_DAYS - 2**40
        for day in days:
            if day not in self._changed and day - unrest > VERSION_DAYS:
                continue
            window = [(d, s) for d, s in window if day - d <= VERSION_DAYS]
            window = self._fill(window, day, days)
            self._file(day, [s for _, part in window for s in part], held, window)
            if self.altered[day]:
                unrest = day
        if None in self._changed:
            self._file(None, [], held, [])

    def _fill(self, window: list[tuple[int, list[Standing]]], day: int, days: Sequence[int]) -> list[tuple[int, list[Standing]]]:
        """The window before a day, days that were not filed again taken from the book."""
        known = {d for d, _ in window}
        missing = [d for d in days[bisect_left(days, day - VERSION_DAYS) : bisect_left(days, day)] if d not in known]
        return sorted([*window, *((d, self._stood(d)) for d in missing)], key=lambda p: p[0])

    def _stood(self, day: int) -> list[Standing]:
        filings = self.filings.get(day) or self._book.filings(day)
        return [Standing(sketch=s, filing=filings[s.document_id]) for s in self._book.sketches(day)]

    def _file(self, day: Day, before: Sequence[Standing], held: Collection[Day], window: list[tuple[int, list[Standing]]]) -> None:
        standings = file_day(before, self._book.sketches(day) if day in held else (), self._parameters)
        new = {s.filing.document_id: s.filing for s in standings}
        old = self._book.filings(day)
        self.filings[day] = new
        self.altered[day] = {d for d in {*new, *old} if new.get(d) != old.get(d)} | set(self._changed.get(day, ()))
        if day is not None:
            window.append((day, standings))


def file_all(days: Iterable[Sequence[Sketch]], parameters: Parameters | None = None) -> Iterator[list[Standing]]:
    """File a whole stream, given day by day in order; for measuring."""
    window: list[Standing] = []
    for new in days:
        day = max((d for s in new if (d := day_of(s.published)) is not None), default=None)
        window = [s for s in window if day is not None and day - (day_of(s.sketch.published) or 0) <= VERSION_DAYS]
        standings = file_day(window, new, parameters)
        window += standings
        yield standings
