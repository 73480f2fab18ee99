"""Questions to a parsed sentence: children, subtrees, conjuncts, clauses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TypeVar

from communique.types import Interval, Place, Sentence, Span

Found = TypeVar("Found", Interval, Place)
_start, _end = attrgetter("start"), attrgetter("end")


def words_in(sentence: Sentence, span: Span) -> range:
    """The tokens that begin inside a span."""
    first = bisect_left(sentence.tokens, span[0], key=_start)
    return range(first, bisect_left(sentence.tokens, span[1], first, key=_start))


def found_in(sentence: Sentence, found: Sequence[Found]) -> Sequence[Found]:
    """Of a story's times or places, by start, those that begin in a sentence."""
    first = bisect_left(found, sentence.start, key=_begins)
    return found[first : bisect_left(found, sentence.end, first, key=_begins)]


def _begins(found: Interval | Place) -> int:
    return found.span[0] if found.span else 0


def sentences_of(sentences: Sequence[Sentence], span: Span) -> Sequence[Sentence]:
    """The sentences that a span lies in, of all by start."""
    first = bisect_right(sentences, span[0], key=_end)
    return sentences[first : bisect_left(sentences, span[1], first, key=_start)]


@lru_cache(maxsize=256)
def dependents_of(heads: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """For each token the indexes of those whose head it is; `heads` has -1 for roots."""
    out: list[list[int]] = [[] for _ in heads]
    for i, h in enumerate(heads):
        if h >= 0:
            out[h].append(i)
    return tuple(tuple(c) for c in out)


def children(sentence: Sentence) -> tuple[tuple[int, ...], ...]:
    """For each token the indexes of its dependents, in order."""
    return sentence.kids or dependents_of(tuple(t.head for t in sentence.tokens))


def dependents(sentence: Sentence, i: int, *relations: str) -> tuple[int, ...]:
    """Dependents of token `i` with one of `relations`; a relation also matches its subtypes' full names only."""
    return tuple(c for c in children(sentence)[i] if sentence.tokens[c].rel in relations)


def descendants(sentence: Sentence, i: int) -> list[int]:
    """Token `i` and everything below it, sorted."""
    kids, stack, out = children(sentence), [i], []
    while stack:
        k = stack.pop()
        out.append(k)
        stack.extend(kids[k])
    return sorted(out)


def subtree(sentence: Sentence, i: int) -> tuple[int, int]:
    """First and last token index below `i`, both included."""
    below = descendants(sentence, i)
    return below[0], below[-1]


def subtree_span(sentence: Sentence, i: int) -> Span:
    """Character span of the subtree of token `i`."""
    first, last = subtree(sentence, i)
    return sentence.tokens[first].start, sentence.tokens[last].end


def ancestors(sentence: Sentence, i: int) -> list[int]:
    """Heads of token `i`, nearest first."""
    out: list[int] = []
    h = sentence.tokens[i].head
    while h >= 0 and h not in out:
        out.append(h)
        h = sentence.tokens[h].head
    return out


def top_of(sentence: Sentence, words: Sequence[int]) -> int:
    """Of a stretch of tokens the one whose head lies outside; -1 where there is none."""
    return next((k for k in words if sentence.tokens[k].head not in words), -1)


def first_conjunct(sentence: Sentence, i: int) -> int:
    """The token that the others of its coordination hang on."""
    while sentence.tokens[i].rel == "conj" and sentence.tokens[i].head >= 0:
        i = sentence.tokens[i].head
    return i


def conjuncts(sentence: Sentence, i: int) -> list[int]:
    """Token `i` and those coordinated below it, in order."""
    out, kids = [i], children(sentence)
    for k in out:
        out.extend(c for c in kids[k] if sentence.tokens[c].rel == "conj" and c not in out)
    return sorted(out)
