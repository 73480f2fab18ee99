"""Agglomerative clustering by average linkage (UPGMA), over pairs that were nominated.

Vectors are scaled so that their dot product is the likeness of two stories relative to how near each has its neighbours (local scaling,
Zelnik-Manor and Perona 2004). The average over all pairs of two clusters is the dot product of their sums, so it is exact whichever
pairs were nominated; two clusters whose average reaches the threshold always hold a pair that does.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence


class Linkage:
    """Clusters that are joined, best pair first. Nodes are numbered in a total order, which settles ties."""

    def __init__(self, vectors: Sequence[dict[int, float]], sizes: Sequence[int], fixed: Sequence[bool], threshold: float) -> None:
        self._sums = [dict(v) for v in vectors]
        self._sizes = list(sizes)
        self._fixed = list(fixed)
        self._threshold = threshold
        self._near: list[dict[int, float]] = [{} for _ in vectors]
        self.members: dict[int, list[int]] = {n: [n] for n in range(len(vectors))}
        """Nodes of each cluster, by its lowest node."""

    def run(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Join clusters over the nominated pairs until no average reaches the threshold. No two fixed nodes are brought together."""
        heap: list[tuple[float, int, int]] = []
        for a, b in sorted({(min(p), max(p)) for p in pairs}):
            if not (self._fixed[a] and self._fixed[b]):
                self._nominate(a, b, self._average(a, b), heap)
        heapq.heapify(heap)
        while heap:
            value, a, b = heapq.heappop(heap)
            if a in self.members and b in self.members and self._near[a].get(b) == -value:
                for c in self._merge(a, b):
                    x, y = min(a, c), max(a, c)
                    if self._near[a][c] >= self._threshold:
                        heapq.heappush(heap, (-self._near[a][c], x, y))

    def _nominate(self, a: int, b: int, value: float, heap: list[tuple[float, int, int]]) -> None:
        self._near[a][b] = self._near[b][a] = value
        if value >= self._threshold:
            heap.append((-value, a, b))

    def _average(self, a: int, b: int) -> float:
        x, y = self._sums[a], self._sums[b]
        if len(y) < len(x):
            x, y = y, x
        dot = sum(w * y[t] for t, w in x.items() if t in y)
        return dot / (self._sizes[a] * self._sizes[b])

    def _merge(self, a: int, b: int) -> list[int]:
        """Put the higher cluster `b` into `a`; the clusters near to either, with their new averages."""
        near_a, near_b = self._near[a], self._near[b]
        del near_a[b], near_b[a]
        for c in near_b:
            del self._near[c][b]
        size_a, size_b = self._sizes[a], self._sizes[b]
        new: dict[int, float] = {}
        for c in sorted({*near_a, *near_b}):
            one = near_a[c] if c in near_a else self._average(a, c)
            two = near_b[c] if c in near_b else self._average(b, c)
            new[c] = (one * size_a + two * size_b) / (size_a + size_b)
        sums = self._sums[a]
        for t, w in self._sums[b].items():
            sums[t] = sums.get(t, 0.0) + w
        self._sums[b] = {}
        self._sizes[a] = size_a + size_b
        self._fixed[a] = self._fixed[a] or self._fixed[b]
        self.members[a] += self.members.pop(b)
        if self._fixed[a]:
            for c in [c for c in new if self._fixed[c]]:
                self._near[c].pop(a, None)
                del new[c]
        self._near[a] = new
        self._near[b] = {}
        for c, value in new.items():
            self._near[c][a] = value
        return list(new)
