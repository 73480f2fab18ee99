"""Records to JSON and back."""

from __future__ import annotations

import msgspec

from communique.types import Record


def to_json(record: Record) -> str:
    """One line of JSON, the same for the same record."""
    return msgspec.json.encode(record).decode("utf-8")


def from_json(text: str | bytes) -> Record:
    """The record that `to_json` wrote."""
    return msgspec.json.decode(text, type=Record)
