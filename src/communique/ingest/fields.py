"""Fields of structured input to raw documents: names mapped or recognised, types checked, dates read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from communique.errors import BadField, EmptyText, TooLarge
from communique.ingest.dates import published
from communique.settings import MAX_CHARACTERS
from communique.types import RawDocument

FIELDS = ("id", "title", "text", "url", "publisher", "published")
ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("full text", "full_text", "fulltext", "maintext", "article_text", "content", "body", "article", "td"),
    "title": ("headline", "hd"),
    "published": ("publication date", "publication_date", "date_publish", "date_published", "published_at", "pubdate", "date", "pd"),
    "url": ("link", "uri"),
    "publisher": ("source name", "source_name", "publication", "source_domain", "domain", "source", "sn"),
    "id": ("accession number", "accession_number", "accession no", "an", "guid"),
}
"""Column names of common exports, best first: Factiva and its field codes, CC-News, news-please, the news sets of Hugging Face."""
LEADS = ("lead paragraph", "lead_paragraph", "lp")
"""Columns that hold the beginning of the text where an export splits it."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, line ends as line feeds; everything else stays as written."""
    whole = text if text.isascii() else _SURROGATES.sub("\ufffd", text)
    return whole.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def column(field: str, names: Iterable[str], mapping: Mapping[str, str]) -> str | None:
    """Which of the (case-folded) names holds a field: the mapped one, the field's own name, else a known alias.

    An empty name in the mapping (`--map published=`) says that the input has no such field.
    """
    if field in mapping:
        name = mapping[field].strip().casefold()
        return name if name in names else None
    return next((n for n in (field, *ALIASES[field]) if n in names), None)


def places(row: Mapping[str, Any], mapping: Mapping[str, str]) -> Mapping[str, str]:
    """The row's own key of each field and lead that it has; rows of one table share one answer."""
    return _places(tuple(k for k in row if k is not None), tuple(mapping.items()))


@lru_cache(maxsize=64)
def _places(keys: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    low = {str(k).strip().casefold(): k for k in keys}
    found = {f: column(f, low, dict(mapping)) for f in FIELDS} | {n: n if n in low else None for n in LEADS}
    return {f: low[n] for f, n in found.items() if n is not None}


def is_table(names: Iterable[str], mapping: Mapping[str, str]) -> bool:
    """Whether column names are those of stories: a text field by name, or by alias together with another field."""
    low = {n.strip().casefold() for n in names}
    text = column("text", low, mapping)
    if text is None:
        return False
    return text == mapping.get("text", "text").strip().casefold() or any(column(f, low, mapping) for f in FIELDS if f != "text")


def check_text(text: object) -> str:
    """A story's text, cleaned; raises `BadField`, `EmptyText` or `TooLarge`."""
    if not isinstance(text, str):
        raise BadField(f"'text' is {type(text).__name__}, not a string")
    text = clean(text)
    if not text.strip():
        raise EmptyText("the text is empty")
    limit = int(MAX_CHARACTERS.value())
    if len(text) > limit:
        raise TooLarge(f"the text has {len(text)} characters, the limit is {limit}; raise {MAX_CHARACTERS.variable} to read it")
    return text


def from_fields(row: Mapping[str, Any], mapping: Mapping[str, str], default_date: str | None) -> RawDocument:
    """One raw document from a row. Raises an `InputError` where a field is missing or of the wrong type."""
    where = places(row, mapping)
    if "text" not in where:
        names = ", ".join(str(k).strip().casefold() for k in list(row)[:8] if k is not None)
        raise BadField(f"there is no field 'text'; the fields are {names or 'none'}; map yours with --map text=NAME")
    key = where["text"]
    name, text = key.strip().casefold(), row[key]
    if text is None:
        raise BadField(f"the field '{name}' holds no text")
    if name != "text" and "text" not in mapping:
        leads = (row[where[n]] for n in LEADS if n in where)
        lead = next((v for v in leads if isinstance(v, str) and v.strip()), "")
        text = f"{lead.strip()}\n\n{text}" if lead and isinstance(text, str) and lead.strip() not in text else text

    def word(field: str) -> str | None:
        value = row[where[field]] if field in where else None
        return clean(str(value)) if value not in (None, "") else None

    return RawDocument(
        text=check_text(text),
        id=word("id"),
        title=word("title"),
        url=word("url"),
        publisher=word("publisher"),
        published=published(row[where["published"]] if "published" in where else None) or default_date,
    )
