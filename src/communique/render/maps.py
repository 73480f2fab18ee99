"""A map of points over the borders of countries, cut to where the points are."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from communique.render.plots import GREY, nothing
from communique.render.svg import PALETTE, fit, picture, tag, text

Ring = list[tuple[float, float]]


class _Spot(NamedTuple):
    """A place on the picture."""

    x: float
    y: float
    weight: float
    name: str


WIDTH = 860.0


@lru_cache(maxsize=1)
def borders() -> tuple[Ring, ...]:
    """Outlines of all countries in degrees, from the TopoJSON file."""
    source = json.loads((resources.files("communique.render") / "data" / "countries-110m.json").read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    arcs = []
    for arc in source["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    rings = []
    for country in source["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for ring in (r for polygon in polygons for r in polygon):
            parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
            rings += _unwrapped([p for part in parts for p in part])
    return tuple(rings)


def _unwrapped(ring: Ring) -> list[Ring]:
    """A ring that crosses the date line, whole, on both sides of the map; any other as it is."""
    out, turn = [ring[0]], 0.0
    for (before, _), (x, y) in zip(ring, ring[1:]):
        turn += 360.0 if x - before < -180 else -360.0 if x - before > 180 else 0.0
        out.append((x + turn, y))
    least, most = min(x for x, _ in out), max(x for x, _ in out)
    shifts = [0.0] + ([360.0] if least < -180 else []) + ([-360.0] if most > 180 else [])
    return [[(x + shift, y) for x, y in out] for shift in shifts]


def _window(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """West, south, east, north around the points with a margin, at least 36 by 22 degrees; the world where they are far apart."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if east - west > 200 or north - south > 110:
        return -180.0, -60.0, 180.0, 84.0
    wide, high = max((east - west) * 1.2, 36.0), max((north - south) * 1.2, 22.0)
    x, y = (west + east) / 2, (south + north) / 2
    return max(x - wide / 2, -180.0), max(y - high / 2, -85.0), min(x + wide / 2, 180.0), min(y + high / 2, 85.0)


_NAMED = 12
"""Circles that get a name beside them, the largest first."""


def point_map(
    places: Sequence[tuple[float, float, float, str]],
    *,
    title: str,
    measure: str = "events",
    window: tuple[float, float, float, float] | None = None,
    link: Callable[[float, float, float, float], str] | None = None,
) -> str:
    """Circles at longitude, latitude; area by weight; places that fall together are one circle. The fourth value names the place.

    `window` is west, south, east, north; without it the map is cut to the places. With `link` each circle leads to what that function
    makes of the box around its places.
    """
    if not places and window is None:
        return nothing(title)
    west, south, east, north = window or _window([(p[0], p[1]) for p in places])
    places = [p for p in places if west <= p[0] <= east and south <= p[1] <= north]
    stretch = max(math.cos(math.radians((south + north) / 2)), 0.3)
    scale = min(WIDTH / ((east - west) * stretch), 560.0 / (north - south))
    wide, high, top = (east - west) * stretch * scale, (north - south) * scale, 44.0

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - west) * stretch * scale, (north - latitude) * scale

    land = [tag("path", d=_path([at(*p) for p in ring]), class_="land") for ring in borders() if _seen(ring, west, south, east, north)]
    groups: dict[tuple[int, int], list[_Spot]] = defaultdict(list)
    for place in places:
        x, y = at(place[0], place[1])
        groups[(int(x // 14), int(y // 14))].append(_Spot(x, y, place[2], place[3]))
    circles, names, biggest = [], [], max((sum(p.weight for p in g) for g in groups.values()), default=1.0)
    taken: list[tuple[float, float]] = []
    for group in sorted(groups.values(), key=lambda g: -sum(p.weight for p in g)):
        weight = sum(p.weight for p in group)
        x, y = sum(p.x * p.weight for p in group) / weight, sum(p.y * p.weight for p in group) / weight
        there = sorted({p.name for p in group})
        radius = 3 + 19 * math.sqrt(weight / biggest)
        label = tag("title", fit(f"{', '.join(there[:5])}{' …' if len(there) > 5 else ''}: {weight:g}"))
        circle = tag("circle", label, cx=x, cy=y, r=radius, fill=PALETTE[1], fill_opacity="0.6", stroke="#7a3500")
        if link:
            cell = (
                west + (x - 14) / stretch / scale,
                north - (y + 14) / scale,
                west + (x + 14) / stretch / scale,
                north - (y - 14) / scale,
            )
            said = f"{', '.join(there[:2])}{' and more' if len(there) > 2 else ''}: {weight:g} {measure}"
            circle = tag("a", circle, href=link(*cell), aria_label=said)
        circles.append(circle)
        if len(names) < _NAMED and all(abs(x - a) > 90 or abs(y - b) > 14 for a, b in taken) and x + radius < wide - 60:
            taken.append((x, y))
            best = max(group, key=lambda p: p.weight).name
            names.append(text(best, x + radius + 3, y + 4, size=11, stroke="#ffffff", stroke_width="2.5", paint_order="stroke"))
    inner = tag(
        "svg",
        tag("rect", width=wide, height=high, fill="#eef3f7", class_="sea"),
        tag("g", *land, fill="#fbfaf6", stroke="#b9b9b9", stroke_width="0.6"),
        *circles,
        *names,
        x=0,
        y=top,
        width=wide,
        height=high,
        viewBox=f"0 0 {wide:.1f} {high:.1f}",
        overflow="hidden",
    )
    heading = [text(title, 12, 22, size=16, font_weight="600"), text(f"{measure}, by area", 12, 38, size=11, fill=GREY)]
    total = sum(p[2] for p in places)
    counted = f"{total:g} {measure} at {len(places)} places"
    said = f"{counted} between {south:.0f} and {north:.0f} degrees north, {west:.0f} and {east:.0f} east"
    return picture(max(wide, 420.0), high + top, title, said, *heading, inner)


def _seen(ring: Ring, west: float, south: float, east: float, north: float) -> bool:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return max(xs) >= west and min(xs) <= east and max(ys) >= south and min(ys) <= north


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
