"""How far two datasets agree: counts by dyad, type and month, their correlation, and events that match one to one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt

from communique.export.dyads import expand
from communique.export.flow import coded_events
from communique.export.loss import Loss
from communique.export.types import Source
from communique.types import Actor

Key = tuple[str, str, str]
"""Actor, recipient, type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Counts of one dyad, type or month in both datasets, and how many of them match."""

    by: str
    key: str
    a: int
    b: int
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Of the counts of both datasets over all cells that one of them fills; None where there are too few or they do not vary."""

    by: str
    cells: int
    pearson: float | None
    spearman: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Something to read: an event that only one has, or that both have as another type."""

    kind: str
    """only a, only b, or type."""
    actor: str
    recipient: str
    type_a: str | None
    day_a: date | None
    id_a: str | None
    type_b: str | None
    day_b: date | None
    id_b: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What `compare` finds."""

    since: date
    until: date
    window: int
    a: int
    b: int
    matched: int
    left_out: Mapping[str, Mapping[str, int]]
    """Per dataset, events that were not compared, by reason."""
    correlations: tuple[Correlation, ...]
    cells: tuple[Cell, ...]
    types: tuple[tuple[str, str, int], ...]
    """Type in a, type in b, and number of events that match on dyad and day but not on type."""
    disagreements: tuple[Disagreement, ...]

    @property
    def share_a(self) -> float | None:
        """Share of a's events that b has."""
        return self.matched / self.a if self.a else None

    @property
    def share_b(self) -> float | None:
        """Share of b's events that a has."""
        return self.matched / self.b if self.b else None


@dataclass(slots=True, kw_only=True)
class _Side:
    found: dict[Key, list[tuple[date, str]]] = field(default_factory=lambda: defaultdict(list))
    left_out: Counter[str] = field(default_factory=Counter)

    def days(self) -> Iterator[date]:
        return (d for events in self.found.values() for d, _ in events)


def party(actor: Actor | None) -> str | None:
    """Country, else organization; None where an actor has neither and cannot be compared."""
    return (actor.country or actor.organization) if actor else None


def _read(source: Source) -> _Side:
    side, loss = _Side(), Loss()
    for coded in coded_events(source, loss, holds=frozenset(), allow=lambda _: None, documents=False):
        pairs = {(party(d.actor), party(d.recipient)) for d in expand(coded)}
        known = {(a, r) for a, r in pairs if a and r}
        if not known:
            side.left_out["actor or recipient without country and organization"] += 1
        for a, r in known:
            side.found[(a, r, coded.type)].append((coded.day, coded.fact.id))
    side.left_out.update(loss.dropped)
    return side


def compare(
    a: Source, b: Source, *, window: int = 1, since: date | None = None, until: date | None = None, directed: bool = True, limit: int = 20
) -> Comparison:
    """Compare two datasets over the period that both cover, or over `since` to `until`.

    Events match one to one where actor, recipient and type are the same and the days at most `window` apart; as many as can be.
    `directed` False takes a dyad for the same whoever acts. `limit` is the number of disagreements of each kind.
    """
    sides = (_read(a), _read(b))
    first, last = _period(sides, since, until)
    for side in sides:
        _cut(side, first, last, directed)
    matched: Counter[Key] = Counter()
    rest: tuple[dict[Key, list[tuple[date, str]]], dict[Key, list[tuple[date, str]]]] = ({}, {})
    for key in sorted(sides[0].found.keys() | sides[1].found.keys()):
        pairs, one, two = match(sides[0].found.get(key, []), sides[1].found.get(key, []), window)
        matched[key] = len(pairs)
        rest[0][key], rest[1][key] = one, two
    types, disagreements = _disagreements(rest, window, limit)
    counts = [{k: len(v) for k, v in s.found.items()} for s in sides]
    return Comparison(
        since=first,
        until=last,
        window=window,
        a=sum(counts[0].values()),
        b=sum(counts[1].values()),
        matched=sum(matched.values()),
        left_out={"a": dict(sides[0].left_out), "b": dict(sides[1].left_out)},
        correlations=_correlations(sides),
        cells=tuple(_cells(sides, matched, window)),
        types=types,
        disagreements=disagreements,
    )


def _period(sides: Sequence[_Side], since: date | None, until: date | None) -> tuple[date, date]:
    spans = [(min(s.days(), default=None), max(s.days(), default=None)) for s in sides]
    starts, ends = [s for s, _ in spans if s], [e for _, e in spans if e]
    return since or max(starts, default=date.min), until or min(ends, default=date.max)


def _cut(side: _Side, first: date, last: date, directed: bool) -> None:
    kept: dict[Key, list[tuple[date, str]]] = defaultdict(list)
    for (one, two, type_), events in side.found.items():
        actor, recipient = (one, two) if directed else (min(one, two), max(one, two))
        inside = [e for e in events if first <= e[0] <= last]
        if len(inside) < len(events):
            side.left_out["outside the period"] += len(events) - len(inside)
        if inside:
            kept[(actor, recipient, type_)] += inside
    side.found = {k: sorted(v) for k, v in kept.items()}


def match(
    one: Sequence[tuple[date, str]], two: Sequence[tuple[date, str]], window: int
) -> tuple[list[tuple[tuple[date, str], tuple[date, str]]], list[tuple[date, str]], list[tuple[date, str]]]:
    """Pairs of events at most `window` days apart, and what is left of each; both are sorted by day.

    Taking the earliest that still fits gives the greatest number of pairs, because all windows are equally wide.
    """
    pairs, left_one, left_two, i, j = [], [], [], 0, 0
    reach = timedelta(days=window)
    while i < len(one) and j < len(two):
        if abs(one[i][0] - two[j][0]) <= reach:
            pairs.append((one[i], two[j]))
            i, j = i + 1, j + 1
        elif one[i][0] < two[j][0]:
            left_one.append(one[i])
            i += 1
        else:
            left_two.append(two[j])
            j += 1
    return pairs, left_one + list(one[i:]), left_two + list(two[j:])


def _disagreements(
    rest: Sequence[Mapping[Key, list[tuple[date, str]]]], window: int, limit: int
) -> tuple[tuple[tuple[str, str, int], ...], tuple[Disagreement, ...]]:
    """What did not match: first those on one dyad and day that differ in type, then those that only one has, newest first."""
    dyads: list[dict[tuple[str, str], list[tuple[date, str]]]] = []
    types: list[dict[tuple[str, str, date, str], list[str]]] = []
    for side in rest:
        held: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        named: dict[tuple[str, str, date, str], list[str]] = defaultdict(list)
        for (actor, recipient, type_), events in side.items():
            held[(actor, recipient)] += events
            for day, name in events:
                named[(actor, recipient, day, name)].append(type_)
        dyads.append(held)
        types.append(named)
    confused: Counter[tuple[str, str]] = Counter()
    found: dict[str, list[Disagreement]] = {"type": [], "only a": [], "only b": []}
    for actor, recipient in sorted(dyads[0].keys() | dyads[1].keys()):
        one, two = (sorted(d.get((actor, recipient), [])) for d in dyads)
        pairs, left_one, left_two = match(one, two, window)

        def kind(side: int, event: tuple[date, str], dyad: tuple[str, str] = (actor, recipient)) -> str:
            return types[side][(*dyad, *event)].pop()

        for x, y in pairs:
            names = kind(0, x), kind(1, y)
            confused[names] += 1
            found["type"].append(_disagreement("type", actor, recipient, (names[0], *x), (names[1], *y)))
        found["only a"] += [_disagreement("only a", actor, recipient, (kind(0, x), *x), None) for x in left_one]
        found["only b"] += [_disagreement("only b", actor, recipient, None, (kind(1, y), *y)) for y in left_two]
    newest = [sorted(f, key=lambda d: (d.day_a or d.day_b or date.min, d.actor, d.recipient), reverse=True)[:limit] for f in found.values()]
    return tuple((x, y, n) for (x, y), n in confused.most_common()), tuple(d for part in newest for d in part)


def _disagreement(kind: str, actor: str, recipient: str, a: tuple[str, date, str] | None, b: tuple[str, date, str] | None) -> Disagreement:
    (ta, da, ia), (tb, db, ib) = a or (None, None, None), b or (None, None, None)
    return Disagreement(kind=kind, actor=actor, recipient=recipient, type_a=ta, day_a=da, id_a=ia, type_b=tb, day_b=db, id_b=ib)


def _groups(key: Key, day: date) -> dict[str, str]:
    month = f"{day:%Y-%m}"
    dyad = f"{key[0]}:{key[1]}"
    return {"dyad": dyad, "type": key[2], "month": month, "dyad, type and month": f"{dyad} {key[2]} {month}"}


def _tables(side: _Side) -> dict[str, Counter[str]]:
    out: dict[str, Counter[str]] = {n: Counter() for n in ("dyad", "type", "month", "dyad, type and month")}
    for key, events in side.found.items():
        for day, _ in events:
            for name, value in _groups(key, day).items():
                out[name][value] += 1
    return out


def _correlations(sides: Sequence[_Side]) -> tuple[Correlation, ...]:
    one, two = (_tables(s) for s in sides)
    out = []
    for name in one:
        keys = sorted(one[name].keys() | two[name].keys())
        xs, ys = [float(one[name][k]) for k in keys], [float(two[name][k]) for k in keys]
        out.append(Correlation(by=name, cells=len(keys), pearson=pearson(xs, ys), spearman=pearson(_ranks(xs), _ranks(ys))))
    return tuple(out)


def _cells(sides: Sequence[_Side], matched: Mapping[Key, int], window: int) -> Iterator[Cell]:
    one, two = (_tables(s) for s in sides)
    both: dict[str, Counter[str]] = {n: Counter() for n in one}
    for key in matched:
        for x, _ in match(sides[0].found.get(key, []), sides[1].found.get(key, []), window)[0]:
            for name, value in _groups(key, x[0]).items():
                both[name][value] += 1
    for name in ("dyad", "type", "month"):
        keys = one[name].keys() | two[name].keys()
        order = sorted(keys) if name == "month" else sorted(keys, key=lambda k: (-(one[name][k] + two[name][k]), k))
        for key in order:
            yield Cell(by=name, key=key, a=one[name][key], b=two[name][key], matched=both[name][key])


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's correlation; None for fewer than three values or where one side does not vary.

    >>> pearson([1, 2, 3], [2, 4, 6]), pearson([1, 1, 1], [1, 2, 3])
    (1.0, None)
    """
    n = len(xs)
    if n < 3:
        return None
    mx, my = sum(xs) / n, sum(ys) / n
    sx, sy = sum((x - mx) ** 2 for x in xs), sum((y - my) ** 2 for y in ys)
    if sx <= 0 or sy <= 0:
        return None
    return max(-1.0, min(1.0, sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sqrt(sx * sy)))


def _ranks(values: Iterable[float]) -> list[float]:
    """Ranks from 1, equal values with the mean of theirs."""
    values = list(values)
    order = sorted(range(len(values)), key=values.__getitem__)
    out, i = [0.0] * len(values), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            out[order[k]] = (i + j) / 2 + 1
        i = j + 1
    return out
