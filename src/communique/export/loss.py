"""The loss report: what a format cannot hold, and what became of every fact."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from communique.export.types import Fact, Source


@dataclass(slots=True, kw_only=True)
class Loss:
    """Counts of one export. `read` facts are `written` or `dropped`; `rows` are those written and those that dyads added."""

    read: int = 0
    written: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """By file."""
    added: int = 0
    """Rows beyond the first that one fact gave: dyads, or countries and years of an exercise."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Facts, by reason."""
    folded: Counter[str] = field(default_factory=Counter)
    """Facts that became another type, by from and to."""
    lost: Counter[str] = field(default_factory=Counter)
    """Facts that are written without something that the dataset knows, by what."""
    replaced: int = 0
    """Cells whose tabs, line ends or quotation marks became spaces or apostrophes."""

    def drop(self, reason: str) -> None:
        """One fact is not written."""
        self.dropped[reason] += 1

    def note(self, fact: Fact, *, holds: frozenset[str] = frozenset()) -> None:
        """Count what a written event loses in a format that holds only some of `statuses, attribution, contexts, places, span, evidence`."""
        several = {
            "status": fact.status == "ongoing",
            "attribution": fact.attributed,
            "modes": fact.mode is not None,
            "contexts": len(fact.contexts) > 0,
            "places": len(fact.places) > 1,
            "last day": fact.end is not None and fact.end != fact.start,
            "precision": fact.precision not in (None, "day"),
            "score": fact.score is not None,
        }
        for what, there in several.items():
            if there and what not in holds:
                self.lost[LOST[what]] += 1


LOST = {
    "status": "that it was still going on",
    "attribution": "who asserts, alleges or denies it",
    "modes": "PLOVER mode, beyond what the CAMEO code says",
    "contexts": "PLOVER contexts, beyond what the CAMEO code says",
    "places": "places after the first",
    "last day": "last day",
    "precision": "that its date is a month or a year; the first day of it is written",
    "score": "score of the coding",
}


def as_json(loss: Loss, source: Source, kind: str, cannot: Iterable[str], unknown: Iterable[str]) -> bytes:
    """The report for programs."""
    return (json.dumps(_report(loss, source, kind, cannot, unknown), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _report(loss: Loss, source: Source, kind: str, cannot: Iterable[str], unknown: Iterable[str]) -> dict[str, Any]:
    return {
        "format": kind,
        "dataset": source.name,
        "filters": [list(f) for f in source.filters],
        "merged": source.merged,
        "version": source.version,
        "files": dict(loss.rows),
        "facts": {"read": loss.read, "written": loss.written, "dropped": sum(loss.dropped.values())},
        "rows_added_by_expansion": loss.added,
        "dropped": dict(loss.dropped.most_common()),
        "folded": dict(loss.folded.most_common()),
        "lost": dict(loss.lost.most_common()),
        "cells_with_replaced_characters": loss.replaced,
        "format_cannot_hold": list(cannot),
        "columns_left_empty": list(unknown),
    }


def as_markdown(loss: Loss, source: Source, kind: str, cannot: Iterable[str], unknown: Iterable[str]) -> bytes:
    """The report for people."""
    report = _report(loss, source, kind, cannot, unknown)
    facts = report["facts"]
    lines = [f"# What this {kind} export lost", ""]
    lines += [f"From `{source.name}`, {_filters(source)}, {'merged events' if source.merged else 'events of single stories'}.", ""]
    lines += [f"{facts['read']:,} facts read, {facts['written']:,} written, {facts['dropped']:,} dropped."]
    lines += [f"{loss.added:,} rows were added by facts that give several: one for each pair of parties.", ""] if loss.added else [""]
    lines += _section("Files", {f"`{n}`": c for n, c in loss.rows.items()}, "rows")
    lines += _section("Dropped", loss.dropped, "facts")
    lines += _section("Folded into another type", loss.folded, "facts")
    lines += _section("Written without", loss.lost, "facts")
    if loss.replaced:
        lines += [f"In {loss.replaced:,} cells tabs, line ends or quotation marks were replaced, which the layout cannot hold.", ""]
    lines += _list("The format cannot hold", cannot) + _list("Columns left empty, because the dataset does not know them", unknown)
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8")


def _filters(source: Source) -> str:
    return "filtered by " + " ".join(f"`--{n} {v}`" for n, v in source.filters) if source.filters else "without filters"


def _section(title: str, counts: Any, unit: str) -> list[str]:
    if not counts:
        return []
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"## {title}", "", f"| what | {unit} |", "| --- | ---: |", *(f"| {n} | {c:,} |" for n, c in ordered), ""]


def _list(title: str, items: Iterable[str]) -> list[str]:
    found = list(items)
    return [f"## {title}", "", *(f"- {i}" for i in found), ""] if found else []
