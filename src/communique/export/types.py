"""What the exporters are given and what they hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from communique.types import Actor, Place

if TYPE_CHECKING:
    import pyarrow as pa

Codes = Callable[[str, str | None], tuple[int, float]]
"""Quad class and PLOVER score of a type and mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A dataset as the exporters see it: rows that the filters let through, and look-ups by id."""

    name: str
    """Where it lies, for the report."""
    stamp: datetime
    """When the snapshot was published, UTC: goes into names and time stamps of files, so that an export can be repeated."""
    merged: bool
    """Events and exercises are those merged across their reports."""
    filters: tuple[tuple[str, str], ...]
    rows: Callable[[str], Iterator[pa.RecordBatch]]
    """Rows of a table."""
    schema: Callable[[str], pa.Schema]
    lookup: Callable[[str, Iterable[str]], Mapping[str, dict[str, Any]]]
    """Rows of `documents`, `events` or `exercises` by id."""
    codes: Codes
    version: str
    """Of communique."""
    write_rows: Callable[[Iterable[pa.RecordBatch], pa.Schema, str, BinaryIO], int]
    """Writes rows as csv, jsonl or parquet and says how many they were."""
    tables: tuple[str, ...] = ("events",)
    """Tables for the formats that hold any table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One story that tells an event."""

    document_id: str
    publisher: str | None
    url: str | None
    published: str | None
    language: str | None
    characters: int | None
    sentence: str | None
    trigger: tuple[int, int] | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One event of the dataset with the stories that tell it."""

    id: str
    type: str
    mode: str | None
    contexts: tuple[str, ...]
    status: str
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    start: date | None
    end: date | None
    precision: str | None
    published: date | None
    places: tuple[Place, ...]
    attributed: bool
    stance: str | None
    speaker: Actor | None
    score: float | None
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """An event as a format without status has it: type and day after folding, with scores."""

    fact: Fact
    type: str
    mode: str | None
    day: date
    quad: int
    intensity: float
    folded_from: str | None = None
    """`planned X` where the status made another type of it; chooses the CAMEO code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dyad:
    """One actor and one recipient of an event; no recipient where it has none."""

    coded: Coded
    actor: Actor
    recipient: Actor | None
    number: int
    """From 0 within the event."""
