"""Is one set of predictions better than another? A paired bootstrap over the pairs of `dev/pairs`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from communique.errors import UsageError


def macro_f1(gold: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Mean F1 over the classes; both arrays hold class numbers, -1 for nothing predicted.

    >>> round(macro_f1(np.array([0, 1]), np.array([0, 0]), 2), 3)
    0.333
    """
    right = np.bincount(gold[gold == predicted], minlength=classes)
    wanted, found = np.bincount(gold, minlength=classes), np.bincount(predicted[predicted >= 0], minlength=classes)
    return float((2 * right / np.maximum(wanted + found, 1)).mean())


def intervals(gold: np.ndarray, predicted: np.ndarray, classes: int, *, draws: int = 1000, seed: int = 1) -> tuple[float, float]:
    """95 % bootstrap interval of the macro-F1."""
    chance = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        k = chance.integers(0, len(gold), len(gold))
        values.append(macro_f1(gold[k], predicted[k], classes))
    low, high = np.quantile(values, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def _read(path: Path) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if not rows or "predicted_root" not in rows[0]:
        raise UsageError(f"{path} has no column predicted_root; write it with communique eval pairs --predictions")
    return {r["id"]: (r["gold_root"], r["predicted_root"]) for r in rows}


def compare(a: Path, b: Path, *, draws: int = 2000, seed: int = 1) -> dict[str, Any]:
    """Macro-F1 of both, their difference with its 95 % interval, and the share of draws in which B is not better."""
    first, second = _read(a), _read(b)
    ids = sorted(set(first) & set(second))
    if not ids:
        raise UsageError("the two files have no pair in common")
    names = sorted({first[i][0] for i in ids})
    code = {n: k for k, n in enumerate(names)}
    gold = np.array([code[first[i][0]] for i in ids])
    x, y = (np.array([code.get(t[i][1], -1) for i in ids]) for t in (first, second))
    chance = np.random.default_rng(seed)
    gaps = []
    for _ in range(draws):
        k = chance.integers(0, len(ids), len(ids))
        gaps.append(macro_f1(gold[k], y[k], len(names)) - macro_f1(gold[k], x[k], len(names)))
    low, high = np.quantile(gaps, [0.025, 0.975])
    return {
        "pairs": len(ids),
        "macro_f1_a": round(macro_f1(gold, x, len(names)), 4),
        "macro_f1_b": round(macro_f1(gold, y, len(names)), 4),
        "difference": round(macro_f1(gold, y, len(names)) - macro_f1(gold, x, len(names)), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "p_b_not_better": round(float(np.mean(np.array(gaps) <= 0)), 4),
    }
