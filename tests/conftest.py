"""Fixtures: documents, the measuring sets, and one coded set of our own stories."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from communique.api import stream
from communique.ingest.reading import read_bytes
from communique.settings import data_folder
from communique.types import Document, Record


def document(text: str, published: str | None = "2024-03-07", publisher: str | None = None) -> Document:
    return Document(id="t", title=None, publisher=publisher, url=None, language="en", published=published, text=text)


@pytest.fixture(scope="session")
def demo_records() -> list[Record]:
    data = (resources.files("communique.demo") / "stories.jsonl").read_bytes()
    items = list(stream(read_bytes(data, "demo")))
    assert all(isinstance(i, Record) for i in items), items
    return items  # type: ignore[return-value]


@pytest.fixture(scope="session")
def schema() -> dict:
    return json.loads((resources.files("communique.lexicon") / "record.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def data() -> Path:
    folder = data_folder()
    if not folder.is_dir():
        pytest.skip(f"the measuring sets are not here ({folder}); set COMMUNIQUE_DATA")
    return folder
