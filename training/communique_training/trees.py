"""Trees for sentences that have none: what the weights that training starts from read there, so that learning events does not unlearn parsing.

A sentence of an openly licensed treebank keeps its own tree. Everything else gets the starting weights' scores, which the
loss holds the new weights to (Li and Hoiem 2017, "Learning without forgetting").
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import torch

from .batches import Batcher
from .data import Example
from .distil import against
from .model import Parser

TAGS = {"upos": 0.3, "xpos": 0.3, "ner": 0.5}
"""Weight of each head beside arcs and relations, which weigh 1, as in the loss of the treebanks."""

Row = dict[str, np.ndarray]


class Trees:
    """Scores by sentence: `arcs` [words, words + 1], `heads` [words], and [words, labels] of relations, upos, xpos and ner."""

    def __init__(self, model: Parser, batcher: Batcher, sentences: Sequence[list[str]], known: Sequence[Example], precision: str) -> None:
        self.rows: dict[tuple[str, ...], Row] = {}
        self._read(model.eval(), batcher, sentences, precision)
        for example in known:
            row = self.rows.get(tuple(example.words))
            if row and example.heads:
                row.update(_labels(example, batcher, row))

    @torch.no_grad()
    def _read(self, model: Parser, batcher: Batcher, sentences: Sequence[list[str]], precision: str) -> None:
        distinct = list({tuple(w): w for w in sentences}.values())
        start = time.time()
        for group in batcher.grouped(distinct, batcher.length, 3000, shuffle=False):
            b = batcher.inputs([(w, {}) for w in group], False)
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                words = model.encode(*(b[n] for n in ("ids", "mask", "shapes", "first", "marks")))
                arcs = model.arcs(words, b["word_mask"]).float()
                heads = arcs.argmax(-1)
                scores = {"relations": model.relations(words, heads)} | {n: getattr(model, n)(words) for n in TAGS}
            spread = {n: v.float().softmax(-1) for n, v in scores.items()} | {"arcs": arcs.softmax(-1)}
            for k, w in enumerate(group):
                n = len(w) + 1
                row = {name: v[k, 1:n].half().numpy() for name, v in spread.items()}
                self.rows[tuple(w)] = row | {"arcs": row["arcs"][:, :n], "heads": heads[k, 1:n].numpy().astype(np.int16)}
        print(f"trees of {len(distinct)} sentences in {time.time() - start:.0f}s", flush=True)

    def loss(self, model: Parser, batch: dict[str, torch.Tensor], words: torch.Tensor, sentences: Sequence[Sequence[str]]) -> torch.Tensor:
        """Of the hidden states `words` of sentences that were all read before."""
        rows, width = [self.rows[tuple(s)] for s in sentences], words.shape[1]
        heads = torch.zeros(len(rows), width, dtype=torch.long)
        for k, row in enumerate(rows):
            heads[k, 1 : len(row["heads"]) + 1] = torch.from_numpy(row["heads"].astype(np.int64))
        total = against(model.arcs(words, batch["word_mask"]), _padded(rows, "arcs", width, width))
        total = total + against(model.relations(words, heads), _padded(rows, "relations", width))
        for name, weight in TAGS.items():
            total = total + weight * against(getattr(model, name)(words), _padded(rows, name, width))
        return total


def _labels(example: Example, batcher: Batcher, row: Row) -> Row:
    """A treebank's own tree in the form of scores; layers that the treebank lacks stay out."""
    assert example.heads and example.rels
    heads = np.array(example.heads, dtype=np.int16)
    out = {"heads": heads, "arcs": np.eye(len(heads) + 1, dtype=np.float16)[heads]}
    for name, values in (("relations", example.rels), ("upos", example.upos), ("xpos", example.xpos), ("ner", example.ner)):
        if values:
            index = batcher.labels.index[name]
            out[name] = np.eye(row[name].shape[1], dtype=np.float16)[[index[v] for v in values]]
    return out


def _padded(rows: Sequence[Row], name: str, width: int, labels: int = 0) -> torch.Tensor:
    out = torch.zeros(len(rows), width, labels or rows[0][name].shape[1])
    for k, row in enumerate(rows):
        n, m = row[name].shape
        out[k, 1 : n + 1, :m] = torch.from_numpy(row[name].astype(np.float32))
    return out
