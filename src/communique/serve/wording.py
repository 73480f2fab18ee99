"""Rows in the words of the pages. Everything here gives plain text; the templates escape it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from communique.serve.glossary import BASES, party_name
from communique.types import Interval

Row = Mapping[str, Any]
_MONTHS = "January February March April May June July August September October November December".split()


def who(actors: Sequence[Row] | None) -> str:
    """The parties of one side.

    >>> who([]), who([{"name": "Navy", "country": "FRA", "organization": None}])
    ('–', 'Navy (FRA)')
    >>> who([{"name": "Navy (France)", "country": "FRA", "organization": None}])
    'Navy (France)'
    """
    out = []
    for a in actors or ():
        code = a["country"] or a["organization"]
        said = code and (code == a["name"] or party_name(code) in a["name"])
        out.append(a["name"] + (f" ({code})" if code and not said else ""))
    return ", ".join(dict.fromkeys(out)) if out else "–"


def coded(actors: Sequence[Row] | None) -> str:
    """Country or organization and sector of the parties of one side.

    >>> coded([{"country": "FRA", "organization": None, "sector": "MIL"}, {"country": None, "organization": None, "sector": None}])
    'FRA MIL'
    """
    said = [" ".join(a[k] for k in ("country", "organization", "sector") if a[k]) for a in actors or ()]
    return ", ".join(dict.fromkeys(s for s in said if s)) or "–"


def codes(actors: Sequence[Row] | None) -> list[str]:
    """Codes of the parties, each once."""
    return list(dict.fromkeys(c for a in actors or () for c in (a["country"], a["organization"]) if c))


def day(value: date | str | None) -> str:
    """A day as readers write it.

    >>> day("2024-03-07"), day("2024-03"), day("2024"), day(None), day("2024-03-07T10:00:00Z")
    ('7 March 2024', 'March 2024', '2024', '–', '7 March 2024')
    """
    if value is None:
        return "–"
    pieces = str(value)[:10].split("-")
    if not all(p.isdigit() for p in pieces) or len(pieces) > 3 or (len(pieces) > 1 and not 1 <= int(pieces[1]) <= 12):
        return str(value)
    month = f"{_MONTHS[int(pieces[1]) - 1]} " if len(pieces) > 1 else ""
    return (f"{int(pieces[2])} " if len(pieces) > 2 else "") + month + pieces[0]


def days(start: date | str | None, end: date | str | None) -> str:
    """From one day to another, said once where they are the same.

    >>> days("2024-03-07", "2024-03-09"), days("2024-03-07", "2024-03-07"), days(None, "2024")
    ('7–9 March 2024', '7 March 2024', 'until 2024')
    """
    one, two = day(start), day(end)
    if start is None and end is None or one == two or end is None:
        return one
    if start is None:
        return f"until {two}"
    first, last = one.split(" "), two.split(" ")
    if len(first) == len(last) == 3 and first[1:] == last[1:]:
        return f"{first[0]}–{two}"
    if len(first) == len(last) == 3 and first[2] == last[2]:
        return f"{first[0]} {first[1]} – {two}"
    return f"{one} – {two}"


def period_name(first: date, by: str) -> str:
    """A day, week, month, quarter or year by its first day.

    >>> period_name(date(2024, 4, 1), "month"), period_name(date(2024, 4, 1), "quarter"), period_name(date(2024, 1, 1), "year")
    ('April 2024', 'April–June 2024', '2024')
    >>> period_name(date(2024, 4, 29), "week"), period_name(date(2024, 4, 29), "day")
    ('29 April – 5 May 2024', '29 April 2024')
    """
    if by == "week":
        return days(first, first + timedelta(days=6))
    if by == "quarter":
        return f"{_MONTHS[first.month - 1]}–{_MONTHS[first.month + 1]} {first.year}"
    return day(first.isoformat()[: {"year": 4, "month": 7}.get(by, 10)])


def when(value: Row | Interval | None) -> tuple[str, str]:
    """A date and, where it does not come from the text, on what it stands."""
    if value is None:
        return "–", ""
    get = (lambda k: getattr(value, k)) if isinstance(value, Interval) else (lambda k: value[k])
    text = get("value")
    if text and "/" in text:
        start, _, end = text.partition("/")
        return days(start, end), BASES.get(get("basis") or "", "")
    return day(text or get("start")), BASES.get(get("basis") or "", "")


def act(type_: str, mode: str | None) -> str:
    """Type and mode.

    >>> act("ACCUSE", "disapprove"), act("AID", None)
    ('Accuse · disapprove', 'Aid')
    """
    return type_.capitalize() + (f" · {mode}" if mode else "")


def number(value: float | int | None, digits: int = 0) -> str:
    """A number with thousands apart.

    >>> number(1234567), number(-2.5, 1), number(None)
    ('1,234,567', '−2.5', '–')
    """
    return "–" if value is None else f"{value:,.{digits}f}".replace("-", "−")
