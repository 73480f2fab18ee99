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
from communique.encoder.readings import LEAST, softmax
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


def test_a_sentence_is_read_the_same_beside_others_and_in_any_order():
    s = split_sentences(
        document("Rebels attacked the village on Sunday. The minister, who had left Oslo, met the envoy. Police freed 12 hostages.")
    )
    together, turned = load_parser().parse(s), load_parser().parse(s[::-1])[::-1]
    for k, one in enumerate(s):
        (alone,) = load_parser().parse([one])
        for other in (together[k], turned[k]):
            assert other.tokens == alone.tokens and other.reading is not None and alone.reading is not None
            assert other.reading.actors == alone.reading.actors and other.reading.contents == alone.reading.contents
            assert [(t.token, t.scores) for t in other.reading.triggers] == [(t.token, t.scores) for t in alone.reading.triggers]
            assert all(np.array_equal(a.roles, b.roles) for a, b in zip(other.reading.triggers, alone.reading.triggers, strict=True))
    assert all(x.reading and x.reading.triggers for x in together)


def test_roles_are_scored_for_all_words_that_are_read_as_triggers():
    reader = load_parser()
    s = reader.parse(split_sentences(document("Iraq shelled Kuwait on Friday and condemned the talks that Oslo had asked for.")))[0]
    nothing, words, roles = reader._session.run(["trigger", "role_words", "roles"], reader._feed(s.tokens))
    likely = 1 - softmax(np.asarray(nothing))[:, 0]
    assert {i + 1 for i in np.flatnonzero(likely[1:] >= LEAST)} <= set(words) and len(words) < len(s.tokens)
    assert np.asarray(roles).shape[:2] == (len(words), len(s.tokens) + 1)


def test_a_pair_is_scored_only_where_mentions_are_marked():
    reader = load_parser()
    tokens = split_sentences(document("Iraq shelled Kuwait on Friday."))[0].tokens
    (plain,) = reader._session.run(["marked"], reader._feed(tokens))
    (asked,) = reader._session.run(["marked"], reader._feed(tokens, {0: 1, 2: 2}))
    assert not np.any(plain) and np.all(asked) and np.shape(plain) == np.shape(asked)


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


def test_a_word_that_is_a_piece_is_looked_up_and_gets_the_same_pieces(monkeypatch: pytest.MonkeyPatch):
    reader = load_parser()
    for word in ("government", "Oslo", "NATO", "unk", "scrambled", "Balikatan", "don’t", "café", "1,200", "U.S."):
        ids = reader._tokenizer.encode(word.translate({0x2019: "'"}), add_special_tokens=False).ids
        assert reader._encode_word(word)[0] == tuple(ids)

    class Lookup:
        token_to_id = reader._tokenizer.token_to_id

    monkeypatch.setattr(reader, "_tokenizer", Lookup())
    assert len(reader._encode_word("Government")[0]) == 1
