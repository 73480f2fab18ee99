"""What the encoder sees as event candidates: a trigger with its type, mode and status, and who plays which role."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from communique.encoder.bundle import load_bundle
from communique.extract.candidates import RECIPROCAL, Candidate
from communique.extract.roles import key_of
from communique.extract.violence import is_agentless, met_by_violence, victims_of
from communique.lexicon.codebook import requires_recipient
from communique.lexicon.triggers import Trigger
from communique.text.grammar import WHERE, case_of
from communique.text.tree import children, conjuncts, descendants, top_of, words_in
from communique.types import UNNAMED, Actor, Attribution, Mention, Sentence, TriggerReading

LEAST_ROLE = 0.3
"""A mention plays a role from this mean probability of its words on: how sure that is tells the calibrated score."""
LEAST_FURTHER = 0.6
"""And beside a likelier party of its side from this one on: who is merely named near is no party."""
LEAST_STANCE = 0.4
"""The same for who asserts, alleges, denies or doubts an event."""
WISHES = frozenset("want hope wish seek plan intend aim desire aspire".split())
SETTINGS = frozenset("despite amid over without pending notwithstanding like unlike".split())
SUFFERED = frozenset(("ASSAULT", "COERCE", "SANCTION"))
"""Types that are filed where a passive does not say who acted."""
_WITHIN = frozenset(("nmod:poss", "compound", "amod"))
STANCES = ("asserts", "alleges", "denies", "doubts")


@lru_cache(maxsize=1)
def role_index() -> dict[str, int]:
    """Place of each role in `TriggerReading.roles`."""
    return {name: k for k, name in enumerate(load_bundle().roles)}


def chance(reading: TriggerReading, words: Sequence[int], role: str) -> float:
    """Mean probability that the words play a role; 0 without words."""
    if not words:
        return 0.0
    column = reading.roles[:, role_index()[role]]
    # as `mean` reckons it, without what `mean` looks at first: this is asked ten times a sentence
    total = np.add.reduce(column[words.start : words.stop] if isinstance(words, range) else column[words])
    return float(total / np.float32(len(words)))


def type_scores(reading: TriggerReading) -> dict[str, float]:
    """Probability of each event type at this word."""
    return {name: reading.scores[k] for k, name in _types()}


@lru_cache(maxsize=1)
def _types() -> tuple[tuple[int, str], ...]:
    """Place of each event type in `TriggerReading.scores`."""
    return tuple((k, name) for k, name in enumerate(load_bundle().triggers) if name not in ("-", "cue"))


def learnt(sentence: Sentence, heads: dict[int, Mention]) -> list[Candidate]:
    """One candidate for each word at which an event type is likely and somebody acts or is acted upon."""
    if sentence.reading is None:
        return []
    parties = [(words_in(sentence, m.span), m) for m in dict.fromkeys(heads.values())]
    out = []
    for r in sentence.reading.triggers:
        scores = type_scores(r)
        kind = max(scores, key=lambda t: scores[t])
        if scores[kind] < r.scores[0] * 0.3 or (kind == "REQUEST" and _own_wish(sentence, r.token)):
            continue
        made = _candidate(sentence, r, kind, sum(scores.values()), parties)
        if made:
            out.append(made)
    return out


def _mere_setting(sentence: Sentence, i: int, chosen: list[range]) -> bool:
    """'despite international condemnation': a noun in a setting, with none of those who would play a role inside its phrase."""
    if sentence.tokens[i].upos != "NOUN" or case_of(sentence, i) not in SETTINGS:
        return False
    below = set(descendants(sentence, i))
    return not any(below & set(words) for words in chosen)


Chosen = tuple[range, Mention, float, float]
"""A mention that plays a role: its words, itself, its chances to act and to be met."""


def _part_of(sentence: Sentence, one: Chosen, other: Chosen) -> bool:
    """'[[Kuwaiti] oil tankers]', '[its] [forces]': a name inside another party's, or its genitive, is no party beside it.

    On the other side it stays where it is of another country: '[Greek troops in [Albania]]'.
    """
    words, inner, a, b = one
    around, outer, c, d = other
    if not words or words == around:
        return False
    top = top_of(sentence, words)
    owns = sentence.tokens[top].rel in _WITHIN and sentence.tokens[top].head in around and top not in around
    if _explains(sentence, one, other) or (sentence.tokens[top].head in around and _is_home(sentence, top, inner, outer)):
        return True
    if not owns and not set(words) < set(around):
        return False
    homes = {x.country for x in inner.actors if x.country}
    return (a >= b) == (c >= d) or homes <= {x.country for x in outer.actors}


def _is_home(sentence: Sentence, i: int, inner: Mention, outer: Mention) -> bool:
    """Where another party is, 'lawyers in [Quito]': a town in its phrase, or what is of its own country."""
    if sentence.tokens[i].rel != "nmod" or not case_of(sentence, i):
        return False
    homes = {a.country for a in inner.actors}
    return (inner.entry or "").startswith("place:") or (
        case_of(sentence, i) in WHERE | {"from"} and homes <= {a.country for a in outer.actors}
    )


def _explains(sentence: Sentence, one: Chosen, other: Chosen) -> bool:
    """'[the boy's father], [Juan Perez]', '[Ana Ruiz], [a lawyer]': of two that stand in apposition the one that names nobody is no second party."""
    tokens = sentence.tokens
    for a, b in ((one, other), (other, one)):
        top = top_of(sentence, a[0])
        if top >= 0 and tokens[top].rel == "appos" and tokens[top].head in b[0]:
            return _named(sentence, other) > _named(sentence, one) or (_named(sentence, other) == _named(sentence, one) and a is one)
    return False


def _named(sentence: Sentence, x: Chosen) -> int:
    return sum(sentence.tokens[k].upos == "PROPN" for k in x[0]) + any(a.organization for a in x[1].actors)


def _surest(chosen: list[Chosen]) -> list[Chosen]:
    """The likeliest of each side, and who is likely beside it."""
    acting = max((a for _, _, a, b in chosen if a >= b), default=0.0)
    met = max((b for _, _, a, b in chosen if b > a), default=0.0)
    return [x for x in chosen if max(x[2], x[3]) >= min(LEAST_FURTHER, acting if x[2] >= x[3] else met)]


def _own_wish(sentence: Sentence, i: int) -> bool:
    """'wants to deepen ties': what somebody wishes to do himself is asked of nobody."""
    rels = {sentence.tokens[k].rel for k in children(sentence)[i]}
    return sentence.tokens[i].lemma in WISHES and "xcomp" in rels and not rels & {"obj", "iobj"}


def _candidate(sentence: Sentence, r: TriggerReading, kind: str, likely: float, parties: list[tuple[range, Mention]]) -> Candidate | None:
    actors: list[tuple[float, Actor]] = []
    recipients: list[tuple[float, Actor]] = []
    chances = [(chance(r, words, "actor"), chance(r, words, "recipient")) for words, _ in parties]
    if kind not in RECIPROCAL:
        chances = _coordinated(sentence, [m for _, m in parties], chances)
    if kind == "ASSAULT":
        chances = met_by_violence(sentence, r.token, parties, chances)
    chosen = [(words, m, a, b) for (words, m), (a, b) in zip(parties, chances) if max(a, b) >= LEAST_ROLE]
    if _mere_setting(sentence, r.token, [words for words, *_ in chosen]):
        return None
    apart = [x for x in chosen if r.token not in x[0] and not any(_part_of(sentence, x, other) for other in chosen)]
    if kind == "ACCUSE":
        victims = victims_of(sentence, r.token, [x[:2] for x in apart])
        apart = [x for x in apart if x[1] not in victims]
    for _, mention, a, b in _surest(apart):
        (actors if a >= b else recipients).extend((max(a, b), x) for x in mention.actors)
    acting, met = _unique([x for _, x in actors]), _unique([x for _, x in recipients])
    met = tuple(x for x in met if key_of(x) not in {key_of(y) for y in acting})
    if not met and kind in RECIPROCAL | {"ASSAULT", "CONCEDE"} and len(acting) > 1:
        acting, met = acting[:1], acting[1:]
    elif not acting and kind in RECIPROCAL and len(met) > 1:
        acting, met = met[:1], met[1:]
    if met and not acting and kind in SUFFERED and is_agentless(sentence, r.token):
        acting = (UNNAMED,)
    if not acting or (not met and requires_recipient(kind)):
        return None
    sure = [p for p, _ in (*actors, *recipients)]
    token = sentence.tokens[r.token]
    entry = Trigger(
        id=f"encoder:{kind}",
        type=kind,
        mode=r.mode,
        contexts=(),
        cameo=None,
        pos="",
        word=token.lemma,
        actor=(),
        recipient=(),
        conditions=(),
        rank=0,
    )
    return Candidate(
        entry=entry,
        sentence=sentence.index,
        token=r.token,
        actors=acting,
        recipients=met,
        status=r.status,  # type: ignore[arg-type]
        depth=0,
        reading=r,
        likely=likely,
        role_score=sum(sure) / len(sure),
        coder="encoder",
    )


def _coordinated(sentence: Sentence, mentions: list[Mention], chances: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is coordinated acts together, or is met together: the chances of a chain of mentions are their means."""
    at = {m.head: k for k, m in enumerate(mentions)}
    out = list(chances)
    for m in mentions:
        chain = [at[k] for k in conjuncts(sentence, m.head) if k in at]
        if len(chain) > 1 and sentence.tokens[m.head].rel != "conj":
            a, b = (sum(chances[k][side] for k in chain) / len(chain) for side in (0, 1))
            for k in chain:
                out[k] = (a, b)
    return out


def _unique(actors: list[Actor]) -> tuple[Actor, ...]:
    seen: dict[tuple[str | None, ...], Actor] = {}
    for a in actors:
        seen.setdefault(key_of(a), a)
    return tuple(seen.values())


def learnt_attribution(sentence: Sentence, reading: TriggerReading, heads: dict[int, Mention]) -> Attribution | None:
    """The mention that most likely asserts, alleges, denies or doubts the event."""
    best: tuple[float, str, Mention] | None = None
    if reading.roles[:, [role_index()[s] for s in STANCES]].max() < LEAST_STANCE:
        return None  # as nearly always
    for m in dict.fromkeys(heads.values()):
        words = words_in(sentence, m.span)
        for stance in STANCES:
            p = chance(reading, words, stance)
            if p >= LEAST_STANCE and (best is None or p > best[0]):
                best = (p, stance, m)
    if best is None:
        return None
    return Attribution(speaker=best[2].actors[0] if best[2].actors else None, stance=best[1], span=best[2].span)  # type: ignore[arg-type]
