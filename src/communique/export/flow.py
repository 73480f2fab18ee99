"""What the event formats share: read, fold, expand, and count."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from communique.export.dyads import expand
from communique.export.loss import Loss
from communique.export.reading import facts
from communique.export.status import Dropped, fold
from communique.export.types import Coded, Dyad, Source


def coded_events(
    source: Source, loss: Loss, *, holds: frozenset[str], allow: Callable[[Coded], str | None], documents: bool = True
) -> Iterator[Coded]:
    """Events after folding. `allow` gives a reason to drop one, or None; `holds` names what the format keeps (`loss.LOST`)."""
    for fact in facts(source, documents=documents):
        loss.read += 1
        try:
            coded = fold(fact, source.codes)
        except Dropped as reason:
            loss.drop(str(reason))
            continue
        reason = "no actor" if not fact.actors else allow(coded)
        if reason:
            loss.drop(reason)
            continue
        loss.written += 1
        if coded.folded_from:
            loss.folded[f"{fact.status} {fact.type} to {coded.type}"] += 1
        loss.note(fact, holds=holds)
        yield coded


def dyads(source: Source, loss: Loss, *, holds: frozenset[str], recipient: bool) -> Iterator[list[Dyad]]:
    """Events as dyads, those of one event together; `recipient` says that the format has no rows without one."""

    def allow(coded: Coded) -> str | None:
        return "no recipient" if recipient and expand(coded)[0].recipient is None else None

    for coded in coded_events(source, loss, holds=holds, allow=allow):
        rows = expand(coded)
        loss.added += len(rows) - 1
        yield rows
