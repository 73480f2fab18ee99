"""The whole of it: new stories to clusters, merged events, merged exercises and redirects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from communique.stories.clusters import Parameters
from communique.stories.events import family, merge_events
from communique.stories.exercises import merge_exercises
from communique.stories.order import LAST, day_of, iso_day, order_key
from communique.stories.types import (
    Book,
    Cluster,
    ClusterUpdate,
    Day,
    EventView,
    ExerciseView,
    Filing,
    Member,
    MergedExercise,
    Redirect,
    Sketch,
    Update,
)
from communique.stories.votes import Report
from communique.stories.windows import Replay


def update(book: Book, changed: Iterable[tuple[Day, str]], parameters: Parameters | None = None) -> Update:
    """File the stories that changed, and merge again what they touch; everything in memory.

    `changed` names day and document of every story that is new, coded again, or gone since the last update; `book` shows the stories
    as they are now and the filings as they were. The outcome for the whole dataset is the same in whatever portions and order the
    stories came.
    """
    steps = Steps(book, changed, parameters)
    clusters = tuple(steps.clusters())
    exercises = steps.exercises()
    return Update(replaced=steps.replaced, clusters=clusters, exercises=exercises, redirects=steps.redirects())


@dataclass(slots=True)
class _Moves:
    """Old merged ids, and where their facts went."""

    before: Mapping[str, str]
    """Old merged id of each fact; nothing is noted where there are none."""
    old: dict[str, list[tuple[tuple[object, ...], str, tuple[str, str]]]] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    heirs: dict[tuple[str, str], str] = field(default_factory=dict)
    """Merged id of what a story now tells, by story and kind of fact."""

    def see_all(self, reports: Iterable[Report], new: Mapping[str, str]) -> None:
        """Note facts with their new merged ids; those that newer versions of their stories have replaced have none."""
        for r in reports if self.before else ():
            self._see(r, self.before.get(r.view.id), new.get(r.view.id))

    def _see(self, report: Report, old: str | None, new: str | None) -> None:
        same = (report.story, _kind(report))
        if new is not None:
            self.new[report.view.id] = new
            self.heirs.setdefault(same, new)
        if old is not None:
            self.old.setdefault(old, []).append((report.order, report.view.id, same))

    def redirects(self, kind: Literal["event", "exercise"]) -> Iterator[Redirect]:
        """To the merged fact of the earliest fact that stands, else to what its story tells of the kind now."""
        standing = set(self.new.values())
        for old, facts in sorted(self.old.items()):
            if old not in standing:
                ordered = sorted(facts)
                stood = (self.new[f] for _, f, _ in ordered if f in self.new)
                told = (self.heirs[same] for _, _, same in ordered if same in self.heirs)
                yield Redirect(kind=kind, old=old, new=next(stood, None) or next(told, None))


def _kind(report: Report) -> str:
    return family(report.view.event.type) if isinstance(report.view, EventView) else "exercise"


class Steps:
    """An update in steps, for datasets whose merged events do not fit in memory: `clusters` to its end, then the others."""

    def __init__(self, book: Book, changed: Iterable[tuple[Day, str]], parameters: Parameters | None = None) -> None:
        by_day: dict[Day, set[str]] = {}
        for day, document in changed:
            by_day.setdefault(day, set()).add(document)
        self._book = book
        self._replay = Replay(book, by_day, parameters)
        self._replay.run()
        self._touched, self.replaced = self._find_touched()
        self._events = _Moves(before=book.merged_events(self.replaced))
        self._exercises = _Moves(before=book.merged_exercises())
        self._sketches = lru_cache(maxsize=24)(lambda day: {s.document_id: s for s in book.sketches(day)})
        self._views = lru_cache(maxsize=24)(lambda day: book.events(day))
        self._by_cluster = lru_cache(maxsize=24)(self._group)

    def _find_touched(self) -> tuple[dict[str, list[Day]], tuple[str, ...]]:
        """Clusters to be merged again with the days on which they stand, and old ones whose rows go."""
        r = self._replay
        now: set[str] = set()
        before: set[str] = set()
        for day, documents in r.altered.items():
            old = self._book.filings(day)
            now |= {r.filings[day][d].cluster_id for d in documents if d in r.filings[day]}
            before |= {old[d].cluster_id for d in documents if d in old}
        touched = now | before
        days: dict[str, set[Day]] = {c: set() for c in touched}
        for c, stood in self._book.cluster_days(touched).items():
            days[c] |= {d for d in stood if d not in r.filings}
        for day, filings in r.filings.items():
            for f in filings.values():
                if f.cluster_id in days:
                    days[f.cluster_id].add(day)
        return {c: sorted(d, key=_day_key) for c, d in days.items() if d}, tuple(sorted(touched))

    def _filings(self, day: Day) -> Mapping[str, Filing]:
        return self._replay.filings[day] if day in self._replay.filings else self._book.filings(day)

    def _group(self, day: Day) -> dict[str, list[Filing]]:
        """Filings of a day by cluster."""
        out: dict[str, list[Filing]] = {}
        for f in self._filings(day).values():
            out.setdefault(f.cluster_id, []).append(f)
        return out

    def clusters(self) -> Iterator[ClusterUpdate]:
        """Clusters that are new or changed, by first day and id, each with its merged events."""
        for cluster_id, days in sorted(self._touched.items(), key=lambda p: (_day_key(p[1][0]), p[0])):
            members = self._members(cluster_id, days)
            if members:
                yield self._cluster(cluster_id, members)

    def _members(self, cluster_id: str, days: Sequence[Day]) -> list[tuple[Sketch, Filing]]:
        out = []
        for day in days:
            sketches = self._sketches(day)
            out += [(sketches[f.document_id], f) for f in self._by_cluster(day).get(cluster_id, ()) if f.document_id in sketches]
        return sorted(out, key=lambda p: order_key(p[0].published, p[0].document_id))

    def _cluster(self, cluster_id: str, stories: Sequence[tuple[Sketch, Filing]]) -> ClusterUpdate:
        newest = {f.version_of or f.document_id: f.document_id for _, f in stories}
        members = tuple(
            Member(
                filing=f,
                published=s.published,
                publisher=s.publisher,
                title=s.title,
                current=newest[f.version_of or f.document_id] == f.document_id,
            )
            for s, f in stories
        )
        days = [d for m in members if (d := day_of(m.published)) is not None]
        cluster = Cluster(
            id=cluster_id,
            title=next((m.title for m in members if m.title), None),
            first_day=iso_day(days[0]) if days else None,
            last_day=iso_day(days[-1]) if days else None,
            members=members,
            publishers=len({m.publisher for m in members if m.publisher}),
        )
        reports = {m.filing.document_id: list(self._reports(m)) for m in members}
        merged = merge_events(r for m in members if m.current for r in reports[m.filing.document_id])
        every = [r for told in reports.values() for r in told]
        self._events.see_all(every, {e: m.id for m in merged for e in m.event_ids})
        return ClusterUpdate(cluster=cluster, events=merged)

    def _reports(self, member: Member) -> Iterator[Report]:
        views = self._views(day_of(member.published)).get(member.filing.document_id, ())
        return (_report(member.filing, member.published, member.publisher, n, v) for n, v in enumerate(views))

    def exercises(self) -> tuple[MergedExercise, ...]:
        """Editions of all exercises of the dataset; they are few, and a new report may join one of years ago.

        Of the versions of a story the newest that tells of exercises counts.
        """
        newest: dict[str, tuple[tuple[int, float, str], list[Report]]] = {}
        every: list[Report] = []
        for story in self._book.exercises():
            day = day_of(story.published)
            filing = self._replay.filings[day].get(story.document_id) if day in self._replay.filings else story.filing
            if filing is None:
                continue
            order = order_key(story.published, story.document_id)
            told = [_report(filing, story.published, story.publisher, n, v) for n, v in enumerate(story.exercises)]
            every += told
            first = filing.version_of or story.document_id
            if first not in newest or newest[first][0] < order:
                newest[first] = (order, told)
        merged = merge_exercises(r for _, told in newest.values() for r in told)
        self._exercises.see_all(every, {x: m.id for m in merged for x in m.exercise_ids})
        return merged

    def redirects(self) -> tuple[Redirect, ...]:
        """Ids of clusters, merged events and merged exercises that stood before and stand no longer; after `clusters` and `exercises`."""
        return (*self._cluster_redirects(), *self._events.redirects("event"), *self._exercises.redirects("exercise"))

    def _cluster_redirects(self) -> Iterator[Redirect]:
        """Clusters without members go where the earliest of their stories went that still stands."""
        gone = {c for c in self.replaced if c not in self._touched}
        heirs: dict[str, tuple[tuple[int, float, str], str]] = {}
        for day, filings in self._replay.filings.items() if gone else ():
            published = {s.document_id: s.published for s in self._book.sketches(day)}
            for document, f in self._book.filings(day).items():
                if f.cluster_id in gone and document in filings:
                    mine = (order_key(published[document], document), filings[document].cluster_id)
                    heirs[f.cluster_id] = min(heirs.get(f.cluster_id, mine), mine)
        for c in sorted(gone):
            yield Redirect(kind="cluster", old=c, new=heirs[c][1] if c in heirs else None)


def _report(filing: Filing, published: str | None, publisher: str | None, n: int, view: EventView | ExerciseView) -> Report:
    return Report(
        view=view,
        document_id=filing.document_id,
        story=filing.version_of or filing.document_id,
        published=published,
        publisher=publisher,
        order=(*order_key(published, filing.document_id), n),
        cluster_id=filing.cluster_id,
    )


def _day_key(day: Day) -> int:
    return LAST if day is None else day
