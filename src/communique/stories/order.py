"""The total order of stories: by publication, then by id. It does not change when other stories come."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache

from communique.stories.types import Day

_EPOCH = date(1970, 1, 1).toordinal()
LAST = 10**9
"""Stands for the day of stories without a date: they come after all others."""


@lru_cache(maxsize=65536)
def day_of(published: str | None) -> Day:
    """The day of publication as it is written, whatever the time zone, or the first that it allows; None where it is unknown.

    >>> day_of("1970-01-03T23:30:00-05:00"), day_of("1970-02"), day_of(None)
    (2, 31, None)
    """
    parts = (published or "")[:10].split("-")
    try:
        if len(parts[0]) != 4 or not all(p.isascii() and p.isdigit() for p in parts):
            return None
        year, month, day = [*map(int, parts), 1, 1][:3]
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None


def iso_day(day: Day) -> str | None:
    """The day as YYYY-MM-DD."""
    return None if day is None else date.fromordinal(day + _EPOCH).isoformat()


def order_key(published: str | None, document_id: str) -> tuple[int, float, str]:
    """Sorts stories: day, moment where the time is known (else the start of the day), id.

    >>> order_key("2024-03-07", "a") < order_key("2024-03-07T10:00:00Z", "a") < order_key(None, "a")
    True
    """
    day = day_of(published)
    if day is None or published is None:
        return (LAST, 0.0, document_id)
    return (day, _moment(published), document_id)


def _moment(published: str) -> float:
    if len(published) <= 10:
        return float("-inf")
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return float("-inf")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def stable_id(kind: str, member: str) -> str:
    """Id of what is made of many members, from the earliest of them; 80 bits.

    >>> stable_id("c", "doc-1")
    'c_5465143e44e46eb028b1'
    """
    return f"{kind}_{hashlib.blake2b(member.encode('utf-8', 'replace'), digest_size=10, person=kind.encode('ascii')).hexdigest()}"
