"""Rules and encoder together: readings, the combination, its settings, and the scorers that judge it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import communique
from communique.cli import main
from communique.encoder.bundle import load_bundle
from communique.encoder.parser import load_parser
from communique.encoder.readings import joined, softmax, spans
from communique.errors import ModelError, UsageError
from communique.evaluate.compare import compare
from communique.evaluate.confusion import confused
from communique.evaluate.corpus import calibration_error, matches, score_corpus
from communique.extract.candidates import candidates
from communique.extract.decide import FEATURES, alternatives, decide, weights
from communique.extract.events import decided, head_index
from communique.extract.learnt import learnt
from communique.pipeline import Coder, analyse, record_of
from communique.types import Actor, Reading, TriggerReading
from conftest import document

STORY = (
    "Kenya expelled two Somali diplomats on Tuesday after gunmen attacked a bus near Garissa. The African Union urged both countries to talk, "
    "and Somalia denied that it had armed the gunmen."
)


def test_every_coder_files_and_says_who_decided():
    for coder in ("both", "rules", "encoder"):
        record = communique.code(STORY, published="2024-01-10", coder=coder, min_score=0.0)[0]
        assert record.events, coder
        allowed = {"both": {"rules", "encoder", "both"}, "rules": {"rules"}, "encoder": {"encoder"}}[coder]
        assert {e.why["coder"] for e in record.events} <= allowed
    with pytest.raises(UsageError):
        Coder(coder="nobody")


def test_a_higher_least_score_only_takes_away():
    analysis = analyse(document(STORY))
    every = {(e.type, e.trigger) for e in record_of(analysis, min_score=0.0).events}
    some = record_of(analysis, min_score=0.5).events
    assert {(e.type, e.trigger) for e in some} <= every and all(e.score >= 0.5 for e in some)


def _told(text: str) -> list[tuple[str, str]]:
    """Type and trigger word of each event of a story."""
    record = communique.code(text, published="2024-01-10")[0]
    return [(e.type, text[slice(*e.trigger)]) for e in record.events if e.trigger]


@pytest.mark.parametrize(
    "text",
    [
        "Kenya on Monday lifted the ban on Somali fishing boats.",
        "Sudan on Monday halted its bombing of rebel towns in South Kordofan.",
        "Uganda eased its embargo on Rwanda on Friday.",
    ],
)
def test_what_is_given_up_is_no_event_of_its_own(text: str):
    assert [t for t, _ in _told(text)] in (["CONCEDE"], ["RETREAT"])


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Kenyan negotiators on Tuesday resumed talks with Somalia.", ("CONSULT", "talks")),
        ("Chile floated an offer on Monday to share water with Bolivia.", ("AGREE", "offer")),
    ],
)
def test_of_two_words_for_one_happening_the_surer_one_tells_it(text: str, event: tuple[str, str]):
    assert _told(text) == [event]


def test_where_the_encoder_is_sure_of_the_parties_they_are_its():
    analysis = analyse(document("Kenya expelled two Somali diplomats on Tuesday."))
    (sentence,), heads = analysis.sentences, head_index(analysis.mentions)[0]
    (rule,), (twin,) = candidates(sentence, heads), learnt(sentence, heads)
    uganda = Actor(name="Uganda", country="UGA")
    ((both, _),), *rest = alternatives([replace(rule, recipients=(*rule.recipients, uganda))], [twin], sentence)
    assert not rest and both.coder == "both"
    assert (both.actors, both.recipients) == (twin.actors, twin.recipients)


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("Peru denied on Monday that it had sheltered the rebels at its base.", []),
        ("Lawyers in Quito urged judges to free Mayor Luis Paredes.", ["Judges (Ecuador)"]),
    ],
)
def test_who_stands_in_what_is_said_is_told_nothing(text: str, recipients: list[str]):
    (event,) = communique.code([text], published="2024-01-10")[0].events
    assert [a.name for a in event.recipients] == recipients and len(event.actors) == 1


def test_a_denial_that_names_nobody_is_filed():
    record = communique.code("Peru denied on Monday having ordered the raid.", published="2024-01-10")[0]
    assert [(e.type, [a.country for a in e.actors], e.recipients) for e in record.events] == [("REJECT", ["PER"], ())]


def test_scores_are_probabilities_with_a_weight_for_each_feature():
    assert set(weights()) == {"both", "rules", "encoder"} and all(len(w) == len(FEATURES) for w in weights().values())
    analysis = analyse(document(STORY))
    heads = head_index(analysis.mentions)
    for s in analysis.sentences:
        for c in decided(s, heads.get(s.index, {}), analysis.places, "both"):
            assert 0 <= c.score <= 1
            for options in alternatives([c], [], s):
                assert all(np.isfinite(x).all() and len(x) == len(FEATURES) for _, x in options)
    assert decide([], [], analysis.sentences[0]) == []


def test_a_story_reads_the_same_alone_and_among_others():
    others = ["Peru and Chile signed a treaty.", STORY, "The envoy left Oslo on Monday after talks with rebels from Mali had failed."]
    alone = communique.code(STORY, published="2024-01-10")[0]
    among = communique.code(others, published="2024-01-10")[1]
    assert alone.events == among.events and alone.statements == among.statements


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_joined_readings_cover_the_whole_sentence(sizes: list[int], data: st.DataObject):
    parts, at = [], 0
    for n in sizes:
        k = data.draw(st.integers(0, n - 1))
        rows = np.full((n, 2), 0.5, np.float32)
        parts.append(
            (
                n,
                Reading(
                    actors=((at, at, None),),
                    triggers=(TriggerReading(token=at + k, scores=(0.1, 0.9), status="past", mode=None, roles=rows),),
                    contents=(),
                ),
            )
        )
        at += n
    whole = joined(parts)
    assert whole is not None and len(whole.triggers) == len(sizes)
    assert all(len(t.roles) == sum(sizes) for t in whole.triggers)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_spans_are_within_and_apart(labels: list[int]):
    found = spans(labels, 1, 2)
    assert all(0 <= a <= b < len(labels) and labels[a] in (1, 2) for a, b in found)
    assert all(b < c for (_, b), (c, _) in zip(found, found[1:], strict=False))


def test_softmax_sums_to_one():
    assert np.allclose(softmax(np.array([[1.0, 2.0, 1000.0]])).sum(), 1.0)


def test_marked_pairs_are_read():
    s = load_parser().parse(analyse(document("Iraq shelled Kuwait on Friday.")).sentences)[0]
    scores = load_parser().relate([(s, [0], [2]), (s, [2], [0])])
    assert all(abs(sum(x.values()) - 1) < 1e-3 for x in scores)
    assert max(scores[0], key=scores[0].__getitem__) == "ASSAULT"


def test_bundle_of_another_version_or_without_a_file_is_refused(tmp_path: Path):
    source = load_bundle().model.parent
    shutil.copytree(source, tmp_path / "b")
    facts = json.loads((tmp_path / "b" / "bundle.json").read_text())
    (tmp_path / "b" / "bundle.json").write_text(json.dumps({**facts, "version": 2}))
    with pytest.raises(ModelError, match="version 2"):
        load_bundle(tmp_path / "b")
    shutil.copy(source / "bundle.json", tmp_path / "b" / "bundle.json")
    (tmp_path / "b" / "calibration.json").write_text("{}")
    with pytest.raises(ModelError, match="hash"):
        load_bundle(tmp_path / "b")
    (tmp_path / "b" / "calibration.json").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_bundle(tmp_path / "b")


def test_own_corpus_is_scored_from_its_json(tmp_path: Path):
    text = "Iraq shelled Kuwait on Friday."
    block = {
        "id": "x-1", "genre": "lead", "published": "1990-08-03", "title": False, "text": text, "sentences": [[0, len(text)]],
        "actors": [
            {"id": "a1", "spans": [[0, 4]], "country": "IRQ", "organization": None, "sector": "GOV"},
            {"id": "a2", "spans": [[13, 19]], "country": "KWT", "organization": None, "sector": "MIL"},
        ],
        "events": [{"id": "e1", "type": "ASSAULT", "actors": ["a1"], "recipients": ["a2"], "status": "past", "spans": [[5, 12]]}],
    }  # fmt: skip
    (tmp_path / "corpus.jsonl").write_text(json.dumps(block) + "\n")
    parts = [score_corpus(tmp_path, part=p) for p in ("train", "tune", "test")]
    assert sum(p["gold"] for p in parts) == 1
    assert sum(p["events"]["f1"] for p in parts) == 1.0
    (scored,) = [p for p in parts if p["gold"]]
    assert scored["whole_events"]["f1"] == 1.0
    assert scored["parties"] == {"country": 1.0, "organization": 1.0, "sector": 0.5}
    wrong = communique.code("Kuwait shelled Iraq on Friday.")[0].events[0]
    assert not matches(wrong, block["events"][0], {"a1": [(0, 4)], "a2": [(13, 19)]}) or wrong.actors[0].country == "KWT"


def test_calibration_error_of_a_perfect_and_of_a_boastful_score():
    assert calibration_error([(1.0, True)] * 5 + [(0.0, False)] * 5) == 0.0
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)


def test_predictions_are_compared_pair_by_pair(tmp_path: Path):
    rows = [("ACCUSE", "ACCUSE", "AID"), ("AID", "AID", "AID"), ("REJECT", "REJECT", "AID")] * 10
    for name, k in (("good", 1), ("bad", 2)):
        lines = [f"{i}\t{r[0]}\t{r[k]}" for i, r in enumerate(rows)]
        (tmp_path / name).write_text("id\tgold_root\tpredicted_root\n" + "\n".join(lines) + "\n")
    found = compare(tmp_path / "bad", tmp_path / "good")
    assert found["difference"] > 0.5 and found["low"] > 0 and found["p_b_not_better"] == 0.0
    assert main(["eval", "compare", str(tmp_path / "bad"), str(tmp_path / "none")]) == 2


def test_confusion_is_drawn_from_predictions(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = "id\tsentence\tmarked_sentence\tgold_root\tgold_quad\n1\t-\t<s>Iraq</s> shelled <t>Kuwait</t>.\tASSAULT\t4\n"
    (tmp_path / "pairs.tsv").write_text(rows + "2\t-\t<s>Iraq</s> shelled <t>Kuwait</t>.\tAID\t2\n")
    assert main(["eval", "pairs", str(tmp_path / "pairs.tsv"), "--confusion", str(tmp_path / "c.svg")]) == 0
    assert "AID coded as ASSAULT: 1" in (tmp_path / "c.svg").read_text() and "root_macro_f1" in capsys.readouterr().out
    assert main(["eval", "times", str(tmp_path), "--confusion", str(tmp_path / "c.svg")]) == 2
    block = {"id": "x", "types": [["AID", None], ["AID", "AGREE"]]}
    (tmp_path / "p.jsonl").write_text(json.dumps(block) + "\n")
    assert confused(tmp_path / "p.jsonl") == {("AID", "nothing"): 1, ("AID", "AGREE"): 1}


def test_options_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "s.txt").write_text(STORY)
    assert main(["code", str(tmp_path / "s.txt"), "--coder", "rules", "--min-score", "0", "--format", "jsonl", "--quiet"]) == 0
    assert {e["why"]["coder"] for e in json.loads(capsys.readouterr().out)["events"]} == {"rules"}
    assert main(["code", str(tmp_path / "s.txt"), "--min-score", "2"]) == 2
