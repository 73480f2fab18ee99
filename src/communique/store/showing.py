"""One fact with everything that tells it: its story, the other reports of the happening, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from communique.store.reader import Reader
from communique.store.schema import TABLES

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One story's telling of a fact."""

    fact: Row
    """The row of `events` or `exercises`."""
    document: Row
    """The row of `documents`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A fact as it is shown."""

    table: str
    """Where the row stands: events, statements, exercises, merged_events, merged_exercises, clusters or documents."""
    row: Row
    document: Row | None
    """The story, where the row is of one."""
    merged: Row | None
    """The fact across its reports, where it was merged."""
    reports: list[Report]
    """All tellings of it, in order of publication; of a cluster, its stories' events."""


_KEYS = {"events": ("event_id", "event_ids", "merged_events"), "exercises": ("exercise_id", "exercise_ids", "merged_exercises")}


def show(reader: Reader, fact_id: str) -> Shown:
    """The event, exercise, statement, cluster or story with this id, and its sources. Raises `NotFound`."""
    table, row = reader.fact(fact_id)
    document = row if table == "documents" else _document(reader, row.get("document_id"))
    merged, reports = None, []
    if table in _KEYS:
        key, keys, over = _KEYS[table]
        cluster = _cluster(reader, row["document_id"]) if over == "merged_events" else None
        merged = _merged(reader, over, keys, row[key], cluster)
        reports = _reports(reader, table, merged[keys] if merged else [row[key]])
    elif table in ("merged_events", "merged_exercises"):
        kind = "events" if table == "merged_events" else "exercises"
        reports = _reports(reader, kind, row[_KEYS[kind][1]])
    elif table == "clusters":
        rows = reader.rows("events", {"cluster": row["cluster_id"]}).to_dicts()
        reports = _reports(reader, "events", [r["event_id"] for r in rows])
    return Shown(table=table, row=row, document=document, merged=merged, reports=reports)


def _columns(table: str, alias: str) -> str:
    return ", ".join(f'{alias}."{c}"' for c in TABLES[table].schema.names)


def _document(reader: Reader, document_id: str | None) -> Row | None:
    if document_id is None:
        return None
    found = reader.database.rows(f"SELECT {_columns('documents', 'd')} FROM documents d WHERE document_id = ? LIMIT 1", [document_id])
    return found[0] if found else None


def _cluster(reader: Reader, document_id: str) -> str | None:
    found = reader.database.rows("SELECT cluster_id FROM cluster_documents WHERE document_id = ? LIMIT 1", [document_id])
    return found[0]["cluster_id"] if found else None


def _merged(reader: Reader, table: str, keys: str, fact_id: str, cluster: str | None) -> Row | None:
    near, values = ("cluster_id = ? AND ", [cluster]) if cluster else ("", [])
    query = f"SELECT {_columns(table, 'm')} FROM {table} m WHERE {near}list_contains({keys}, ?) LIMIT 1"
    found = reader.database.rows(query, [*values, fact_id])
    return found[0] if found else None


def _reports(reader: Reader, table: str, ids: Sequence[str]) -> list[Report]:
    key = _KEYS[table][0]
    marks = ", ".join("?" * len(ids))
    facts = reader.database.rows(f"SELECT {_columns(table, 'f')} FROM {table} f WHERE {key} IN ({marks})", list(ids)) if ids else []
    names = sorted({f["document_id"] for f in facts})
    marks = ", ".join("?" * len(names))
    query = f"SELECT {_columns('documents', 'd')} FROM documents d WHERE document_id IN ({marks})"
    documents = {d["document_id"]: d for d in (reader.database.rows(query, names) if names else [])}
    reports = [Report(fact=f, document=documents[f["document_id"]]) for f in facts if f["document_id"] in documents]
    return sorted(reports, key=lambda r: (r.document["published"] or "", r.document["document_id"], r.fact["ordinal"] or 0))
