"""One encoder, one pass: dependency tree, tags, entities; actors, triggers with status and mode, roles, pairs, statements.

Arc and label scorers follow Dozat and Manning (2017), on the first sub-token of each word. Capitals come in
as a learned shape vector added to the word embedding, since the base is uncased.
"""

from __future__ import annotations

import torch
from torch import nn

from .bases import MINILM, Base

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


EVENT_HEADS = ("actor", "trigger", "status", "mode", "sector", "content")
ROLE = 128


class Parser(nn.Module):
    """Word pieces in; arcs, labels for the chosen heads, tags and entities out, and what the event heads say of words and pairs.

    `sizes` names the number of labels of each head: relations, upos, xpos, ner, the names in `EVENT_HEADS`, roles and types.
    """

    def __init__(self, sizes: dict[str, int], dropout: float = 0.3, base: Base = MINILM) -> None:
        super().__init__()
        relations, upos, xpos, ner = (sizes[n] for n in ("relations", "upos", "xpos", "ner"))
        self.base = base
        self.bert = base.model()
        size = self.bert.config.hidden_size
        self.shape = nn.Embedding(len(SHAPES), size)
        nn.init.zeros_(self.shape.weight)
        self.drop = nn.Dropout(dropout)
        self.arc_dep, self.arc_head = projection(size, ARC, dropout), projection(size, ARC, dropout)
        self.rel_dep, self.rel_head = projection(size, REL, dropout), projection(size, REL, dropout)
        self.arc = Biaffine(ARC, 1)
        self.rel = nn.Parameter(torch.zeros(relations, REL + 1, REL + 1))
        self.upos, self.xpos, self.ner = nn.Linear(size, upos), nn.Linear(size, xpos), nn.Linear(size, ner)
        self.heads = nn.ModuleDict({n: nn.Linear(size, sizes[n]) for n in EVENT_HEADS})
        self.role_row, self.role_column = projection(size, ROLE, dropout), projection(size, ROLE, dropout)
        self.role = Biaffine(ROLE, sizes["roles"])
        self.mark = nn.Embedding(3, size)
        nn.init.zeros_(self.mark.weight)
        self.marked = nn.Sequential(nn.Linear(3 * size, size), nn.GELU(), nn.Dropout(dropout), nn.Linear(size, sizes["types"] + 1))

    def encode(self, ids: torch.Tensor, mask: torch.Tensor, shapes: torch.Tensor, first: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
        """Hidden states of words. `marks` (0 plain, 1 source, 2 target; a word piece each) asks about one pair of mentions."""
        embedded = self.bert.embeddings.word_embeddings(ids) + self.shape(shapes) + self.mark(marks)
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

    def roles(self, words: torch.Tensor) -> torch.Tensor:
        """[batch, trigger, word, role]."""
        return self.role(self.role_row(words), self.role_column(words)).permute(0, 2, 3, 1)

    def marked_type(self, words: torch.Tensor, word_marks: torch.Tensor) -> torch.Tensor:
        """[batch, types + 1]: what the marked source does to the marked target; the last is nothing."""
        pooled = [words[:, 0]]
        for k in (1, 2):
            inside = (word_marks == k).to(words.dtype).unsqueeze(-1)
            pooled.append((words * inside).sum(1) / inside.sum(1).clamp(min=1))
        return self.marked(torch.cat(pooled, -1))

    def forward(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        shapes: torch.Tensor,
        marks: torch.Tensor,
        first: torch.Tensor,
        word_mask: torch.Tensor,
        word_marks: torch.Tensor,
    ):
        """The exported graph. Position 0 of the word axis is the root (the [CLS] piece)."""
        words = self.encode(ids, mask, shapes, first, marks)
        arcs = self.arcs(words, word_mask)
        heads = arcs.argmax(-1)
        events = [self.heads[n](words) for n in EVENT_HEADS]
        return (
            arcs, self.relations(words, heads), self.upos(words), self.xpos(words), self.ner(words),
            *events, self.roles(words), self.marked_type(words, word_marks), words,
        )  # fmt: skip
