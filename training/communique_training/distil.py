"""Learning from the large encoder's scores (`soft.py`) beside or instead of labels: targets as tensors, and the losses.

Each loss is the cross-entropy against the large encoder's probabilities, weighed as that against labels is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .events_data import ROLES, EventExample
from .model import EVENT_HEADS, Parser

HEAD_WEIGHTS = {"actor": 1.0, "trigger": 2.0, "status": 0.6, "mode": 0.4, "sector": 0.4, "content": 0.5}
ROLE_WEIGHT = 2.0
OF_TRIGGERS = ("status", "mode")
"""Heads that mean something only on words that may be triggers; `sector` only on words of actors."""

Pair = tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]


class Targets:
    """The large encoder's scores by sentence and by marked pair. `bare` are the sentences that `known` does not hold."""

    def __init__(self, paths: Sequence[Path], known: Sequence[EventExample]) -> None:
        rows = [r for p in paths for r in torch.load(p, map_location="cpu", weights_only=False)]
        own = {tuple(x.words) for x in known}
        self.by_words = {tuple(r["words"]): r for r in rows}
        self.bare = [r["words"] for key, r in self.by_words.items() if key not in own]
        self.pairs: dict[Pair, np.ndarray] = {}
        for r in rows:
            for p, q, scores in r["marked"]:
                self.pairs[(tuple(r["words"]), tuple(p), tuple(q))] = scores
        self.bare_pairs = [pair for pair in self.pairs if pair[0] not in own]

    def of(self, sentences: Sequence[Sequence[str]], width: int) -> tuple[float, dict[str, torch.Tensor]]:
        """The share of the sentences that the large encoder has read, and its probabilities: [sentences, width, labels] by head,
        of roles [sentences, width, width, roles]; `width` counts the root."""
        rows = [self.by_words.get(tuple(s)) for s in sentences]
        known = [r for r in rows if r]
        if not known:
            return 0.0, {}
        out: dict[str, torch.Tensor] = {}
        for name in EVENT_HEADS:
            target = torch.zeros(len(rows), width, known[0]["heads"][name].shape[-1])
            for b, r in enumerate(rows):
                if r:
                    target[b, 1 : len(r["words"]) + 1] = torch.from_numpy(r["heads"][name].astype(np.float32)).softmax(-1)
            out[name] = target
        out["roles"] = torch.zeros(len(rows), width, width, len(ROLES))
        for b, r in enumerate(rows):
            for i, scores in r["roles"] if r else ():
                out["roles"][b, i + 1, 1 : len(scores) + 1] = torch.from_numpy(scores.astype(np.float32)).softmax(-1)
        return len(known) / len(rows), out


def against(
    logits: torch.Tensor, target: torch.Tensor, counts: torch.Tensor | None = None, classes: torch.Tensor | None = None
) -> torch.Tensor:
    """Cross-entropy against probabilities: the mean over words whose target is not empty, each weighed by `counts` and by its classes."""
    weighed = target if classes is None else target * classes
    if counts is not None:
        weighed = weighed * counts.unsqueeze(-1)
    return -(weighed * logits.float().log_softmax(-1)).sum() / weighed.sum().clamp(min=1.0)


def soft_loss(model: Parser, words: torch.Tensor, targets: dict[str, torch.Tensor], weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """Of all event heads for the hidden states `words`."""
    total = words.sum() * 0
    if not targets:
        return total
    # the last label is the cue of a statement, which has neither status nor mode
    event, actor = targets["trigger"][..., 1:-1].sum(-1), targets["actor"][..., 1:].sum(-1)
    for name, weight in HEAD_WEIGHTS.items():
        counts = event if name in OF_TRIGGERS else actor if name == "sector" else None
        total = total + weight * against(model.heads[name](words), targets[name], counts, weights.get(name))
    if targets["roles"].any():
        total = total + ROLE_WEIGHT * against(model.roles(words), targets["roles"])
    return total


def soft_marked(model: Parser, words: torch.Tensor, marks: torch.Tensor, scores: list[np.ndarray]) -> torch.Tensor:
    """Of marked pairs, a row each."""
    target = torch.from_numpy(np.stack(scores).astype(np.float32)).softmax(-1)
    return F.cross_entropy(model.marked_type(words, marks).float(), target)
