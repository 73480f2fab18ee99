"""Pieces of SQL with their parameters, and how they join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition and its parameters, in order."""

    sql: str
    values: tuple[Any, ...] = ()


ALL = Condition(sql="true")


def any_of(conditions: Sequence[Condition]) -> Condition:
    """One of them holds."""
    return _joined(conditions, " OR ")


def all_of(conditions: Sequence[Condition]) -> Condition:
    """All of them hold; true for none."""
    return _joined(conditions, " AND ") if conditions else ALL


def _joined(conditions: Sequence[Condition], word: str) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return Condition(sql="(" + word.join(c.sql for c in conditions) + ")", values=tuple(v for c in conditions for v in c.values))


def is_in(column: str, values: Sequence[Any]) -> str:
    """SQL: the column has one of the values."""
    return f"{column} IN ({', '.join('?' * len(values))})"
