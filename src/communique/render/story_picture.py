"""A story with its marks as SVG: the segments of `linked`, set in lines. With the number of a fact, the words of that fact are lit up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from communique.render.linked import PARTS, Segment, segments
from communique.render.plots import GREY, INK
from communique.render.svg import picture, tag, text
from communique.types import Record

WIDTH, MARGIN, SIZE, LEADING = 860.0, 28.0, 15.0, 24.0
TINTS = {
    "trigger": "#ffd7a8",
    "actor": "#cfe3ff",
    "host": "#cfe3ff",
    "recipient": "#dcd6ff",
    "observer": "#dcd6ff",
    "speaker": "#ffe0ee",
    "date": "#d9f2d0",
    "force": "#d9f2d0",
    "place": "#e6f0b8",
    "quote": "#eeeef2",
    "evidence": "#f6f4ea",
    "exercise": "#ffd0d0",
}
_SAID = {"trigger": "act", "date": "when", "place": "where", "quote": "words", "evidence": ""}
_LINES = {"actor": "", "time": "1.5 2.5", "place": "5 3", "trigger": "", "exercise": ""}
_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_WIDTHS = {**dict.fromkeys("ijl|'.,:;!I", 0.31), **dict.fromkeys('ft()[]r-" ', 0.4), **dict.fromkeys("mwMW@%—", 0.92)}
LONGEST = 20_000
"""Characters that one picture shows; more would be too high to look at."""


class _Piece(NamedTuple):
    """Words of one segment on one line."""

    words: str
    x: float
    y: float
    wide: float
    segment: Segment
    first: bool


def _width(words: str) -> float:
    """About how wide words are; the picture then makes them exactly as wide."""
    return SIZE * sum(_WIDTHS.get(c, 0.68 if c.isupper() else 0.58) for c in words)


def _set(record: Record) -> Iterator[_Piece]:
    """The words in lines."""
    x, y = MARGIN, 0.0
    for segment in segments(record):
        words = record.document.text[segment.start : min(segment.end, LONGEST)]
        if _BREAK.fullmatch(words):
            x, y = MARGIN, y + LEADING * 1.6
            continue
        first = True
        for piece in re.findall(r"\S+\s*|\s+", words):
            wide = _width(piece.rstrip() or " ")
            if x + wide > WIDTH - MARGIN and x > MARGIN:
                x, y = MARGIN, y + LEADING
            full = _width(re.sub(r"\s+", " ", piece))
            yield _Piece(re.sub(r"\s+", " ", piece), x, y, full, segment, first)
            x, first = x + full, False


def _lit(piece: _Piece, fact: int | None) -> list[str]:
    """Parts that a piece plays in the fact that is lit, the innermost last."""
    return sorted({p.part for p in piece.segment.parts if p.fact == fact}, key=PARTS.index)


def _draw(piece: _Piece, fact: int | None, top: float) -> Iterator[str]:
    y, kind, lit = top + piece.y, piece.segment.kind, _lit(piece, fact)
    fill = TINTS[lit[-1]] if lit else TINTS[kind] if fact is None and kind in ("trigger", "exercise") else None
    if fill:
        yield tag("rect", x=piece.x, y=y - SIZE, width=piece.wide, height=SIZE * 1.35, fill=fill)
    begins = lit and any(p.fact == fact and p.part == lit[-1] and p.span[0] == piece.segment.start for p in piece.segment.parts)
    said = _SAID.get(lit[-1], lit[-1]) if lit and begins and piece.first else ""
    if said:
        yield text(said, piece.x, y - SIZE * 0.95, size=8.5, fill=GREY, font_weight="600")
    words = piece.words.strip()
    if words:
        yield text(words, piece.x, y, size=SIZE, fill=INK, textLength=_width(words))
    if kind and (fact is None or lit):
        dash = _LINES.get(kind, "")
        wide = _width(piece.words.rstrip())
        yield tag("line", x1=piece.x, x2=piece.x + wide, y1=y + 3.5, y2=y + 3.5, stroke=INK, stroke_width=0.9, stroke_dasharray=dash)


def story_picture(record: Record, *, fact: int | None = None) -> str:
    """The text of a story as SVG with everything marked, or with the words of one fact (its number in `linked.facts`) lit up."""
    d, top = record.document, 92.0
    pieces = list(_set(record))
    high = top + (max(p.y for p in pieces) if pieces else 0.0) + 40
    said = " · ".join(v for v in (d.publisher, d.published) if v)
    title = d.title or d.id
    heading = [
        text(title[:80] + ("…" if len(title) > 80 else ""), MARGIN, 34, size=19, font_weight="600"),
        text(said, MARGIN, 56, size=11, fill=GREY),
    ]
    drawn = [s for p in pieces for s in _draw(p, fact, top)]
    about = f"{len(record.events)} events, {len(record.exercises)} exercises, {len(record.statements)} statements"
    return picture(WIDTH, high, title, about, *heading, *drawn)
