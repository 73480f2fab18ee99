"""Exercises by month and by series."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from communique.serve.snapshots import View
from communique.store.filters import Filters

Row = dict[str, Any]
_NAMED = 4000
"""Exercises that one calendar or list of series may read."""


def exercises_of(view: View, filters: Filters) -> tuple[str, list[Row]]:
    """Exercises across their reports where the dataset has merged them, else as each story tells them; and which of the two."""
    merged = view.reader.snapshot.rows("merged_exercises") > 0
    table = "merged_exercises" if merged else "exercises"
    key = "merged_id" if merged else "exercise_id"
    columns = [key, *"name series edition status hosts participants observers start end date_start date_end place place_country".split()]
    rows = view.kept(("calendar", table, filters), lambda: view.reader.rows(table, filters, columns=columns, limit=_NAMED).to_dicts())
    return table.replace("_", "-"), [{**r, "id": r[key]} for r in rows]


def year_of(rows: Sequence[Row], year: int) -> list[Row]:
    """The months of a year, each as weeks of days with the exercises that touch them."""
    months = []
    for month in range(1, 13):
        first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        touching = [r for r in rows if _touches(r, first, last)]
        weeks = [
            [{"day": d, "inside": d.month == month, "on": [r for r in touching if _touches(r, d, d)]} for d in week]
            for week in calendar.Calendar().monthdatescalendar(year, month)
        ]
        listed = sorted(touching, key=lambda r: (r["date_start"], r["name"] or "~"))
        months.append({"name": calendar.month_name[month], "weeks": weeks, "exercises": listed})
    return months


def _touches(r: Row, first: date, last: date) -> bool:
    """A row whose days are known to a month at least overlaps these days."""
    start, end = r["date_start"], r["date_end"] or r["date_start"]
    return start is not None and start <= last and end >= first and end - start < timedelta(days=120)


def series_of(rows: Sequence[Row]) -> list[Row]:
    """Series with their editions by year, those with most editions first; exercises without a series stand by their names."""
    groups: dict[str, list[Row]] = {}
    for r in rows:
        groups.setdefault(r["series"] or r["name"] or "Unnamed", []).append(r)
    out = []
    for name, members in groups.items():
        years: dict[str, list[Row]] = {}
        for r in sorted(members, key=lambda r: (r["date_start"] or date.max, r["id"])):
            years.setdefault(str(r["date_start"].year) if r["date_start"] else "no date", []).append(r)
        out.append({"name": name, "years": sorted(years.items(), reverse=True), "count": len(members)})
    return sorted(out, key=lambda g: (g["name"] == "Unnamed", -len(g["years"]), -g["count"], g["name"]))
