"""Stories of SGML files as Reuters-21578 has them: <REUTERS NEWID=...> blocks with DATE, TITLE, DATELINE and BODY."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from communique.errors import BadDate, TooLarge, UnreadableInput
from communique.ingest.dates import read_date
from communique.ingest.fields import check_text, clean
from communique.ingest.lines import MAX_RECORD
from communique.ingest.streams import Stream
from communique.ingest.unread import Item, guarded, reject
from communique.types import RawDocument

_BEGIN, _END = b"<REUTERS", b"</REUTERS>"
_NUMBER = re.compile(r'NEWID="(\d{1,12})"')
_DAY = re.compile(r"\d{1,2}-[A-Z]{3}-\d{4}")
_CHUNK = 1 << 16
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_sgml(head: bytes) -> bool:
    """Whether the head is that of a file of such blocks."""
    return head.lstrip()[:15].lower().startswith(b"<!doctype lewis") or head.lstrip().startswith(_BEGIN)


def frame_sgml(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One story or reject for each block."""
    data, number = b"", 0
    while chunk := stream.file.read(_CHUNK):
        data += chunk
        *blocks, data = data.split(_END)
        for block in blocks:
            number += 1
            text = block.decode("latin-1")
            yield guarded(f"{name}:{number}", lambda t=text: _story(t, published))
        if len(data) > MAX_RECORD:
            yield reject(f"{name}:{number + 1}", TooLarge(f"no block ends within {MAX_RECORD} bytes; the rest of the file was not read"))
            return
    if _BEGIN in data and not stream.problem:
        yield reject(f"{name}:{number + 1}", UnreadableInput(f"the file ends inside a block; {number} whole ones were read"))


def _part(block: str, tag: str) -> str | None:
    start = re.search(rf"<{tag}(?:\s[^>]{{0,200}})?>", block)
    end = block.find(f"</{tag}>", start.end()) if start else -1
    if not start or end < 0:
        return None
    return _CONTROL.sub("", html.unescape(block[start.end() : end])).strip()


def _story(block: str, default_date: str | None) -> RawDocument:
    number, day = _NUMBER.search(block[:400]), _DAY.search(_part(block, "DATE") or "")
    body = _part(block, "BODY") or re.sub(r"<[^<>]{1,200}>", " ", _part(block, "TEXT") or "")
    return RawDocument(
        text=check_text(clean(body)),
        id=f"reuters-{number.group(1)}" if number else None,
        title=_part(block, "TITLE"),
        publisher="Reuters",
        published=_date(day.group()) if day else default_date,
    )


def _date(text: str) -> str:
    found = read_date(text)
    if found is None:
        raise BadDate(f"the story's date is {text!r}, which is no date")
    return found
