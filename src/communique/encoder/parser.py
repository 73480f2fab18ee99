"""Parse sentences: batches of words through the ONNX session, tags, tree and entities back onto the tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from communique.encoder.bundle import Bundle, load_bundle
from communique.encoder.decode import best_tree
from communique.encoder.readings import READ, joined, read, softmax
from communique.settings import THREADS
from communique.text.lemmas import lemma
from communique.text.tree import dependents_of
from communique.types import Reading, Sentence, Token

MAX_PIECES = 200
"""Word pieces of the longest stretch that is parsed in one go; longer sentences are parsed in stretches."""
BATCH_PIECES = 400
"""Word pieces of one run, padding included: with fewer, weights are fetched too often; with more, padding grows and caches overflow."""
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."})
_CLS, _SEP, _UNK = 101, 102, 100
_TREE = ("arcs", "relations", "upos", "xpos", "ner")
_UNFUSED = ["SkipLayerNormFusion"]
"""Fusions that ONNX Runtime is told to leave: its fused kernel is slower than add and layer norm apart."""


def word_shape(word: str) -> int:
    """0 other, 1 lower, 2 Title, 3 UPPER, 4 Mixed, 5 with digits; as in training."""
    if word.isalpha():
        if word.islower():
            return 1
        if word.isupper():
            return 3 if len(word) > 1 else 2
        return 2 if word[0].isupper() and word[1:].islower() else 4
    if any(c.isdigit() for c in word):
        return 5
    letters = "".join(c for c in word if c.isalpha())
    if not letters:
        return 0
    if letters.islower():
        return 1
    if letters.isupper():
        return 3 if len(letters) > 1 else 2
    return 2 if word[0].isupper() and letters[1:].islower() else 4


def _around(sentence: Sentence, source: Sequence[int], target: Sequence[int]) -> tuple[Sequence[Token], dict[int, int]]:
    """The stretch of at most 120 tokens around two mentions, and their marks in it."""
    inside = [*source, *target]
    middle = (min(inside) + max(inside)) // 2 if inside else 0
    start = max(0, min(middle - 60, len(sentence.tokens) - 120))
    marks = {k - start: 1 for k in source} | {k - start: 2 for k in target}
    return sentence.tokens[start : start + 120], marks


class Parser:
    """Parser, tagger and entity recogniser in one pass. Use `load_parser()`."""

    def __init__(self, bundle: Bundle) -> None:
        options = ort.SessionOptions()
        options.log_severity_level = 3
        threads = int(THREADS.value())
        options.intra_op_num_threads = threads
        self._session = ort.InferenceSession(str(bundle.model), options, providers=["CPUExecutionProvider"], disabled_optimizers=_UNFUSED)
        self._tokenizer = Tokenizer.from_file(str(bundle.tokenizer))
        self._bundle = bundle
        self._pieces = lru_cache(maxsize=50_000)(self._encode_word)

    def _encode_word(self, word: str) -> tuple[tuple[int, ...], int]:
        """A word's pieces and its shape."""
        ids = self._tokenizer.encode(word.translate(_PLAIN), add_special_tokens=False).ids[:12]
        return tuple(ids) or (_UNK,), word_shape(word)

    def parse(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """The same sentences with lemma, tags, heads, relations and entities on their tokens."""
        stretches = sorted(((i, a, b, size) for i, s in enumerate(sentences) for a, b, size in self._stretches(s)), key=lambda x: x[3])
        done: dict[int, list[tuple[int, tuple[list[Token], Reading]]]] = {}
        group: list[tuple[int, int, int]] = []
        for i, a, b, size in stretches:
            if group and size * (len(group) + 1) > BATCH_PIECES:
                self._read(sentences, group, done)
                group = []
            group.append((i, a, b))
        self._read(sentences, group, done)
        out = []
        for i, s in enumerate(sentences):
            parts = [p for _, p in sorted(done.get(i, []), key=lambda p: p[0])]
            tokens = tuple(t for words, _ in parts for t in words)
            kids = dependents_of(tuple(t.head for t in tokens))
            out.append(replace(s, tokens=tokens, parsed=True, kids=kids, reading=joined([(len(words), r) for words, r in parts])))
        return tuple(out)

    def _stretches(self, sentence: Sentence) -> list[tuple[int, int, int]]:
        """(first token, last + 1, word pieces with both ends) of the parts that are parsed in one go."""
        out, start, size = [], 0, 0
        for k, t in enumerate(sentence.tokens):
            pieces = len(self._pieces(t.text)[0])
            size += pieces
            if size > MAX_PIECES and k > start:
                out.append((start, k, size - pieces + 2))
                start, size = k, pieces
        out.append((start, len(sentence.tokens), size + 2))
        return out

    def _read(
        self,
        sentences: Sequence[Sentence],
        group: list[tuple[int, int, int]],
        done: dict[int, list[tuple[int, tuple[list[Token], Reading]]]],
    ) -> None:
        """One run; what it gives for (sentence, first token, last + 1) is put to `done` under the sentence."""
        if not group:
            return
        feed = self._feed([(sentences[i].tokens[a:b], {}) for i, a, b in group])
        arcs, relations, upos, xpos, ner, *heads = (np.asarray(x) for x in self._session.run([*_TREE, *READ], feed))
        # only the root of the decoded tree may be labelled so: who wanted to be one too takes its next best label
        root = self._bundle.relations.index("root")
        would_be = relations.argmax(-1) == root
        relations[..., root] = -np.inf
        labels = [x.argmax(-1) for x in (relations, upos, xpos, ner)]
        for k, (i, a, b) in enumerate(group):
            n = b - a
            tree = best_tree(arcs[k, : n + 1, : n + 1]).tolist()[1:]
            plain = self._tokens(sentences[i].tokens[a:b], a, tree, *(x[k, 1 : n + 1].tolist() for x in labels))
            tokens = list(plain)
            for j in np.flatnonzero(would_be[k, 1 : n + 1]).tolist():
                tokens[j] = _relabelled(tokens, j, a)
            reading = read(self._bundle, {name: x[k, 1 : n + 1] for name, x in zip(READ, heads)}, a)
            done.setdefault(i, []).append((a, (tokens, reading)))

    def _feed(self, group: Sequence[tuple[Sequence[Token], Mapping[int, int]]]) -> dict[str, np.ndarray]:
        """The encoder's inputs for (tokens, marks by token) of each stretch; 1 marks a source, 2 a target."""
        rows = []
        for tokens, marked in group:
            ids, shapes, first, marks, word_marks = [_CLS], [0], [0], [0], [0]
            for k, t in enumerate(tokens):
                first.append(len(ids))
                piece, shape = self._pieces(t.text)
                ids.extend(piece)
                shapes.extend([shape] * len(piece))
                marks.extend([marked.get(k, 0)] * len(piece))
                word_marks.append(marked.get(k, 0))
            rows.append(([*ids, _SEP], [*shapes, 0], [*marks, 0], first, word_marks))
        size, words = max(len(r[0]) for r in rows), max(len(r[3]) for r in rows)
        feed = {n: np.zeros((len(rows), size), np.int64) for n in ("ids", "mask", "shapes", "marks")}
        feed |= {n: np.zeros((len(rows), words), np.int64) for n in ("first", "word_mask", "word_marks")}
        for k, (ids, shapes, marks, first, word_marks) in enumerate(rows):
            feed["ids"][k, : len(ids)], feed["mask"][k, : len(ids)] = ids, 1
            feed["shapes"][k, : len(ids)], feed["marks"][k, : len(ids)] = shapes, marks
            feed["first"][k, : len(first)], feed["word_mask"][k, : len(first)] = first, 1
            feed["word_marks"][k, : len(first)] = word_marks
        return feed

    def relate(self, pairs: Sequence[tuple[Sentence, Sequence[int], Sequence[int]]]) -> list[dict[str, float]]:
        """For each (sentence, source tokens, target tokens) the probability of each event type from source to target, and of none ('').

        A reading of its own, with both mentions marked; sentences longer than `MAX_PIECES` are cut around the mentions.
        """
        out: list[dict[str, float]] = []
        for k in range(0, len(pairs), 24):
            feed = self._feed([_around(*p) for p in pairs[k : k + 24]])
            logits = np.asarray(self._session.run(["marked"], feed)[0])
            for row in softmax(logits):
                out.append(dict(zip((*self._bundle.types, ""), row.tolist())))
        return out

    def vectors(self, sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """The encoder's hidden states of each sentence's words, [words, size] float32; words past `MAX_PIECES` pieces have zeros."""
        out = []
        for s in sentences:
            a, b, _ = self._stretches(s)[0]
            hidden = np.asarray(self._session.run(["hidden"], self._feed([(s.tokens[a:b], {})]))[0])[0, 1 : b - a + 1]
            whole = np.zeros((len(s.tokens), hidden.shape[-1]), np.float32)
            whole[a:b] = hidden
            out.append(whole)
        return out

    def _tokens(
        self, tokens: Sequence[Token], offset: int, heads: list[int], relations: list[int], upos: list[int], xpos: list[int], ner: list[int]
    ) -> list[Token]:
        """The words with what was read; heads count from 1, 0 is the root."""
        b, out = self._bundle, []
        for t, head, relation, u, x, e in zip(tokens, heads, relations, upos, xpos, ner):
            tag = b.upos[u]
            out.append(
                Token(
                    start=t.start,
                    end=t.end,
                    text=t.text,
                    lemma=lemma(t.text, tag),
                    upos=tag,
                    xpos=b.xpos[x],
                    head=head - 1 + offset if head else -1,
                    rel=b.relations[relation] if head else "root",
                    ner=b.ner[e],
                )
            )
        return out


def _relabelled(tokens: list[Token], j: int, offset: int) -> Token:
    """A noun that was scored as a second root and hangs on a verb: an object or subject by its place, an oblique after a preposition."""
    t = tokens[j]
    if t.head < 0 or t.upos not in ("NOUN", "PROPN", "PRON") or tokens[t.head - offset].upos not in ("VERB", "AUX"):
        return t
    marked = any(x.head == j + offset and x.rel == "case" for x in tokens)
    return replace(t, rel="obl" if marked else "obj" if t.head < j + offset else "nsubj")


@lru_cache(maxsize=1)
def load_parser() -> Parser:
    """The shipped parser, loaded once."""
    return Parser(load_bundle())
