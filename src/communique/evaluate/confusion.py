"""A confusion matrix of types as a picture, from a file of predictions on pairs or on our own corpus."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from communique.errors import UsageError
from communique.render.plots import confusion

NOTHING = "nothing"


def confused(predictions: Path) -> Counter[tuple[str, str]]:
    """How often each (right, coded) occurs; what was not coded is `nothing`. Raises `UsageError` for predictions without types."""
    text = predictions.read_text(encoding="utf-8")
    if text.startswith("id\t"):
        rows = csv.DictReader(text.splitlines(), delimiter="\t")
        return Counter((r["gold_root"], r["predicted_root"] or NOTHING) for r in rows)
    out: Counter[tuple[str, str]] = Counter()
    for line in text.splitlines():
        row = json.loads(line)
        if "types" not in row:
            raise UsageError("these predictions hold no types to confuse; draw --confusion for pairs or corpus")
        out.update((right, coded or NOTHING) for right, coded in row["types"])
    return out


def picture(predictions: Path, title: str) -> str:
    """SVG: rows are right, columns were coded."""
    count = confused(predictions)
    names = sorted({n for pair in count for n in pair} - {NOTHING})
    names += [NOTHING] if any(coded == NOTHING for _, coded in count) else []
    return confusion([(a, b, float(v)) for (a, b), v in sorted(count.items())], names, title=title, measure="events")
