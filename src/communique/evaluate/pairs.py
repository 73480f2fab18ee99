"""PLOVER root and quad class of a marked pair: what rules and encoder see between source and target.

The set codes by CAMEO's roots: CONCEDE and RETREAT are its YIELD (material cooperation there), a conviction (CAMEO 116) is its ACCUSE, an
embargo or sanctions (163) its COERCE, and cooperation that is only planned (03) its AGREE, as in the exports to PLOVER.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from communique.encoder.parser import load_large, load_parser, read_sentences
from communique.evaluate.compare import intervals
from communique.evaluate.files import f1, need
from communique.extract.candidates import entries_at
from communique.extract.learnt import chance, type_scores
from communique.extract.roles import RoleFinder
from communique.extract.status import refused
from communique.lexicon.codebook import quad_class
from communique.lexicon.triggers import load_triggers
from communique.resolve.actors import find_mentions
from communique.text.sentences import split_sentences
from communique.text.tree import ancestors, children, words_in
from communique.types import Actor, Document, Mention, Quality, Sentence, Span, TriggerReading

_MARK = re.compile(r"</?[st]>")


def unmark(marked: str) -> tuple[str, list[Span], list[Span]]:
    """Plain text with the spans of source and target; either may be missing or stand twice.

    >>> unmark("<s>Iran</s> warned <t>Iraq</t>.")
    ('Iran warned Iraq.', [(0, 4)], [(12, 16)])
    """
    plain, found, at, last, opened = [], {"s": [], "t": []}, 0, 0, 0
    for m in _MARK.finditer(marked):
        plain.append(marked[last : m.start()])
        at += m.start() - last
        last = m.end()
        if m.group()[1] == "/":
            found[m.group()[2]].append((opened, at))
        else:
            opened = at
    plain.append(marked[last:])
    return "".join(plain), found["s"], found["t"]


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _head_in(sentence: Sentence, span: Span) -> int | None:
    inside = [i for i, t in enumerate(sentence.tokens) if span[0] <= t.start < span[1]]
    return next((i for i in inside if sentence.tokens[i].head not in inside), None)


RULE_WEIGHT = 0.5
"""How much an entry that holds between both marks adds to the log of its type's probability."""
TRIGGER_WEIGHT = 0.6
"""How much the sentence's triggers count, with the roles that source and target play for them, beside the marked reading."""


def predict(marked: str, coder: str = "both", quality: Quality = "fast") -> str:
    """PLOVER root of one marked pair; '' where nothing is seen (by rules alone)."""
    text, source, target = unmark(marked)
    document = Document(id="pair", title=None, publisher=None, url=None, language="en", published=None, text=text)
    sentences = read_sentences(split_sentences(document), quality)
    ruled = _ruled(document, sentences, source, target) if coder != "encoder" else None
    if coder == "rules":
        return "" if ruled is None else _root(ruled[1], sentences)
    scores = _read(sentences, source, target, quality)
    if ruled is not None:
        scores[ruled[1]] *= math.exp(RULE_WEIGHT * min(ruled[0], 4.0) / 4.0)
    return _root(max(scores, key=lambda k: scores[k]), sentences)


def _inside(sentence: Sentence, spans: list[Span]) -> list[int]:
    return sorted({k for span in spans for k in words_in(sentence, span)})


def _read(sentences: Sequence[Sentence], source: list[Span], target: list[Span], quality: Quality) -> dict[str, float]:
    """How likely each type is for the pair: the marked reading of the sentence that holds most of it, and the triggers of all."""
    marked = [(s, _inside(s, source), _inside(s, target)) for s in sentences]
    best = max(marked, key=lambda m: (bool(m[1]) + bool(m[2]), -m[0].index))
    read = [reader.relate([best])[0] for reader in ((load_parser(), load_large()) if quality == "best" else (load_parser(),))]
    scores = {k: sum(r[k] for r in read) / len(read) for k in read[0]}
    told = dict.fromkeys(scores, 0.02)
    for s, acting, acted_on in marked:
        for t in s.reading.triggers if s.reading else ():
            acts, met = chance(t, acting, "actor"), chance(t, acted_on, "recipient")
            for kind, p in type_scores(t).items():
                told[kind] += p * (0.05 + acts * met + 0.5 * (acts + met))
    return {k: (v + 1e-4) * told[k] ** TRIGGER_WEIGHT for k, v in scores.items() if k}


def _root(kind: str, sentences: Sequence[Sentence]) -> str:
    """A type in the set's terms: by CAMEO's root, in which what is only planned is an offer and what will not be done a refusal."""
    told = _told(kind, sentences) if kind else None
    if told is not None:
        sentence, reading = told
        if kind == "SANCTION" and reading.mode == "convict":
            return "ACCUSE"
        if kind == "SANCTION" and (word_cameo(sentence, reading.token, kind) or "").startswith("163"):
            return "COERCE"
        if kind in (*OFFERED, "AGREE") and refused(sentence, reading.token):
            return "REJECT"
        if reading.status == "planned" and kind in OFFERED:
            return "AGREE"
    return "YIELD" if kind in ("CONCEDE", "RETREAT") else kind


def word_cameo(sentence: Sentence, token: int, kind: str) -> str | None:
    """CAMEO code of a trigger by the lexicon's entries for its word, or for the word it governs; None where they name none."""
    words = [token, *(k for k in children(sentence)[token] if sentence.tokens[k].upos in ("NOUN", "VERB"))]
    for i in words:
        t = sentence.tokens[i]
        for entry in load_triggers().get((t.lemma, t.upos[:1].lower()), ()):
            if entry.type == kind and entry.cameo:
                return entry.cameo
    return None


OFFERED = ("COOPERATE", "AID", "CONSULT", "SUPPORT", "RETREAT", "CONCEDE")
"""CAMEO 03: what is intended, promised or agreed to in future."""


def _told(kind: str, sentences: Sequence[Sentence]) -> tuple[Sentence, TriggerReading] | None:
    """The likeliest trigger of a type."""
    read = [(s, t) for s in sentences if s.reading for t in s.reading.triggers]
    best = max(read, key=lambda x: type_scores(x[1])[kind], default=None)
    return best if best and type_scores(best[1])[kind] >= LEAST_TOLD else None


LEAST_TOLD = 0.1
"""From this probability of the type on a word tells it."""


def _ruled(document: Document, sentences: Sequence[Sentence], source: list[Span], target: list[Span]) -> tuple[float, str] | None:
    """The best entry of the trigger table between the marks: how well it fits, and its type."""
    best: tuple[float, str] | None = None
    for sentence in sentences:
        s = next((h for h in (_head_in(sentence, x) for x in source) if h is not None), None)
        t = next((h for h in (_head_in(sentence, x) for x in target) if h is not None), None)
        if s is None and t is None:
            continue
        marked_spans = [*source, *target]
        heads: dict[int, Mention] = {
            m.head: m
            for m in find_mentions(document, sentences)
            if m.sentence == sentence.index and not any(_overlap(m.span, x) for x in marked_spans)
        }
        for spans, name in ((source, "SOURCE"), (target, "TARGET")):
            for span in spans:
                i = _head_in(sentence, span)
                if i is not None:
                    heads[i] = Mention(span=span, sentence=sentence.index, head=i, actors=(Actor(name=name, span=span),))
        finder = RoleFinder(sentence, heads)
        for i in range(len(sentence.tokens)):
            for entry in entries_at(sentence, i, heads):
                score = _fit(entry.actor, entry.recipient, i, finder, sentence, s, t)
                if best is None or score > best[0]:
                    best = (score, entry.type)
                break
    return best


def _fit(
    actor: tuple[str, ...], recipient: tuple[str, ...], i: int, finder: RoleFinder, sentence: Sentence, s: int | None, t: int | None
) -> float:
    def stands(places: tuple[str, ...], name: str) -> bool:
        return any(a.name == name for p in places for a in finder.find(p, i)[0])

    score = (
        2.0 * stands(actor, "SOURCE")
        + 2.0 * stands(recipient, "TARGET")
        + 0.5 * stands(recipient, "SOURCE")
        + 0.5 * stands(actor, "TARGET")
    )
    for k in (s, t):
        if k is not None:
            up = ancestors(sentence, k)
            score += 1.0 / (1 + up.index(i)) if i in up else 0.0
    return score - 0.001 * i


def score_pairs(
    path: Path | str, predictions: Path | str | None = None, *, coder: str = "both", quality: Quality = "fast"
) -> dict[str, Any]:
    """Macro-F1 over the 15 roots and over the quad classes; `predictions` gets the table with a column `predicted_root`."""
    source = need(path, "pairs")
    source = source / "pairs.tsv" if source.is_dir() else source
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for r in rows:
        r["predicted_root"] = predict(r["marked_sentence"], coder, quality)
    if predictions:
        with Path(predictions).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    roots = sorted({r["gold_root"] for r in rows})
    each = {x: _class_f1([(r["gold_root"], r["predicted_root"]) for r in rows], x) for x in roots}
    quads = [(r["gold_quad"], _quad(r["predicted_root"])) for r in rows]
    classes = sorted({q for q, _ in quads})
    return {
        "pairs": len(rows),
        "root_macro_f1": round(sum(each.values()) / len(each), 4),
        "root_accuracy": round(sum(r["gold_root"] == r["predicted_root"] for r in rows) / len(rows), 4),
        "root_macro_f1_95": _interval(rows, roots),
        "quad_macro_f1": round(sum(_class_f1(quads, q) for q in classes) / len(classes), 4),
        "none": sum(not r["predicted_root"] for r in rows),
        "by_root": each,
    }


def _interval(rows: list[dict[str, str]], roots: list[str]) -> str:
    code = {n: k for k, n in enumerate(roots)}
    gold, said = (np.array([code.get(r[c], -1) for r in rows]) for c in ("gold_root", "predicted_root"))
    low, high = intervals(gold, said, len(roots))
    return f"{low:.4f}-{high:.4f}"


def _quad(root: str) -> str:
    return "" if not root else "2" if root == "YIELD" else str(quad_class(root))


def _class_f1(pairs: list[tuple[str, str]], label: str) -> float:
    count = Counter((g == label, p == label) for g, p in pairs)
    right = count[(True, True)]
    return f1(right, right + count[(False, True)], right + count[(True, False)])["f1"]
