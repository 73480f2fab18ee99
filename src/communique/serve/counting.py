"""Counts for pages and data alike: over time, dyads, places, facets, one actor. Each view gives `data`, and what its page and picture need."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from communique.errors import NotFound, UsageError
from communique.render.maps import point_map
from communique.render.plots import Series, filled, matrix, time_series
from communique.serve.asking import Asked, address, pairs_of, with_value
from communique.serve.glossary import QUADS, find_parties, offices, party_name
from communique.serve.lists import LISTS, page_of
from communique.serve.snapshots import View
from communique.store.filters import Box, Filters, parse_filters
from communique.store.questions import PERIODS
from communique.store.summaries import facets, grid, partners
from communique.store.where import TARGETS, answers

Found = dict[str, Any]
_LINES = 6
_NARROW = 0.05
"""Half the width of the narrowest map, in degrees."""
_GRAIN = 0.00001
"""Degrees between neighbouring coordinates of the gazetteer."""


def fitting(filters: Filters, table: str) -> Filters:
    """The filters that a table answers."""
    kept = {n: getattr(filters, n) for n in filters.given() if answers(TARGETS[table], n)}
    return Filters(**kept)


def count(view: View, table: str, filters: Filters) -> int:
    """Rows of a table, counted once for the snapshot."""
    return view.kept(("count", table, filters), lambda: view.reader.count(table, filters))


def name_of(key: str, value: Any) -> str:
    """A value of a facet in words."""
    if value is None:
        return "none"
    if key == "quad":
        return QUADS.get(int(value), str(value))
    if key in ("actor", "recipient", "place"):
        return party_name(str(value))
    if key == "year":
        return str(value)[:4]
    return str(value).capitalize() if key == "type" else str(value)


def timeline_view(view: View, asked: Asked) -> Found:
    """Counts and Goldstein scores by period, told apart by quad class or another key."""
    by = asked.choice("by", PERIODS, "month")
    split = asked.choice("split", ("none", "quad", "type", "status"), "quad")
    measure = asked.choice("measure", ("count", "goldstein"), "count")
    keys = [by] if split == "none" else [by, split]
    rows = view.kept(("timeline", asked.filters, by, split), lambda: view.reader.counts(keys, asked.filters).to_dicts())
    rows = [r for r in rows if r[by] is not None]
    if by == "day" and len({r[by] for r in rows}) > 4000:
        raise UsageError("that are more than 4,000 days; narrow with since and until, or count by month")
    data = {"by": by, "split": None if split == "none" else split, "rows": rows}
    return {"data": data, "by": by, "split": split, "measure": measure, "svg": lambda: _lines(rows, by, split, measure)}


def _lines(rows: list[Found], by: str, split: str, measure: str) -> str:
    lines: dict[str, dict[Any, tuple[float, float]]] = {}
    for r in rows:
        name = "all events" if split == "none" else name_of(split, r[split])
        total, score = lines.setdefault(name, {}).get(r[by], (0.0, 0.0))
        lines[name][r[by]] = (total + r["count"], score + (r["goldstein_sum"] or 0.0))
    best = sorted(lines, key=lambda n: (-sum(c for c, _ in lines[n].values()), n))[:_LINES]
    first, last = (min(r[by] for r in rows), max(r[by] for r in rows)) if rows else (None, None)
    series = []
    for name in best:
        points = {d: (c if measure == "count" else s / c) for d, (c, s) in lines[name].items() if c}
        if measure == "count" and first is not None and last is not None and (last - first).days < 40_000:
            series.append(Series(name=name, points=filled(points, by, first, last)))
        else:
            series.append(Series(name=name, points=tuple(sorted(points.items()))))
    what = "events" if measure == "count" else "mean Goldstein score"
    return time_series(series, title=f"{what.capitalize()} by {by}", measure=what)


def dyad_view(view: View, asked: Asked) -> Found:
    """A matrix of who acts on whom, among those with most events."""
    side = asked.number("side", 14, 40)
    rows = view.kept(("dyads", asked.filters), lambda: view.reader.counts("dyad", asked.filters, limit=2000).to_dicts())
    rows = [r for r in rows if r["actor"] and r["recipient"]]
    weight: dict[str, int] = {}
    for r in rows:
        for code in {r["actor"], r["recipient"]}:
            weight[code] = weight.get(code, 0) + r["count"]
    names = sorted(weight, key=lambda c: (-weight[c], c))[:side]
    known = {(r["actor"], r["recipient"]): r for r in rows}
    sizes = [math.log1p(known[(a, b)]["count"]) for a in names for b in names if (a, b) in known]
    least, most = (min(sizes), max(sizes)) if sizes else (0.0, 1.0)

    def cell(a: str, b: str) -> Found | None:
        r = known.get((a, b))
        if r is None:
            return None
        shade = round(1 + 7 * (math.log1p(r["count"]) - least) / ((most - least) or 1.0))
        link = address("/events", pairs_of(asked.filters, {"actor": a, "recipient": b}))
        return {"count": r["count"], "goldstein": r["goldstein_mean"], "shade": shade, "link": link}

    table = [(a, [(b, cell(a, b)) for b in names]) for a in names]
    listed = [r for r in rows if r["actor"] in names and r["recipient"] in names]

    def svg() -> str:
        return matrix([(r["actor"], r["recipient"], r["count"]) for r in rows], title="Who acts on whom", most=side)

    return {"data": {"names": names, "rows": listed}, "names": names, "table": table, "parties": len(weight), "svg": svg}


def map_view(view: View, asked: Asked) -> Found:
    """Places in squares whose width follows the window."""
    table = asked.choice("table", ("events", "exercises"), "events")
    filters = fitting(asked.filters, table)
    box = filters.bbox
    wide = 360.0 if box is None else (box.east - box.west) % 360 or 360.0
    step = max(0.05, wide / 60)
    rows = view.kept(("map", table, filters, step), lambda: grid(view.reader, table, filters, step))
    window = None if box is None or box.west > box.east else _window(box)

    def link(west: float, south: float, east: float, north: float) -> str:
        # a square ends before its far sides, a box holds them: places on the line belong to the next square
        east, north = (180.0 if east >= 180 else east - _GRAIN), (90.0 if north >= 90 else north - _GRAIN)
        narrowed = f"{max(west, -180):.5f},{max(south, -90):.5f},{east:.5f},{north:.5f}"
        return address(f"/{table}", with_value(pairs_of(filters), "bbox", narrowed))

    def svg(linked: bool = False) -> str:
        points = [(r["longitude"], r["latitude"], float(r["count"]), r["place"] or "?") for r in rows]
        world = (-180.0, -58.0, 180.0, 80.0)
        return point_map(
            points, title=f"{table.capitalize()} by place", measure=table, window=window or world, link=link if linked else None
        )

    def places(most: int) -> list[Found]:
        return [{**r, "link": link(r["x"] * step, r["y"] * step, (r["x"] + 1) * step, (r["y"] + 1) * step)} for r in rows[:most]]

    data = {"table": table, "step": step, "rows": rows}
    return {"data": data, "table": table, "svg": svg, "window": window, "filters": filters, "places": places}


def _window(box: Box) -> tuple[float, float, float, float]:
    """The box, made wide and high enough to be drawn."""
    x, y = (box.west + box.east) / 2, (box.south + box.north) / 2
    wide, high = max((box.east - box.west) / 2, _NARROW), max((box.north - box.south) / 2, _NARROW)
    return x - wide, y - high, x + wide, y + high


def search_view(view: View, asked: Asked) -> Found:
    """Events with counts of what they are, and how much of other kinds the same words find."""
    filters = asked.filters
    total, sides = view.kept(("facets", filters), lambda: facets(view.reader, "events", filters))
    page = page_of(view.reader, LISTS["events"], asked, "page", list(LISTS["events"].shown))
    others = {t: count(view, t, fitting(filters, t)) for t in ("documents", "statements", "exercises")}
    names = [c for t in filters.text for c in find_parties(t)]
    rows = page.rows.to_pylist()
    shown = {k: [{"value": v[:4] if k == "year" else v, "count": n} for v, n in pairs] for k, pairs in sides.items()}
    data = {"rows": rows, "count": total, "facets": shown, "others": others, "actors": names, "next": page.next}
    return {"data": data, "rows": rows, "next": page.next, "facets": sides, "others": others, "names": names}


def facet_links(facets_: dict[str, list[tuple[Any, int]]], filters: Filters) -> list[Found]:
    """Facets as links that narrow, or widen again where the value is chosen."""
    pairs, out = pairs_of(filters), []
    for key, values in facets_.items():
        rows = []
        for value, number in values:
            if key == "year":
                year = str(value)[:4]
                on = ("since", f"{year}-01-01") in pairs and ("until", f"{year}-12-31") in pairs
                rest = [p for p in pairs if p[0] not in ("since", "until")]
                to = rest if on else [*rest, ("since", year), ("until", year)]
            else:
                on = (key, str(value)) in pairs
                to = [p for p in pairs if p != (key, str(value))] if on else [*pairs, (key, str(value))]
            rows.append({"name": name_of(key, value), "count": number, "on": on, "link": address("/search", to)})
        out.append({"key": key, "values": rows})
    return out


def actors_view(view: View) -> Found:
    """Countries and organizations by the number of their events."""

    def make() -> list[Found]:
        rows: dict[str, Found] = {}
        for key, field in (("actor", "acts"), ("recipient", "acted_on")):
            for r in view.reader.counts(key, {}).to_dicts():
                if r[key]:
                    rows.setdefault(r[key], {"code": r[key], "kind": "country", "acts": 0, "acted_on": 0})[field] = r["count"]
        for r in view.reader.counts("organization", {}).to_dicts():
            if r["organization"] and r["organization"] not in rows:
                rows[r["organization"]] = {"code": r["organization"], "kind": "organization", "acts": r["count"], "acted_on": 0}
        return sorted(rows.values(), key=lambda r: (-(r["acts"] + r["acted_on"]), r["code"]))

    rows = [{**r, "name": party_name(r["code"])} for r in view.kept("actors", make)]
    return {"data": {"rows": rows}, "rows": rows}


def actor_view(view: View, code: str) -> Found:
    """What a country or organization does, with whom, and who held its offices. Raises `NotFound`, `UsageError`."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.&-]{0,39}", code):
        raise UsageError(f"{code!r} is no code; write a country (CHN) or an organization (NATO)")
    code = code.upper()
    reader, acts, suffers = view.reader, parse_filters([("actor", code)]), parse_filters([("recipient", code)])

    def make() -> Found:
        types = reader.counts("type", acts).to_dicts()
        against = {r["type"]: r["count"] for r in reader.counts("type", suffers).to_dicts()}
        both = {r["type"] for r in types} | set(against)
        done = {r["type"]: r["count"] for r in types}
        by_type = [{"type": t, "acts": done.get(t, 0), "acted_on": against.get(t, 0)} for t in both]
        return {
            "types": sorted(by_type, key=lambda r: (-(r["acts"] + r["acted_on"]), r["type"])),
            "years": [{**r, "year": str(r["year"])[:4]} for r in reader.counts("year", acts).to_dicts() if r["year"]],
            "partners": partners(reader, code),
            "exercises": reader.count("exercises", {"party": code}),
            "statements": reader.count("statements", {"actor": code}),
        }

    found = view.kept(("actor", code), make)
    held, name = offices(code), party_name(code)
    if name == code and not held and not found["types"] and not found["statements"] and not found["exercises"]:
        raise NotFound(f"nobody has the code {code!r}; the list of actors has those that are met")
    return {"data": {"code": code, "name": name, **found, "offices": held}, "code": code, "name": name, "offices": held, **found}


Maker = Callable[[View, Asked], Found]
