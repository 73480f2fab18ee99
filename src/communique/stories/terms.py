"""The terms of a story: its content words, names and numbers, and what its record says of actors, places, times and events.

Names weigh more than other words when stories are compared (`communique.stories.vectors`), so the kind of each term is kept with it.
Only the head of a story is read: news says first what happened.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from enum import IntEnum
from functools import lru_cache
from importlib import resources

import numpy as np

from communique.text.lemmas import by_rule
from communique.types import Record

HEAD_WORDS = 300
"""Words of a story that are read; later ones are background more often than news."""
MOST_TERMS = 160
"""Terms kept of a story, the first ones in it."""
_TOKEN = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]+)*|\d[\d.,:]*")
_GENITIVE = re.compile(r"['’]s?$")


class Kind(IntEnum):
    """What a term is."""

    WORD = 0
    NAME = 1
    NUMBER = 2
    RECORD = 3


@lru_cache(maxsize=1)
def stopwords() -> frozenset[str]:
    """Words that say nothing of what a story is about: function words, words of reporting, names of days and months."""
    lines = (resources.files("communique.stories") / "data" / "stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(w for line in lines if not line.startswith("#") for w in line.split())


@lru_cache(maxsize=200_000)
def term_hash(term: str) -> int:
    """32 bits for a term, the same on every machine.

    >>> term_hash("treaty")
    2231668375
    """
    return zlib.crc32(term.encode("utf-8", "replace"))


@lru_cache(maxsize=200_000)
def singular(word: str) -> str:
    """The lower-case word, plural ending off."""
    return by_rule(word, "NOUN")


def text_terms(text: str) -> dict[str, tuple[Kind, int]]:
    """Terms of the head of a text, in order of first appearance, with kind and count.

    A capitalised word is a name unless the story writes it in lower case too, or it stands in a line that is all capitals.

    >>> text_terms("Fire hit Lisbon. The fire killed 12 people in Lisbon's port.")
    {'fire': (<Kind.WORD: 0>, 2), 'hit': (<Kind.WORD: 0>, 1), 'lisbon': (<Kind.NAME: 1>, 2), 'killed': (<Kind.WORD: 0>, 1), \
'12': (<Kind.NUMBER: 2>, 1), 'port': (<Kind.WORD: 0>, 1)}
    """
    words = head_words(quiet(text))
    small = {w for w in words if w[0].islower()}
    stop, counts, kinds = stopwords(), Counter(), {}
    for word in words:
        low = word.lower()
        if low in stop or len(low) < 2 and not low.isdigit():
            continue
        name = word[0].isupper() and low not in small
        term = low if name or word[0].isdigit() else singular(low)
        kinds.setdefault(term, Kind.NUMBER if word[0].isdigit() else Kind.NAME if name else Kind.WORD)
        counts[term] += 1
    return {t: (kinds[t], n) for t, n in counts.items()}


def quiet(text: str) -> str:
    """The text with lines that are all capitals, as wire headlines are, in lower case: their capitals tell nothing.

    >>> quiet("US TROOPS LAND\\nTroops from the US landed.")
    'us troops land\\nTroops from the US landed.'
    """
    return "\n".join(line.lower() if line.isupper() else line for line in text.split("\n"))


def head_words(text: str) -> list[str]:
    """Words and numbers of the head of a text, genitive endings and closing points off."""
    out = []
    for match in _TOKEN.finditer(text):
        out.append(_GENITIVE.sub("", match.group().rstrip(".,:")))
        if len(out) >= HEAD_WORDS:
            break
    return [w for w in out if w]


def record_terms(record: Record) -> Counter[str]:
    """Terms for what the record says: who acts on whom, where, when, and in what kind of event."""
    out: Counter[str] = Counter()
    for event in record.events:
        out[f"event {event.type}"] += 1
        for actor in (*event.actors, *event.recipients):
            party = actor.country or actor.organization or actor.name.casefold()
            out[f"actor {party}"] += 1
            out[f"event {event.type} {party}"] += 1
    for place in record.places:
        out[f"place {place.geonameid or place.name.casefold()}"] += 1
    for time in record.times:
        if time.value and time.value[:4].isdigit() and len(time.value) >= 7:
            out[f"time {time.value}"] += 1
    return out


def pack(text: dict[str, tuple[Kind, int]], record: Counter[str]) -> tuple[bytes, bytes]:
    """Hashes and tallies of a story's terms as a `Sketch` holds them."""
    first = list(text.items())[:MOST_TERMS]
    pairs = {term_hash(t): (k, n) for t, (k, n) in first}
    for t, n in list(record.items())[:MOST_TERMS]:
        pairs.setdefault(term_hash(t), (Kind.RECORD, n))
    order = sorted(pairs)
    tallies = [(pairs[h][0] << 5) | min(pairs[h][1], 31) for h in order]
    return np.array(order, dtype="<u4").tobytes(), bytes(tallies)


def unpack(terms: bytes, tallies: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hashes, kinds and counts."""
    packed = np.frombuffer(tallies, dtype=np.uint8)
    return np.frombuffer(terms, dtype="<u4"), packed >> 5, packed & 31
