"""Fit the combination of rules and encoder on the tune part: `python -m communique_training.calibrate CORPUS BUNDLE`.

Logistic regression over the features of `communique.extract.decide`, one for each coder; the threshold of best F1 is kept with it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from communique.evaluate.corpus import read_corpus, spans_of, touches
from communique.extract.candidates import RECIPROCAL, VERBAL, candidates
from communique.extract.decide import CODERS, FEATURES, alternatives
from communique.extract.events import head_index, with_places
from communique.extract.learnt import learnt
from communique.pipeline import analyse


def observations(path: Path, part: str) -> dict[str, list[tuple[list[float], bool]]]:
    """(features, right) of every option of every sentence, for each coder; and under `gold` the number of events wanted."""
    out: dict[str, list] = {c: [] for c in CODERS} | {"gold": []}
    for document, block in read_corpus(path, part):
        analysis = analyse(document)
        heads, spans = head_index(analysis.mentions), spans_of(block)
        wanted = [g for g in block["events"] if g["actors"]]
        out["gold"] += wanted
        for sentence in analysis.sentences:
            if not sentence.parsed:
                continue
            mentions = with_places(sentence, heads.get(sentence.index, {}), analysis.places)
            rules, seen = candidates(sentence, mentions), learnt(sentence, mentions)
            for coder in CODERS:
                for options in alternatives(rules, seen, sentence, coder):
                    for c, x in options:
                        if c.recipients or c.entry.type not in VERBAL:
                            out[coder].append((x, any(_right(c, g, spans) for g in wanted)))
    return out


def _right(c, gold: dict, spans: dict) -> bool:
    if c.entry.type != gold["type"]:
        return False
    straight = touches(c.actors, gold["actors"], spans) and touches(c.recipients, gold["recipients"], spans)
    return straight or (
        c.entry.type in RECIPROCAL and touches(c.actors, gold["recipients"], spans) and touches(c.recipients, gold["actors"], spans)
    )


def fit(rows: list[tuple[list[float], bool]], ridge: float = 1.0) -> list[float]:
    """Newton's method for the penalised log-likelihood; the bias is not penalised."""
    x, y = np.array([r[0] for r in rows]), np.array([float(r[1]) for r in rows])
    w = np.zeros(x.shape[1])
    penalty = np.eye(x.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + penalty, x.T @ (y - p) - penalty @ w)
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return [round(float(v), 5) for v in w]


def threshold(rows: list[tuple[list[float], bool]], w: list[float], gold: int) -> float:
    """The score from which on filing gives the best F1."""
    scores = sorted(((1 / (1 + np.exp(-np.dot(x, w))), right) for x, right in rows), reverse=True)
    best, at, right = 0.0, 0.5, 0
    for n, (s, ok) in enumerate(scores, start=1):
        right += ok
        f = 2 * right / (n + gold)
        if f > best:
            best, at = f, float(s)
    return round(min(max(at, 0.2), 0.6), 3)


def main() -> None:
    path, bundle = Path(sys.argv[1]), Path(sys.argv[2])
    target = bundle / "calibration.json"
    if not target.exists():
        target.write_text(json.dumps({"weights": {c: [0.0] * len(FEATURES) for c in CODERS}, "threshold": dict.fromkeys(CODERS, 0.0)}))
    seen = observations(path, "tune")
    weights = {c: fit(seen[c]) for c in CODERS}
    result = {
        "features": list(FEATURES),
        "weights": weights,
        "threshold": {c: threshold(seen[c], weights[c], len(seen["gold"])) for c in CODERS},
    }
    target.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({c: [len(seen[c]), sum(r for _, r in seen[c])] for c in CODERS}), len(seen["gold"]))
    print(json.dumps(result["threshold"]))


if __name__ == "__main__":
    main()
