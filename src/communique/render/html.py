"""One record as a piece of HTML: the text with its evidence marked, then what was filed. No scripts; everything escaped.

The marks and the links between facts and their words are those of the desk (`linked`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape

from communique.render.linked import facts, link_rules, linked_text, part_rules
from communique.render.marks import side
from communique.types import Event, Exercise, Record, Statement

TINTS = """--t-trigger:#ffd7a8;--t-actor:#cfe3ff;--t-recipient:#dcd6ff;--t-speaker:#ffe0ee;--t-time:#d9f2d0;--t-place:#e6f0b8;
--t-quote:#eeeef2;--t-evidence:#f6f4ea;--t-exercise:#ffd0d0;--strong:#9a4a00"""
DARK = """--t-trigger:#7a4a10;--t-actor:#1d4478;--t-recipient:#43378a;--t-speaker:#6d2a4b;--t-time:#2b5a1f;--t-place:#4d551a;
--t-quote:#33333a;--t-evidence:#26261f;--t-exercise:#7d2f2f;--strong:#ffb066"""
MARKS = """
.cq i{font-style:normal}.cq .k{background:none;color:inherit;text-decoration:underline;text-underline-offset:.2em;text-decoration-thickness:.08em}
.cq .k.trigger{background:var(--t-trigger);text-decoration-style:solid;text-decoration-thickness:.14em;border-radius:.15em}
.cq .k.exercise{background:var(--t-exercise);text-decoration-style:double;border-radius:.15em}
.cq .k.actor{text-decoration-style:solid}.cq .k.time{text-decoration-style:dotted;text-decoration-thickness:.14em}
.cq .k.place{text-decoration-style:dashed}.cq a.k{cursor:pointer}
@media (forced-colors:active){.cq mark.k{color:CanvasText;background:Canvas}.cq i:not(.evidence){--lit:.1em solid Highlight}.cq i.evidence{--lit:0}}
"""
"""How words are marked by themselves: trigger and exercise filled, the others told apart by the kind of line under them."""
STYLE = (
    f".cq{{{TINTS};font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#1c1c1e;background:#fff}}\n"
    ".cq h2{font-size:1.25rem;margin:.2rem 0}.cq h3{font-size:1rem;margin:1.2rem 0 .3rem}.cq .meta{color:#555;font-size:.85rem}\n"
    ".cq .text{overflow-wrap:anywhere;border-left:3px solid #d0d0d5;padding-left:1rem;margin:1rem 0}.cq .text p{white-space:pre-line;margin:0 0 1em}\n"
    ".cq table{border-collapse:collapse;width:100%;font-size:.9rem}"
    ".cq th,.cq td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ddd}\n"
    ".cq .key{font-size:.8rem}.cq td.q{color:#444}"
    + MARKS
    + part_rules()
    + f"\n@media screen and (prefers-color-scheme:dark){{.cq{{{DARK};color:#eee;background:#161618}}"
    ".cq .meta,.cq td.q{color:#bbb}.cq th,.cq td{border-color:#444}}\n"
)


def marked(record: Record) -> str:
    """The text as paragraphs with its marks, each linked to the facts that it is evidence of."""
    return linked_text(record, _anchors(record))


def _anchors(record: Record) -> list[str]:
    name = hashlib.sha256(record.document.id.encode("utf-8", "replace")).hexdigest()[:8]
    return [f"cq{name}-{n}" for n in range(len(facts(record)))]


def _starts(record: Record, first: int) -> Iterator[str]:
    """Beginnings of table rows that are the cards of facts, from number `first`."""
    for n, anchor in enumerate(_anchors(record)):
        if n >= first:
            yield f'<tr id="{anchor}" class="n{n}" tabindex="0">'


def _events(record: Record) -> str:
    rows = _starts(record, 0)

    def row(e: Event) -> str:
        quote = record.document.text[slice(*e.evidence[0])]
        cells = (
            f"{e.type}{' · ' + e.mode if e.mode else ''}",
            e.status,
            side(tuple(a.name for a in e.actors)),
            side(tuple(a.name for a in e.recipients)),
            (e.date.value or "–") + (" (published)" if e.date.basis == "publication" else ""),
            side(tuple(p.name for p in e.places)),
        )
        return next(rows) + "".join(f"<td>{escape(c)}</td>" for c in cells) + f'<td class="q">{escape(quote[:240])}</td></tr>'

    if not record.events:
        return ""
    head = "".join(f"<th>{h}</th>" for h in ("Event", "Status", "Actor", "Recipient", "Date", "Place", "Evidence"))
    return f"<h3>Events</h3><table><thead><tr>{head}</tr></thead><tbody>" + "".join(map(row, record.events)) + "</tbody></table>"


def _exercises(record: Record) -> str:
    rows = _starts(record, len(record.events))

    def row(x: Exercise) -> str:
        when = (x.start or "–") + (f" to {x.end}" if x.end and x.end != x.start else "")
        cells = (
            x.name or "unnamed",
            x.status,
            side(tuple(a.name for a in x.participants)),
            side(tuple(a.name for a in x.hosts)),
            when,
            side(tuple(p.name for p in x.places)),
        )
        return next(rows) + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>"

    if not record.exercises:
        return ""
    head = "".join(f"<th>{h}</th>" for h in ("Exercise", "Status", "Participants", "Hosts", "Dates", "Places"))
    return f"<h3>Exercises</h3><table><thead><tr>{head}</tr></thead><tbody>" + "".join(map(row, record.exercises)) + "</tbody></table>"


def _statements(record: Record) -> str:
    rows = _starts(record, len(record.events) + len(record.exercises))

    def row(s: Statement) -> str:
        words = f"“{s.text}”" if s.direct else s.text
        return f"{next(rows)}<td>{escape(s.speaker.name if s.speaker else '–')}</td><td>{escape(s.verb or '–')}</td><td class='q'>{escape(words)}</td></tr>"

    if not record.statements:
        return ""
    return (
        "<h3>Statements</h3><table><thead><tr><th>Speaker</th><th>Verb</th><th>Words</th></tr></thead><tbody>"
        + "".join(map(row, record.statements))
        + "</tbody></table>"
    )


def to_html(record: Record) -> str:
    """A fragment that stands alone, with its style."""
    d = record.document
    meta = " · ".join(escape(v) for v in (d.publisher, d.published, d.id) if v)
    rules = link_rules(len(facts(record)))
    key = " ".join(f'<mark class="k {k}">{k}</mark>' for k in ("trigger", "actor", "exercise", "time", "place"))
    return (
        f'<section class="cq"><style>{STYLE}{rules}</style><h2>{escape(d.title or d.id)}</h2><p class="meta">{meta}</p><p class="key">{key}</p>'
        f'<div class="text">{marked(record)}</div>{_events(record)}{_exercises(record)}{_statements(record)}</section>'
    )


def page(records: list[Record]) -> str:
    """A whole page of records."""
    body = "".join(to_html(r) for r in records)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>communique</title></head><body>{body}</body></html>'
    )
