"""Status folded into the type, for formats that have none.

An announced act is the announcement: planned cooperation is AGREE, a planned withdrawal CONCEDE, planned force THREATEN, on the day of
publication. A hypothetical act is one only where its would-be actor speaks of it. Cancelled and denied acts have no place.
"""

from __future__ import annotations

from datetime import date

from communique.export.types import Coded, Codes, Fact
from communique.types import Actor

OFFERS = {"COOPERATE": "AGREE", "AID": "AGREE", "CONSULT": "AGREE", "SUPPORT": "AGREE", "AGREE": "AGREE"}
OFFERS |= {"RETREAT": "CONCEDE", "CONCEDE": "CONCEDE"}
THREATS = {"ASSAULT": "violence", "MOBILIZE": "violence", "COERCE": "restrict", "SANCTION": "relations", "PROTEST": None, "THREATEN": None}
"""Types that become THREATEN, each with the mode that the threat has."""


class Dropped(Exception):
    """The format has no place for an event; the argument says why."""


def same_party(one: Actor | None, other: Actor) -> bool:
    """True where both stand for one country or organization."""
    if one is None:
        return False
    if one.country or other.country:
        return one.country == other.country
    if one.organization or other.organization:
        return one.organization == other.organization
    return one.name.casefold() == other.name.casefold()


def fold(fact: Fact, codes: Codes) -> Coded:
    """The event as a format without status has it. Raises `Dropped`."""
    if fact.status in ("past", "ongoing"):
        return _coded(fact, fact.type, fact.mode, fact.start, codes, None)
    if fact.status in ("cancelled", "denied"):
        raise Dropped(f"{fact.status} event")
    if fact.status == "hypothetical" and not any(same_party(fact.speaker, a) for a in fact.actors):
        raise Dropped("hypothetical event of which its would-be actor does not speak")
    said = fact.published or fact.start
    before = f"planned {fact.type}"
    if fact.type in OFFERS:
        type_ = OFFERS[fact.type]
        return _coded(fact, type_, fact.mode if type_ == fact.type else None, said, codes, before)
    if fact.type in THREATS:
        if not fact.recipients:
            raise Dropped(f"{fact.status} {fact.type} against nobody, which is no threat")
        mode = fact.mode if fact.type == "THREATEN" else THREATS[fact.type]
        return _coded(fact, "THREATEN", mode, said, codes, before)
    raise Dropped(f"{fact.status} {fact.type}, words that were not yet said")


def _coded(fact: Fact, type_: str, mode: str | None, day: date | None, codes: Codes, before: str | None) -> Coded:
    if day is None:
        raise Dropped("day of the event is unknown")
    quad, intensity = codes(type_, mode)
    return Coded(fact=fact, type=type_, mode=mode, day=day, quad=quad, intensity=intensity, folded_from=before)
