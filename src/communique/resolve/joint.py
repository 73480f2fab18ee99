"""'the two countries', 'both sides', 'the three leaders': which of those before are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from communique.lexicon.entries import country_names
from communique.resolve.antecedents import Antecedent
from communique.resolve.seen import SEEN
from communique.text.tree import children, first_conjunct
from communique.types import Actor, Mention, Sentence

Key = Callable[[Actor], str | None]

NUMBERS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5}
PARTIES = frozenset(
    "country countries nation nations side sides government governments leader leaders party parties neighbour neighbours neighbor "
    "neighbors power powers capital capitals military militaries army armies president presidents minister ministers ally allies force forces".split()
)
_PERSONS = frozenset("leader president minister".split())
_BODIES = frozenset("side party ally force power".split())
"""Heads that may count organisations too; countries, governments and capitals are counted by country."""
_OPPOSED = frozenset("side party neighbour neighbor".split())
"""Plurals that are two where nothing else is said."""
_STATES = frozenset("country nation government capital".split())
_FAR = 5


def number_of(sentence: Sentence, i: int) -> int | None:
    """How many 'the two countries' or 'the sides' means; None where nothing says so."""
    tokens = sentence.tokens
    kids = [tokens[c] for c in children(sentence)[i]] if sentence.parsed else list(tokens[max(0, i - 2) : i])
    words = {t.lemma for t in kids} | {t.text.lower() for t in kids}
    number = next((NUMBERS[w] for w in words if w in NUMBERS), None)
    if number is None and words & {"neighbouring", "neighboring"} and "the" in words:
        return 2
    if number is None and is_plural(sentence, i) and words & {"the", "all", "these"} and tokens[i].lemma in _OPPOSED:
        return 2
    return number


def is_plural(sentence: Sentence, i: int) -> bool:
    """Whether the noun is several."""
    return sentence.tokens[i].text.lower().endswith("s") or sentence.tokens[i].xpos == "NNS"


def joint(sentences: Sequence[Sentence], sentence: Sentence, i: int, number: int, history: Sequence[Antecedent]) -> list[Actor]:
    """The last `number` parties of the kind that the word counts, coordinated ones before others; none where they are not found."""
    lemma = sentence.tokens[i].lemma
    near = [h for h in history[-80:] if sentence.index - h.mention.sentence <= _FAR and h.mention.entry != SEEN]
    if lemma in _PERSONS:
        found = _grouped(sentences, sentence, number, [h for h in near if h.person or len(h.mention.actors) > 1], _by_name)
        if found:
            return found
    key = _by_body if lemma in _BODIES or lemma in _OPPOSED else _by_country
    found = _grouped(sentences, sentence, number, near, key) or latest(sentence.index, number, near, key)
    if not found and lemma in _OPPOSED:
        # the rebels and the army of a country that nobody has named yet
        bodies = [h for h in near if not h.person and not h.place and sentence.index - h.mention.sentence <= 1]
        return _grouped(sentences, sentence, number, bodies, _by_body_or_name)
    return [as_country(a) for a in found] if lemma in _STATES else found


def the_country(sentence: Sentence, history: Sequence[Antecedent]) -> list[Actor]:
    """'the country': the one named last, or else that of whoever was."""
    near = [h for h in history[-80:] if sentence.index - h.mention.sentence <= _FAR]
    named = [h for h in near if h.mention.entry and h.mention.entry.startswith("country:")]
    found = latest(sentence.index, 1, named, _by_country) or latest(sentence.index, 1, near, _by_country)
    return [as_country(a) for a in found]


def as_country(a: Actor) -> Actor:
    """The country of an actor: 'the country' after 'President X' is no person."""
    name = country_names().get(a.country or "")
    return Actor(name=name, country=a.country, sector="GOV") if name and a.name != name else a


def _by_name(a: Actor) -> str | None:
    return a.name


def _by_country(a: Actor) -> str | None:
    return a.country


def _by_body(a: Actor) -> str | None:
    return a.country or a.organization


def _by_body_or_name(a: Actor) -> str | None:
    return a.country or a.organization or a.name


def _grouped(sentences: Sequence[Sentence], sentence: Sentence, number: int, near: list[Antecedent], key: Key) -> list[Actor]:
    """Exactly `number` in one coordination, or else in one sentence, the nearest one."""
    for back in range(_FAR + 1):
        there = [h for h in near if h.mention.sentence == sentence.index - back]
        if not there:
            continue
        where = sentences[sentence.index - back]
        chains: dict[int, dict[str, Actor]] = {}
        for h in there:
            top = first_conjunct(where, h.mention.head) if where.parsed else h.mention.head
            _gather(chains.setdefault(top, {}), h.mention, key)
        whole = next((list(c.values()) for c in reversed(chains.values()) if len(c) == number), None)
        if whole:
            return whole
        acting = {key(a) for h in there if not back and h.subject for a in h.mention.actors}
        for counted in ([h for h in there if not h.place], there):
            group: dict[str, Actor] = {}
            for h in counted:
                _gather(group, h.mention, key)
            rest = [a for k, a in group.items() if k not in acting]
            if len(rest) == number:
                return rest
    return []


def _gather(group: dict[str, Actor], m: Mention, key: Key) -> None:
    for a in m.actors:
        k = key(a)
        if k and m.kind in ("name", "nominal", "adjective", "agent"):
            group.setdefault(k, a)


def latest(index: int, number: int, near: Sequence[Antecedent], key: Key = _by_body, *, fewer: bool = False) -> list[Actor]:
    """The last `number` distinct parties; who acts in the sentence itself is none of them: the United States urges the parties."""
    acting = {key(a) for h in near if h.mention.sentence == index and h.subject for a in h.mention.actors}
    found: dict[str, Actor] = {}
    for h in reversed(near):
        for a in h.mention.actors:
            code = key(a)
            if code and code not in acting:
                found.setdefault(code, a)
        if len(found) >= number:
            break
    return list(reversed(list(found.values())))[:number] if fewer or len(found) >= number else []
