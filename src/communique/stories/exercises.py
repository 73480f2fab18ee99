"""Reports of military exercises merged into editions: of a series over the years, or of one unnamed exercise of a cluster.

A named exercise belongs to the edition of its series whose label or dates it shares, in whatever cluster it stands. An unnamed one joins a
named edition of its own cluster, or other unnamed ones there, where parties and dates agree; beyond its cluster only where the parties are
the same and the first day is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from communique.stories.order import stable_id
from communique.stories.parties import days, overlap, parties, party
from communique.stories.types import Conflict, ExerciseView, MergedExercise
from communique.stories.votes import Report, conflicts, favourite, united
from communique.types import Actor, DirectedAt, Exercise, Force, Place

GAP_DAYS = 30
"""Editions of one series whose dates lie further apart are two."""


def _exercise(report: Report) -> Exercise:
    assert isinstance(report.view, ExerciseView)
    return report.view.exercise


def _label(report: Report) -> str | None:
    """Edition as told: a year or a number."""
    x = _exercise(report)
    return x.edition or (x.start or "")[:4] or None


def _year(report: Report) -> str | None:
    """The year of the edition: told, or that of publication."""
    label = _label(report)
    return label if label and len(label) == 4 else (_exercise(report).start or report.published or "")[:4] or None


def _series(x: Exercise) -> str:
    return " ".join((x.series or x.name or "").casefold().split())


@dataclass(slots=True)
class _Edition:
    reports: list[Report] = field(default_factory=list)
    stories: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    years: set[str] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)
    members: set[str] = field(default_factory=set)

    def add(self, report: Report) -> None:
        x = _exercise(report)
        self.reports.append(report)
        self.stories.add(report.story)
        self.clusters.add(report.cluster_id)
        self.members |= parties(x.participants) | parties(x.hosts)
        self.labels |= {v for v in (_label(report),) if v}
        self.years |= {v for v in (_year(report),) if v}
        span = days(x.start, x.end)
        if span and (x.start or "")[4:]:
            self.spans.append(span)

    def dates_agree(self, x: Exercise, slack: int) -> bool:
        span = days(x.start, x.end) if (x.start or "")[4:] else None
        return not self.spans or any(overlap(span, s, slack) for s in self.spans)

    def takes_named(self, report: Report) -> bool:
        x, label = _exercise(report), _label(report)
        if not self.dates_agree(x, GAP_DAYS):
            return False
        if label and self.labels:
            return label in self.labels or _neighbours(label, self.labels) and bool(self.spans) and bool(days(x.start, x.end))
        return _year(report) in self.years or report.cluster_id in self.clusters

    def takes_unnamed(self, report: Report) -> bool:
        x = _exercise(report)
        own = parties(x.participants) | parties(x.hosts)
        shared = own & self.members
        return (
            report.story not in self.stories
            and report.cluster_id in self.clusters
            and len(shared) >= min(2, len(own), len(self.members))
            and bool(shared)
            and self.dates_agree(x, 1)
        )


def _neighbours(label: str, labels: Iterable[str]) -> bool:
    """Years side by side: an edition over the turn of a year."""
    return label.isdigit() and any(other.isdigit() and abs(int(other) - int(label)) == 1 for other in labels)


def merge_exercises(reports: Iterable[Report]) -> tuple[MergedExercise, ...]:
    """Editions of all exercises in the current stories of a dataset, in the order of their first reports.

    Named ones are taken first, those with dates and labels before those without; nothing depends on the order of `reports`.
    """
    ordered = sorted(reports, key=lambda r: r.order)
    named: dict[str, list[_Edition]] = {}
    for sure in (True, False):
        for report in ordered:
            x = _exercise(report)
            if x.name and bool(_label(report)) == sure:
                _add(report, named.setdefault(_series(x), []), lambda e, r: e.takes_named(r))
    every = [e for editions in named.values() for e in editions]
    in_cluster: dict[str, list[_Edition]] = {}
    for edition in every:
        for c in edition.clusters:
            in_cluster.setdefault(c, []).append(edition)
    known: dict[tuple[frozenset[str], str], _Edition] = {}
    for report in ordered:
        if not _exercise(report).name:
            _add_unnamed(report, in_cluster, known, every)
    merged = [_merged(sorted(e.reports, key=lambda r: r.order)) for e in every]
    first = {e.reports[0].view.id: min(r.order for r in e.reports) for e in every}
    return tuple(m for _, m in sorted(zip(first.values(), merged), key=lambda p: p[0]))


def _add(report: Report, editions: list[_Edition], takes: Callable[[_Edition, Report], bool]) -> _Edition:
    for edition in editions:
        if takes(edition, report):
            edition.add(report)
            return edition
    new = _Edition()
    new.add(report)
    editions.append(new)
    return new


def _add_unnamed(
    report: Report, in_cluster: dict[str, list[_Edition]], known: dict[tuple[frozenset[str], str], _Edition], every: list[_Edition]
) -> None:
    x = _exercise(report)
    key = (parties(x.participants), x.start or "") if len(x.start or "") == 10 and len(x.participants) > 1 else None
    edition = known.get(key) if key else None
    if edition:
        edition.add(report)
        return
    here = in_cluster.setdefault(report.cluster_id, [])
    before = len(here)
    edition = _add(report, here, lambda e, r: e.takes_unnamed(r))
    if len(here) > before:
        every.append(edition)
    if key:
        known[key] = edition


def _merged(reports: Sequence[Report]) -> MergedExercise:
    found = [_exercise(r) for r in reports]
    latest = max(reports, key=lambda r: r.order)
    start, end = (
        favourite(((x.start, x.end) for x in found if x.start and len(x.start) == 10), key=lambda v: v)
        or favourite((x.start, x.end) for x in found if x.start)
        or (None, None)
    )
    published = [r.published for r in reports if r.published]
    return MergedExercise(
        id=stable_id("mx", reports[0].view.id),
        name=favourite(x.name for x in found),
        series=favourite(x.series for x in found if x.name) or favourite(x.series for x in found),
        edition=favourite(x.edition for x in found) or favourite(_year(r) if _exercise(r).name else None for r in reports),
        status=_exercise(latest).status,
        hosts=united((x.hosts for x in found), party),
        participants=united((x.participants for x in found), party),
        observers=united((x.observers for x in found), party),
        start=start,
        end=end,
        places=_places(found),
        domains=tuple(dict.fromkeys(d for x in found for d in x.domains)),
        kind=favourite(x.kind for x in found),
        focus=tuple(dict.fromkeys(f for x in found for f in x.focus)),
        forces=_forces(found),
        purpose=favourite(x.purpose for x in found),
        directed_at=_directed(found),
        exercise_ids=tuple(r.view.id for r in reports),
        document_ids=tuple(dict.fromkeys(r.document_id for r in reports)),
        publishers=len({r.publisher for r in reports if r.publisher}),
        first_published=published[0] if published else None,
        last_published=published[-1] if published else None,
        conflicts=_conflicts(reports),
    )


def _places(found: Sequence[Exercise]) -> tuple[Place, ...]:
    return tuple({(p.geonameid, p.name): p for x in reversed(found) for p in reversed(x.places)}.values())[::-1]


def _forces(found: Sequence[Exercise]) -> tuple[Force, ...]:
    return tuple({(f.kind, f.count, party(f.of) if f.of else ""): f for x in reversed(found) for f in reversed(x.forces)}.values())[::-1]


def _directed(found: Sequence[Exercise]) -> tuple[DirectedAt, ...]:
    return tuple({(party(d.actor), d.stance): d for x in found for d in x.directed_at}.values())


def _listed(actors: Sequence[Actor]) -> str | None:
    return "|".join(sorted(parties(actors))) or None


def _conflicts(reports: Sequence[Report]) -> tuple[Conflict, ...]:
    found = [(_exercise(r), r) for r in reports]
    out: list[Conflict] = []
    out += conflicts("participants", [(_listed(x.participants), r) for x, r in found])
    out += conflicts("hosts", [(_listed(x.hosts), r) for x, r in found])
    out += conflicts("start", [(x.start if len(x.start or "") == 10 else None, r) for x, r in found])
    out += conflicts("end", [(x.end if len(x.end or "") == 10 else None, r) for x, r in found])
    counted = [(f, r) for x, r in found for f in x.forces]
    for kind, of in dict.fromkeys((f.kind, party(f.of) if f.of else "") for f, _ in counted):
        mine = [(f"{f.count}{'+' if f.at_least else ''}", r) for f, r in counted if (f.kind, party(f.of) if f.of else "") == (kind, of)]
        out += conflicts(f"{kind} {of}".strip(), mine)
    return tuple(out)
