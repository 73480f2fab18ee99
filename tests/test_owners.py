"""Whose parties are by other words of the story, and which bearer of a name is meant; our own sentences."""

from __future__ import annotations

import pytest

from communique.pipeline import analyse
from communique.types import Actor
from conftest import document


def last_of(text: str, words: str) -> tuple[Actor, ...]:
    """The actors of the last mention with these words."""
    found = [m for m in analyse(document(text, "1998-06-01"), everything=True).mentions if text[m.span[0] : m.span[1]] == words]
    assert found, words
    return found[-1].actors


@pytest.mark.parametrize(
    ("text", "words", "countries"),
    [
        (
            "Russian President Oleg Sobolev met miners. Sobolev's spokesman Ivan Petrov said Monday that Ukraine would join NATO.",
            "spokesman Ivan Petrov",
            ["RUS"],
        ),
        (
            "Peruvian Prime Minister Luis Quispe left Lima on Monday. Two top aides to Quispe, political adviser Rosa Mamani and Cabinet "
            "Secretary Jorge Rojas, met the rebels.",
            "Cabinet Secretary Jorge Rojas",
            ["PER"],
        ),
        ("Norway met Peru in Bern. Moscow cancelled a meeting between its foreign minister and the envoys.", "foreign minister", ["RUS"]),
        ("Zambia, whose troops guard the bridge, accused Norway and Peru of spying.", "troops", ["ZMB"]),
        ("Norway and Peru signed a pact. The two nations' parliaments must agree.", "parliaments", ["NOR", "PER"]),
        (
            "Kenya's trade minister met bankers from Norway and Peru in Bern. Trade Minister Joseph Otieno left on Monday.",
            "Trade Minister Joseph Otieno",
            ["KEN"],
        ),
        ("Moscow cancelled a visit by Secretary of State Warner Kirk.", "Secretary of State Warner Kirk", ["USA"]),
        ("British Secretary of State Ann Lee met Peruvian miners.", "British Secretary of State Ann Lee", ["GBR"]),
    ],
)
def test_parties_are_of_their_owner(text: str, words: str, countries: list[str]):
    found = last_of(text, words)
    assert [(a.country, a.country_basis) for a in found] == [(c, "text") for c in countries]


def test_all_mentions_of_a_person_have_the_country_that_one_tells():
    text = "Lungu quits over bridge\n\nLUSAKA (Wire) - Zambian Foreign Minister Peter Lungu resigned on Monday, miners from Norway said."
    story = document(text, "1998-06-01")
    found = [a for m in analyse(story, everything=True).mentions for a in m.actors if a.name.endswith("Lungu")]
    assert len(found) > 1 and {(a.name, a.country) for a in found} == {("Peter Lungu", "ZMB")}


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        (
            "Police freed Pavel Novak on Monday. His uncle, Tomas Novak, thanked them. Pavel was unhurt. On Tuesday Novak flew home.",
            "Novak",
            "Tomas Novak",
        ),
        ("Rosa Elena Quispe met miners on Monday. Police later accused Rosa Elena of libel.", "Rosa Elena", "Rosa Elena Quispe"),
    ],
)
def test_bearers_of_one_name(text: str, words: str, name: str):
    assert [a.name for a in last_of(text, words)] == [name]


def test_a_longer_name_is_not_the_known_person_in_it():
    (who,) = last_of("Police accused Ana Maria Quispe of libel.", "Ana Maria Quispe")
    assert (who.name, who.country) == ("Ana Maria Quispe", None)


def test_the_embassy_is_not_the_ambassador():
    text = "Norwegian Ambassador Ann Lie met Kenyan miners on Monday. The embassy denied the report."
    (embassy,) = last_of(text, "embassy")
    assert (embassy.name, embassy.country) == ("Embassy (Norway)", "NOR")


def test_the_inspectors_are_of_the_body_told_before():
    text = "U.N. inspectors searched a palace in Iraq on Monday. The inspectors left on Tuesday."
    assert [(a.organization, a.country) for a in last_of(text, "inspectors")] == [("UN", None)]


def test_a_deputy_director_is_no_lawmaker():
    text = "Susan Dunn, deputy director of the Water League, accused the police."
    assert [a.sector for a in last_of(text, "Susan Dunn")] != ["LEG"]


def test_capitals_are_no_pronoun():
    text = "Kenya opened a school on Monday. It needs more information technology (IT) than chalk."
    mentions = analyse(document(text), everything=True).mentions
    assert not [a for m in mentions if text[slice(*m.span)] == "IT" for a in m.actors if a.country == "KEN"]


def test_an_adjective_alone_is_no_party():
    text = (
        "Norway was quick to recognise the new rulers of Mali on Monday. Kidnappers demanded dlrs 2 million. "
        "Some had written anti-U.S. slogans and pro-independence songs."
    )
    found = {text[slice(*m.span)] for m in analyse(document(text), everything=True).mentions}
    assert not found & {"new", "dlrs", "dlrs 2 million", "anti-U.S.", "pro", "independence"}


@pytest.mark.parametrize(
    ("text", "words", "body"),
    [
        ("NATO and the U.N. met Peruvian envoys. The Western alliance agreed on Monday.", "alliance", "NATO"),
        ("The U.N. criticised Peru. The alliance agreed on Monday.", "alliance", None),
    ],
)
def test_the_alliance_is_one(text: str, words: str, body: str | None):
    assert [a.organization for a in last_of(text, words)] == [body]


def test_the_alliance_is_the_one_so_named():
    text = "The Northern Alliance met NATO envoys in Oslo. The alliance wants peace."
    assert [a.name for a in last_of(text, "alliance")] == ["Northern Alliance"]


def test_a_president_is_not_of_the_other_president_of_his_sentence():
    text = "Norway's president wished President Lungu a quick recovery."
    assert [a.country_basis for a in last_of(text, "President Lungu")] != ["text"]


def test_an_embassy_is_of_one_country():
    text = "A bomb went off outside the Indian embassy in Lusaka, the capital of Zambia, on Monday."
    found = [m for m in analyse(document(text), everything=True).mentions if "embassy" in text[slice(*m.span)]]
    assert [a.country for m in found for a in m.actors] == ["IND"]


def test_half_a_people_is_no_party():
    text = "Cuban-Americans marched in Miami on Monday. Cuban exiles cheered."
    mentions = analyse(document(text), everything=True).mentions
    assert not [m for m in mentions if m.span == (0, 5)]


def test_the_government_is_not_the_foreign_one_of_before():
    text = (
        "LUSAKA, Zambia (Wire) - The Zambian government thanked villagers. The Norwegian government will send a boat. Villagers sang. "
        "Miners cheered in Lusaka. The government asked Zambian miners to march."
    )
    assert [a.country for a in last_of(text, "government")] == ["ZMB"]
