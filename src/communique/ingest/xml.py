"""XML without its dangers: no entities, no network, no files, bounded text and depth; elements are read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[attr-defined]

from communique.errors import UnreadableInput
from communique.ingest.streams import Readable

_PROLOG = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<\?[^>]{0,400}\?>|<!--.{0,4000}?-->|<!DOCTYPE[^\[>]{0,400}(?:\[.{0,20000}?\]\s*)?>)*+<([A-Za-z_][\w.:-]{0,60})",
    re.S,
)


def root_name(head: bytes) -> str | None:
    """Local name of the first element in lower case; None where there is none near the start."""
    found = _PROLOG.match(head)
    return found.group(1).decode("ascii", "replace").split(":")[-1].lower() if found else None


def elements(file: Readable, tags: tuple[str, ...], encoding: str | None = None) -> Iterator[etree._Element]:
    """Elements with one of the local names, each whole; what was read is let go of. Raises `UnreadableInput` at what is no XML."""
    context = etree.iterparse(
        file,
        events=("start", "end"),
        tag=[f"{{*}}{t}" for t in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    depth = 0
    try:
        for event, element in context:
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                yield element
                _release(element)
    except (etree.XMLSyntaxError, etree.LxmlError, ValueError, MemoryError) as error:
        raise UnreadableInput(f"the XML is broken or cut short: {str(error)[:120]}") from error


def _release(element: etree._Element) -> None:
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)


def text_of(element: etree._Element, *names: str) -> str | None:
    """Text of the first child with one of the local names, all markup inside it left out; None where it is empty or missing."""
    for name in names:
        for child in element:
            if isinstance(child.tag, str) and etree.QName(child).localname == name:
                text = "".join(t for t in child.itertext() if isinstance(t, str)).strip()
                if text:
                    return text
    return None
