"""Pictures of counts: a line over time, bars, a matrix of dyads. Data in, SVG text out; the command line and the desk share them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from communique.render.svg import DASHES, PALETTE, picture, tag, text

GREY, LINE, INK = "#666666", "#dddddd", "#222222"
WIDTH, HEIGHT = 860.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 150.0, 48.0, 44.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a time series."""

    name: str
    points: tuple[tuple[date, float], ...]
    """By date."""


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`.

    >>> ticks(0, 47)
    [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    """
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span / about))
    step = next(step * m for m in (1, 2, 5, 10) if span / (step * m) <= about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def _label(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def period_after(day: date, period: str) -> date:
    """First day of the next day, week, month, quarter or year.

    >>> period_after(date(2024, 11, 1), "quarter")
    datetime.date(2025, 2, 1)
    """
    months = {"month": 1, "quarter": 3, "year": 12}.get(period)
    if months is None:
        return day + timedelta(days=7 if period == "week" else 1)
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def filled(points: Mapping[date, float], period: str, first: date, last: date) -> tuple[tuple[date, float], ...]:
    """Every period from first to last, those without a count at zero."""
    out, day = [], first
    while day <= last:
        out.append((day, points.get(day, 0.0)))
        day = period_after(day, period)
    return tuple(out)


def _time_ticks(first: date, last: date) -> list[tuple[date, str]]:
    days = max((last - first).days, 1)
    if days > 1500:
        step = max(1, round(days / 365 / 10))
        return [(date(y, 1, 1), str(y)) for y in range(first.year + (first > date(first.year, 1, 1)), last.year + 1, step)]
    if days > 90:
        every = 1 if days < 400 else 3 if days < 800 else 6
        months = [(first.year + m // 12, m % 12 + 1) for m in range(first.month - 1, first.month + days // 28 + 1)]
        return [(date(y, m, 1), f"{y}-{m:02d}") for y, m in months if (m - 1) % every == 0 and first <= date(y, m, 1) <= last]
    every = max(1, days // 8)
    return [(first + timedelta(days=n), str(first + timedelta(days=n))[5:]) for n in range(0, days + 1, every)]


def time_series(series: Sequence[Series], *, title: str, measure: str = "events") -> str:
    """Lines over time, each with its name at its end, told apart by colour and dash."""
    values = [v for s in series for _, v in s.points]
    days = [d for s in series for d, _ in s.points]
    if not values:
        return nothing(title)
    first, last = min(days), max(days)
    scale = ticks(min(0.0, *values), max(*values, 1e-9) if len(values) > 1 else max(values[0], 1e-9))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(day: date) -> float:
        return LEFT + wide * ((day - first).days / max((last - first).days, 1))

    def y(value: float) -> float:
        return TOP + high * (1 - (value - scale[0]) / (scale[-1] - scale[0]))

    out = [text(title, LEFT, 26, size=16, font_weight="600"), text(measure, LEFT, TOP - 6, size=11, fill=GREY)]
    for value in scale:
        out.append(tag("line", x1=LEFT, x2=LEFT + wide, y1=y(value), y2=y(value), stroke=GREY if value == 0 else LINE))
        out.append(text(_label(value), LEFT - 8, y(value) + 4, size=11, anchor="end", fill=GREY))
    for day, label in _time_ticks(first, last):
        out.append(tag("line", x1=x(day), x2=x(day), y1=TOP + high, y2=TOP + high + 5, stroke=GREY))
        out.append(text(label, x(day), TOP + high + 19, size=11, anchor="middle", fill=GREY))
    names = _spread([(y(s.points[-1][1]), s.name) for s in series], TOP, TOP + high)
    for n, s in enumerate(series):
        colour = PALETTE[n % len(PALETTE)]
        line = " ".join(f"{x(d):.1f},{y(v):.1f}" for d, v in s.points)
        dash = DASHES[n % len(DASHES)]
        shape = tag("polyline", points=line, fill="none", stroke=colour, stroke_width=1.8, stroke_dasharray=dash)
        if len(s.points) == 1:
            shape = tag("circle", cx=x(s.points[0][0]), cy=y(s.points[0][1]), r=4.0, fill=colour)
        out += [shape, text(_cut(s.name, 20), LEFT + wide + 8, names[n] + 4, size=12, fill=colour)]
    total = "; ".join(f"{s.name}: {_label(sum(v for _, v in s.points))} in all" for s in series)
    return picture(WIDTH, HEIGHT, title, f"{measure} from {first} to {last}. {total}.", *out)


def _spread(labels: Sequence[tuple[float, str]], top: float, bottom: float, gap: float = 15.0) -> list[float]:
    """Heights of labels near where they belong, none over another."""
    order = sorted(range(len(labels)), key=lambda n: labels[n][0])
    places, least = [0.0] * len(labels), top
    for n in order:
        places[n] = max(labels[n][0], least)
        least = places[n] + gap
    over = max(0.0, (places[order[-1]] if order else 0.0) - bottom)
    for n in reversed(order):
        places[n] = places[n] - over
        over = max(0.0, over - gap) if over else 0.0
    return places


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def nothing(title: str) -> str:
    """A picture that says that there is nothing to show."""
    return picture(WIDTH, 120, title, "no rows", text(title, 24, 30, size=16, font_weight="600"), text("no rows", 24, 70, fill=GREY))


def bars(items: Sequence[tuple[str, float]], *, title: str, measure: str = "events") -> str:
    """One bar an item, with its name and its value."""
    if not items:
        return nothing(title)
    row, left = 24.0, 190.0
    height = TOP + row * len(items) + 20
    low, high = min(0.0, *(v for _, v in items), 0.0), max(*(v for _, v in items), 0.0, 1e-9)
    wide = WIDTH - left - 90

    def x(value: float) -> float:
        return left + wide * (value - low) / (high - low)

    out = [text(title, 24, 26, size=16, font_weight="600"), text(measure, left, TOP - 6, size=11, fill=GREY)]
    for n, (name, value) in enumerate(items):
        at = TOP + row * n
        out.append(text(_cut(name, 26), left - 8, at + 16, anchor="end"))
        out.append(tag("rect", x=min(x(value), x(0)), y=at + 3, width=max(abs(x(value) - x(0)), 1.0), height=row - 6, fill=PALETTE[0]))
        out.append(text(_label(value), max(x(value), x(0)) + 6, at + 16, size=11, fill=GREY))
    out.append(tag("line", x1=x(0), x2=x(0), y1=TOP, y2=height - 20, stroke=GREY))
    said = "; ".join(f"{n}: {_label(v)}" for n, v in items[:10])
    return picture(WIDTH, height, title, f"{measure}. {said}.", *out)


def matrix(cells: Sequence[tuple[str, str, float]], *, title: str, measure: str = "events", most: int = 16) -> str:
    """Who acts on whom: rows act, columns are acted on; shade by logarithm, the number in each cell."""
    weight: dict[str, float] = {}
    for actor, recipient, value in cells:
        for name in (actor, recipient):
            weight[name] = weight.get(name, 0.0) + abs(value)
    names = sorted(weight, key=lambda n: (-weight[n], n))[:most]
    if not names:
        return nothing(title)
    return _grid(cells, names, title, f"{measure}; rows act, columns are acted on", f"{measure}, who acts on whom", "on")


def confusion(cells: Sequence[tuple[str, str, float]], names: Sequence[str], *, title: str, measure: str) -> str:
    """What was coded where what was right: rows are right, columns were coded, both in the order of `names`."""
    if not cells:
        return nothing(title)
    told = f"{measure}; rows are right, columns were coded"
    return _grid([c for c in cells if c[2]], names, title, told, told, "coded as", size=58.0, letters=10)


def _grid(
    cells: Sequence[tuple[str, str, float]],
    names: Sequence[str],
    title: str,
    under: str,
    told: str,
    between: str,
    *,
    size: float = 40.0,
    letters: int = 8,
) -> str:
    """A square of cells with names before the rows and above the columns."""
    known = {(a, r): v for a, r, v in cells if a in names and r in names}
    left, top = 92.0, 108.0
    width, height = left + size * len(names) + 24, top + size * len(names) + 40
    sizes = [math.log1p(abs(v)) for v in known.values() if v] or [1.0]
    least, most_of_all = min(sizes), max(sizes)
    out = [text(title, 24, 26, size=16, font_weight="600"), text(under, 24, 46, size=11, fill=GREY)]
    for n, name in enumerate(names):
        at = size * n + size / 2
        out.append(text(_cut(name, letters), left - 8, top + at + 4, anchor="end"))
        out.append(text(_cut(name, letters), left + at, top - 8, anchor="middle", size=11 if letters < 10 else 9))
    for i, actor in enumerate(names):
        for j, recipient in enumerate(names):
            value = known.get((actor, recipient))
            share = 0.15 + 0.85 * (math.log1p(abs(value)) - least) / ((most_of_all - least) or 1.0) if value else 0.0
            colour = _shade(share, value or 0.0)
            box = tag("rect", x=left + size * j, y=top + size * i, width=size - 1, height=size - 1, fill=colour)
            out.append(box)
            if value:
                ink = "#ffffff" if share > 0.6 else INK
                out.append(text(_short(value), left + size * (j + 0.5), top + size * (i + 0.5) + 4, anchor="middle", size=10, fill=ink))
    best = sorted(known.items(), key=lambda kv: -abs(kv[1]))[:5]
    said = "; ".join(f"{a} {between} {r}: {_label(v)}" for (a, r), v in best)
    return picture(max(width, 420), height, title, f"{told}. {said}.", *out)


def _short(value: float) -> str:
    size = abs(value)
    return f"{value / 1000:.0f}k" if size >= 10_000 else f"{value:.0f}" if size >= 100 or value == int(value) else f"{value:.1f}"


def _shade(share: float, value: float) -> str:
    """White to blue, or to vermilion for what is below zero."""
    end = (0xD5, 0x5E, 0x00) if value < 0 else (0x00, 0x4B, 0x87)
    start = (0xF4, 0xF4, 0xF4)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(start, end))
