"""Fields of structured input to raw documents: names mapped, types checked, dates read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from communique.errors import BadDate, BadField, EmptyText, TooLarge
from communique.settings import MAX_CHARACTERS
from communique.types import RawDocument

FIELDS = ("id", "title", "text", "url", "publisher", "published")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, line ends as line feeds; everything else stays as written."""
    return _SURROGATES.sub("\ufffd", text.replace("\x00", "")).replace("\r\n", "\n").replace("\r", "\n")


def published(value: object) -> str | None:
    """An ISO date or date-time from a field; raises `BadDate` where it is neither.

    >>> published("2022-08-18")
    '2022-08-18'
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value).strip()
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise BadDate(f"published is {text[:40]!r}, which is no ISO date; write it as 2022-08-18") from None
    return text


def from_fields(row: Mapping[str, Any], mapping: Mapping[str, str], default_date: str | None) -> RawDocument:
    """One raw document from a row. Raises an `InputError` where a field is missing or of the wrong type."""
    low = {str(k).strip().casefold(): v for k, v in row.items() if k is not None}
    found = {f: low.get(mapping.get(f, f).casefold()) for f in FIELDS}
    text = found["text"]
    if text is None:
        raise BadField(f"there is no field 'text'; the fields are {', '.join(list(low)[:8]) or 'none'}; map yours with --map text=NAME")
    if not isinstance(text, str):
        raise BadField(f"'text' is {type(text).__name__}, not a string")
    text = clean(text)
    if not text.strip():
        raise EmptyText("the text is empty")
    limit = int(MAX_CHARACTERS.value())
    if len(text) > limit:
        raise TooLarge(f"the text has {len(text)} characters, the limit is {limit}; raise {MAX_CHARACTERS.variable} to read it")

    def word(name: str) -> str | None:
        return clean(str(found[name])) if found[name] not in (None, "") else None

    return RawDocument(
        text=text,
        id=word("id"),
        title=word("title"),
        url=word("url"),
        publisher=word("publisher"),
        published=published(found["published"]) or default_date,
    )
