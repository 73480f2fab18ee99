"""TIMEX3 spans and values against TimeML files, as in TempEval-3: relaxed spans, and equal values on those."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from communique.evaluate.files import f1, keep, need
from communique.extract.times import find_times
from communique.text.sentences import split_sentences
from communique.types import Document

_TAG = re.compile(r"<[^>]{0,2000}>")


def read_tml(path: Path) -> tuple[str, str | None, list[dict[str, Any]]]:
    """Text, creation day and the TIMEX3 of one file; the creation time itself is left out, as it is given."""
    raw = path.read_text(encoding="utf-8", errors="replace")
    body = raw[raw.find("<TEXT>") + 6 : raw.find("</TEXT>")] if "<TEXT>" in raw else raw
    created = re.search(r"<TIMEX3[^>]*functionInDocument=\"(?:CREATION_TIME|PUBLICATION_TIME)\"[^>]*>", raw)
    value = re.search(r'value="(\d{4}-\d\d-\d\d)', created.group()) if created else None
    text, marks, last, open_tag = [], [], 0, None
    size = 0
    for m in _TAG.finditer(body):
        piece = unescape(body[last : m.start()])
        text.append(piece)
        size += len(piece)
        last = m.end()
        if m.group().startswith("<TIMEX3"):
            open_tag = (m.group(), size)
        elif m.group().startswith("</TIMEX3") and open_tag:
            fields = dict(re.findall(r'(\w+)="([^"]*)"', open_tag[0]))
            if fields.get("functionInDocument", "NONE") not in ("CREATION_TIME", "PUBLICATION_TIME"):
                marks.append({"start": open_tag[1], "end": size, "value": fields.get("value", ""), "type": fields.get("type", "")})
            open_tag = None
    text.append(unescape(body[last:]))
    return "".join(text), value.group(1) if value else None, marks


def score_times(path: Path | str, predictions: Path | str | None = None) -> dict[str, Any]:
    """Scores over all .tml files below `path`. Raises `DataMissing` where it is not here."""
    root = need(path, "times")
    files = sorted(root.rglob("*.tml")) if root.is_dir() else [root]
    counts = {"relaxed": 0, "strict": 0, "value": 0, "type": 0}
    found_n = gold_n = 0
    rows: list[dict[str, Any]] = []
    for file in files:
        text, created, gold = read_tml(file)
        document = Document(id=file.stem, title=None, publisher=None, url=None, language="en", published=created, text=text)
        found = find_times(document, split_sentences(document))
        found_n += len(found)
        gold_n += len(gold)
        free = list(gold)
        for t in found:
            span = t.span or (0, 0)
            hit = next((g for g in free if g["start"] < span[1] and span[0] < g["end"]), None)
            row = {"file": file.stem, "text": t.text, "timex": t.timex, "type": t.timex_type, "gold": None, "gold_value": None}
            if hit:
                free.remove(hit)
                counts["relaxed"] += 1
                counts["strict"] += (hit["start"], hit["end"]) == span
                counts["value"] += hit["value"] == t.timex
                counts["type"] += hit["type"] == t.timex_type
                row |= {"gold": text[hit["start"] : hit["end"]], "gold_value": hit["value"]}
            rows.append(row)
        rows += [
            {"file": file.stem, "text": None, "timex": None, "type": None, "gold": text[g["start"] : g["end"]], "gold_value": g["value"]}
            for g in free
        ]
    keep(rows, predictions)
    return {"documents": len(files), "gold": gold_n, "found": found_n, **{n: f1(v, found_n, gold_n) for n, v in counts.items()}}
