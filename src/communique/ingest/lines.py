"""Lines of a stream, of bounded length, and bytes to text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from communique.errors import BadEncoding, InputError, TooLarge

_CHUNK = 1 << 17
MAX_RECORD = 20_000_000
"""Bytes of the longest single story, row, message or page that is taken into memory."""


def lines(file: BinaryIO, limit: int = MAX_RECORD) -> Iterator[bytes | InputError]:
    """Lines with their line feeds; a line over the limit comes as an error, and reading goes on after it."""
    size, parts = 0, []
    while chunk := file.read(_CHUNK):
        first, *rest = chunk.splitlines(keepends=True) if b"\r" not in chunk else _cut_lines(chunk)
        size += len(first)
        parts = [*parts, first] if size <= limit else []
        if first.endswith(b"\n"):
            yield b"".join(parts) if size <= limit else TooLarge(f"the line has {size} bytes, the limit is {limit}")
            size, parts = 0, []
        if rest:
            last = rest.pop() if not rest[-1].endswith(b"\n") else b""
            yield from rest
            size, parts = len(last), [last]
    if size:
        yield b"".join(parts) if size <= limit else TooLarge(f"the line has {size} bytes, the limit is {limit}")


def _cut_lines(chunk: bytes) -> list[bytes]:
    """Lines that end in line feeds only, as `splitlines` would not have it where carriage returns stand too."""
    parts = [part + b"\n" for part in chunk.split(b"\n")]
    parts[-1] = parts[-1][:-1]
    return parts if parts[-1] else parts[:-1]


def whole(file: BinaryIO, limit: int = MAX_RECORD) -> bytes:
    """All bytes of one story; raises `TooLarge` beyond the limit, without reading further."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(f"the story has more than {limit} bytes; is it a kind of file that communique does not know?")
    return data


def decode(data: bytes) -> str:
    """Bytes to text: a byte order mark, UTF-8, else Windows-1252; raises `BadEncoding` for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise BadEncoding(f"the byte order mark says {encoding}, but the bytes are not; save the file as UTF-8") from error
    text = decode_line(data)
    head = text[:4000]
    control = sum(c < " " and c not in "\t\n\r\f" for c in head)
    if control * 10 > len(head) or head.count("\ufffd") * 20 > len(head):
        raise BadEncoding("the bytes are no text in UTF-8, UTF-16 or Windows-1252; save the file as UTF-8")
    return text


def decode_line(data: bytes) -> str:
    """UTF-8, else Windows-1252: never fails."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
