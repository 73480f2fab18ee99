"""Fixtures of the store's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from communique.store import files


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """Nothing here cuts the power, so nothing has to wait until the disk has written; the calls themselves are tested in test_failures."""
    patch = pytest.MonkeyPatch()
    patch.setattr(files.os, "fsync", lambda descriptor: None)
    yield
    patch.undo()
