"""Find lexicon phrases in tokenised sentences: longest match, words compared whole, capitals where they matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from communique.lexicon.entries import Entry, phrases
from communique.text.tokens import tokenize
from communique.types import Token

_RANK = {
    "country": 0,
    "organization": 1,
    "institution": 2,
    "person": 3,
    "group": 4,
    "seat": 5,
    "capital": 6,
    "adjective": 7,
    "party": 8,
    "generic": 9,
    "agent": 10,
    "demonym": 11,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase found: token indexes `first` to `last`, both included, and the entries that it may mean, best first."""

    first: int
    last: int
    entries: tuple[Entry, ...]


class Matcher:
    """Index of phrases by their first word."""

    def __init__(self) -> None:
        table: dict[tuple[str, ...], tuple[list[Entry], list[str], bool]] = {}
        for phrase, entry, exact in phrases():
            words = [_fold(t.text) for t in tokenize(phrase)]
            if not words:
                continue
            slot = table.setdefault(tuple(words), ([], [], exact))
            if entry not in slot[0]:
                slot[0].append(entry)
            slot[1].append(phrase)
        self._index: dict[str, list[tuple[tuple[str, ...], tuple[Entry, ...], frozenset[str], bool]]] = {}
        for words, (entries, forms, exact) in table.items():
            ordered = tuple(sorted(entries, key=lambda e: _RANK[e.kind]))
            item = (words, ordered, frozenset(f.split()[0].replace("’", "'") for f in forms), exact)
            self._index.setdefault(words[0], []).append(item)
        for items in self._index.values():
            items.sort(key=lambda x: -len(x[0]))
        # several stages ask about the same sentence: the gate, the mentions, the places
        self._remembered = lru_cache(maxsize=512)(self._find)

    def find(self, tokens: tuple[Token, ...]) -> list[Hit]:
        """All longest hits, left to right, none overlapping."""
        return list(self._remembered(tuple([t.text for t in tokens])))

    def _find(self, texts: tuple[str, ...]) -> tuple[Hit, ...]:
        words = tuple([_fold(t) for t in texts])
        out: list[Hit] = []
        beyond = 0
        for i, word in enumerate(words):
            if i < beyond or word not in self._index:
                continue
            for phrase, entries, forms, exact in self._index[word]:
                end = i + len(phrase)
                if words[i:end] == phrase and (not exact or _case_fits(texts[i:end], forms)):
                    out.append(Hit(first=i, last=end - 1, entries=entries))
                    beyond = end
                    break
        return tuple(out)


def _fold(word: str) -> str:
    return word.lower().replace("’", "'")


def _case_fits(words: tuple[str, ...], forms: frozenset[str]) -> bool:
    """Names need their capitals: 'US' not 'us', 'Who' is no 'WHO'; text all in capitals passes."""
    first = words[0]
    if first.islower():
        return any(f[0].islower() for f in forms)
    if len(words) == 1 and len(first) <= 5 and all(f.isupper() for f in forms):
        return first.isupper()
    if first.isupper() and len(first) > 1:
        return len(words) > 1 or len(first) > 3 or any(f.upper() == first and f.isupper() for f in forms) or "." in first
    return True


@lru_cache(maxsize=1)
def load_matcher() -> Matcher:
    """The matcher over all shipped tables, built once."""
    return Matcher()
