"""One record as a piece of HTML: the text with its evidence marked, then what was filed. No scripts; everything escaped."""

from __future__ import annotations

from html import escape

from communique.render.marks import marks, side
from communique.types import Event, Exercise, Record, Statement

STYLE = """
.cq{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;color:#1c1c1e;background:#fff}
.cq h2{font-size:1.25rem;margin:.2rem 0}.cq h3{font-size:1rem;margin:1.2rem 0 .3rem}.cq .meta{color:#555;font-size:.85rem}
.cq .text{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid #d0d0d5;padding-left:1rem;margin:1rem 0}
.cq mark{padding:0 .15em;border-radius:.2em;color:inherit}.cq mark.trigger{background:#ffd7a8}.cq mark.actor{background:#cfe3ff}
.cq mark.time{background:#d9f2d0}.cq mark.place{background:#ead9ff}.cq mark.exercise{background:#ffc9c9}
.cq table{border-collapse:collapse;width:100%;font-size:.9rem}.cq th,.cq td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ddd}
.cq .key{font-size:.8rem}.cq td.q{color:#444}
@media (prefers-color-scheme:dark){.cq{color:#eee;background:#161618}.cq .meta,.cq td.q{color:#bbb}.cq th,.cq td{border-color:#444}
.cq mark.trigger{background:#7a4a10}.cq mark.actor{background:#1d4478}.cq mark.time{background:#2b5a1f}.cq mark.place{background:#51307d}.cq mark.exercise{background:#7d2f2f}}
"""


def marked(record: Record) -> str:
    """The text with `<mark>` around its evidence."""
    text, out, at = record.document.text, [], 0
    for start, end, kind in marks(record):
        out.append(escape(text[at:start]) + f'<mark class="{kind}">{escape(text[start:end])}</mark>')
        at = end
    return "".join(out) + escape(text[at:])


def _events(record: Record) -> str:
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
        return "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + f'<td class="q">{escape(quote[:240])}</td></tr>'

    if not record.events:
        return ""
    head = "".join(f"<th>{h}</th>" for h in ("Event", "Status", "Actor", "Recipient", "Date", "Place", "Evidence"))
    return f"<h3>Events</h3><table><thead><tr>{head}</tr></thead><tbody>" + "".join(map(row, record.events)) + "</tbody></table>"


def _exercises(record: Record) -> str:
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
        return "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>"

    if not record.exercises:
        return ""
    head = "".join(f"<th>{h}</th>" for h in ("Exercise", "Status", "Participants", "Hosts", "Dates", "Places"))
    return f"<h3>Exercises</h3><table><thead><tr>{head}</tr></thead><tbody>" + "".join(map(row, record.exercises)) + "</tbody></table>"


def _statements(record: Record) -> str:
    def row(s: Statement) -> str:
        words = f"“{s.text}”" if s.direct else s.text
        return f"<tr><td>{escape(s.speaker.name if s.speaker else '–')}</td><td>{escape(s.verb or '–')}</td><td class='q'>{escape(words)}</td></tr>"

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
    key = " ".join(f'<mark class="{k}">{k}</mark>' for k in ("trigger", "actor", "exercise", "time", "place"))
    return (
        f'<section class="cq"><style>{STYLE}</style><h2>{escape(d.title or d.id)}</h2><p class="meta">{meta}</p><p class="key">{key}</p>'
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
