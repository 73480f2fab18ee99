"""Which characters of a text are evidence, and of what kind."""

from __future__ import annotations

from communique.types import Record, Span

KINDS = ("trigger", "exercise", "quote", "actor", "time", "place")
"""In order of precedence where they overlap."""


def marks(record: Record) -> list[tuple[int, int, str]]:
    """Non-overlapping (start, end, kind) by start: triggers win over names, names over quotes."""
    found: list[tuple[Span, str]] = [(e.trigger, "trigger") for e in record.events if e.trigger]
    found += [(m, "exercise") for x in record.exercises for m in x.mentions]
    found += [(m, "actor") for a in record.actors for m in a.mentions]
    found += [(t.span, "time") for t in record.times if t.span and t.value]
    found += [(p.span, "place") for p in record.places if p.span and not p.metonym]
    out: list[tuple[int, int, str]] = []
    order = {k: n for n, k in enumerate(KINDS)}
    taken: list[Span] = []
    for span, kind in sorted(found, key=lambda x: (order[x[1]], x[0])):
        if span[0] < span[1] and not any(span[0] < e and s < span[1] for s, e in taken):
            taken.append(span)
            out.append((span[0], span[1], kind))
    return sorted(out)


def side(names: tuple[str, ...]) -> str:
    """A list of parties in words."""
    return ", ".join(names) if names else "–"
