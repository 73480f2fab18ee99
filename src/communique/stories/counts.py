"""Counted outcomes in the words of an event: '12 people were killed', 'at least three soldiers wounded', 'killing 40'."""

from __future__ import annotations

import re

from communique.stories.types import Count

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_WORDS = {w: n for n, w in enumerate(_SMALL.split(), start=1)} | {
    w: n * 10 for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 100, "dozen": 12, "thousand": 1000, "million": 1_000_000}
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,3}}|\d{{1,7}}|(?:a )?(?:hundred|dozen|thousand)|(?:{'|'.join(_WORDS)})(?:[- ](?:{'|'.join([*_WORDS, *_SCALES])}))?)"
_LEAST = r"(?P<least>at least|more than|over|no fewer than|upwards of|some|about|around|nearly)"
_WHO = r"(?: (?!and\b|or\b|but\b|after\b|when\b|who\b)[a-z][a-z'-]{0,20}){0,4}"
_OUTCOMES = {
    "killed": ("kill(?:ed|s|ing)?|slain|slaughter(?:ed|ing)?", "killed|dead|slain|died|die|dying|dead bodies"),
    "injured": ("injur(?:ed|es|ing)|wound(?:ed|s|ing)", "injured|wounded|hurt"),
    "arrested": ("arrest(?:ed|s|ing)?|detain(?:ed|s|ing)?", "arrested|detained|held"),
    "missing": ("(?!)", "missing|unaccounted for"),
    "displaced": ("displac(?:ed|es|ing)", "displaced|homeless|evacuated"),
}
_AFTER = {
    k: re.compile(rf"\b(?:{v[0]}) (?:{_LEAST} )?(?P<n>{_NUMBER})\b(?! (?:per|percent|pct|years?|days?|hours?))")
    for k, v in _OUTCOMES.items()
}
_BEFORE = {
    k: re.compile(
        rf"(?:\b{_LEAST} )?\b(?P<n>{_NUMBER})\b{_WHO}(?: (?:were|was|are|is|have been|had been|has been|be|been|left))?(?: (?:reported|feared|also|confirmed))?"
        rf" (?:{v[1]})\b"
    )
    for k, v in _OUTCOMES.items()
}
_VAGUE = frozenset(("some", "about", "around", "nearly"))


def number(text: str) -> int | None:
    """The value of a number in digits or words.

    >>> number("1,200"), number("twenty-five"), number("two dozen"), number("many")
    (1200, 25, 24, None)
    """
    plain = text.lower().replace(",", "")
    if plain.isdigit():
        return int(plain)
    value: int | None = None
    for word in re.split(r"[- ]", plain.removeprefix("a ")):
        if word in _SCALES:
            value = (value or 1) * _SCALES[word]
        elif word in _WORDS:
            value = (value or 0) + _WORDS[word]
        else:
            return None
    return value


def counts_in(text: str) -> tuple[Count, ...]:
    """What the words count, each outcome once: the first count of it.

    >>> counts_in("The blast killed 12 people and at least 30 others were wounded, police said.")
    (Count(what='killed', count=12, at_least=False), Count(what='injured', count=30, at_least=True))
    """
    low = " ".join(text.lower().split())
    out = []
    for what in _OUTCOMES:
        found = [m for m in (_AFTER[what].search(low), _BEFORE[what].search(low)) if m]
        if not found:
            continue
        match = min(found, key=lambda m: m.start())
        value = number(match["n"])
        if value is not None:
            out.append(Count(what=what, count=value, at_least=bool(match["least"]) and match["least"] not in _VAGUE))
    return tuple(out)
