"""Which office a person held on a day."""

from __future__ import annotations

from functools import lru_cache

from communique.lexicon.entries import Entry, Office, people
from communique.types import Actor, Span

FORMER = "ELI"
"""PLOVER's sector for people who were in office once."""

_UNDER = frozenset("vice deputy former ex acting assistant".split())
"""Words that make another office of a title."""


def _covers(office: Office, day: str) -> bool:
    return office.start[: len(day)] <= day[: len(office.start)] and (not office.end or day[: len(office.end)] <= office.end)


def office_on(entry: Entry, day: str | None) -> tuple[Office | None, bool]:
    """The office held on an ISO day, and whether it was held then.

    Without a day the latest office stands. Between and after terms the last one before the day is given with False;
    a person whose only offices lie ahead has none.
    """
    if not entry.offices:
        return None, False
    if day is None:
        return entry.offices[-1], True
    holding = [o for o in entry.offices if _covers(o, day)]
    if holding:
        known = [o for o in holding if o.end] or holding
        return max(known, key=lambda o: o.start), True
    before = [o for o in entry.offices if o.start <= day]
    return (before[-1], False) if before else (None, False)


def person(entry: Entry, day: str | None, span: Span, title: str | None, sector: str | None) -> Actor:
    """The actor that a known person is on a day; a title in the text settles the sector."""
    office, held = office_on(entry, day)
    country = office.country if office else entry.country
    organization = office.organization if office else entry.organization
    role = sector or (
        (office.sector if held else FORMER if office.sector in ("GOV", "MIL", "LEG", "JUD") else office.sector) if office else None
    )
    return Actor(
        name=entry.name,
        country=country,
        organization=organization,
        sector=role,
        title=title or (office.title if office and held else None),
        span=span,
    )


@lru_cache(maxsize=1)
def _by_surname() -> dict[str, list[Entry]]:
    """Known persons who held an office with a title, by surname."""
    out: dict[str, list[Entry]] = {}
    for entry in people():
        if any(o.title for o in entry.offices):
            out.setdefault(entry.name.split()[-1].casefold(), []).append(entry)
    return out


def _same_office(title: str, held: str) -> bool:
    """'President' in 'U.S. President', 'Secretary-General' of 'UN Secretary-General'; a vice president is none."""
    one, other = sorted((title.casefold().split(), held.casefold().split()), key=len)
    return bool(one) and other[-len(one) :] == one and not set(other[: -len(one)]) & _UNDER


def holder(title: str, surname: str, day: str, country: str | None) -> Entry | None:
    """The one known person of that surname who held that office on an ISO day; None where several did, or nobody."""

    def fits(office: Office) -> bool:
        return _same_office(title, office.title or "") and _covers(office, day) and country in (None, office.country)

    found = [e for e in _by_surname().get(surname.casefold(), ()) if any(fits(o) for o in e.offices)]
    return found[0] if len(found) == 1 else None
