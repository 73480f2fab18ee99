"""Lines of a stream, of bounded length, and bytes to text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from communique.errors import BadEncoding, InputError, TooLarge

MAX_RECORD = 20_000_000
"""Bytes of the longest single story, row, message or page that is taken into memory."""


def lines(file: BinaryIO, limit: int = MAX_RECORD) -> Iterator[bytes | InputError]:
    """Lines with their line feeds; a line over the limit comes as an error, and reading goes on after it."""
    while line := file.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        size = len(line)
        while not line.endswith(b"\n") and (line := file.readline(limit)):
            size += len(line)
        yield TooLarge(f"the line has {size} bytes, the limit is {limit}")


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
