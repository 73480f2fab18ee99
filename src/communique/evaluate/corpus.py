"""Events, roles, status and spans against our own corpus (`training/corpus/corpus.jsonl`), from raw text on."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from communique.evaluate.files import f1, keep, need
from communique.evaluate.whole import mentions, whole
from communique.extract.candidates import RECIPROCAL
from communique.pipeline import analyse, record_of
from communique.types import Actor, Document, Event, Quality, Span

PARTS = ("train", "tune", "test")


def part_of(block_id: str) -> str:
    """The part of the fixed split that a block belongs to: eight, one and one tenth."""
    k = int(hashlib.sha256(block_id.encode()).hexdigest(), 16) % 10
    return "test" if k == 0 else "tune" if k == 1 else "train"


def read_corpus(path: Path | str, part: str | None = None) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Stories of a part (all without one) with their marks. Raises `DataMissing`."""
    source = need(path, "corpus")
    source = source / "corpus.jsonl" if source.is_dir() else source
    with source.open(encoding="utf-8") as file:
        for line in file:
            block = json.loads(line)
            if part is None or part_of(block["id"]) == part:
                text = block["text"]
                title = text.split("\n", 1)[0] if block["title"] else None
                yield (
                    Document(id=block["id"], title=title, publisher=None, url=None, language="en", published=block["published"], text=text),
                    block,
                )


def touches(actors: tuple[Actor, ...], names: list[str], spans: dict[str, list[Span]]) -> bool:
    """Some predicted party overlaps a mention of some wanted one; both empty, or nobody named, counts as right."""
    actors = tuple(a for a in actors if a.is_named)
    if not actors or not names:
        return not actors and not names
    wanted = [s for n in names for s in spans[n]]
    return any(a.span and any(a.span[0] < q[1] and q[0] < a.span[1] for q in wanted) for a in actors)


def matches(event: Event, gold: dict[str, Any], spans: dict[str, list[Span]]) -> bool:
    """Type, actor and recipient right; mutual events either way round."""
    if event.type != gold["type"]:
        return False
    straight = touches(event.actors, gold["actors"], spans) and touches(event.recipients, gold["recipients"], spans)
    crossed = (
        event.type in RECIPROCAL and touches(event.actors, gold["recipients"], spans) and touches(event.recipients, gold["actors"], spans)
    )
    return straight or crossed


def spans_of(block: dict[str, Any]) -> dict[str, list[Span]]:
    """Mention spans of each actor."""
    return {a["id"]: [(s[0], s[1]) for s in a["spans"]] for a in block["actors"]}


def told(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The events that a record should hold: those with a party."""
    return [g for g in block["events"] if g["actors"] or g["recipients"]]


def score_corpus(
    path: Path | str, predictions: Path | str | None = None, *, part: str = "test", coder: str = "both", quality: Quality = "fast"
) -> dict[str, Any]:
    """Event F1 (type, actor, recipient), F1 of events of which all is right (countries and organisations of all parties, status), trigger F1
    (a word and its type), status of found events, calibration error of the scores; of mentions the share with the right country, organisation, sector.

    Where nobody named acts, an unnamed actor is right.
    """
    n = {"right": 0, "found": 0, "gold": 0, "trigger": 0, "status": 0, "whole": 0}
    rows, judged = [], []
    parties: Counter[str] = Counter()
    by_type: dict[str, Counter[str]] = {}
    for document, block in read_corpus(path, part):
        record = record_of(analyse(document, quality=quality), coder=coder)
        spans = spans_of(block)
        wanted = told(block)
        free, hits = list(wanted), {}
        for i, e in enumerate(record.events):
            g = next((g for g in free if matches(e, g, spans)), None)
            if g:
                free.remove(g)
                hits[i] = g
            judged.append((e.score, g is not None))
        for i, e in enumerate(record.events):
            by_type.setdefault(e.type, Counter()).update(found=1, right=int(i in hits))
        for g in wanted:
            by_type.setdefault(g["type"], Counter()).update(gold=1)
        n["right"] += len(hits)
        n["found"] += len(record.events)
        n["gold"] += len(wanted)
        n["status"] += sum(record.events[i].status == g["status"] for i, g in hits.items())
        n["whole"] += sum(whole(record.events[i], g, block) for i, g in hits.items())
        parties += mentions(record.actors, block)
        n["trigger"] += sum(_coded(record.events, g) == g["type"] for g in wanted)
        rows.append(_row(document, record.events, hits, free))
    keep(rows, predictions)
    return {
        "part": part,
        "coder": coder,
        "events": f1(n["right"], n["found"], n["gold"]),
        "whole_events": f1(n["whole"], n["found"], n["gold"]),
        "triggers": f1(n["trigger"], n["found"], n["gold"]),
        "status_accuracy": round(n["status"] / max(n["right"], 1), 4),
        "calibration_error": calibration_error(judged),
        "gold": n["gold"],
        "parties": {k: round(parties[k] / max(parties["all"], 1), 4) for k in ("country", "organization", "sector")},
        "by_type": {k: f1(c["right"], c["found"], c["gold"])["f1"] for k, c in sorted(by_type.items())},
    }


def _row(document: Document, events: tuple[Event, ...], hits: dict[int, dict[str, Any]], missed: list[dict[str, Any]]) -> dict[str, Any]:
    def brief(e: Event) -> list[Any]:
        word = document.text[slice(*e.trigger)] if e.trigger else None
        return [e.type, word, [a.name for a in e.actors], [a.name for a in e.recipients], e.status, e.score, e.why.get("coder")]

    return {
        "id": document.id,
        "text": document.text,
        "right": [brief(events[i]) for i in hits],
        "spurious": [brief(e) for i, e in enumerate(events) if i not in hits],
        "types": [[g["type"], _coded(events, g)] for g in [*hits.values(), *missed]],
        "missed": [[g["type"], [document.text[a:b] for a, b in g["spans"]], g["actors"], g["recipients"], g["status"]] for g in missed],
    }


def _coded(events: tuple[Event, ...], wanted: dict[str, Any]) -> str | None:
    """Type of the event whose trigger is a word of the wanted one, the right type first."""
    types = [e.type for e in events if e.trigger and any(e.trigger[0] < b and a < e.trigger[1] for a, b in wanted["spans"])]
    return wanted["type"] if wanted["type"] in types else next(iter(types), None)


def calibration_error(judged: list[tuple[float, bool]]) -> float:
    """Expected calibration error over ten equal bins of the score."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, right in judged:
        bins.setdefault(min(int(score * 10), 9), []).append((score, right))
    total = max(len(judged), 1)
    gaps = (abs(sum(s for s, _ in b) / len(b) - sum(r for _, r in b) / len(b)) * len(b) for b in bins.values())
    return round(sum(gaps) / total, 4)
