"""Reader of ECB+ (Cybulska and Vossen, LREC 2014): stories in pairs of like happenings, with their event mentions and chains.

Every topic holds two happenings of one kind (two earthquakes, two arrests): `N_Mecb.xml` tell the one, `N_Mecbplus.xml` the other.
Tokens are put together to running text, because the corpus keeps no text of its own.
"""

from __future__ import annotations

import csv
import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from communique.errors import DataMissing
from communique.evaluate.files import need
from communique.types import Document, Span

_NAME = re.compile(r"(\d+)_(\d+)(ecb|ecbplus)\.xml")
_TIGHT_BEFORE = frozenset(
    (",", ".", ";", ":", "!", "?", ")", "]", "%", "'s", "’s", "n't", "n’t", "'", "’", "''", "”", "'re", "'ve", "'ll", "'d", "'m")
)
_TIGHT_AFTER = frozenset(("(", "[", "$", "£", "€", "``", "“"))
_PLAIN = {"``": "“", "''": "”"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMention:
    """One annotated mention of an action."""

    span: Span
    chain: str
    """Its coreference chain: shared between stories where the corpus says so, else of this mention alone."""
    judged: bool
    """It stands in a sentence whose annotation the corpus calls complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EcbStory:
    """One story of the corpus."""

    document: Document
    topic: str
    happening: str
    """Topic and half: `12ecb`, `12ecbplus`."""
    mentions: tuple[EventMention, ...]


def read_ecb(path: Path | str) -> list[EcbStory]:
    """All stories under `path`: a folder, the archive itself, or a folder that holds the archive; by topic, half and number.

    Raises `DataMissing` where there are none.
    """
    files = dict(_files(need(path, "clusters")))
    judged = _judged(files.pop("sentences", b""))
    stories = [_story(name, data, judged) for name, data in files.items()]
    if not stories:
        raise DataMissing(f"no ECB+ stories (files such as 1_1ecb.xml) under {path}")
    return sorted(stories, key=lambda s: (int(s.topic), s.happening, int(s.document.id.split("_")[1].split("e")[0])))


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.name.endswith((".tar.gz", ".tgz")):
                yield from _files(file)
            elif file.is_file() and (key := _key(file.name)):
                yield key, file.read_bytes()
        return
    with tarfile.open(path) as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            held = archive.extractfile(member) if member.isfile() and _key(name) else None
            if held:
                yield _key(name), held.read()


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else "sentences" if name == "ECBplus_coreference_sentences.csv" else ""


def _judged(data: bytes) -> set[tuple[str, str]]:
    rows = csv.reader(io.StringIO(data.decode("utf-8")))
    return {(f"{r[0]}_{r[1]}", r[2]) for r in rows if len(r) >= 3}


def _story(name: str, data: bytes, judged: set[tuple[str, str]]) -> EcbStory:
    match = _NAME.fullmatch(name)
    assert match is not None
    topic, _, half = match.groups()
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    tokens = [t for t in root.iter("token") if not (half == "ecbplus" and t.get("sentence") == "0")]
    text, spans = _running(tokens)
    identity = name.removesuffix(".xml")
    whole = {t.get("t_id") for t in tokens if (identity, t.get("sentence")) in judged}
    return EcbStory(
        document=Document(id=identity, title=None, publisher=None, url=None, language="en", published=None, text=text),
        topic=topic,
        happening=topic + half,
        mentions=tuple(_mentions(root, identity, spans, whole)),
    )


def _running(tokens: list[etree._Element]) -> tuple[str, dict[str, Span]]:
    """Text and the span of each token: sentences on lines of their own, punctuation set close."""
    out: list[str] = []
    spans: dict[str, Span] = {}
    length, last, sentence = 0, "", None
    for t in tokens:
        word = t.text or ""
        if sentence is not None and t.get("sentence") != sentence:
            gap = "\n"
        else:
            gap = "" if not out or word in _TIGHT_BEFORE or last in _TIGHT_AFTER else " "
        word, last, sentence = _PLAIN.get(word, word), word, t.get("sentence")
        out += [gap, word]
        length += len(gap)
        spans[t.get("t_id") or ""] = (length, length + len(word))
        length += len(word)
    return "".join(out), spans


def _mentions(root: etree._Element, identity: str, spans: dict[str, Span], whole: set[str | None]) -> Iterator[EventMention]:
    chains: dict[str, str] = {}
    for relation in root.iter("CROSS_DOC_COREF", "INTRA_DOC_COREF"):
        shared = relation.tag == "CROSS_DOC_COREF"
        chain = relation.get("note") if shared and relation.get("note") else f"{identity}/{relation.get('r_id')}"
        for source in relation.iter("source"):
            chains[source.get("m_id") or ""] = str(chain)
    marks = root.find("Markables")
    for mark in marks if marks is not None else ():
        anchors = [a.get("t_id") or "" for a in mark.iter("token_anchor")]
        held = [spans[a] for a in anchors if a in spans]
        if held and "ACTION" in str(mark.tag):
            number = mark.get("m_id") or ""
            yield EventMention(
                span=(min(s for s, _ in held), max(e for _, e in held)),
                chain=chains.get(number, f"{identity}/m{number}"),
                judged=anchors[0] in whole,
            )
