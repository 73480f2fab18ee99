"""Attachment and tag scores of the shipped parser on CoNLL-U files, on gold words."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from communique.encoder.parser import load_parser
from communique.errors import DataMissing
from communique.evaluate.files import need
from communique.types import Sentence, Token

_KEPT = {"nsubj:pass", "aux:pass", "obl:agent", "nmod:poss", "acl:relcl", "csubj:pass", "obl:tmod", "nmod:tmod", "compound:prt"}


def _relation(rel: str) -> str:
    if rel in ("obl:unmarked", "nmod:unmarked"):
        return rel.replace("unmarked", "tmod")
    return rel if rel in _KEPT else rel.split(":")[0]


def read_conllu(path: Path) -> list[tuple[list[str], list[int], list[str], list[str]]]:
    """Sentences as (words, heads with -1 for the root, relations, universal tags)."""
    out = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [r for r in (line.split("\t") for line in block.splitlines()) if len(r) == 10 and r[0].isdigit()]
        if rows:
            out.append(([r[1] for r in rows], [int(r[6]) - 1 for r in rows], [_relation(r[7]) for r in rows], [r[3] for r in rows]))
    return out


def score_parser(path: Path | str, predictions: Path | None = None) -> dict[str, Any]:
    """UAS, LAS (all words, punctuation counted) and tag accuracy on one CoNLL-U file, with sentences a second.

    Raises `DataMissing` where the file is not there.
    """
    source = need(path, "trees")
    if source.is_dir():
        raise DataMissing(f"{source} is a folder; name one CoNLL-U file of it")
    gold = read_conllu(source)
    sentences = []
    for i, (words, _, _, _) in enumerate(gold):
        tokens, at = [], 0
        for w in words:
            tokens.append(Token(start=at, end=at + len(w), text=w, lemma=w.lower()))
            at += len(w) + 1
        sentences.append(Sentence(index=i, start=0, end=at - 1, tokens=tuple(tokens)))
    parser = load_parser()
    parser.parse(sentences[:32])
    begin = time.perf_counter()
    parsed = parser.parse(sentences)
    seconds = time.perf_counter() - begin
    total = uas = las = tags = 0
    for (_, heads, rels, upos), sentence in zip(gold, parsed, strict=True):
        for t, h, r, u in zip(sentence.tokens, heads, rels, upos, strict=True):
            total += 1
            uas += t.head == h
            las += t.head == h and t.rel == r
            tags += t.upos == u
    if predictions:
        rows = ("\n".join(f"{t.text}\t{t.upos}\t{t.head + 1}\t{t.rel}" for t in s.tokens) for s in parsed)
        predictions.write_text("\n\n".join(rows) + "\n", encoding="utf-8")
    return {
        "sentences": len(gold),
        "words": total,
        "uas": uas / total,
        "las": las / total,
        "upos": tags / total,
        "sentences_per_second": len(gold) / seconds,
    }
