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
    start = time.process_time()
    find_quotes(text, sentences)
    assert time.process_time() - start < 2


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


def said(text: str) -> list[tuple[str | None, str, str | None]]:
    return [(s.speaker.name if s.speaker else None, s.text, s.verb) for s in statements(text)]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("The talks will resume in June, according to the foreign ministry.", "foreign ministry", "The talks will resume in June"),
        ("The bridge will reopen in May, engineers said.", "engineers", "The bridge will reopen in May"),
        ("The ambassador called for an end to the war.", "ambassador", "an end to the war"),
        ("The general, who said that the base was safe, left on Monday.", "general", "that the base was safe"),
        ("The deputies are opposed to the treaty.", "deputies", "the treaty"),
        ("The mayor dismissed its claim that the dam had failed.", "mayor", "its claim that the dam had failed"),
    ],
)
def test_reported_speech(text: str, speaker: str, words: str) -> None:
    assert any(who is not None and speaker in who.casefold() and what == words for who, what, _ in said(text))


def test_what_stands_in_reported_words_is_no_statement_of_its_own() -> None:
    assert len(statements("The minister said that the union wants to end the strike.")) == 1


def test_a_quote_is_not_told_twice() -> None:
    found = statements("“We shall return to the table,” Foreign Minister Ana Soto of Chile said.")
    assert [(s.direct, s.text) for s in found] == [(True, "We shall return to the table,")]


def test_one_word_in_marks_is_a_statement_only_where_somebody_calls_something_so() -> None:
    assert [s.text for s in statements("The mayor called the tunnel “hopeless” on Friday.") if s.direct] == ["hopeless"]
    assert not [s for s in statements("The mayor supports the “green” tunnel.") if s.direct]


def test_signed_quotes() -> None:
    found = statements("“The bus never came on time.” — Ana Duarte\n\n“We walked to school every day.” — Piet Maas")
    assert [s.speaker.name if s.speaker else None for s in found if s.direct] == ["Ana Duarte", "Piet Maas"]


def test_transcript_labels_name_the_speaker() -> None:
    text = '"MARLOW: Will the ferry run this winter?"\n\n"KEANE: It will run, and every harbour will be served."'
    assert [(s.speaker.name if s.speaker else None, s.text) for s in statements(text)] == [
        ("MARLOW", "Will the ferry run this winter?"),
        ("KEANE", "It will run, and every harbour will be served."),
    ]


def test_a_dateline_is_no_transcript() -> None:
    assert statements("LISBON: The river rose overnight.") == ()


def test_tag_behind_a_question() -> None:
    found = [s for s in statements("“Where are the boats?” the admiral asked. Nobody answered.") if s.direct]
    assert [s.speaker.name if s.speaker else None for s in found] == ["Admiral"]


def test_heading_in_marks_is_no_statement() -> None:
    text = "The envoy left the hall without a word.\n\n‘The Long Road Home’\n\nThe envoy said that talks would go on."
    assert not [s for s in statements(text) if s.direct]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        (
            "There is no risk of a flood, officials in both towns insist, because the dam was built to last.",
            "officials",
            "There is no risk of a flood, officials in both towns insist, because the dam was built to last",
        ),
        (
            "The bridge, which, engineers said, is eighty years old, will close in May.",
            "engineers",
            "which, engineers said, is eighty years old",
        ),
        (
            "Two of the three pumps at the plant have failed, the newspaper reports.",
            "newspaper",
            "Two of the three pumps at the plant have failed",
        ),
        ("The bill was too high, he said, wiping his brow.", "he", "The bill was too high"),
        ("The minister's bet is that prices will fall before the harvest.", "minister", "that prices will fall before the harvest"),
        ("The judge said the law was clear and urged the clerks to follow it.", "judge", "the clerks to follow it"),
        ("The board decided against selling the land by the river.", "board", "selling the land by the river"),
        ("The union warned drivers that the road will be blocked.", "union", "that the road will be blocked"),
        (
            "The rebels claimed responsibility for the attack but the army has said it does not believe them.",
            "army",
            "it does not believe them",
        ),
    ],
)
def test_content_of_set_in_and_following_cues(text: str, speaker: str, words: str) -> None:
    found = said(text)
    assert any(who is not None and speaker in who.casefold() and words in what for who, what, _ in found), found


def test_a_cue_that_only_qualifies_is_no_statement() -> None:
    assert statements("The guards found migrants seeking to cross the river.") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The clerk was charged with stealing files from the court.", "The clerk was charged with stealing files from the court"),
        ("The plan seems to have failed.", "The plan seems to have failed"),
        ("It is not clear whether the mill will open again.", "whether the mill will open again"),
        ("There were accusations that the vote had been rigged.", "that the vote had been rigged"),
    ],
)
def test_what_nobody_is_named_for(text: str, words: str) -> None:
    assert [(who, what) for who, what, _ in said(text)] == [(None, words)]


def test_a_name_in_marks_is_no_statement() -> None:
    for text in (
        'The two navies began an exercise named "Coral Guard 2023" on Monday.',
        'The storm, dubbed "Anna Grey Wind" by sailors, came.',
    ):
        assert [s for s in statements(text) if s.direct] == []


def test_a_transcript_without_marks_gives_its_turns() -> None:
    found = said("HOST: Do you think the harbour should close?\n\nDIVER: I think it should. People want clean water.")
    assert [(who, what) for who, what, _ in found] == [
        ("HOST", "Do you think the harbour should close?"),
        ("DIVER", "I think it should. People want clean water."),
    ]
