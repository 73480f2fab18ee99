"""The snapshot that the desk shows. A newer one is opened aside and taken up when it is ready; readers of the old one end in peace."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from communique import __version__
from communique.errors import CommuniqueError
from communique.serve.config import DeskConfig
from communique.store.dataset import Dataset, open_dataset
from communique.store.reader import Reader

T = TypeVar("T")
_KEPT = 4000
"""Counts that are remembered of one snapshot."""


class View:
    """One snapshot open for reading, with what was counted in it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.name = reader.snapshot.name
        self.stamp = hashlib.sha256(f"{self.name} {__version__}".encode()).hexdigest()[:12]
        """Changes whenever an answer could."""
        self.leases, self.retired = 0, False
        self._lock, self._kept = threading.Lock(), OrderedDict[Hashable, Any]()

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this snapshot; for counts, which are small."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return value


class Shelf:
    """Holds the view that is shown and looks for newer snapshots."""

    def __init__(self, config: DeskConfig) -> None:
        self._config = config
        self.dataset: Dataset = open_dataset(config.dataset)
        self._lock = threading.Lock()
        self._view = self._open()
        self._looked, self._opening = time.monotonic(), False
        self.taken_up, self.failures = 0, 0
        """Newer snapshots taken up since the start, and attempts that failed."""

    def _open(self) -> View:
        reader = Reader(self.dataset)
        if self._config.build_index:
            reader.build_index()
        return View(reader)

    @contextmanager
    def lease(self) -> Iterator[View]:
        """The view for one request; it stays open until the request ends."""
        self._look()
        with self._lock:
            view = self._view
            view.leases += 1
        try:
            yield view
        finally:
            with self._lock:
                view.leases -= 1
                last = view.retired and view.leases == 0
            if last:
                view.reader.close()

    def _look(self) -> None:
        """Begin to open a newer snapshot where there is one; never waits for it."""
        now = time.monotonic()
        with self._lock:
            if self._opening or now - self._looked < self._config.poll_seconds:
                return
            self._looked, self._opening = now, True
        threading.Thread(target=self._take_up, name="desk-snapshot", daemon=True).start()

    def _take_up(self) -> None:
        try:
            if not self.dataset.current().endswith(f"/{self._view.name}.json"):
                self._swap(self._open())
        except (CommuniqueError, OSError):
            self.failures += 1  # the old snapshot stays; /metrics tells, and the next look tries again
        finally:
            self._opening = False

    def _swap(self, fresh: View) -> None:
        with self._lock:
            old, self._view = self._view, fresh
            old.retired = True
            idle = old.leases == 0
            self.taken_up += 1
        if idle:
            old.reader.close()

    def close(self) -> None:
        """Let go of the dataset."""
        with self._lock:
            self._view.retired = True
            idle = self._view.leases == 0
        if idle:
            self._view.reader.close()
