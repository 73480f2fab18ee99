"""Rules and encoder decide together: their candidates are paired, and a learnt, calibrated combination scores each.

The weights come from the tune part of our own corpus (`training/communique_training/calibrate.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from communique.encoder.bundle import bundle_folder, load_bundle
from communique.extract.binding import tree_distance
from communique.extract.candidates import Candidate
from communique.extract.learnt import type_scores
from communique.extract.roles import key_of
from communique.text.grammar import is_passive
from communique.text.tree import ancestors, children, descendants, words_in
from communique.types import Actor, Quality, Sentence

FEATURES = (
    "bias", "rule", "encoder", "both", "type_logit", "event_logit", "roles", "recipient", "depth", "agreement", "possible", "noun",
    "actor_distance", "recipient_distance", "other_subject", "several", "named",
)  # fmt: skip
LEAST_OF_ENTRIES = {"rules": 0.12, "both": 0.17}
"""An event that an entry of the trigger table tells, alone or with the encoder, is filed from this score on: who writes an entry wants it to count."""
SURE_ROLES = 0.5
"""Below this mean probability of the encoder's roles the parties that the tree names stand, where an entry of the table tells the same event."""
FAR = 6
"""Distances in the tree are counted up to here."""
CODERS = ("both", "rules", "encoder")


def features(c: Candidate, sentence: Sentence, agreement: float) -> list[float]:
    """What the combination sees of a candidate, in the order of `FEATURES`."""
    scores = type_scores(c.reading) if c.reading else {}
    kind, event = scores.get(c.entry.type, 0.0), sum(scores.values())
    return [
        1.0,
        float(c.coder == "rules"),
        float(c.coder == "encoder"),
        float(c.coder == "both"),
        _logit(kind),
        _logit(event),
        c.role_score,
        float(bool(c.recipients)),
        float(min(c.depth, 3)),
        agreement,
        float(c.status in ("hypothetical", "denied")),
        float(sentence.tokens[c.token].upos in ("NOUN", "PROPN")),
        _distance(c.actors, c, sentence),
        _distance(c.recipients, c, sentence),
        float(_other_subject(c, sentence)),
        float(len(c.actors) + len(c.recipients) > 3),
        float(any(a.code for a in c.actors)),
    ]


def _tokens(actors: Sequence[Actor], sentence: Sentence) -> list[int]:
    return sorted({k for a in actors if a.span for k in words_in(sentence, a.span)})


def _distance(actors: Sequence[Actor], c: Candidate, sentence: Sentence) -> float:
    """Steps in the tree from the trigger to the nearest of some parties, as a share of `FAR`; 1 where there is none."""
    steps = [tree_distance(sentence, c.token, k) for k in _tokens(actors, sentence)]
    return min(min(steps, default=FAR), FAR) / FAR


def _other_subject(c: Candidate, sentence: Sentence) -> bool:
    """The trigger has a subject of its own, and none of the actors stands in it: an earthquake kills, not the sender of help."""
    if sentence.tokens[c.token].upos != "VERB":
        return False
    acting = set(_tokens(c.recipients if is_passive(sentence, c.token) else c.actors, sentence))
    found = [k for k in children(sentence)[c.token] if sentence.tokens[k].rel in ("nsubj", "nsubj:pass")]
    return any(not acting & set(descendants(sentence, k)) for k in found)


def _logit(p: float) -> float:
    p = min(max(p, 0.02), 0.98)
    return math.log(p / (1 - p))


@lru_cache(maxsize=2)
def calibration(quality: Quality = "fast") -> dict[str, dict[str, list[float] | float]]:
    """The `calibration.json` of an encoder's bundle: weights and threshold by coder."""
    bundle = load_bundle() if quality == "fast" else load_bundle(bundle_folder(quality))
    return json.loads((bundle.model.parent / "calibration.json").read_text(encoding="utf-8"))


def weights(quality: Quality = "fast") -> dict[str, list[float]]:
    """Weights of the combination for each coder, for sentences that an encoder has read."""
    return calibration(quality)["weights"]  # type: ignore[return-value]


def threshold(coder: str, quality: Quality = "fast") -> float:
    """The least score that is filed where the user names none: the best F1 on the tune part."""
    return float(calibration(quality)["threshold"][coder])  # type: ignore[arg-type]


def _score(x: Sequence[float], weight: Sequence[float]) -> float:
    z = sum(a * b for a, b in zip(x, weight))
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, z)))), 4)


def decide(rules: list[Candidate], learnt: list[Candidate], sentence: Sentence, coder: str = "both") -> list[Candidate]:
    """The sentence's candidates, each event once, with calibrated scores, in text order."""
    out, weight = [], weights(sentence.reading.quality if sentence.reading else "fast")[coder]
    for options in alternatives(rules, learnt, sentence, coder):
        scored = [replace(c, score=_score(x, weight)) for c, x in options]
        out.append(max(scored, key=lambda c: c.score))
    return sorted(out, key=lambda c: c.token)


Option = tuple[Candidate, list[float]]


def alternatives(rules: list[Candidate], learnt: list[Candidate], sentence: Sentence, coder: str = "both") -> list[list[Option]]:
    """For each word that tells an event what it may be, with features: one option, or two where rules and encoder differ on the type."""
    rules, free = ([] if coder == "encoder" else rules), ([] if coder == "rules" else list(learnt))
    out: list[list[Option]] = []
    for r in rules:
        twin = next((x for x in free if x.token == r.token), None) or next(
            (x for x in free if x.entry.type == r.entry.type and _close(sentence, x.token, r.token) and _share(x, r)), None
        )
        if twin is not None:
            free.remove(twin)
        out.append([(c, features(c, sentence, agreement)) for c, agreement in _options(r, twin, sentence)])
    out += [[(x, features(x, sentence, 0.0))] for x in free]
    return out


def _options(rule: Candidate, twin: Candidate | None, sentence: Sentence) -> list[tuple[Candidate, float]]:
    """Candidates with the share of parties on which rules and encoder agree."""
    if twin is None:
        read = next((t for t in sentence.reading.triggers if t.token == rule.token), None) if sentence.reading else None
        return [(replace(rule, reading=read), 0.0)]
    agreement = _overlap(rule.actors, twin.actors) * 0.5 + _overlap(rule.recipients, twin.recipients) * 0.5
    if rule.entry.type != twin.entry.type:
        return [(replace(rule, reading=twin.reading), agreement), (twin, agreement)]
    if twin.role_score < SURE_ROLES:
        return [(replace(rule, reading=twin.reading), agreement)]
    # what is denied or refused often holds the only names there are, and they are told nothing
    recipients = twin.recipients or (rule.recipients if twin.entry.type != "REJECT" else ())
    both = replace(
        twin,
        entry=replace(rule.entry, mode=rule.entry.mode or twin.entry.mode),
        recipients=tuple(x for x in recipients if key_of(x) not in {key_of(a) for a in twin.actors}),
        depth=rule.depth,
        coder="both",
    )
    return [(both, agreement)]


def _close(sentence: Sentence, a: int, b: int) -> bool:
    return b in ancestors(sentence, a)[:2] or a in ancestors(sentence, b)[:2]


def _share(a: Candidate, b: Candidate) -> bool:
    return _overlap((*a.actors, *a.recipients), (*b.actors, *b.recipients)) > 0


def _overlap(a: Sequence[Actor], b: Sequence[Actor]) -> float:
    """Share of parties in common, by country, body or name; 1 where both are empty."""
    x, y = ({q.code or q.name.casefold() for q in side} for side in (a, b))
    return len(x & y) / len(x | y) if x | y else 1.0
