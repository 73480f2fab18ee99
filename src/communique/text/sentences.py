"""Documents to sentences: paragraphs, datelines, repeated titles, boundaries that survive abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from communique.text.abbreviations import GENERAL, MONTHS, NUMBERED, STARTERS, TITLES, WEEKDAYS
from communique.text.tokens import tokenize
from communique.types import Document, Sentence, Span

Kind = Literal["title", "heading", "body"]

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’'»)\]]{0,3}(?=\s)")
_BEFORE = re.compile(r"([^\s\"“”‘(\[]{1,24})$")
_DATELINE = re.compile(
    r"^[A-Z][A-Z’'./-]+(?:[ ,]+[A-Z][A-Za-z’'./-]+){0,5}(?:,? +\d{1,2}(?:, +\d{4})?)?,? {0,2}"
    # after an agency's name the dash need not stand apart, and may be an underscore
    r"(?:\([A-Za-z ./-]{2,30}\) {0,2}(?:--|—|–|-|_)\s?|(?:--|—|–|-|_)(?:\s|$))"
)
_OPENING = "\"“”‘'«([—–- "
MAX_SENTENCE = 2000
"""Characters after which a sentence is cut at a space: no news sentence is longer, hostile text may be."""


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """The sentences of a document with their words, unparsed.

    Titles at the head of the text (also when repeated or cut short) have kind `title`, lines without a
    final stop between paragraphs and datelines have kind `heading`.
    """
    text = document.text
    paragraphs = list(_paragraphs(text))
    titles = _titles(text, paragraphs, document.title)
    out: list[Sentence] = []
    for number, (start, end) in enumerate(paragraphs):
        for a, b, kind in _pieces(text, start, end, number in titles):
            tokens = tuple(tokenize(text[a:b], a))
            if tokens:
                out.append(Sentence(index=len(out), start=a, end=b, tokens=tokens, kind=kind, paragraph=number, text=text[a:b]))
    return tuple(out)


def _paragraphs(text: str) -> Iterator[Span]:
    """Spans between blank lines; single line breaks end a paragraph too unless the text is hard-wrapped."""
    wrapped = _is_wrapped(text)
    pattern = re.compile(r"\n[ \t\r]*\n\s*|\n(?=[ \t]{2})" if wrapped else r"\s*\n\s*")
    position = 0
    for match in [*pattern.finditer(text), None]:
        end = match.start() if match else len(text)
        a, b = _strip(text, position, end)
        if a < b:
            yield a, b
        position = match.end() if match else len(text)


def _is_wrapped(text: str) -> bool:
    """True where lines were broken at a fixed width: most lines go on in lower case or mid-sentence."""
    lines = [line for line in text.split("\n") if line.strip()][:200]
    if len(lines) < 3:
        return False
    broken = sum(1 for a, b in zip(lines, lines[1:]) if len(a) > 30 and a.rstrip()[-1:] not in ".!?”\"'" and b.lstrip()[:1].islower())
    return broken * 5 >= len(lines)


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _plain(value: str) -> str:
    return re.sub(r"\W+", " ", value).strip().casefold()


def _titles(text: str, paragraphs: list[Span], title: str | None) -> set[int]:
    """Numbers of the paragraphs at the head that are the title, or the beginning of one that follows."""
    found: set[int] = set()
    wanted = _plain(title) if title else ""
    heads = [(i, _plain(text[a:b])) for i, (a, b) in enumerate(paragraphs[:4])]
    for i, plain in heads:
        a, b = paragraphs[i]
        if (dateline := _DATELINE.match(text[a : min(b, a + 120)])) and dateline.end() == b - a:
            continue
        open_end = text[b - 1] not in '.!?”"' and b - a < 220
        if wanted and plain and (plain == wanted or (open_end and (wanted.startswith(plain) or plain.startswith(wanted)))):
            found.add(i)
        elif open_end and len(paragraphs) > i + 1 and (i == 0 or i - 1 in found) and len(plain.split()) > 2 and not _has_end(text[a:b]):
            repeated = any(p.startswith(plain) or plain.startswith(p) for j, p in heads if j != i and p)
            if i == 0 or repeated:
                found.add(i)
    return found


def _has_end(value: str) -> bool:
    return any(True for _ in _boundaries(value))


def _pieces(text: str, start: int, end: int, is_title: bool) -> Iterator[tuple[int, int, Kind]]:
    if is_title:
        yield start, end, "title"
        return
    dateline = _DATELINE.match(text[start : min(end, start + 120)])
    if dateline:
        a, b = _strip(text, start, start + dateline.end())
        yield a, b, "heading"
        start, end = _strip(text, start + dateline.end(), end)
    heading = end - start < 120 and text[end - 1 : end] not in '.!?”"’:;,' and not _has_end(text[start:end])
    position = start
    for cut in [*(start + c for c in _boundaries(text[start:end])), end]:
        for a, b in _limit(text, *_strip(text, position, cut)):
            yield a, b, "heading" if heading else "body"
        position = cut


def _limit(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        yield start, cut
        start = _strip(text, cut, end)[0]
    if start < end:
        yield start, end


def _boundaries(paragraph: str) -> Iterator[int]:
    """Offsets after which a new sentence begins."""
    for match in _END.finditer(paragraph):
        rest = paragraph[match.end() : match.end() + 60].lstrip()
        if rest and _splits(paragraph[max(0, match.start() - 30) : match.start()], match.group(), rest):
            yield match.end()


def _splits(before: str, mark: str, rest: str) -> bool:
    first = rest.lstrip(_OPENING)[:1]
    if not first or first.islower():
        return False
    if not mark.startswith(".") or mark.startswith(".."):
        return first.isupper() or first.isdigit() or rest[0] in _OPENING
    found = _BEFORE.search(before)
    word = found.group(1) if found else ""
    low = word.lower().lstrip("(")
    next_word = re.split(r"[^\w'’-]", rest.lstrip(_OPENING), maxsplit=1)[0].lower()
    if mark != ".":
        return True
    if low in TITLES or (len(word) == 1 and word.isupper()):
        return next_word in STARTERS and low not in TITLES and low != "i"
    if low in NUMBERED and first.isdigit():
        return False
    if low in MONTHS or low in WEEKDAYS:
        return not first.isdigit() and next_word in STARTERS
    if "." in low or low in GENERAL:
        return next_word in STARTERS
    return True
