"""Parse sentences: one after the other through the ONNX session; tags, tree and entities back onto the tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from communique.encoder.bundle import Bundle, bundle_folder, load_bundle
from communique.encoder.decode import best_tree
from communique.encoder.readings import READ, joined, mean_of, read, softmax, unsure
from communique.errors import ModelError
from communique.settings import THREADS
from communique.text.lemmas import lemma
from communique.text.tree import dependents_of
from communique.types import Quality, Reading, Sentence, Token

MAX_PIECES = 200
"""Word pieces of the longest stretch that is parsed in one go; longer sentences are parsed in stretches."""
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."})
_TREE = ("arcs", "relations", "upos", "xpos", "ner")
_UNMARKED: Mapping[int, int] = MappingProxyType({})
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


Pair = tuple[Sentence, Sequence[int], Sequence[int]]
"""A sentence with the tokens of a source and of a target."""


def _around(sentence: Sentence, source: Sequence[int], target: Sequence[int]) -> tuple[Sequence[Token], dict[int, int]]:
    """The stretch of at most 120 tokens around two mentions, and their marks in it."""
    inside = [*source, *target]
    middle = (min(inside) + max(inside)) // 2 if inside else 0
    start = max(0, min(middle - 60, len(sentence.tokens) - 120))
    marks = {k - start: 1 for k in source} | {k - start: 2 for k in target}
    return sentence.tokens[start : start + 120], marks


class Reader:
    """An encoder's session and what feeds it: word pieces, shapes and marks of stretches of words."""

    def __init__(self, bundle: Bundle) -> None:
        options = ort.SessionOptions()
        options.log_severity_level = 3
        threads = int(THREADS.value())
        options.intra_op_num_threads = threads
        # processors without VNNI add int8 products in 16 bits, which overflow: there weights are unsigned, so that all give the same sums
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = ort.InferenceSession(str(bundle.model), options, providers=["CPUExecutionProvider"], disabled_optimizers=_UNFUSED)
        self._tokenizer = Tokenizer.from_file(str(bundle.tokenizer))
        self._bundle = bundle
        self._pieces = lru_cache(maxsize=50_000)(self._encode_word)

    def _encode_word(self, word: str) -> tuple[tuple[int, ...], int]:
        """A word's pieces and its shape."""
        # a plain word that is a piece itself need only be looked up, which takes a fraction of the time
        whole = self._tokenizer.token_to_id(word.lower()) if word.isascii() and word.isalnum() else None
        ids = [whole] if whole is not None else self._tokenizer.encode(word.translate(_PLAIN), add_special_tokens=False).ids[:12]
        return tuple(ids) or (self._bundle.unknown,), word_shape(word)

    def _stretches(self, sentence: Sentence) -> list[tuple[int, int]]:
        """(first token, last + 1) of the parts that are read in one go."""
        sizes = [len(self._pieces(t.text)[0]) for t in sentence.tokens]
        if sum(sizes) <= MAX_PIECES:
            return [(0, len(sizes))]
        out, start, size = [], 0, 0
        for k, pieces in enumerate(sizes):
            size += pieces
            if size > MAX_PIECES and k > start:
                out.append((start, k))
                start, size = k, pieces
        out.append((start, len(sizes)))
        return out

    def _feed(self, tokens: Sequence[Token], marked: Mapping[int, int] = _UNMARKED) -> dict[str, np.ndarray]:
        """The encoder's inputs for the words of one stretch and their marks by index: 1 a source, 2 a target."""
        ids, shapes, first = [self._bundle.start], [0], [0]
        for t in tokens:
            first.append(len(ids))
            pieces, shape = self._pieces(t.text)
            ids += pieces
            shapes += (shape,) * len(pieces)
        ids.append(self._bundle.end)
        shapes.append(0)
        marks = np.zeros(len(ids), np.int64)
        for k, mark in marked.items():
            start = first[k + 1]
            marks[start : start + len(self._pieces(tokens[k].text)[0])] = mark
        return {"ids": np.array(ids, np.int64), "shapes": np.array(shapes, np.int64), "marks": marks, "first": np.array(first, np.int64)}

    def _reading(self, role_words: np.ndarray, heads: Sequence[np.ndarray], offset: int) -> Reading:
        """What the outputs `READ` of one run say; `role_words` names the words that the rows of roles are for."""
        *by_word, roles = heads
        scores = {name: x[1:] for name, x in zip(READ, by_word)}
        return read(self._bundle, scores, {i - 1: x[1:] for i, x in zip(role_words.tolist(), softmax(roles))}, offset)

    def relate(self, pairs: Sequence[Pair]) -> list[dict[str, float]]:
        """For each (sentence, source tokens, target tokens) the probability of each event type from source to target, and of none ('').

        A reading of its own, with both mentions marked; sentences longer than `MAX_PIECES` are cut around the mentions.
        """
        out: list[dict[str, float]] = []
        for pair in pairs:
            logits = np.asarray(self._session.run(["marked"], self._feed(*_around(*pair)))[0])
            out.append(dict(zip((*self._bundle.types, ""), softmax(logits).tolist())))
        return out


class Parser(Reader):
    """Parser, tagger, entity recogniser and event reader in one pass. Use `load_parser()`."""

    def parse(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """The same sentences with lemma, tags, heads, relations and entities on their tokens.

        Each stretch is a run of its own: dynamic quantisation scales by all that a run holds, so a sentence is read the same whatever
        stands beside it, and nothing is padded.
        """
        return tuple(self._parsed(s) for s in sentences)

    def _parsed(self, sentence: Sentence) -> Sentence:
        parts = [self._read(sentence, a, b) for a, b in self._stretches(sentence)]
        tokens = tuple(t for words, _ in parts for t in words)
        kids = dependents_of(tuple(t.head for t in tokens))
        return replace(sentence, tokens=tokens, parsed=True, kids=kids, reading=joined([(len(words), r) for words, r in parts]))

    def _read(self, sentence: Sentence, a: int, b: int) -> tuple[list[Token], Reading]:
        """One run: tokens a to b with what was read on them, and what the event heads say."""
        feed = self._feed(sentence.tokens[a:b])
        arcs, relations, upos, xpos, ner, words, *heads = (np.asarray(x) for x in self._session.run([*_TREE, "role_words", *READ], feed))
        # only the root of the decoded tree may be labelled so: who wanted to be one too takes its next best label
        root = self._bundle.relations.index("root")
        would_be = np.flatnonzero(relations[1:].argmax(-1) == root).tolist()
        relations[:, root] = -np.inf
        labels = (x[1:].argmax(-1).tolist() for x in (relations, upos, xpos, ner))
        tokens = self._tokens(sentence.tokens[a:b], a, best_tree(arcs).tolist()[1:], *labels)
        for j in would_be:
            tokens[j] = _relabelled(tokens, j, a)
        return tokens, self._reading(words, heads, a)

    def vectors(self, sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """The encoder's hidden states of each sentence's words, [words, size] float32; words past `MAX_PIECES` pieces have zeros."""
        out = []
        for s in sentences:
            a, b = self._stretches(s)[0]
            hidden = np.asarray(self._session.run(["hidden"], self._feed(s.tokens[a:b]))[0])[1:]
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


class Large(Reader):
    """The large encoder: reads events again, on trees of the shipped one. Use `load_large()`."""

    def again(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """The same sentences with the mean of both encoders' readings where the shipped one was unsure of its own."""
        return tuple(replace(s, reading=self._again(s, s.reading)) if s.reading is not None and unsure(s.reading) else s for s in sentences)

    def _again(self, sentence: Sentence, small: Reading) -> Reading:
        large = self._read(sentence)
        return mean_of(small, large) if large else small

    def _read(self, sentence: Sentence) -> Reading | None:
        parts = []
        for a, b in self._stretches(sentence):
            words, *heads = (np.asarray(x) for x in self._session.run(["role_words", *READ], self._feed(sentence.tokens[a:b])))
            parts.append((b - a, self._reading(words, heads, a)))
        whole = joined(parts)
        return replace(whole, quality="best") if whole else None


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


@lru_cache(maxsize=1)
def load_large() -> Large:
    """The large encoder of communique-large, loaded once; raises `ModelError` where it is not installed or of another inventory."""
    bundle, small = load_bundle(bundle_folder("best")), load_bundle()
    if any(getattr(bundle, n) != getattr(small, n) for n in ("triggers", "statuses", "modes", "sectors", "contents", "roles", "types")):
        raise ModelError("communique-large was made for another version of communique; install both anew")
    return Large(bundle)


def read_sentences(sentences: Sequence[Sentence], quality: Quality = "fast") -> tuple[Sentence, ...]:
    """The sentences parsed and read; with quality best those that the shipped encoder is unsure of are read by the large one too."""
    parsed = load_parser().parse(sentences)
    return load_large().again(parsed) if quality == "best" else parsed
