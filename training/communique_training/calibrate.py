"""Fit the combination of rules and encoder on the tune part: `python -m communique_training.calibrate CORPUS BUNDLE [--quality best]`.

With quality best the weights are for sentences that the large encoder has read; the shipped one's stay for those that it was sure of.

Logistic regression over the features of `communique.extract.decide`, one for each coder, then Platt's scaling over whole events of stories
that the regression has not seen; the threshold of best F1 is kept with it. The rules alone file whatever they find.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from communique.evaluate.corpus import matches, read_corpus, spans_of, told, touches
from communique.extract import decide
from communique.extract.candidates import RECIPROCAL, VERBAL, candidates
from communique.extract.decide import CODERS, FEATURES, alternatives
from communique.extract.events import head_index, with_places
from communique.extract.learnt import learnt
from communique.pipeline import analyse, record_of
from communique.types import Analysis, Quality


@lru_cache(maxsize=1)
def analysed(path: Path, part: str, quality: Quality) -> list[tuple[Analysis, dict]]:
    """The stories of a part as the encoders read them; scores play no role in it."""
    return [(analyse(document, quality=quality), block) for document, block in read_corpus(path, part)]


def observations(path: Path, part: str, quality: Quality = "fast") -> dict[str, list[tuple[list[float], bool, int]]]:
    """(features, right, number of the story) of every option of every sentence, for each coder."""
    out: dict[str, list] = {c: [] for c in CODERS}
    for n, (analysis, block) in enumerate(analysed(path, part, quality)):
        heads, spans = head_index(analysis.mentions), spans_of(block)
        wanted = told(block)
        for sentence in analysis.sentences:
            if not sentence.parsed or (sentence.reading and sentence.reading.quality != quality):
                continue
            mentions = with_places(sentence, heads.get(sentence.index, {}), analysis.places)
            rules, seen = candidates(sentence, mentions), learnt(sentence, mentions)
            for coder in CODERS:
                for options in alternatives(rules, seen, sentence, coder):
                    for c, x in options:
                        if c.recipients or c.entry.type not in VERBAL:
                            out[coder].append((x, any(_right(c, g, spans) for g in wanted), n))
    return out


def _right(c, gold: dict, spans: dict) -> bool:
    if c.entry.type != gold["type"]:
        return False
    straight = touches(c.actors, gold["actors"], spans) and touches(c.recipients, gold["recipients"], spans)
    return straight or (
        c.entry.type in RECIPROCAL and touches(c.actors, gold["recipients"], spans) and touches(c.recipients, gold["actors"], spans)
    )


def fit(rows: Sequence[tuple[list[float], bool]], ridge: float = 1.0) -> list[float]:
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


def judged(
    path: Path, coder: str, quality: Quality = "fast", *, every: bool = False, fold: int | None = None
) -> tuple[list[tuple[float, bool]], int]:
    """(score, right) of every event that the coder would file on the tune part, each wanted event found once, and their number.

    Without `every`, only events of sentences that the encoder of this quality has read; with `fold` only every `FOLDS`-th story.
    """
    out, gold = [], 0
    for n, (analysis, block) in enumerate(analysed(path, "tune", quality)):
        if fold is not None and n % FOLDS != fold:
            continue
        spans = spans_of(block)
        free = told(block)
        gold += len(free)
        read = [(s.start, s.end) for s in analysis.sentences if s.reading and s.reading.quality == quality]
        for e in sorted(record_of(analysis, coder=coder, min_score=0.0).events, key=lambda e: -e.score):
            hit = next((g for g in free if matches(e, g, spans)), None)
            if hit:
                free.remove(hit)
            here = every or any(a <= (e.trigger or (-1, 0))[0] < b for a, b in read)
            if here and not str(e.why.get("entry")).startswith("exercise:"):
                out.append((e.score, hit is not None))
    return out, gold


def fold_weights(seen: dict[str, list[tuple[list[float], bool, int]]], fold: int | None) -> dict[str, list[float]]:
    """The regression of each coder, without the stories of a fold."""
    return {c: fit([(x, ok) for x, ok, n in rows if fold is None or n % FOLDS != fold]) for c, rows in seen.items()}


def platt(rows: list[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and shift of the log odds that make scores of whole events come true."""
    odds = [float(np.log(min(max(s, 1e-4), 1 - 1e-4) / (1 - min(max(s, 1e-4), 1 - 1e-4)))) for s, _ in rows]
    shift, slope = fit([([1.0, z], ok) for z, (_, ok) in zip(odds, rows)], ridge=0.0)
    return slope, shift


FOLDS = 5
"""Stories are judged by weights that were fitted without them, in so many parts: scores of stories that were seen are too sure."""
WITHIN = 0.003
"""F1 of tune that is no difference: of equally good thresholds the highest, for what is filed should be right."""


def threshold(rows: list[tuple[float, bool]], gold: int) -> float:
    """The highest score, between 0.2 and 0.5, from which on filing gives the best F1 but for `WITHIN`."""
    right, curve = 0, []
    for n, (s, ok) in enumerate(sorted(rows, reverse=True), start=1):
        right += ok
        curve.append((s, 2 * right / (n + gold)))
    best = max((f for _, f in curve), default=0.0)
    at = max((s for s, f in curve if f >= best - WITHIN), default=0.5)
    return round(min(max(at, 0.2), 0.5), 3)


def write(bundle: Path, weights: dict[str, list[float]], least: dict[str, float]) -> None:
    """`calibration.json`, and its hash in `bundle.json`."""
    target = bundle / "calibration.json"
    target.write_text(json.dumps({"features": list(FEATURES), "weights": weights, "threshold": least}, indent=1) + "\n")
    facts = json.loads((bundle / "bundle.json").read_text())
    facts["files"]["calibration.json"] = {"sha256": hashlib.sha256(target.read_bytes()).hexdigest(), "bytes": target.stat().st_size}
    (bundle / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n")
    decide.calibration.cache_clear()


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("bundle", type=Path, help="of the shipped encoder, or of the large one with --quality best")
    cli.add_argument("--quality", choices=("fast", "best"), default="fast")
    args = cli.parse_args()
    path, bundle, quality = args.corpus, args.bundle, args.quality
    seen = observations(path, "tune", quality)
    least, rows = dict.fromkeys(CODERS, 0.0), {c: [] for c in CODERS}
    for fold in range(FOLDS):
        write(bundle, fold_weights(seen, fold), least)
        for c in CODERS:
            rows[c] += judged(path, c, quality, fold=fold)[0]
    weights = fold_weights(seen, None)
    for c in CODERS:
        slope, shift = platt(rows[c])
        weights[c] = [round(slope * w + (shift if k == 0 else 0.0), 5) for k, w in enumerate(weights[c])]
    write(bundle, weights, least)
    for c in CODERS:
        found, gold = judged(path, c, quality, every=True)
        least[c] = 0.0 if c == "rules" else threshold(found, gold)
        print(c, len(found), sum(ok for _, ok in found), gold, least[c])
    write(bundle, weights, least)


if __name__ == "__main__":
    main()
