"""The snapshot that the desk shows. A newer one is opened aside and taken up when it is ready; readers of the old one end in peace."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from communique import __version__
from communique.errors import CommuniqueError
from communique.serve.config import DeskConfig
from communique.store.dataset import Dataset, open_dataset
from communique.store.reader import Reader

T = TypeVar("T")
_ENTRY = 400
"""Bytes that remembering anything takes: its key and its place."""
_SAMPLE = 16
"""Members of a list or mapping that are weighed; the others are taken to be like them."""


def weight(value: Any) -> int:
    """About how many bytes a value of lists, mappings, texts and numbers takes.

    >>> weight([]) < weight(["abc"]) < weight([{"a": "abc"}] * 1000), weight([{"a": 1.5}] * 1000) > 200_000
    (True, True)
    """
    size = sys.getsizeof(value)
    if isinstance(value, dict):
        some = [weight(k) + weight(v) for k, v in islice(value.items(), _SAMPLE)]
    elif isinstance(value, (list, tuple, set, frozenset)):
        some = [weight(v) for v in islice(value, _SAMPLE)]
    else:
        return size
    return size + (sum(some) * len(value) // len(some) if some else 0)


class View:
    """One snapshot open for reading, with what was counted in it, up to `room` bytes."""

    def __init__(self, reader: Reader, room: int) -> None:
        self.reader, self._room, self.held = reader, room, 0
        self.name = reader.snapshot.name
        self.stamp = hashlib.sha256(f"{self.name} {__version__}".encode()).hexdigest()[:12]
        """Changes whenever an answer could."""
        self.leases, self.retired = 0, False
        self._lock, self._kept = threading.Lock(), OrderedDict[Hashable, tuple[Any, int]]()

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this snapshot as long as there is room for it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = make()
        size = weight(value) + _ENTRY
        with self._lock:
            self.held += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (value, size)
            while self.held > self._room:
                self.held -= self._kept.popitem(last=False)[1][1]
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
        reader = Reader(self.dataset, threads=1)  # several questions run beside each other already
        if self._config.build_index:
            reader.build_index()
        return View(reader, self._config.counts_bytes)

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
