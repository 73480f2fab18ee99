"""What a matched time expression means: its TIMEX3 value, its days and their precision."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from communique.extract.time_lexicon import MONTHS, NUMBERS, ORDINALS, PARTS, SEASON_MONTHS, SEASONS, UNITS, VAGUE, WEEKDAYS
from communique.resolve.temporal import add_months, bounds, is_value, month_end, precision_of, week_of
from communique.types import Interval, Precision, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an expression is counted from."""

    published: date | None
    previous: date | None
    """First day of the last resolved expression."""
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


def interpret(name: str, m: re.Match[str], c: Context, span: Span) -> Interval | None:
    """The interval that pattern `name` gives for a match; None where the words are no time after all."""
    start = end = None
    try:
        meaning = _HANDLERS[name](m, c)
        if meaning is None:
            return None
        if meaning.value:
            first, last = bounds(meaning.value)
            if first > last:
                return None
            start, end = first.isoformat(), last.isoformat()
    except (ValueError, OverflowError):  # a day that no calendar has, or one outside the years 1 to 9999
        return None
    return Interval(
        value=meaning.value,
        start=start,
        end=end,
        precision=meaning.precision if meaning.value else None,
        basis="text" if meaning.value else None,
        span=span,
        text=m.group(),
        timex=meaning.timex,
        timex_type=meaning.kind,  # type: ignore[arg-type]
        anchor=c.published.isoformat() if meaning.anchored and meaning.value and c.published else None,
    )


def _group(m: re.Match[str], name: str) -> str | None:
    return m.groupdict().get(name)


def _plain(value: str, *, kind: str = "DATE", anchored: bool = False, timex: str | None = None) -> Meaning:
    if not is_value(value):
        return Meaning(timex=value, kind=kind)
    return Meaning(timex=timex or value, kind=kind, value=value, precision=precision_of(value), anchored=anchored)


def _month(word: str) -> int:
    return MONTHS[word.rstrip(".").lower()]


def _day(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _number(word: str | None) -> int | None:
    if not word:
        return 1
    if word.isdigit():
        return int(word)
    words = re.split(r"[- ]", word.lower())
    parts = [NUMBERS.get(p) for p in (words[1:] if len(words) > 1 and words[0] in ("a", "an") else words)]
    return sum(p for p in parts if p) if parts and all(p is not None for p in parts) else None


def _year_of(words: str) -> int:
    """A year in digits, or as it is spoken.

    >>> _year_of("1989"), _year_of("nineteen ninety-six"), _year_of("two thousand and one"), _year_of("twenty oh four")
    (1989, 1996, 2001, 2004)
    """
    if words.isdigit():
        return int(words)
    first, *rest = re.split(r"[- ]+", words.lower())
    if first == "two":
        return 2000 + sum(NUMBERS.get(w, 0) for w in rest)
    return NUMBERS[first] * 100 + sum(NUMBERS.get(w, 0) for w in rest if w != "hundred")


def _occurrence(c: Context, which: str, month: int, day: int) -> int | None:
    """The year of a month, or of a day in it, that is called the last, the next or this one."""
    if not c.published or which not in ("last", "past", "next", "this"):
        return _year_near(c, month, day)
    pub, here = c.published, (month, day)
    if which == "this":
        return pub.year + bool(c.future and month < pub.month)
    return pub.year + (here <= (pub.month, pub.day)) if which == "next" else pub.year - (here >= (pub.month, pub.day))


def _year_near(c: Context, month: int, day: int) -> int | None:
    """The year of a date without one: the nearest to publication on the side that the clause looks to."""
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


def _dated(year: int | None, month: int, day: int | None) -> Meaning | None:
    tail = f"{month:02d}" + (f"-{day:02d}" if day else "")
    if day and day > (month_end(year, month).day if year else 31):
        return None
    return _plain(f"{year:04d}-{tail}") if year else Meaning(timex=f"XXXX-{tail}")


def _iso(m: re.Match[str], c: Context) -> Meaning | None:
    return _dated(int(m["y"]), int(m["m"]), int(m["d"]))


def _slash(m: re.Match[str], c: Context) -> Meaning | None:
    year = int(m["y"])
    year += 0 if year > 99 else 1900 if year > 50 else 2000
    return _dated(year, int(m["m"]), int(m["d"])) if 1 <= int(m["d"]) <= 31 else None


def _full_day(m: re.Match[str], c: Context) -> Meaning | None:
    month, day, which = _month(m["m"]), _day(m["d"]), (_group(m, "which") or "").lower()
    if m["y"]:
        return _dated(int(m["y"]), month, day)
    if m["whose"]:
        return _dated(_year_word(f"{m['whose']} year", c), month, day)
    year = _occurrence(c, which, month, day)
    while year and (month, day) == (2, 29) and not isleap(year):
        year += 1 if which == "next" or c.future else -1
    return _dated(year, month, day)


_FIXED = {"christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "new year's day": (1, 1), "new year's eve": (12, 31),
          "halloween": (10, 31), "valentine's day": (2, 14)}  # fmt: skip


def _feast_day(name: str, year: int) -> date:
    """The day of a feast, or of the elections of the United States, in a year. Easter by the Gregorian computus."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
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


def _holiday(m: re.Match[str], c: Context) -> Meaning | None:
    name, which = m["feast"].lower().replace("’", "'"), (m["which"] or "").lower()
    if m["y"]:
        return _plain(_feast_day(name, int(m["y"])).isoformat())
    if c.published is None or which in ("every", "each"):
        month_day = "-".join(f"{n:02d}" for n in _FIXED[name]) if name in _FIXED else "XX-XX"
        return Meaning(timex=f"XXXX-{month_day}", kind="SET" if which in ("every", "each") else "DATE")
    pub = c.published
    days = [_feast_day(name, pub.year + k) for k in (-1, 0, 1)]
    before, after = max(d for d in days if d < pub), min(d for d in days if d > pub)
    nearest = min(days, key=lambda d: abs((d - pub).days))
    if which in ("last", "next"):
        day = before if which == "last" else after
    elif nearest == pub:
        day = pub
    elif which == "this":
        # around the turn of the year it is the one just over, or at hand
        day = nearest if abs((nearest - pub).days) < 30 else days[1]
    else:
        day = after if c.future or (after - pub).days < 30 < (pub - before).days else before
    return _plain(day.isoformat(), anchored=True)


def _spoken(m: re.Match[str], c: Context) -> Meaning | None:
    return _plain(str(_year_of(m["y"] or m["y2"])))


def _span_days(m: re.Match[str], c: Context) -> Meaning | None:
    first, second = _group(m, "m1"), _group(m, "m2")
    month1, month2 = _month(first or second or ""), _month(second or first or "")
    day1, day2 = _day(m["d1"]), _day(m["d2"])
    year = int(m["y"]) if m["y"] else _year_near(c, month1, day1)
    if (month1, day1) >= (month2, day2) and month1 == month2:
        return None
    if year is None:
        return Meaning(timex=f"XXXX-{month1:02d}-{day1:02d}/XXXX-{month2:02d}-{day2:02d}", kind="DURATION")
    later = year + (month2 < month1)
    if m["y"] and month2 < month1:
        year, later = year - 1, year
    a, b = _dated(year, month1, day1), _dated(later, month2, day2)
    return _plain(f"{a.value}/{b.value}", kind="DATE") if a and b and a.value and b.value else None


def _span_months(m: re.Match[str], c: Context) -> Meaning | None:
    month1, month2 = _month(m["m1"]), _month(m["m2"])
    year = int(m["y"]) if m["y"] else _year_near(c, month1, 1)
    if year is None:
        return Meaning(timex=f"XXXX-{month1:02d}/XXXX-{month2:02d}")
    later = year + (month2 < month1)
    return _plain(f"{year}-{month1:02d}/{later}-{month2:02d}")


def _whole_month(m: re.Match[str], c: Context) -> Meaning | None:
    month, which = _month(m["m"]), (_group(m, "which") or "").lower()
    if _group(m, "y"):
        return _dated(_year_of(m["y"]), month, None)
    if which in ("every", "each"):
        return Meaning(timex=f"XXXX-{month:02d}", kind="SET")
    if c.published and m.group().endswith("year"):
        return _dated(c.published.year + {"last": -1, "next": 1}.get(which, 0), month, None)
    return _dated(_occurrence(c, which, month, c.published.day if c.published and which else 1), month, None)


def _span_years(m: re.Match[str], c: Context) -> Meaning | None:
    a = m["y1"]
    b = m["y2"] if len(m["y2"]) == 4 else a[:2] + m["y2"]
    return _plain(f"{a}/{b}", kind="DURATION") if int(a) < int(b) else None


def _decade(m: re.Match[str], c: Context) -> Meaning | None:
    digits = _group(m, "y") or "19" + (_group(m, "y2") or "")
    return Meaning(timex=digits, value=f"{digits}0/{digits}9", precision="decade")


def _year_word(value: str | None, c: Context) -> int | None:
    if value and value[:1].isdigit():
        return int(value)
    if c.published is None:
        return None
    return c.published.year + {"last year": -1, "next year": 1}.get(value or "", 0)


def _quarter(m: re.Match[str], c: Context) -> Meaning | None:
    q = int(_group(m, "qn") or ORDINALS[(_group(m, "q") or "1st").lower()])
    year = _year_word(m["y"], c)
    if year is None:
        return Meaning(timex=f"XXXX-Q{q}")
    if not m["y"] and c.published and not c.future and q > (c.published.month + 2) // 3:
        year -= 1
    first = date(year, q * 3 - 2, 1)
    return Meaning(
        timex=f"{year}-Q{q}", value=f"{first:%Y-%m}/{year}-{q * 3:02d}", precision="quarter", anchored=not (m["y"] or "").isdigit()
    )


def _half(m: re.Match[str], c: Context) -> Meaning | None:
    year, half = _year_word(m["y"], c), 1 if m["h"] == "first" else 2
    if year is None:
        return Meaning(timex=f"XXXX-H{half}")
    value = f"{year}-01/{year}-06" if half == 1 else f"{year}-07/{year}-12"
    return Meaning(timex=f"{year}-H{half}", value=value, precision="month", anchored=not m["y"].isdigit())


def _fiscal(m: re.Match[str], c: Context) -> Meaning | None:
    return _plain(m["y"])


def _season(m: re.Match[str], c: Context) -> Meaning | None:
    code, which = SEASONS[m["s"].lower()], (_group(m, "which") or "").lower()
    year = _year_of(m["y"]) if m["y"] else c.published.year if c.published else None
    if which == "the" and not m["y"] and m["s"] in ("fall", "spring"):
        return None
    if year is None:
        return Meaning(timex=f"XXXX-{code}")
    first, last = SEASON_MONTHS[code]
    if not m["y"] and c.published:
        year += {"last": -(c.published.month <= last or first > last), "next": c.published.month >= first}.get(which, 0)
    end_year = year + (last < first)
    return Meaning(timex=f"{year}-{code}", value=f"{year}-{first:02d}/{end_year}-{last:02d}", precision="season", anchored=not m["y"])


def _nearest_weekday(published: date, wanted: int, which: str, future: bool | None) -> date:
    """The day of that name before publication, or after it where the clause looks ahead; `this` one still to come in its week is ahead.

    The name of tomorrow's weekday means tomorrow unless the clause looks back: of the marked times of our own corpus all but one in twenty.
    """
    back = (published.weekday() - wanted) % 7
    ahead = future or (future is None and back == 6) or (which == "this" and published.weekday() < wanted and back > 2)
    if which == "next" or (which not in ("last", "past") and ahead and back):
        return published + timedelta(days=(wanted - published.weekday()) % 7 or 7)
    return published - timedelta(days=back or (7 if which in ("last", "past") else 0))


def _weekday(m: re.Match[str], c: Context) -> Meaning | None:
    name = m["w"].rstrip(".").lower()
    which, part = (m["which"] or "").lower(), m["part"]
    wanted = WEEKDAYS[name]
    if which in ("every", "each"):
        return Meaning(timex=f"XXXX-WXX-{wanted + 1}", kind="SET")
    if c.published is None:
        return Meaning(timex=f"XXXX-WXX-{wanted + 1}")
    return _part_of(_nearest_weekday(c.published, wanted, which, c.future), part)


def _part_of(day: date, part: str | None) -> Meaning:
    value = day.isoformat()
    code = PARTS.get((part or "").lower())
    return _plain(value, kind="TIME" if code else "DATE", anchored=True, timex=f"{value}T{code}" if code else None)


def _word(m: re.Match[str], c: Context) -> Meaning | None:
    word = m["word"].lower()
    if c.published is None:
        return Meaning(timex="XXXX-XX-XX")
    days = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}.get(word, 0)
    return _part_of(c.published + timedelta(days=days), "night" if word == "tonight" else m["part"])


def _part(m: re.Match[str], c: Context) -> Meaning | None:
    if c.published is None:
        return Meaning(timex="XXXX-XX-XXT" + PARTS[m["part"].lower()], kind="TIME")
    base = c.previous if m["which"].lower() == "the same" and c.previous else c.published
    return _part_of(base - timedelta(days=m["which"].lower() == "last"), m["part"])


def _unit(m: re.Match[str], c: Context) -> Meaning | None:
    which, unit = m["which"].lower().removeprefix("the "), m["u"].lower()
    discourse = which in ("previous", "following", "same", "that")
    if which in ("the", "the latest", "latest"):
        if unit == "quarter" and c.quarter:
            return _quarter_of(int(c.quarter[:4]), int(c.quarter[-1]))
        # what news calls "the quarter" and "the weekend" has ended, unless the clause looks ahead
        step_back = -1 if unit == "quarter" or (unit == "weekend" and not c.future and c.published and c.published.weekday() < 5) else 0
        return _calendar_unit(c.published, unit, step_back) if c.published else Meaning(timex="XXXX")
    base = c.previous if discourse and c.previous else None if discourse and which == "that" else c.published
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}.get(which, 0)
    if which == "past" and unit in ("year", "month", "week", "decade", "quarter") and m["which"].lower().startswith("the"):
        return Meaning(timex="P1" + {"year": "Y", "month": "M", "week": "W", "decade": "DE", "quarter": "Q"}[unit], kind="DURATION")
    if base is None:
        return Meaning(timex="XXXX" if unit != "day" else "XXXX-XX-XX")
    return _calendar_unit(base, unit, step)


def _calendar_unit(base: date, unit: str, step: int) -> Meaning | None:
    if unit == "day":
        return _plain((base + timedelta(days=step)).isoformat(), anchored=True)
    if unit in ("week", "weekend"):
        first, last = week_of(base + timedelta(days=7 * step))
        year, week, _ = first.isocalendar()
        if unit == "weekend":
            first = last - timedelta(days=1)
            return Meaning(timex=f"{year}-W{week:02d}-WE", value=f"{first}/{last}", precision="day", anchored=True)
        return Meaning(timex=f"{year}-W{week:02d}", value=f"{first}/{last}", precision="week", anchored=True)
    if unit == "month":
        return _plain(f"{add_months(base, step):%Y-%m}", anchored=True)
    if unit == "quarter":
        day = add_months(base, 3 * step)
        q = (day.month + 2) // 3
        return Meaning(
            timex=f"{day.year}-Q{q}", value=f"{day.year}-{q * 3 - 2:02d}/{day.year}-{q * 3:02d}", precision="quarter", anchored=True
        )
    year = base.year + step * {"year": 1, "decade": 10, "century": 100}[unit]
    if unit == "year":
        return _plain(f"{year}", anchored=True)
    if unit == "decade":
        return Meaning(timex=str(year)[:3], value=f"{year // 10}0/{year // 10}9", precision="decade", anchored=True)
    return Meaning(timex=str(year)[:2])


def _counted(base: date, number: int, unit: str) -> Meaning | None:
    try:
        if unit == "day" or unit == "night":
            return _plain((base + timedelta(days=number)).isoformat(), anchored=True)
        if unit == "week":
            return _calendar_unit(base + timedelta(days=7 * number), "week", 0)
        if unit == "month":
            return _plain(f"{add_months(base, number):%Y-%m}", anchored=True)
        if unit == "quarter":
            return _calendar_unit(add_months(base, 3 * number), "quarter", 0)
        if unit in ("hour", "minute", "second"):
            return _plain((base + timedelta(days=number // 24 if unit == "hour" and abs(number) >= 24 else 0)).isoformat(), anchored=True)
        year = base.year + number * {"year": 1, "decade": 10, "century": 100}.get(unit, 1)
        return _plain(f"{year:04d}", anchored=True) if 1000 < year < 3000 else None
    except OverflowError:
        return None


def _singular(unit: str) -> str:
    unit = unit.lower()
    return "century" if unit == "centuries" else unit.removesuffix("s")


def _ago(m: re.Match[str], c: Context) -> Meaning | None:
    number, unit, direction = _number(m["n"]), _singular(m["u"]), m["dir"]
    if direction in ("before", "after"):
        return _lasting(number, unit)
    if number is None:
        return Meaning(timex="PAST_REF" if direction in ("ago", "earlier") else "FUTURE_REF")
    if c.quarter and number == 1 and unit == "year" and direction in ("ago", "earlier"):
        return _quarter_of(int(c.quarter[:4]) - 1, int(c.quarter[-1]))
    base = c.published if direction in ("ago", "from now") else c.previous or c.published
    if base is None:
        return Meaning(timex="PAST_REF" if direction in ("ago", "earlier") else "FUTURE_REF")
    return _counted(base, -number if direction in ("ago", "earlier") else number, unit)


def _in(m: re.Match[str], c: Context) -> Meaning | None:
    number, unit = _number(m["n"]), _singular(m["u"])
    text = m.group().lower()
    if not c.future or any(w in text for w in ("past", "last", "within", "next", "coming")) or not c.published or number is None:
        return _lasting(number, unit)
    return _counted(c.published, number, unit)


_HALVES = {"year": "6M", "day": "T12H", "hour": "30M", "minute": "30S", "decade": "5Y"}


def _lasting(number: int | None, unit: str, *, half: bool = False) -> Meaning:
    code = UNITS[unit]
    time = "T" if code in ("S", "H") or unit == "minute" else ""
    if half:
        return Meaning(timex=f"P{time}{number}{code}{_HALVES[unit]}" if unit in _HALVES else f"P{time}{number}.5{code}", kind="DURATION")
    return Meaning(timex=f"P{time}{'X' if number is None else number}{code}", kind="DURATION")


def _recent(m: re.Match[str], c: Context) -> Meaning | None:
    which, unit = m["which"].lower(), m["u"].lower()
    plural = unit.endswith("s") or unit == "centuries"
    if which == "latest" and not plural and c.published and _singular(unit) in ("week", "month", "quarter", "year"):
        if unit == "quarter" and c.quarter:
            return _quarter_of(int(c.quarter[:4]), int(c.quarter[-1]))
        return _calendar_unit(c.published, _singular(unit), -1)
    if which in ("recent", "latest"):
        return _lasting(None, _singular(unit)) if plural else Meaning(timex="PAST_REF")
    if not plural and not m["n"]:
        if which in ("first", "final", "latest"):
            return None
        return (
            _calendar_unit(c.published, _singular(unit), {"past": -1, "last": -1, "previous": -1}.get(which, 1))
            if c.published and _singular(unit) in ("day", "week", "month", "quarter", "year", "decade", "century")
            else Meaning(timex="XXXX")
        )
    return _lasting(_number(m["n"]) if m["n"] else None, _singular(unit))


def _quarter_of(year: int, q: int) -> Meaning:
    return Meaning(timex=f"{year}-Q{q}", value=f"{year}-{q * 3 - 2:02d}/{year}-{q * 3:02d}", precision="quarter", anchored=True)


def _year_ago(m: re.Match[str], c: Context) -> Meaning | None:
    if c.quarter:
        return _quarter_of(int(c.quarter[:4]) - 1, int(c.quarter[-1]))
    base = c.published if m["dir"] == "ago" else c.previous or c.published
    return _plain(f"{base.year - 1}", anchored=True) if base else Meaning(timex="PAST_REF")


def _every(m: re.Match[str], c: Context) -> Meaning | None:
    adverb = _group(m, "adv")
    unit = (
        {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}.get((adverb or "").lower(), "year")
        if adverb
        else _singular(m["u"] or "day")
    )
    code = UNITS.get(unit, "D")
    return Meaning(timex=f"P{_number(_group(m, 'n')) or 1}{code}", kind="SET")


def _duration(m: re.Match[str], c: Context) -> Meaning | None:
    half = bool(_group(m, "half"))
    return _lasting(_number(m["n"]) if m["n"] else None, _singular(_group(m, "u") or _group(m, "u2") or ""), half=half)


def _on_day(m: re.Match[str], c: Context, time: str) -> Meaning | None:
    """A time of day on the day that stands after it, unresolved where that day is; None where no day stands there."""
    month, day, year = (_group(m, n) or _group(m, n + "2") or _group(m, n + "3") for n in ("m", "d", "y"))
    near, weekday = _group(m, "near"), _group(m, "w")
    named: date | None = None
    if month and day:
        made = _dated(int(year) if year else _year_near(c, _month(month), _day(day)), _month(month), _day(day))
        named = date.fromisoformat(made.value) if made and made.value else None
    elif not near and not weekday:
        return None
    elif c.published and near:
        named = c.published + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(near, 0))
    elif c.published and weekday:
        named = _nearest_weekday(c.published, WEEKDAYS[weekday.rstrip(".").lower()], "", c.future)
    if named is None:
        return Meaning(timex=f"XXXX-XX-XX{time}", kind="TIME")
    return _plain(named.isoformat(), kind="TIME", anchored=not year, timex=f"{named}{time}")


def _clock(m: re.Match[str], c: Context) -> Meaning | None:
    hour = int(m["h"])
    half = (_group(m, "ap") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    time = f"T{hour:02d}:{_group(m, 'min') or '00'}"
    if named := _on_day(m, c, time):
        return named
    day = c.previous or c.published
    if day is None:
        return Meaning(timex=f"XXXX-XX-XX{time}", kind="TIME")
    return _plain(day.isoformat(), kind="TIME", anchored=True, timex=f"{day}{time}")


def _noon(m: re.Match[str], c: Context) -> Meaning | None:
    time = "T24:00" if m["word"].lower() == "midnight" else "T12:00"
    return _on_day(m, c, time) or Meaning(timex=(c.published.isoformat() if c.published else "XXXX-XX-XX") + time, kind="TIME")


def _vague(m: re.Match[str], c: Context) -> Meaning | None:
    word = _group(m, "word")
    if word:
        return Meaning(timex=VAGUE[word.lower()])
    return Meaning(timex={"past": "PAST_REF", "future": "FUTURE_REF"}.get((m["word2"] or "").lower(), "PRESENT_REF"))


def _edge_year(m: re.Match[str], c: Context) -> Meaning | None:
    value = m["y"].lower()
    if value.isdigit():
        return _plain(value)
    unit = value.removeprefix("the ")
    return _calendar_unit(c.published, unit, 0) if c.published else Meaning(timex="XXXX")


def _year(m: re.Match[str], c: Context) -> Meaning | None:
    return _plain(m["y"])


_HANDLERS: dict[str, Callable[[re.Match[str], Context], Meaning | None]] = {
    "iso": _iso,
    "slash": _slash,
    "span_md": _span_days,
    "span_dm": _span_days,
    "span_m": _span_months,
    "day": _full_day,
    "month": _whole_month,
    "span_y": _span_years,
    "decade": _decade,
    "quarter": _quarter,
    "half": _half,
    "fiscal": _fiscal,
    "season": _season,
    "weekday": _weekday,
    "word": _word,
    "part": _part,
    "unit": _unit,
    "ago": _ago,
    "in": _in,
    "recent": _recent,
    "yearago": _year_ago,
    "every": _every,
    "duration": _duration,
    "clock": _clock,
    "clock24": _clock,
    "noon": _noon,
    "vague": _vague,
    "edgeyear": _edge_year,
    "holiday": _holiday,
    "spoken": _spoken,
    "year": _year,
}
