"""Whom a pronoun may mean: mentions by number and person, ranked by clause, part of speech and distance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from communique.text.grammar import case_of, subjects
from communique.text.tree import ancestors, conjuncts
from communique.types import Actor, Mention, Sentence

_COLLECTIVE = frozenset(
    "agency airline alliance association bank broadcaster cartel coalition community company congregation crew crowd delegation family "
    "federation firm gang group hospital league mafia majority media militia ministry minority mob movement newspaper opposition party "
    "people police population press public staff team union university".split()
)
"""Heads that the lexicon has among persons, or that say neither one nor many, and that are several."""
_MANY = frozenset(("NNS", "NNPS"))
_OBJECTS = frozenset(("obj", "iobj"))
_ASIDE = frozenset(("against", "at", "by", "for", "from", "of", "on", "to"))
"""Prepositions whose pronoun means somebody else than the verb's subject; 'took them with him' is left out."""
_INSIDE = frozenset(("compound", "nmod:poss", "nmod", "appos", "amod"))
REACH = 3
"""Sentences back in which 'it' and 'they' look; a person is found farther off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Antecedent:
    """A mention that a later word may point back to."""

    mention: Mention
    person: bool
    """One single person."""
    plural: bool
    """Several, or a body that 'they' may stand for."""
    single: bool
    """One body or country, which 'it' may stand for."""
    subject: bool
    inside: bool
    """Below another noun."""


def antecedent(sentence: Sentence, m: Mention) -> Antecedent:
    """The mention with what its head says of number and person."""
    token = sentence.tokens[m.head]
    word = token.lemma if token.lemma else token.text.lower()
    collective = word in _COLLECTIVE
    many = len(m.actors) > 1 or (m.kind in ("agent", "nominal") and token.xpos in _MANY)
    if m.kind == "pronoun":
        text = token.text.lower()
        person, many = m.person, many or text in ("they", "them", "their")
    else:
        person = m.person and not many and not collective
    return Antecedent(
        mention=m,
        person=person,
        plural=many or not person,
        single=not person and not many,
        subject=sentence.parsed and token.rel in ("nsubj", "nsubj:pass"),
        inside=sentence.parsed and token.rel in _INSIDE,
    )


def barred(sentence: Sentence, i: int) -> set[int]:
    """Heads of the sentence that the pronoun cannot mean: the subjects of the verb whose object it is."""
    token = sentence.tokens[i]
    if not sentence.parsed or token.head < 0:
        return set()
    if token.rel not in _OBJECTS and not (token.rel == "obl" and case_of(sentence, i) in _ASIDE):
        return set()
    return {c for k in subjects(sentence, token.head) for c in conjuncts(sentence, k)}


def governing(sentence: Sentence, i: int) -> set[int]:
    """Heads of the subjects of the clauses that the word stands in."""
    if not sentence.parsed:
        return set()
    tokens = sentence.tokens
    return {k for a in ancestors(sentence, i) if tokens[a].upos in ("VERB", "AUX") for k in subjects(sentence, a) if k < i}


def best(
    sentence: Sentence, i: int, history: Sequence[Antecedent], fits: Callable[[Antecedent], float], *, reach: int | None = None
) -> Antecedent | None:
    """The antecedent that ranks highest; `fits` gives a bonus, below zero where it cannot be meant."""
    out_of_bounds, clause = barred(sentence, i), governing(sentence, i)
    found, most = None, 0.0
    for near, a in enumerate(_recent(history)):
        back = sentence.index - a.mention.sentence
        if reach is not None and back > reach or found is not None and back > 4:
            break
        bonus = fits(a)
        own = back == 0
        if bonus < 0 or own and a.mention.head in out_of_bounds:
            continue
        rank = 10 + bonus - 1.5 * back - 0.05 * near + 1.0 * a.subject - 0.8 * a.inside + (1.0 if own and a.mention.head in clause else 0.0)
        if found is None or rank > most:
            found, most = a, rank
    return found


def _recent(history: Sequence[Antecedent], most: int = 40) -> Iterable[Antecedent]:
    """The last ones, the newest first."""
    return reversed(history[-most:])


def chain(sentence: Sentence, a: Antecedent, history: Sequence[Antecedent]) -> tuple[Actor, ...]:
    """The actors of all that is coordinated with an antecedent: 'Kenya and Uganda' for Kenya."""
    if not sentence.parsed:
        return a.mention.actors
    top = a.mention.head
    while sentence.tokens[top].rel == "conj" and sentence.tokens[top].head >= 0:
        top = sentence.tokens[top].head
    heads = set(conjuncts(sentence, top))
    if len(heads) < 2:
        return a.mention.actors
    out: dict[tuple[str, str | None, str | None], Actor] = {}
    for h in _recent(history):
        if h.mention.sentence == a.mention.sentence and h.mention.head in heads and h.mention.kind != "adjective":
            for x in reversed(h.mention.actors):
                out.setdefault((x.name, x.country, x.organization), x)
    return tuple(reversed(out.values()))
