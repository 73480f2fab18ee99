"""Spans of words, and the clause around a cue that is set into it."""

from __future__ import annotations

from collections.abc import Iterable

from communique.text.tree import children, descendants
from communique.types import Sentence, Span

OPENERS = {"”": "“", '"': '"', "»": "«", "’": "‘"}
_MARKS = frozenset(("”", "“", '"', "»", "«", "’", "‘", "''", "``", "'"))
_BREAKS = frozenset((",", "--", "—", "–"))
_ADDED = frozenset(("which", "who", "whom", "according", "where"))
_LONGEST_TAIL = 7


def span_of(s: Sentence, indexes: Iterable[int]) -> Span | None:
    """From the first to the last word, with a closing mark whose opening mark stands inside."""
    inside = [k for k in indexes if s.tokens[k].upos != "PUNCT"]
    if not inside:
        return None
    first, last = min(inside), max(inside)
    for k in range(last + 1, min(last + 3, len(s.tokens))):
        mark = s.tokens[k].text
        if mark in OPENERS:
            texts = [t.text for t in s.tokens[first : last + 1]]
            opened = texts.count(OPENERS[mark]) - (texts.count(mark) if mark != '"' else 0)
            if opened % 2 if mark == '"' else opened > 0:
                last = k
            break
        if mark not in (".", ",", "!", "?", "."):
            break
    return s.tokens[first].start, s.tokens[last].end


def set_in(s: Sentence, i: int) -> Span | None:
    """'The bridge, the mayor said, is old', 'which, he said, is old', 'The bridge is old, the mayor said on Monday.': what stands around it."""
    tokens = s.tokens
    part = _parenthesis(s, i)
    if part is None:
        return None
    first, last = part
    before = tokens[first - 2]
    start = first - 2 if before.xpos in ("WDT", "WP") or (before.upos in ("SCONJ", "CCONJ") and first > 3) else 0
    ends = last >= len(tokens) or not any(t.upos != "PUNCT" for t in tokens[last:])
    if ends or _goes_on(s, i, last + 1):
        return span_of(s, range(start, first - 1)) if first - start > 3 else None
    end = len(tokens)
    if before.xpos in ("WDT", "WP"):
        end = next((k for k in range(last + 1, len(tokens)) if tokens[k].text in _BREAKS), len(tokens))
    return span_of(s, (*range(start, first - 1), *range(last + 1, end)))


def _goes_on(s: Sentence, i: int, n: int) -> bool:
    """What follows tells more of the saying: ', adding that', ', on condition of anonymity', an apposition of a speaker behind the cue."""
    tokens = s.tokens
    after = range(n, len(tokens))
    inverted = any(tokens[c].rel == "nsubj" and c > i for c in children(s)[i])
    finite = any(tokens[k].xpos in ("VBD", "VBZ", "VBP", "MD") for k in after)
    return tokens[n].text.lower() in _ADDED or tokens[n].xpos == "VBG" or inverted or not finite


def _parenthesis(s: Sentence, i: int) -> tuple[int, int] | None:
    """First word of 'the mayor said' between two commas, and the comma (or the end) behind it."""
    tokens = s.tokens
    if tokens[i].xpos not in ("VBD", "VBZ", "VBP"):
        return None
    subject = next((c for c in children(s)[i] if tokens[c].rel == "nsubj"), None)
    if subject is None or tokens[subject].xpos in ("WDT", "WP"):
        return None
    below = descendants(s, subject)
    first, last = min(below[0], i), max(below[-1], i) + 1
    held = {*below, i}
    if any(k not in held and tokens[k].upos not in ("AUX", "ADV") for k in range(first, last)) or first < 3:
        return None
    if tokens[first - 1].text not in _BREAKS or tokens[first - 2].text in _MARKS or tokens[first - 2].upos == "PUNCT":
        return None
    tail = next((k for k in range(last, min(last + _LONGEST_TAIL, len(tokens))) if tokens[k].upos == "PUNCT"), None)
    if tail is None or tokens[tail].text in _MARKS or tokens[tail].text in (":", "(") or not _circumstance(s, i, last, tail):
        return None
    behind = tokens[tail + 1 : tail + 2]
    if tokens[tail].text in _BREAKS and (not behind or behind[0].text in _MARKS):
        return None
    return first, tail


def _circumstance(s: Sentence, i: int, a: int, b: int) -> bool:
    """Words between cue and comma that say when or where, none that say what."""
    return a == b or all(t.upos not in ("SCONJ", "VERB", "AUX") and t.rel not in ("obj", "nsubj", "ccomp") for t in s.tokens[a:b])
