"""The value that most reports give, and the values on which they differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from communique.stories.types import Conflict, EventView, ExerciseView
from communique.types import Actor

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A fact as one story tells it."""

    view: EventView | ExerciseView
    document_id: str
    story: str
    """The first version of the story."""
    published: str | None
    publisher: str | None
    order: tuple[int, float, str, int]
    """Place in the total order: that of the story, then the fact's place in it."""
    cluster_id: str


def favourite(values: Iterable[T | None], key: Callable[[T], Hashable] = lambda v: v) -> T | None:  # type: ignore[assignment,return-value]
    """The value given most often, of those given equally often the last; None where there is none. `values` stand in the order of publication.

    >>> favourite(["a", "b", None, "b", "a"])
    'a'
    """
    counts: dict[Hashable, int] = {}
    last: dict[Hashable, tuple[int, T]] = {}
    for n, value in enumerate(values):
        if value is not None:
            k = key(value)
            counts[k] = counts.get(k, 0) + 1
            last[k] = (n, value)
    if not counts:
        return None
    best = max(counts, key=lambda k: (counts[k], last[k][0]))
    return last[best][1]


def conflicts(field: str, given: Sequence[tuple[str | None, Report]]) -> tuple[Conflict, ...]:
    """One conflict a value where reports give two values or more; the value given first stands first."""
    holders: dict[str, list[Report]] = {}
    for value, report in given:
        if value is not None:
            holders.setdefault(value, []).append(report)
    if len(holders) < 2:
        return ()
    return tuple(
        Conflict(
            field=field,
            value=value,
            fact_ids=tuple(r.view.id for r in reports),
            document_ids=tuple(dict.fromkeys(r.document_id for r in reports)),
        )
        for value, reports in holders.items()
    )


def united(lists: Iterable[Sequence[Actor]], key: Callable[[Actor], str]) -> tuple[Actor, ...]:
    """Every actor once, in order of first appearance, each as the first report has it."""
    out: dict[str, Actor] = {}
    for actors in lists:
        for actor in actors:
            out.setdefault(key(actor), actor)
    return tuple(out.values())
