"""Names that hold the name of another: 'Liberal Democratic Party' is not the Democratic Party, nor 'Ana Maria Quispe' Ana Maria."""

from __future__ import annotations

from dataclasses import replace

from communique.lexicon.entries import given_names
from communique.lexicon.matcher import Hit
from communique.types import Sentence, Token

_KINDS = frozenset(("institution", "party"))
_SECTORS = frozenset(("PTY", "LEG"))
_OPENING = frozenset(
    "liberal social christian national united new free progressive popular radical reform centre center african all".split()
)
"""Words that open a party's name also where they stand first in a sentence, so that their capital says nothing."""


def whole_names(sentence: Sentence, hits: list[Hit]) -> list[Hit]:
    """The hits; a party or an assembly whose name goes on to the left becomes one of that longer name, of no country by itself.

    Left out are known persons whose name goes on, and deputies of other offices.
    """
    tokens = sentence.tokens
    # 'National' is somebody's citizen to the lexicon, and part of a name before 'Democratic Party'
    taken = {k for h in hits for k in range(h.first, h.last + 1) if h.entries[0].kind != "agent" or tokens[k].text.lower() not in _OPENING}
    out = [
        _whole(sentence, h, taken) if h.entries[0].kind in _KINDS and h.entries[0].sector in _SECTORS else h
        for h in hits
        if not _is_under(sentence, h) and not _is_cut(sentence, h)
    ]
    return [h for h in out if not any(o is not h and o.first <= h.first and h.last <= o.last for o in out)]


def _is_under(sentence: Sentence, hit: Hit) -> bool:
    """'Deputy' before another office is no member of a parliament: 'deputy director'."""
    after = _after(sentence, hit)
    if hit.entries[0].id != "agent:deputy" or after is None:
        return False
    return after.upos == "NOUN" and after.text.islower() and after.start - sentence.tokens[hit.last].end == 1


def _is_cut(sentence: Sentence, hit: Hit) -> bool:
    """A known person's name that goes on behind a given name is somebody else's: 'Ana Maria' in 'Ana Maria Quispe'."""
    after = _after(sentence, hit)
    if hit.entries[0].kind != "person" or after is None or after.ner != "I-PER" or not after.text.istitle():
        return False
    return sentence.tokens[hit.last].text in given_names()


def _after(sentence: Sentence, hit: Hit) -> Token | None:
    return sentence.tokens[hit.last + 1] if hit.last + 1 < len(sentence.tokens) else None


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
