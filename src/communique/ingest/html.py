"""A page to its article: trafilatura finds the text, title, date and site."""

from __future__ import annotations

from communique.errors import EmptyText, TooLarge
from communique.ingest.fields import clean, published
from communique.settings import MAX_CHARACTERS
from communique.types import RawDocument

MAX_HTML = 20_000_000
"""Characters of the largest page that is parsed."""
MAX_DEPTH = 400
"""Levels of nesting from which a page is refused: extraction would not end."""


def _depth(text: str) -> int:
    """A cheap upper bound of the nesting of block elements."""
    deepest = depth = 0
    for part in text.lower().split("<")[1:]:
        if part.startswith(("div", "table", "ul", "span", "blockquote", "section", "b>", "i>")):
            depth += 1
            deepest = max(deepest, depth)
        elif part.startswith("/"):
            depth = max(0, depth - 1)
    return deepest


def read_html(text: str, default_date: str | None) -> RawDocument:
    """The article of a page. Raises `EmptyText` where there is none, `TooLarge` for pages that are too large or too deep."""
    from trafilatura import bare_extraction

    if len(text) > MAX_HTML:
        raise TooLarge(f"the page has {len(text)} characters, the limit is {MAX_HTML}")
    if _depth(text) > MAX_DEPTH:
        raise TooLarge(f"the page nests its elements deeper than {MAX_DEPTH} levels")
    found = bare_extraction(clean(text), with_metadata=True, include_comments=False, include_tables=False)
    facts = found if isinstance(found, dict) else found.as_dict() if found is not None else {}
    body = facts.get("text") or facts.get("raw_text") or ""
    if not body.strip():
        raise EmptyText("the page holds no article text")
    if len(body) > int(MAX_CHARACTERS.value()):
        raise TooLarge(f"the article has {len(body)} characters; raise {MAX_CHARACTERS.variable} to read it")
    return RawDocument(
        text=clean(body),
        title=facts.get("title"),
        publisher=facts.get("sitename") or facts.get("hostname"),
        url=facts.get("url"),
        published=published(facts.get("date")) or default_date,
    )
