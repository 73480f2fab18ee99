"""JSON lines, JSON arrays and single objects to raw documents, one value at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from communique.errors import CommuniqueError, TooLarge, UnreadableInput
from communique.ingest.lines import MAX_RECORD, decode_line, lines
from communique.ingest.streams import Stream
from communique.ingest.tables import rows_to_items
from communique.ingest.unread import Item

_MARK = re.compile(rb'["{}\[\],]')
_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.S)
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[?")
_BETWEEN = re.compile(rb"[\s,\]]*+")
_CHUNK = 1 << 16


def frame_json(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """Objects of JSON lines, of an array, or written over several lines."""
    rows = _line_values(stream) if is_lines(stream.head) else _values(stream)
    yield from rows_to_items(rows, name, mapping, published)


def is_lines(head: bytes) -> bool:
    """Whether each line is a value of its own: the first is whole, or broken while the next begins an object too."""
    first, mark, rest = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if first.startswith(b"["):
        return False
    if not mark or _parse(first) is not None:
        return True
    second = rest.lstrip()[:1]
    return second == b"{" and first.rstrip().endswith(b"}")


def _parse(data: bytes) -> Any:
    try:
        return json.loads(decode_line(data))
    except (ValueError, RecursionError):
        return None


def _line_values(stream: Stream) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines(stream.file), start=1):
        if isinstance(line, CommuniqueError):
            yield number, line
            continue
        text = decode_line(line).removeprefix("\ufeff").strip()
        if not text:
            continue
        try:
            yield number, json.loads(text)
        except (ValueError, RecursionError) as error:
            if stream.problem and not line.endswith(b"\n"):
                return
            yield number, UnreadableInput(f"line {number} is no JSON: {str(error)[:100]}")


def _values(stream: Stream) -> Iterator[tuple[int, Any]]:
    """Values of an array, or one after another, numbered."""
    scanner = _Scanner(stream.file)
    number = 0
    for data in scanner.values():
        number += 1
        if isinstance(data, CommuniqueError):
            if not stream.problem:
                yield number, data
            continue
        try:
            yield number, json.loads(decode_line(data))
        except (ValueError, RecursionError) as error:
            yield number, UnreadableInput(f"value {number} is no JSON: {str(error)[:100]}")


class _Scanner:
    """Cuts the bytes of single values out of a stream; looks at brackets and strings only, and holds one value at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._data, self._at, self._end = file, b"", 0, False

    def _more(self) -> bool:
        """Read on; twice as much each time, so that a long value is not copied over and over."""
        kept = self._data[self._at :]
        chunk = b"" if self._end else self._file.read(max(_CHUNK, len(kept)))
        self._data, self._at, self._end = kept + chunk, 0, not chunk
        return bool(chunk)

    def values(self) -> Iterator[bytes | CommuniqueError]:
        """Values in order; what is cut short at the end comes as an error."""
        self._more()
        if found := _OPENING.match(self._data):
            self._at = found.end()
        while self._skip():
            size = self._value_size()
            if size is None:
                yield UnreadableInput("the last value ends inside; is the file cut short?")
                return
            if size < 0:
                yield TooLarge(f"the value has more than {MAX_RECORD} bytes; what follows it was not read")
                return
            yield self._data[self._at : self._at + size]
            self._at += size

    def _skip(self) -> bool:
        """Go to the next value; False at the end."""
        while True:
            self._at = _BETWEEN.match(self._data, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._data):
                return True
            if not self._more():
                return False

    def _value_size(self) -> int | None:
        """Bytes of the value at hand; None where the file ends inside it, -1 beyond the limit."""
        depth = size = 0
        while True:
            found = _MARK.search(self._data, self._at + size)
            if found is None:
                size = len(self._data) - self._at
            elif found.group() == b'"':
                close = _STRING_END.match(self._data, found.end())
                size = (close.end() if close else found.start()) - self._at
                if close:
                    continue
            else:
                mark = found.group()
                depth += (mark in b"{[") - (mark in b"}]")
                size = found.end() - self._at
                if depth == 0 and mark in b"}]":
                    return size
                if depth < 0 or (depth == 0 and mark == b","):
                    return size - 1 or size
                continue
            if len(self._data) - self._at > MAX_RECORD:
                return -1
            if not self._more():
                return size if depth == 0 and found is None else None
