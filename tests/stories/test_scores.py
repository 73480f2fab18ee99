"""Scores of partitions against plain ways of getting the same, the reader of ECB+, and the floor of the clusters."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.cli import main
from communique.errors import DataMissing
from communique.evaluate.clusters import label
from communique.evaluate.ecb import read_ecb
from communique.evaluate.partitions import b_cubed, best_match, ceaf_e, conll, groups, muc
from communique.stories.sketch import sketch_of

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14).map(
    lambda pairs: ({str(n): a for n, (a, _) in enumerate(pairs)}, {str(n): b for n, (_, b) in enumerate(pairs)})
)


@given(labels)
def test_b_cubed_is_its_definition(pair: tuple[dict, dict]) -> None:
    gold, found = pair
    right = {i: {j for j in gold if gold[j] == gold[i]} for i in gold}
    got = {i: {j for j in gold if found[j] == found[i]} for i in gold}
    precision = sum(len(right[i] & got[i]) / len(got[i]) for i in gold) / len(gold)
    recall = sum(len(right[i] & got[i]) / len(right[i]) for i in gold) / len(gold)
    scores = b_cubed(gold, found)
    assert scores["precision"] == pytest.approx(precision, abs=1e-4)
    assert scores["recall"] == pytest.approx(recall, abs=1e-4)


@given(labels)
def test_ceaf_is_the_best_of_all_matches(pair: tuple[dict, dict]) -> None:
    wanted, got = groups(pair[0]), groups(pair[1])
    small, large = sorted((wanted, got), key=len)
    best = max(
        sum(2 * len(a & b) / (len(a) + len(b)) for a, b in zip(small, chosen)) for chosen in itertools.permutations(large, len(small))
    )
    assert ceaf_e(*pair)["recall"] == pytest.approx(best / len(wanted), abs=1e-4)
    assert ceaf_e(*pair)["precision"] == pytest.approx(best / len(got), abs=1e-4)


@given(labels)
def test_a_partition_against_itself_is_perfect(pair: tuple[dict, dict]) -> None:
    gold = pair[0]
    assert b_cubed(gold, gold)["f1"] == ceaf_e(gold, gold)["f1"] == 1.0
    assert muc(gold, gold)["f1"] in (0.0, 1.0)


def test_muc_counts_links() -> None:
    gold = {"a": 1, "b": 1, "c": 1, "d": 2}
    assert muc(gold, {"a": 1, "b": 1, "c": 2, "d": 2}) == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert conll(gold, gold)["conll_f1"] == 1.0


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6))
def test_best_match_is_the_best(rows: int, columns: int, seed: int) -> None:
    worth = np.random.Generator(np.random.PCG64(seed)).random((rows, columns))
    side = worth if rows <= columns else worth.T
    best = max(sum(side[r, c] for r, c in enumerate(p)) for p in itertools.permutations(range(side.shape[1]), side.shape[0]))
    assert best_match(worth) == pytest.approx(best)


XML = """<Document doc_name="{name}">
<token t_id="1" sentence="0" number="0">http</token>
<token t_id="2" sentence="1" number="0">Guards</token>
<token t_id="3" sentence="1" number="1">shot</token>
<token t_id="4" sentence="1" number="2">``</token>
<token t_id="5" sentence="1" number="3">him</token>
<token t_id="6" sentence="1" number="4">''</token>
<token t_id="7" sentence="1" number="5">.</token>
<Markables>
<ACTION_OCCURRENCE m_id="1"><token_anchor t_id="3"/></ACTION_OCCURRENCE>
<HUMAN_PART_PER m_id="2"><token_anchor t_id="2"/></HUMAN_PART_PER>
<ACTION_OCCURRENCE m_id="3" TAG_DESCRIPTOR="t1_shot" instance_id="ACT1" />
</Markables>
<Relations><CROSS_DOC_COREF r_id="9" note="ACT1"><source m_id="1" /><target m_id="3" /></CROSS_DOC_COREF></Relations>
</Document>"""


def corpus(folder: Path) -> Path:
    for name in ("1_1ecb.xml", "1_1ecbplus.xml", "1_2ecbplus.xml"):
        (folder / name).write_text(XML.format(name=name), encoding="utf-8")
    (folder / "ECBplus_coreference_sentences.csv").write_text("Topic,File,Sentence Number\n1,1ecbplus,1\n", encoding="utf-8")
    return folder


def test_ecb_is_read(tmp_path: Path) -> None:
    stories = read_ecb(corpus(tmp_path))
    assert [(s.document.id, s.happening) for s in stories] == [("1_1ecb", "1ecb"), ("1_1ecbplus", "1ecbplus"), ("1_2ecbplus", "1ecbplus")]
    assert stories[1].document.text == "Guards shot “him”."
    assert stories[0].document.text.startswith("http\n")
    mention = stories[1].mentions[0]
    assert stories[1].document.text[slice(*mention.span)] == "shot"
    assert (mention.chain, mention.judged, stories[2].mentions[0].judged) == ("ACT1", True, False)


def test_where_the_set_is_missing_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataMissing):
        read_ecb(tmp_path)
    assert main(["eval", "clusters", str(tmp_path / "none")]) == 1
    assert "ECB+" in capsys.readouterr().err


def test_sets_are_found_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dev").mkdir()
    corpus(tmp_path / "dev")
    monkeypatch.setenv("COMMUNIQUE_DATA", str(tmp_path))
    assert main(["eval", "clusters", "dev"]) == 0
    assert "cross_validated" in capsys.readouterr().out


def test_both_measures_run_on_a_small_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "clusters", str(corpus(tmp_path)), "--predictions", str(tmp_path / "kept.jsonl")]) == 0
    assert main(["eval", "coreference", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "cross_validated" in out and "found_recall" in out
    assert len((tmp_path / "kept.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_the_floor_of_clusters_from_text_alone(data: Path) -> None:
    path = data / "dev" / "clusters"
    if not path.exists():
        pytest.skip(f"ECB+ is not here ({path})")
    stories = read_ecb(path)
    found = label([sketch_of(s.document) for s in stories])
    assert b_cubed({s.document.id: s.happening for s in stories}, found)["f1"] >= 0.915
