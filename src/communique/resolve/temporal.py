"""Calendar arithmetic for time expressions: values to inclusive day intervals. Weeks run Monday to Sunday."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from communique.types import Precision


def parse_published(value: str | None) -> date | None:
    """The publication day of an ISO date or date-time; None where unknown.

    >>> parse_published("2022-08-18T07:00:00Z")
    datetime.date(2022, 8, 18)
    """
    return date.fromisoformat(value[:10]) if value else None


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day `months` later, moved back to the month's end where it does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of a day's week."""
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def bounds(value: str) -> tuple[date, date]:
    """First and last day of YYYY, YYYY-MM, YYYY-MM-DD or a slash of two such.

    >>> bounds("2022-08/2022-09-05")
    (datetime.date(2022, 8, 1), datetime.date(2022, 9, 5))
    """
    first, _, last = value.partition("/")
    return _one(first)[0], _one(last or first)[1]


def _one(value: str) -> tuple[date, date]:
    if len(value) == 4:
        return date(int(value), 1, 1), date(int(value), 12, 31)
    if len(value) == 7:
        year, month = int(value[:4]), int(value[5:])
        return date(year, month, 1), month_end(year, month)
    day = date.fromisoformat(value)
    return day, day


def is_value(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?", value))


def precision_of(value: str) -> Precision:
    """The finer of the two ends' precisions."""
    size = max(len(p) for p in value.split("/"))
    return {4: "year", 7: "month", 10: "day"}[size]  # type: ignore[return-value]
