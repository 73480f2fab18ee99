"""Time expressions of a story, found by the grammar and resolved against the publication date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from communique.extract.time_calendar import Context
from communique.extract.time_direction import looks_ahead
from communique.extract.time_lexicon import MONTHS
from communique.extract.time_patterns import likely
from communique.extract.time_running import Running, is_tale
from communique.extract.time_values import interpret
from communique.resolve.temporal import parse_published
from communique.types import Document, Interval, Sentence, Span


def find_times(document: Document, sentences: Sequence[Sentence]) -> tuple[Interval, ...]:
    """All time expressions by start, each with its span, its TIMEX3 value and, where it can be resolved, its days."""
    published = parse_published(document.published)
    running = Running(published=published, tale=is_tale(document.text, published))
    out: list[Interval] = []
    for sentence in sentences:
        text = document.text[sentence.start : sentence.end]
        for name, match in _matches(text, sentence):
            future = looks_ahead(text, match.start(), match.end())
            context = Context(
                published=published, previous=running.previous, day=running.day, told=running.told, future=future, quarter=running.quarter
            )
            made = interpret(name, match, context, (sentence.start + match.start(), sentence.start + match.end()))
            if made:
                out.append(made)
                running.add(name, made)
    return tuple(out)


def _matches(text: str, sentence: Sentence) -> list[tuple[str, re.Match[str]]]:
    """Longest matches, none overlapping; among equals the earlier pattern."""
    found = [(m.start(), -(m.end() - m.start()), rank, name, m) for rank, name, pattern in likely(text) for m in pattern.finditer(text)]
    found.sort(key=lambda x: (x[1], x[2], x[0]))
    taken: list[Span] = []
    out = []
    for _, _, _, name, m in found:
        if any(m.start() < e and s < m.end() for s, e in taken) or not _plausible(name, m, text, sentence):
            continue
        taken.append((m.start(), m.end()))
        out.append((name, m))
    return sorted(out, key=lambda x: x[1].start())


def _plausible(name: str, m: re.Match[str], text: str, sentence: Sentence) -> bool:
    """Words that are times only sometimes: may, march, sun, second."""
    value = m.group()
    if name == "month":
        word = m.group("m").rstrip(".").lower()
        if word == "march" and _MARCHERS.match(text[m.end() :]) and not _IN_MONTH.search(text[: m.start()]):
            return False
        if word in ("may", "march", "mar", "jan", "sep", "dec", "april", "june", "august") and len(value) == len(m.group("m")):
            token = next((t for t in sentence.tokens if t.start == sentence.start + m.start("m")), None)
            if word in ("may", "march") and (m.start() == 0 or value.isupper()):
                return bool(token and token.upos == "PROPN" and word == "march" and re.match(r" \d", text[m.end() :]))
            if word in ("may", "march") and token and token.upos in ("AUX", "VERB"):
                return False
            if (
                word == "may"
                and not sentence.parsed
                and re.match(r" (?:be|have|not|also|well|still|yet|[a-z]+ (?:the|to|a))\b", text[m.end() :])
            ):
                return False
            if token and token.ner.endswith("PER"):
                return False
        return word in MONTHS
    if name == "weekday":
        if text[: m.start()].endswith(("Good ", "Bloody ")):
            return False
        return not re.match(r" (?:Times|Telegraph|Mirror|Mail|Herald|Tribune|Post|Express)\b", text[m.end() :])
    if name == "units" and value.lower() in ("weeks", "days", "hours"):
        return bool(_LASTING.search(text[: m.start()]))
    if name == "duration" and "second" in value and not value[0].isdigit():
        return False
    if name == "year":
        before = text[max(0, m.start() - 14) : m.start()].lower()
        return not re.search(
            r"(?:resolution|no\.|number|flight|boeing|article|page|room|some|about|nearly|than|least|of about|convention no) $", before
        )
    return True


_LASTING = re.compile(r"\b(?:for|in|over|within|of) $", re.IGNORECASE)
"""Before days or weeks without a number, which are else no length of time."""
_MARCHERS = re.compile(r" (?:for|on|of|against) (?:[A-Z]|the )")
"""After the name of a march: the March for Life, a March on Rome."""
_IN_MONTH = re.compile(
    r"(?:^|\b(?:in|last|next|this|since|until|till|by|from|to|of|late|early|mid|and|during|before|after)[ -])$", re.IGNORECASE
)
