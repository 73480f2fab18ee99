"""What a matched time expression means: its TIMEX3 value, its days and their precision."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from communique.extract.time_calendar import (
    FIXED_FEASTS,
    Context,
    Meaning,
    calendar_unit,
    counted,
    dated,
    feast_day,
    nearest_weekday,
    occurrence,
    part_of,
    plain,
    quarter_of,
    year_near,
)
from communique.extract.time_lexicon import (
    CENTURIES,
    DECADES,
    MONTHS,
    NUMBERS,
    ORDINALS,
    PARTS,
    SEASON_MONTHS,
    SEASONS,
    UNITS,
    VAGUE,
    WEEKDAYS,
)
from communique.resolve.temporal import add_months, bounds
from communique.types import Interval, Span


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
    base = meaning.base or c.published
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
        anchor=base.isoformat() if meaning.anchored and meaning.value and base else None,
    )


def _group(m: re.Match[str], name: str) -> str | None:
    return m.groupdict().get(name)


def _month(word: str) -> int:
    return MONTHS[word.rstrip(".").lower()]


def _day(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _number(word: str | None) -> int | None:
    if not word:
        return 1
    if word[0].isdigit():
        return int(word.replace(",", ""))
    if word.lower() in ("a couple of", "couple of"):
        return 2
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


def _iso(m: re.Match[str], c: Context) -> Meaning | None:
    return dated(int(m["y"]), int(m["m"]), int(m["d"]))


def _slash(m: re.Match[str], c: Context) -> Meaning | None:
    year = int(m["y"])
    year += 0 if year > 99 else 1900 if year > 50 else 2000
    return dated(year, int(m["m"]), int(m["d"])) if 1 <= int(m["d"]) <= 31 else None


def _full_day(m: re.Match[str], c: Context) -> Meaning | None:
    month, day = _month(m["m"] or m["m2"]), _day(m["d"] or m["d2"])
    which = (_group(m, "which") or "").lower()
    if m["y"]:
        return dated(int(m["y"]), month, day)
    if _group(m, "whose"):
        return dated(_year_word(f"{m['whose']} year", c), month, day)
    year = occurrence(c, which, month, day)
    while year and (month, day) == (2, 29) and not isleap(year):
        year += 1 if which == "next" or c.future else -1
    return dated(year, month, day)


def _holiday(m: re.Match[str], c: Context) -> Meaning | None:
    name, which = m["feast"].lower().replace("’", "'"), (m["which"] or "").lower()
    if m["y"]:
        return plain(feast_day(name, int(m["y"])).isoformat())
    if c.told and not which:
        return plain(feast_day(name, c.told.year).isoformat())
    if c.published is None or which in ("every", "each"):
        month_day = "-".join(f"{n:02d}" for n in FIXED_FEASTS[name]) if name in FIXED_FEASTS else "XX-XX"
        return Meaning(timex=f"XXXX-{month_day}", kind="SET" if which in ("every", "each") else "DATE")
    pub = c.published
    days = [feast_day(name, pub.year + k) for k in (-1, 0, 1)]
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
    return plain(day.isoformat(), anchored=True)


def _spoken(m: re.Match[str], c: Context) -> Meaning | None:
    return plain(str(_year_of(m["y"] or m["y2"])))


def _span_days(m: re.Match[str], c: Context) -> Meaning | None:
    first, second = _group(m, "m1"), _group(m, "m2")
    month1, month2 = _month(first or second or ""), _month(second or first or "")
    day1, day2 = _day(m["d1"]), _day(m["d2"])
    year = int(m["y"]) if m["y"] else year_near(c, month1, day1)
    if (month1, day1) >= (month2, day2) and month1 == month2:
        return None
    if year is None:
        return Meaning(timex=f"XXXX-{month1:02d}-{day1:02d}/XXXX-{month2:02d}-{day2:02d}", kind="DURATION")
    later = year + (month2 < month1)
    if m["y"] and month2 < month1:
        year, later = year - 1, year
    a, b = dated(year, month1, day1), dated(later, month2, day2)
    return plain(f"{a.value}/{b.value}", kind="DATE") if a and b and a.value and b.value else None


def _span_months(m: re.Match[str], c: Context) -> Meaning | None:
    month1, month2 = _month(m["m1"]), _month(m["m2"])
    year = int(m["y"]) if m["y"] else year_near(c, month1, 1)
    if year is None:
        return Meaning(timex=f"XXXX-{month1:02d}/XXXX-{month2:02d}")
    later = year + (month2 < month1)
    return plain(f"{year}-{month1:02d}/{later}-{month2:02d}")


def _whole_month(m: re.Match[str], c: Context) -> Meaning | None:
    month, which = _month(m["m"]), (_group(m, "which") or "").lower()
    if _group(m, "y"):
        return dated(_year_of(m["y"]), month, None)
    if which in ("every", "each"):
        return Meaning(timex=f"XXXX-{month:02d}", kind="SET")
    if c.published and m.group().endswith("year"):
        return dated(c.published.year + {"last": -1, "next": 1}.get(which, 0), month, None)
    return dated(occurrence(c, which, month, c.published.day if c.published and which else 1), month, None)


def _span_years(m: re.Match[str], c: Context) -> Meaning | None:
    a = m["y1"]
    b = m["y2"] if len(m["y2"]) == 4 else a[:2] + m["y2"]
    return plain(f"{a}/{b}", kind="DURATION") if int(a) < int(b) else None


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
    return quarter_of(year, q, anchored=not (m["y"] or "").isdigit())


def _decade_word(m: re.Match[str], c: Context) -> Meaning | None:
    digits = f"19{DECADES[m['w']]}"
    return Meaning(timex=digits, value=f"{digits}0/{digits}9", precision="decade")


def _century(m: re.Match[str], c: Context) -> Meaning | None:
    word = m["n"].lower()
    number = int(word[:-2]) if word[0].isdigit() else CENTURIES[word]
    if _group(m, "bc"):
        return Meaning(timex=f"BC{number - 1:02d}")
    digits = f"{number - 1:02d}"
    return plain(f"{digits}00/{digits}99", timex=digits) if number > 10 else Meaning(timex=digits)


def _before_christ(m: re.Match[str], c: Context) -> Meaning | None:
    return Meaning(timex=f"BC{int(m['y']):04d}" + (f"-{_month(m['m']):02d}" if m["m"] else ""))


def _part_of_day(m: re.Match[str], c: Context) -> Meaning | None:
    """The night of 4 May."""
    day = _full_day(m, c)
    if not day or not day.value:
        return day
    return replace(day, kind="TIME", timex=f"{day.value}T{PARTS[m['part']]}")


def _month_day(m: re.Match[str], c: Context) -> Meaning | None:
    """The 5th: of the month that the story is in, or of the one at hand."""
    now = c.told or c.published
    if now is None:
        return Meaning(timex=f"XXXX-XX-{_day(m['d']):02d}")
    day = _day(m["d"])
    if c.told is None:
        now = add_months(now.replace(day=1), 1 if c.future and day < now.day else -1 if not c.future and day > now.day else 0)
    made = dated(now.year, now.month, day)
    return made and _from(c, now, replace(made, anchored=True))


def _year_end(m: re.Match[str], c: Context) -> Meaning | None:
    now = c.told or c.published
    return plain(f"{now.year}-12") if now else Meaning(timex="XXXX-12")


def _half(m: re.Match[str], c: Context) -> Meaning | None:
    year, half = _year_word(m["y"], c), 1 if m["h"] == "first" else 2
    if year is None:
        return Meaning(timex=f"XXXX-H{half}")
    value = f"{year}-01/{year}-06" if half == 1 else f"{year}-07/{year}-12"
    return Meaning(timex=f"{year}-H{half}", value=value, precision="month", anchored=not m["y"].isdigit())


def _fiscal(m: re.Match[str], c: Context) -> Meaning | None:
    return plain(m["y"])


def _season(m: re.Match[str], c: Context) -> Meaning | None:
    code, which = SEASONS[m["s"].lower()], (_group(m, "which") or "").lower().strip()
    named, first, last = _group(m, "y"), *SEASON_MONTHS[code]
    now = c.told or c.published
    if named:
        year = _year_of(named)
    elif now is None:
        return Meaning(timex=f"XXXX-{code}")
    elif which in ("last", "next"):
        year = now.year - (now.month <= last or first > last) if which == "last" else now.year + (now.month >= first)
    elif c.told or which == "this":
        year = now.year
    else:
        year = now.year + (last < now.month if c.future else -(first > now.month))
    end_year = year + (last < first)
    value = f"{year}-{first:02d}/{end_year}-{last:02d}"
    return Meaning(timex=f"{year}-{code}", value=value, precision="season", anchored=not named and not c.told)


def _weekday(m: re.Match[str], c: Context) -> Meaning | None:
    name = m["w"].rstrip(".").lower()
    which, part = (m["which"] or "").lower(), m["part"]
    wanted = WEEKDAYS[name]
    if which.startswith("the "):
        made = nearest_weekday(c.previous, wanted, "last" if which.endswith("previous") else "next", None) if c.previous else None
        return _from(c, c.previous, part_of(made, part)) if made and c.previous else Meaning(timex=f"XXXX-WXX-{wanted + 1}")
    if which in ("every", "each"):
        return Meaning(timex=f"XXXX-WXX-{wanted + 1}", kind="SET")
    if c.published is None:
        return Meaning(timex=f"XXXX-WXX-{wanted + 1}")
    return part_of(nearest_weekday(c.published, wanted, which, c.future), part)


def _word(m: re.Match[str], c: Context) -> Meaning | None:
    word = m["word"].lower()
    if c.published is None:
        return Meaning(timex="XXXX-XX-XX")
    days = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}.get(word, 0)
    return part_of(c.published + timedelta(days=days), "night" if word == "tonight" else m["part"])


def _part(m: re.Match[str], c: Context) -> Meaning | None:
    if c.published is None:
        return Meaning(timex="XXXX-XX-XXT" + PARTS[m["part"].lower()], kind="TIME")
    base = c.previous if m["which"].lower() == "the same" and c.previous else c.published
    return _from(c, base, part_of(base - timedelta(days=m["which"].lower() == "last"), m["part"]))


def _unit(m: re.Match[str], c: Context) -> Meaning | None:
    which, unit = m["which"].lower().removeprefix("the ").removeprefix("that "), m["u"].lower()
    discourse = which in ("previous", "following", "same", "that") or (m["which"].lower() == "the next" and (unit == "day" or c.told))
    if which in ("the", "the latest", "latest"):
        if unit == "quarter" and c.quarter:
            return _spoken_of(c.quarter)
        # what news calls "the quarter" and "the weekend" has ended, unless the clause looks ahead
        step_back = -1 if unit == "quarter" or (unit == "weekend" and not c.future and c.published and c.published.weekday() < 5) else 0
        return calendar_unit(c.published, unit, step_back) if c.published else Meaning(timex="XXXX")
    base = c.previous if discourse and c.previous else None if discourse and which == "that" else c.published
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}.get(which, 0)
    if which == "past" and unit in ("year", "month", "week", "decade", "quarter") and m["which"].lower().startswith("the"):
        return Meaning(timex="P1" + {"year": "Y", "month": "M", "week": "W", "decade": "DE", "quarter": "Q"}[unit], kind="DURATION")
    if base is None:
        return Meaning(timex="XXXX" if unit != "day" else "XXXX-XX-XX")
    return _from(c, base, calendar_unit(base, unit, step))


def _from(c: Context, base: date, meaning: Meaning | None) -> Meaning | None:
    """Says from which day of the story it was counted."""
    return replace(meaning, base=base) if meaning and base != c.published else meaning


def _singular(unit: str) -> str:
    unit = unit.lower()
    return "century" if unit == "centuries" else unit.removesuffix("s")


def _ago(m: re.Match[str], c: Context) -> Meaning | None:
    number, unit, back = _number(m["n"]), _singular(m["u"]), m["dir"] in ("ago", "earlier")
    base = c.published if m["dir"] in ("ago", "from now") else c.previous or c.published
    if number is None or base is None:
        return Meaning(timex="PAST_REF" if back else "FUTURE_REF")
    if c.quarter and number == 1 and unit == "year" and back:
        return _spoken_of(c.quarter, years=-1)
    return _from(c, base, counted(base, -number if back else number, unit))


def _spoken_of(quarter: str, years: int = 0) -> Meaning:
    """The quarter last spoken of, or the same of another year."""
    return quarter_of(int(quarter[:4]) + years, int(quarter[-1]))


_HALVES = {"year": "6M", "day": "T12H", "hour": "30M", "minute": "30S", "decade": "5Y"}


def _lasting(number: int | None, unit: str, *, half: bool = False) -> Meaning:
    code, number = UNITS[unit], number * 2 if number and unit == "fortnight" else number
    time = "T" if code in ("S", "H") or unit == "minute" else ""
    if half:
        return Meaning(timex=f"P{time}{number}{code}{_HALVES[unit]}" if unit in _HALVES else f"P{time}{number}.5{code}", kind="DURATION")
    return Meaning(timex=f"P{time}{'X' if number is None else number}{code}", kind="DURATION")


def _recent(m: re.Match[str], c: Context) -> Meaning | None:
    which, unit = m["which"].lower(), m["u"].lower()
    plural = unit.endswith("s") or unit == "centuries"
    if which == "latest" and not plural and c.published and _singular(unit) in ("week", "month", "quarter", "year"):
        if unit == "quarter" and c.quarter:
            return _spoken_of(c.quarter)
        return calendar_unit(c.published, _singular(unit), -1)
    if which in ("recent", "latest") or (which in ("past", "coming") and plural and not m["n"]):
        number = _number(m["n"]) if m["n"] else None
        return _lasting(number, _singular(unit)) if number else Meaning(timex="FUTURE_REF" if which == "coming" else "PAST_REF")
    if not plural and not m["n"]:
        if which in ("first", "final", "latest"):
            return None
        return (
            calendar_unit(c.published, _singular(unit), {"past": -1, "last": -1, "previous": -1}.get(which, 1))
            if c.published and _singular(unit) in ("day", "week", "month", "quarter", "year", "decade", "century")
            else Meaning(timex="XXXX")
        )
    return _lasting(_number(m["n"]) if m["n"] else None, _singular(unit))


def _year_ago(m: re.Match[str], c: Context) -> Meaning | None:
    if c.quarter:
        return _spoken_of(c.quarter, years=-1)
    base = c.published if m["dir"] == "ago" else c.previous or c.published
    return _from(c, base, plain(f"{base.year - 1}", anchored=True)) if base else Meaning(timex="PAST_REF")


def _every(m: re.Match[str], c: Context) -> Meaning | None:
    adverb = _group(m, "adv")
    unit = (
        {"daily": "day", "weekly": "week", "monthly": "month"}.get((adverb or "").lower(), "year") if adverb else _singular(m["u"] or "day")
    )
    code = UNITS.get(unit, "D")
    return Meaning(timex=f"P{_number(_group(m, 'n')) or 1}{code}", kind="SET")


def _duration(m: re.Match[str], c: Context) -> Meaning | None:
    """A length of time; what will be "in three days" is then."""
    number, unit = _number(m["n"]), _singular(m["u"])
    if c.future and c.published and number and m.string[: m.start()].endswith((" in ", "In ")) and m.group() == f"{m['n']} {m['u']}":
        return counted(c.published, number, unit)
    return _lasting(number, unit)


def _halves(m: re.Match[str], c: Context) -> Meaning | None:
    return _lasting(_number(m["n"]), _singular(m["u"]), half=True)


def _units(m: re.Match[str], c: Context) -> Meaning | None:
    return _lasting(None, _singular(m["u"].rpartition(" ")[2]))


def _on_day(m: re.Match[str], c: Context, time: str) -> Meaning | None:
    """A time of day on the day that stands after it, unresolved where that day is; None where no day stands there."""
    month, day, year = (_group(m, n) or _group(m, n + "2") or _group(m, n + "3") for n in ("m", "d", "y"))
    near, weekday = _group(m, "near"), _group(m, "w")
    named: date | None = None
    if month and day:
        made = dated(int(year) if year else year_near(c, _month(month), _day(day)), _month(month), _day(day))
        named = date.fromisoformat(made.value) if made and made.value else None
    elif not near and not weekday:
        return None
    elif c.published and near:
        named = c.published + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(near, 0))
    elif c.published and weekday:
        named = nearest_weekday(c.published, WEEKDAYS[weekday.rstrip(".").lower()], "", c.future)
    if named is None:
        return Meaning(timex=f"XXXX-XX-XX{time}", kind="TIME")
    return plain(named.isoformat(), kind="TIME", anchored=not year, timex=f"{named}{time}")


def _clock(m: re.Match[str], c: Context) -> Meaning | None:
    hour = int(m["h"])
    half = (_group(m, "ap") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    time = f"T{hour:02d}:{_group(m, 'min') or '00'}"
    if named := _on_day(m, c, time):
        return named
    day = c.day or c.published
    if day is None:
        return Meaning(timex=f"XXXX-XX-XX{time}", kind="TIME")
    return _from(c, day, plain(day.isoformat(), kind="TIME", anchored=True, timex=f"{day}{time}"))


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
        return plain(value)
    unit = value.removeprefix("the ")
    now = c.told or c.published
    return _from(c, now, calendar_unit(now, unit, 0)) if now else Meaning(timex="XXXX")


def _year(m: re.Match[str], c: Context) -> Meaning | None:
    return plain(m["y"])


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
    "decadeword": _decade_word,
    "century": _century,
    "bc": _before_christ,
    "partday": _part_of_day,
    "monthday": _month_day,
    "yearend": _year_end,
    "quarter": _quarter,
    "half": _half,
    "fiscal": _fiscal,
    "season": _season,
    "weekday": _weekday,
    "word": _word,
    "part": _part,
    "unit": _unit,
    "ago": _ago,
    "recent": _recent,
    "yearago": _year_ago,
    "every": _every,
    "duration": _duration,
    "halves": _halves,
    "units": _units,
    "clock": _clock,
    "clock24": _clock,
    "noon": _noon,
    "vague": _vague,
    "edgeyear": _edge_year,
    "holiday": _holiday,
    "spoken": _spoken,
    "year": _year,
}
