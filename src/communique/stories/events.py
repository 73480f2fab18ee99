"""Reports of one event in the stories of one happening, merged into one event with all its sources.

Two reports can be of one event when their types are of one family, they share parties and none of their dates, places and modes exclude
each other. Values that differ are kept with who gives them. Of one story at most one event goes into a merged event, because a story's
own second tellings are merged when it is coded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from communique.stories.order import stable_id
from communique.stories.parties import dates_agree, days, parties, places_agree
from communique.stories.types import Conflict, EventView, MergedEvent
from communique.stories.votes import Report, conflicts, favourite
from communique.types import Actor, Event, Interval, Place

FAMILIES = {"AGREE": "COOPERATE", "CONCEDE": "RETREAT", "SANCTION": "COERCE"}
"""Types that are told of one happening by different reports: agreed and did, yielded and withdrew, banned and barred."""
MUTUAL = frozenset(("CONSULT", "COOPERATE"))
"""Families whose actors and recipients change places between reports."""
COMPARED = 8
"""Reports of a merged event that a further one is compared with, the first ones; keeps the cost of big clusters in bounds."""
_COURSE = {"planned": 0, "ongoing": 1, "past": 2}


def family(event_type: str) -> str:
    """The family of a type, named by one of its types."""
    return FAMILIES.get(event_type, event_type)


def compatible(a: Event, b: Event) -> bool:
    """Two reports can be of one event."""
    if family(a.type) != family(b.type) or (a.type == b.type and a.mode and b.mode and a.mode != b.mode):
        return False
    return _parties_agree(a, b) and dates_agree(a.date, b.date) and places_agree(a.places, b.places)


def _parties_agree(a: Event, b: Event) -> bool:
    sides = [(parties(a.actors), parties(b.actors)), (parties(a.recipients), parties(b.recipients))]
    if _sides_agree(sides):
        return True
    if family(a.type) not in MUTUAL:
        return False
    everybody = sides[0][0] | sides[1][0], sides[0][1] | sides[1][1]
    return len(everybody[0] & everybody[1]) >= 2


def _sides_agree(sides: Sequence[tuple[frozenset[str], frozenset[str]]]) -> bool:
    """No side excludes the other, and one is shared."""
    return all(not x or not y or x & y for x, y in sides) and any(x & y for x, y in sides)


@dataclass(slots=True)
class _Group:
    reports: list[Report] = field(default_factory=list)
    stories: set[str] = field(default_factory=set)

    def fits(self, report: Report, event: Event) -> bool:
        return report.story not in self.stories and all(compatible(_event(r), event) for r in self.reports[:COMPARED])

    def add(self, report: Report) -> None:
        self.reports.append(report)
        self.stories.add(report.story)


def _event(report: Report) -> Event:
    assert isinstance(report.view, EventView)
    return report.view.event


def merge_events(reports: Iterable[Report]) -> tuple[MergedEvent, ...]:
    """Merged events of the current stories of one cluster, earliest first. Nothing depends on the order of `reports`.

    Reports are taken in their total order; each goes to the event that it fits best, else stands for a new one.
    """
    groups: list[_Group] = []
    index: dict[tuple[str, str], list[int]] = {}
    for report in sorted(reports, key=lambda r: r.order):
        event = _event(report)
        keys = [(family(event.type), p) for p in sorted(parties((*event.actors, *event.recipients)))]
        near = dict.fromkeys(n for k in keys for n in index.get(k, ()))
        fits = [n for n in near if groups[n].fits(report, event)]
        if fits:
            best = max(fits, key=lambda n: (_closeness(_event(groups[n].reports[0]), event), -n))
        else:
            best = len(groups)
            groups.append(_Group())
        groups[best].add(report)
        for k in keys:
            held = index.setdefault(k, [])
            if best not in held:
                held.append(best)
    return tuple(_merged(g.reports) for g in groups)


def _closeness(a: Event, b: Event) -> tuple[int, int, bool, bool]:
    shared = len(parties(a.actors) & parties(b.actors)) + len(parties(a.recipients) & parties(b.recipients))
    same_date = a.date.start is not None and a.date.start == b.date.start
    return (a.type == b.type, shared, same_date, bool(a.mode) and a.mode == b.mode)


def _merged(reports: Sequence[Report]) -> MergedEvent:
    events = [_event(r) for r in reports]
    kind = favourite(e.type for e in events) or events[0].type
    published = [r.published for r in reports if r.published]
    return MergedEvent(
        id=stable_id("me", reports[0].view.id),
        cluster_id=reports[0].cluster_id,
        type=kind,
        mode=favourite(e.mode for e in events if e.type == kind),
        contexts=tuple(dict.fromkeys(c for e in events for c in e.contexts)),
        status=events[-1].status,
        actors=_side(events, lambda e: e.actors),
        recipients=_side(events, lambda e: e.recipients),
        date=_date(events),
        places=_places(events),
        attributed=all(e.attribution is not None for e in events),
        score=max(e.score for e in events),
        event_ids=tuple(r.view.id for r in reports),
        document_ids=tuple(dict.fromkeys(r.document_id for r in reports)),
        publishers=len({r.publisher for r in reports if r.publisher}),
        first_published=published[0] if published else None,
        last_published=published[-1] if published else None,
        conflicts=_conflicts(reports),
    )


def _side(events: Sequence[Event], side: Callable[[Event], tuple[Actor, ...]]) -> tuple[Actor, ...]:
    return favourite((side(e) for e in events if side(e)), key=parties) or ()


def _date(events: Sequence[Event]) -> Interval:
    """The date given most often, of those that say a day where any does; a date in words before one of publication."""
    dates = [e.date for e in events if e.date.start]
    for wanted in (lambda d: d.precision == "day" and d.basis == "text", lambda d: d.precision == "day", lambda d: True):
        chosen = favourite((d for d in dates if wanted(d)), key=lambda d: (d.start, d.end))
        if chosen:
            return chosen
    return events[0].date


def _places(events: Sequence[Event]) -> tuple[Place, ...]:
    """The list of places whose first place most reports name first, then the others' places."""
    first = favourite((e.places for e in events if e.places), key=lambda p: (p[0].geonameid, p[0].name))
    every = [*(first or ()), *(p for e in events for p in e.places)]
    return tuple({(p.geonameid, p.name): p for p in reversed(every)}.values())[::-1]


def _conflicts(reports: Sequence[Report]) -> tuple[Conflict, ...]:
    events = [(_event(r), r) for r in reports]
    out = list(conflicts("type", [(e.type, r) for e, r in events]))
    out += conflicts("status", [(e.status, r) for e, r in events]) if not _is_course([e.status for e, _ in events]) else ()
    for name, side in (("actors", lambda e: e.actors), ("recipients", lambda e: e.recipients)):
        sets = [parties(side(e)) for e, _ in events if side(e)]
        if any(not (x <= y or y <= x) for x in sets for y in sets[:COMPARED]):
            out += conflicts(name, [("|".join(sorted(parties(side(e)))) or None, r) for e, r in events])
    dated = [(e.date.value or e.date.start if e.date.precision == "day" and e.date.basis == "text" else None, r) for e, r in events]
    out += conflicts("date", dated) if _apart(events) else ()
    out += conflicts(
        "place", [(e.places[0].name if e.places and e.places[0].kind not in ("country", "region") else None, r) for e, r in events]
    )
    counted = [(c, r) for r in reports if isinstance(r.view, EventView) for c in r.view.counts]
    for what in dict.fromkeys(c.what for c, _ in counted):
        out += conflicts(what, [(f"{c.count}{'+' if c.at_least else ''}", r) for c, r in counted if c.what == what])
    return tuple(out)


def _apart(events: Sequence[tuple[Event, Report]]) -> bool:
    """Two dates in words do not overlap."""
    told = [d for e, _ in events if e.date.basis == "text" and e.date.precision == "day" and (d := days(e.date.start, e.date.end))]
    return bool(told) and max(d[0] for d in told) > min(d[1] for d in told)


def _is_course(statuses: Sequence[str]) -> bool:
    """The statuses are the course of one event: planned, then ongoing, then past."""
    steps = [_COURSE.get(s, -1) for s in statuses]
    return -1 not in steps and steps == sorted(steps)
