"""The quality gate: every figure reached is pinned in `floors.tsv`; it may rise, and falls only with a line in the changelog."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from communique.settings import data_folder

FLOORS = Path(__file__).with_name("floors.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One pinned figure. `key` is the path into the scorer's result: events.f1."""

    kind: str
    path: str
    key: str
    least: float
    quality: str = "fast"
    """Stands after `@` in the table's column of kinds where it is best."""
    most: bool = False
    """True where the figure must not exceed `least`: an error."""


def floors(file: Path = FLOORS) -> list[Floor]:
    """The table, one row a figure; a sign `<` before the number turns it round."""
    out = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "kind\t")):
            kind, path, key, least = line.split("\t")
            kind, _, quality = kind.partition("@")
            limit, most = float(least.lstrip("<")), least.startswith("<")
            out.append(Floor(kind=kind, path=path, key=key, least=limit, quality=quality or "fast", most=most))
    return out


def value_of(scores: dict[str, Any], key: str) -> float:
    """The figure at a dotted path.

    >>> value_of({"events": {"f1": 0.5}}, "events.f1")
    0.5
    """
    found: Any = scores
    for part in key.split("."):
        found = found[part]
    return float(found)


def check(kinds: tuple[str, ...] = (), quality: str = "fast") -> list[tuple[Floor, float | None, bool]]:
    """(floor, figure, held) for each row of a quality, or of some kinds; a set that is not on this machine has figure None and counts as held."""
    done: dict[tuple[str, str], dict[str, Any] | None] = {}
    out = []
    for f in floors():
        if f.quality != quality or (kinds and f.kind not in kinds):
            continue
        at = (f.kind, f.path)
        if at not in done:
            path = Path(f.path) if f.kind == "corpus" else data_folder() / f.path
            scorer = getattr(import_module(f"communique.evaluate.{f.kind}"), f"score_{f.kind}")
            done[at] = scorer(path, **({} if quality == "fast" else {"quality": quality})) if path.exists() else None
        scores = done[at]
        figure = None if scores is None else value_of(scores, f.key)
        held = figure is None or (figure <= f.least if f.most else figure >= f.least)
        out.append((f, figure, held))
    return out
