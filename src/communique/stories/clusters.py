"""Clusters of one happening: the stories of one day, among themselves and with the clusters of the days before.

Two stories are alike when their cosine is high for the company that each keeps: it is divided by the root of the nearness of both, the
mean cosine of a story to its nearest neighbours. So one threshold serves happenings that everybody tells in the same words and
happenings that each tells in his own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from communique.stories.linkage import Linkage
from communique.stories.order import order_key, stable_id
from communique.stories.types import Sketch
from communique.stories.vectors import Neighbours, Vectors, scaled, vectors_of

WINDOW_DAYS = 3
"""A story joins a cluster whose newest story is at most this many days older."""
NEAREST = 5
"""Neighbours whose mean cosine is the nearness of a story."""
COMPANY = 0.225
"""Nearness at which a story has company. One that has less gives little to go by: its nearness counts as `COMPANY` and twice what it lacks,
so two lonely stories come together only when they are much alike."""
THRESHOLD = 0.55
"""Average likeness at which clusters are joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A story with its cluster."""

    sketch: Sketch
    cluster_id: str
    nearness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What decides a clustering; the defaults stand for all products, others for measuring."""

    nearest: int = NEAREST
    company: float = COMPANY
    threshold: float = THRESHOLD


def file_clusters(old: Sequence[Placed], new: Sequence[Sketch], parameters: Parameters | None = None) -> list[Placed]:
    """File the stories of one day, given those of the window before it; in the order of publication.

    Old clusters are never joined with each other; each keeps its name. Nothing depends on the order of `new` or of `old`.
    """
    p = parameters or Parameters()
    old = sorted(old, key=lambda f: order_key(f.sketch.published, f.sketch.document_id))
    new = sorted(new, key=lambda s: order_key(s.published, s.document_id))
    start = len(old)
    vectors = vectors_of([*(f.sketch for f in old), *new])
    finder = Neighbours(vectors)
    nearness = [f.nearness for f in old]
    found = [finder.of(start + n) for n in range(len(new))]
    nearness += [_nearness(cosines, p) for _, cosines in found]
    names, nodes = _nodes(old, len(new))
    scale = np.sqrt(np.array(nearness))
    pairs = []
    for n, (near, cosines) in enumerate(found):
        story = start + n
        strong = near[cosines / (scale[story] * scale[near]) >= p.threshold * (1 - 1e-9)]
        pairs += [(nodes[story], nodes[k]) for k in strong.tolist() if nodes[k] != nodes[story]]
    sums = _sums(vectors, nodes, nearness, {n for pair in pairs for n in pair})
    sizes = np.bincount(nodes, minlength=len(names) + len(new)).tolist()
    linkage = Linkage(sums, sizes, [n < len(names) for n in range(len(sizes))], p.threshold)
    linkage.run(pairs)
    return _placed(linkage, names, new, nearness[start:])


def _sums(vectors: Vectors, nodes: Sequence[int], nearness: Sequence[float], paired: Collection[int]) -> list[dict[int, float]]:
    """Sum of the scaled vectors of each node that has a pair."""
    sums: list[dict[int, float]] = [{} for _ in range(max(nodes, default=-1) + 1)]
    for story, node in enumerate(nodes):
        if node in paired:
            held = sums[node]
            for t, w in scaled(vectors, story, nearness[story]).items():
                held[t] = held.get(t, 0.0) + w
    return sums


def _nearness(cosines: np.ndarray, p: Parameters) -> float:
    mean = float(np.sort(cosines)[::-1][: p.nearest].sum()) / p.nearest
    return round(mean if mean >= p.company else p.company + 2 * (p.company - mean), 6)


def _nodes(old: Sequence[Placed], new: int) -> tuple[list[str], list[int]]:
    """Names of the old clusters, and the node of each story: one a cluster for old ones, one a story for new ones."""
    names: dict[str, int] = {}
    nodes = [names.setdefault(f.cluster_id, len(names)) for f in old]
    return list(names), nodes + [len(names) + n for n in range(new)]


def _placed(linkage: Linkage, names: Sequence[str], new: Sequence[Sketch], nearness: Sequence[float]) -> list[Placed]:
    out: list[Placed | None] = [None] * len(new)
    for lowest, members in linkage.members.items():
        fresh = sorted(m - len(names) for m in members if m >= len(names))
        for n in fresh:
            name = names[lowest] if lowest < len(names) else stable_id("c", new[fresh[0]].document_id)
            out[n] = Placed(sketch=new[n], cluster_id=name, nearness=nearness[n])
    return [f for f in out if f is not None]
