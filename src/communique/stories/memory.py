"""A book of stories in memory: for a few thousand stories, for tests, and as the plainest example of a `Book`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from communique.stories.order import day_of
from communique.stories.sketch import Views
from communique.stories.types import ClusterUpdate, Day, EventView, ExerciseStory, Filing, MergedExercise, Sketch, Update
from communique.stories.update import update


class MemoryBook:
    """Keeps stories, their filings and what was merged, and brings all of it up to date.

    >>> book = MemoryBook()
    >>> book.add([])
    Update(replaced=(), clusters=(), exercises=(), redirects=())
    """

    def __init__(self) -> None:
        self._stories: dict[Day, dict[str, Views]] = {}
        self._days: dict[str, Day] = {}
        self._filings: dict[Day, dict[str, Filing]] = {}
        self.clusters: dict[str, ClusterUpdate] = {}
        """Clusters with their merged events, by id."""
        self.exercise_editions: tuple[MergedExercise, ...] = ()
        self.redirects: dict[str, str | None] = {}
        """Ids that stood once, with those that stand for them."""

    def add(self, stories: Iterable[Views], gone: Iterable[str] = ()) -> Update:
        """Add stories or put them in the place of others with the same id, take away those that are gone; what changed."""
        changed: set[tuple[Day, str]] = set()
        new = {v.sketch.document_id: v for v in stories}
        for document in (*gone, *new):
            if document in self._days:
                day = self._days.pop(document)
                del self._stories[day][document]
                changed.add((day, document))
        for document, views in new.items():
            day = self._days[document] = day_of(views.sketch.published)
            self._stories.setdefault(day, {})[document] = views
            changed.add((day, document))
        outcome = update(self, changed)
        self._keep(outcome)
        return outcome

    def _keep(self, outcome: Update) -> None:
        for c in outcome.replaced:
            held = self.clusters.pop(c, None)
            for m in held.cluster.members if held else ():
                self._filings[day_of(m.published)].pop(m.filing.document_id, None)
        for c in outcome.clusters:
            self.clusters[c.cluster.id] = c
            for m in c.cluster.members:
                self._filings.setdefault(day_of(m.published), {})[m.filing.document_id] = m.filing
        self.exercise_editions = outcome.exercises
        self.redirects |= {r.old: r.new for r in outcome.redirects}

    def find(self, identity: str) -> str | None:
        """The id that stands for one that stood: itself, or where its redirects lead; None where nothing is left of it."""
        standing = {*self.clusters, *self.merged_events(self.clusters).values(), *self.merged_exercises().values()}
        while identity not in standing:
            following = self.redirects.get(identity)
            if following is None:
                return None
            identity = following
        return identity

    def days(self) -> Iterable[Day]:
        """Days with stories."""
        return [d for d, s in self._stories.items() if s]

    def sketches(self, day: Day) -> Sequence[Sketch]:
        """Stories of one day."""
        return [v.sketch for v in self._stories.get(day, {}).values()]

    def filings(self, day: Day) -> Mapping[str, Filing]:
        """Filings of one day."""
        return self._filings.get(day, {})

    def cluster_days(self, cluster_ids: Iterable[str]) -> Mapping[str, Iterable[Day]]:
        """Days of clusters."""
        held = ((c, self.clusters[c].cluster.members) for c in cluster_ids if c in self.clusters)
        return {c: {day_of(m.published) for m in members} for c, members in held}

    def events(self, day: Day) -> Mapping[str, Sequence[EventView]]:
        """Events of one day."""
        return {d: v.events for d, v in self._stories.get(day, {}).items()}

    def exercises(self) -> Iterable[ExerciseStory]:
        """Stories with exercises."""
        for day, stories in self._stories.items():
            for document, v in stories.items():
                if v.exercises:
                    yield ExerciseStory(
                        document_id=document,
                        published=v.sketch.published,
                        publisher=v.sketch.publisher,
                        filing=self._filings.get(day, {}).get(document),
                        exercises=v.exercises,
                    )

    def merged_events(self, cluster_ids: Iterable[str]) -> Mapping[str, str]:
        """Merged ids of events."""
        held = (self.clusters[c] for c in cluster_ids if c in self.clusters)
        return {e: m.id for c in held for m in c.events for e in m.event_ids}

    def merged_exercises(self) -> Mapping[str, str]:
        """Merged ids of exercises."""
        return {x: m.id for m in self.exercise_editions for x in m.exercise_ids}
