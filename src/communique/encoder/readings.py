"""The event heads' numbers to a `Reading`: actor spans, triggers with their roles, the words of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from communique.encoder.bundle import Bundle
from communique.types import Reading, TriggerReading

READ = ("actor", "trigger", "status", "mode", "sector", "content", "roles")
"""Outputs of the ONNX file that a reading is made from; the last has a row for each word that may be a trigger, the others for each word."""
SURE_MODE = 0.7
"""A mode is told from this probability among its type's modes on: it stands only where the words say it."""
LEAST = 0.15
"""A word counts as a trigger or a cue from this probability on; what decides is the calibrated score."""

SURE_TRIGGER, SURE_ROLE = 0.9, 0.6
"""A reading is sure where each of its triggers is told with this probability, and each word's role for it."""


def unsure(reading: Reading) -> bool:
    """Whether a larger encoder should read the sentence again: an event or a cue is likely, what it is or who takes part is not clear."""
    return any(max(t.scores) < SURE_TRIGGER or t.roles.max(-1).min() < SURE_ROLE for t in reading.triggers)


def mean_of(small: Reading, large: Reading) -> Reading:
    """Two encoders' readings of one sentence as one: the mean of what they say of each trigger's type and roles.

    A word that only one of them takes for a trigger is none to the other. Mode and status are the large one's where it sees the trigger,
    actors and contents always.
    """
    first, second = ({t.token: t for t in r.triggers} for r in (small, large))
    triggers = []
    for token in sorted({*first, *second}):
        both = [r[token] for r in (first, second) if token in r]
        told = both[-1]
        none = (1.0, *(0.0 for _ in told.scores[1:]))
        scores = tuple((x + y) / 2 for x, y in zip(both[0].scores, told.scores if len(both) > 1 else none))
        if 1.0 - scores[0] >= LEAST:
            triggers.append(replace(told, scores=scores, roles=sum(t.roles for t in both) / np.float32(len(both))))
    return replace(large, triggers=tuple(triggers))


def softmax(x: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis, in float32."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype(np.float32, copy=False)


def spans(labels: Sequence[int], begin: int, inside: int) -> list[tuple[int, int]]:
    """(first, last) of each stretch that `begin` opens or `inside` carries on."""
    out: list[tuple[int, int]] = []
    if begin not in labels and inside not in labels:
        return out
    start: int | None = None
    for i, v in enumerate([*labels, -1]):
        if start is not None and v != inside:
            out.append((start, i - 1))
            start = None
        if v == begin or (v == inside and start is None):
            start = i
    return out


@lru_cache(maxsize=64)
def _modes_of(modes: tuple[str, ...], kind: str) -> list[int]:
    """Places of a type's modes, and of no mode."""
    return [k for k, m in enumerate(modes) if m == "-" or m.startswith(kind + ".")]


def read(bundle: Bundle, heads: Mapping[str, np.ndarray], roles_of: Mapping[int, np.ndarray], offset: int) -> Reading:
    """The reading of one stretch of words; indices are shifted by `offset`.

    `heads` has [words, labels] by name, `roles_of` probabilities [words, roles] for each word that may be a trigger.
    """
    sectors = heads["sector"].argmax(-1)
    actors = []
    for a, b in spans(heads["actor"].argmax(-1).tolist(), 1, 2):
        sector = bundle.sectors[int(np.bincount(sectors[a : b + 1]).argmax())]
        actors.append((a + offset, b + offset, None if sector == "-" else sector))
    scores = softmax(heads["trigger"])
    triggers = []
    for i in np.flatnonzero(1.0 - scores[:, 0] >= LEAST):
        kind = int(scores[i, 1:-1].argmax()) + 1
        wanted = _modes_of(bundle.modes, bundle.triggers[kind])
        likely = softmax(heads["mode"][i, wanted])
        best = int(likely.argmax())
        mode = bundle.modes[wanted[best]] if likely[best] >= SURE_MODE else "-"
        triggers.append(
            TriggerReading(
                token=int(i) + offset,
                scores=tuple(scores[i].tolist()),
                status=bundle.statuses[int(heads["status"][i].argmax())],
                mode=None if mode == "-" else mode.partition(".")[2],
                roles=roles_of[int(i)],
            )
        )
    content = heads["content"].argmax(-1).tolist()
    contents = [(a + offset, b + offset, True) for a, b in spans(content, 1, 2)] + [
        (a + offset, b + offset, False) for a, b in spans(content, 3, 4)
    ]
    return Reading(actors=tuple(actors), triggers=tuple(triggers), contents=tuple(sorted(contents)))


def joined(parts: Sequence[tuple[int, Reading]]) -> Reading | None:
    """The readings of a sentence's stretches, each with its number of words, as one; roles do not reach over a cut."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0][1]
    total = sum(n for n, _ in parts)
    triggers, at = [], 0
    for n, part in parts:
        for t in part.triggers:
            roles = np.zeros((total, t.roles.shape[1]), np.float32)
            roles[:, 0] = 1.0
            roles[at : at + n] = t.roles
            triggers.append(replace(t, roles=roles))
        at += n
    return Reading(
        actors=tuple(a for _, p in parts for a in p.actors),
        triggers=tuple(triggers),
        contents=tuple(c for _, p in parts for c in p.contents),
    )
