"""Toponyms: which place a name means in its story, and where an event is said to happen."""

from __future__ import annotations

import pytest

from communique.pipeline import analyse, record_of
from communique.resolve.gazetteer import load_gazetteer
from communique.resolve.toponyms import Toponym, choose
from communique.types import Document


def told(*names: str, nations: tuple[str, ...] = ()) -> list[tuple[str, str | None, str | None, str]]:
    """(name, country, admin1, kind) of each name of a story; 'Salem, Oregon' has its container."""
    split = [(form, rest or None) for form, _, rest in (n.partition(", ") for n in names)]
    chosen = choose([Toponym(form=form, container=rest) for form, rest in split], nations)
    return [(c[0].name, c[0].country, c[0].admin1, c[0].kind) if c else ("", None, None, "") for c in chosen]


def test_names_that_are_ambiguous_apart_agree_together() -> None:
    assert told("Paris", "Lamar County")[0] == ("Paris", "USA", "Texas", "city")
    assert told("Paris", "Lyon")[0][1] == "FRA"


def test_a_container_written_once_tells_all_mentions() -> None:
    assert {t[2] for t in told("Salem", "Salem, Massachusetts", "Salem")} == {"Massachusetts"}


def test_a_town_that_its_container_does_not_hold_is_not_looked_for_elsewhere() -> None:
    assert told("Shelbyville, Manitoba")[0][0] == ""
    assert told("Kabul, Pakistan")[0][1] == "AFG"


@pytest.mark.parametrize("names", [("Mexico", "Buffalo", "Rochester", "Albany"), ("Cuba", "Buffalo", "Rochester", "Albany")])
def test_a_country_whose_adjective_is_used_is_that_country(names: tuple[str, ...]) -> None:
    assert told(*names, nations=("MEX", "CUB"))[0][3] == "country"


def test_capitals_and_datelines() -> None:
    assert told("Washington")[0][2] == "District of Columbia"
    assert told("NEW YORK")[0][3] == "city"


def test_provinces_of_all_countries_are_places_and_containers() -> None:
    kinds = {n: load_gazetteer().find(n)[0] for n in ("Rajasthan", "Suffolk", "Henan", "Tipperary")}
    assert [(e.kind, e.country) for e in kinds.values()] == [("admin1", "IND"), ("admin2", "GBR"), ("admin1", "CHN"), ("admin2", "IRL")]
    assert told("Hamilton, Ontario")[0][1:3] == ("CAN", "Ontario")
    assert told("Mosul")[0][2] is not None


def test_no_plain_word_is_a_province() -> None:
    assert not any(e.kind == "admin1" for w in ("Western", "North", "Islands", "Federal") for e in load_gazetteer().find(w))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Rebels shelled a barracks in the town of Gao on Monday.", ["Gao"]),
        ("Turkish police arrested 12 protesters in the capital Ankara.", ["Ankara"]),
        ("The army killed nine rebels north of Mosul.", ["Mosul"]),
        ("Egypt condemned the clerics of Najaf.", []),
        ("Rebel leaders in Tripoli rejected the plan of France.", []),
        ("The United States imposed sanctions on the government of Nicaragua.", []),
    ],
)
def test_an_event_is_where_it_happens_not_whose_its_parties_are(text: str, wanted: list[str]) -> None:
    document = Document(id="x", title=None, publisher=None, url=None, language="en", published="2024-05-06", text=text)
    events = record_of(analyse(document)).events
    assert events and [p.text for p in events[0].places] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A man was shot in Vancouver, British Columbia, on Monday.", [("Vancouver", "British Columbia"), ("British Columbia", "British Columbia")]),
        ("The fire at a Birmingham, Ala., mill killed an officer.", [("Birmingham", "Alabama"), ("Alabama", "Alabama")]),
        ("They fought near Anlong Veng in northern Cambodia.", [("Cambodia", None)]),
    ],
)  # fmt: skip
def test_names_are_read_whole(text: str, wanted: list[tuple[str, str | None]]) -> None:
    document = Document(id="a", title=None, publisher=None, url=None, language="en", published="2024-05-07", text=text)
    assert [(p.name, p.admin1) for p in analyse(document).places] == wanted
