"""The parser's bundle, its trees and their decoding."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.encoder.bundle import load_bundle
from communique.encoder.decode import best_tree
from communique.encoder.parser import load_parser
from communique.errors import ModelError
from communique.evaluate.parser import score_parser
from communique.text.sentences import split_sentences
from conftest import document


def test_altered_model_is_refused(tmp_path: Path):
    source = load_bundle().model.parent
    for name in ("bundle.json", "tokenizer.json"):
        shutil.copy(source / name, tmp_path / name)
    (tmp_path / "parser.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="hash"):
        load_bundle(tmp_path)
    (tmp_path / "parser.onnx").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_bundle(tmp_path)


def test_bundle_names_its_labels():
    facts = json.loads((load_bundle().model.parent / "bundle.json").read_text())
    assert {"nsubj", "nsubj:pass", "obl:agent"} <= set(facts["relations"])


def test_passive_is_parsed():
    s = load_parser().parse(split_sentences(document("The village was attacked by rebels on Sunday.")))[0]
    by = {t.text: t for t in s.tokens}
    assert by["attacked"].rel == "root" and by["village"].rel == "nsubj:pass" and by["attacked"].lemma == "attack"


def test_very_long_sentences_are_parsed_whole():
    words = "The envoy from Oslo met the envoy from Bern and " * 60
    s = load_parser().parse(split_sentences(document(words[:1900] + "left.")))
    assert all(len(x.tokens) and x.parsed for x in s)
    assert all(t.head < len(x.tokens) for x in s for t in x.tokens)


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_decoding_gives_a_tree_with_one_root(n: int, seed: int):
    heads = best_tree(np.random.default_rng(seed).normal(size=(n, n)))
    assert sum(h == 0 for h in heads[1:]) == 1
    for i in range(1, n):
        k, steps = i, 0
        while k and steps <= n:
            k, steps = int(heads[k]), steps + 1
        assert k == 0


@pytest.mark.parametrize(("part", "floor"), [("ud_ewt/en_ewt-ud-dev.conllu", 0.87), ("ud_gum_open/en_gum_open-dev.conllu", 0.85)])
def test_attachment_floors(data: Path, part: str, floor: float):
    assert score_parser(data / "train" / part)["las"] >= floor
