"""Quotes and reported speech against PolNeAR's attributions (brat files in tar.gz), and against the stories' keys."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from communique.encoder.parser import load_parser
from communique.evaluate.files import f1, keep, need
from communique.extract.quote_marks import find_quotes
from communique.extract.statements import find_statements
from communique.extract.times import find_times
from communique.resolve.actors import find_mentions
from communique.text.sentences import split_sentences
from communique.types import Analysis, Document, Span, Statement

_MARKS = '"“”«»„'


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAttribution:
    """One attribution: spans of its source (empty where none is named) and of its content."""

    source: tuple[Span, ...]
    content: tuple[Span, ...]


def read_attributions(path: Path | str) -> Iterator[tuple[str, str, tuple[GoldAttribution, ...]]]:
    """(name, text, attributions) of each article in the archives below `path`."""
    root = need(path, "quotes")
    for archive in sorted(root.glob("*.tar.gz")) if root.is_dir() else [root]:
        with tarfile.open(archive) as tar:
            files = {m.name: m for m in tar.getmembers() if m.isfile()}
            texts = {Path(n).stem: m for n, m in files.items() if n.endswith(".txt")}
            for name in sorted(n for n in files if n.endswith(".ann")):
                stem = Path(name).stem.rpartition("_")[0]  # the annotator's mark follows the article's name
                if stem in texts:
                    yield stem, _read(tar, texts[stem]), _attributions(_read(tar, files[name]))


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    handle = tar.extractfile(member)
    return handle.read().decode("utf-8") if handle else ""


def _attributions(annotation: str) -> tuple[GoldAttribution, ...]:
    spans: dict[str, tuple[Span, ...]] = {}
    out = []
    lines = [line.split("\t") for line in annotation.splitlines()]
    for cells in (c for c in lines if c[0].startswith("T") and len(c) > 1):
        pieces = cells[1].split(" ", 1)[1].split(";")
        spans[cells[0]] = tuple((int(p.split()[0]), int(p.split()[1])) for p in pieces)
    for cells in (c for c in lines if c[0].startswith("E") and len(c) > 1):
        roles = [r.split(":", 1) for r in cells[1].split()]
        content = tuple(s for k, v in roles if k.startswith("Content") for s in spans.get(v, ()))
        source = tuple(s for k, v in roles if k.startswith("Source") for s in spans.get(v, ()))
        if content:
            out.append(GoldAttribution(source=source, content=content))
    return tuple(out)


def _double(text: str, i: int) -> bool:
    """A double mark opens here, be it typed as two single ones."""
    return text[i] in _MARKS or text[i : i + 2] in ("''", "``", "‘‘") or text[i - 1 : i + 1] in ("''", "``", "‘‘")


def _shared(a: Span, spans: tuple[Span, ...]) -> int:
    return sum(max(0, min(a[1], s[1]) - max(a[0], s[0])) for s in spans)


def _surname(value: str) -> str:
    words = re.findall(r"[^\W_]+", value.casefold())
    return words[-1] if words else ""


def speaker_right(text: str, found: Statement, gold: GoldAttribution) -> bool:
    """Both none, or the mention overlaps the source, or its last word stands in the source."""
    if found.speaker is None or not gold.source:
        return found.speaker is None and not gold.source
    if found.speaker.span and _shared(found.speaker.span, gold.source):
        return True
    words = re.findall(r"[^\W_]+", " ".join(text[a:b] for a, b in gold.source).casefold())
    return _surname(found.speaker.name) in words


def score_article(text: str, found: tuple[Statement, ...], gold: tuple[GoldAttribution, ...], marked: tuple[Span, ...]) -> dict[str, int]:
    """Counts for one article: right, predicted, wanted; for direct and reported speech."""
    out: dict[str, int] = {}
    quoted = [g for g in gold if any(_shared(m, g.content) * 2 >= m[1] - m[0] for m in marked)]
    plain = [g for g in gold if g not in quoted]
    direct = [s for s in found if s.direct]
    reported = [s for s in found if not s.direct]
    d = [any(_shared(s.quote, g.content) * 2 >= s.quote[1] - s.quote[0] and speaker_right(text, s, g) for g in quoted) for s in direct]
    covered = [any(h and _shared(s.quote, g.content) for s, h in zip(direct, d, strict=True)) for g in quoted]
    out |= {"direct_right": sum(d), "direct_predicted": len(direct), "direct_found": sum(covered), "direct_gold": len(quoted)}
    r = [any(_overlaps(s.quote, g.content) and speaker_right(text, s, g) for g in gold) for s in reported]
    got = [any(_overlaps(s.quote, g.content) and speaker_right(text, s, g) for s in reported) for g in plain]
    return out | {"reported_right": sum(r), "reported_predicted": len(reported), "reported_found": sum(got), "reported_gold": len(plain)}


def _overlaps(a: Span, spans: tuple[Span, ...]) -> bool:
    """At least half of the longer of the two is shared."""
    return _shared(a, spans) * 2 >= max(a[1] - a[0], sum(s[1] - s[0] for s in spans))


def analyse_article(name: str, text: str) -> Analysis:
    """All sentences parsed; places are not needed."""
    document = Document(id=name, title=None, publisher=None, url=None, language="en", published=None, text=text)
    sentences = tuple(load_parser().parse(split_sentences(document)))
    return Analysis(
        document=document,
        sentences=sentences,
        mentions=find_mentions(document, sentences),
        times=find_times(document, sentences),
        places=(),
    )


def score_quotes(path: Path | str, predictions: Path | str | None = None, *, every: int = 1) -> dict[str, Any]:
    """Precision, recall, F1 of direct quotes with speaker and of reported speech with source; each `every`-th article."""
    total: dict[str, int] = {}
    rows = []
    articles = 0
    for n, (name, text, gold) in enumerate(read_attributions(path)):
        if n % every:
            continue
        articles += 1
        analysis = analyse_article(name, text)
        found = find_statements(analysis)
        marked = tuple(q.span for q in find_quotes(text, analysis.sentences) if _double(text, q.outer[0]))
        counts = score_article(text, found, gold, marked)
        for k, v in counts.items():
            total[k] = total.get(k, 0) + v
        rows.append({"id": name, **counts})
    keep(rows, predictions)
    return {"articles": articles, "direct": _figures(total, "direct"), "reported": _figures(total, "reported")}


def _figures(total: dict[str, int], kind: str) -> dict[str, float]:
    """Precision over what was predicted, recall over what was wanted: several stretches may share one attribution."""
    p = f1(total.get(f"{kind}_right", 0), total.get(f"{kind}_predicted", 0), 0)["precision"]
    r = f1(total.get(f"{kind}_found", 0), 0, total.get(f"{kind}_gold", 0))["recall"]
    return {"precision": p, "recall": r, "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0, "gold": total.get(f"{kind}_gold", 0)}
