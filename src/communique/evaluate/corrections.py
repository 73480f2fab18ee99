"""Corrections from the desk: whether the coder now files what readers said that it should have filed.

A file has one JSON object a line, as *Report an error* writes them; lines of several readers may stand below one another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from communique.errors import BadField
from communique.evaluate.files import keep, need
from communique.evaluate.stories import document_of, event_matches
from communique.pipeline import analyse, record_of
from communique.types import Document, Event, Quality, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What one reader says about one event."""

    document: Document
    wanted: tuple[dict[str, Any], ...]
    """Events that should be filed: plover, status, source, target, date, and the trigger that they were read from."""
    unwanted: tuple[dict[str, Any], ...]
    """Events that should not: plover and trigger."""


def read_corrections(path: Path | str) -> list[Correction]:
    """The corrections of a file. Raises `DataMissing`, and `BadField` for a line that is none."""
    out = []
    for n, line in enumerate(need(path, "corrections").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            key, story = row["key"], row["story"]
            if not isinstance(story["text"], str):
                raise BadField(f"line {n} of {path} has no text; its dataset keeps none, put the story's text into story.text")
            wanted = tuple({f: e[f] for f in ("plover", "status", "source", "target", "date", "trigger")} for e in key["events"])
            unwanted = tuple({f: e[f] for f in ("plover", "trigger")} for e in key.get("wrong_events", ()))
            out.append(Correction(document=document_of(story), wanted=wanted, unwanted=unwanted))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadField(
                f"line {n} of {path} is no correction ({type(error).__name__}: {error}); take it from the desk as it is"
            ) from error
    return out


def _there(event: Event, wrong: dict[str, Any]) -> bool:
    """Whether an event is the one that should not be filed."""
    at = wrong["trigger"]
    if event.type != wrong["plover"]:
        return False
    return not at or not event.trigger or (event.trigger[0] < at["end"] and at["start"] < event.trigger[1])


def _judged(record: Record, correction: Correction) -> tuple[list[dict[str, bool]], list[bool]]:
    """For each wanted event what of it is right now, and for each unwanted one whether it is gone."""
    wanted = []
    for key in correction.wanted:
        fits = [e for e in record.events if event_matches(e, key) and _told_at(e, key["trigger"])]
        best = max(fits, key=lambda e: (e.status == key["status"], _dated(e, key)), default=None)
        status, date = best is not None and best.status == key["status"], best is not None and _dated(best, key)
        wanted.append({"event": best is not None, "status": status, "date": date})
    return wanted, [not any(_there(e, w) for e in record.events) for w in correction.unwanted]


def _told_at(event: Event, trigger: dict[str, int] | None) -> bool:
    """Whether an event is told by the sentence of a trigger; another event of the story does not meet the correction of this one."""
    return not trigger or any(start < trigger["end"] and trigger["start"] < end for start, end in event.evidence)


def _dated(event: Event, key: dict[str, Any]) -> bool:
    return not key["date"] or (event.date.start or "").startswith(str(key["date"]))


def score_corrections(
    path: Path | str, predictions: Path | str | None = None, *, coder: str = "both", quality: Quality = "fast"
) -> dict[str, Any]:
    """How many corrections of a file are met. Raises `DataMissing`, `BadField`."""
    records: dict[Document, Record] = {}
    counts = {"event": 0, "status": 0, "date": 0}
    met = asked = gone = unwanted = 0
    rows = []
    for c in (found := read_corrections(path)):
        if c.document not in records:
            records[c.document] = record_of(analyse(c.document, quality=quality), coder=coder)
        right, away = _judged(records[c.document], c)
        for r in right:
            counts = {f: counts[f] + r[f] for f in counts}
        asked, gone, unwanted = asked + len(right), gone + sum(away), unwanted + len(away)
        met += all(all(r.values()) for r in right) and all(away)
        missed = [k for k, r in zip(c.wanted, right) if not all(r.values())]
        spurious = [w for w, a in zip(c.unwanted, away) if not a]
        rows.append({"id": c.document.id, "missed": missed, "spurious": spurious, "text": c.document.text})
    keep(rows, predictions)
    return {
        "corrections": len(found),
        "met": met,
        "events wanted": asked,
        **{f"  {name} right": count for name, count in counts.items()},
        "events not wanted": unwanted,
        "  gone": gone,
    }
