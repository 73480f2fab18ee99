"""Light views of coded stories, and what becomes of them across stories.

A story is seen here as a `Sketch` (about 1 kB, without its text) and as the views of its facts; a million of them need no text in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from communique.types import Actor, DirectedAt, Event, Exercise, ExerciseStatus, Force, Interval, Place, Status

Day = int | None
"""Days since 1970-01-01; None for stories without a date of publication."""
Version = Literal["original", "duplicate", "resend", "correction", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What duplicates and clusters need to know of one story."""

    document_id: str
    published: str | None
    publisher: str | None
    title: str | None
    digest: bytes
    """Hash of the normalised text: equal for equal words."""
    signature: bytes
    """MinHash over shingles of three words: 126 numbers of 16 bits, little-endian; empty where the text is too short."""
    shingles: int
    """Number of distinct shingles."""
    terms: bytes
    """Hashes of the story's terms: numbers of 32 bits, little-endian, ascending."""
    tallies: bytes
    """One byte a term: its kind in the three high bits, how often it stands (at most 31) in the low ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A counted outcome in the words of an event: 12 killed."""

    what: str
    """killed, injured, arrested, missing or displaced."""
    count: int
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event without its spans."""

    id: str
    """Unique in the dataset."""
    event: Event
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseView:
    """An exercise without its spans."""

    id: str
    """Unique in the dataset."""
    exercise: Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Where one story stands among the others."""

    document_id: str
    cluster_id: str
    version_of: str | None
    """The first version of this story; None where the story is the first."""
    kind: Version
    similarity: float
    """Likeness to the first version, 0 to 1; 1.0 for an original."""
    nearness: float
    """How near its nearest neighbours are on the day of publication; 0 for later versions. Later days are filed with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A story in its cluster."""

    filing: Filing
    published: str | None
    publisher: str | None
    title: str | None
    current: bool
    """The newest of its versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One of several values that reports give for one field of one happening."""

    field: str
    value: str
    fact_ids: tuple[str, ...]
    document_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The stories of one happening."""

    id: str
    title: str | None
    first_day: str | None
    last_day: str | None
    members: tuple[Member, ...]
    """In order of publication."""
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedEvent:
    """One event across all its reports. Values are those of most reports, of the newest where they are even."""

    id: str
    cluster_id: str
    type: str
    mode: str | None
    contexts: tuple[str, ...]
    status: Status
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    date: Interval
    places: tuple[Place, ...]
    attributed: bool
    """Every report attributes it."""
    score: float
    event_ids: tuple[str, ...]
    document_ids: tuple[str, ...]
    publishers: int
    first_published: str | None
    last_published: str | None
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedExercise:
    """One edition of an exercise across all its reports."""

    id: str
    name: str | None
    series: str | None
    edition: str | None
    status: ExerciseStatus
    hosts: tuple[Actor, ...]
    participants: tuple[Actor, ...]
    observers: tuple[Actor, ...]
    start: str | None
    end: str | None
    places: tuple[Place, ...]
    domains: tuple[str, ...]
    kind: str | None
    focus: tuple[str, ...]
    forces: tuple[Force, ...]
    purpose: str | None
    directed_at: tuple[DirectedAt, ...]
    exercise_ids: tuple[str, ...]
    document_ids: tuple[str, ...]
    publishers: int
    first_published: str | None
    last_published: str | None
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An id that no longer stands, and the one that holds its earliest member now; None where that member is gone."""

    kind: Literal["cluster", "event", "exercise"]
    old: str
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterUpdate:
    """A cluster that is new or changed, with its merged events."""

    cluster: Cluster
    events: tuple[MergedEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What new stories change. Rows of the `replaced` clusters are taken away first; merged exercises are replaced as a whole."""

    replaced: tuple[str, ...]
    clusters: tuple[ClusterUpdate, ...]
    exercises: tuple[MergedExercise, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseStory:
    """A story that tells of exercises."""

    document_id: str
    published: str | None
    publisher: str | None
    filing: Filing | None
    """As it was filed last; None where it is new."""
    exercises: tuple[ExerciseView, ...]


class Book(Protocol):
    """What the dataset tells about its stories: the sketches of all of them, and where the last update filed them."""

    def days(self) -> Iterable[Day]:
        """Every day that has stories."""
        ...

    def sketches(self, day: Day) -> Sequence[Sketch]:
        """All stories of one day, in any order."""
        ...

    def filings(self, day: Day) -> Mapping[str, Filing]:
        """Stories of one day as they were filed last, by document id; stories that are new are not in it."""
        ...

    def cluster_days(self, cluster_ids: Iterable[str]) -> Mapping[str, Iterable[Day]]:
        """Days on which clusters, as they were filed last, have stories."""
        ...

    def events(self, day: Day) -> Mapping[str, Sequence[EventView]]:
        """Events of the stories of one day, by document id."""
        ...

    def exercises(self) -> Iterable[ExerciseStory]:
        """Every story of the dataset that tells of exercises."""
        ...

    def merged_events(self, cluster_ids: Iterable[str]) -> Mapping[str, str]:
        """Merged id of each event of these clusters, as they were merged last."""
        ...

    def merged_exercises(self) -> Mapping[str, str]:
        """Merged id of each exercise, as they were merged last."""
        ...
