"""Questions to a snapshot, as SQL: rows, counts over time, rates, dyads, tops. Each takes filters and gives Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from communique.errors import UsageError
from communique.store.filters import Filters
from communique.store.where import TARGETS, where


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """SQL and its parameters."""

    sql: str
    values: tuple[Any, ...]


PERIODS = ("day", "week", "month", "quarter", "year")
_GROUPS = {
    "type": "type",
    "mode": "mode",
    "status": "status",
    "quad": "quad",
    "place": "place_country",
    "context": "contexts",
    "actor": "actor_countries",
    "recipient": "recipient_countries",
    "actor-sector": "actor_sectors",
    "recipient-sector": "recipient_sectors",
    "organization": "list_distinct(list_concat(actor_organizations, recipient_organizations))",
}
_OTHERS = {
    "statements": {"actor": "speaker_country", "recipient": "addressee_country", "organization": "speaker_organization", "verb": "verb"},
    "exercises": {
        "status": "status",
        "place": "place_country",
        "kind": "kind",
        "series": "series",
        "actor": "participant_countries",
        "domain": "domains",
    },
    "documents": {"source": "publisher", "language": "language"},
    "clusters": {},
}
_OTHERS["merged_exercises"] = _OTHERS["exercises"]
_LISTS = ("contexts", "domains", "_countries", "_sectors", "_organizations))")
"""Endings of expressions that hold several values; a row counts once for each."""
_MEASURED = ("events", "merged_events")


def groups(table: str) -> tuple[str, ...]:
    """What rows of a table can be counted by."""
    named = _GROUPS if table in _MEASURED else _OTHERS[table]
    dyad = ("dyad",) if table in _MEASURED else ()
    source = ("source",) if TARGETS[table].document == "document_id" and table != "documents" else ()
    return (*PERIODS, *named, *dyad, *source)


def expression(table: str, key: str) -> tuple[str, bool]:
    """SQL of a key of `groups(table)` other than dyad, and whether it gives a list. Raises `UsageError`."""
    ((_, sql),) = _key(table, key, "event")
    return sql, sql.endswith(_LISTS)


def select(
    table: str,
    filters: Filters,
    *,
    indexed: bool,
    columns: Sequence[str] = (),
    limit: int | None = None,
    after: tuple[Any, str] | None = None,
    oldest_first: bool = False,
    ordered: bool = True,
) -> Question:
    """Rows of a table, newest first; `after` is day and id of the last row that the reader has.

    Columns are names of the schema; the caller has checked them.
    """
    target = TARGETS[table]
    condition = where(filters, table, indexed=indexed)
    day = _day_column(table, "event")
    parts, values = [condition.sql], list(condition.values)
    sign, direction = (">", "ASC") if oldest_first else ("<", "DESC")
    if after is not None:
        known = f"({day} {sign} ? OR ({day} = ? AND {target.id} > ?) OR {day} IS NULL)"
        parts.append(known if after[0] is not None else f"({day} IS NULL AND {target.id} > ?)")
        values += [after[0], after[0], after[1]] if after[0] is not None else [after[1]]
    chosen = ", ".join(f'"{c}"' for c in columns) if columns else "*"
    wanted, order = " AND ".join(parts), f" ORDER BY {day} {direction} NULLS LAST, {target.id}"
    if limit is None:
        return Question(sql=f"SELECT {chosen} FROM {table} WHERE {wanted}{order if ordered else ''}", values=tuple(values))
    values.append(limit)
    if indexed:
        return Question(sql=_few(table, chosen, wanted, order if oldest_first else " ORDER BY rowid"), values=tuple(values))
    return Question(sql=f"SELECT {chosen} FROM {table} WHERE {wanted}{order} LIMIT ?", values=tuple(values))


def _few(table: str, chosen: str, wanted: str, order: str) -> str:
    """SQL of a few rows of an index: their numbers are found first, then their wide columns are read.

    Rows of an index are numbered in the order of its lists, and a scan keeps that order; only a join does not.
    """
    straight = order == " ORDER BY rowid" and "SELECT" not in wanted
    few = f"SELECT rowid AS row FROM {table} WHERE {wanted}{'' if straight else order} LIMIT ?"
    return f"WITH few AS MATERIALIZED ({few}) SELECT {chosen} FROM {table} WHERE rowid IN (SELECT row FROM few){order}"


def count(table: str, filters: Filters, *, indexed: bool) -> Question:
    """How many rows there are."""
    condition = where(filters, table, indexed=indexed)
    return Question(sql=f"SELECT count(*) AS count FROM {table} WHERE {condition.sql}", values=condition.values)


def counted(
    table: str, filters: Filters, by: Sequence[str], *, indexed: bool, clock: str = "event", rate: bool = False, limit: int | None = None
) -> Question:
    """Counts, and for events sums and means of the Goldstein score, by one or more of `groups(table)`.

    A row counts in the period of its first day (`clock` event) or of its publication. With `rate` each period also has the number of
    stories published in it that match the filters of stories, and the count for each thousand of them.
    """
    condition = where(filters, table, indexed=indexed)
    keys = [pair for name in by for pair in _key(table, name, clock)]
    extra = ", sum(goldstein) AS goldstein_sum, avg(goldstein) AS goldstein_mean" if table in _MEASURED else ""
    names = [name for name, _ in keys]
    inner = ", ".join(f'{sql} AS "{name}"' for name, sql in keys)
    source = f"SELECT {inner}{', goldstein' if extra else ''} FROM {table} WHERE {condition.sql}"
    for name, column in keys:
        if column.endswith(_LISTS):
            source = f'SELECT * REPLACE (unnest("{name}") AS "{name}") FROM ({source})'
    listed = ", ".join(f'"{n}"' for n in names)
    time = [n for n in by if n in PERIODS]
    order = ", ".join([f'"{t}"' for t in time] + ["count DESC"] + [f'"{n}"' for n in names if n not in time])
    sql = f"SELECT {listed}, count(*) AS count{extra} FROM ({source}) GROUP BY ALL"
    values = list(condition.values)
    if rate:
        sql, more = _rated(sql, filters, time, indexed)
        values += more
    sql += f" ORDER BY {order}"
    if limit is not None:
        sql += " LIMIT ?"
        values.append(limit)
    return Question(sql=sql, values=tuple(values))


def _rated(sql: str, filters: Filters, time: Sequence[str], indexed: bool) -> tuple[str, list[Any]]:
    if len(time) != 1:
        raise UsageError(f"a rate needs one period to count by: {', '.join(PERIODS)}")
    stories = Filters(
        published_since=filters.published_since or filters.since,
        published_until=filters.published_until or filters.until,
        source=filters.source,
    )
    condition = where(stories, "documents", indexed=indexed)
    period = time[0]
    told = f'SELECT {_period(period, "published_day")} AS "{period}", count(*) AS stories FROM documents WHERE {condition.sql} GROUP BY ALL'
    joined = f'SELECT c.*, coalesce(stories, 0) AS stories, 1000.0 * count / nullif(stories, 0) AS per_thousand FROM ({sql}) c LEFT JOIN ({told}) t USING ("{period}")'
    return f"SELECT * FROM ({joined})", list(condition.values)


def _day_column(table: str, clock: str) -> str:
    target = TARGETS[table]
    return target.days[0] if target.days and clock == "event" else target.published[0]


def _period(period: str, column: str) -> str:
    return f"CAST(date_trunc('{period}', {column}) AS DATE)" if period != "day" else column


def _key(table: str, name: str, clock: str) -> list[tuple[str, str]]:
    if name not in groups(table):
        raise UsageError(f"{table} cannot be counted by {name}; there are {', '.join(groups(table))}")
    if name in PERIODS:
        return [(name, _period(name, _day_column(table, clock)))]
    if name == "dyad":
        return [("actor", "actor_countries"), ("recipient", "recipient_countries")]
    if name == "source":
        return [("source", f"(SELECT any_value(publisher) FROM documents d WHERE d.document_id = {table}.document_id)")]
    known = _GROUPS if table in _MEASURED else _OTHERS[table]
    return [(name, known[name])]
