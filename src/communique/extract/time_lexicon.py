"""Words of the temporal grammar and their meanings."""

from __future__ import annotations

MONTHS = {
    m: i % 12 + 1
    for i, m in enumerate(
        "january february march april may june july august september october november december "
        "jan feb mar apr may jun jul aug sep oct nov dec".split()
    )
} | {"sept": 9}
WEEKDAYS = (
    {d: i for i, d in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
    | {d: i for i, d in enumerate("mon tue wed thu fri sat sun".split())}
    | {"tues": 1, "thurs": 3, "weds": 2}
)
NUMBERS = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {
    "a": 1,
    "an": 1,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
}
DECADES = {w: i for i, w in enumerate("twenties thirties forties fifties sixties seventies eighties nineties".split(), start=2)}
CENTURIES = {
    w: i
    for i, w in enumerate(
        "fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
        "nineteenth twentieth twenty-first".split(),
        start=5,
    )
}
ORDINALS = {w: i for i, w in enumerate("first second third fourth".split(), start=1)} | {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
UNITS = {
    "second": "S",
    "minute": "M",
    "hour": "H",
    "day": "D",
    "night": "D",
    "week": "W",
    "fortnight": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "DE",
    "century": "CE",
}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}
PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "midday": "MI", "noon": "MI"}
VAGUE = {
    "now": "PRESENT_REF",
    "currently": "PRESENT_REF",
    "presently": "PRESENT_REF",
    "nowadays": "PRESENT_REF",
    "recently": "PAST_REF",
    "formerly": "PAST_REF",
    "previously": "PAST_REF",
    "soon": "FUTURE_REF",
}
FUTURE_CUES = frozenset(
    "will shall would to scheduled next planned plans due upcoming expected 'll until by coming slated going tomorrow begin begins".split()
)
