"""The text of a story with everything marked, and each fact linked to its words: one code for notebooks, the desk and pictures.

Every fact has a number. Words that play a part in it stand in `<i class="f3 actor">`, its card carries the class `n3`, and the rules of
`link_rules` light up what belongs together when the card is pointed at, tapped or the target of the address: no script is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from communique.render.marks import marks
from communique.types import Actor, Event, Exercise, Interval, Place, Record, Span, Statement

PARTS = ("evidence", "quote", "speaker", "recipient", "observer", "actor", "host", "force", "date", "place", "trigger")
"""What words can be in a fact; where they overlap, later ones stand inside."""
_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Words that play a part in a fact."""

    span: Span
    fact: int
    """Number of the fact in `facts(record)`."""
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of text in which nothing changes."""

    start: int
    end: int
    kind: str | None
    """What it is by itself: trigger, actor, time, place, exercise."""
    parts: tuple[Part, ...]


def facts(record: Record) -> list[Event | Exercise | Statement]:
    """All facts of a record in the order of their numbers: events, exercises, statements."""
    return [*record.events, *record.exercises, *record.statements]


def _of(number: int, part: str, things: Sequence[Actor | Place | Interval | None]) -> Iterator[Part]:
    for thing in things:
        if thing is not None and thing.span:
            yield Part(span=thing.span, fact=number, part=part)


def _parts(number: int, fact: Event | Exercise | Statement) -> Iterator[Part]:
    for span in fact.evidence:
        yield Part(span=span, fact=number, part="evidence")
    if isinstance(fact, Event):
        yield from _of(number, "actor", fact.actors)
        yield from _of(number, "recipient", fact.recipients)
        yield from _of(number, "date", [fact.date])
        yield from _of(number, "place", fact.places)
        yield from _of(number, "speaker", [fact.attribution.speaker if fact.attribution else None])
        if fact.trigger:
            yield Part(span=fact.trigger, fact=number, part="trigger")
    elif isinstance(fact, Exercise):
        yield from _of(number, "host", fact.hosts)
        yield from _of(number, "actor", fact.participants)
        yield from _of(number, "observer", fact.observers)
        yield from _of(number, "place", fact.places)
        for force in fact.forces:
            yield Part(span=force.span, fact=number, part="force")
        for span in fact.mentions:
            yield Part(span=span, fact=number, part="trigger")
    else:
        yield Part(span=fact.quote, fact=number, part="quote")
        yield from _of(number, "speaker", [fact.speaker])
        yield from _of(number, "recipient", [fact.addressee])


def parts(record: Record) -> list[Part]:
    """Every span of every fact, once, inside the text."""
    size, order = len(record.document.text), {p: n for n, p in enumerate(PARTS)}
    found = {(p.span, p.fact, p.part): p for n, f in enumerate(facts(record)) for p in _parts(n, f)}
    kept = [p for p in found.values() if 0 <= p.span[0] < p.span[1] <= size]
    return sorted(kept, key=lambda p: (p.span[0], order[p.part], p.fact))


def segments(record: Record) -> list[Segment]:
    """The text cut wherever a mark begins or ends; together the segments are the text."""
    text, order = record.document.text, {p: n for n, p in enumerate(PARTS)}
    kinds, spans = marks(record), parts(record)
    kinds = [k for k in kinds if 0 <= k[0] < k[1] <= len(text)]
    cuts = {0, len(text)}
    cuts.update(c for k in kinds for c in k[:2])
    cuts.update(c for p in spans for c in p.span)
    cuts.update(c for m in _BREAK.finditer(text) for c in m.span())
    edges, out, active, at, kind_at = sorted(cuts), [], [], 0, 0
    for start, end in zip(edges, edges[1:]):
        active = [p for p in active if p.span[1] > start]
        while at < len(spans) and spans[at].span[0] <= start:
            active.append(spans[at])
            at += 1
        while kind_at < len(kinds) and kinds[kind_at][1] <= start:
            kind_at += 1
        kind = kinds[kind_at][2] if kind_at < len(kinds) and kinds[kind_at][0] <= start else None
        inside = tuple(sorted(active, key=lambda p: (order[p.part], p.fact)))
        out.append(Segment(start=start, end=end, kind=kind, parts=inside))
    return out


def linked_text(record: Record, anchors: Sequence[str] = ()) -> str:
    """The text as paragraphs of HTML with its marks; `anchors` are the ids of the facts' cards, to which triggers link."""
    text, out = record.document.text, ["<p>"]
    for s in segments(record):
        words = text[s.start : s.end]
        if _BREAK.fullmatch(words):
            out.append("</p>\n<p>")
            continue
        inside = escape(words)
        if s.kind:
            link = next((p.fact for p in s.parts if p.part == "trigger" and p.fact < len(anchors)), None)
            inside = (
                f'<a class="k {s.kind}" href="#{escape(anchors[link])}">{inside}</a>'
                if link is not None
                else f'<mark class="k {s.kind}">{inside}</mark>'
            )
        for part in reversed(PARTS):
            mine = [p for p in s.parts if p.part == part]
            if mine:
                begins = part != "evidence" and any(p.span[0] == s.start for p in mine)
                numbers = " ".join(f"f{p.fact}" for p in mine)
                inside = f'<i class="{numbers} {part}{" b" if begins else ""}">{inside}</i>'
        out.append(inside)
    return "".join([*out, "</p>"]).replace("<p></p>\n", "")


def link_rules(count: int, scope: str = ".cq") -> str:
    """Style rules that light up the words of the fact whose card `.nX` is pointed at, focused or targeted, for facts 0 to `count`."""
    if count < 1:
        return ""
    on = [f"{scope}:has(.n{n}:is(:target,:hover,:focus-within)) .f{n}" for n in range(count)]
    back = [f"{scope}:has(.f{n}.trigger:hover) .n{n}" for n in range(count)]
    return (
        ",\n".join(on)
        + "{background:var(--tint);box-shadow:0 .12em var(--tint),0 -.12em var(--tint);outline:var(--lit,0)}\n"
        + ",\n".join(f"{rule}.b::before" for rule in on)
        + "{content:var(--said);font:600 .62em/1 system-ui,sans-serif;letter-spacing:.02em;vertical-align:.55em;margin:0 .3em 0 .1em;opacity:.9}\n"
        + ",\n".join(back)
        + "{outline:.15rem solid var(--strong);outline-offset:.1rem}\n"
    )


def part_rules(scope: str = ".cq") -> str:
    """What each part says of itself when it is lit: its tint and its name, so that colour never stands alone."""
    tints = {
        "trigger": ("trigger", "act"),
        "actor": ("actor", "actor"),
        "host": ("actor", "host"),
        "recipient": ("recipient", "recipient"),
        "observer": ("recipient", "observer"),
        "speaker": ("speaker", "speaker"),
        "date": ("time", "when"),
        "place": ("place", "where"),
        "force": ("time", "force"),
        "quote": ("quote", "words"),
        "evidence": ("evidence", ""),
    }
    return "".join(f'{scope} i.{part}{{--tint:var(--t-{tint});--said:"{name}"}}' for part, (tint, name) in tints.items())
