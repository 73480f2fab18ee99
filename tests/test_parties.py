"""Parties of our own sentences: their names, countries, organisations and sectors."""

from __future__ import annotations

import pytest

from communique.lexicon.entries import people
from communique.pipeline import analyse
from communique.resolve.roles import holder
from communique.types import Mention
from conftest import document


def mentions(text: str, published: str | None = "1998-06-01") -> dict[str, Mention]:
    """Mentions by their text."""
    return {text[m.span[0] : m.span[1]]: m for m in analyse(document(text, published), everything=True).mentions}


def party(text: str, span: str, published: str | None = "1998-06-01") -> tuple[str | None, ...]:
    """(country, organization, sector) of the mention with that text."""
    found = mentions(text, published)
    assert span in found, sorted(found)
    (actor,) = found[span].actors
    return actor.country, actor.organization, actor.sector


@pytest.mark.parametrize(
    ("text", "span", "wanted"),
    [
        ("U.N. officials accused rebels of looting the depot.", "U.N. officials", (None, "UN", "IGO")),
        ("Officials of the United Nations accused rebels of looting.", "Officials of the United Nations", (None, "UN", "IGO")),
        ("NATO warplanes bombed a bridge near the harbour.", "NATO warplanes", (None, "NATO", "MIL")),
        ("Hezbollah fighters shelled the town on Monday.", "Hezbollah fighters", ("LBN", "HEZ", "REB")),
        ("A Hamas commander was killed by Israeli soldiers.", "Hamas commander", ("PSE", "HMS", "REB")),
        ("Khmer Rouge guerrillas attacked a train.", "Khmer Rouge guerrillas", ("KHM", "KR", "REB")),
        ("The Taliban government rejected the demand.", "Taliban government", ("AFG", "TAL", "GOV")),
        ("U.N. aid workers were killed by gunmen.", "U.N. aid workers", (None, "UN", "SOC")),
        ("Red Cross workers were killed by gunmen.", "Red Cross workers", (None, "ICRC", "SOC")),
        ("Fidel Castro's government jailed four dissidents.", "government", ("CUB", None, "GOV")),
        ("European Union foreign ministers condemned the arrests.", "European Union foreign ministers", (None, "EU", "GOV")),
    ],
)
def test_agents_are_of_the_body_that_they_act_for(text: str, span: str, wanted: tuple):
    assert party(text, span) == wanted


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("IRA prisoners were released on Friday.", "prisoners"),
        ("Victims of the IRA met the prime minister.", "Victims"),
        ("Anti-Taliban fighters seized the city.", "fighters"),
    ],
)
def test_whom_a_body_holds_or_fights_is_not_its_own(text: str, span: str):
    (actor,) = mentions(text)[span].actors
    assert actor.organization is None and actor.country_basis != "text"


def test_an_international_body_is_of_no_country():
    assert party("Judges in the Libyan World Court case met on Tuesday.", "World Court") == (None, "ICJ", "IGO")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Licensing and Inspection Service arrested 40 workers.", "Licensing and Inspection Service"),
        ("The Department of Trade and Industry rejected the request.", "Department of Trade and Industry"),
        ("The National Council of Mosques criticised the embargo.", "National Council of Mosques"),
        ("The Australian Tourist Board sued the newspaper.", "Australian Tourist Board"),
        ("Jean-Claude Mukendi threatened to attack Bangui.", "Jean-Claude Mukendi"),
    ],
)
def test_names_are_whole(text: str, name: str):
    found = mentions(text)
    assert found[name].actors[0].name == name
    assert not [s for s in found if s != name and s in name]


def test_a_nation_inside_a_name_lends_its_country():
    assert party("The Australian Tourist Board sued the newspaper.", "Australian Tourist Board")[0] == "AUS"


def test_another_countrys_house_of_that_name():
    assert party("Guatemala's congress passed the law.", "Guatemala's congress") == ("GTM", None, "LEG")
    assert party("The Pakistani foreign office condemned the raid.", "Pakistani foreign office") == ("PAK", None, "GOV")


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Martin Doyle, a U.S. fugitive, was arrested by French police.", "Martin Doyle", "USA"),
        ("A Kenyan doctor, Joseph Otieno, criticised the government.", "Joseph Otieno", "KEN"),
        ("This man, Walter Finch, is sought by the police.", "Walter Finch", None),
        ("Sinn Fein, the IRA's political wing, rejected the British offer.", "Sinn Fein", None),
    ],
)
def test_an_apposition_is_the_party_it_names(text: str, name: str, country: str | None):
    found = mentions(text)
    assert found[name].actors[0].name == name and found[name].actors[0].country == country
    names = {a.name for s, m in found.items() for a in m.actors if m.kind != "adjective"}
    assert not {n for n in names if "fugitive" in n or "doctor" in n or n == "Man" or "wing" in n}


def test_a_party_before_its_leader_is_one_mention():
    found = mentions("Sinn Fein leader Liam Doherty met the British prime minister.")
    assert found["Sinn Fein leader Liam Doherty"].actors[0].title == "Sinn Fein leader" and "Sinn Fein" not in found


def test_nations_that_are_no_nation():
    assert party("Ethnic Albanians attacked Serbian police.", "Ethnic Albanians") == (None, None, "CVL")
    assert "Czech" not in mentions("The Czech-made lorries were sold to Yemen.")
    assert "American" not in mentions("Central American presidents signed the plan.")
    hosts = mentions("Canadian hoteliers were warned by the police.")
    assert all(a.sector != "GOV" for m in hosts.values() for a in m.actors if a.country == "CAN")


@pytest.mark.parametrize(
    ("text", "span", "sector"),
    [
        ("FBI agents arrested two men in Texas.", "FBI agents", "COP"),
        ("CIA officers met Kurdish rebels.", "CIA officers", "SPY"),
        ("Officers of the Metropolitan Police arrested two men.", "Officers of the Metropolitan Police", "COP"),
        ("Surgeon General David Wells criticised cigarette makers.", "Surgeon General David Wells", "GOV"),
        ("The attorney general rejected the request.", "attorney general", "GOV"),
        ("A nurse was shot by soldiers.", "nurse", "MED"),
        ("A rebel spokesman denied the report.", "rebel spokesman", "REB"),
        ("A prosecutor charged two farmers.", "prosecutor", "COP"),
        ("A prosecutor charged two farmers.", "farmers", "AGR"),
        ("Border guards fired at a lorry.", "Border guards", "COP"),
        ("Activists praised the plan.", "Activists", "CVL"),
    ],
)
def test_sectors_of_servants(text: str, span: str, sector: str):
    assert party(text, span)[2] == sector


@pytest.mark.parametrize(
    ("text", "span", "countries"),
    [
        ("The foreign ministers of Chad and Niger signed the pact.", "foreign ministers of Chad and Niger", ["TCD", "NER"]),
        ("The British and Irish governments condemned the bombing.", "British and Irish governments", ["GBR", "IRL"]),
        (
            "The governments of both Britain and the Irish Republic condemned the bombing.",
            "governments of both Britain and the Irish Republic",
            ["GBR", "IRL"],
        ),
    ],
)
def test_several_nations_are_all_taken(text: str, span: str, countries: list[str]):
    assert [a.country for a in mentions(text)[span].actors] == countries


def test_northern_ireland_in_small_letters():
    assert party("Police in northern Ireland arrested a man.", "northern Ireland")[0] == "GBR"


def test_sums_numbers_and_titles_are_no_parties():
    assert not [s for s in mentions("About 300 were arrested by police at 5 p.m. on Monday.") if "300" in s or "p.m." in s]
    assert "Dr." not in mentions("Dr. Ahmed Farouk accused the police.")


def test_an_office_and_a_surname_name_its_holder():
    assert mentions("President Clinton criticised the Iraqi government.")["President Clinton"].actors[0].name == "Bill Clinton"
    assert party("Prime Minister Blair met the envoy.", "Prime Minister Blair") == ("GBR", None, "GOV")
    assert mentions("President Clinton criticised the Iraqi government.", "2015-06-01")["President Clinton"].actors[0].name == "Clinton"
    assert party("President Banda rejected the demand.", "President Banda", "1998-06-01")[0] is None


def test_holders_are_unique():
    assert holder("President", "Bush", "1985-01-01", None) is None, "a vice president is none"
    held = [(e, o) for e in people() for o in e.offices if o.title and o.end]
    for e, o in held[:60]:
        found = holder(o.title or "", e.name.split()[-1], o.start, o.country)
        assert found is None or found.name.split()[-1] == e.name.split()[-1]
