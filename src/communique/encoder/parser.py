"""Parse sentences: batches of words through the ONNX session, tags, tree and entities back onto the tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from communique.encoder.bundle import Bundle, load_bundle
from communique.encoder.decode import best_tree
from communique.settings import THREADS
from communique.text.lemmas import lemma
from communique.types import Sentence, Token

MAX_PIECES = 200
"""Word pieces of the longest stretch that is parsed in one go; longer sentences are parsed in stretches."""
BATCH_PIECES = 1600
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."})
_CLS, _SEP, _UNK = 101, 102, 100


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
        done: dict[int, list[tuple[int, list[Token]]]] = {}
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
            parts = [t for _, tokens in sorted(done.get(i, []), key=lambda p: p[0]) for t in tokens]
            out.append(replace(s, tokens=tuple(parts), parsed=True))
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

    def _run(self, sentences: Sequence[Sentence], group: list[tuple[int, int, int]]) -> list[list[Token]]:
        if not group:
            return []
        rows = []
        for i, a, b in group:
            ids, shapes, first = [_CLS], [0], [0]
            for t in sentences[i].tokens[a:b]:
                first.append(len(ids))
                piece = self._pieces(t.text)
                ids.extend(piece)
                shapes.extend([word_shape(t.text)] * len(piece))
            rows.append(([*ids, _SEP], [*shapes, 0], first))
        size, words = max(len(r[0]) for r in rows), max(len(r[2]) for r in rows)
        feed = {n: np.zeros((len(rows), size), np.int64) for n in ("ids", "mask", "shapes")}
        feed |= {n: np.zeros((len(rows), words), np.int64) for n in ("first", "word_mask")}
        for k, (ids, shapes, first) in enumerate(rows):
            feed["ids"][k, : len(ids)], feed["mask"][k, : len(ids)] = ids, 1
            feed["shapes"][k, : len(ids)] = shapes
            feed["first"][k, : len(first)], feed["word_mask"][k, : len(first)] = first, 1
        arcs, relations, upos, xpos, ner = self._session.run(["arcs", "relations", "upos", "xpos", "ner"], feed)
        relations, upos, xpos, ner = (np.asarray(x).argmax(-1) for x in (relations, upos, xpos, ner))
        out = []
        for k, (i, a, b) in enumerate(group):
            n = b - a
            heads = best_tree(np.asarray(arcs)[k, : n + 1, : n + 1])
            out.append(self._tokens(sentences[i].tokens[a:b], a, heads, relations[k], upos[k], xpos[k], ner[k]))
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
            elif relation == "root":
                relation = "dep"
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


@lru_cache(maxsize=1)
def load_parser() -> Parser:
    """The shipped parser, loaded once."""
    return Parser(load_bundle())
