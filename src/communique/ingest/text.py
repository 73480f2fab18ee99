"""A plain text to its story."""

from __future__ import annotations

from communique.ingest.fields import from_fields
from communique.ingest.lines import decode
from communique.ingest.unread import Unread
from communique.types import RawDocument


def read_plain(item: Unread) -> RawDocument:
    """The whole text as one story."""
    return from_fields({"text": decode(item.data)}, {}, None)
