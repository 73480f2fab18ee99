"""Input to shards: each input once, each story with an id of its own, shards of bounded size.

Shards are cut by what is new since the run began, in the order of the input, so a run that goes on cuts the same shards again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from communique.ingest.unread import Item, Unread, content_id, digest
from communique.run.known import Known
from communique.run.types import NAME, Shard
from communique.types import RawDocument, Reject

SHARD_ITEMS = 256
"""Inputs in a shard: about half a minute of one core."""
SHARD_BYTES = 4_000_000
"""Bytes of text after which a shard is full with fewer."""


def name_key(name: str) -> bytes:
    """The digest of a story's id."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=NAME).digest()


@dataclass
class Cutter:
    """Cuts a stream of inputs; counts what it leaves out."""

    before: Known
    """Inputs of runs that were finished before this one began."""
    mine: Known
    """Inputs of shards that this run has done already, in an earlier try."""
    size: int = SHARD_ITEMS
    again: bool = False
    """Cut what earlier runs have done too; its stories keep their ids."""
    known: int = 0
    renamed: int = 0

    def __post_init__(self) -> None:
        self._seen = Known()

    def cut(self, inputs: Iterable[tuple[Item, int]]) -> Iterator[Shard]:
        """Shards of the inputs, each of which comes with the bytes read so far. A shard may hold nothing that is left to do."""
        held: list[tuple[Item, bytes, bytes]] = []
        size = read = 0
        for item, read in inputs:
            unit = digest(item)
            if unit in self._seen or (not self.again and unit in self.before):
                self.known += 1
                continue
            item, name = self._with_id(item, unit)
            self._seen.add(unit, name)
            held.append((item, unit, name))
            size += _size(item)
            if len(held) >= self.size or size >= SHARD_BYTES:
                yield self._shard(held, read)
                held, size = [], 0
        if held:
            yield self._shard(held, read)

    def _with_id(self, item: Item, unit: bytes) -> tuple[Item, bytes]:
        """The item with the id that its story will have in the dataset, and that id's digest."""
        if isinstance(item, Reject):
            return item, name_key(f"reject {unit.hex()}")
        own = item.id or (content_id(item.text) if isinstance(item, RawDocument) else f"sha256:{unit.hex()[:16]}")
        for holder in (self.before.holder(name_key(own)), self._seen.holder(name_key(own)), self.mine.holder(name_key(own))):
            if holder is not None and holder != unit:
                own = f"{own}~{unit.hex()[:8]}"
                self.renamed += 1
                break
        return replace(item, id=own), name_key(own)

    def _shard(self, held: list[tuple[Item, bytes, bytes]], read: int) -> Shard:
        left = [h for h in held if h[1] not in self.mine]
        return make_shard([h[0] for h in left], b"".join(h[1] for h in left), b"".join(h[2] for h in left), read)


def make_shard(items: Iterable[Item], units: bytes, names: bytes, read: int) -> Shard:
    """A shard with the id that follows from its inputs."""
    return Shard(id=hashlib.sha256(units).hexdigest()[:24], items=tuple(items), units=units, names=names, read=read)


def _size(item: Item) -> int:
    return len(item.data) if isinstance(item, Unread) else len(item.text) if isinstance(item, RawDocument) else 100
