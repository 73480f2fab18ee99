"""Messages of mailbox exports (mbox): newsletters, wire alerts, list archives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message

from communique.errors import CommuniqueError, EmptyText, TooLarge
from communique.ingest.dates import read_date
from communique.ingest.fields import check_text, clean
from communique.ingest.html import fragment_text, page_text
from communique.ingest.lines import MAX_RECORD, lines
from communique.ingest.streams import Stream
from communique.ingest.unread import Item, Unread, reject
from communique.types import RawDocument

_FROM = re.compile(rb"From \S+.{0,100}\d\d:\d\d")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t\r\n]")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.M)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s{0,4}<?([^<>\s]{1,300})", re.I | re.M)
MAX_PARTS = 200
"""Parts of a message that are looked at."""


def is_mailbox(head: bytes) -> bool:
    """Whether the head is a separator line with header lines after it."""
    first, _, rest = head.partition(b"\n")
    return _FROM.match(first) is not None and _HEADER.match(rest) is not None


def frame_mailbox(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One unread message after each separator line that follows an empty one."""
    number, size, parts, blank = 0, 0, [], True

    def message() -> Item:
        place = f"{name}:{number}"
        if size > MAX_RECORD:
            return reject(place, TooLarge(f"the message has {size} bytes, the limit is {MAX_RECORD}"))
        data = _QUOTED_FROM.sub(rb"\1", b"".join(parts))
        own = _MESSAGE_ID.search(data.partition(b"\n\n")[0][:65_536])
        own_id = own.group(1).decode("utf-8", "replace") if own else None
        return Unread(kind="message", name=own_id or place, data=data, id=own_id, default_date=published)

    for line in lines(stream.file):
        if isinstance(line, CommuniqueError):
            size = MAX_RECORD + 1
            continue
        if blank and _FROM.match(line):
            if number:
                yield message()
            number, size, parts = number + 1, 0, []
        else:
            size += len(line)
            if size <= MAX_RECORD:
                parts.append(line)
        blank = not line.strip()
    if number and not stream.problem:
        yield message()


def read_message(item: Unread) -> RawDocument:
    """The words of a message: its plain part, else its HTML part; the subject is the title."""
    message = message_from_bytes(item.data)
    plain, markup = _parts(message)
    text = plain if plain.strip() else fragment_text(markup)
    if not text.strip():
        raise EmptyText("the message holds no text part")
    return RawDocument(
        text=check_text(text),
        title=_word(message, "Subject"),
        publisher=_word(message, "From"),
        published=read_date(_word(message, "Date") or ""),
    )


def _parts(message: Message) -> tuple[str, str]:
    """The first plain and the first HTML part that are no attachments."""
    plain = markup = ""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(0), seen + 1
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting[:0] = [p for p in payload if isinstance(p, Message)]
            continue
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or "attachment" in str(part.get("Content-Disposition", "")).lower():
            continue
        data = part.get_payload(decode=True)
        text = page_text(data if isinstance(data, bytes) else b"", part.get_content_charset() or "utf-8")
        if kind == "text/plain" and not plain:
            plain = text
        elif kind == "text/html" and not markup:
            markup = text
    return plain, markup


def _word(message: Message, name: str) -> str | None:
    value = message.get(name)
    if value is None:
        return None
    text = str(value)[:2000]
    try:
        parts = decode_header(text)
    except MessageError:
        parts = [(text, None)]
    out = [part if isinstance(part, str) else page_text(part, charset or "utf-8") for part, charset in parts]
    return " ".join(clean("".join(out)).split()) or None
