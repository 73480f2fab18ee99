"""Every actor of a record stands in its cast: those that facts brought in (a town attacked, an unnamed speaker) are added."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from communique.resolve.actors import basis_of, identity
from communique.types import Actor, CastMember
from communique.walk import change_actors

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
        return change_actors(value, self._actor)
