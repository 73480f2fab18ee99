"""Mentions by sentence and head token."""

from __future__ import annotations

from communique.types import Mention


def heads_of(mentions: tuple[Mention, ...], sentence: int) -> dict[int, Mention]:
    """Head token to mention for one sentence."""
    out: dict[int, Mention] = {}
    for m in mentions:
        if m.sentence == sentence:
            out.setdefault(m.head, m)
    return out
