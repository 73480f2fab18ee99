"""Clusters of stories against ECB+: stories of one happening are those of one half of a topic.

The stories have no dates of publication, so all of them stand in one window. What is measured is the product's own way from text to
clusters with its own parameters; the other figures tell how much hangs on them. In the cross-validation the threshold is chosen on
nine tenths of the topics and measured on the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from communique.evaluate.ecb import read_ecb
from communique.evaluate.files import keep
from communique.evaluate.partitions import b_cubed
from communique.pipeline import analyse, record_of
from communique.stories.clusters import COMPANY, NEAREST, THRESHOLD, Parameters
from communique.stories.sketch import sketch_of
from communique.stories.types import Sketch
from communique.stories.windows import file_day

THRESHOLDS = tuple(round(0.40 + 0.025 * n, 3) for n in range(13))
FOLDS = 10


def label(sketches: Sequence[Sketch], parameters: Parameters | None = None) -> dict[str, str]:
    """The cluster of each story."""
    return {s.filing.document_id: s.filing.cluster_id for s in file_day([], sketches, parameters)}


def score_clusters(path: Path | str, predictions: Path | str | None = None) -> dict[str, Any]:
    """B-cubed of the clusters of all stories under `path`. Raises `DataMissing` where they are not here."""
    stories = read_ecb(path)
    gold = {s.document.id: s.happening for s in stories}
    topics = {s.document.id: int(s.topic) for s in stories}
    sketches = [sketch_of(s.document, record_of(analyse(s.document))) for s in stories]
    filed = file_day([], sketches)
    found = {s.filing.document_id: s.filing.cluster_id for s in filed}
    keep(({"id": i, "happening": gold[i], "cluster": found[i]} for i in gold), predictions)
    by_threshold = {t: label(sketches, Parameters(threshold=t)) for t in THRESHOLDS}
    return {
        "stories": len(gold),
        "happenings": len(set(gold.values())),
        "clusters": len(set(found.values())),
        "versions": sum(s.filing.version_of is not None for s in filed),
        **b_cubed(gold, found),
        "cross_validated": cross_validate(gold, topics, by_threshold),
        "text_alone_f1": b_cubed(gold, label([sketch_of(s.document) for s in stories]))["f1"],
        "sensitivity_f1": sensitivity(gold, sketches, by_threshold),
    }


def sensitivity(gold: dict[str, str], sketches: Sequence[Sketch], by_threshold: dict[float, dict[str, str]]) -> dict[str, Any]:
    """F1 with each parameter changed alone."""
    out: dict[str, Any] = {f"threshold {t}": b_cubed(gold, found)["f1"] for t, found in by_threshold.items()}
    for k in (3, NEAREST, 8, 12):
        out[f"nearest {k}"] = b_cubed(gold, label(sketches, Parameters(nearest=k)))["f1"]
    for company in (0.15, 0.2, COMPANY, 0.25, 0.3):
        out[f"company {company}"] = b_cubed(gold, label(sketches, Parameters(company=company)))["f1"]
    out["product"] = f"threshold {THRESHOLD}, nearest {NEAREST}, company {COMPANY}"
    return out


def cross_validate(gold: dict[str, str], topics: dict[str, int], by_threshold: dict[float, dict[str, str]]) -> dict[str, Any]:
    """The threshold chosen on the other topics, fold by fold; F1 over the held-out stories together."""
    order = sorted(set(topics.values()))
    held: dict[str, str] = {}
    chosen = []
    for fold in range(FOLDS):
        away = {t for n, t in enumerate(order) if n % FOLDS == fold}
        best = max(THRESHOLDS, key=lambda t: (_part(gold, by_threshold[t], (i for i in gold if topics[i] not in away)), -t))
        chosen.append(best)
        held |= {i: f"{fold} {by_threshold[best][i]}" for i in gold if topics[i] in away}
    return {**b_cubed(gold, held), "thresholds": " ".join(map(str, sorted(set(chosen))))}


def _part(gold: dict[str, str], found: dict[str, str], items: Iterable[str]) -> float:
    part = {i: gold[i] for i in items}
    return b_cubed(part, found)["f1"]
