"""What framing gives: stories, rejects, and pieces that are cut out of their file but not read yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from communique.errors import CommuniqueError, UnreadableInput
from communique.types import RawDocument, Reject

Kind = Literal["html", "text", "message", "wiki"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One page, message or article as bytes. Cutting it out was cheap; reading it may not be."""

    kind: Kind
    name: str
    """What stands for the story in `rejects`: its address, its number in the file, or the file's name."""
    data: bytes
    id: str | None = None
    url: str | None = None
    published: str | None = None
    """The date that the container gives the story."""
    charset: str | None = None
    default_date: str | None = None


Item = RawDocument | Reject | Unread
"""One input: it ends as a story or as a row in `rejects`."""


def reject(name: str, error: CommuniqueError) -> Reject:
    """The row for an input that cannot be read."""
    return Reject(id=name, stage=error.stage, code=error.code, message=str(error))


def guarded(name: str, make: Callable[[], RawDocument]) -> RawDocument | Reject:
    """The story, or the reject that says why there is none. Hostile input may fail in any parser: nothing is let through."""
    try:
        return make()
    except CommuniqueError as error:
        return reject(name, error)
    except Exception as error:
        return reject(name, UnreadableInput(f"cannot be read ({type(error).__name__}: {str(error)[:120]})"))


def finish(item: Item) -> RawDocument | Reject:
    """Read what is not read yet. One item in, one story or reject out."""
    if not isinstance(item, Unread):
        return item
    return guarded(item.name, lambda: _with_facts(item, _reader(item.kind)(item)))


def _reader(kind: Kind) -> Callable[[Unread], RawDocument]:
    if kind == "message":
        from communique.ingest.mail import read_message as reader
    elif kind == "wiki":
        from communique.ingest.wiki import read_article as reader
    elif kind == "html":
        from communique.ingest.html import read_page as reader
    else:
        from communique.ingest.text import read_plain as reader
    return reader


def _with_facts(item: Unread, raw: RawDocument) -> RawDocument:
    """What the container said stands before what was guessed from the page; the default date stands last."""
    return replace(raw, id=raw.id or item.id, url=item.url or raw.url, published=item.published or raw.published or item.default_date)


def content_id(text: str) -> str:
    """The id of a story that brings none: a hash of its text.

    >>> content_id("Norway expelled two envoys.")
    'sha256:722bb7ca7880bddd'
    """
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def digest(item: Item) -> bytes:
    """16 bytes that are the same for the same input, wherever it came from; a reject's place counts, a story's does not."""
    parts: tuple[object, ...]
    if isinstance(item, RawDocument):
        parts = ("story", item.id, item.title, item.publisher, item.url, item.published, item.text)
    elif isinstance(item, Reject):
        parts = ("reject", item.id, item.stage, item.code, item.message)
    else:
        parts = (item.kind, item.id, item.url, item.published, item.charset, item.default_date, item.data)
        if item.id is None and item.url is None:
            parts += (item.name,)
    h = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = b"\xff" if part is None else part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        h.update(len(data).to_bytes(8, "little") + data)
    return h.digest()


Framer = Callable[..., Iterator[Item]]
