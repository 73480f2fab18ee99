"""Stories as vectors of weighted terms, and their nearest neighbours by cosine, at a cost that grows with the number of stories.

The weight of a term is its kind's weight, times 1 + log of its count, times its inverse document frequency in the window and the
background together. Everything is a function of the set of stories in the window, in their total order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from communique.stories.terms import Kind, term_hash, unpack
from communique.stories.types import Sketch

KIND_WEIGHT = {Kind.WORD: 1.0, Kind.NAME: 1.5, Kind.NUMBER: 1.0, Kind.RECORD: 0.5}
"""Names say more about which happening it is than the words of its kind do."""
LONGEST = 128
"""Terms of a vector: the heaviest ones."""
SPREAD = 256
"""A term in more stories of the window than this nominates no pairs by itself."""
NOMINATING = 64
"""Terms of a story that nominate others: the heaviest ones."""
BESIDE = 8
"""Of its `BESIDE` heaviest terms a story is also set beside the `BESIDE` stories before it that share them, however many do."""
MOST = 256
"""Candidates of one story whose cosine is worked out."""
FAINT = 0.05
"""Cosines under this count as none."""


@lru_cache(maxsize=1)
def background() -> tuple[int, np.ndarray, np.ndarray]:
    """Number of background texts, and hashes (ascending) of common words with the number of texts that they stand in."""
    lines = (resources.files("communique.stories") / "data" / "background.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    total = int(pairs[0][1])
    counts = {term_hash(t): int(n) for t, n in pairs[1:]}
    keys = np.array(sorted(counts), dtype=np.uint32)
    return total, keys, np.array([counts[int(k)] for k in keys], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of the stories of one window, one row a story, padded to the longest."""

    terms: np.ndarray
    """(stories, width) column numbers of the terms, heaviest first; padding points at a column of its own."""
    weights: np.ndarray
    """(stories, width); 0 for padding."""
    columns: int
    """Number of different terms; also the column of the padding."""


def vectors_of(sketches: Sequence[Sketch]) -> Vectors:
    """Vectors of the stories of one window, in their order."""
    parts = [unpack(s.terms, s.tallies) for s in sketches]
    sizes = np.array([len(p[0]) for p in parts], dtype=np.int64)
    if not sizes.sum():
        return Vectors(np.zeros((len(parts), 1), dtype=np.int32), np.zeros((len(parts), 1), dtype=np.float32), 0)
    keys, where, counts = np.unique(np.concatenate([p[0] for p in parts]), return_inverse=True, return_counts=True)
    kinds, tallies = np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])
    by_kind = np.array([KIND_WEIGHT[k] for k in Kind])
    raw = by_kind[kinds] * (1 + np.log(np.maximum(tallies, 1))) * _rarity(keys, counts, len(parts))[where]
    rows = np.repeat(np.arange(len(parts)), sizes)
    order = np.lexsort((where, -raw, rows))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = min(LONGEST, int(sizes.max()))
    kept = order[rank < width]
    terms = np.full((len(parts), width), len(keys), dtype=np.int32)
    weights = np.zeros((len(parts), width), dtype=np.float32)
    place = (rows[order][rank < width], rank[rank < width])
    terms[place], weights[place] = where[kept], raw[kept]
    weights /= np.maximum(np.sqrt((weights**2).sum(axis=1, keepdims=True)), np.float32(1e-12))
    return Vectors(terms, weights, len(keys))


def _rarity(keys: np.ndarray, counts: np.ndarray, stories: int) -> np.ndarray:
    total, known, times = background()
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    before = np.where(known[at] == keys, times[at], 0.0)
    return np.maximum(np.log((stories + total + 1) / (counts + before + 0.5)), 0.0)


class Neighbours:
    """Finds, for a story of the window, the stories before and beside it that are like it."""

    def __init__(self, vectors: Vectors) -> None:
        self._v = vectors
        flat = vectors.terms.ravel()
        order = np.argsort(flat, kind="stable")
        self._owner = (order // vectors.terms.shape[1]).astype(np.int32)
        self._weight = vectors.weights.ravel()[order]
        self._first = np.searchsorted(flat[order], np.arange(vectors.columns + 2))
        self._dense = np.zeros(vectors.columns + 1)

    def of(self, story: int) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of like stories, ascending, and their cosines, all at least `FAINT`."""
        near = self._candidates(story)
        if not len(near):
            return near, np.empty(0)
        terms, weights = self._v.terms[story], self._v.weights[story]
        self._dense[terms] = weights
        cosines = (self._dense[self._v.terms[near]] * self._v.weights[near]).sum(axis=1)
        self._dense[terms] = 0.0
        kept = cosines >= FAINT
        return near[kept], cosines[kept]

    def _candidates(self, story: int) -> np.ndarray:
        """At most `MOST` stories that share most weight of rare terms, and those that stand beside it for its heaviest; ascending."""
        terms = self._v.terms[story][:NOMINATING]
        terms = terms[terms < self._v.columns]
        sizes = self._first[terms + 1] - self._first[terms]
        rare = sizes <= SPREAD
        near = self._sharing(terms[rare], sizes[rare], self._v.weights[story][: len(terms)][rare])
        beside = [self._beside(story, t) for t in terms[:BESIDE][~rare[:BESIDE]].tolist()]
        if beside:
            near = np.unique(np.concatenate((near, *beside)))
        return near[near != story]

    def _sharing(self, terms: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The stories that hold these terms, by the weight shared, at most `MOST`; ascending."""
        total = int(sizes.sum())
        if not total:
            return np.empty(0, dtype=np.int64)
        at = np.repeat(self._first[terms] - (np.cumsum(sizes) - sizes), sizes) + np.arange(total)
        owners, shares = self._owner[at], np.repeat(weights, sizes) * self._weight[at]
        if len(self._v.terms) <= 8 * total:
            sums = np.bincount(owners, weights=shares)
            near = np.flatnonzero(sums)
            sums = sums[near]
        else:
            near, where = np.unique(owners, return_inverse=True)
            sums = np.bincount(where, weights=shares)
        if len(near) > MOST:
            least = np.partition(sums, -MOST)[-MOST]
            even = np.flatnonzero(sums == least)[: MOST - int((sums > least).sum())]
            near = np.sort(np.concatenate((near[sums > least], near[even])))
        return near

    def _beside(self, story: int, term: int) -> np.ndarray:
        """The stories just before this one among those that hold a term."""
        first, last = self._first[term], self._first[term + 1]
        at = first + int(np.searchsorted(self._owner[first:last], story))
        return self._owner[max(first, at - BESIDE) : at]


def scaled(vectors: Vectors, story: int, nearness: float) -> dict[int, float]:
    """The vector of a story, divided by the root of its nearness, as a mapping."""
    root = math.sqrt(nearness)
    return {t: w / root for t, w in zip(vectors.terms[story].tolist(), vectors.weights[story].tolist()) if w > 0}
