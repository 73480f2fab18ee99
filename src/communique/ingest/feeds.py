"""Items of RSS 0.9 to 2.0, RDF and Atom files to raw documents."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from html.entities import html5

from lxml import etree  # type: ignore[attr-defined]

from communique.errors import EmptyText, UnreadableInput
from communique.ingest.dates import published as as_date
from communique.ingest.fields import check_text
from communique.ingest.html import fragment_text
from communique.ingest.streams import Stream
from communique.ingest.unread import Item, guarded, reject
from communique.ingest.xml import elements, text_of
from communique.types import RawDocument

ROOTS = {"rss", "feed", "rdf"}
_AMPERSAND = re.compile(rb"&(?:([A-Za-z][A-Za-z0-9]{1,30});|(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z_:][\w.:-]{0,30};))")
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9_.-]{1,30})")
_DATES = ("pubDate", "published", "date", "issued", "updated")


def frame_feed(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One story or reject for each item or entry; the feed's title is the publisher."""
    number, publisher = 0, None
    try:
        for element in elements(_Mended(stream), ("item", "entry"), "utf-8" if stream.transcoded else None):
            number += 1
            publisher = publisher or _feed_title(element)
            yield guarded(_link(element) or f"{name}:{number}", lambda e=element, p=publisher: _story(e, p, published))
    except UnreadableInput as error:
        if not stream.problem:
            yield reject(f"{name}:{number + 1}", UnreadableInput(f"{error}; {number} whole items were read"))
    else:
        if number == 0:
            yield reject(name, EmptyText("the feed holds no items"))


class _Mended(io.RawIOBase):
    """The feed with what most broken feeds get wrong put right: names of HTML entities, which XML does not know, bare
    ampersands, and bytes that are not UTF-8 where the feed says that it is."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._file, self._rest = stream.file, b""
        found = _ENCODING.search(stream.head[:200])
        declared = found.group(1).lower() if found and not stream.transcoded else b"utf-8"
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace") if declared in (b"utf-8", b"utf8") else None

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(1 << 15 if size < 0 else size)
        if self._decoder:
            data = self._decoder.decode(data, final=not data).encode("utf-8") or (data and self.read(size))
        whole, self._rest = self._rest + data, b""
        if data and (at := whole.rfind(b"&", -40)) >= 0 and b";" not in whole[at:]:
            whole, self._rest = whole[:at], whole[at:]
            if not whole:
                return self.read(size)
        return _AMPERSAND.sub(_mend, whole)


def _mend(match: re.Match[bytes]) -> bytes:
    name = match.group(1)
    if name is None:
        return b"&amp;"
    if name in (b"amp", b"lt", b"gt", b"quot", b"apos"):
        return match.group()
    known = html5.get(name.decode("ascii") + ";")
    return "".join(f"&#{ord(c)};" for c in known).encode("ascii") if known else match.group()


def _story(element: etree._Element, publisher: str | None, default_date: str | None) -> RawDocument:
    title = text_of(element, "title")
    body = next((b for b in (_markup(element, n) for n in ("encoded", "content", "description", "summary")) if b), "")
    text = fragment_text(body)
    if not text:
        raise EmptyText("the item holds no text, only a title or nothing")
    return RawDocument(
        text=check_text(text),
        id=text_of(element, "guid", "id"),
        title=fragment_text(title) or None if title else None,
        publisher=publisher,
        url=_link(element),
        published=_date(element) or default_date,
    )


def _markup(element: etree._Element, name: str) -> str | None:
    """The markup that an item holds: escaped, or as elements of XHTML inside it."""
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname == name:
            inner = "".join(etree.tostring(c, encoding="unicode") for c in child if isinstance(c.tag, str))
            text = f"{child.text or ''}{inner}".strip()
            if text:
                return text
    return None


def _link(element: etree._Element) -> str | None:
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname == "link":
            href = child.get("href")
            if href and child.get("rel", "alternate") == "alternate":
                return href.strip()
            if child.text and child.text.strip():
                return child.text.strip()
    return None


def _date(element: etree._Element) -> str | None:
    text = next((t for t in (text_of(element, n) for n in _DATES) if t), None)
    return as_date(text)


def _feed_title(element: etree._Element) -> str | None:
    """Title of the channel or feed, which stands before the items; in RDF it stands in the channel beside them."""
    for parent in element.iterancestors():
        if title := text_of(parent, "title"):
            return title
        for child in parent:
            if isinstance(child.tag, str) and etree.QName(child).localname == "channel" and (title := text_of(child, "title")):
                return title
    return None
