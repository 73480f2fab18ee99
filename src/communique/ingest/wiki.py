"""Articles of MediaWiki dumps, Wikinews above all, to raw documents."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from communique.errors import EmptyText, NotAStory, TooLarge, UnreadableInput
from communique.ingest.dates import read_date
from communique.ingest.fields import check_text
from communique.ingest.lines import MAX_RECORD
from communique.ingest.streams import Stream
from communique.ingest.unread import Item, Unread, reject
from communique.ingest.xml import elements, text_of
from communique.types import RawDocument

MAX_WIKITEXT = 2_000_000
"""Characters of the longest article."""
_DATE = re.compile(r"\{\{\s*date\s*\|([^{}|]{4,60})(?:\|[^{}]{0,60})?\}\}", re.I)
_INNER_TEMPLATE = re.compile(r"\{\{[^{}]*+\}\}|\{\|(?:[^{|]|\|(?!\}))*+\|\}")
_FILE = re.compile(r"\[\[(?:File|Image|Category):[^\[\]]*+(?:\[\[[^\[\]]*+\]\][^\[\]]*+)*+\]\]", re.I)
_LINK = re.compile(r"\[\[(?:[^\[\]|]*+\|)?([^\[\]|]*+)\]\]")
_OUTSIDE = re.compile(r"\[(?:https?:)?//[^\s\]]++ ?([^\]]*+)\]")
_TAGS = re.compile(r"<(ref|gallery|math|nowiki|table)\b[^<>]*+(?:/>|>.*?</\1\s*>)", re.S | re.I)
_END_SECTIONS = re.compile(
    r"^==+\s*(?:sources?|external links?|references|related (?:news|articles?)|see also|further reading)\s*==+\s*$", re.I | re.M
)


def frame_wiki(stream: Stream, name: str, mapping: Mapping[str, str], published: str | None) -> Iterator[Item]:
    """One unread article for each page of the article namespace; talk, templates and redirects are rejects."""
    number = 0
    try:
        for page in elements(stream.file, ("page",)):
            number += 1
            title = text_of(page, "title") or f"{name}:{number}"
            space, own = text_of(page, "ns") or "0", text_of(page, "id")
            revisions = [c for c in page if isinstance(c.tag, str) and c.tag.endswith("revision")]
            text = text_of(revisions[-1], "text") if revisions else None
            if space != "0":
                yield reject(title, NotAStory(f"the page is in namespace {space[:10]}, which holds no articles"))
            elif any(isinstance(c.tag, str) and c.tag.endswith("redirect") for c in page) or (text or "")[:9].upper() == "#REDIRECT":
                yield reject(title, NotAStory("the page is a redirect"))
            elif len(text or "") > MAX_RECORD:
                yield reject(title, TooLarge(f"the page has over {MAX_RECORD} characters"))
            else:
                data = f"{title}\n{text or ''}".encode("utf-8", "replace")
                yield Unread(kind="wiki", name=title, data=data, id=f"page-{own}" if own else None, default_date=published)
    except UnreadableInput as error:
        if not stream.problem:
            yield reject(f"{name}:{number + 1}", UnreadableInput(f"{error}; {number} whole pages were read"))


def read_article(item: Unread) -> RawDocument:
    """An article's words without its markup; its date from the date template."""
    title, _, source = item.data.decode("utf-8", "replace").partition("\n")
    if len(source) > MAX_WIKITEXT:
        raise TooLarge(f"the article has {len(source)} characters, the limit is {MAX_WIKITEXT}")
    found = _DATE.search(source)
    text = plain(source)
    if not text:
        raise EmptyText("the article holds no text")
    return RawDocument(text=check_text(text), title=title, publisher="Wikinews", published=read_date(found.group(1)) if found else None)


def plain(source: str) -> str:
    """Wikitext to text: templates, tables, files and notes left out, links as their words.

    >>> plain("'''Oslo''' expelled [[Russia|Russian]] envoys.{{cite|x}}\\n\\n== Sources ==\\n* [http://a.example A]")
    'Oslo expelled Russian envoys.'
    """
    text = _END_SECTIONS.split(source, maxsplit=1)[0]
    text = _TAGS.sub("", re.sub(r"<!--.*?-->", "", text, flags=re.S))
    for _ in range(12):
        text, count = _INNER_TEMPLATE.subn(_template, text)
        if not count:
            break
    text = _OUTSIDE.sub(r"\1", _LINK.sub(r"\1", _FILE.sub("", text)))
    text = re.sub(r"<br\s*/?>", "\n", text, flags=re.I)
    text = re.sub(r"<[^<>]{1,300}>", "", text).replace("'''", "").replace("''", "")
    text = re.sub(r"^[=*#:;]+[ \t]*|[ \t]*=+[ \t]*$", "", text, flags=re.M)
    return re.sub(r"\n{3,}", "\n\n", html.unescape(text)).strip()


def _template(match: re.Match[str]) -> str:
    """Wikinews writes links as {{w|article|words}}; every other template goes."""
    parts = match.group()[2:-2].split("|")
    if parts[0].strip().lower() in ("w", "wikipedia", "l") and len(parts) > 1:
        return parts[2].strip() if len(parts) > 2 and "=" not in parts[2] else parts[1].strip()
    return ""
