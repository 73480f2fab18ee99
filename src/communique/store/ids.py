"""Ids of facts: unique in the world, and the same whenever the same words are coded to the same fact."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable

from communique.types import Event, Exercise, Statement


def fact_id(kind: str, document_id: str, *key: object) -> str:
    """An id of 100 bits for one fact of a document; `kind` is e (event), s (statement) or x (exercise).

    >>> fact_id("e", "doc-1", "ACCUSE", (10, 17))
    'e_3oluqit74dwcrnxsrb7z'
    """
    text = json.dumps([kind, document_id, *key], ensure_ascii=True, separators=(",", ":"))
    return f"{kind}_" + base64.b32encode(hashlib.sha256(text.encode("ascii")).digest()).decode("ascii")[:20].lower()


def _ids(kind: str, document_id: str, keys: Iterable[tuple[object, ...]]) -> list[str]:
    seen: Counter[tuple[object, ...]] = Counter()
    out = []
    for key in keys:
        seen[key] += 1
        out.append(fact_id(kind, document_id, *key, *([seen[key]] if seen[key] > 1 else [])))
    return out


def event_ids(document_id: str, events: Iterable[Event]) -> list[str]:
    """One id an event: from its type and trigger, or its own id where it has no words; where two share them, from their order too."""
    return _ids("e", document_id, ((e.type, e.trigger or (e.evidence[0] if e.evidence else e.id)) for e in events))


def statement_ids(document_id: str, statements: Iterable[Statement]) -> list[str]:
    """One id a statement: from the span of its words."""
    return _ids("s", document_id, ((s.quote,) for s in statements))


def exercise_ids(document_id: str, exercises: Iterable[Exercise]) -> list[str]:
    """One id an exercise: from its name or series, else from its first sentence."""
    return _ids("x", document_id, (((x.name or x.series or "").casefold() or min(x.evidence),) for x in exercises))
