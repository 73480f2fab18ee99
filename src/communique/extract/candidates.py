"""Sentences to event candidates: a trigger that holds, its actors and recipients, its status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.extract.conditions import entry_holds, exercise_noun, is_joint
from communique.extract.roles import RoleFinder, key_of
from communique.extract.status import PLANNING, status_of
from communique.lexicon.codebook import requires_recipient
from communique.lexicon.triggers import Trigger, light_verbs, load_triggers, trigger_words
from communique.text.grammar import carriers, objects
from communique.text.tree import ancestors, children
from communique.types import Actor, Mention, Sentence, Status, TriggerReading

RECIPROCAL = frozenset(("CONSULT", "COOPERATE", "AGREE"))
_NOUNS_BY_TYPE = {
    "ACCUSE": "accusation allegation charge claim criticism complaint",
    "ASSAULT": "attack strike raid killing invasion bombing shelling offensive assault incident airstrike war",
    "REQUEST": "demand call request appeal plea",
    "COERCE": "arrest detention seizure",
    "AGREE": "offer proposal pledge",
    "THREATEN": "threat warning ultimatum",
    "SANCTION": "sanction embargo expulsion ban",
    "MOBILIZE": "launch test deployment",
}
EVENT_NOUNS = {w: t for t, words in _NOUNS_BY_TYPE.items() for w in words.split()}
"""Nouns that can point back to an event told before, with its type."""
VERBAL = frozenset(("AGREE", "CONSULT", "SUPPORT", "REQUEST", "ACCUSE", "THREATEN"))
"""Types that say something to somebody: without a recipient they are not filed. What is denied or refused often names nobody."""
_HOLDING = frozenset(("REQUEST", "REJECT", "THREATEN", "CONCEDE", "RETREAT"))
"""Types that take in the deed that a noun below them names: 'asked for talks', 'lifted the embargo', 'halted the bombing'."""
PROMPTING = frozenset(("force", "prompt", "cause", "lead", "push", "provoke", "compel", "spur"))
_MATERIAL = frozenset(("ASSAULT", "COERCE", "SANCTION", "MOBILIZE", "AID", "RETREAT", "COOPERATE", "PROTEST"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One event as one trigger tells it."""

    entry: Trigger
    sentence: int
    token: int
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    status: Status
    depth: int
    """0 where both parties stand right at the trigger, more where they were found inside phrases."""
    reading: TriggerReading | None = None
    """What the encoder says at the trigger; None where it says nothing."""
    likely: float = 0.0
    """The encoder's probability that the word tells an event of some type."""
    role_score: float = 0.0
    """Mean probability of the roles, for parties that the encoder chose."""
    coder: str = "rules"
    """Who found it: rules, encoder or both."""
    score: float = 0.0
    """Calibrated probability that it is right."""


def entries_at(sentence: Sentence, i: int, heads: dict[int, Mention]) -> Iterator[Trigger]:
    """Entries that hold at token `i`, best first: most conditions, then table order."""
    token = sentence.tokens[i]
    pos = (
        "n"
        if token.xpos.startswith("NN") or token.upos in ("NOUN", "PROPN")
        else "v"
        if token.xpos.startswith("V") or token.upos == "VERB"
        else "a"
        if token.upos == "ADJ"
        else ""
    )
    if pos == "n" and token.upos == "PROPN":
        return
    entries = load_triggers().get((token.lemma, pos))
    if entries is None:
        return
    found = [e for e in entries if entry_holds(e, sentence, i, heads)]
    if any(e.type == "none" for e in found):
        return
    yield from sorted(found, key=lambda e: (-len([c for c in e.conditions if not c.negated]), e.rank))


def guarded(sentence: Sentence, i: int, heads: dict[int, Mention]) -> bool:
    """Whether a guard of the table says that token `i` tells no event: a statement that is released, a target that is met."""
    lemma = sentence.tokens[i].lemma
    return any(e.type == "none" and entry_holds(e, sentence, i, heads) for pos in "vna" for e in load_triggers().get((lemma, pos), ()))


def candidates(sentence: Sentence, heads: dict[int, Mention]) -> list[Candidate]:
    """All event candidates of a parsed sentence; `heads` maps token indexes to the mention that they head."""
    finder = RoleFinder(sentence, heads)
    out: list[Candidate] = []
    used: set[int] = set()
    told = trigger_words()
    order = sorted((i for i, t in enumerate(sentence.tokens) if t.lemma in told), key=lambda i: (sentence.tokens[i].upos != "VERB", i))
    for i in order:
        if i in used:
            continue
        for entry in entries_at(sentence, i, heads):
            made = fill(entry, sentence, i, finder)
            if made:
                out.append(made)
                used.update(_consumed(entry, sentence, i))
                break
    return sorted((c for c in out if not _suppressed(c, sentence, out)), key=lambda c: c.token)


def _consumed(entry: Trigger, sentence: Sentence, i: int) -> set[int]:
    """Object nouns that a verb entry names in its conditions are part of it and tell no second event."""
    named = frozenset().union(*(c.values for c in entry.conditions if c.test in ("obj", "noun") and not c.negated))
    if not named or entry.pos != "v":
        return set()
    tokens = sentence.tokens
    near = [*objects(sentence, i), *children(sentence)[i]]
    near += [g for k in near for g in children(sentence)[k]]
    return {k for k in near if tokens[k].lemma in named}


def fill(entry: Trigger, sentence: Sentence, i: int, finder: RoleFinder) -> Candidate | None:
    """The candidate that an entry makes of token `i`, with actors and recipients from its places; None where nobody stands there."""
    tests = {c.test for c in entry.conditions}
    if tests & {"joint_exercise", "own_exercise"}:
        return _exercise(entry, sentence, i, finder, "joint_exercise" in tests)
    actors, depth, place = _first(entry.actor, i, finder)
    recipients, depth2, _ = _first(entry.recipient, i, finder, apart=actors, blaming=entry.type == "ACCUSE")
    if place == "between" or (
        not recipients and (entry.type in RECIPROCAL | {"CONCEDE", "ASSAULT"} or "subj2" in entry.recipient) and len(actors) > 1
    ):
        actors, recipients = _split(actors, recipients)
    elif not actors and entry.type in RECIPROCAL and len(recipients) > 1:
        actors, recipients = recipients[:1], recipients[1:]
    recipients = tuple(r for r in recipients if key_of(r) not in {key_of(a) for a in actors})
    if not recipients:
        recipients = tuple(r for r in _prompter(sentence, i, finder) if key_of(r) not in {key_of(a) for a in actors})
    if not actors or (not recipients and (requires_recipient(entry.type) or "recipient!" in tests)):
        return None
    pointing = any(sentence.tokens[k].lemma in EVENT_NOUNS for k in objects(sentence, i)) if entry.pos == "v" else False
    if not recipients and not pointing and (entry.type in VERBAL or not any(a.code for a in actors)) and entry.type != "PROTEST":
        return None
    status = status_of(sentence, i, carriers(sentence, i, light_verbs()))
    return Candidate(
        entry=entry, sentence=sentence.index, token=i, actors=actors, recipients=recipients, status=status, depth=depth + depth2
    )


def _prompter(sentence: Sentence, i: int, finder: RoleFinder) -> tuple[Actor, ...]:
    """'A forced B to scramble jets', 'prompting B to protest': what B does is at A."""
    tokens = sentence.tokens
    head = tokens[i].head
    if head >= 0 and tokens[i].rel in ("xcomp", "ccomp", "advcl") and tokens[head].lemma in PROMPTING:
        return finder.find("subj", head)[0]
    return ()


def _first(
    places: tuple[str, ...], i: int, finder: RoleFinder, *, apart: tuple[Actor, ...] = (), blaming: bool = False
) -> tuple[tuple[Actor, ...], int, str]:
    finder.skip = frozenset(key_of(a) for a in apart)
    finder.blaming = blaming
    try:
        for place in places:
            found, depth = finder.find(place, i)
            if found:
                return found, depth, place
    finally:
        finder.skip = frozenset()
        finder.blaming = False
    return (), 0, ""


def _split(actors: tuple[Actor, ...], recipients: tuple[Actor, ...]) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    if recipients:
        return actors, recipients
    return actors[:1], actors[1:]


def _exercise(entry: Trigger, sentence: Sentence, i: int, finder: RoleFinder, joint: bool) -> Candidate | None:
    """Exercises told by a noun; the register of exercises adds those told by name."""
    noun = i if sentence.tokens[i].upos == "NOUN" else next(iter(objects(sentence, i)), i)
    if not exercise_noun(sentence, noun) and joint:
        return None
    actors, depth, _ = _first(entry.actor, i, finder)
    recipients, depth2, _ = _first(entry.recipient, i, finder, apart=actors)
    is_together = is_joint(sentence, noun, len(actors))
    if joint != is_together:
        return None
    if joint and not recipients:
        actors, recipients = _split(actors, recipients)
    if not actors or (joint and not recipients):
        return None
    status = status_of(sentence, i, carriers(sentence, i, light_verbs()))
    return Candidate(
        entry=entry, sentence=sentence.index, token=i, actors=actors, recipients=recipients, status=status, depth=depth + depth2
    )


def _suppressed(c: Candidate, sentence: Sentence, others: list[Candidate]) -> bool:
    """Candidates that a careful coder strikes out.

    What somebody is asked, warned or wished to do is no event of its own; neither is what is agreed or promised, unless
    material; nor a noun under a verb that tells the same type between the same parties.
    """
    tokens = sentence.tokens
    if c.status == "hypothetical" or part_of_another(c, sentence, others):
        return True
    governor = tokens[c.token].head
    return (
        c.status == "planned"
        and governor >= 0
        and tokens[governor].lemma in PLANNING - {"plan", "prepare", "announce"}
        and c.entry.type not in _MATERIAL
    )


def part_of_another(c: Candidate, sentence: Sentence, others: list[Candidate]) -> bool:
    """What is asked, threatened, promised, refused or given up, and what stands under a word that tells the same type of the same party as surely."""
    above = ancestors(sentence, c.token)
    for o in others:
        if o is c or o.token not in above:
            continue
        if o.entry.type in ("REQUEST", "THREATEN", "AGREE") and _complement(sentence, c.token, o.token):
            return True
        if o.entry.type in _HOLDING and sentence.tokens[c.token].upos == "NOUN":
            return True
        if o.entry.type == c.entry.type and _same_parties(o, c) and o.score >= c.score:
            return True
    return False


def _complement(sentence: Sentence, i: int, above: int) -> bool:
    """'urged them to leave', 'agreed to send': on the way up there is a clause without a subject of its own; a clause that has one may tell what happened."""
    k = i
    while k != above and k >= 0:
        if sentence.tokens[k].rel == "xcomp":
            return True
        k = sentence.tokens[k].head
    return False


def _same_parties(a: Candidate, b: Candidate) -> bool:
    def keys(c: Candidate) -> set[str | None]:
        return {x.code or x.name for x in (*c.actors, *c.recipients)}

    return bool(keys(a) & keys(b))
