"""Matches quotation marks: straight, curly, low, guillemets, single ones apart from apostrophes, over paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from communique.types import Sentence, Span

_CLOSERS = {"“": '”"“', "„": '“”"', "«": "»", "»": "«", "‹": "›", '"': '"”', "″": '″"'}
_SINGLE = {"‘": "’'", "'": "'’", "‚": "‘’"}
_DOUBLED = {"''": "''", "``": "''", "‘‘": "’’"}
"""Two single marks typed for a double one, as many wires do."""
_LEAD = frozenset('([{—–-/:“"«„‘')
_LONGEST_SINGLE = 1500
_MARK = re.compile("[" + "".join(sorted({*_CLOSERS, *_SINGLE, *(pair[0] for pair in _DOUBLED)})) + "]")
_ELISIONS = ("em", "til", "tis", "twas", "cause", "round", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quoted stretch within one paragraph. `span` leaves the marks out, `outer` has them."""

    span: Span
    outer: Span
    paragraph: int
    continued: bool = False
    """The marks are opened again in the next paragraph, so the same speaker goes on."""


def find_quotes(text: str, sentences: tuple[Sentence, ...]) -> tuple[Quote, ...]:
    """Outermost quoted stretches in text order; nested ones are part of theirs."""
    bounds: dict[int, Span] = {}
    for s in sentences:
        a, b = bounds.get(s.paragraph, (s.start, s.end))
        bounds[s.paragraph] = (min(a, s.start), max(b, s.end))
    ordered = sorted(bounds.items())
    out: list[Quote] = []
    for n, (number, (a, b)) in enumerate(ordered):
        following = text[ordered[n + 1][1][0]] if n + 1 < len(ordered) else ""
        out.extend(_in_paragraph(text, a, b, number, following))
    return tuple(out)


def _in_paragraph(text: str, start: int, end: int, number: int, following: str) -> Iterator[Quote]:
    i = start
    while found := _MARK.search(text, i, end):
        i = found.start()
        mark = text[i]
        close = None
        pair = text[i : i + 2]
        if pair in _DOUBLED and (i == start or not text[i - 1].isalnum()) and text[i + 2 : i + 3].strip():
            at = text.find(_DOUBLED[pair], i + 2, end)
            if at > 0 or following == mark:
                last = at if at > 0 else end
                yield _quote(text, i + 1, last, min(last + 2, end), number, at < 0)
                i = last + 2
                continue
        if mark in _CLOSERS and _opens(text, i, start, end):
            close = _close_double(text, i, end)
            if close is None and (following == mark or i == start):
                yield _quote(text, i, end, end, number, following == mark)
                return
        elif mark in _SINGLE and _opens(text, i, start, end) and not _elision(text, i):
            close = _close_single(text, i, end)
        if close is not None:
            yield _quote(text, i, close, close + 1, number, False)
            i = close
        i += 1


def _quote(text: str, mark: int, last: int, outer: int, number: int, continued: bool) -> Quote:
    a, b = mark + 1, last
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return Quote(span=(a, b), outer=(mark, outer), paragraph=number, continued=continued)


def _opens(text: str, i: int, start: int, end: int) -> bool:
    if i + 1 >= end or (text[i] == "»" and (i + 1 >= end or not text[i + 1].isalnum())):
        return False
    before = text[i - 1] if i > start else " "
    return ((before.isspace() or before in _LEAD) and not text[i + 1].isspace()) or (text[i] in "“„«" and not before.isalnum())


def _close_double(text: str, i: int, end: int) -> int | None:
    mark = text[i]
    wanted, depth = _CLOSERS[mark], 0
    for k in range(i + 1, end):
        c = text[k]
        if (mark == "“" and c == "“") or (mark == "«" and c == "«"):
            depth += 1
        elif c in wanted:
            inch = mark == '"' and text[k - 1].isdigit() and k + 1 < end and text[k + 1].isalnum()
            if depth == 0 and not inch:
                return k
            depth = max(0, depth - 1)
    return None


def _close_single(text: str, i: int, end: int) -> int | None:
    """The closing mark: not between letters; after a plural s only where nothing better follows."""
    fallback, closers = None, _SINGLE[text[i]]
    for k in range(i + 2, min(end, i + _LONGEST_SINGLE)):
        if text[k] not in closers or text[k - 1].isspace():
            continue
        after = text[k + 1] if k + 1 < end else " "
        if after.isalnum():
            continue
        if text[k - 1] == "s" and after.isspace() and text[k + 2 : k + 3].islower():
            fallback = k if fallback is None else fallback
            continue
        return k
    return fallback


def _elision(text: str, i: int) -> bool:
    rest = text[i + 1 : i + 8].lower()
    word = ""
    for c in rest:
        if not c.isalnum():
            break
        word += c
    return word in _ELISIONS or (word[:2].isdigit() and len(word) in (2, 3))
