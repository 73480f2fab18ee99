"""Names of parties and assemblies that hold the name of another: 'Liberal Democratic Party' is not the Democratic Party."""

from __future__ import annotations

from dataclasses import replace

from communique.lexicon.matcher import Hit
from communique.types import Sentence

_KINDS = frozenset(("institution", "party"))
_SECTORS = frozenset(("PTY", "LEG"))
_OPENING = frozenset(
    "liberal social christian national united new free progressive popular radical reform centre center african all".split()
)
"""Words that open a party's name also where they stand first in a sentence, so that their capital says nothing."""


def whole_names(sentence: Sentence, hits: list[Hit]) -> list[Hit]:
    """The hits; a party or an assembly whose name goes on to the left becomes one of that longer name, of no country by itself."""
    tokens = sentence.tokens
    # 'National' is somebody's citizen to the lexicon, and part of a name before 'Democratic Party'
    taken = {k for h in hits for k in range(h.first, h.last + 1) if h.entries[0].kind != "agent" or tokens[k].text.lower() not in _OPENING}
    out = [_whole(sentence, h, taken) if h.entries[0].kind in _KINDS and h.entries[0].sector in _SECTORS else h for h in hits]
    return [h for h in out if not any(o is not h and o.first <= h.first and h.last <= o.last for o in out)]


def _whole(sentence: Sentence, hit: Hit, taken: set[int]) -> Hit:
    first = hit.first
    while first and first - 1 not in taken and _goes_on(sentence, first - 1):
        first -= 1
    # 'Texas Democrats' are Democrats: before one word only a party's own words make another name
    if hit.first == hit.last and sentence.tokens[hit.first - 1].text.lower() not in _OPENING:
        return hit
    if first == hit.first:
        return hit
    name = " ".join(t.text for t in sentence.tokens[first : hit.last + 1])
    entry = replace(hit.entries[0], id=f"party::{name}", kind="party", name=name, country=None, sector="PTY")
    return replace(hit, first=first, entries=(entry,))


def _goes_on(sentence: Sentence, i: int) -> bool:
    token = sentence.tokens[i]
    if not token.text[:1].isupper() or token.text.isupper() or token.upos not in ("PROPN", "ADJ"):
        return False
    if i == 0 or not sentence.tokens[i - 1].text[:1].isalnum():
        return token.text.lower() in _OPENING
    return token.text.lower() in _OPENING or token.rel in ("compound", "flat", "amod")
