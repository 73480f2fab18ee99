"""Whom a pronoun may mean: mentions by number and person, ranked by clause, part of speech and distance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from communique.resolve.seen import SEEN
from communique.text.grammar import WHERE, case_of, subjects
from communique.text.tree import ancestors, children, conjuncts, first_conjunct
from communique.types import Actor, Mention, Sentence

_COLLECTIVE = frozenset(
    "agency airline alliance association bank broadcaster cartel coalition community company congregation crew crowd delegation family "
    "federation firm gang group hospital league mafia majority media militia ministry minority mob movement newspaper opposition party "
    "people police population press public staff team union university".split()
)
"""Heads that the lexicon has among persons, or that say neither one nor many, and that are several."""
_KIN = frozenset(
    "aunt brother bride daughter father friend husband mother neighbor neighbour nephew niece son sister uncle widow wife".split()
)
_DOERS = ("er", "or", "ist", "man", "woman", "ian", "ant", "ent", "eer", "ee")
_NOMINATIVE = frozenset(("he", "she", "they"))
_MANY = frozenset(("NNS", "NNPS"))
_OBJECTS = frozenset(("obj", "iobj"))
_ASIDE = frozenset(("against", "at", "by", "for", "from", "of", "on", "to"))
"""Prepositions whose pronoun means somebody else than the verb's subject; 'took them with him' is left out."""
_TOWNS = ("capital:", "seat:")
_WHERE = WHERE | {"from"}
_INSIDE = frozenset(("compound", "nmod:poss", "nmod", "appos", "amod"))
BACK, NEAR, SUBJECT, INSIDE, CLAUSE = 1.5, 0.05, 1.5, 0.5, 1.0
"""What a sentence between, a mention between, a subject, a modifier and the subject of the pronoun's own clause weigh."""
_ENOUGH = 4
"""Sentences back after which one that was found is not bettered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Antecedent:
    """A mention that a later word may point back to."""

    mention: Mention
    person: bool
    """One single person."""
    many: bool
    """Several by the word itself."""
    plural: bool
    """Several, or a body that 'they' may stand for."""
    single: bool
    """One body or country, which 'it' may stand for."""
    subject: bool
    inside: bool
    """Below another noun."""
    first: bool
    """Of those mentioned in its sentence."""
    place: bool
    """A town where something happens."""
    words: frozenset[str]
    """Lemmas of the mention's words."""


def antecedent(sentence: Sentence, m: Mention, *, first: bool) -> Antecedent:
    """The mention with what its head says of number and person."""
    token = sentence.tokens[m.head]
    word = token.lemma if token.lemma else token.text.lower()
    collective = word in _COLLECTIVE
    many = len(m.actors) > 1 or (m.kind in ("agent", "nominal") and _is_many(sentence, m.head))
    people = bool(m.entry and m.entry.startswith("demonym:"))
    if m.kind == "pronoun":
        text = token.text.lower()
        person, many = m.person, many or text in ("they", "them", "their")
    else:
        person = (m.person or m.entry == SEEN and _is_human(sentence, m)) and not many and not collective
    place = is_place(sentence, m)
    return Antecedent(
        mention=m,
        person=person,
        many=many or token.xpos == "NNPS",
        plural=many or not person and not place and (m.entry != SEEN or collective),
        single=not person and not many and not people and not place,
        first=first,
        place=place,
        words=_words(sentence, m),
        subject=sentence.parsed and token.rel in ("nsubj", "nsubj:pass"),
        inside=sentence.parsed and token.rel in _INSIDE,
    )


def _words(sentence: Sentence, m: Mention) -> frozenset[str]:
    tokens, first, last = sentence.tokens, m.head, m.head
    while first and tokens[first - 1].start >= m.span[0]:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].end <= m.span[1]:
        last += 1
    return frozenset([t.lemma or t.text.lower() for t in tokens[first : last + 1]])


def _is_many(sentence: Sentence, i: int) -> bool:
    """Whether a noun is several by its tag, its form or a number before it."""
    token = sentence.tokens[i]
    if token.xpos in _MANY or token.upos == "NUM":
        return True
    if not sentence.parsed:
        return False
    counted = any(sentence.tokens[k].rel == "nummod" and sentence.tokens[k].lemma not in ("one", "1") for k in children(sentence)[i])
    return counted or token.xpos in ("NN", "NNP") and token.text.lower() not in ("", token.lemma) and token.text.endswith("s")


def _is_human(sentence: Sentence, m: Mention) -> bool:
    """Whether what the encoder alone saw is a person by its head: 'an old friend', 'the bus driver'."""
    token = sentence.tokens[m.head]
    return token.ner.endswith("PER") or token.xpos == "NN" and (token.lemma in _KIN or token.lemma.endswith(_DOERS))


def is_place(sentence: Sentence, m: Mention) -> bool:
    """A town where something happens: no party."""
    return bool(m.entry and m.entry.startswith(_TOWNS)) and sentence.parsed and case_of(sentence, m.head) in _WHERE


def barred(sentence: Sentence, i: int) -> set[int]:
    """Heads of the sentence that the pronoun cannot mean: the subjects of the verb whose object it is, by its form or its place."""
    tokens, token = sentence.tokens, sentence.tokens[i]
    verb = token.head
    if not sentence.parsed or verb < 0 or token.text.lower() in _NOMINATIVE:
        return set()
    # 'asked it to withdraw': parsers also read the pronoun as the later verb's subject
    while token.rel == "nsubj" and verb > i and tokens[verb].rel == "xcomp" and tokens[verb].head >= 0:
        verb = tokens[verb].head
    if i and token.rel in _OBJECTS and tokens[i - 1].upos == "VERB":
        verb = i - 1  # 'begged the police to let them board', which parsers hang on the first verb
    behind = verb < i and token.rel == "nsubj" and tokens[min(i + 1, len(tokens) - 1)].upos not in ("AUX", "VERB")
    if behind or token.rel in _OBJECTS or token.rel == "obl" and case_of(sentence, i) in _ASIDE:
        return {c for k in subjects(sentence, verb) for c in conjuncts(sentence, k)}
    return set()


def governing(sentence: Sentence, i: int) -> set[int]:
    """Heads of the subjects of the clauses that the word stands in."""
    if not sentence.parsed:
        return set()
    tokens = sentence.tokens
    out = {k for a in ancestors(sentence, i) if tokens[a].upos in ("VERB", "AUX") for k in subjects(sentence, a) if k < i}
    return out | {tokens[k].head for k in out if tokens[k].rel == "appos"}


def _paired(sentence: Sentence, i: int) -> int:
    """The noun that 'and its' goes on from: 'the council and its agencies'; -1 where there is none."""
    token = sentence.tokens[i]
    owned = sentence.tokens[token.head] if token.head >= 0 and token.rel == "nmod:poss" else None
    return owned.head if owned and owned.rel == "conj" else -1


def best(
    sentence: Sentence, i: int, history: Sequence[Antecedent], fits: Callable[[Antecedent], float], *, reach: int | None = None
) -> Antecedent | None:
    """The antecedent that ranks highest; `fits` gives a bonus, below zero where it cannot be meant."""
    out_of_bounds, clause, pair = barred(sentence, i), governing(sentence, i), _paired(sentence, i)
    found, most, start = None, 0.0, sentence.tokens[i].start
    for near, a in enumerate(_recent(history)):
        back = sentence.index - a.mention.sentence
        if reach is not None and back > reach or found is not None and back > _ENOUGH:
            break
        bonus = fits(a)
        if bonus < 0 or not back and (a.mention.head in out_of_bounds or a.mention.span[0] <= start < a.mention.span[1]):
            continue
        in_clause = not back and (a.mention.head in clause) + 2 * (a.mention.head == pair)
        rank = 10 + bonus - BACK * back - NEAR * near + SUBJECT * a.subject - INSIDE * a.inside + CLAUSE * in_clause
        if found is None or rank > most:
            found, most = a, rank
    return found


def apposed(sentence: Sentence, a: Antecedent, history: Sequence[Antecedent]) -> Antecedent:
    """The name that stands in apposition to a noun: 'the boy's uncle, Ali Noor'."""
    if a.mention.kind == "name" or not sentence.parsed:
        return a
    for h in _recent(history):
        token = sentence.tokens[h.mention.head] if h.mention.sentence == a.mention.sentence else None
        if token and h.person and h.mention.kind == "name" and token.rel == "appos" and token.head == a.mention.head:
            return h
    return a


def _recent(history: Sequence[Antecedent], most: int = 40) -> Iterable[Antecedent]:
    """The last ones, the newest first."""
    return reversed(history[-most:])


def chain(sentence: Sentence, a: Antecedent, history: Sequence[Antecedent]) -> tuple[Actor, ...]:
    """The actors of all that is coordinated with an antecedent: 'Kenya and Uganda' for Kenya."""
    if not sentence.parsed:
        return a.mention.actors
    heads = set(conjuncts(sentence, first_conjunct(sentence, a.mention.head)))
    if len(heads) < 2:
        return a.mention.actors
    out: dict[tuple[str, str | None, str | None], Actor] = {}
    for h in _recent(history):
        if h.mention.sentence == a.mention.sentence and h.mention.head in heads and h.mention.kind != "adjective" and a.person == h.person:
            for x in reversed(h.mention.actors):
                out.setdefault((x.name, x.country, x.organization), x)
    return tuple(reversed(out.values()))
