"""Reports of one event in the stories of one happening, merged into one event with all its sources.

Two reports can be of one event when their types are of one family, they share parties and none of their dates, places and modes exclude
each other. Values that differ are kept with who gives them. Of one story at most one event goes into a merged event, because a story's
own second tellings are merged when it is coded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from communique.stories.order import stable_id
from communique.stories.parties import dates_agree, days, parties, places_agree, plain, sectors_agree, sides_agree, told_parties
from communique.stories.types import Conflict, EventView, MergedEvent
from communique.stories.votes import Report, conflicts, favourite
from communique.types import Actor, Event, Interval, Place

FAMILIES = {"AGREE": "COOPERATE", "CONCEDE": "RETREAT", "SANCTION": "COERCE"}
"""Types that are told of one happening by different reports: agreed and did, yielded and withdrew, banned and barred."""
MUTUAL = frozenset(("CONSULT", "COOPERATE"))
"""Families whose actors and recipients change places between reports."""
SPOKEN = frozenset(("REQUEST", "ACCUSE", "REJECT", "THREATEN", "SUPPORT"))
"""Families whose acts are words: who says them makes them."""
MODES = {"seize": "arrest"}
"""Modes that one and the same act is told with."""
WIDE = frozenset(("country", "region", "admin1", "sea"))
"""Places that are too wide to tell that two acts are one."""
OPEN = 64
"""Merged events of the family that a report is compared with though they share no party by key: the latest ones."""
COMPARED = 8
"""Reports of a merged event that a further one is compared with, the first ones; keeps the cost of big clusters in bounds."""
_COURSE = {"planned": 0, "ongoing": 1, "past": 2}


def family(event_type: str) -> str:
    """The family of a type, named by one of its types."""
    return FAMILIES.get(event_type, event_type)


def compatible(a: Event, b: Event, only: bool = False) -> bool:
    """Two reports of one happening can be of one event: nothing excludes it, and a party is shared, or else the day or the town.

    `only`: each is the only one of its family in its story; then it is enough that nothing excludes it. Modes that differ ask for more: both
    sides shared, or one side with the day or the town.
    """
    if family(a.type) != family(b.type):
        return False
    if not (dates_agree(a.date, b.date) and places_agree(a.places, b.places)):
        return False
    sides = (sides_agree(a.actors, b.actors), sides_agree(a.recipients, b.recipients))
    if False not in sides:
        when_or_where = _same_day(a, b) or _same_town(a, b)
        if a.type == b.type and a.mode and b.mode and _mode(a) != _mode(b):
            return sides == (True, True) or (True in sides and when_or_where)
        shared = sides[0] is True if a.type in SPOKEN else True in sides or when_or_where
        return only or shared or _same_kind(a, b)
    if family(a.type) not in MUTUAL:
        return False
    return len(parties((*a.actors, *a.recipients)) & parties((*b.actors, *b.recipients))) >= 2


def _same_kind(a: Event, b: Event) -> bool:
    """Who acts, or whom it meets, is of the same sector, and neither of another one."""
    agree = (sectors_agree(a.actors, b.actors), sectors_agree(a.recipients, b.recipients))
    return True in agree and False not in agree


def _mode(event: Event) -> str | None:
    return MODES.get(event.mode or "", event.mode)


def _same_day(a: Event, b: Event) -> bool:
    return a.date.basis == b.date.basis == "text" and a.date.precision == "day" and a.date.value == b.date.value


def _same_town(a: Event, b: Event) -> bool:
    towns = [{p.geonameid for p in e.places if p.geonameid is not None and p.kind not in WIDE} for e in (a, b)]
    return bool(towns[0] & towns[1])


@dataclass(slots=True)
class _Group:
    reports: list[Report] = field(default_factory=list)
    stories: set[str] = field(default_factory=set)
    only: list[bool] = field(default_factory=list)
    """Whether each report is the only one of its family in its story."""

    def fits(self, report: Report, event: Event, only: bool) -> bool:
        """Most reports, of the first ones, can be of one event with this one."""
        if report.story in self.stories:
            return False
        fitting = [compatible(_event(r), event, only and o) for r, o in zip(self.reports[:COMPARED], self.only)]
        return 2 * sum(fitting) > len(fitting)

    def add(self, report: Report, only: bool) -> None:
        self.reports.append(report)
        self.stories.add(report.story)
        self.only.append(only)


def _event(report: Report) -> Event:
    assert isinstance(report.view, EventView)
    return report.view.event


def merge_events(reports: Iterable[Report]) -> tuple[MergedEvent, ...]:
    """Merged events of the current stories of one cluster, earliest first. Nothing depends on the order of `reports`.

    Reports are taken in their total order; each goes to the event that it fits best, else stands for a new one.
    """
    ordered = sorted(reports, key=lambda r: r.order)
    times = Counter((r.story, family(_event(r).type)) for r in ordered)
    groups: list[_Group] = []
    index = _Index()
    for report in ordered:
        event = _event(report)
        only = times[report.story, family(event.type)] == 1
        fits = [n for n in index.near(event) if groups[n].fits(report, event, only)]
        if fits:
            best = max(fits, key=lambda n: (_closeness(_event(groups[n].reports[0]), event), -n))
        else:
            best = len(groups)
            groups.append(_Group())
        groups[best].add(report, only)
        index.add(best, event)
    return tuple(_merged(g.reports) for g in groups)


class _Index:
    """Groups by family and party, so that a report is compared with few of them."""

    def __init__(self) -> None:
        self._by_party: dict[tuple[str, str], dict[int, None]] = {}
        self._by_family: dict[str, list[int]] = {}

    def near(self, event: Event) -> Iterable[int]:
        kind = family(event.type)
        shared = (n for p in _keys(event) for n in self._by_party.get((kind, p), ()))
        return dict.fromkeys([*shared, *self._by_family.get(kind, [])[-OPEN:]])

    def add(self, group: int, event: Event) -> None:
        kind = family(event.type)
        held = self._by_family.setdefault(kind, [])
        if not held or held[-1] < group:
            held.append(group)
        for p in _keys(event):
            self._by_party.setdefault((kind, p), {})[group] = None


def _keys(event: Event) -> list[str]:
    """Codes and words of names of all parties."""
    return sorted({k for a in (*event.actors, *event.recipients) for k in ((a.code,) if a.code else plain(a).split())})


def _closeness(a: Event, b: Event) -> tuple[bool, bool, int, bool]:
    shared = len(parties(a.actors) & parties(b.actors)) + len(parties(a.recipients) & parties(b.recipients))
    same_date = a.date.start is not None and a.date.start == b.date.start
    return (a.type == b.type, a.mode == b.mode, shared, same_date)


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
    out += conflicts("mode", [(e.mode, r) for e, r in events]) if len({e.type for e, _ in events}) == 1 else ()
    out += conflicts("status", [(e.status, r) for e, r in events]) if not _is_course([e.status for e, _ in events]) else ()
    for name, side in (("actors", lambda e: e.actors), ("recipients", lambda e: e.recipients)):
        sets = [told_parties(side(e)) for e, _ in events]
        if any(not (x <= y or y <= x) for x in sets for y in sets[:COMPARED]):
            out += conflicts(name, [("|".join(sorted(s)) or None, r) for s, (_, r) in zip(sets, events)])
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
