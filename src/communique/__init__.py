"""communique: event data from news, with the evidence for every field.

import communique
records = communique.code(["Beijing said on Monday that ..."], published="2024-03-07")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from communique.api import Records, code, to_document
    from communique.ingest.gather import fetch
    from communique.ingest.reading import read
    from communique.run.api import run
    from communique.store.reader import Reader, open
    from communique.types import Document, Event, Exercise, RawDocument, Record, Reject, Statement

__version__ = "0.1.0"
__all__ = [
    "Document",
    "Event",
    "Exercise",
    "RawDocument",
    "Reader",
    "Record",
    "Records",
    "Reject",
    "Statement",
    "code",
    "fetch",
    "open",
    "read",
    "run",
    "to_document",
]

_HOMES = {
    "code": "communique.api",
    "Records": "communique.api",
    "to_document": "communique.api",
    "fetch": "communique.ingest.gather",
    "read": "communique.ingest.reading",
    "Reader": "communique.store.reader",
    "open": "communique.store.reader",
    "run": "communique.run.api",
}


def __getattr__(name: str) -> Any:
    """Public names are loaded when they are first asked for, so that the command line starts at once."""
    if name not in __all__:
        raise AttributeError(f"module 'communique' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "communique.types")), name)
