"""The running date of a story: a tale of the past counts months and days from what it told last, not from publication."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from communique.types import Interval

_YEAR = re.compile(r"\b(?:1[4-9]|20)\d\d\b(?![,.]\d)")
_NEAR = re.compile(
    r"\b(?:[Tt]oday|[Yy]esterday|[Tt]omorrow|[Tt]onight|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:[Tt]his|[Ll]ast|[Nn]ext) (?:week|month|year))\b"
)
_YEARS_OF_A_TALE = 3
"""Other years than that of publication which a tale names at least, and how many for each time that counts from publication."""


def is_tale(text: str, published: date | None) -> bool:
    """Whether a text tells of other years: it names them often, and hardly a day that is counted from publication.

    >>> is_tale("In 1911 it began. By 1912 and 1913 it had spread; in May 1914 it ended.", date(2020, 5, 4))
    True
    """
    year = str(published.year) if published else ""
    named = sum(y != year for y in _YEAR.findall(text))
    return named >= _YEARS_OF_A_TALE and named > _YEARS_OF_A_TALE * sum(1 for _ in _NEAR.finditer(text))


@dataclass(slots=True, kw_only=True)
class Running:
    """What the story has told so far."""

    published: date | None
    tale: bool
    previous: date | None = None
    """First day of the last resolved day, month or year."""
    day: date | None = None
    """The day last named: what a time of day is on."""
    told: date | None = None
    """In a tale, the running date: `previous` in a year that the text has named."""
    quarter: str | None = None
    """The quarter last spoken of."""

    def add(self, name: str, made: Interval) -> None:
        """Goes on to a time that was found by the pattern `name`."""
        if made.timex and name == "quarter" and made.timex[4:6] == "-Q" and made.timex[0] != "X":
            self.quarter = made.timex
        if not made.start or made.precision not in ("day", "month", "year", "season"):
            return
        if self.tale and self.published and made.anchor == self.published.isoformat():
            return
        day = date.fromisoformat(made.start)
        self.previous = day
        if made.precision == "day":
            self.day = day
        if self.tale and (self.told or made.start[:4] in (made.text or "")):
            whole_year = made.precision == "year" and self.told and self.told.year == day.year
            self.told = self.told if whole_year else day
