"""Examples to padded tensors, batched by length."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from tokenizers import Tokenizer

from .bases import MINILM, Base
from .data import NER_LABELS, Example
from .events_data import CONTENT, IGNORE, MODE_LABELS, ROLES, SECTOR_LABELS, SPAN, STATUS_LABELS, TYPES, EventExample
from .model import word_shape

MAX_PIECES = 200
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."})


@dataclass(frozen=True)
class Labels:
    """The label inventories, in the order of the heads' outputs."""

    relations: list[str]
    upos: list[str]
    xpos: list[str]
    ner: list[str]

    def sizes(self) -> dict[str, int]:
        """Outputs of each head."""
        own = {n: len(getattr(self, n)) for n in ("relations", "upos", "xpos", "ner")}
        events = {"actor": len(SPAN), "trigger": len(TYPES) + 2, "status": len(STATUS_LABELS), "mode": len(MODE_LABELS)}
        return own | events | {"sector": len(SECTOR_LABELS), "content": len(CONTENT), "roles": len(ROLES), "types": len(TYPES)}

    @staticmethod
    def events() -> dict[str, list[str]]:
        """The label inventories of the event heads, as the bundle keeps them."""
        return {
            "actor": list(SPAN), "trigger": ["-", *TYPES, "cue"], "status": list(STATUS_LABELS), "mode": list(MODE_LABELS),
            "sector": list(SECTOR_LABELS), "content": list(CONTENT), "roles": list(ROLES), "types": list(TYPES),
        }  # fmt: skip

    @classmethod
    def of(cls, examples: list[Example]) -> Labels:
        def inventory(name: str) -> list[str]:
            return sorted({v for e in examples for v in (getattr(e, name) or [])})

        return cls(relations=inventory("rels"), upos=inventory("upos"), xpos=inventory("xpos"), ner=list(NER_LABELS))

    @cached_property
    def index(self) -> dict[str, dict[str, int]]:
        return {n: {v: i for i, v in enumerate(getattr(self, n))} for n in ("relations", "upos", "xpos", "ner")}


def pad(values: list[list[int]], size: int, fill: int = 0) -> torch.Tensor:
    return torch.tensor([v + [fill] * (size - len(v)) for v in values])


class Batcher:
    """Turns examples into tensors; `augment` hides or changes capitals in one sentence in eight."""

    def __init__(self, labels: Labels, *, seed: int = 0, base: Base = MINILM) -> None:
        self.base = base
        self.tokenizer = Tokenizer.from_file(str(base.tokenizer))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.labels, self.random, self.cache = labels, random.Random(seed), {}

    def pieces(self, word: str) -> list[int]:
        if word not in self.cache:
            plain = word.translate(_PLAIN)
            self.cache[word] = self.tokenizer.encode(plain, add_special_tokens=False).ids[:12] or [self.base.unknown]
        return self.cache[word]

    def shapes(self, words: list[str], augment: bool) -> list[int]:
        shapes = [word_shape(w) for w in words]
        if augment and self.random.random() < 0.12:
            change = self.random.choice(("lower", "title", "upper"))
            for i, s in enumerate(shapes):
                if s in (1, 2, 4):
                    shapes[i] = {"lower": 1, "title": 2 if len(words[i]) > 3 or s == 2 else s, "upper": 3}[change]
        return shapes

    def batches(self, examples: list[Example], pieces: int, *, augment: bool) -> Iterator[dict[str, torch.Tensor]]:
        order = [e for e in examples if sum(len(self.pieces(w)) for w in e.words) <= MAX_PIECES]
        if augment:
            self.random.shuffle(order)
        order.sort(key=lambda e: (e.heads is None, len(e.words) + (self.random.random() * 3 if augment else 0)))
        groups, group, longest = [], [], 0
        for e in order:
            size = sum(len(self.pieces(w)) for w in e.words) + 2
            if group and (max(longest, size) * (len(group) + 1) > pieces or (e.heads is None) != (group[0].heads is None)):
                groups.append(group)
                group, longest = [], 0
            group.append(e)
            longest = max(longest, size)
        groups.append(group)
        if augment:
            self.random.shuffle(groups)
        for g in groups:
            yield self.collate(g, augment)

    def inputs(self, group: list[tuple[list[str], dict[int, int]]], augment: bool) -> dict[str, torch.Tensor]:
        """The encoder's inputs for (words, marks by word) of each sentence."""
        rows = []
        for words, marked in group:
            ids, shapes, first, marks, word_marks = [self.base.start], [0], [0], [0], [0]
            for k, (word, shape) in enumerate(zip(words, self.shapes(words, augment), strict=True)):
                first.append(len(ids))
                piece = self.pieces(word)
                ids += piece
                shapes += [shape] * len(piece)
                marks += [marked.get(k, 0)] * len(piece)
                word_marks.append(marked.get(k, 0))
            rows.append(([*ids, self.base.end], [*shapes, 0], first, [*marks, 0], word_marks))
        t, w = max(len(r[0]) for r in rows), max(len(r[2]) for r in rows)
        return {
            "ids": pad([r[0] for r in rows], t, self.base.padding),
            "mask": pad([[1] * len(r[0]) for r in rows], t),
            "shapes": pad([r[1] for r in rows], t),
            "marks": pad([r[3] for r in rows], t),
            "first": pad([r[2] for r in rows], w),
            "word_mask": pad([[1] * len(r[2]) for r in rows], w),
            "word_marks": pad([r[4] for r in rows], w),
        }

    def events(self, group: list[EventExample], augment: bool) -> dict[str, torch.Tensor]:
        """Inputs and labels of the event heads; word 0 is the root and carries no label."""
        out = self.inputs([(x.words, {}) for x in group], augment)
        w = out["first"].shape[1]
        for name in ("actor", "trigger", "status", "mode", "sector", "content"):
            out[name] = pad([[IGNORE, *getattr(x, name)] for x in group], w, IGNORE)
        out["roles"] = torch.full((len(group), w, w), IGNORE)
        for b, x in enumerate(group):
            n = len(x.words)
            for i, label in enumerate(x.trigger):
                if label:
                    out["roles"][b, i + 1, 1 : n + 1] = 0
            for i, j, label in x.roles:
                out["roles"][b, i + 1, j + 1] = label
        return out

    def marked(self, group: list[tuple[EventExample, int]], augment: bool) -> dict[str, torch.Tensor]:
        """Inputs with one marked pair a row, and its type."""
        rows = [(x, *x.marked[k]) for x, k in group]
        out = self.inputs([(x.words, {**dict.fromkeys(p, 1), **dict.fromkeys(q, 2)}) for x, p, q, _ in rows], augment)
        out["type"] = torch.tensor([kind for *_, kind in rows])
        return out

    def grouped(self, items: list, size_of, pieces: int, *, shuffle: bool) -> list[list]:
        """Items in batches of at most `pieces` word pieces, padding counted, alike in length."""
        order = list(items)
        if shuffle:
            self.random.shuffle(order)
        order.sort(key=lambda e: size_of(e) + (self.random.random() * 6 if shuffle else 0))
        groups, group, longest = [], [], 0
        for e in order:
            size = size_of(e) + 2
            if size > MAX_PIECES:
                continue
            if group and max(longest, size) * (len(group) + 1) > pieces:
                groups.append(group)
                group, longest = [], 0
            group.append(e)
            longest = max(longest, size)
        groups += [group] if group else []
        if shuffle:
            self.random.shuffle(groups)
        return groups

    def length(self, words: list[str]) -> int:
        return sum(len(self.pieces(w)) for w in words)

    def collate(self, group: list[Example], augment: bool) -> dict[str, torch.Tensor]:
        out = self.inputs([(e.words, {}) for e in group], augment)
        w = out["first"].shape[1]
        index = self.labels.index
        out["heads"] = pad([[IGNORE, *(e.heads or [IGNORE] * len(e.words))] for e in group], w, IGNORE)
        for name, attr in (("relations", "rels"), ("upos", "upos"), ("xpos", "xpos"), ("ner", "ner")):
            values = [
                [IGNORE, *([index[name].get(v, IGNORE) for v in getattr(e, attr)] if getattr(e, attr) else [IGNORE] * len(e.words))]
                for e in group
            ]
            out[name] = pad(values, w, IGNORE)
        return out
