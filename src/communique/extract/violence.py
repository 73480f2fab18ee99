"""Who did violence and whom it met, where the words tell more than the encoder's roles."""

from __future__ import annotations

from collections.abc import Sequence

from communique.extract.roles import BEFORE_TARGETS, BUILT, VIOLENCE, key_of
from communique.text.grammar import case_of, is_passive, objects, subjects
from communique.text.tree import ancestors, descendants, top_of
from communique.types import Mention, Sentence

Party = tuple[range, Mention]
"""A mention with its words."""
Chances = tuple[float, float]
"""How likely somebody acts, and is met."""
TOOLS = VIOLENCE | frozenset("bomb mine rocket grenade shell missile gunfire mortar bullet".split())
"""What does violence and is nobody."""
_SUFFERING = frozenset(("victim", "survivor"))
SURE = 0.8
"""From this chance on somebody acts though a bomb or a blast stands in the place of who does."""


def met_by_violence(sentence: Sentence, i: int, parties: Sequence[Party], chances: Sequence[Chances]) -> list[Chances]:
    """The chances at a trigger of ASSAULT, those of victims and targets without the part of who acts.

    'attacks in [Kenya]', whatever word stands for Kenya elsewhere in the sentence, '[victims] of the attacks', and 'the blast in
    which [the envoy] was cut killed six': who stands beside a blast that kills is not who kills.
    """
    noun = sentence.tokens[i].lemma in VIOLENCE
    hit = [m for words, m in parties if noun and _is_target(sentence, i, words)]
    meant = _meaning(hit, parties)
    own = _own_words(sentence, i)
    out = []
    for (words, m), (a, b) in zip(parties, chances):
        if m in hit or (a and sentence.tokens[m.head].lemma in _SUFFERING):
            out.append((0.0, max(a, b)))
        elif m in meant or (own is not None and a < SURE and top_of(sentence, words) not in own):
            out.append((0.0, b))
        else:
            out.append((a, b))
    return out


def victims_of(sentence: Sentence, i: int, parties: Sequence[Party]) -> list[Mention]:
    """Whom the violence that a verb condemns met, and the pronouns that mean them: 'condemned the bombing in [the capital]' accuses nobody there."""
    hit = [m for words, m in parties if _is_victim(sentence, i, words)]
    return [*hit, *_meaning(hit, parties)]


def is_agentless(sentence: Sentence, i: int) -> bool:
    """'were killed', 'two blasts killed', 'the attack in Kenya': a passive without its agent, or violence in the agent's place."""
    if sentence.tokens[i].upos == "NOUN":
        return sentence.tokens[i].lemma in VIOLENCE
    acting = subjects(sentence, i)
    return all(sentence.tokens[k].lemma in TOOLS for k in acting) if acting else is_passive(sentence, i)


def _meaning(hit: Sequence[Mention], parties: Sequence[Party]) -> list[Mention]:
    """The pronouns that stand for nobody but those who are hit."""
    known = {key_of(a) for m in hit for a in m.actors}
    return [m for _, m in parties if m.kind == "pronoun" and m.actors and known >= {key_of(a) for a in m.actors}]


def _own_words(sentence: Sentence, i: int) -> set[int] | None:
    """The words of the blasts and bombs that act at a verb, without the verb's own phrase; None where somebody acts."""
    acting = subjects(sentence, i) if sentence.tokens[i].upos == "VERB" else []
    if not acting or any(sentence.tokens[k].lemma not in TOOLS for k in acting):
        return None
    return {w for k in acting for w in descendants(sentence, k)} - set(descendants(sentence, i))


def _is_victim(sentence: Sentence, i: int, words: range) -> bool:
    tokens = sentence.tokens
    deeds = {k for k in objects(sentence, i) if tokens[k].lemma in VIOLENCE}
    top = top_of(sentence, words)
    way = [top, *ancestors(sentence, top)] if deeds and top >= 0 else []
    below = next((k for k, above in zip(way, way[1:]) if above in deeds), -1)
    return below >= 0 and tokens[below].rel == "nmod" and case_of(sentence, below) not in ("by", "from")


def _is_target(sentence: Sentence, i: int, words: range) -> bool:
    """'attacks in [Kenya]', 'the [embassy] bombing', 'blasts at embassies in [Kenya]': where violence was, nobody of whom did it."""
    tokens = sentence.tokens
    k = top_of(sentence, words)
    while k >= 0 and tokens[k].head >= 0 and k != i:
        if tokens[k].rel == "conj":
            k = tokens[k].head
            continue
        built = tokens[k].rel == "compound" and tokens[k].lemma in BUILT
        if tokens[k].head == i or tokens[k].rel not in ("nmod", "compound", "nmod:poss", "amod"):
            return tokens[k].head == i and (built or (tokens[k].rel == "nmod" and case_of(sentence, k) in BEFORE_TARGETS))
        k = tokens[k].head
    return False
