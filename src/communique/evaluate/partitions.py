"""Scores of a partition against another: B-cubed (Bagga and Baldwin 1998), MUC (Vilain 1995), CEAF-e (Luo 2005) and their mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

Labels = Mapping[str, Hashable]
"""The group of each item."""


def _scores(precision: float, recall: float) -> dict[str, float]:
    both = precision + recall
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(2 * precision * recall / both, 4) if both else 0.0}


def b_cubed(gold: Labels, found: Labels) -> dict[str, float]:
    """Mean over items of how much of its found group is right, and how much of its right group is found. Both label the same items.

    >>> b_cubed({"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 1, "c": 1})
    {'precision': 0.5556, 'recall': 1.0, 'f1': 0.7143}
    """
    wanted, got = Counter(gold.values()), Counter(found[i] for i in gold)
    both = Counter((gold[i], found[i]) for i in gold)
    n = max(len(gold), 1)
    precision = sum(k * k / got[f] for (_, f), k in both.items()) / n
    recall = sum(k * k / wanted[g] for (g, _), k in both.items()) / n
    return _scores(precision, recall)


def groups(labels: Labels) -> list[set[str]]:
    """The groups of a partition."""
    out: dict[Hashable, set[str]] = {}
    for item, label in labels.items():
        out.setdefault(label, set()).add(item)
    return list(out.values())


def muc(gold: Labels, found: Labels) -> dict[str, float]:
    """Links right of those found and of those wanted; groups of one count for nothing."""

    def part(a: Labels, b: Labels) -> float:
        links = parts = 0
        for group in groups(a):
            links += len(group) - 1
            parts += len({b.get(i, ("alone", i)) for i in group}) - 1
        return (links - parts) / links if links else 0.0

    return _scores(part(found, gold), part(gold, found))


def ceaf_e(gold: Labels, found: Labels) -> dict[str, float]:
    """Best one-to-one match of groups, by twice the overlap over the sum of sizes."""
    wanted, got = groups(gold), groups(found)
    if not wanted or not got:
        return _scores(0.0, 0.0)
    total = 0.0
    for rows, columns in _connected(wanted, got):
        worth = np.array([[2 * len(wanted[r] & got[c]) / (len(wanted[r]) + len(got[c])) for c in columns] for r in rows])
        total += best_match(worth)
    return _scores(total / len(got), total / len(wanted))


def conll(gold: Labels, found: Labels) -> dict[str, float | dict[str, float]]:
    """The three scores and the mean of their F1, as in the CoNLL-2012 task."""
    three = {"muc": muc(gold, found), "b_cubed": b_cubed(gold, found), "ceaf_e": ceaf_e(gold, found)}
    return {**three, "conll_f1": round(sum(s["f1"] for s in three.values()) / 3, 4)}


def _connected(wanted: Sequence[set[str]], got: Sequence[set[str]]) -> list[tuple[list[int], list[int]]]:
    """Groups that share items, directly or over others: each lot can be matched by itself."""
    holder = {item: c for c, group in enumerate(got) for item in group}
    touching = [sorted({holder[i] for i in group if i in holder}) for group in wanted]
    owners: dict[int, list[int]] = {}
    for r, columns in enumerate(touching):
        for c in columns:
            owners.setdefault(c, []).append(r)
    seen: set[int] = set()
    out = []
    for start, columns in enumerate(touching):
        if start in seen or not columns:
            continue
        rows, cols, todo = [], set(), [start]
        seen.add(start)
        while todo:
            r = todo.pop()
            rows.append(r)
            for c in touching[r]:
                cols.add(c)
                fresh = [o for o in owners[c] if o not in seen]
                seen.update(fresh)
                todo += fresh
        out.append((sorted(rows), sorted(cols)))
    return out


def best_match(worth: np.ndarray) -> float:
    """Highest sum of one-to-one entries of a matrix (Hungarian method, shortest augmenting paths).

    >>> float(best_match(np.array([[3.0, 2.0], [2.0, 0.0]])))
    4.0
    """
    cost = -(worth if worth.shape[0] <= worth.shape[1] else worth.T)
    n, m = cost.shape
    u, v = np.zeros(n + 1), np.zeros(m + 1)
    row_of, way = np.zeros(m + 1, dtype=int), np.zeros(m + 1, dtype=int)
    for i in range(1, n + 1):
        row_of[0], j = i, 0
        least, used = np.full(m + 1, np.inf), np.zeros(m + 1, dtype=bool)
        while row_of[j]:
            used[j] = True
            slack = np.concatenate(([np.inf], cost[row_of[j] - 1] - u[row_of[j]] - v[1:]))
            better = ~used & (slack < least)
            least[better], way[better] = slack[better], j
            j_next = int(np.where(used, np.inf, least).argmin())
            delta = least[j_next]
            u[row_of[used]] += delta
            v[used] -= delta
            least[~used] -= delta
            j = j_next
        while j:
            row_of[j] = row_of[way[j]]
            j = int(way[j])
    return float(-sum(cost[row_of[j] - 1, j - 1] for j in range(1, m + 1) if row_of[j]))
