"""Digests of rows that do not depend on their order, on files or on workers.

The digest of a set of rows is the sum of their SHA-256, modulo 2^256: sums of parts add up to the sum of the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
import pyarrow as pa

from communique.store.schema import TABLES

_ENCODER = msgspec.json.Encoder(order="sorted")
_MODULUS = 1 << 256
EMPTY = "0" * 64
"""Digest of no rows."""


class Digest:
    """The digest of a table's rows as they pass by."""

    def __init__(self, table: str) -> None:
        self.rows, self._total, self._without = 0, 0, set(TABLES[table].provenance)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count these rows in; nulls and columns of provenance are left out, so a column that is added changes nothing."""
        wanted = [c for c in batch.schema.names if c not in self._without]
        for row in batch.select(wanted).to_pylist():
            text = _ENCODER.encode({k: v for k, v in row.items() if v is not None})
            self._total += int.from_bytes(hashlib.sha256(text).digest(), "big")
        self.rows += len(batch)

    @property
    def value(self) -> str:
        """The digest so far, hexadecimal."""
        return f"{self._total % _MODULUS:064x}"


def table_digest(name: str, data: pa.Table) -> str:
    """Digest of the rows of one table."""
    digest = Digest(name)
    for batch in data.to_batches(max_chunksize=4096):
        digest.add(batch)
    return digest.value


def add(digests: Iterable[str]) -> str:
    """Digest of the rows of several parts together.

    >>> add(["f" * 64, "0" * 63 + "2"]) == "0" * 63 + "1"
    True
    """
    return f"{sum(int(d, 16) for d in digests) % _MODULUS:064x}"
