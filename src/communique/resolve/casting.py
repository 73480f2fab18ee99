"""Every actor of a record stands in its cast: those that facts brought in (a town attacked, an unnamed speaker) are added."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from communique.resolve.actors import basis_of, identity
from communique.types import Actor, CastMember

T = TypeVar("T")


class Casting:
    """Gives ids to actors without one and keeps the cast."""

    def __init__(self, cast: tuple[CastMember, ...]) -> None:
        self._members = {m.id: m for m in cast}
        self._ids = {(m.name.casefold(), m.country, m.organization): m.id for m in cast}

    @property
    def cast(self) -> tuple[CastMember, ...]:
        """The members so far, in order."""
        return tuple(self._members.values())

    def _actor(self, actor: Actor) -> Actor:
        if actor.id:
            return actor
        actor = replace(actor, country_basis=basis_of(actor))
        key = identity(actor)
        new = key not in self._ids
        known = self._ids.setdefault(key, f"a{len(self._members) + 1}")  # type: ignore[arg-type]
        if new:
            self._members[known] = CastMember(
                id=known,
                name=actor.name,
                country=actor.country,
                organization=actor.organization,
                sector=actor.sector,
                title=actor.title,
                mentions=(actor.span,) if actor.span else (),
                country_basis=actor.country_basis,
            )
        return replace(actor, id=known)

    def fill(self, value: T) -> T:
        """The same value, all its actors with ids."""
        if isinstance(value, Actor):
            return self._actor(value)
        if isinstance(value, tuple):
            return tuple(self.fill(v) for v in value)  # type: ignore[return-value]
        changed = {}
        for name in _with_actors(type(value)):
            old = getattr(value, name)
            new = self.fill(old)
            if new is not old and new != old:
                changed[name] = new
        return replace(value, **changed) if changed else value  # type: ignore[type-var]


@cache
def _with_actors(kind: type) -> tuple[str, ...]:
    """Fields of a class that hold actors, or what holds actors; none where it is no dataclass."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _holds_actor(hint)) if is_dataclass(kind) else ()


def _holds_actor(hint: Any) -> bool:
    return hint is Actor or any(map(_holds_actor, get_args(hint))) or (isinstance(hint, type) and bool(_with_actors(hint)))
