"""Questions to pictures: which picture an answer makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from communique.errors import UsageError
from communique.store.filters import Filters, to_pairs
from communique.store.questions import PERIODS

if TYPE_CHECKING:
    from communique.store.reader import Reader

_LINES = 8
"""Lines that one picture can hold apart."""


def draw(reader: Reader, table: str, filters: Filters, *, by: str | None, clock: str, rate: bool, limit: int | None) -> str:
    """SVG: lines for a period (and one more key), a matrix for dyads, bars for another key, a map where nothing is counted by."""
    title = _title(table, filters, by)
    measure = f"{table.replace('_', ' ')} a thousand stories" if rate else table.replace("_", " ")
    if by is None:
        return _map(reader, table, filters, title, measure, limit)
    keys = [k.strip() for k in by.split(",")]
    if keys == ["dyad"]:
        from communique.render.plots import matrix

        rows = reader.counts("dyad", filters, table=table, clock=clock, limit=limit or 400).to_dicts()
        return matrix([(r["actor"], r["recipient"], r["count"]) for r in rows], title=title, measure=measure)
    periods = [k for k in keys if k in PERIODS]
    if len(periods) == 1 and len(keys) <= 2 and "dyad" not in keys:
        rows = reader.counts(keys, filters, table=table, clock=clock, rate=rate).to_dicts()
        return _lines(rows, periods[0], [k for k in keys if k not in PERIODS], "per_thousand" if rate else "count", title, measure)
    if len(keys) != 1:
        raise UsageError(f"--plot cannot draw --by {by}; draw a period, a period and one more key, dyad, or one key")
    from communique.render.plots import bars

    rows = reader.counts(keys, filters, table=table, clock=clock, limit=limit or 30).to_dicts()
    return bars([(_name(r[keys[0]]), r["count"]) for r in rows], title=title, measure=measure)


_QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}


def _name(value: Any) -> str:
    return "none" if value is None else _QUADS.get(value, str(value)) if isinstance(value, int) else str(value)


def _title(table: str, filters: Filters, by: str | None) -> str:
    said = ", ".join(f"{n} {v}" for n, v in to_pairs(filters))
    return table.replace("_", " ").capitalize() + (f" by {by.replace(',', ' and ')}" if by else "") + (f": {said}" if said else "")


def _lines(rows: list[dict[str, Any]], period: str, group: list[str], value: str, title: str, measure: str) -> str:
    from communique.render.plots import Series, filled, nothing, time_series

    rows = [r for r in rows if r[period] is not None and r[value] is not None]
    if not rows:
        return nothing(title)
    first, last = min(r[period] for r in rows), max(r[period] for r in rows)
    lines: dict[str, dict[Any, float]] = {}
    for r in rows:
        lines.setdefault(_name(r[group[0]]) if group else measure, {})[r[period]] = float(r[value])
    best = sorted(lines, key=lambda n: (-sum(lines[n].values()), n))
    if len(best) > _LINES:
        title += f" (the {_LINES} largest)"
    series = [Series(name=n, points=filled(lines[n], period, first, last)) for n in best[:_LINES]]
    return time_series(series, title=title, measure=measure)


def _map(reader: Reader, table: str, filters: Filters, title: str, measure: str, limit: int | None) -> str:
    from communique.render.maps import point_map

    if table in ("documents", "statements", "clusters"):
        raise UsageError(f"{table} have no places; draw a count, as with --by month")
    places: dict[tuple[float, float, str], int] = {}
    for batch in reader.rows(table, filters, columns=["longitude", "latitude", "place"], limit=limit).batches():
        for row in batch.to_pylist():
            if row["longitude"] is not None and row["latitude"] is not None:
                key = (row["longitude"], row["latitude"], row["place"] or "?")
                places[key] = places.get(key, 0) + 1
    return point_map([(x, y, n, name) for (x, y, name), n in places.items()], title=title, measure=measure)
