"""What flows through a run: shards of the input, tasks for workers, what became of them, and the report."""

from __future__ import annotations

from dataclasses import dataclass, field

from communique.ingest.unread import Item
from communique.types import Quality

UNIT = 16
"""Bytes of an input's digest."""
NAME = 8
"""Bytes of the digest of a story's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Inputs that are worked on together. Its id follows from what is in it, not from where that came from."""

    id: str
    items: tuple[Item, ...]
    units: bytes
    """Digests of the inputs, one after another."""
    names: bytes
    """Digests of their ids."""
    read: int
    """Bytes of the input, as it lies on disk, that were read when the shard was full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A shard with all that a worker anywhere needs."""

    shard: Shard
    dataset: str
    """Folder or URL that the worker can write to."""
    run_id: str
    keep_text: bool = True
    quality: Quality = "fast"
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one shard: all that comes back from a worker."""

    shard_id: str
    digest: str
    """Over the rows that it wrote."""
    inputs: int
    stories: int
    rejects: int
    repeated: int
    sentences: int
    counts: dict[str, int]
    """Rows by table."""
    seconds: float
    cpu_seconds: float
    peak_mib: int
    """Largest memory of the worker's process so far."""
    worker: str
    """Machine and process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The worker of a task is gone."""

    task: Task
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The task ended in an error that another try would not mend."""

    task: Task
    error: Exception


Outcome = Done | Died | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    stories: int = 0
    rejects: int = 0
    known: int = 0
    """Inputs that the dataset has already."""
    shards: int = 0
    read: int = 0
    """Bytes of input behind finished shards."""
    size: int | None = None
    """Bytes of all input; None where it is not known."""
    seconds: float = 0.0
    sentences: int = 0

    @property
    def rate(self) -> float:
        """Stories a second."""
        return self.stories / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to go, from the bytes read so far; None where that is not known."""
        if not self.size or not self.read or not self.seconds:
            return None
        return max(0.0, self.seconds * (self.size - self.read) / self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What coding again changed in the stories that were coded again."""

    tables: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Rows before and after, by table."""
    added: tuple[dict[str, object], ...] = ()
    """Events that are new: id, document, type, actors, recipients, words."""
    removed: tuple[dict[str, object], ...] = ()
    changed: tuple[dict[str, object], ...] = ()
    """Events with the same id whose codes differ, as they are now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What filing and merging changed."""

    stories: int = 0
    """Stories that were new, coded again or gone."""
    clusters: int = 0
    """Clusters that are new or were made again."""
    events: int = 0
    """Merged events in them."""
    exercises: int = 0
    """Editions of exercises in the whole dataset."""
    redirects: int = 0
    """Ids in the whole dataset that no longer stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did."""

    dataset: str
    run_id: str
    stories: int
    rejects: int
    known: int
    """Inputs that the dataset had already, or that came twice."""
    renamed: int
    """Stories whose own id another story has: theirs ends in ~ and a hash."""
    shards: int
    resumed: int
    """Shards that an earlier, unfinished run had done."""
    sentences: int
    seconds: float
    cpu_seconds: float
    """Of all workers."""
    ending_seconds: float
    """Publishing and merging, after the last shard."""
    workers: int
    peak_mib: int
    """Of the largest worker."""
    counts: dict[str, int]
    """Rows by table that this run added."""
    finished: bool
    """False where the run was stopped: the same command goes on."""
    snapshot: str | None
    digest: str | None
    """Of the dataset after the run."""
    stale: int = 0
    """Stories in the dataset that another model, lexicon or code has coded."""
    changes: Changes | None = None
    merged: Merged = field(default_factory=Merged)
