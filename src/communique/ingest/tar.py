"""Members of tar archives, one after another. Our own reader: headers of a hostile archive are bounded, nothing is written to disk."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from communique.errors import UnreadableInput

_BLOCK = 512
_MAX_NAME = 1 << 16


def is_tar(head: bytes) -> bool:
    """Whether a tar header stands at the beginning."""
    return head[257:262] == b"ustar" and len(head) >= _BLOCK


@dataclass(slots=True)
class Member:
    """A file in the archive; `file` must be read before the next one is asked for."""

    name: str
    file: _Part


class _Part(io.RawIOBase):
    """The bytes of one member; `cut` tells that the archive ended before it did."""

    def __init__(self, archive: BinaryIO, size: int) -> None:
        super().__init__()
        self._archive, self.left, self.cut = archive, size, False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._archive.read(self.left if size < 0 else min(size, self.left))
        self.cut = self.cut or (not data and self.left > 0 and size != 0)
        self.left -= len(data)
        return data


def members(archive: BinaryIO) -> Iterator[Member]:
    """Plain files of the archive in order. Raises `UnreadableInput` where the archive is broken or cut short."""
    long_name: str | None = None
    while (header := archive.read(_BLOCK)) and any(header):
        if len(header) < _BLOCK or not _sums(header):
            raise UnreadableInput("the tar archive is broken or cut short")
        size, kind = _number(header[124:136]), header[156:157]
        part = _Part(archive, size)
        if kind in (b"L", b"x", b"g"):
            if size > _MAX_NAME:
                raise UnreadableInput("the tar archive has a name of over 65,536 bytes")
            long_name = _long_name(kind, part.read()) or long_name
        elif kind in (b"0", b"\0", b"7"):
            prefix = _word(header[345:500]) if header[257:263] == b"ustar\0" else ""
            yield Member(long_name or "/".join(p for p in (prefix, _word(header[:100])) if p), part)
            long_name = None
        else:
            long_name = None
        _finish(part, -size % _BLOCK)


def _finish(part: _Part, padding: int) -> None:
    while part.left and part.read(1 << 16):
        pass
    if part.left or part.cut or len(part._archive.read(padding)) < padding:
        raise UnreadableInput("the tar archive is cut short inside a member")


def _sums(header: bytes) -> bool:
    try:
        return sum(header[:148]) + sum(header[156:]) + 8 * 32 == _number(header[148:156])
    except UnreadableInput:
        return False


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0")[0].strip()
    try:
        return int(text or b"0", 8)
    except ValueError as error:
        raise UnreadableInput("the tar archive has a broken header") from error


def _word(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


def _long_name(kind: bytes, data: bytes) -> str | None:
    if kind == b"L":
        return _word(data)
    for line in data.split(b"\n"):
        key, _, value = line.partition(b" ")[2].partition(b"=")
        if key == b"path":
            return value.decode("utf-8", "replace")
    return None
