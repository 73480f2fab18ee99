"""Publication dates as inputs write them: ISO, the mail form, and forms that can be read in one way only."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from communique.errors import BadDate

_MONTHS = {
    name: n
    for n, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|nov november|dec december".split(
            "|"
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:$|[T ])")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})(?:$|[ ,T])")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:$|[ ,T])")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:$|[ T])")
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? +", re.I)
_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:\.\d+)? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?$")


def read_date(text: str) -> str | None:
    """An ISO date or date-time, None where the text is none or could be read in two ways.

    >>> read_date("12 March 2020"), read_date("Thu, 05 Oct 2023 07:00:00 +0200"), read_date("20230102")
    ('2020-03-12', '2023-10-05T07:00:00+02:00', '2023-01-02')
    >>> read_date("03/04/2020") is None
    True
    """
    text = text.strip()[:60]
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return _stamp(text) or _mail(text) or _words(text)
    if _ISO.match(text):
        return text
    return value.date().isoformat() if "T" not in text and " " not in text else value.isoformat()


def _stamp(text: str) -> str | None:
    found = _STAMP.match(text)
    if not found:
        return None
    *numbers, zone = found.groups()
    try:
        value = datetime(*(int(n) for n in numbers))  # type: ignore[arg-type]
        return value.replace(tzinfo=_zone(zone)).isoformat() if zone else value.isoformat()
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))


def _mail(text: str) -> str | None:
    if not re.search(r"\d\d?:\d\d", text):
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _words(text: str) -> str | None:
    text = _WEEKDAY.sub("", text)
    if found := _DAY_FIRST.match(text):
        day, month, year = found.group(1), _MONTHS.get(found.group(2).lower()), found.group(3)
    elif found := _MONTH_FIRST.match(text):
        day, month, year = found.group(2), _MONTHS.get(found.group(1).lower()), found.group(3)
    elif found := _YEAR_FIRST.match(text):
        year, month, day = found.group(1), int(found.group(2)), found.group(3)
    else:
        return None
    try:
        return date(int(year), month or 0, int(day)).isoformat()
    except ValueError:
        return None


def published(value: object) -> str | None:
    """An ISO date or date-time from a field, None where it is empty; raises `BadDate` where it is neither.

    >>> published("2022-08-18")
    '2022-08-18'
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value).strip()
    found = read_date(text)
    if found is None:
        raise BadDate(f"published is {text[:40]!r}, which is no date that can be read in one way; write it as 2022-08-18")
    return found
