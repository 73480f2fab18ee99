"""Events, exercises, statements, actors and places on our own sentences."""

from __future__ import annotations

import pytest

from communique.pipeline import analyse, record_of
from communique.types import Record
from conftest import document


def coded(text: str, published: str | None = "2024-03-07", publisher: str | None = None) -> Record:
    return record_of(analyse(document(text, published, publisher)))


def brief(r: Record) -> set[tuple]:
    def side(actors) -> str:
        return ",".join(sorted({a.country or a.organization or a.name for a in actors}))

    return {(e.type, e.status, side(e.actors), side(e.recipients)) for e in r.events}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Norway expelled two Russian diplomats on Tuesday.", ("SANCTION", "past", "NOR", "RUS")),
        ("Two Russian diplomats were expelled by Norway.", ("SANCTION", "past", "NOR", "RUS")),
        ("Rebel positions were bombed by Turkish warplanes.", ("ASSAULT", "past", "TUR", "Rebel positions")),
        ("Talks between Chad and Libya began on Monday.", ("CONSULT", "past", "TCD", "LBY")),
        ("Peru and Bolivia signed a border treaty.", ("SUPPORT", "past", "PER", "BOL")),
        ("Germany will impose sanctions on Belarus.", ("SANCTION", "planned", "DEU", "BLR")),
        ("Japan condemned North Korea's missile launch.", ("ACCUSE", "past", "JPN", "PRK")),
        ("India urged Pakistan to release the fishermen.", ("REQUEST", "past", "IND", "PAK")),
        ("Sweden pledged to help Moldova.", ("AGREE", "past", "SWE", "MDA")),
        ("Egypt threatened to close its border with Sudan.", ("THREATEN", "past", "EGY", "SDN")),
        ("Ethiopian troops did not attack Eritrea.", ("ASSAULT", "denied", "ETH", "ERI")),
        ("Iran rejected the demand of the International Atomic Energy Agency.", ("REJECT", "past", "IRN", "IAEA")),
    ],
)
def test_event_types_roles_and_status(text: str, event: tuple):
    assert event in brief(coded(text))


@pytest.mark.parametrize(
    "text",
    [
        "Brazil beat Chile 3-1 in the final of the cup.",
        "The minister urged drivers to exercise caution.",
        "Heavy rain hit Lisbon.",
        "The company struck a deal with its bank.",
        "Investors attacked the dollar.",
    ],
)
def test_sport_and_metaphor_give_no_assault(text: str):
    assert not {"ASSAULT", "MOBILIZE", "COOPERATE"} & {e[0] for e in brief(coded(text))}


def test_second_telling_is_one_event():
    r = coded("Norway expelled two Russian diplomats on Tuesday. Oslo expelled the diplomats after a spying case involving Russia.")
    assert len([e for e in r.events if e.type == "SANCTION"]) == 1


def test_status_of_exercises_follows_publication():
    text = "Kenya and Uganda will hold a joint naval exercise off Mombasa from April 2 to April 6."
    (x,) = coded(text).exercises
    assert (x.status, x.start, x.end) == ("planned", "2024-04-02", "2024-04-06")
    assert {p.country for p in x.participants} == {"KEN", "UGA"}
    assert coded(text.replace("will hold", "held"), "2024-06-01").exercises[0].status == "completed"


def test_named_exercise_with_two_mentions_is_one():
    r = coded("Poland and Latvia began the exercise “Amber Shield 2024” on March 4. The drills involve 2,000 troops.")
    (x,) = r.exercises
    assert x.name == "Amber Shield 2024" and x.edition == "2024"
    assert any(f.kind == "troops" and f.count == 2000 for f in x.forces)


def test_quotes_have_speakers():
    r = coded("“We shall return to the table,” Foreign Minister Ana Soto of Chile said. She thanked Peru.")
    direct = [s for s in r.statements if s.direct]
    assert [s.text.strip("“”,") for s in direct] == ["We shall return to the table"]
    assert direct[0].speaker and direct[0].speaker.country == "CHL"


def test_offices_follow_the_date():
    def sector(day: str) -> str | None:
        r = coded("Boris Johnson met Emmanuel Macron.", day)
        return next(a.sector for a in r.actors if a.name == "Boris Johnson")

    assert sector("2022-06-01") == "GOV"
    assert sector("2023-06-01") == "ELI"


def test_the_two_countries_are_resolved():
    r = coded("Chad and Niger closed their border. The two countries blamed Libya.")
    assert ("ACCUSE", "past", "NER,TCD", "LBY") in brief(r)


def test_places_follow_their_container():
    r = coded("A fire broke out in Alexandria, Louisiana, and the port of Alexandria in Egypt was not touched.")
    assert r.places[0].admin1 == "Louisiana" and r.places[0].country == "USA"


def test_capital_as_government_is_a_metonym():
    places = {p.text: p.metonym for p in coded("Paris accused Minsk of lying. The envoys met in Vienna.").places}
    assert places["Paris"] and not places["Vienna"]
