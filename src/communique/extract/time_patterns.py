"""The grammar of time expressions as named patterns. All are linear: no nested repetition."""

from __future__ import annotations

import re

from communique.extract.time_lexicon import MONTHS, PARTS, SEASONS, WEEKDAYS

_SHORT_MONTHS = tuple(m for m in MONTHS if len(m) <= 4 and m not in ("may", "june", "july"))
_MONTH = (
    r"(?:(?:"
    + "|".join(sorted((m.capitalize() for m in MONTHS.keys() - set(_SHORT_MONTHS)), key=len, reverse=True))
    + r"|"
    + "|".join(m.upper() for m in sorted(MONTHS.keys() - {"may", *_SHORT_MONTHS}, key=len, reverse=True))
    + r")\b|(?:"
    + "|".join(sorted((m.capitalize() for m in _SHORT_MONTHS), key=len, reverse=True))
    + r"|SEPT)\b\.?)"
)
"""Full names, and short ones with or without a full stop; in capitals only what is no other word."""
_LONG_WEEKDAY = "|".join(d.capitalize() for d in WEEKDAYS if d.endswith("day"))
_WEEKDAY = (
    r"(?:"
    + _LONG_WEEKDAY
    + r"|"
    + "|".join(d.upper() for d in WEEKDAYS if d.endswith("day"))
    + r"|(?:Mon|Tues|Tue|Wed|Thurs|Thu|Fri|Sat|Sun)\.)"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|:\d)(?!\.\d)"
_YEAR = r"(?:1[4-9]|20)\d\d(?![\d%])(?!\.\d)(?!,\d)"
_ONES = r"one|two|three|four|five|six|seven|eight|nine"
_TEENS = r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_ONES})|(?![- ](?:{_ONES})\b))"
_COUNTED = (
    r"(?: (?:troops|soldiers|people|men|tonnes|tons|dollars|million|points|ships|miles|km|pesos|yen|francs|shares|employees|barrels"
    r"|workers|refugees|civilians|feet)\b)"
)
"""What a number counts: then it is no year."""
_COUNTED_IN_WORDS = rf"(?:{_COUNTED}| (?:women|children|police|protesters|demonstrators|fighters|migrants|students|delegates|years|days)\b|[- ]years?[- ]old)"
"""The same after a number in words, where more is a count than a year."""
_BC = r"BCE?\b|B\.C\."
_ORDINAL = r"fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|twenty-first"
_REST = rf"(?: (?:and )?(?:{_TENS}|{_TEENS}|{_ONES})|(?! (?:and )?(?:{_TENS}|{_TEENS}|{_ONES})\b))"
_SPOKEN = (
    rf"(?i:(?:(?:eighteen|nineteen|twenty)[- ](?:{_TENS}|{_TEENS}|hundred{_REST}|oh[- ](?:{_ONES}))|two thousand{_REST})"
    rf"(?!{_COUNTED_IN_WORDS}))"
)
"""Years as they are spoken: nineteen ninety-six, two thousand and one; all of the number, and nothing counted by it."""
_NUMBER = (
    rf"(?:(?<!\d[.,/])\d{{1,3}}(?:,\d{{3}})?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_ONES})(?![\w]))?"
    rf"|(?:an? )?(?:hundred|dozen)|{_TEENS}|{_ONES}|zero|an?)"
)
_UNIT = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|quarters?(?! of (?!\d))|years?|decades?|centuries|century)"
_ABOUT = r"(?=[\dadefhlmnostuz])(?:about |some |nearly |almost |more than |less than |at least |no more than |up to |over |under )?"
"""What stands before a number of days or years, after a look at the letter, which spares the search of most places."""
_DASH = r"(?: ?[-–—] ?| to | through | until | and )"
_PART = r"(?:morning|afternoon|evening|night|midday|noon)"
_SEASON = r"(?:" + "|".join(SEASONS) + r")"
_EDGE = r"(?:(?:[Ee]arly|[Ll]ate|[Mm]id|(?:[Tt]he )?(?:middle|beginning|end|start) of)[ -](?:in )?)"


def _after(words: str) -> str:
    """A place right after one of the words, which are no part of what is found."""
    return "(?:" + "|".join(rf"(?<=\b{w} )" for w in words.split()) + ")"


_FEAST = (
    r"Thanksgiving(?: Day)?|Christmas(?: Day| Eve)|Christmas(?! (?:tree|card|party|present|gift|carol|shopping|season|sale|market|Island))|New Year[’']s (?:Day|Eve)|Election Day"
    r"|(?:[Tt]he )?New Year(?![’'\w-]| [A-Z])|Easter(?: Sunday| Monday)?(?! (?:week|egg|bunny|Rising|Island))|Good Friday(?! (?:[Aa]greement|[Aa]ccord|peace|deal))|Halloween|Valentine[’']s Day"
)
_ON_DAY = (
    rf"(?:,? (?:on )?(?:(?P<near>today|yesterday|tomorrow)|(?P<w>{_WEEKDAY})(?:,? (?P<m>{_MONTH}) (?P<d>{_DAY})(?:,? (?P<y>{_YEAR}))?)?"
    rf"|(?P<m2>{_MONTH}) (?P<d2>{_DAY})(?:,? (?P<y2>{_YEAR}))?|(?P<d3>{_DAY}) (?P<m3>{_MONTH})(?:,? (?P<y3>{_YEAR}))?))?"
)
"""The day after a time of day: 9 a.m. Tuesday; noon on Thursday, March 4; 9 p.m. on 5 March."""

_SOURCES: tuple[tuple[str, str], ...] = (
    ("iso", rf"(?<![\d-])(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)(?!\d)"),
    ("slash", r"(?<![\d/])(?P<m>0?[1-9]|1[0-2])/(?P<d>[0-3]?\d)/(?P<y>(?:19|20)?\d\d)(?![\d/])"),
    ("span_md", rf"(?P<m1>{_MONTH}) (?P<d1>{_DAY}){_DASH}(?P<m2>{_MONTH}) (?P<d2>{_DAY})(?:,? (?P<y>{_YEAR}))?"),
    ("span_md", rf"(?P<m1>{_MONTH}) (?P<d1>{_DAY}){_DASH}(?P<d2>{_DAY})(?:,? (?P<y>{_YEAR}))?"),
    ("span_dm", rf"(?P<d1>{_DAY})(?: (?P<m1>{_MONTH}))?{_DASH}(?P<d2>{_DAY}) (?P<m2>{_MONTH})(?:,? (?P<y>{_YEAR}))?"),
    ("span_m", rf"(?P<m1>{_MONTH})(?: ?[-–—] ?| to | through )(?P<m2>{_MONTH})(?:,? (?:of )?(?P<y>{_YEAR}))?"),
    (
        "day",
        rf"(?:{_WEEKDAY},? )?(?:(?P<which>[Ll]ast|[Nn]ext|this|past) )?(?P<m>{_MONTH}) (?P<d>{_DAY})(?:,? (?P<y>{_YEAR})|(?: of)? (?P<whose>last|this|next) year)?",
    ),
    (
        "day",
        rf"(?:{_WEEKDAY},? )?(?:[Tt]he )?(?P<d>{_DAY})(?: of)? (?P<m>{_MONTH})(?:,? (?P<y>{_YEAR})|(?: of)? (?P<whose>last|this|next) year)?",
    ),
    ("month", rf"(?P<edge>{_EDGE})?(?P<m>{_MONTH})(?:,? (?:of )?(?P<y>{_YEAR}|{_SPOKEN}))"),
    ("month", rf"(?:(?P<edge>{_EDGE})|(?P<which>[Ll]ast|[Nn]ext|this|past|[Ee]very|[Ee]ach) )?(?P<m>{_MONTH})"),
    ("month", rf"(?P<edge>{_EDGE})?(?P<m>{_MONTH})(?: of)? (?P<which>last|next|this) year"),
    ("span_y", rf"(?<![\d-])(?P<y1>{_YEAR}) ?[-–—/] ?(?P<y2>{_YEAR}|\d\d)(?![\d-])"),
    (
        "decade",
        r"(?:[Tt]he )?(?:(?P<edge>early|mid|late)[ -])?(?P<y>(?:1[4-9]|20)\d)0s|(?:[Tt]he )(?P<edge2>early |mid-|late )?['’](?P<y2>\d)0s",
    ),
    ("decadeword", r"(?:[Tt]he )(?P<edge>early |mid-|late )?(?P<w>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"),
    ("century", rf"(?:the (?:early |mid-|late )?)?(?i:(?P<n>1?\dth|20th|21st|{_ORDINAL}) century)(?: (?P<bc>{_BC}))?"),
    ("century", rf"(?i:(?P<n>1?\dth|20th|21st|{_ORDINAL})-century)"),
    ("bc", rf"(?:(?P<m>{_MONTH}) )?(?<![\d.,-])(?P<y>[1-9]\d{{0,3}}) (?:{_BC})"),
    (
        "partday",
        rf"(?:[Tt]he )?(?P<part>{_PART}) of (?:{_WEEKDAY},? )?(?:(?P<m>{_MONTH}) (?P<d>{_DAY})|(?P<d2>{_DAY}) (?P<m2>{_MONTH}))(?:,? (?P<y>{_YEAR}))?",
    ),
    (
        "monthday",
        rf"{_after('on by since until till of')}the (?P<d>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th))(?=[.,;:)”\"]|$| (?:and|to|when|in|at|but)\b)",
    ),
    (
        "quarter",
        rf"(?:[Tt]he )?(?:fiscal )?(?P<q>first|second|third|fourth|1st|2nd|3rd|4th) (?:fiscal )?quarter(?:,? (?:of |in )?(?:fiscal )?(?P<y>{_YEAR}|last year|this year|next year))?",
    ),
    (
        "quarter",
        rf"(?:(?:[Tt]he )?(?P<y>{_YEAR}|(?:last|this|next) year(?=['’]s))(?:['’]s)? )?(?:fiscal )?(?i:(?P<q>first|second|third|fourth|1st|2nd|3rd|4th))[- ](?:fiscal )?quarter",
    ),
    ("quarter", rf"Q(?P<qn>[1-4])(?: (?P<y>{_YEAR}))?"),
    ("half", rf"(?:[Tt]he )?(?P<h>first|second|last|latter) half(?: of (?P<y>{_YEAR}|last year|this year|next year|the year))"),
    ("fiscal", rf"(?:[Tt]he )?(?:fiscal(?: year)?|FY) ?(?P<y>{_YEAR})"),
    (
        "season",
        rf"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his|[Tt]he|[Ee]arly|[Ll]ate) )(?P<edge>early |late )?(?P<s>{_SEASON})(?:(?: of)? (?P<y>{_YEAR}|{_SPOKEN})|(?! of\b| [Gg]ames| Olympic))",
    ),
    ("season", rf"(?P<s>{_SEASON})(?: of)? (?P<y>{_YEAR}|{_SPOKEN})"),
    (
        "season",
        rf"(?i:{_after('in by since until till before after through throughout during')}(?P<which>the )?)(?P<s>{_SEASON})(?! of\b| [Gg]ames| Olympic)",
    ),
    (
        "weekday",
        rf"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his|past|[Ee]arly|[Ll]ate|[Ee]very|[Ee]ach|[Tt]he (?:previous|following)) )?(?P<w>{_WEEKDAY})(?: (?P<part>{_PART}))?",
    ),
    ("holiday", rf"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his|[Ee]very|[Ee]ach) )?(?P<feast>{_FEAST})(?:,? (?P<y>{_YEAR}))?"),
    (
        "word",
        rf"(?i:(?:(?:early|late) )?(?P<word>today|yesterday|tomorrow|tonight|the day before yesterday|the day after tomorrow))(?: (?P<part>{_PART}))?",
    ),
    ("part", rf"(?i:(?P<which>this|last|the same)) (?P<part>{_PART})"),
    (
        "unit",
        r"(?i:(?P<edge>early|late|mid)[ -](?:in )?)?(?i:(?P<which>this|last|next|past|previous|coming|following|current|the same|that same|same|that|the past|the previous|the following|the next|the last|the coming|the current)) "
        r"(?P<u>day|week|weekend|month|quarter|year|decade|century)(?! (?:end|old)\b)(?!-old)",
    ),
    ("unit", r"(?P<which>[Tt]he latest|[Tt]he) (?P<u>weekend|quarter)(?! of\b)"),
    (
        "unit",
        r"(?P<which>[Tt]he)(?: full| fiscal| current){0,2} (?P<u>year|week|month)(?=[ ,.;]|['’]s|$)(?! (?:of|before|after|he|she|they|that|when|in which|I)\b)",
    ),
    (
        "ago",
        rf"(?i:{_ABOUT}(?P<n>{_NUMBER}|several|a few|few|many|a couple of)[- ](?P<u>{_UNIT})) (?P<dir>ago|earlier|later|from now)",
    ),
    (
        "recent",
        rf"(?i:(?:[Tt]he )?(?P<which>past|last|next|coming|recent|latest|previous|following|first|final)(?: (?P<n>{_NUMBER}|several|few|couple of))? (?P<u>{_UNIT}))",
    ),
    (
        "yearago",
        r"(?i:(?:(?:a |the )?year |(?:[Tt]he )?year-(?=\w+ (?:period|quarter|month))|year-)(?P<dir>ago|earlier)(?: (?:period|quarter|month))?)",
    ),
    (
        "every",
        rf"(?i:(?:every|each) (?:(?P<n>{_NUMBER}) )?(?P<u>day|night|week|month|quarter|year|morning|weekend)s?|(?P<adv>daily|weekly|monthly|annually|yearly))",
    ),
    (
        "halves",
        rf"(?i:{_ABOUT}(?P<n>{_NUMBER})(?P<half>[- ]1/2|[- ]?½| and a half)[- ](?P<u>{_UNIT}))(?![- ]old)",
    ),
    ("halves", rf"(?i:(?P<n>an?|one) (?P<u>{_UNIT}) and a (?P<half>half))"),
    (
        "duration",
        rf"(?i:{_ABOUT}(?P<n>{_NUMBER}|several|many|a few|a couple of)(?: (?:to|or) (?:{_NUMBER}))?"
        rf"(?: (?:straight|consecutive|more|full|long|additional|whole))?[- ](?P<u>{_UNIT}))(?![- ]old)",
    ),
    ("units", r"(?i:(?P<u>weeks|days|hours|(?:many )?(?:decades|centuries|years|months)))(?! of age|[- ]old)"),
    (
        "clock",
        r"(?<![\d:])(?P<h>1[0-2]|0?[1-9])(?:[:.](?P<min>[0-5]\d))? ?(?P<ap>[ap]\.?m\b\.?)(?:,? (?:GMT|UTC|EST|EDT|ET|PST|PDT|local time))?"
        + _ON_DAY,
    ),
    ("clock24", r"(?<![\d:])(?P<h>[01]\d|2[0-3]):?(?P<min>[0-5]\d) ?(?:GMT|UTC|hours|local time)"),
    ("noon", r"(?i:(?P<word>midnight|noon))(?! oil)" + _ON_DAY),
    (
        "vague",
        r"(?i:\b(?:right )?(?P<word>now|currently|presently|nowadays|recently)\b|\bthe (?P<word2>past|future|present)\b(?! \w+ (?:days|weeks|months|years)))",
    ),
    (
        "edgeyear",
        rf"(?:(?P<edge>early|late|mid|end of|end-|mid-|the end of|the beginning of|the middle of|the start of)[ -]?(?:in )?(?:[Tt]he )?)(?P<y>{_YEAR}|year|the year|the month|the week|the century)",
    ),
    ("yearend", r"(?:[Tt]he )?year(?:[- ]|['’]s )end"),
    ("spoken", rf"(?i:(?:[Tt]he )?year )(?P<y>{_SPOKEN})|(?=(?i:(?:eighteen|nineteen)[- ](?:{_TENS}|hundred)))(?P<y2>{_SPOKEN})"),
    (
        "year",
        rf"(?<![\d$£€.,/-])(?P<y>{_YEAR})(?![\d/-]|{_COUNTED})",
    ),
)

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(r"(?<![\w])(?:" + source + r")(?![\w])")) for name, source in _SOURCES
)

_MONTHS = tuple(w for m in sorted({m[:3] for m in MONTHS}) for w in (m.capitalize(), m.upper()))
_WEEKDAYS = tuple(w for d in WEEKDAYS if d.endswith("day") for w in (d[:3].capitalize(), d[:3].upper()))
_UNITS = ("second", "minute", "hour", "day", "night", "fortnight", "week", "month", "quarter", "year", "decade", "centur")
_CENTURIES = ("14", "15", "16", "17", "18", "19", "20")
_NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("span_md", "span_dm", "span_m", "day", "month"), _MONTHS),
    "iso": ("-",),
    "holiday": ("thanksgiving", "christmas", "new year", "election day", "easter", "good friday", "halloween", "valentine"),
    "spoken": ("eighteen", "nineteen", "twenty", "two thousand"),
    "slash": ("/",),
    **dict.fromkeys(("span_y", "year"), _CENTURIES),
    "decadeword": ("ties",),
    "century": ("century",),
    "bc": ("BC", "B.C"),
    "partday": tuple(f"{w} of" for w in PARTS),
    "monthday": ("1st", "2nd", "3rd", *(f"{d}th" for d in range(10))),
    "yearend": ("year end", "year-end", "year's end", "year’s end"),
    "halves": ("half", "1/2", "½"),
    "ago": ("ago", "earlier", "later", "from now"),
    "decade": ("0s", "'", "’"),
    "quarter": ("quarter", "Q"),
    "half": ("half",),
    "fiscal": ("fiscal", "FY"),
    "season": tuple(SEASONS),
    "weekday": _WEEKDAYS,
    "word": ("today", "yesterday", "tomorrow", "tonight"),
    "part": ("morning", "afternoon", "evening", "night", "midday", "noon"),
    **dict.fromkeys(("unit", "recent", "duration", "units"), _UNITS),
    "yearago": ("year",),
    "every": ("every", "each", "daily", "weekly", "monthly", "yearly", "annually"),
    "clock": ("am", "a.m", "pm", "p.m"),
    "clock24": ("GMT", "UTC", "hours", "local time"),
    "noon": ("noon", "midnight"),
    "vague": ("now", "currently", "presently", "nowadays", "recently", "past", "future", "present"),
    "edgeyear": ("year", "month", "week", "centur", *_CENTURIES),
}
"""What stands, as it is or in lower case, in every text in which a pattern is found: asking for it is far cheaper than the pattern."""
_SIGNS: dict[str, tuple[str, ...]] = {w: tuple(n for n, needs in _NEEDS.items() if w in needs) for words in _NEEDS.values() for w in words}
"""Names of the patterns that one thing is needed by."""
_ALWAYS = frozenset(name for name, _ in PATTERNS) - _NEEDS.keys()
"""Patterns that need nothing are always tried."""
_NUMERIC = frozenset(("iso", "slash", "span_md", "span_dm", "day", "decade", "bc", "partday", "monthday", "fiscal", "clock", "clock24"))
"""Patterns that need a digit too."""
_DIGIT = re.compile(r"\d")


def likely(text: str) -> list[tuple[int, str, re.Pattern[str]]]:
    """Rank, name and expression of the patterns that may be found in a text."""
    either = f"{text}\n{text.lower()}"
    met = set(_ALWAYS).union(*(names for sign, names in _SIGNS.items() if sign in either))
    if not _DIGIT.search(text):
        met -= _NUMERIC
    return [(rank, name, pattern) for rank, (name, pattern) in enumerate(PATTERNS) if name in met] if met else []
