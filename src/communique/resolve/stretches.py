"""Names that the entity recogniser sees and the lexicon does not know, whole: 'Licensing and Inspection Service'."""

from __future__ import annotations

from dataclasses import dataclass

from communique.lexicon.entries import Entry
from communique.lexicon.matcher import Hit
from communique.text.tree import ancestors
from communique.types import Sentence

NATION = frozenset(("country", "adjective", "capital", "seat", "demonym"))
HEADLESS = frozenset(("generic", "agent"))
_HYPHENS = frozenset("-–‐‑")
_JOINING = frozenset(("of", "for", "and", "&"))
_CONTINENTS = frozenset("central latin south north pan inter".split())
"""Before 'American': not the United States."""
_FORMS_OF_ADDRESS = frozenset("mr mrs ms miss dr prof sir rev".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The words of one name, and what the words inside say of it."""

    first: int
    last: int
    label: str
    """PER or ORG."""
    country: str | None = None
    organization: str | None = None
    sector: str | None = None
    absorbed: tuple[Hit, ...] = ()
    """Hits that are part of the name."""


def stretches(sentence: Sentence, hit_of: dict[int, Hit]) -> list[Stretch]:
    """The recogniser's persons and organisations, but those that are lexicon hits through and through."""
    out, k, n = [], 0, len(sentence.tokens)
    while k < n:
        label = sentence.tokens[k].ner[2:]
        if label not in ("PER", "ORG"):
            k += 1
            continue
        end = name_end(sentence, k, label, hit_of)
        end = _seen_end(sentence, k, end) if label == "ORG" else end
        made = _person(sentence, k, end, hit_of) if label == "PER" else _organization(sentence, k, end, hit_of)
        if made:
            out.append(made)
        k = end + 1
    return out


def name_end(sentence: Sentence, first: int, label: str, hit_of: dict[int, Hit]) -> int:
    """The last word of a name, also where it goes on behind a hyphen without spaces, 'of' or 'and'."""
    tokens, end, n = sentence.tokens, first, len(sentence.tokens)
    while end + 1 < n:
        if tokens[end + 1].ner == "I-" + label or label == "PER" and _same_name(sentence, end, end + 1, hit_of):
            end += 1
        elif end + 2 < n and _hyphened(sentence, end + 1) and tokens[end + 2].ner[2:] == label and tokens[end + 2].text[:1].isupper():
            end += 2
        elif label == "ORG" and end + 2 < n and tokens[end + 1].lemma in _JOINING and _goes_on(sentence, first, end, hit_of):
            end += 2
        else:
            break
    return end


def _seen_end(sentence: Sentence, first: int, end: int) -> int:
    """The last word of an organisation's name that the encoder sees as one party, where all its words are of a name: 'Department of Trade and [Industry]'."""
    tokens = sentence.tokens
    for a, b, _ in sentence.reading.actors if sentence.reading else ():
        named = (tokens[k].text[:1].isupper() or tokens[k].lemma in _JOINING for k in range(first, b + 1))
        if a <= first and end < b and tokens[b].text[:1].isupper() and tokens[b].ner[2:] != "PER" and all(named):
            return b
    return end


def _same_name(sentence: Sentence, i: int, k: int, hit_of: dict[int, Hit]) -> bool:
    """Whether the tree says of two neighbours that the recogniser parts that they are one person's name."""
    one, other = sentence.tokens[i], sentence.tokens[k]
    joined = other.rel == "flat" and (other.head == i or other.head == one.head and one.rel == "flat")
    return joined and i not in hit_of and k not in hit_of and all(t.upos == "PROPN" and t.text.istitle() for t in (one, other))


def _hyphened(sentence: Sentence, i: int) -> bool:
    before, token, after = sentence.tokens[i - 1 : i + 2]
    return token.text in _HYPHENS and before.end == token.start and token.end == after.start


def _goes_on(sentence: Sentence, first: int, end: int, hit_of: dict[int, Hit]) -> bool:
    """'Office of [Supply]', 'Office of Supply and [Transport]', 'Licensing and [Inspection Service]'; not 'Boeing and Airbus'."""
    tokens, k = sentence.tokens, end + 2
    token = tokens[k]
    capital = token.text[:1].isupper() and tokens[end].text[:1].isupper()
    if not capital or token.ner[2:] not in ("", "ORG") or token.upos not in ("PROPN", "NOUN"):
        return False
    if k in hit_of and hit_of[k].entries[0].kind not in HEADLESS:
        return False
    if tokens[end + 1].lemma in ("of", "for"):
        return token.rel == "nmod" and first <= token.head <= end
    head_beyond = tokens[end].head > k and tokens[tokens[end].head].ner[2:] == "ORG"
    listed = any(tokens[j].lemma in ("of", "for") for j in range(first, end)) and not token.ner.startswith("B")
    return head_beyond or listed


def _person(sentence: Sentence, first: int, end: int, hit_of: dict[int, Hit]) -> Stretch | None:
    """A person's name without the title before it."""
    while first <= end and first in hit_of and hit_of[first].entries[0].kind in HEADLESS | NATION:
        first += 1
    if 0 < first <= end and _same_name(sentence, first - 1, first, hit_of):
        first -= 1
    words = [sentence.tokens[j].text for j in range(first, end + 1)]
    if any(j in hit_of for j in range(first, end + 1)) or not any(w[:1].isupper() for w in words):
        return None
    if all(w.lower().strip(".") in _FORMS_OF_ADDRESS for w in words):
        return None
    return Stretch(first=first, last=end, label="PER")


def _organization(sentence: Sentence, first: int, end: int, hit_of: dict[int, Hit]) -> Stretch | None:
    """An organisation's name; hits inside become part of it where it is longer than they are: 'Australian [Tourist] Board'."""
    tokens = sentence.tokens
    while end > first and end in hit_of and tokens[end].text.islower():
        end -= 1
    if tokens[first].ner[0] == "I":
        while first and _lacks(sentence, first, end):
            first -= 1
    hits = list({id(hit_of[j]): hit_of[j] for j in range(first, end + 1) if j in hit_of}.values())
    free = [j for j in range(first, end + 1) if j not in hit_of and tokens[j].text[:1].isupper()]
    if not free or any(h.first < first or h.last > end or not tokens[h.first].text[:1].isupper() for h in hits):
        return None
    # 'Congress' is many a party's word, not only the house of the United States
    entries = [next((e for e in h.entries if e.kind == "generic"), h.entries[0]) for h in hits]
    if any(e.kind in ("person", "party") for e in entries):
        return None
    inside = range(first, end + 1)
    head = next((j for j in inside if tokens[j].head not in inside), end)
    return Stretch(
        first=first,
        last=end,
        label="ORG",
        country=next((e.country for e in entries if e.country), None),
        organization=next((e.organization for e in entries if e.organization), None),
        sector=_sector(hit_of[head].entries[0] if head in hit_of else None, entries),
        absorbed=tuple(hits),
    )


def _lacks(sentence: Sentence, first: int, end: int) -> bool:
    """Whether the name's first word was left out by the recogniser: '[National] Council of Mosques'."""
    before = sentence.tokens[first - 1]
    if before.ner != "O" or not before.text[:1].isupper() or before.rel not in ("amod", "compound"):
        return False
    return first - 1 > 0 and any(first <= a <= end for a in ancestors(sentence, first - 1)[:1])


def _sector(head: Entry | None, entries: list[Entry]) -> str | None:
    known = [e.sector for e in ((head,) if head else ()) if e.sector and e.kind not in NATION]
    return next(iter(known or [e.sector for e in entries if e.sector and e.kind not in NATION and not e.human]), None)


def foreign(sentence: Sentence, hit: Hit) -> bool:
    """Whether a nation's name means no nation: 'ethnic Albanians', 'Central American presidents', 'Inter-American'."""
    word = sentence.tokens[hit.first - 1].text if hit.first else ""
    if word == "-" and hit.first > 1:
        word = sentence.tokens[hit.first - 2].text
    return word.lower() == "ethnic" or hit.entries[0].country == "USA" and word.lower() in _CONTINENTS
