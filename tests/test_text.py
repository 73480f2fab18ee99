"""Words, sentences, titles and datelines."""

import pytest

from communique.text import language
from communique.text.sentences import split_sentences
from communique.text.tokens import tokenize
from communique.text.tree import found_in, sentences_of, words_in
from communique.types import Interval, Sentence
from conftest import document


def texts(text: str, title: str | None = None) -> list[tuple[str, str]]:
    d = document(text)
    return [(s.kind, s.text) for s in split_sentences(type(d)(**{**{f: getattr(d, f) for f in d.__slots__}, "title": title}))]


def test_abbreviations_do_not_end_sentences():
    got = texts("Gen. Marta Ruiz met U.S. officials in St. Louis. The No. 2 envoy, Mr. Tan, left on Aug. 3. He flew home.")
    assert [t for _, t in got] == [
        "Gen. Marta Ruiz met U.S. officials in St. Louis.",
        "The No. 2 envoy, Mr. Tan, left on Aug. 3.",
        "He flew home.",
    ]


def test_abbreviation_ends_a_sentence_before_a_usual_start():
    assert len(texts("Talks were held in the U.S. The envoys then flew to Oslo.")) == 2


def test_quotes_stay_with_their_sentence():
    got = texts('"We will not yield." The minister left the room. “Peace is near,” she had said.')
    assert next(t for _, t in got) == '"We will not yield."'
    assert len(got) == 3


def test_dateline_is_set_apart():
    got = texts("NAIROBI, Aug. 17 (Reuters) -- Kenya sent troops to the border. It gave no number.")
    assert got[0] == ("heading", "NAIROBI, Aug. 17 (Reuters) --")
    assert got[1] == ("body", "Kenya sent troops to the border.")


@pytest.mark.parametrize(
    "dateline",
    [
        "LAGOS, Nigeria (AP)_",
        "LAGOS, Nigeria (AP) _",
        "LAGOS, Nigeria (AP) -",
        "LAGOS (Reuters) -",
        "PORT MORESBY, Papua New Guinea (AP) --",
        "LAGOS, February 10 (Xinhua) --",
    ],
)
@pytest.mark.parametrize("gap", [" ", "\n\n"])
def test_datelines_of_agencies(dateline: str, gap: str):
    assert texts(f"{dateline}{gap}Troops left the port.") == [("heading", dateline), ("body", "Troops left the port.")]


def test_repeated_title_is_recognised():
    got = texts("Kenya and Uganda sign border\n\nKenya and Uganda sign border treaty\n\nKenya and Uganda signed a border treaty on Friday.")
    assert [k for k, _ in got] == ["title", "title", "body"]


def test_hard_wrapped_text_is_one_paragraph():
    text = "The central bank of Norway said on Monday that it\nwould keep its rate, because prices had been rising\nmore slowly than in the spring and because the\ncrown had gained."
    assert len(texts(text)) == 1


def test_contractions_and_genitives_are_split():
    assert [t.text for t in tokenize("Iran’s envoy can't say.")] == ["Iran", "’s", "envoy", "ca", "n't", "say", "."]


def test_words_in_a_span_are_those_that_begin_there():
    (first, second) = split_sentences(document("Rebels took Goma. The army left the town."))
    goma = (first.tokens[2].start, first.tokens[2].end)
    assert list(words_in(first, goma)) == [2] and list(words_in(first, (0, 11))) == [0, 1] and not words_in(second, goma)


def test_plain_english_needs_no_identifier_and_another_language_is_told(monkeypatch: pytest.MonkeyPatch):
    danish = "Ministeren sagde i går at regeringen har besluttet at sende to skibe til øen, for at hjælpe de fiskere som er strandet efter stormen, og at der ikke er tale om en øvelse men om hjælp."
    assert language.identify(danish) not in (None, "en")

    def identifier() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(language, "_identifier", identifier)
    assert (
        language.identify(
            "The two ships, which left Oslo on Friday, carry food for villages cut off by snow. Crews from four towns will " * 2
        )
        == "en"
    )


def test_what_stands_in_a_sentence_is_found_by_its_start():
    sentences = [Sentence(index=n, start=10 * n, end=10 * n + 9, tokens=()) for n in range(3)]
    times = [Interval(value=None, start=None, end=None, precision=None, basis=None, span=(a, a + 2)) for a in (0, 4, 10, 18, 25)]
    assert [t.span for t in found_in(sentences[1], times)] == [(10, 12), (18, 20)]
    assert [s.index for s in sentences_of(sentences, (5, 11))] == [0, 1]
    assert [s.index for s in sentences_of(sentences, (9, 10))] == []
    assert found_in(sentences[0], []) == []
