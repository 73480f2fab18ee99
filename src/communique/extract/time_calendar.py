"""Calendar arithmetic behind the values of time expressions: which year, month, week or day a name or a count means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from communique.extract.time_lexicon import PARTS
from communique.resolve.temporal import add_months, is_value, month_end, precision_of, week_of
from communique.types import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an expression is counted from."""

    published: date | None
    previous: date | None
    """First day of the last resolved expression."""
    day: date | None
    """The day last named."""
    told: date | None
    """The running date of a tale of another year, which months and days without a year are counted from."""
    future: bool | None
    """True where the clause looks ahead, False where it looks back, None where nothing tells."""
    quarter: str | None = None
    """The quarter last spoken of, as `1989-Q3`: reports of results count from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A TIMEX3 value with the plain value that the record carries; `value` None where it cannot be resolved."""

    timex: str
    kind: str = "DATE"
    value: str | None = None
    precision: Precision | None = None
    anchored: bool = False
    """Counted from publication, or from `base`."""
    base: date | None = None
    """The day of the story that it was counted from."""


def plain(value: str, *, kind: str = "DATE", anchored: bool = False, timex: str | None = None) -> Meaning:
    if not is_value(value):
        return Meaning(timex=value, kind=kind)
    return Meaning(timex=timex or value, kind=kind, value=value, precision=precision_of(value), anchored=anchored)


def occurrence(c: Context, which: str, month: int, day: int) -> int | None:
    """The year of a month, or of a day in it, that is called the last, the next or this one."""
    if not c.published or which not in ("last", "past", "next", "this"):
        return year_near(c, month, day)
    pub, here = c.published, (month, day)
    if which == "this":
        return pub.year + bool(c.future and month < pub.month)
    return pub.year + (here <= (pub.month, pub.day)) if which == "next" else pub.year - (here >= (pub.month, pub.day))


def year_near(c: Context, month: int, day: int) -> int | None:
    """The year of a date without one: that of the tale, else the nearest to publication on the side that the clause looks to."""
    if c.told:
        return c.told.year + (c.told.month - month > _TURN)
    if not c.published:
        return None
    pub = c.published
    day = min(day, 28)
    if c.future:
        return pub.year if date(pub.year, month, day) >= pub.replace(day=1) - timedelta(days=31) else pub.year + 1
    this = date(pub.year, month, day)
    if this > pub + timedelta(days=60):
        return pub.year - 1
    if (pub - this).days > 300 and month <= 2 and pub.month >= 11:
        return pub.year + 1
    return pub.year


_TURN = 8
"""A tale that comes from December to a month so much earlier has come to the next year."""


def dated(year: int | None, month: int, day: int | None) -> Meaning | None:
    tail = f"{month:02d}" + (f"-{day:02d}" if day else "")
    if day and day > (month_end(year, month).day if year else 31):
        return None
    return plain(f"{year:04d}-{tail}") if year else Meaning(timex=f"XXXX-{tail}")


def quarter_of(year: int, q: int, *, anchored: bool = True) -> Meaning:
    return Meaning(timex=f"{year}-Q{q}", value=f"{year}-{q * 3 - 2:02d}/{year}-{q * 3:02d}", precision="quarter", anchored=anchored)


def calendar_unit(base: date, unit: str, step: int) -> Meaning | None:
    if unit == "day":
        return plain((base + timedelta(days=step)).isoformat(), anchored=True)
    if unit in ("week", "weekend"):
        first, last = week_of(base + timedelta(days=7 * step))
        year, week, _ = first.isocalendar()
        if unit == "weekend":
            first = last - timedelta(days=1)
            return Meaning(timex=f"{year}-W{week:02d}-WE", value=f"{first}/{last}", precision="day", anchored=True)
        return Meaning(timex=f"{year}-W{week:02d}", value=f"{first}/{last}", precision="week", anchored=True)
    if unit == "month":
        return plain(f"{add_months(base, step):%Y-%m}", anchored=True)
    if unit == "quarter":
        day = add_months(base, 3 * step)
        return quarter_of(day.year, (day.month + 2) // 3)
    year = base.year + step * {"year": 1, "decade": 10, "century": 100}[unit]
    if unit == "year":
        return plain(f"{year}", anchored=True)
    if unit == "decade":
        return Meaning(timex=str(year)[:3], value=f"{year // 10}0/{year // 10}9", precision="decade", anchored=True)
    return Meaning(timex=str(year)[:2])


def counted(base: date, number: int, unit: str) -> Meaning | None:
    try:
        if unit == "day" or unit == "night":
            return plain((base + timedelta(days=number)).isoformat(), anchored=True)
        if unit in ("week", "fortnight"):
            return calendar_unit(base + timedelta(days=(7 if unit == "week" else 14) * number), "week", 0)
        if unit == "month":
            return plain(f"{add_months(base, number):%Y-%m}", anchored=True)
        if unit == "quarter":
            return calendar_unit(add_months(base, 3 * number), "quarter", 0)
        if unit in ("hour", "minute", "second"):
            return plain((base + timedelta(days=number // 24 if unit == "hour" and abs(number) >= 24 else 0)).isoformat(), anchored=True)
        year = base.year + number * {"year": 1, "decade": 10, "century": 100}.get(unit, 1)
        return plain(f"{year:04d}", anchored=True) if 1000 < year < 3000 else None
    except OverflowError:
        return None


def nearest_weekday(published: date, wanted: int, which: str, future: bool | None) -> date:
    """The day of that name before publication, or after it where the clause looks ahead; `this` one still to come in its week is ahead.

    The name of tomorrow's weekday means tomorrow unless the clause looks back: of the marked times of our own corpus all but one in twenty.
    """
    back = (published.weekday() - wanted) % 7
    ahead = future or (future is None and back == 6) or (which == "this" and published.weekday() < wanted and back > 2)
    if which == "next" or (which not in ("last", "past") and ahead and back):
        return published + timedelta(days=(wanted - published.weekday()) % 7 or 7)
    return published - timedelta(days=back or (7 if which in ("last", "past") else 0))


def part_of(day: date, part: str | None) -> Meaning:
    value = day.isoformat()
    code = PARTS.get((part or "").lower())
    return plain(value, kind="TIME" if code else "DATE", anchored=True, timex=f"{value}T{code}" if code else None)


FIXED_FEASTS = {"christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "new year's day": (1, 1), "new year": (1, 1), "the new year": (1, 1), "new year's eve": (12, 31),
          "halloween": (10, 31), "valentine's day": (2, 14)}  # fmt: skip


def feast_day(name: str, year: int) -> date:
    """The day of a feast, or of the elections of the United States, in a year. Easter by the Gregorian computus."""
    if name in FIXED_FEASTS:
        return date(year, *FIXED_FEASTS[name])
    november = date(year, 11, 1)
    if name.startswith("thanksgiving"):
        return november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    if name == "election day":
        return november + timedelta(days=(0 - november.weekday()) % 7 + 1)
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= moon // 28 * (1 - 29 // (moon + 1) * ((21 - golden) // 11))
    sunday = moon - (year + year // 4 + moon + 2 - century + century // 4) % 7
    easter = date(year, 3, 28) + timedelta(days=sunday)
    return easter + timedelta(days={"good friday": -2, "easter monday": 1}.get(name, 0))
