"""One record for reading in a terminal: the text with its evidence marked, then what was filed."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from communique.render.marks import marks, side
from communique.types import Record

STYLES = {"trigger": "bold yellow", "exercise": "bold red", "actor": "cyan", "time": "green", "place": "magenta", "quote": "italic"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def safe(value: str) -> str:
    """Text without characters that command a terminal.

    >>> safe("a\\x1b[31mb")
    'a�[31mb'
    """
    return _CONTROL.sub("\ufffd", value)


def highlighted(record: Record) -> Text:
    """The story with its evidence in colour; without colour, the words alone."""
    text = Text(safe(record.document.text))
    for start, end, kind in marks(record):
        text.stylize(STYLES[kind], start, end)
    return text


def plain_table(*columns: str, right: Collection[int] = ()) -> Table:
    """A table without lines; the columns numbered in `right` are set flush right."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for n, c in enumerate(columns):
        table.add_column(c, overflow="fold", justify="right" if n in right else "left")
    return table


def _cell(value: str) -> Text:
    return Text(safe(value))


def print_record(record: Record, stream: TextIO, *, width: int | None = None, colour: bool | None = None) -> None:
    """Write one record to a stream; colour only where the stream is a terminal, unless told."""
    console = Console(file=stream, width=width, force_terminal=colour, highlight=False, soft_wrap=False)
    d = record.document
    console.print(Text(safe(d.title or d.id), style="bold underline"))
    console.print(Text(safe(" · ".join(v for v in (d.publisher, d.published) if v)), style="dim"))
    console.print(highlighted(record))
    console.print()
    if record.events:
        table = plain_table("EVENT", "STATUS", "ACTOR", "RECIPIENT", "DATE", "EVIDENCE")
        for e in record.events:
            start, end = e.evidence[0]
            date = (e.date.value or "–") + ("*" if e.date.basis == "publication" else "")
            quote = " ".join(d.text[start:end].split())
            table.add_row(
                *map(
                    _cell,
                    (
                        e.type + (f" {e.mode}" if e.mode else ""),
                        e.status,
                        side(tuple(a.name for a in e.actors)),
                        side(tuple(a.name for a in e.recipients)),
                        date,
                        quote[:90] + ("…" if len(quote) > 90 else ""),
                    ),
                )
            )
        console.print(table)
        if any(e.date.basis == "publication" for e in record.events):
            console.print(Text("* no date in the text: the day of publication", style="dim"))
        console.print()
    if record.exercises:
        table = plain_table("EXERCISE", "STATUS", "PARTICIPANTS", "HOSTS", "START", "END", "PLACES")
        for x in record.exercises:
            table.add_row(
                *map(
                    _cell,
                    (
                        x.name or "unnamed",
                        x.status,
                        side(tuple(a.name for a in x.participants)),
                        side(tuple(a.name for a in x.hosts)),
                        x.start or "–",
                        x.end or "–",
                        side(tuple(p.name for p in x.places)),
                    ),
                )
            )
        console.print(table)
        console.print()
    if record.statements:
        table = plain_table("SPEAKER", "VERB", "WORDS")
        for s in record.statements:
            table.add_row(*map(_cell, (s.speaker.name if s.speaker else "–", s.verb or "–", f"“{s.text}”" if s.direct else s.text)))
        console.print(table)
        console.print()
