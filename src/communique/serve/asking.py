"""What an address asks for: filters in the store's vocabulary, and how the answer is to be given. Also the addresses of views."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from communique.errors import UsageError
from communique.store.filters import Filters, parse_filters, to_pairs

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question: which rows, and how they are shown."""

    filters: Filters
    options: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`; raises `UsageError`."""
        text = self.options.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
            raise UsageError(f"{name} must be a whole number from 1 to {most:,}")
        return int(text)

    def choice(self, name: str, known: Iterable[str], default: str) -> str:
        """One of several words; raises `UsageError`."""
        text, names = self.options.get(name, default), tuple(known)
        if text not in names:
            raise UsageError(f"{name} must be one of {', '.join(names)}")
        return text

    @property
    def after(self) -> tuple[date | None, str] | None:
        """Day and id of the last row that the reader has."""
        text = self.options.get("after")
        return None if text is None else read_cursor(text)


def ask(pairs: Iterable[tuple[str, str]], options: Iterable[str]) -> Asked:
    """A question from names and values; empty values, which forms send, are as not given. Raises `UsageError`."""
    known, words, chosen = set(options), [], {}
    for name, value in pairs:
        if value == "":
            continue
        if name in known:
            if name in chosen:
                raise UsageError(f"{name} is given twice")
            if len(value) > 500:
                raise UsageError(f"the value of {name} is longer than 500 characters")
            chosen[name] = value
        else:
            words.append((name, value))
    return Asked(filters=parse_filters(words), options=chosen)


def write_cursor(day: date | None, row_id: str) -> str:
    """Where a page ends, as text for an address.

    >>> read_cursor(write_cursor(date(2024, 3, 7), "e_1"))
    (datetime.date(2024, 3, 7), 'e_1')
    """
    data = json.dumps([day.isoformat() if day else None, row_id], ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode("ascii")).decode("ascii").rstrip("=")


def read_cursor(text: str) -> tuple[date | None, str]:
    """Day and id; raises `UsageError` for what `write_cursor` did not write."""
    try:
        day, row_id = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(row_id, str) or not row_id or "\x00" in row_id:
            raise ValueError(row_id)
        row_id.encode("utf-8")
        return (None if day is None else date.fromisoformat(day)), row_id
    except (ValueError, TypeError, binascii.Error) as error:
        raise UsageError("after is no place in a list; take it from the Link header of the page before") from error


def pairs_of(filters: Filters, options: Mapping[str, Any] | None = None) -> Pairs:
    """Names and values of a question, filters first, in the order of the vocabulary."""
    return to_pairs(filters) + [(n, str(v)) for n, v in (options or {}).items() if v not in (None, "")]


def address(path: str, pairs: Iterable[tuple[str, Any]] = ()) -> str:
    """A path with its query."""
    query = urlencode([(n, str(v)) for n, v in pairs if v not in (None, "")], safe=":,/*", errors="replace")
    return f"{path}?{query}" if query else path


def with_value(pairs: Pairs, name: str, value: str | None) -> Pairs:
    """The pairs with one filter replaced, or without it."""
    kept = [(n, v) for n, v in pairs if n != name]
    return [*kept, (name, value)] if value not in (None, "") else kept


def without(pairs: Pairs, name: str, value: str) -> Pairs:
    """The pairs without one value."""
    return [p for p in pairs if p != (name, value)]


def story_path(document_id: str) -> str:
    """Address of a story. Ids that would not survive in a path, such as `../x`, go in as base64 after a tilde.

    >>> story_path("a/b c"), story_path("../x")
    ('/stories/a%2Fb%20c', '/stories/~Li4veA')
    """
    odd = document_id.startswith("~") or any(p in ("", ".", "..") for p in document_id.split("/")) or "\\" in document_id
    if odd or not document_id.isprintable():
        packed = base64.urlsafe_b64encode(document_id.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")
        return f"/stories/~{packed}"
    return f"/stories/{quote(document_id, safe='')}"


def story_id(text: str) -> str:
    """The id in such an address; text that is no such packing is the id itself."""
    if text.startswith("~"):
        try:
            return base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True).decode("utf-8", "surrogatepass")
        except (ValueError, binascii.Error):
            return text
    return text
