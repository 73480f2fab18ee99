"""Quotation marks, speech frames, statements and their scorer."""

from __future__ import annotations

import time

import pytest

from communique.encoder.parser import load_parser
from communique.evaluate.quotes import GoldAttribution, score_article, score_quotes
from communique.extract.quote_marks import find_quotes
from communique.extract.speech_frames import attribution_spans, load_cues
from communique.extract.statements import find_statements
from communique.extract.times import find_times
from communique.resolve.actors import find_mentions
from communique.settings import data_folder
from communique.text.sentences import split_sentences
from communique.types import Analysis, Document, Statement


def document(text: str) -> Document:
    return Document(id="t", title=None, publisher=None, url=None, language="en", published="2021-03-04", text=text)


def analysis(text: str) -> Analysis:
    doc = document(text)
    sentences = tuple(load_parser().parse(split_sentences(doc)))
    return Analysis(document=doc, sentences=sentences, mentions=find_mentions(doc, sentences), times=find_times(doc, sentences), places=())


def statements(text: str) -> tuple[Statement, ...]:
    return find_statements(analysis(text))


def quoted(text: str) -> list[str]:
    return [text[q.span[0] : q.span[1]] for q in find_quotes(text, split_sentences(document(text)))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('The minister said "we stand firm" on Monday.', ["we stand firm"]),
        ("The minister said “we stand firm” on Monday.", ["we stand firm"]),
        ("The minister said «we stand firm» on Monday.", ["we stand firm"]),
        ("The minister said ‹we stand firm› on Monday.", ["we stand firm"]),
        ("The minister said „we stand firm“ on Monday.", ["we stand firm"]),
        ("The minister said ‘we don’t yield’ on Monday.", ["we don’t yield"]),
        ("The workers' union said 'we don't yield' on Monday.", ["we don't yield"]),
        ("The soldiers' families and the miners' union met.", []),
        ("“He told us ‘wait here’ twice,” the envoy said.", ["He told us ‘wait here’ twice,"]),
        ("“First part of it.\n\n“Second part of it,” the envoy said.", ["First part of it.", "Second part of it,"]),
    ],
)
def test_marks(text: str, wanted: list[str]) -> None:
    assert quoted(text) == wanted


def test_many_open_marks_are_cheap() -> None:
    text = "'a " * 10000
    sentences = split_sentences(document(text))
    start = time.perf_counter()
    find_quotes(text, sentences)
    assert time.perf_counter() - start < 2


def test_split_quote_is_two_statements_of_one_speaker() -> None:
    found = [s for s in statements("“The talks will go on,” Russia's foreign ministry said, “until a deal is reached.”") if s.direct]
    assert [s.text for s in found] == ["The talks will go on,", "until a deal is reached."]
    assert [s.speaker.country if s.speaker else None for s in found] == ["RUS", "RUS"]


def test_reported_speech_has_the_clause() -> None:
    found = statements("Iran said that it would resume the inspections.")
    assert [(s.direct, s.verb, s.text, s.speaker.country if s.speaker else None) for s in found] == [
        (False, "say", "that it would resume the inspections", "IRN")
    ]


def test_scare_quotes_are_no_statement() -> None:
    assert [s for s in statements("The so-called “truce” collapsed within hours.") if s.direct] == []


def test_addressee_and_date() -> None:
    found = statements("Turkey told Greece on Wednesday that the survey would continue.")
    assert found[0].addressee is not None and found[0].addressee.country == "GRC"
    assert found[0].date is not None and found[0].date.text is not None and "Wednesday" in found[0].date.text


def test_stance_of_frames() -> None:
    frames = attribution_spans(analysis("Ukraine accused Russia of shelling the port. Russia denied that it had shelled the port."))
    assert [(f.lemma, f.stance) for f in frames] == [("accuse", "alleges"), ("deny", "denies")]


def test_cue_table() -> None:
    assert {c.stance for c in load_cues().values()} == {"asserts", "alleges", "denies", "doubts"}


def test_scorer_counts_a_wrong_speaker_as_wrong() -> None:
    text = "“We agree,” Chile said. Peru left."
    gold = (GoldAttribution(source=((12, 17),), content=((1, 10),)),)
    found = tuple(s for s in statements(text) if s.direct)
    assert score_article(text, found, gold, ((1, 10),))["direct_right"] == 1
    wrong = (GoldAttribution(source=((24, 28),), content=((1, 10),)),)
    assert score_article(text, found, wrong, ((1, 10),))["direct_right"] == 0


def test_quotes_of_the_measuring_set() -> None:
    archive = data_folder() / "dev" / "quotes" / "polnear-dev.tar.gz"
    if not archive.exists():
        pytest.skip("PolNeAR is not on this machine")
    assert score_quotes(archive, every=12)["direct"]["f1"] > 0.5
