"""'the ministry', 'the army', 'the alliance' without a country: the one mentioned before with that word, or of that kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.resolve.antecedents import Antecedent
from communique.resolve.compose import with_country
from communique.text.grammar import WHERE, case_of
from communique.text.tree import ancestors, children
from communique.types import Actor, Mention, Sentence

DEFINITE = frozenset(("the", "this", "that", "these", "those"))
_OFFICE = {
    "ministry": "minister",
    "presidency": "president",
    "embassy": "ambassador",
    "court": "judge",
    "army": "military",
    "military": "army",
}
ALLIED = frozenset("alliance bloc organisation organization grouping".split())
_ALLIANCES = frozenset(("NATO", "CSTO", "WP"))
_WESTERN = frozenset("western atlantic military defence defense".split())
"""What may stand before 'alliance' where that is one of these; a ruling or a northern one is not."""
_BUSINESS = frozenset("airline bank company corporation firm".split())
_REACH = 3
"""Sentences back in which 'the alliance' finds its name."""
_MOST = 200
"""Mentions back to which a word is looked for."""
_NATIONS = ("country:", "capital:", "seat:")


def is_bare(m: Mention) -> bool:
    """A party named by its work alone, of no country or body."""
    a = m.actors[0] if m.actors else None
    return m.kind == "agent" and a is not None and not a.country and not a.organization and not (m.person and a.title)


def settled(
    sentences: Sequence[Sentence], sentence: Sentence, m: Mention, history: Sequence[Antecedent], own: Sequence[Mention]
) -> Mention:
    """The mention with the actors of the one that 'the' points back to, where there is one."""
    if sentence.parsed and not any(sentence.tokens[c].lemma in DEFINITE for c in children(sentence)[m.head]):
        return m
    lemma = sentence.tokens[m.head].lemma
    earlier = _earlier(sentences, sentence, lemma, history)
    if earlier is not None and earlier.actors[0].country and _elsewhere(sentence, m, earlier.actors[0].country, own):
        return m
    if earlier is not None and earlier.person and not m.person:
        return _of_office(m, earlier)
    kids = [sentence.tokens[c] for c in children(sentence)[m.head]] if sentence.parsed else []
    alone = all(t.rel in ("det", "case", "punct") or t.lemma in _WESTERN and lemma == "alliance" for t in kids)
    actors = earlier.actors if earlier is not None else of_kind(sentence, lemma, history) if alone else ()
    return replace(m, actors=tuple(replace(x, span=m.span) for x in actors), kind="nominal") if actors else m


def _of_office(m: Mention, holder: Mention) -> Mention:
    """'the embassy' after 'U.S. Ambassador Ann Lee': of the same country, and not the ambassador."""
    a, of = m.actors[0], holder.actors[0]
    known = replace(a, name=with_country(a.name, of.country), country=of.country, organization=of.organization)
    return replace(m, actors=(known,))


def of_kind(sentence: Sentence, lemma: str, history: Sequence[Antecedent]) -> tuple[Actor, ...]:
    """The one body of the last sentences that 'the alliance' or 'the company' can mean; nobody where there are two."""
    if lemma not in ALLIED and lemma not in _BUSINESS:
        return ()
    found: dict[tuple[str, str | None], Actor] = {}
    for h in reversed(history):
        if sentence.index - h.mention.sentence > _REACH:
            break
        for a in h.mention.actors if len(h.mention.actors) == 1 else ():
            if lemma in h.words and h.mention.kind == "name":
                return (a,)
            if _is_allied(h.mention, a, lemma) if lemma in ALLIED else _is_business(h, a):
                found.setdefault((a.organization or a.name, a.country), a)
    return tuple(found.values()) if len(found) == 1 else ()


def _is_allied(m: Mention, a: Actor, lemma: str) -> bool:
    if lemma == "alliance" and a.organization not in _ALLIANCES:
        return False
    return a.organization is not None and bool(m.entry and m.entry.startswith("organization:"))


def _is_business(h: Antecedent, a: Actor) -> bool:
    m = h.mention
    return not m.person and m.kind == "name" and not h.many and (a.sector == "BUS" or m.entry is None and a.sector is None)


def _earlier(sentences: Sequence[Sentence], sentence: Sentence, lemma: str, history: Sequence[Antecedent]) -> Mention | None:
    """The last party with a country or a body that has the word; one that only modifies another noun is none.

    From further back it is taken only where it is the only one so called: 'the government' need not be the foreign one told of before.
    """
    other, found, bare = _OFFICE.get(lemma), None, False
    for h in reversed(history[-_MOST:]):
        m = h.mention
        if not (other in h.words or (lemma in h.words or m.entry == f"agent:{lemma}") and m.kind in ("agent", "name", "nominal")):
            continue
        where, of = sentences[m.sentence], m.actors[0] if m.actors else None
        if of is None or where.parsed and where.tokens[m.head].rel == "compound":
            continue
        if not of.country and not of.organization:
            bare = bare or not (where.parsed and any(where.tokens[k].lemma in ("a", "an") for k in children(where)[m.head]))
        elif found is None and (bare and m.sentence < sentence.index - 1):
            return None
        elif found is None and m.sentence >= sentence.index - 1:
            return m
        elif found is not None and of.country != found.actors[0].country:
            return None
        else:
            found = found or m
    return found


def _elsewhere(sentence: Sentence, m: Mention, country: str | None, own: Sequence[Mention]) -> bool:
    """Whether the clause says that it happens in another country."""
    if not sentence.parsed:
        return False
    clause = {m.head, *ancestors(sentence, m.head)[:1]}
    return any(
        o.actors
        and o.entry is not None
        and o.entry.startswith(_NATIONS)
        and o.actors[0].country != country
        and sentence.tokens[o.head].head in clause
        and case_of(sentence, o.head) in WHERE
        for o in own
    )
