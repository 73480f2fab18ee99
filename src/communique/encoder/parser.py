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
BATCH_PIECES = 1600
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."})
_CLS, _SEP, _UNK = 101, 102, 100
_TREE = ("arcs", "relations", "upos", "xpos", "ner")


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
        self._session = ort.InferenceSession(str(bundle.model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(bundle.tokenizer))
        self._bundle = bundle
        self._pieces = lru_cache(maxsize=50_000)(self._encode_word)

    def _encode_word(self, word: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(word.translate(_PLAIN), add_special_tokens=False).ids[:12]) or (_UNK,)

    def parse(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """The same sentences with lemma, tags, heads, relations and entities on their tokens."""
        stretches = [(i, a, b) for i, s in enumerate(sentences) for a, b in self._stretches(s)]
        stretches.sort(key=lambda x: x[2] - x[1])
        done: dict[int, list[tuple[int, tuple[list[Token], Reading]]]] = {}
        group: list[tuple[int, int, int]] = []
        for item in [*stretches, None]:
            if item is None or (group and (item[2] - item[1] + 2) * 1.4 * (len(group) + 1) > BATCH_PIECES):
                for (i, a, _), tokens in zip(group, self._run(sentences, group)):
                    done.setdefault(i, []).append((a, tokens))
                group = []
            if item is not None:
                group.append(item)
        out = []
        for i, s in enumerate(sentences):
            parts = [p for _, p in sorted(done.get(i, []), key=lambda p: p[0])]
            tokens = tuple(t for words, _ in parts for t in words)
            kids = dependents_of(tuple(t.head for t in tokens))
            out.append(replace(s, tokens=tokens, parsed=True, kids=kids, reading=joined([(len(words), r) for words, r in parts])))
        return tuple(out)

    def _stretches(self, sentence: Sentence) -> list[tuple[int, int]]:
        out, start, size = [], 0, 0
        for k, t in enumerate(sentence.tokens):
            size += len(self._pieces(t.text))
            if size > MAX_PIECES and k > start:
                out.append((start, k))
                start, size = k, len(self._pieces(t.text))
        out.append((start, len(sentence.tokens)))
        return out

    def _run(self, sentences: Sequence[Sentence], group: list[tuple[int, int, int]]) -> list[tuple[list[Token], Reading]]:
        if not group:
            return []
        feed = self._feed([(sentences[i].tokens[a:b], {}) for i, a, b in group])
        arcs, relations, upos, xpos, ner, *heads = (np.array(x) for x in self._session.run([*_TREE, *READ], feed))
        # only the root of the decoded tree may be labelled so: who wanted to be one too takes its next best label
        root = self._bundle.relations.index("root")
        would_be = relations.argmax(-1) == root
        relations[..., root] = -np.inf
        relations, upos, xpos, ner = (x.argmax(-1) for x in (relations, upos, xpos, ner))
        out = []
        for k, (i, a, b) in enumerate(group):
            n = b - a
            tree = best_tree(arcs[k, : n + 1, : n + 1])
            tokens = self._tokens(sentences[i].tokens[a:b], a, tree, relations[k], upos[k], xpos[k], ner[k])
            tokens = [_relabelled(tokens, j, a) if would_be[k][j + 1] else t for j, t in enumerate(tokens)]
            out.append((tokens, read(self._bundle, {name: x[k, 1 : n + 1] for name, x in zip(READ, heads)}, a)))
        return out

    def _feed(self, group: Sequence[tuple[Sequence[Token], Mapping[int, int]]]) -> dict[str, np.ndarray]:
        """The encoder's inputs for (tokens, marks by token) of each stretch; 1 marks a source, 2 a target."""
        rows = []
        for tokens, marked in group:
            ids, shapes, first, marks, word_marks = [_CLS], [0], [0], [0], [0]
            for k, t in enumerate(tokens):
                first.append(len(ids))
                piece = self._pieces(t.text)
                ids.extend(piece)
                shapes.extend([word_shape(t.text)] * len(piece))
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
            a, b = self._stretches(s)[0]
            hidden = np.asarray(self._session.run(["hidden"], self._feed([(s.tokens[a:b], {})]))[0])[0, 1 : b - a + 1]
            whole = np.zeros((len(s.tokens), hidden.shape[-1]), np.float32)
            whole[a:b] = hidden
            out.append(whole)
        return out

    def _tokens(
        self,
        tokens: Sequence[Token],
        offset: int,
        heads: np.ndarray,
        relations: np.ndarray,
        upos: np.ndarray,
        xpos: np.ndarray,
        ner: np.ndarray,
    ) -> list[Token]:
        b, out = self._bundle, []
        for k, t in enumerate(tokens, start=1):
            head = int(heads[k]) - 1
            relation = b.relations[relations[k]]
            if head < 0:
                relation = "root"
            tag = b.upos[upos[k]]
            out.append(
                Token(
                    start=t.start,
                    end=t.end,
                    text=t.text,
                    lemma=lemma(t.text, tag),
                    upos=tag,
                    xpos=b.xpos[xpos[k]],
                    head=head + offset if head >= 0 else -1,
                    rel=relation,
                    ner=b.ner[ner[k]],
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
