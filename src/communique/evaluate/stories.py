"""Whole stories against their keys: events, status, exercises, quotes, dates and places.

Conventions are those of the keys: YIELD stands for CONCEDE and RETREAT; optional facts cost nothing when absent and
nothing when found; reciprocal events match either way round; each side matches when a party is shared.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from communique.evaluate.files import f1, keep, need
from communique.pipeline import analyse, record_of
from communique.types import Actor, Document, Event, Exercise, Quality, Record

_YIELD = frozenset(("CONCEDE", "RETREAT"))


def document_of(raw: dict[str, Any]) -> Document:
    """A story of the measuring sets."""
    return Document(
        id=str(raw["id"]),
        title=raw.get("title"),
        publisher=raw.get("source"),
        url=raw.get("url"),
        language="en",
        published=raw.get("published"),
        text=raw["text"],
    )


def read_stories(path: Path | str) -> list[tuple[Document, dict[str, Any]]]:
    """The stories and keys under `path` (a folder with `stories/` and `keys/`)."""
    root = need(path, "stories")
    out = []
    for file in sorted((root / "stories").glob("*.json")):
        raw = json.loads(file.read_text(encoding="utf-8"))
        key = json.loads((root / "keys" / file.name).read_text(encoding="utf-8"))
        out.append((document_of(raw), key))
    return out


def codes(actors: tuple[Actor, ...]) -> set[str]:
    """ISO and organisation codes of a list of actors."""
    return {c for a in actors for c in (a.country, a.organization) if c}


def _types(key: dict[str, Any]) -> set[str]:
    out = {key["plover"], *key.get("plover_alt", [])}
    return out | _YIELD if "YIELD" in out else out


def event_matches(event: Event, key: dict[str, Any]) -> bool:
    """Type, actor and recipient right."""
    if event.type not in _types(key):
        return False
    source, target = set(key["source"]), set(key["target"])
    a, b = codes(event.actors), codes(event.recipients)

    def side(found: set[str], wanted: set[str]) -> bool:
        return bool(found & wanted) or (not wanted and not found)

    return (side(a, source) and side(b, target)) or (bool(key.get("reciprocal")) and side(b, source) and side(a, target))


def match_events(events: tuple[Event, ...], keys: list[dict[str, Any]]) -> tuple[dict[int, int], set[int]]:
    """Greedy one-to-one match: predicted index to key index, obligatory keys first; and predictions that match a key already taken."""
    taken: dict[int, int] = {}
    order = sorted(range(len(keys)), key=lambda k: bool(keys[k].get("optional")))
    for k in order:
        fits = [i for i, e in enumerate(events) if i not in taken and event_matches(e, keys[k])]
        if fits:
            taken[max(fits, key=lambda i: (events[i].status == keys[k]["status"], _near(events[i], keys[k])))] = k
    spare = {
        i
        for i, e in enumerate(events)
        if i not in taken and any(event_matches(e, keys[k]) for k in range(len(keys)) if keys[k].get("optional"))
    }
    return taken, spare


def _near(event: Event, key: dict[str, Any]) -> bool:
    return bool(key.get("date")) and (event.date.start or "")[:7] == str(key["date"])[:7]


def _names(x: Exercise) -> set[str]:
    return codes(x.participants)


def _exercise_matches(x: Exercise, key: dict[str, Any]) -> bool:
    wanted = key.get("name_text")
    if wanted:
        return bool(x.name) and wanted.casefold() in (x.name or "").casefold()
    return not x.name and len(_names(x) & set(key["participants"])) >= 2


def _exercise_fields(x: Exercise, key: dict[str, Any]) -> dict[str, bool]:
    return {
        "name": (x.name or None) == key["name"],
        "participants": _names(x) == set(key["participants"]),
        "hosts": codes(x.hosts) == set(key["hosts"]),
        "observers": codes(x.observers) == set(key["observers"]),
        "start": x.start == key["start"],
        "end": x.end == key["end"],
        "status": x.status == key["status"],
        "places": {p.text for p in x.places} >= set(key["places"]),
    }


def _plain(value: str) -> str:
    return re.sub(r"\W+", " ", value).strip().casefold()


def _score_quotes(record: Record, keys: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Right, wrong and wanted; partial ones are optional."""
    left, right, wrong = list(keys), 0, 0
    wanted = sum(not k.get("partial") for k in keys)
    for s in (s for s in record.statements if s.direct):
        hit = next(
            (
                k
                for k in left
                if _plain(k["quote"]) == _plain(s.text) or (_plain(s.text) in _plain(k["quote"]) and len(s.text) > 0.5 * len(k["quote"]))
            ),
            None,
        )
        if hit is None:
            wrong += 1
            continue
        left.remove(hit)
        who = codes((s.speaker,)) if s.speaker else set()
        ok = hit.get("speaker_affiliation") in who or (s.speaker is not None and _plain(s.speaker.name) == _plain(hit["speaker"]))
        if not hit.get("partial"):
            right += ok
            wrong += not ok
        elif not ok:
            wrong += 1
    return right, wrong, wanted


def _score_dates(record: Record, keys: list[dict[str, Any]]) -> tuple[int, int, int]:
    found = {(t.text, t.value) for t in record.times if t.text and t.value}
    wanted = {(k["text"], k["value"]) for k in keys}
    right = sum(
        any(w[0].casefold() in f[0].casefold() or f[0].casefold() in w[0].casefold() for f in found if f[1] == w[1]) for w in wanted
    )
    extra = sum(not any(f[0].casefold() in w[0].casefold() or w[0].casefold() in f[0].casefold() for w in wanted) for f in found)
    return right, extra, len(wanted)


def _score_places(record: Record, keys: list[dict[str, Any]]) -> tuple[int, int, int]:
    found = {(p.text, p.country, p.metonym) for p in record.places}
    right = sum(any(_plain(f[0]) == _plain(k["text"]) and f[1] == k["country"] for f in found) for k in keys)
    extra = len({_plain(f[0]) for f in found} - {_plain(k["text"]) for k in keys})
    return right, extra, len(keys)


def score_stories(
    path: Path | str, predictions: Path | str | None = None, *, coder: str = "both", quality: Quality = "fast"
) -> dict[str, Any]:
    """All scores over the stories under `path`. Raises `DataMissing` where they are not here."""
    counts = {n: [0, 0, 0] for n in ("events", "exercises", "quotes", "dates", "places")}
    status, fields, rows = [0, 0], [0, 0], []
    for document, key in read_stories(path):
        record = record_of(analyse(document, quality=quality), coder=coder)
        taken, spare = match_events(record.events, key["events"])
        needed = [k for k, e in enumerate(key["events"]) if not e.get("optional")]
        right = [i for i, k in taken.items() if k in needed]
        wrong = [i for i in range(len(record.events)) if i not in taken and i not in spare]
        _add(counts["events"], len(right), len(wrong), len(needed))
        status[0] += sum(record.events[i].status == key["events"][k]["status"] for i, k in taken.items())
        status[1] += len(taken)
        pairs: list[tuple[Exercise, dict[str, Any]]] = []
        free = list(record.exercises)
        for k in key["exercises"]:
            x = next((x for x in free if _exercise_matches(x, k)), None)
            if x:
                free.remove(x)
                pairs.append((x, k))
        _add(counts["exercises"], len(pairs), len(free), len(key["exercises"]))
        judged = [v for x, k in pairs for v in _exercise_fields(x, k).values()]
        fields[0] += sum(judged)
        fields[1] += len(judged)
        _add(counts["quotes"], *_score_quotes(record, key["quotes"]))
        _add(counts["dates"], *_score_dates(record, key["dates"]))
        _add(counts["places"], *_score_places(record, key["places"]))
        rows.append(
            {
                "id": document.id,
                "missed": [_brief_key(key["events"][k]) for k in needed if k not in taken.values()],
                "spurious": [brief(record.events[i]) for i in wrong],
                "right": [brief(record.events[i]) for i in taken],
                "exercises": [
                    [x.name, sorted(_names(x)), x.start, x.end, x.status, [p.text for p in x.places], sorted(codes(x.hosts))]
                    for x in record.exercises
                ],
                "statements": [[s.speaker.name if s.speaker else None, s.text[:80]] for s in record.statements if s.direct],
                "times": [[t.text, t.value] for t in record.times],
                "places": sorted({(p.text, p.country or "", p.metonym) for p in record.places}),
            }
        )
    keep(rows, predictions)
    out: dict[str, Any] = {n: f1(r, r + w, g) for n, (r, w, g) in counts.items()}
    out["status_accuracy"] = round(status[0] / status[1], 4) if status[1] else 0.0
    out["exercise_fields"] = round(fields[0] / fields[1], 4) if fields[1] else 0.0
    return out


def _add(counts: list[int], right: int, wrong: int, wanted: int) -> None:
    counts[0] += right
    counts[1] += wrong
    counts[2] += wanted


def brief(e: Event) -> str:
    """One line for error analysis."""

    def side(actors: tuple[Actor, ...]) -> str:
        return ",".join(f"{a.country or a.organization or a.name}:{a.sector or ''}" for a in actors)

    return f"{e.type} {e.status} {side(e.actors)} -> {side(e.recipients)} {e.date.value} [{e.why.get('entry')}]"


def _brief_key(k: dict[str, Any]) -> str:
    return f"{k['plover']} {k['status']} {','.join(k['source'])} -> {','.join(k['target'])} {k['date']}: {k['evidence'][:90]}"
