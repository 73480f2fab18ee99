"""The large encoder of communique-large: `--quality best`."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import communique
from communique.cli import main
from communique.encoder.bundle import bundle_folder, load_bundle
from communique.encoder.parser import Large, load_large, load_parser
from communique.encoder.readings import mean_of, unsure
from communique.errors import ModelError, UsageError
from communique.pipeline import analyse
from communique.run.fingerprint import fingerprint
from communique.text.sentences import split_sentences
from communique.types import Reading, TriggerReading
from conftest import document

WIRE = (
    "Kenya's foreign minister told reporters that Nairobi would never again allow Sudanese rebels to use its soil. "
    "Ghana and Togo signed a fishing accord on Monday."
)
large = pytest.mark.skipif(find_spec("communique_large") is None, reason="the large encoder is not installed: pip install ./large")


@large
def test_where_the_shipped_one_is_unsure_the_large_one_reads():
    sentences = load_parser().parse(split_sentences(document(WIRE)))
    again = load_large().again(sentences)
    for before, after in zip(sentences, again, strict=True):
        assert before.reading is not None and after.reading is not None
        assert after.reading.quality == ("best" if unsure(before.reading) else "fast")
        assert after.tokens == before.tokens
    assert any(s.reading and s.reading.quality == "best" for s in again)


@large
def test_a_sure_reading_is_kept():
    (sentence,) = load_parser().parse(split_sentences(document("The lake was calm.")))
    assert load_large().again([sentence])[0] is sentence


@large
def test_a_sentence_is_read_the_same_in_any_order():
    sentences = load_parser().parse(split_sentences(document(WIRE)))
    there, back = load_large().again(sentences), load_large().again(sentences[::-1])[::-1]
    assert [s.reading for s in there] == [s.reading for s in back]


@large
def test_command_line_and_api_give_the_same_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    story = tmp_path / "story.txt"
    story.write_text(WIRE)
    assert main(["code", str(story), "--published", "2024-05-07", "--quality", "best", "--format", "jsonl"]) == 0
    told = json.loads(capsys.readouterr().out)
    record = communique.code(WIRE, published="2024-05-07", quality="best")[0]
    assert [(e["type"], e["score"]) for e in told["events"]] == [(e.type, e.score) for e in record.events]
    assert record.events


@large
def test_a_dataset_knows_what_it_was_coded_with(tmp_path: Path):
    story = tmp_path / "story.txt"
    story.write_text(WIRE)
    assert communique.run(story, into=tmp_path / "data", workers=0).stories == 1
    assert communique.run(story, into=tmp_path / "data", workers=0, quality="best").known == 1
    again = communique.run((), into=tmp_path / "data", workers=0, recode=True, quality="best")
    assert again.stories == 1 and again.stale == 0
    assert fingerprint("best").model != fingerprint().model


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "communique_large", None)
    with pytest.raises(ModelError, match="pip install communique-large"):
        bundle_folder("best")


@large
def test_altered_files_are_refused(tmp_path: Path):
    source = bundle_folder("best")
    for file in source.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "calibration.json").unlink()
    text = (source / "calibration.json").read_text()
    (tmp_path / "calibration.json").write_text(text.replace("1", "2", 1))
    with pytest.raises(ModelError, match="hash"):
        load_bundle(tmp_path)
    (tmp_path / "calibration.json").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_bundle(tmp_path)


@large
def test_another_inventory_is_refused(monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from communique.encoder import parser

    small = load_bundle()
    strange = replace(load_bundle(bundle_folder("best")), types=(*small.types, "FEAST"))
    monkeypatch.setattr(parser, "load_bundle", lambda folder=None: strange if folder else small)
    with pytest.raises(ModelError, match="another version"):
        load_large.__wrapped__()


def test_an_unknown_quality_is_refused():
    with pytest.raises(UsageError, match="fast, best"):
        communique.code("Rebels attacked the village.", quality="huge")  # type: ignore[arg-type]


@large
def test_wheel_is_within_its_limit():
    assert sum(f.stat().st_size for f in bundle_folder("best").iterdir()) < 130_000_000
    assert isinstance(load_large(), Large)


@large
def test_threshold_and_weights_are_its_own():
    from communique.extract.decide import threshold, weights

    assert weights("best")["both"] != weights()["both"]
    assert 0 < threshold("both", "best") < 1
    assert analyse(document(WIRE), quality="best").quality == "best"


def test_the_mean_of_two_readings():
    def word(token: int, scores: tuple[float, ...], role: float, status: str) -> TriggerReading:
        return TriggerReading(token=token, scores=scores, status=status, mode=None, roles=np.array([[1 - role, role]], np.float32))

    small = Reading(actors=(), triggers=(word(1, (0.2, 0.8, 0.0), 0.2, "past"), word(4, (0.8, 0.2, 0.0), 0.9, "past")), contents=())
    large = Reading(
        actors=((0, 0, "GOV"),), triggers=(word(1, (0.4, 0.0, 0.6), 0.6, "planned"), word(6, (0.0, 1.0, 0.0), 0.5, "past")), contents=(),
        quality="best",
    )  # fmt: skip
    mean = mean_of(small, large)
    assert mean.actors == large.actors and mean.quality == "best"
    assert [t.token for t in mean.triggers] == [1, 6], "what one sees faintly and the other not at all is no trigger"
    assert mean.triggers[0].scores == pytest.approx((0.3, 0.4, 0.3)) and mean.triggers[0].status == "planned"
    assert mean.triggers[0].roles[0, 1] == pytest.approx(0.4)
    assert mean.triggers[1].scores == pytest.approx((0.5, 0.5, 0.0)) and mean.triggers[1].roles[0, 1] == pytest.approx(0.5)
