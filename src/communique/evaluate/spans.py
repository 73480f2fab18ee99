"""Actor and recipient spans of events against B-S / B-T labels, by overlap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from communique.evaluate.files import keep, need
from communique.pipeline import analyse, record_of
from communique.types import Actor, Document, Event, Quality, Span


def read_spans(path: Path | str) -> list[tuple[str, list[Span], list[Span]]]:
    """Sentences with their source and target spans; words are joined by spaces."""
    source = need(path, "spans")
    source = source / "train.txt" if source.is_dir() else source
    out = []
    for block in source.read_text(encoding="utf-8").split("\n\n"):
        text, spans, at = "", {"S": [], "T": []}, ""
        for line in block.splitlines():
            word, _, label = line.rpartition(" ")
            start = len(text) + (1 if text else 0)
            text = f"{text} {word}" if text else word
            if label in ("B-S", "B-T"):
                at = label[2:]
                spans[at].append((start, len(text)))
            elif at and label == f"I-{at}":
                spans[at][-1] = (spans[at][-1][0], len(text))
            else:
                at = ""
        if text:
            out.append((text, spans["S"], spans["T"]))
    return out


def _spans(events: tuple[Event, ...], recipients: bool) -> list[Span]:
    sides: list[tuple[Actor, ...]] = [e.recipients if recipients else e.actors for e in events]
    return sorted({a.span for side in sides for a in side if a.span})


def _overlaps(found: list[Span], gold: list[Span]) -> tuple[int, int]:
    def meets(a: Span, others: list[Span]) -> bool:
        return any(a[0] < b[1] and b[0] < a[1] for b in others)

    return sum(meets(f, gold) for f in found), sum(meets(g, found) for g in gold)


def score_spans(
    path: Path | str, predictions: Path | str | None = None, *, coder: str = "both", quality: Quality = "fast"
) -> dict[str, Any]:
    """Overlap F1 of sources and targets, each apart and together. Raises `DataMissing`."""
    counts = {"source": [0, 0, 0, 0], "target": [0, 0, 0, 0]}
    rows = []
    for n, (text, sources, targets) in enumerate(read_spans(path)):
        document = Document(id=str(n), title=None, publisher=None, url=None, language="en", published=None, text=text)
        events = record_of(analyse(document, quality=quality), coder=coder).events
        for name, gold, found in (("source", sources, _spans(events, False)), ("target", targets, _spans(events, True))):
            right, hit = _overlaps(found, gold)
            for k, v in enumerate((right, len(found), hit, len(gold))):
                counts[name][k] += v
        rows.append(
            {
                "text": text,
                "source": [text[a:b] for a, b in sources],
                "target": [text[a:b] for a, b in targets],
                "events": [[e.type, [a.name for a in e.actors], [a.name for a in e.recipients]] for e in events],
            }
        )
    keep(rows, predictions)
    both = [sum(c[k] for c in counts.values()) for k in range(4)]
    return {name: _scores(c) for name, c in (*counts.items(), ("both", both))}


def _scores(c: list[int]) -> dict[str, float]:
    p, r = (c[0] / c[1] if c[1] else 0.0), (c[2] / c[3] if c[3] else 0.0)
    return {"precision": round(p, 4), "recall": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0}
