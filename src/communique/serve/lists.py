"""The lists of the desk: what each address shows of which table, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from communique.errors import UsageError
from communique.serve.asking import Asked, address, pairs_of, write_cursor
from communique.store.reader import Reader
from communique.store.schema import TABLES
from communique.store.where import TARGETS

Row = dict[str, Any]
OPTIONS = ("limit", "after", "order", "columns")
FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "ics": "text/calendar; charset=utf-8",
}
NAMES = {"json": "JSON", "csv": "CSV", "parquet": "Parquet", "geojson": "GeoJSON", "ics": "ICS", "svg": "SVG", "atom": "Atom"}
"""What the forms are called."""
MOST = {"json": 500, "csv": 20_000, "parquet": 20_000, "geojson": 20_000, "ics": 2000, "page": 200}
"""Rows that one answer may have."""
USUAL = {"json": 50, "csv": 5000, "parquet": 5000, "geojson": 5000, "ics": 500, "page": 50}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list."""

    path: str
    table: str
    title: str
    formats: tuple[str, ...] = ("json", "csv", "parquet")
    shown: tuple[str, ...] = field(default=())
    """Columns that the page needs."""


_GEO = ("json", "csv", "parquet", "geojson")
LISTS: Mapping[str, Listing] = {
    entry.path: entry
    for entry in (
        Listing(
            path="events",
            table="events",
            title="Events",
            formats=_GEO,
            shown=tuple(
                "event_id document_id date_start date type mode status actors recipients place place_country attributed sentence score published_day".split()
            ),
        ),
        Listing(
            path="statements",
            table="statements",
            title="Statements",
            shown=tuple("statement_id document_id date_start published_day speaker verb addressee direct text about_ids".split()),
        ),
        Listing(
            path="exercises",
            table="exercises",
            title="Exercises",
            formats=(*_GEO, "ics"),
            shown=tuple(
                "exercise_id document_id name series edition status hosts participants observers start end date_start date_end place place_country "
                "domains kind forces sentence".split()
            ),
        ),
        Listing(
            path="stories", table="documents", title="Stories", shown=tuple("document_id title publisher published published_day".split())
        ),
        Listing(
            path="happenings",
            table="clusters",
            title="Happenings",
            shown=tuple("cluster_id title first_day last_day documents publishers".split()),
        ),
        Listing(
            path="merged-events",
            table="merged_events",
            title="Events across their reports",
            formats=_GEO,
            shown=tuple(
                "merged_id cluster_id date_start date type mode status actors recipients place place_country attributed documents publishers "
                "conflicts score".split()
            ),
        ),
        Listing(
            path="merged-exercises",
            table="merged_exercises",
            title="Exercises across their reports",
            formats=(*_GEO, "ics"),
            shown=tuple(
                "merged_id name series edition status hosts participants observers start end date_start date_end place place_country domains "
                "kind forces documents publishers conflicts".split()
            ),
        ),
    )
}
DAYS = {"documents": ("published_day",), "clusters": ("first_day",), "statements": ("date_start", "published_day")}
"""Columns of the day by which rows are ordered, where it is not `date_start` alone; the first that is known counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and where the next ones stand."""

    rows: pa.Table
    next: str | None
    """Place after the last row; None at the end."""


def columns_of(listing: Listing, asked: Asked) -> list[str]:
    """The columns that were asked for, else all."""
    names = TABLES[listing.table].schema.names
    text = asked.options.get("columns")
    if text is None:
        return names
    wanted = list(dict.fromkeys(c.strip() for c in text.split(",")))
    unknown = [c for c in wanted if c not in names]
    if unknown:
        raise UsageError(f"{listing.path} have no column {unknown[0]!r}; there are {', '.join(names)}")
    return wanted


def page_of(reader: Reader, listing: Listing, asked: Asked, form: str, columns: list[str] | None = None) -> Page:
    """One page of a list. Raises `UsageError`."""
    wanted = columns or columns_of(listing, asked)
    key, days = TARGETS[listing.table].id, DAYS.get(listing.table, ("date_start",))
    limit = asked.number("limit", USUAL[form], MOST[form])
    oldest = asked.choice("order", ("newest", "oldest"), "newest") == "oldest"
    need = [*wanted, *(c for c in (key, *days) if c not in wanted)]
    rows = reader.rows(listing.table, asked.filters, columns=need, limit=limit + 1, after=asked.after, oldest_first=oldest).to_arrow()
    following = None
    if len(rows) > limit:
        rows = rows.slice(0, limit)
        known = [rows[d][-1].as_py() for d in days]
        following = write_cursor(next((d for d in known if d is not None), None), rows[key][-1].as_py())
    return Page(rows=rows.select(wanted), next=following)


def next_address(path: str, asked: Asked, following: str | None) -> str | None:
    """Address of the next page."""
    if following is None:
        return None
    return address(path, pairs_of(asked.filters, {**asked.options, "after": following}))
