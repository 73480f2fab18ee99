"""A page to its article: trafilatura finds the text, title, date and site."""

from __future__ import annotations

import codecs
import re

from communique.errors import EmptyText, TooLarge
from communique.ingest.dates import published
from communique.ingest.fields import clean
from communique.ingest.lines import decode, decode_line
from communique.ingest.unread import Unread
from communique.settings import MAX_CHARACTERS
from communique.types import RawDocument

MAX_HTML = 5_000_000
"""Characters of the largest page that is parsed: extraction of more would take longer than any article is worth."""
MAX_TAGS = 40_000
"""Tags, opening and closing, of the largest page that is parsed; articles have hundreds, front pages a few thousand."""
MAX_DEPTH = 400
"""Levels of nesting from which a page is refused: extraction would not end."""
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)


def _depth(text: str) -> int:
    """A cheap upper bound of the nesting of block elements."""
    deepest = depth = 0
    for part in text.lower().split("<")[1:]:
        if part.startswith(("div", "table", "ul", "span", "blockquote", "section", "b>", "i>")):
            depth += 1
            deepest = max(deepest, depth)
        elif part.startswith("/"):
            depth = max(0, depth - 1)
    return deepest


def page_text(data: bytes, charset: str | None = None) -> str:
    """A page's bytes as text: by the charset that its server or its head names, else as any text."""
    for name in (charset, (m.group(1).decode() if (m := _META.search(data[:4096])) else None)):
        if name and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            try:
                if codecs.lookup(name).name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw-unicode")):
                    continue
                return data.decode(name)
            except (LookupError, UnicodeError, ValueError):
                continue
    return decode(data) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else decode_line(data)


def read_page(item: Unread) -> RawDocument:
    """The article of a page that was cut out of its container."""
    if len(item.data) > MAX_HTML:
        raise TooLarge(f"the page has {len(item.data)} bytes, the limit is {MAX_HTML}")
    return read_html(page_text(item.data, item.charset), None, url=item.url)


def read_html(text: str, default_date: str | None, *, url: str | None = None) -> RawDocument:
    """The article of a page. Raises `EmptyText` where there is none, `TooLarge` for pages that are too large or too deep."""
    from trafilatura import bare_extraction

    if len(text) > MAX_HTML:
        raise TooLarge(f"the page has {len(text)} characters, the limit is {MAX_HTML}")
    if text.count("<") > MAX_TAGS:
        raise TooLarge(f"the page has {text.count('<')} tags, the limit is {MAX_TAGS}")
    if _depth(text) > MAX_DEPTH:
        raise TooLarge(f"the page nests its elements deeper than {MAX_DEPTH} levels")
    found = bare_extraction(clean(text), url=url, with_metadata=True, include_comments=False, include_tables=False)
    facts = found if isinstance(found, dict) else found.as_dict() if found is not None else {}
    body = facts.get("text") or facts.get("raw_text") or ""
    if not body.strip():
        raise EmptyText("the page holds no article text")
    if len(body) > int(MAX_CHARACTERS.value()):
        raise TooLarge(f"the article has {len(body)} characters; raise {MAX_CHARACTERS.variable} to read it")
    return RawDocument(
        text=clean(body),
        title=facts.get("title"),
        publisher=facts.get("sitename") or facts.get("hostname"),
        url=facts.get("url"),
        published=published(facts.get("date")) or default_date,
    )


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML, its blocks as paragraphs: descriptions in feeds, mails.

    >>> fragment_text("<p>Oslo expelled<br>two envoys.</p><p>Moscow &amp; Minsk protested.</p>")
    'Oslo expelled\\ntwo envoys.\\n\\nMoscow & Minsk protested.'
    """
    from lxml import etree, html  # type: ignore[attr-defined]

    if "<" not in markup and "&" not in markup:
        return clean(markup).strip()
    if len(markup) > MAX_HTML or _depth(markup) > MAX_DEPTH:
        raise TooLarge(f"the markup has {len(markup)} characters or nests too deeply; the limits are {MAX_HTML} and {MAX_DEPTH}")
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        root = html.document_fromstring(clean(markup).encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    for e in root.iter("script", "style", "noscript", "template"):
        e.text = None
        for child in list(e):
            e.remove(child)
    out: list[str] = []
    for event, e in etree.iterwalk(root, events=("start", "end")):
        tag = e.tag if isinstance(e.tag, str) else ""
        if event == "start":
            out.append("\n\n" if tag in _BLOCKS else "\n" if tag == "br" else "")
            out.append(_flat(e.text))
        else:
            out.append("\n\n" if tag in _BLOCKS else "")
            out.append(_flat(e.tail))
    text = re.sub(r" *\n *", "\n", re.sub(r"[ \t\f\v]+", " ", "".join(out)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


_BLOCKS = {
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "section",
    "article",
    "figure",
    "pre",
}


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
