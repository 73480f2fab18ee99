"""One record for reading in a terminal: the text with its evidence marked, then what was filed."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TextIO

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from communique.render.marks import marks, side
from communique.types import Event, Exercise, Record

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
        console.print(Text("EVENTS", style="bold"))
        for e in record.events:
            console.print(_event(e, d.text))
        if any(e.date.basis == "publication" for e in record.events):
            console.print(Text("* no date in the text: the day of publication", style="dim"))
        console.print()
    if record.exercises:
        console.print(Text("EXERCISES", style="bold"))
        for x in record.exercises:
            console.print(_exercise(x))
        console.print()
    if record.statements:
        console.print(Text("STATEMENTS", style="bold"))
        for s in record.statements:
            words = f"“{s.text}”" if s.direct else s.text
            console.print(_lines(Text(safe(f"{s.speaker.name if s.speaker else '–'} · {s.verb or '–'}"), style="cyan"), words))
        console.print()


def _lines(head: Text, *below: str | Text) -> Padding:
    """A heading with what belongs to it indented below; long lines are folded under their own start."""
    rows: list[Text | Padding] = [head]
    rows += [Padding(b if isinstance(b, Text) else _cell(" ".join(b.split())), (0, 0, 0, 4), expand=False) for b in below if b]
    return Padding(Group(*rows), 0, expand=False)


def _event(e: Event, text: str) -> Padding:
    kind = e.type + (f" {e.mode}" if e.mode else "")
    date = (e.date.value or "no date") + ("*" if e.date.basis == "publication" else "")
    head = Text.assemble((safe(kind), "bold yellow"), safe(f"  {e.status}  {date}"), (f"  {e.score:.2f}", "dim"))
    parties = side(tuple(a.name for a in e.actors)) + (f" → {side(tuple(a.name for a in e.recipients))}" if e.recipients else "")
    start, end = e.evidence[0]
    said = f"{e.attribution.stance} by {e.attribution.speaker.name}" if e.attribution and e.attribution.speaker else ""
    quote = Text(safe(_short(text[start:end])), style="dim")
    return _lines(head, Text(safe(parties), style="cyan"), said, quote)


def _short(text: str, most: int = 150) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


def _exercise(x: Exercise) -> Padding:
    days = " to ".join(v for v in dict.fromkeys((x.start, x.end)) if v) or "no date"
    head = Text.assemble((safe(x.name or "unnamed exercise"), "bold red"), safe(f"  {x.status}  {days}"))
    rows = (
        ("participants", tuple(a.name for a in x.participants)),
        ("hosts", tuple(a.name for a in x.hosts)),
        ("observers", tuple(a.name for a in x.observers)),
        ("places", tuple(p.name for p in x.places)),
    )
    return _lines(head, *(f"{label}: {side(names)}" for label, names in rows if names), f"purpose: {x.purpose}" if x.purpose else "")
