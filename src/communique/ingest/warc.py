"""Records of WARC and WET files to unread pages. Our own reader: it keeps whole records of a cut file and says where the cut is.

ISO 28500. fastwarc was tried: its errors are panics of its runtime, printed to stderr, and it does not tell a cut record from a whole one.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from communique.errors import CommuniqueError, NotAStory, TooLarge, UnreadableInput
from communique.ingest.html import MAX_HTML
from communique.ingest.streams import Stream
from communique.ingest.unread import Item, Unread, reject

_MAX_HEADER = 64_000
_STORY_TYPES = {"response", "resource", "conversion"}
_HTML = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,30})", re.I)


class _Cut(Exception):
    """The file ends inside a record."""


def frame_warc(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One page, text or reject for each record that holds what a server answered; requests and metadata are no inputs."""
    file, number = stream.file, 0
    try:
        while (head := _header(file)) is not None:
            item = _record(file, head, _length(head), f"{name}:{number + 1}", published)
            number += 1
            if item is not None:
                yield item
    except _Cut:
        if not stream.problem:
            yield reject(f"{name}:{number + 1}", UnreadableInput(f"the file ends inside a record; {number} whole ones were read"))
    except CommuniqueError as error:
        yield reject(f"{name}:{number + 1}", error)


def _header(file: BinaryIO) -> dict[str, str] | None:
    """The fields of the next record; None at the end of the file."""
    line = file.readline(_MAX_HEADER)
    while line in (b"\r\n", b"\n"):
        line = file.readline(_MAX_HEADER)
    if not line:
        return None
    if not line.endswith(b"\n") and len(line) < _MAX_HEADER:
        raise _Cut
    if not line.startswith(b"WARC/"):
        raise UnreadableInput(f"a record should begin here, but {line[:20]!r} does not; the rest of the file was not read")
    return _fields(file)


def _fields(file: BinaryIO) -> dict[str, str]:
    """Header lines up to the empty one, names in lower case, the first of a name standing."""
    out: dict[str, str] = {}
    size, last = 0, ""
    while (line := file.readline(_MAX_HEADER)) not in (b"\r\n", b"\n"):
        size += len(line)
        if size > _MAX_HEADER:
            raise UnreadableInput(f"a record's header has over {_MAX_HEADER} bytes; the rest of the file was not read")
        if not line.endswith(b"\n"):
            raise _Cut
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[:1] in " \t" and last:
            out[last] += " " + text.strip()
        else:
            key, _, value = text.partition(":")
            last = key.strip().lower()
            out.setdefault(last, value.strip())
    return out


def _length(head: Mapping[str, str]) -> int:
    text = head.get("content-length", "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UnreadableInput(f"a record's Content-Length is {text[:20]!r}; the rest of the file was not read")
    return int(text)


def _record(file: BinaryIO, head: Mapping[str, str], length: int, place: str, published: str | None) -> Item | None:
    kind, url = head.get("warc-type", "").lower(), head.get("warc-target-uri", "").strip("<>") or None
    name = url or place
    if kind not in _STORY_TYPES:
        _pass(file, length)
        return None
    if length > MAX_HTML + _MAX_HEADER:
        _pass(file, length)
        return reject(name, TooLarge(f"the record has {length} bytes, the limit is {MAX_HTML}"))
    body = file.read(length)
    if len(body) < length:
        raise _Cut
    try:
        return _page(head, kind, body, name, url, published)
    except (CommuniqueError, _Cut, zlib.error) as error:
        known = error if isinstance(error, CommuniqueError) else UnreadableInput("the HTTP message in the record is broken")
        return reject(name, known)


def _pass(file: BinaryIO, length: int) -> None:
    while length > 0:
        data = file.read(min(length, 1 << 16))
        if not data:
            raise _Cut
        length -= len(data)


def _page(head: Mapping[str, str], kind: str, body: bytes, name: str, url: str | None, published: str | None) -> Item:
    content_type = head.get("content-type", "")
    if kind == "response" or content_type.startswith("application/http"):
        status, fields, body = _http(body)
        if status != 200:
            raise NotAStory(f"the server answered {status}, not a page")
        content_type = fields.get("content-type", "text/html")
        body = _decoded(body, fields)
    mime = content_type.split(";")[0].strip().lower()
    found = _CHARSET.search(content_type)
    if mime not in (*_HTML, "text/plain"):
        raise NotAStory(f"this is {mime[:40] or 'of no type'}, not a page")
    return Unread(
        kind="html" if mime in _HTML else "text",
        name=name,
        data=body,
        url=url,
        charset=found.group(1) if found else None,
        default_date=published,
    )


def _http(data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, fields and body of an HTTP answer."""
    file = io.BytesIO(data)
    line = file.readline(_MAX_HEADER)
    found = re.match(rb"HTTP/\d(?:\.\d)? +(\d{3})", line)
    if not found:
        raise UnreadableInput("the record holds no HTTP answer")
    return int(found.group(1)), _fields(file), file.read()


def _decoded(body: bytes, fields: Mapping[str, str]) -> bytes:
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    coding = fields.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise NotAStory(f"the page is packed as {coding[:20]!r}, which is not read")
    window = 47 if coding != "deflate" or body[:1] == b"\x78" else -15
    unpacker = zlib.decompressobj(window)
    try:
        out = unpacker.decompress(body, MAX_HTML + 1)
    except zlib.error:
        if body.lstrip()[:1] == b"<":
            return body  # many crawlers store the page unpacked and leave the header as it was
        raise
    if len(out) > MAX_HTML:
        raise TooLarge(f"the page unpacks to more than {MAX_HTML} bytes")
    return out


def _unchunked(body: bytes) -> bytes:
    """The body without its chunk lines; as it is where it has none, as crawlers store it."""
    out, at = [], 0
    while True:
        end = body.find(b"\n", at, at + 100)
        size = re.match(rb"\s*([0-9A-Fa-f]{1,8})\s*(?:;[^\r\n]*)?\r?$", body[at:end]) if end >= 0 else None
        if not size:
            return b"".join(out) if out and at >= len(body) else body
        length = int(size.group(1), 16)
        if length == 0:
            return b"".join(out)
        out.append(body[end + 1 : end + 1 + length])
        at = end + 1 + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
