"""Walk what holds actors: events, statements, exercises, and all that stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from communique.types import Actor

T = TypeVar("T")


def change_actors(value: T, change: Callable[[Actor], Actor]) -> T:
    """The same value with all its actors changed; the value itself where none is."""
    if isinstance(value, Actor):
        return change(value)
    if isinstance(value, tuple):
        new = tuple(change_actors(v, change) for v in value)
        return value if all(a is b for a, b in zip(value, new)) else new  # type: ignore[return-value]
    changed = {}
    for name in _with_actors(type(value)):
        old = getattr(value, name)
        new = change_actors(old, change)
        if new is not old:
            changed[name] = new
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


@cache
def _with_actors(kind: type) -> tuple[str, ...]:
    """Fields of a class that hold actors, or what holds actors; none where it is no dataclass."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _holds_actor(hint)) if is_dataclass(kind) else ()


def _holds_actor(hint: Any) -> bool:
    return hint is Actor or any(map(_holds_actor, get_args(hint))) or (isinstance(hint, type) and bool(_with_actors(hint)))
