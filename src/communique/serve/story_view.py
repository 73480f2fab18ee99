"""The story page: its facts as cards, each with what decided it and what other reports say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from communique.lexicon.codebook import scores
from communique.render.linked import linked_text
from communique.serve.asking import story_path
from communique.serve.glossary import QUADS, STANCES, STATUSES, TYPES
from communique.serve.headlines import titled
from communique.serve.wording import act, codes, day, days, number, when, who
from communique.store.reader import Reader
from communique.store.summaries import beside, documents_of, ids_of, told_elsewhere
from communique.types import Actor, Event, Exercise, Record, Statement

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One fact on the page."""

    number: int
    anchor: str
    kind: str
    """event, exercise or statement."""
    title: str
    meaning: str
    lines: list[tuple[str, str]]
    """Names and values, what is unknown left out."""
    words: str = ""
    status: str | None = None
    status_meaning: str = ""
    sides: tuple[str, str] = ("", "")
    why: list[tuple[str, str]] = field(default_factory=list)
    path: str | None = None
    """Its own page; None for a text that is in no dataset."""
    differ: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    """Fields on which reports differ, each with values and who gives them."""
    reports: int = 0
    quad: int = 0


def _row(a: Actor) -> Row:
    return {"name": a.name, "country": a.country, "organization": a.organization, "sector": a.sector, "title": a.title}


def _who(actors: Sequence[Actor]) -> str:
    return who([_row(a) for a in actors])


def _codes(actors: Sequence[Actor]) -> str:
    said = [" ".join(v for v in (_country(a), a.organization, a.sector) if v) for a in actors]
    return ", ".join(dict.fromkeys(s for s in said if s))


def _country(a: Actor) -> str | None:
    """The country, and that the story tells it where the party's own words do not."""
    return f"{a.country} (inferred)" if a.country_basis == "inferred" else a.country


def _lines(*pairs: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(n, v) for n, v in pairs if v and v != "–"]


def _why(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(k.replace("_", " "), ", ".join(map(str, v)) if isinstance(v, (list, tuple)) else str(v)) for k, v in value.items()]


def event_card(n: int, e: Event, anchor: str, text: str) -> Card:
    """An event."""
    quad, goldstein = scores(e.type, e.mode)
    said, basis = when(e.date)
    source = e.attribution
    return Card(
        number=n,
        anchor=anchor,
        kind="event",
        title=act(e.type, e.mode),
        meaning=TYPES.get(e.type, ""),
        status=e.status,
        status_meaning=STATUSES.get(e.status, ""),
        sides=(_who(e.actors), _who(e.recipients) if e.recipients else ""),
        quad=quad,
        words=text[slice(*e.evidence[0])].strip() if e.evidence else "",
        lines=_lines(
            ("When", said + (f" ({basis})" if basis else "")),
            ("Where", ", ".join(p.name + (f" ({p.country})" if p.country else "") for p in e.places)),
            ("Who says so", f"{source.speaker.name if source.speaker else 'somebody'} {STANCES[source.stance]}" if source else None),
            ("Codes", f"{_codes(e.actors) or '–'} → {_codes(e.recipients) or '–'}"),
            ("Contexts", ", ".join(e.contexts)),
            ("Class", f"{QUADS[quad]}, Goldstein {number(goldstein, 1)}"),
            ("Score", f"{e.score:.2f}"),
        ),
        why=_why(e.why),
    )


def _reaction(s: Statement) -> str:
    return f"{s.speaker.name if s.speaker else 'somebody'} ({s.verb or 'says'})"


def exercise_card(n: int, x: Exercise, anchor: str, said: Sequence[Statement] = ()) -> Card:
    """An exercise, with the statements that react to it."""
    forces = [
        f"{'at least ' if f.at_least else ''}{f.count:,} {f.kind}"
        + (f" of {f.of.name}" if f.of else "")
        + (f", says {f.claimed_by.name}" if f.claimed_by else "")
        for f in x.forces
    ]
    return Card(
        number=n,
        anchor=anchor,
        kind="exercise",
        title=x.name or "Unnamed exercise",
        meaning="A military exercise.",
        status=x.status,
        status_meaning=STATUSES.get(x.status, ""),
        lines=_lines(
            ("When", days(x.start, x.end)),
            ("Where", ", ".join(p.name for p in x.places)),
            ("Hosts", _who(x.hosts)),
            ("Take part", _who(x.participants)),
            ("Observe", _who(x.observers)),
            ("Forces", "; ".join(forces)),
            ("Series", x.series),
            ("Kind", ", ".join([*x.domains, *([x.kind] if x.kind else []), *x.focus])),
            ("Purpose", x.purpose),
            ("Reactions", "; ".join(_reaction(s) for s in said)),
            ("Directed at", ", ".join(f"{d.actor.name} ({d.stance})" for d in x.directed_at)),
        ),
    )


def statement_card(n: int, s: Statement, anchor: str, about: Mapping[str, tuple[str, str]]) -> Card:
    """A statement; `about` gives anchor and title of the facts that it can be about."""
    said, basis = when(s.date)
    return Card(
        number=n,
        anchor=anchor,
        kind="statement",
        title=f"{s.speaker.name if s.speaker else 'Somebody'}: {s.verb or 'says'}",
        meaning="Words inside quotation marks." if s.direct else "Reported speech.",
        words=f"“{s.text}”" if s.direct else s.text,
        lines=_lines(
            ("To", s.addressee.name if s.addressee else None),
            ("When", said + (f" ({basis})" if basis and said != "–" else "")),
            ("About", ", ".join(about[a][1] for a in s.about if a in about)),
            ("Codes", _codes([s.speaker]) if s.speaker else None),
        ),
    )


def cards(record: Record, ids: Mapping[str, Mapping[str, str]] | None = None) -> list[Card]:
    """All facts of a record as cards, in the order of their numbers. `ids` are those of the dataset, by table and local id."""

    def anchor(table: str, local: str) -> str:
        return (ids or {}).get(table, {}).get(local) or f"{table[0]}-{local}"

    titles = {e.id: (anchor("events", e.id), act(e.type, e.mode)) for e in record.events}
    titles |= {x.id: (anchor("exercises", x.id), x.name or "Unnamed exercise") for x in record.exercises}
    out = [event_card(n, e, anchor("events", e.id), record.document.text) for n, e in enumerate(record.events)]
    said = {s.id: s for s in record.statements}
    out += [
        exercise_card(len(out) + n, x, anchor("exercises", x.id), [said[r] for r in x.reactions if r in said])
        for n, x in enumerate(record.exercises)
    ]
    first = len(out)
    return out + [statement_card(first + n, s, anchor("statements", s.id), titles) for n, s in enumerate(record.statements)]


def _differences(reader: Reader, row: Row) -> list[tuple[str, list[tuple[str, str]]]]:
    conflicts = row["conflicts"] or []
    known = documents_of(reader, sorted({d for c in conflicts for d in c["document_ids"] or ()}))
    by_field: dict[str, list[tuple[str, str]]] = {}
    for c in conflicts:
        names = [known[d]["publisher"] or known[d]["title"] or d for d in c["document_ids"] or () if d in known]
        by_field.setdefault(c["field"], []).append((c["value"], ", ".join(dict.fromkeys(names))))
    return list(by_field.items())


def _replace(card: Card, **changes: Any) -> Card:
    from dataclasses import replace

    return replace(card, **changes)


def story_view(reader: Reader, document_id: str) -> dict[str, Any]:
    """Everything that the story page shows. Raises `NotFound`."""
    record = reader.record(document_id)
    ids = ids_of(reader, document_id)
    found = cards(record, ids)
    others = beside(reader, document_id)
    cluster = others[0]["cluster_id"] if others else None
    merged = told_elsewhere(reader, "merged_events", cluster, list(ids["events"].values())) if cluster else {}
    merged |= told_elsewhere(reader, "merged_exercises", None, list(ids["exercises"].values()))
    out = []
    for c in found:
        row = merged.get(c.anchor)
        more = {"differ": _differences(reader, row), "reports": row["documents"]} if row else {}
        out.append(_replace(c, path=f"/{c.kind}s/{c.anchor}", **more))
    stories = [
        {**o, "link": story_path(o["document_id"]), "day": day(o["published"]), "this": o["document_id"] == document_id}
        for o in titled(reader, others)
    ]
    return {**page_of_record(record, out), "others": stories if len(stories) > 1 else [], "cluster": cluster}


def page_of_record(record: Record, found: list[Card] | None = None) -> dict[str, Any]:
    """The parts of a page that need nothing but the record."""
    found = cards(record) if found is None else found
    d = record.document
    return {
        "document": d,
        "published": day(d.published),
        "marked": linked_text(record, [c.anchor for c in found]),
        "cards": found,
        "groups": [
            (name, [c for c in found if c.kind == kind])
            for name, kind in (("Events", "event"), ("Exercises", "exercise"), ("Statements", "statement"))
        ],
        "cast": [
            {"name": a.name, "codes": codes([{"country": a.country, "organization": a.organization}]), "sector": a.sector, "title": a.title}
            for a in record.actors
        ],
    }
