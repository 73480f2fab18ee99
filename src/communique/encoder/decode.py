"""Arc scores to one tree: the best head for each word, cycles broken by Chu and Liu's and Edmonds' contraction."""

from __future__ import annotations

import numpy as np


def best_tree(scores: np.ndarray) -> np.ndarray:
    """Heads [n] for scores [n, n] (dependent, head); index 0 is the root and its own head.

    Exactly one word hangs on the root. Greedy choice where it is a tree already, as it mostly is.
    """
    scores = scores.astype(np.float64)
    n = len(scores)
    np.fill_diagonal(scores, -np.inf)
    scores[0] = -np.inf
    heads = _with_root(scores)
    heads[0] = 0
    assert heads.shape == (n,)
    return heads


def _with_root(scores: np.ndarray) -> np.ndarray:
    heads = scores.argmax(1)
    heads[0] = 0
    roots = np.flatnonzero(heads[1:] == 0) + 1
    if len(roots) == 1 and _is_tree(heads):
        return heads
    candidates = roots if len(roots) else np.arange(1, len(scores))
    root = candidates[scores[candidates, 0].argmax()]
    # one arc from the root is kept and all others are made dearer than any tree
    scores = scores.copy()
    scores[:, 0] = -1e9
    scores[root, :] = -1e9
    scores[root, 0] = 0.0
    np.fill_diagonal(scores, -np.inf)
    scores[0] = -np.inf
    heads = scores.argmax(1)
    heads[0] = 0
    return heads if _is_tree(heads) else _edmonds(scores)


def _is_tree(heads: np.ndarray) -> bool:
    """Whether every way up ends at the root; each step doubles how far it has been followed."""
    for _ in range(len(heads).bit_length()):
        heads = heads[heads]
    return not heads.any()


def _cycle(head_of: np.ndarray) -> list[int] | None:
    heads = head_of.tolist()
    state = [0] * len(heads)
    state[0] = 2
    for i in range(1, len(heads)):
        path, k = [], i
        while state[k] == 0:
            state[k] = 1
            path.append(k)
            k = heads[k]
        if state[k] == 1:
            return path[path.index(k) :]
        for p in path:
            state[p] = 2
    return None


def _edmonds(scores: np.ndarray) -> np.ndarray:
    heads = scores.argmax(1)
    heads[0] = 0
    cycle = _cycle(heads)
    if cycle is None:
        return heads
    inside = np.array(cycle)
    outside = np.array([i for i in range(len(scores)) if i not in set(cycle)])
    m = len(outside)
    small = np.full((m + 1, m + 1), -np.inf)
    small[:m, :m] = scores[np.ix_(outside, outside)]
    own = scores[inside, heads[inside]]
    enter = scores[np.ix_(inside, outside)] - own[:, None]
    small[m, :m] = enter.max(0)
    entry = enter.argmax(0)
    leave = scores[np.ix_(outside, inside)]
    small[:m, m] = leave.max(1)
    exit_ = leave.argmax(1)
    sub = _edmonds(small)
    out = heads.copy()
    for k in range(1, m):
        out[outside[k]] = inside[exit_[k]] if sub[k] == m else outside[sub[k]]
    parent = int(sub[m])
    out[inside[entry[parent]]] = outside[parent]
    out[0] = 0
    return out
