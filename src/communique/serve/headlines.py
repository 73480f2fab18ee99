"""What stories are called on pages. A story without a title is called by the first line of its text; the data keep the title unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from communique.store.reader import Reader
from communique.store.summaries import first_line, headlines, openings

Row = dict[str, Any]


def titled(reader: Reader, documents: Sequence[Row]) -> list[Row]:
    """Rows of stories with a title each, as far as there is a text."""
    found = headlines(reader, [d["document_id"] for d in documents if not d["title"]])
    return [{**d, "title": d["title"] or found.get(d["document_id"])} for d in documents]


def happenings_titled(reader: Reader, clusters: Sequence[Row]) -> list[Row]:
    """Rows of happenings with a title each, that of their first story."""
    first = openings(reader, [c["cluster_id"] for c in clusters if not c["title"]])
    found = headlines(reader, list(first.values()))
    return [{**c, "title": c["title"] or found.get(first.get(c["cluster_id"], ""))} for c in clusters]


def story_title(title: str | None, text: str | None, document_id: str) -> str:
    """The title of one story.

    >>> story_title(None, "Two navies drill\\nNAIROBI -- ...", "a.txt"), story_title(None, None, "a.txt")
    ('Two navies drill', 'a.txt')
    """
    return title or first_line(text or "") or document_id
