"""Inputs that were seen, by digest, and the stories that hold an id: about 40 bytes each, whatever their number."""

from __future__ import annotations

from typing import Any

import numpy as np

from communique.run.types import UNIT

_FRESH = 50_000
"""Entries that are kept in a dict before they are sorted into an array."""


class _Index:
    """A map from 8 bytes to more bytes, in sorted arrays that are merged as they grow. Of equal keys the first stays first."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._levels: list[tuple[Any, Any]] = []
        self._fresh: list[tuple[bytes, bytes]] = []
        self._lookup: dict[bytes, list[bytes]] = {}

    def add(self, key: bytes, value: bytes) -> None:
        self._fresh.append((key, value))
        self._lookup.setdefault(key, []).append(value)
        if len(self._fresh) >= _FRESH:
            keys, values = b"".join(k for k, _ in self._fresh), b"".join(v for _, v in self._fresh)
            self._fresh, self._lookup = [], {}
            self.add_many(keys, values)

    def add_many(self, keys: bytes, values: bytes) -> None:
        self._push(np.frombuffer(keys, ">u8").astype("u8"), np.frombuffer(values, f"V{self._width}"))
        while len(self._levels) > 1 and len(self._levels[-2][0]) < 2 * len(self._levels[-1][0]):
            (kb, vb), (ka, va) = self._levels.pop(), self._levels.pop()
            self._push(np.concatenate([ka, kb]), np.concatenate([va, vb]))

    def _push(self, keys: Any, values: Any) -> None:
        order = np.argsort(keys, kind="stable")
        self._levels.append((keys[order], values[order]))

    def get(self, key: bytes) -> list[bytes]:
        """All values of a key, oldest first."""
        number = int.from_bytes(key, "big")
        out: list[bytes] = []
        for keys, values in self._levels:
            at = int(np.searchsorted(keys, np.uint64(number)))
            while at < len(keys) and int(keys[at]) == number:
                out.append(values[at].tobytes())
                at += 1
        return out + self._lookup.get(key, [])

    def __len__(self) -> int:
        return len(self._fresh) + sum(len(k) for k, _ in self._levels)


class Known:
    """The set of inputs that were seen, and the map from a story's id to the input that holds it."""

    def __init__(self) -> None:
        self._units, self._names = _Index(UNIT - 8), _Index(UNIT)

    def add_many(self, units: bytes, names: bytes) -> None:
        """Entries of a shard or a ledger, as they lie there."""
        halves = np.frombuffer(units, "V8").reshape(-1, 2) if units else np.empty((0, 2), "V8")
        self._units.add_many(halves[:, 0].tobytes(), halves[:, 1].tobytes())
        self._names.add_many(names, units)

    def add(self, unit: bytes, name: bytes) -> None:
        """One more input and the id of its story."""
        self._units.add(unit[:8], unit[8:])
        self._names.add(name, unit)

    def __contains__(self, unit: bytes) -> bool:
        return unit[8:] in self._units.get(unit[:8])

    def holder(self, name: bytes) -> bytes | None:
        """The first input whose story has an id; None where nobody has it."""
        return next(iter(self._names.get(name)), None)

    def __len__(self) -> int:
        return len(self._units)
