"""Event types of a user's own codebook."""

from importlib import resources
from pathlib import Path

import pytest

import communique
from communique.cli import main
from communique.errors import OntologyError
from communique.extract.ontology import learn, read_ontology

EXAMPLE = Path(str(resources.files("communique.demo") / "ontology.yaml"))


def test_the_worked_example_is_learnt_and_coded():
    story = "Turkish customs officers closed the port of Mersin to Greek ships on Monday."
    with_own = communique.code(story, published="2024-01-09", ontology=EXAMPLE)[0]
    named = [e for e in with_own.events if e.why.get("own")]
    assert [e.type for e in named] == ["COERCE"]
    assert named[0].why["own"][0]["type"] == "PORT_CLOSURE" and 0.5 <= named[0].why["own"][0]["score"] <= 1
    assert not any(e.why.get("own") for e in communique.code(story, published="2024-01-09")[0].events)


def test_counterexamples_keep_other_senses_out():
    record = communique.code("The theatre in Athens closed its doors to visitors from Turkey at six.", ontology=EXAMPLE)[0]
    assert not any(e.why.get("own") for e in record.events)


def test_most_examples_are_found_when_left_out():
    assert learn(read_ontology(EXAMPLE)[0]).found >= 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("types: []", "list under 'types'"),
        ("types: 3", "list under 'types'"),
        ("types:\n  - 5", "no mapping"),
        ("types:\n  - name: X\n    plover: NOPE", "PLOVER type"),
        ("types:\n  - name: X\n    plover: AID", "definition"),
        ("types:\n  - name: X\n    plover: AID\n    definition: d\n    examples: ['He [gave] it.']", "5 to 50"),
        (
            "types:\n  - name: X\n    plover: AID\n    definition: d\n    examples: ['He gave it.', '[a]', '[a]', '[a]', '[a]']",
            "square brackets",
        ),
        ("types: [", "cannot be read"),
    ],
)
def test_a_malformed_codebook_says_what_to_mend(tmp_path: Path, text: str, words: str):
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(OntologyError, match=words):
        read_ontology(tmp_path / "own.yaml")


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["ontology", "example"]) == 0
    assert capsys.readouterr().out == EXAMPLE.read_text(encoding="utf-8")
    assert main(["ontology", "check", str(EXAMPLE)]) == 0
    assert "PORT_CLOSURE under COERCE" in capsys.readouterr().out
    assert main(["ontology", "check", str(tmp_path / "none.yaml")]) == 1
    assert "C310" in capsys.readouterr().err
