"""Exercises against keys: how many are found, and how many of their fields are right.

A found exercise matches a key where their evidence overlaps and they share the name or a participant; each key is taken
once. `docs/exercises.md` describes the keys. A field with a `..._free` mark in the key is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from communique.evaluate.files import f1, keep, need
from communique.evaluate.stories import codes, read_stories
from communique.extract.exercises import find_exercises
from communique.pipeline import analyse
from communique.types import Document, Exercise, Force, Span

FIELDS = ("name", "participants", "hosts", "observers", "start", "end", "places", "status")
_MORE = ("domains", "kind", "purpose", "forces", "directed_at")


def read_exercise_stories(path: Path | str) -> list[tuple[Document, list[dict[str, Any]]]]:
    """Stories with the keys of their exercises, from a folder with `stories/` and `keys/` or from a JSONL file.

    Raises `DataMissing` where nothing is at `path`.
    """
    found = need(path, "stories")
    if found.is_dir():
        return [(document, key["exercises"]) for document, key in read_stories(found)]
    return list(_from_lines(found.read_text(encoding="utf-8").splitlines()))


def _from_lines(lines: list[str]) -> Iterator[tuple[Document, list[dict[str, Any]]]]:
    for line in lines:
        raw = json.loads(line)
        document = Document(
            id=raw["id"], title=raw["title"], publisher=None, url=None, language="en", published=raw["published"], text=raw["text"]
        )
        yield document, raw["exercises"]


def key_matches(exercise: Exercise, key: dict[str, Any], text: str) -> bool:
    """Evidence overlaps, and the name or a participant is shared; two names must agree."""
    start = text.find(key["evidence"])
    wanted: Span = (start, start + len(key["evidence"]))
    if start < 0 or not any(s < wanted[1] and wanted[0] < e for s, e in exercise.evidence):
        return False
    if exercise.name and key["name_text"]:
        return key["name_text"].casefold() in exercise.name.casefold()
    return bool(codes(exercise.participants) & set(key["participants"]))


def match_exercises(found: tuple[Exercise, ...], keys: list[dict[str, Any]], text: str) -> list[tuple[Exercise, dict[str, Any]]]:
    """One-to-one pairs, those with most fields right first."""
    fits = [(x, k) for x in found for k in keys if key_matches(x, k, text)]
    fits.sort(key=lambda p: -sum(judge_fields(*p).values()))
    pairs: list[tuple[Exercise, dict[str, Any]]] = []
    for x, k in fits:
        if not any(x is a or k is b for a, b in pairs):
            pairs.append((x, k))
    return pairs


def judge_fields(exercise: Exercise, key: dict[str, Any]) -> dict[str, bool]:
    """Each field that the key gives: right or not."""
    optional = set(key.get("participants_optional", []))
    judged = {
        "name": exercise.name == key["name"],
        "participants": codes(exercise.participants) - optional == set(key["participants"]) - optional,
        "hosts": codes(exercise.hosts) == set(key["hosts"]),
        "observers": codes(exercise.observers) == set(key["observers"]),
        "start": exercise.start == key["start"],
        "end": exercise.end == key["end"],
        "places": {_bare(p.text) for p in exercise.places} == {_bare(p) for p in key["places"]},
        "status": exercise.status == key["status"],
    }
    judged |= {f: _more(f, exercise, key[f]) for f in _MORE if f in key}
    return {f: right for f, right in judged.items() if not key.get(f"{f}_free")}


def _bare(place: str) -> str:
    return place.casefold().removeprefix("the ")


def _more(field: str, exercise: Exercise, wanted: Any) -> bool:
    if field == "domains":
        return set(exercise.domains) == set(wanted)
    if field == "forces":
        return {_force(f) for f in exercise.forces} == {(w["kind"], w["count"], w["at_least"], w["claimed_by"]) for w in wanted}
    if field == "directed_at":
        return {(d.actor.country or d.actor.organization, d.stance) for d in exercise.directed_at} == {tuple(w) for w in wanted}
    return getattr(exercise, field) == wanted


def _force(force: Force) -> tuple[str, int, bool, str | None]:
    claimant = force.claimed_by
    return force.kind, force.count, force.at_least, (claimant.country or claimant.organization) if claimant else None


def score_exercises(path: Path | str, predictions: Path | str | None = None) -> dict[str, Any]:
    """Precision, recall and F1 of the exercises found, and for those the share of each field that is right.

    `path` is a folder with `stories/` and `keys/` or a JSONL file; `predictions` names a file for what was found.
    `every_field` is the share of matched exercises without any wrong field. Raises `DataMissing`.
    """
    right = predicted = gold = whole = 0
    fields: dict[str, list[bool]] = {f: [] for f in (*FIELDS, *_MORE)}
    rows = []
    for document, keys in read_exercise_stories(path):
        found = find_exercises(analyse(document))
        pairs = match_exercises(found, keys, document.text)
        right, predicted, gold = right + len(pairs), predicted + len(found), gold + len(keys)
        wrong: list[str] = []
        for x, k in pairs:
            judged = judge_fields(x, k)
            whole += all(judged.values())
            wrong += [f"{x.id} {f}" for f, ok in judged.items() if not ok]
            for f, ok in judged.items():
                fields[f].append(ok)
        rows.append({"id": document.id, "exercises": [asdict(x) for x in found], "wrong": wrong, "missed": len(keys) - len(pairs)})
    keep(rows, predictions)
    every = [ok for values in fields.values() for ok in values]
    return {
        "found": f1(right, predicted, gold),
        "fields": round(sum(every) / len(every), 4) if every else 0.0,
        "every_field": round(whole / right, 4) if right else 0.0,
        "by_field": {f: round(sum(v) / len(v), 4) for f, v in fields.items() if v},
    }
