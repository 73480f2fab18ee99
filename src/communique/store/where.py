"""Filters to SQL conditions. Names of columns come from the tables below, values go in as parameters, nothing else becomes SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from communique.errors import UsageError
from communique.store.conditions import Condition, all_of, any_of, is_in
from communique.store.filters import Filters, Party
from communique.store.words import words_condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Columns that hold one side of a row: lists of countries, organizations, sectors and structs, or one value of each."""

    country: str
    organization: str
    sector: str
    structs: str | None = None
    """Column of the list of actors; None where the side is one actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How one table answers the vocabulary."""

    table: str
    id: str
    plain: dict[str, str] = field(default_factory=dict)
    """Filter to column, compared for equality."""
    lists: dict[str, str] = field(default_factory=dict)
    """Filter to list column, which holds one of the values."""
    sides: dict[str, tuple[Side, ...]] = field(default_factory=dict)
    """actor, recipient, party to where they stand."""
    days: tuple[str, str] | None = None
    """First and last day of what happened, as SQL."""
    published: tuple[str, str] = ("published_day", "published_day")
    place: bool = False
    score: bool = False
    attributed: bool = False
    document: str = "document_id"
    """Column of the document's id, or of the list of them where it ends in s."""
    cluster: str | None = None
    """Column of the cluster, where the table has one."""

    @property
    def numbered(self) -> bool:
        """True where the rows have the number of their document in the index."""
        return self.document == "document_id"


def _side(role: str, plural: str) -> Side:
    return Side(country=f"{role}_countries", organization=f"{role}_organizations", sector=f"{role}_sectors", structs=plural)


_ACTOR, _RECIPIENT = _side("actor", "actors"), _side("recipient", "recipients")
_HOST, _PARTICIPANT, _OBSERVER = _side("host", "hosts"), _side("participant", "participants"), _side("observer", "observers")
_SPEAKER = Side(country="speaker_country", organization="speaker_organization", sector="speaker_sector")
_ADDRESSEE = Side(country="addressee_country", organization="addressee.organization", sector="addressee.sector")
_EVENT = {"type": "type", "mode": "mode", "status": "status", "quad": "quad"}
_EVENT_SIDES = {"actor": (_ACTOR,), "recipient": (_RECIPIENT,), "party": (_ACTOR, _RECIPIENT)}
_EXERCISE_SIDES = {"actor": (_HOST, _PARTICIPANT), "party": (_HOST, _PARTICIPANT, _OBSERVER)}
_DATES = ("date_start", "date_end")
_SAID = ("coalesce(date_start, published_day)", "coalesce(date_end, date_start, published_day)")
"""A statement without a date of its own was made, for all that is known, when it was published."""

TARGETS = {
    t.table: t
    for t in (
        Target(
            table="events",
            id="event_id",
            plain=_EVENT,
            lists={"context": "contexts"},
            sides=_EVENT_SIDES,
            days=_DATES,
            place=True,
            score=True,
            attributed=True,
        ),
        Target(
            table="merged_events",
            id="merged_id",
            plain=_EVENT,
            lists={"context": "contexts"},
            sides=_EVENT_SIDES,
            days=_DATES,
            published=("first_published", "last_published"),
            place=True,
            score=True,
            attributed=True,
            document="document_ids",
            cluster="cluster_id",
        ),
        Target(
            table="statements",
            id="statement_id",
            plain={"verb": "verb"},
            sides={"actor": (_SPEAKER,), "recipient": (_ADDRESSEE,), "party": (_SPEAKER, _ADDRESSEE)},
            days=_SAID,
        ),
        Target(table="exercises", id="exercise_id", plain={"status": "status"}, sides=_EXERCISE_SIDES, days=_DATES, place=True),
        Target(
            table="merged_exercises",
            id="merged_id",
            plain={"status": "status"},
            sides=_EXERCISE_SIDES,
            days=_DATES,
            published=("first_published", "last_published"),
            place=True,
            document="document_ids",
        ),
        Target(table="documents", id="document_id"),
        Target(table="clusters", id="cluster_id", published=("first_day", "last_day"), document="cluster", cluster="cluster_id"),
    )
}
"""Tables that can be asked, with what they answer."""


def where(filters: Filters, table: str, *, indexed: bool) -> Condition:
    """The condition for a table. `indexed` tells whether the index with its numbers and words is there; without it words are sought in the texts.

    Raises `UsageError` for a filter that the table cannot answer.
    """
    target = TARGETS[table]
    makers: dict[str, Callable[[], Condition]] = {
        "since": lambda: _day(target, 1, ">=", filters.since),
        "until": lambda: _day(target, 0, "<=", filters.until),
        "published_since": lambda: Condition(sql=f"{target.published[1]} >= ?", values=(filters.published_since,)),
        "published_until": lambda: Condition(sql=f"{target.published[0]} <= ?", values=(filters.published_until,)),
        "dyad": lambda: any_of([_dyad(target, one, two) for one, two in filters.dyad]),
        "place": lambda: any_of([_place(p) for p in filters.place]),
        "bbox": lambda: _box(filters),
        "score": lambda: Condition(sql="score >= ?", values=(filters.score,)),
        "attributed": lambda: Condition(sql="attributed = ?", values=(filters.attributed,)),
        "source": lambda: _documents(target, Condition(sql=is_in("publisher", filters.source), values=filters.source), indexed),
        "document": lambda: _of_documents(target, "SELECT unnest(?::VARCHAR[])", (list(filters.document),)),
        "cluster": lambda: _cluster(target, filters.cluster),
        "series": lambda: any_of([_series(s) for s in filters.series]),
        "text": lambda: all_of([_text(target, t, indexed) for t in filters.text]),
    }
    out = []
    for name in filters.given():
        if not answers(target, name):
            raise UsageError(f"{table} cannot be asked for {name.replace('_', '-')}; ask {_others(name)}")
        if name in target.plain:
            values = getattr(filters, name)
            out.append(Condition(sql=is_in(target.plain[name], values), values=tuple(values)))
        elif name in target.lists:
            out.append(any_of([Condition(sql=f"list_contains({target.lists[name]}, ?)", values=(v,)) for v in getattr(filters, name)]))
        elif name in ("actor", "recipient", "party"):
            out.append(any_of([_party(target, name, p) for p in getattr(filters, name)]))
        else:
            out.append(makers[name]())
    return all_of(out)


def answers(target: Target, name: str) -> bool:
    """True where a table can be asked for a filter."""
    if name in ("type", "mode", "context", "status", "quad", "verb"):
        return name in target.plain or name in target.lists
    if name in ("actor", "recipient", "party"):
        return name in target.sides
    special = {
        "since": target.days is not None,
        "until": target.days is not None,
        "dyad": bool(target.sides),
        "place": target.place,
        "bbox": target.place,
        "score": target.score,
        "attributed": target.attributed,
        "series": target.table in ("exercises", "merged_exercises"),
    }
    return special.get(name, True)


def _others(name: str) -> str:
    return " or ".join(t.table for t in TARGETS.values() if answers(t, name))


def _day(target: Target, which: int, sign: str, day: Any) -> Condition:
    return Condition(sql=f"{(target.days or ('', ''))[which]} {sign} ?", values=(day,))


def _party(target: Target, role: str, party: Party) -> Condition:
    return any_of([_on_side(s, party) for s in target.sides[role]])


def _on_side(side: Side, party: Party) -> Condition:
    code, sector = party.code, party.sector
    if side.structs is None:
        parts = [Condition(sql=f"({side.country} = ? OR {side.organization} = ?)", values=(code, code))] if code else []
        return all_of([*parts, *([Condition(sql=f"{side.sector} = ?", values=(sector,))] if sector else [])])
    if code and sector:
        inside = f"len(list_filter({side.structs}, lambda a: (a.country = ? OR a.organization = ?) AND a.sector = ?)) > 0"
        return Condition(sql=inside, values=(code, code, sector))
    if sector:
        return Condition(sql=f"list_contains({side.sector}, ?)", values=(sector,))
    return Condition(sql=f"(list_contains({side.country}, ?) OR list_contains({side.organization}, ?))", values=(code, code))


def _dyad(target: Target, one: Party, two: Party) -> Condition:
    if "recipient" not in target.sides:
        return all_of([_party(target, "party", one), _party(target, "party", two)])
    there = all_of([_party(target, "actor", one), _party(target, "recipient", two)])
    back = all_of([_party(target, "actor", two), _party(target, "recipient", one)])
    return any_of([there, back])


def _place(name: str) -> Condition:
    if re.fullmatch(r"[A-Z]{3}", name):
        return Condition(sql="place_country = ?", values=(name,))
    return Condition(sql="lower(place) = lower(?)", values=(name,))


def _box(filters: Filters) -> Condition:
    box = filters.bbox
    assert box is not None
    longitude = "longitude BETWEEN ? AND ?" if box.west <= box.east else "(longitude >= ? OR longitude <= ?)"
    return Condition(sql=f"latitude BETWEEN ? AND ? AND {longitude}", values=(box.south, box.north, box.west, box.east))


def _series(name: str) -> Condition:
    return Condition(sql="(lower(series) = lower(?) OR lower(name) = lower(?))", values=(name, name))


def _documents(target: Target, condition: Condition, indexed: bool) -> Condition:
    """Rows of the documents that meet a condition."""
    if target.table == "documents":
        return condition
    if indexed and target.numbered:
        return Condition(sql=f"number IN (SELECT number FROM documents WHERE {condition.sql})", values=condition.values)
    return _of_documents(target, f"SELECT document_id FROM documents WHERE {condition.sql}", condition.values)


def _of_documents(target: Target, query: str, values: Sequence[Any]) -> Condition:
    """Rows of the documents whose ids a query gives."""
    if target.document == "cluster":
        query = f"SELECT cluster_id FROM cluster_documents WHERE document_id IN ({query})"
        return Condition(sql=f"cluster_id IN ({query})", values=tuple(values))
    if target.document == "document_ids":
        keyed = f"SELECT k FROM (SELECT {target.id} AS k, unnest(document_ids) AS d FROM {target.table}) WHERE d IN ({query})"
        return Condition(sql=f"{target.id} IN ({keyed})", values=tuple(values))
    return Condition(sql=f"{target.document} IN ({query})", values=tuple(values))


def _text(target: Target, value: str, indexed: bool) -> Condition:
    found = words_condition(value, indexed)
    if indexed and target.numbered and found.by_number is not None:
        return found.by_number
    return _documents(target, found.of_documents, indexed)


def _cluster(target: Target, ids: Sequence[str]) -> Condition:
    if target.cluster:
        return Condition(sql=is_in(target.cluster, ids), values=tuple(ids))
    return _of_documents(target, "SELECT document_id FROM cluster_documents WHERE " + is_in("cluster_id", ids), ids)
