"""What the desk counts: several keys of the same rows in one pass, points on a grid, partners of an actor, stories beside a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from communique.errors import UsageError
from communique.store.filters import Filters
from communique.store.questions import expression
from communique.store.reader import Reader
from communique.store.where import where

Row = dict[str, Any]
FACETS: Mapping[str, tuple[str, ...]] = {
    "events": ("type", "status", "quad", "actor", "recipient", "place", "year", "context"),
    "statements": ("actor", "verb", "year"),
    "exercises": ("status", "kind", "actor", "series", "year"),
    "documents": ("source", "year"),
}
"""Keys by which rows are told apart beside a list."""


def facets(reader: Reader, table: str, filters: Filters, *, most: int = 8) -> tuple[int, dict[str, list[tuple[Any, int]]]]:
    """How many rows there are, and the most frequent values of each facet with their counts; years newest first. One pass over the rows."""
    condition = where(filters, table, indexed=reader.database.indexed)
    found = [(key, *expression(table, key)) for key in FACETS[table]]
    columns = ", ".join(f'{sql} AS "{key}"' for key, sql, _ in found)
    counted = ["SELECT '' AS key, NULL AS value, count(*) AS count FROM few"]
    for key, _, several in found:
        value = f'unnest("{key}")' if several else f'"{key}"'
        counted.append(
            f"SELECT '{key}' AS key, CAST(value AS VARCHAR) AS value, count(*) AS count FROM (SELECT {value} AS value FROM few) GROUP BY value"
        )
    query = f"WITH few AS MATERIALIZED (SELECT {columns} FROM {table} WHERE {condition.sql}) {' UNION ALL '.join(counted)}"
    total, out = 0, {key: [] for key in FACETS[table]}
    for r in reader.database.rows(query, condition.values):
        if r["key"] == "":
            total = r["count"]
        elif r["value"] is not None:
            out[r["key"]].append((r["value"], r["count"]))
    for key, values in out.items():
        values.sort(key=lambda v: v[0] if key == "year" else (-v[1], v[0]), reverse=key == "year")
        out[key] = values if key == "year" else values[:most]
    return total, out


def grid(reader: Reader, table: str, filters: Filters, step: float, *, most: int = 3000) -> list[Row]:
    """Places of rows in squares of `step` degrees: middle of what is there, how many, and the name met most early."""
    if not 0 < step <= 90:
        raise UsageError(f"{step} is no width of a square; write degrees above 0, at most 90")
    condition = where(filters, table, indexed=reader.database.indexed)
    sql = (
        "SELECT avg(longitude) AS longitude, avg(latitude) AS latitude, count(*) AS count, mode(place) AS place, "
        f"floor(longitude / {float(step)}) AS x, floor(latitude / {float(step)}) AS y FROM {table} "
        f"WHERE latitude IS NOT NULL AND longitude IS NOT NULL AND {condition.sql} GROUP BY x, y ORDER BY count DESC, x, y LIMIT ?"
    )
    return reader.database.rows(sql, [*condition.values, most])


def partners(reader: Reader, code: str, *, most: int = 12) -> list[Row]:
    """With whom a country or organization has most events: acted on, acting on it."""
    out: dict[str, Row] = {}
    for key, role, field in (("recipient", "actor", "to"), ("actor", "recipient", "from")):
        for r in reader.counts(key, {role: code}, limit=60).to_dicts():
            if r[key] is not None and r[key] != code:
                out.setdefault(r[key], {"code": r[key], "to": 0, "from": 0})[field] = r["count"]
    return sorted(out.values(), key=lambda r: (-(r["to"] + r["from"]), r["code"]))[:most]


def beside(reader: Reader, document_id: str, *, most: int = 50) -> list[Row]:
    """The stories of the same happening, in order of publication; the story itself among them. None where it is in no cluster."""
    query = (
        "SELECT d.document_id, d.title, d.publisher, d.published, d.url, c.kind, c.version_of, c.cluster_id FROM cluster_documents c "
        "JOIN documents d USING (document_id) WHERE c.cluster_id IN (SELECT cluster_id FROM cluster_documents WHERE document_id = ?) "
        "ORDER BY d.published NULLS LAST, d.document_id LIMIT ?"
    )
    return reader.database.rows(query, [document_id, most])


def told_elsewhere(reader: Reader, table: str, cluster_id: str | None, fact_ids: Sequence[str]) -> dict[str, Row]:
    """For each of these facts that was merged with others: its merged row."""
    keys = {"merged_events": "event_ids", "merged_exercises": "exercise_ids"}[table]
    if not fact_ids:
        return {}
    near, values = ("cluster_id = ? AND ", [cluster_id]) if table == "merged_events" else ("", [])
    rows = reader.database.rows(f"SELECT * FROM {table} WHERE {near}list_has_any({keys}, ?::VARCHAR[])", [*values, list(fact_ids)])
    wanted = set(fact_ids)
    return {fact: row for row in rows for fact in row[keys] if fact in wanted}


def documents_of(reader: Reader, ids: Sequence[str]) -> dict[str, Row]:
    """Title, publisher and day of stories, by id."""
    if not ids:
        return {}
    query = "SELECT document_id, title, publisher, published, url FROM documents WHERE document_id IN (SELECT unnest(?::VARCHAR[]))"
    return {r["document_id"]: r for r in reader.database.rows(query, [list(ids)])}


def ids_of(reader: Reader, document_id: str) -> dict[str, dict[str, str]]:
    """Local id to the dataset's id of a story's events, statements and exercises, by table."""
    out = {}
    for table, key in (("events", "event_id"), ("statements", "statement_id"), ("exercises", "exercise_id")):
        rows = reader.database.rows(f"SELECT local_id, {key} AS id FROM {table} WHERE document_id = ?", [document_id])
        out[table] = {r["local_id"]: r["id"] for r in rows}
    return out


def newest(reader: Reader, table: str, *, limit: int) -> list[Row]:
    """The rows that were published last."""
    from communique.store.where import TARGETS

    target = TARGETS[table]
    query = f"SELECT * FROM {table} ORDER BY {target.published[1]} DESC NULLS LAST, {target.id} LIMIT ?"
    return reader.database.rows(query, [limit])


def headlines(reader: Reader, ids: Sequence[str], *, most: int = 120) -> dict[str, str]:
    """The first line of the text of stories, for those that have no title; longer lines are cut at a word. Without a text there is none."""
    if not ids:
        return {}
    query = "SELECT document_id, left(ltrim(text), 600) AS text FROM documents WHERE document_id IN (SELECT unnest(?::VARCHAR[])) AND text IS NOT NULL"
    lines = {r["document_id"]: first_line(r["text"], most) for r in reader.database.rows(query, [list(ids)])}
    return {k: v for k, v in lines.items() if v}


def first_line(text: str, most: int = 120) -> str:
    """The first line of a text, cut at a word where it is long.

    >>> first_line("Two navies drill\\nNAIROBI -- ..."), first_line("one two three", 8)
    ('Two navies drill', 'one two…')
    """
    line = next((w for w in map(str.strip, text.splitlines()) if w), "")
    return line if len(line) <= most else (line[:most].rpartition(" ")[0].rstrip(" ,;:") or line[: most - 1]) + "…"


def openings(reader: Reader, clusters: Sequence[str]) -> dict[str, str]:
    """The first story of each of these happenings."""
    if not clusters:
        return {}
    query = (
        "SELECT cluster_id, arg_min(document_id, (coalesce(published_day, DATE '9999-12-31'), document_id)) AS document_id "
        "FROM cluster_documents WHERE cluster_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY cluster_id"
    )
    return {r["cluster_id"]: r["document_id"] for r in reader.database.rows(query, [list(clusters)])}


def subjects(reader: Reader, ids: Sequence[str]) -> dict[str, Row]:
    """The events and exercises that statements are about, by id; `kind` is events or exercises."""
    if not ids:
        return {}
    wanted = sorted(set(ids))
    events = "SELECT event_id AS id, 'events' AS kind, type, mode, status, actors, recipients FROM events WHERE event_id IN (SELECT unnest(?::VARCHAR[]))"
    drills = "SELECT exercise_id AS id, 'exercises' AS kind, name, status FROM exercises WHERE exercise_id IN (SELECT unnest(?::VARCHAR[]))"
    return {r["id"]: r for query in (events, drills) for r in reader.database.rows(query, [wanted])}


def reactions(reader: Reader, ids: Sequence[str], *, most: int = 100) -> list[Row]:
    """Statements by their ids, in the order of the stories."""
    if not ids:
        return []
    query = "SELECT * FROM statements WHERE statement_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY published_day NULLS LAST, document_id, ordinal LIMIT ?"
    return reader.database.rows(query, [sorted(set(ids)), most])
