"""Finding the measuring sets and keeping predictions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from communique.errors import DataMissing
from communique.settings import data_folder

WHERE = {
    "trees": "UD_English-EWT or UD_English-GUM of Universal Dependencies",
    "stories": "the project's own keys over public-domain releases",
    "corrections": "lines that *Report an error* of the desk writes",
    "pairs": "PLV of Hu et al. (ACL 2024)",
    "times": "TimeBank, AQUAINT and WikiWars",
    "places": "LGL and GeoVirus",
    "quotes": "PolNeAR",
    "clusters": "ECB+ (Cybulska and Vossen, LREC 2014)",
    "spans": "ConfliBERT's cameo_ner",
    "corpus": "our own corpus, training/corpus/corpus.jsonl in a checkout",
}


def need(path: Path | str, kind: str) -> Path:
    """The path where it exists, here or under `COMMUNIQUE_DATA`; raises `DataMissing` that says where the set can be had."""
    found = Path(path)
    if not found.exists() and not found.is_absolute():
        found = data_folder() / found
    if not found.exists():
        raise DataMissing(f"{found} is not here; this measure needs {WHERE[kind]}; set COMMUNIQUE_DATA or name the path")
    return found


def keep(rows: Iterable[dict[str, Any]], predictions: Path | str | None) -> None:
    """Write one JSON object a line where a file was named."""
    if predictions:
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
        Path(predictions).write_text(text, encoding="utf-8")


def f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    """Precision, recall and F1 from counts; 0 where nothing was predicted or wanted.

    >>> f1(1, 2, 1)["f1"]
    0.6667
    """
    p, r = right / predicted if predicted else 0.0, right / gold if gold else 0.0
    return {"precision": round(p, 4), "recall": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0}
