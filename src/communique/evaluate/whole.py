"""Stricter than overlap: whose the parties are, and events of which everything is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from communique.extract.candidates import RECIPROCAL
from communique.types import Actor, CastMember, Event, Span

Party = tuple[str | None, str | None]
"""Country and organisation."""


def whole(event: Event, gold: dict[str, Any], block: dict[str, Any]) -> bool:
    """Whether an event whose type is right has the wanted countries and organisations on both sides, no more and no less, and the status."""
    codes = {a["id"]: (a["country"], a["organization"]) for a in block["actors"]}
    sides = [{codes[n] for n in gold[side]} for side in ("actors", "recipients")]
    found = [_parties(event.actors), _parties(event.recipients)]
    same = found == sides or (event.type in RECIPROCAL and found[0] | found[1] == sides[0] | sides[1])
    return same and event.status == gold["status"]


def _parties(actors: Iterable[Actor]) -> set[Party]:
    return {(a.country, a.organization) for a in actors if a.span}


def marked(span: Span, block: dict[str, Any]) -> dict[str, Any] | None:
    """The marked actor that a mention overlaps; None where it overlaps none or several."""
    hit = {a["id"]: a for a in block["actors"] for s in a["spans"] if s[0] < span[1] and span[0] < s[1]}
    return next(iter(hit.values())) if len(hit) == 1 else None


def mentions(cast: Iterable[CastMember], block: dict[str, Any]) -> Counter[str]:
    """Mentions that overlap those of one marked actor, and how many have its country, organisation and sector."""
    out: Counter[str] = Counter()
    for member in cast:
        for span in member.mentions:
            gold = marked(span, block)
            if gold is None:
                continue
            out["all"] += 1
            out.update({f: int(getattr(member, f) == gold[f]) for f in ("country", "organization", "sector")})
    return out
