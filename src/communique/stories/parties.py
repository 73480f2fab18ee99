"""Whether two facts can speak of the same parties, the same time and the same place."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from math import asin, cos, radians, sin, sqrt

from communique.types import Actor, Interval, Place

STATE = frozenset(("GOV", "MIL", "LEG", "JUD", "COP", "SPY", "ELI"))
"""Sectors that act for their country."""
SLACK_DAYS = 1
"""Days that two dates of one happening may lie apart: time zones, and 'on Monday' told on Tuesday."""
NEAR_KM = 100.0
"""Distance within which two places may be the same one."""
_COARSE = frozenset(("country", "region", "admin1", "admin2", "sea"))


def party(actor: Actor) -> str:
    """A key for who an actor is: the country or organization of its text, apart from it those who do not act for it; else its name.

    >>> party(Actor(name="Syrian army", country="SYR", sector="MIL")), party(Actor(name="rebels", country="SYR", sector="REB"))
    ('SYR', 'SYR REB')
    >>> party(Actor(name="Police (Zambia)", country="ZMB", sector="COP", country_basis="inferred"))
    'police'
    """
    if not actor.code:
        return plain(actor)
    return actor.code if actor.sector in STATE or not actor.sector or not actor.country else f"{actor.code} {actor.sector}"


def parties(actors: Iterable[Actor]) -> frozenset[str]:
    """Keys of a list of actors."""
    return frozenset(party(a) for a in actors)


def told_parties(actors: Iterable[Actor]) -> frozenset[str]:
    """Keys of those whom a code or a name tells: 'gunmen' contradict nobody."""
    return parties(a for a in actors if _known(a) != "anybody")


def plain(actor: Actor) -> str:
    """The name without the country that stands behind it, in small letters."""
    return actor.name.split(" (")[0].casefold()


def same_party(a: Actor, b: Actor) -> bool:
    """The same code, else names that can be of one; a state and those who act against it are two."""
    if a.code and b.code:
        one_sided = a.sector and b.sector and a.country and (a.sector in STATE) != (b.sector in STATE)
        return a.code == b.code and not one_sided
    if a.code or b.code:
        return plain(a) == plain(b)
    first, second = plain(a).split(), plain(b).split()
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    return first[-1] == second[-1] and _anybody(a) and _anybody(b)


def sides_agree(a: Sequence[Actor], b: Sequence[Actor]) -> bool | None:
    """True: a party is shared; False: the two exclude each other; None: they need not be the same, and can be.

    Codes exclude other codes and names exclude other names; 'gunmen' excludes nobody, and a person whose country one story
    does not tell is not excluded by a country. Somebody unnamed is anybody.
    """
    a, b = ([x for x in side if x.is_named] for side in (a, b))
    if not a or not b:
        return None
    if any(same_party(x, y) for x in a for y in b):
        return True
    known = [{_known(x) for x in side} for side in (a, b)]
    return False if known[0] == known[1] and len(known[0]) == 1 and "anybody" not in known[0] else None


def sectors_agree(a: Sequence[Actor], b: Sequence[Actor]) -> bool | None:
    """Whether two sides share a sector; None where one has none."""
    first, second = ({x.sector for x in side if x.is_named and x.sector} for side in (a, b))
    return bool(first & second) if first and second else None


def _known(actor: Actor) -> str:
    """Whether a code or a name says who it is, or it is anybody."""
    return "code" if actor.code else "anybody" if _anybody(actor) else "name"


def _anybody(actor: Actor) -> bool:
    """What is only described: 'Police', 'Gunmen', 'gang member'."""
    words = actor.name.split(" (")[0].split()
    return bool(words) and (words[-1].islower() or bool(actor.sector and len(words) == 1))


def days(start: str | None, end: str | None) -> tuple[int, int] | None:
    """First and last day (ordinals) that two dates, or parts of dates, allow; None where nothing is known.

    >>> days("2024-02", None) == (date(2024, 2, 1).toordinal(), date(2024, 2, 29).toordinal())
    True
    """
    first, last = _bound(start, last=False), _bound(end or start, last=True)
    if first is None or last is None:
        return None
    return (first, max(first, last))


def _bound(value: str | None, *, last: bool) -> int | None:
    parts = (value or "")[:10].split("-")
    try:
        year, month, day = [*(int(p) for p in parts), 0, 0][:3]
        month = month or (12 if last else 1)
        return date(year, month, day or (monthrange(year, month)[1] if last else 1)).toordinal()
    except ValueError:
        return None


def dates_agree(a: Interval, b: Interval, slack: int = SLACK_DAYS) -> bool:
    """The intervals overlap, or nearly; what is unknown agrees with everything."""
    return overlap(days(a.start, a.end), days(b.start, b.end), slack)


def overlap(a: tuple[int, int] | None, b: tuple[int, int] | None, slack: int) -> bool:
    """Two intervals of days, at most `slack` days apart; None agrees with everything."""
    return a is None or b is None or (a[0] - slack <= b[1] and b[0] - slack <= a[1])


def places_agree(a: Iterable[Place], b: Iterable[Place]) -> bool:
    """Some place of the one can be some place of the other; where one names none, they agree."""
    first, second = list(a), list(b)
    return not first or not second or any(same_place(x, y) for x in first for y in second)


def same_place(a: Place, b: Place) -> bool:
    """The same place, one within the other, or near to it."""
    if a.geonameid is not None and a.geonameid == b.geonameid or a.name.casefold() == b.name.casefold():
        return True
    if a.country and b.country and a.country != b.country:
        return False
    if "country" in (a.kind, b.kind):
        return bool(a.country) and a.country == b.country
    if "admin1" in (a.kind, b.kind) and a.admin1 and b.admin1:
        return a.country == b.country and a.admin1 == b.admin1
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return bool(_COARSE & {a.kind, b.kind})
    wide = 5.0 if _COARSE & {a.kind, b.kind} else 1.0
    return kilometres(a.latitude, a.longitude, b.latitude, b.longitude) <= NEAR_KM * wide


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance on the globe.

    >>> round(kilometres(52.52, 13.4, 48.86, 2.35))
    877
    """
    p, q = radians(lat1), radians(lat2)
    h = sin((q - p) / 2) ** 2 + cos(p) * cos(q) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(min(1.0, h)))
