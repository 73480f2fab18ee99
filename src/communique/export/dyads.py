"""Compound events as dyads: one row for each actor and recipient. Done on export only."""

from __future__ import annotations

from itertools import combinations

from communique.export.types import Coded, Dyad
from communique.types import Actor

MUTUAL = frozenset({"AGREE", "CONSULT", "COOPERATE"})
"""Types in which several actors without a recipient act on each other."""


def expand(coded: Coded) -> list[Dyad]:
    """Every actor with every recipient; where there is no recipient, mutual acts in pairs, others with none."""
    return [Dyad(coded=coded, actor=a, recipient=r, number=i) for i, (a, r) in enumerate(_pairs(coded))]


def _pairs(coded: Coded) -> list[tuple[Actor, Actor | None]]:
    actors, recipients = coded.fact.actors, coded.fact.recipients
    if recipients:
        return [(a, r) for a in actors for r in recipients]
    if coded.type in MUTUAL and len(actors) > 1:
        return list(combinations(actors, 2))
    return [(a, None) for a in actors]
