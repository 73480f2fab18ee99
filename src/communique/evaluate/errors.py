"""List what a scorer's predictions got wrong, with the words that it happened in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

WRONG = ("missed", "spurious")


def errors(predictions: Path, most: int) -> list[str]:
    """At most `most` errors from a predictions file: rows of pairs with another root, items missed or spurious of stories and corpus."""
    text = predictions.read_text(encoding="utf-8")
    out: list[str] = []
    if text.startswith("id\t"):
        for r in csv.DictReader(text.splitlines(), delimiter="\t"):
            if r["gold_root"] != r["predicted_root"]:
                out.append(f"{r['gold_root']} coded as {r['predicted_root'] or 'nothing'}: {r['marked_sentence']}")
        return out[:most]
    for line in text.splitlines():
        row = json.loads(line)
        for kind in WRONG:
            out += [f"{row.get('id')} {kind}: {json.dumps(x, ensure_ascii=False)}" for x in row.get(kind, [])]
        if row.get("text") and any(row.get(k) for k in WRONG):
            out.append(f"    in: {row['text']}")
    return out[:most]
