"""Bind what stands around a trigger to its event: the date, the places, who says so."""

from __future__ import annotations

from communique.extract.status import DENYING
from communique.text.tree import ancestors, children, descendants
from communique.types import Actor, Analysis, Attribution, Interval, Mention, Place, Sentence

SAYING = frozenset(
    "say tell add announce report state claim declare note confirm acknowledge insist maintain assert allege warn explain argue "
    "stress reveal disclose suggest indicate believe accuse deny write post tweet assure quote cite".split()
)
_ALLEGING = frozenset("claim allege accuse suggest believe".split())


def token_at(sentence: Sentence, offset: int) -> int | None:
    for k, t in enumerate(sentence.tokens):
        if t.start <= offset < t.end:
            return k
    return None


def tree_distance(sentence: Sentence, a: int, b: int) -> int:
    """Steps between two tokens in the tree."""
    up_a, up_b = [a, *ancestors(sentence, a)], [b, *ancestors(sentence, b)]
    for d, k in enumerate(up_a):
        if k in up_b:
            return d + up_b.index(k)
    return 99


def bind_date(sentence: Sentence, i: int, analysis: Analysis) -> Interval:
    """The time nearest to the trigger in the tree, not one that dates the saying; else publication with that basis."""
    inside = [t for t in analysis.times if t.span and sentence.start <= t.span[0] < sentence.end and t.start]
    below = set(descendants(sentence, i))
    sayers = [k for k in ancestors(sentence, i) if sentence.tokens[k].lemma in SAYING]
    best: tuple[int, Interval] | None = None
    for t in inside:
        k = token_at(sentence, t.span[0]) if t.span else None
        if k is None:
            continue
        d = tree_distance(sentence, i, k) + (0 if k in below else 2)
        if any(tree_distance(sentence, s, k) < tree_distance(sentence, i, k) for s in sayers):
            continue
        if d <= 7 and (best is None or d < best[0]):
            best = (d, t)
    if best:
        return best[1]
    published = analysis.document.published
    if published:
        day = published[:10]
        return Interval(value=day, start=day, end=day, precision="day", basis="publication")
    return Interval(value=None, start=None, end=None, precision=None, basis=None)


def bind_places(sentence: Sentence, i: int, analysis: Analysis) -> tuple[Place, ...]:
    """Places in the trigger's clause that are no metonyms, nearest first."""
    out = []
    for p in analysis.places:
        if p.span and not p.metonym and sentence.start <= p.span[0] < sentence.end:
            k = token_at(sentence, p.span[0])
            if (
                k is not None
                and tree_distance(sentence, i, k) <= 4
                and sentence.tokens[k].rel in ("obl", "nmod", "conj", "appos", "obj", "flat", "nmod:tmod")
            ):
                out.append((tree_distance(sentence, i, k), p))
    return tuple(p for _, p in sorted(out, key=lambda x: x[0]))


def attribution_of(sentence: Sentence, i: int, heads: dict[int, Mention], actors: tuple[Actor, ...]) -> Attribution | None:
    """Who asserts, alleges or denies the event: the speech verb above the trigger, or 'according to'."""
    tokens = sentence.tokens
    for k in ancestors(sentence, i):
        if tokens[k].lemma in SAYING | DENYING and k != i:
            for s in children(sentence)[k]:
                if tokens[s].rel == "nsubj" and s != i:
                    mention = heads.get(s)
                    stance = "denies" if tokens[k].lemma in DENYING else "alleges" if tokens[k].lemma in _ALLEGING else "asserts"
                    return Attribution(
                        speaker=mention.actors[0] if mention and mention.actors else None,
                        stance=stance,
                        span=(tokens[s].start, tokens[k].end) if s < k else (tokens[k].start, tokens[s].end),
                    )
    for k, t in enumerate(tokens[:-1]):
        if t.lemma == "accord" and tokens[k + 1].lemma == "to":
            target = t.head if t.rel == "case" else next(iter(children(sentence)[k]), None)
            mention = heads.get(target) if target is not None and target >= 0 else None
            return Attribution(
                speaker=mention.actors[0] if mention and mention.actors else None, stance="asserts", span=(t.start, tokens[k + 1].end)
            )
    return None
