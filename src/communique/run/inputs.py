"""Sources to a stream of inputs with the bytes read so far. A file that was read whole by an earlier run is passed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from communique.ingest.reading import items
from communique.ingest.sources import Source, find_sources
from communique.ingest.unread import Item
from communique.run.ledger import SourceDone
from communique.settings import MAX_CHARACTERS

_CHUNK = 1 << 20
MANY, LARGE = 10_000, 1_000_000
"""Files that are noted whatever their size, and the bytes from which every file is: small ones are soon cut again."""


class Counted:
    """A file that counts and hashes what is read from it in order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.read_bytes, self.hash = file, 0, hashlib.blake2b(digest_size=16)
        self._in_order = True

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self.read_bytes += len(data)
        if self._in_order:
            self.hash.update(data)
        return data

    def seek(self, *place: int) -> int:
        self._in_order = False
        return self._file.seek(*place)

    def finish(self) -> str:
        """The digest of the whole file; what was not read in order is read now."""
        if not self._in_order:
            self._file.seek(0)
            self.hash, self._in_order = hashlib.blake2b(digest_size=16), True
        while data := self._file.read(_CHUNK):
            self.hash.update(data)
        return self.hash.hexdigest()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Counted:
        return self

    def __exit__(self, *error: object) -> None:
        """The file is closed by `Inputs`, which may still want its digest."""


@dataclass
class Inputs:
    """The inputs of a run, read once, in order."""

    paths: Sequence[str | Path]
    mapping: Mapping[str, str]
    published: str | None
    stdin: BinaryIO | None = None
    before: Sequence[SourceDone] = ()
    """Files that earlier runs have read whole."""
    known: int = 0
    """Inputs in files that were passed over."""
    size: int | None = 0
    """Bytes of all files; None where one has no size."""

    def __post_init__(self) -> None:
        self.done: list[SourceDone] = []
        for source in find_sources(self.paths, stdin=self.stdin):
            self.size = None if self.size is None or source.size is None else self.size + source.size
        settings = {"map": sorted(self.mapping.items()), "published": self.published, "characters": MAX_CHARACTERS.value()}
        self._options = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]

    def __iter__(self) -> Iterator[tuple[Item, int]]:
        read = 0
        for source in find_sources(self.paths, stdin=self.stdin):
            seen = self._seen(source)
            if seen is not None:
                self.known += seen.inputs
                self.done.append(seen)
                read += seen.size
                continue
            yield from self._file(source, read)
            read += source.size or 0

    def _seen(self, source: Source) -> SourceDone | None:
        """The file's line in the ledger, where its name, size and bytes are those of one that was read whole."""
        alike = [d for d in self.before if (d.name, d.size, d.options) == (source.name, source.size, self._options)]
        if not alike:
            return None
        try:
            with source.open() as file:
                found = Counted(file).finish()
        except OSError:
            return None
        return next((d for d in alike if d.digest == found), None)

    def _file(self, source: Source, read: int) -> Iterator[tuple[Item, int]]:
        opened: list[Counted] = []

        def open_counted() -> Counted:
            opened.append(Counted(source.open()))
            return opened[0]

        count = 0
        try:
            for item in items(replace(source, open=open_counted), mapping=self.mapping, published=self.published):  # type: ignore[arg-type]
                count += 1
                yield item, read + (opened[0].read_bytes if opened else 0)
            if opened and source.size is not None and (len(self.done) < MANY or source.size >= LARGE):
                try:
                    digest = opened[0].finish()
                except OSError:
                    return
                self.done.append(SourceDone(name=source.name, size=source.size, digest=digest, options=self._options, inputs=count))
        finally:
            for counted in opened:
                if source.path != "-":
                    counted.close()
