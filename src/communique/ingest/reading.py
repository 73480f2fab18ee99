"""Any source to items and stories: the kind is told by the content, and every input ends as a story or a reject."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from communique.errors import CommuniqueError, EmptyText, NotAStory, UnreadableInput
from communique.ingest.feeds import ROOTS, frame_feed
from communique.ingest.html import MAX_HTML
from communique.ingest.jsons import frame_json
from communique.ingest.lines import MAX_RECORD, decode_line, whole
from communique.ingest.mail import frame_mailbox, is_mailbox
from communique.ingest.sgml import frame_sgml, is_sgml
from communique.ingest.sources import Source, find_sources
from communique.ingest.streams import HEAD, Readable, Stream
from communique.ingest.tables import delimiter_of, frame_csv, frame_parquet
from communique.ingest.tar import is_tar, members
from communique.ingest.unread import Framer, Item, Kind, Unread, finish, reject
from communique.ingest.warc import frame_warc
from communique.ingest.wiki import frame_wiki
from communique.ingest.xml import root_name
from communique.types import RawDocument, Reject

MAX_NESTING = 2
"""Archives inside one another that are opened."""
_BINARY = {
    "a picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
    "a PDF": (b"%PDF",),
    "a zip archive or an office document": (b"PK\x03\x04",),
    "an office document": (b"\xd0\xcf\x11\xe0",),
    "a program": (b"\x7fELF", b"MZ\x90"),
    "a database": (b"SQLite format",),
    "a sound or film": (b"OggS", b"ID3"),
}


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    mapping: Mapping[str, str] | None = None,
    published: str | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[RawDocument | Reject]:
    """Stories of files, folders, globs, archives and `-`, in order, in bounded memory. Bad input comes as a `Reject`."""
    for source in find_sources(paths, stdin=stdin):
        for item in items(source, mapping=mapping, published=published):
            yield finish(item)


def read_bytes(
    data: bytes, name: str, *, mapping: Mapping[str, str] | None = None, published: str | None = None
) -> Iterator[RawDocument | Reject]:
    """Stories in one file's bytes; `name` stands for stories that have no id."""
    source = Source(name=name, path=name, open=lambda: io.BytesIO(data), size=len(data))
    for item in items(source, mapping=mapping, published=published):
        yield finish(item)


def items(source: Source, *, mapping: Mapping[str, str] | None = None, published: str | None = None) -> Iterator[Item]:
    """Cut one source into its stories; what takes long to read is left unread."""
    try:
        file = source.open()
    except OSError as error:
        yield reject(source.name, UnreadableInput(f"{error.strerror or error}: {source.name}"))
        return
    with file:
        yield from _stream_items(file, source.name, mapping or {}, published, 0)


def _stream_items(file: Readable, name: str, mapping: Mapping[str, str], published: str | None, depth: int) -> Iterator[Item]:
    stream: Stream | None = None
    found = 0
    try:
        stream = Stream(file)
        archive = is_tar(stream.head) and depth < MAX_NESTING
        inside = (
            _archive(stream, name, mapping, published, depth) if archive else _framer(stream, mapping)(stream, name, mapping, published)
        )
        for item in inside:
            found += 1
            yield item
    except CommuniqueError as error:
        yield reject(name, (stream.problem or error) if stream else error)
        return
    except Exception as error:
        yield reject(name, UnreadableInput(f"cannot be read ({type(error).__name__}: {str(error)[:120]})"))
        return
    if stream.problem:
        yield reject(f"{name}:end", stream.problem)
    elif not found:
        yield reject(name, EmptyText("the file is well-formed, but holds no stories"))


def _archive(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None, depth: int) -> Iterator[Item]:
    for member in members(stream.file):
        if not member.name.rsplit("/", 1)[-1].startswith("."):
            yield from _stream_items(member.file, f"{name}/{member.name}", mapping, published, depth + 1)


def _framer(stream: Stream, mapping: Mapping[str, str]) -> Framer:
    """The reader for a kind of file, told by its head. Raises `EmptyText` and `UnreadableInput`."""
    head = stream.head
    if not head.strip():
        if len(head) == HEAD:
            return _frame_text
        raise stream.problem or EmptyText("the file is empty")
    if head.startswith(b"PAR1"):
        return frame_parquet
    if head.startswith(b"WARC/"):
        return frame_warc
    for what, marks in _BINARY.items():
        if head.startswith(marks):
            raise NotAStory(f"this is {what}; communique reads text, HTML, JSON lines, CSV, TSV, Parquet, WARC, feeds, SGML and mailboxes")
    if is_mailbox(head):
        return frame_mailbox
    if is_sgml(head):
        return frame_sgml
    return _text_framer(head, mapping)


def _text_framer(head: bytes, mapping: Mapping[str, str]) -> Framer:
    root = root_name(head)
    if root in ROOTS:
        return frame_feed
    if root == "mediawiki":
        return frame_wiki
    start = decode_line(head).lstrip("\ufeff \t\r\n")[:4000]
    if start[:1] in ("{", "[") and (start[0] == "{" or start.lstrip("[ \r\n\t")[:1] in ("{", "]", "")):
        return frame_json
    if start[:1] == "<" or "<html" in start.lower() or "<body" in start.lower():
        return _frame_page
    if delimiter_of(start, mapping):
        return frame_csv
    return _frame_text


def _frame_page(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    yield _one(stream, "html", MAX_HTML, name, published)


def _frame_text(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    yield _one(stream, "text", MAX_RECORD, name, published)


def _one(stream: Stream, kind: Kind, limit: int, name: str, published: str | None) -> Item:
    """The whole stream as one story; one that ends early is no story."""
    data = whole(stream.file, limit)
    if stream.problem:
        raise stream.problem
    return Unread(kind=kind, name=name, data=data, id=name if name != "stdin" else None, default_date=published)
