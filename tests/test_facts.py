"""Events, exercises, statements, actors and places on our own sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from communique.extract.binding import bind_date
from communique.extract.roles import key_of
from communique.extract.status import unrealised
from communique.pipeline import analyse, record_of
from communique.types import Actor, Record
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
        ("Talks between Chad and Libya were held on Monday.", ("CONSULT", "past", "TCD", "LBY")),
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


def test_who_is_not_named_is_unnamed():
    (e,) = coded("Two Peruvian envoys were killed in Sucre on Sunday.").events
    assert (e.type, e.status) == ("ASSAULT", "past")
    assert [(a.name, a.country, a.sector, a.span) for a in e.actors] == [("unnamed", None, None, None)]
    assert {a.country for a in e.recipients} == {"PER"}


@pytest.mark.parametrize(
    ("title", "text", "acts"),
    [
        ("Nigeria agents arrest editor", "The secret service detained Ibrahim Sule, who edits a weekly, at his home on Wednesday.", 1),
        ("Gangs storm second Haitian jail", "Heavily armed gang members attacked a prison in Haiti on Wednesday.", 1),
        ("Turkey bombs camp", "Syrian warplanes bombed a market in Idlib on Wednesday.", 2),
    ],
)
def test_a_headline_and_the_body_tell_one_event_unless_their_parties_exclude_each_other(title: str, text: str, acts: int):
    story = replace(document(f"{title}\n\n{text}", "2024-03-07"), title=title)
    events = record_of(analyse(story)).events
    assert len(events) == acts
    assert events[-1].evidence[0][0] > len(title)


def test_a_later_name_fills_in_who_was_unnamed():
    (e,) = [
        e
        for e in coded("Two Peruvian envoys were killed in Sucre on Sunday. Rebels killed the Peruvian envoys in an ambush.").events
        if e.type == "ASSAULT"
    ]
    assert [a.sector for a in e.actors] == ["REB"] and len(e.evidence) == 2


def test_violence_condemned_names_who_did_it_or_nobody():
    text = "Cuba condemned the bombing of the Peruvian embassy in Nairobi{} on Monday."
    by = {(e.type, tuple(a.country for a in e.recipients)) for e in coded(text.format(" by Somali gunmen")).events if e.type == "ACCUSE"}
    assert by == {("ACCUSE", ("SOM",))}
    nobody = {(e.type, tuple(a.country for a in e.recipients)) for e in coded(text.format("")).events if e.type == "ACCUSE"}
    assert nobody == {("ACCUSE", ())}


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


def parties(text: str, published: str = "1994-05-03") -> set[tuple]:
    """Type, actors and recipients of each event, a party as (country or name, sector)."""
    found = record_of(analyse(document(text, published, None))).events
    return {
        (e.type, *(tuple(sorted((a.country or a.name, a.sector or "-") for a in side)) for side in (e.actors, e.recipients))) for e in found
    }


def actors_of(text: str, published: str = "1994-05-03") -> set[tuple]:
    return {(a.name, a.country, a.sector) for a in record_of(analyse(document(text, published, None))).actors}


def test_forces_are_of_the_country_whose_they_are():
    found = parties("Peru said its troops killed 40 Ecuadorean soldiers near the border.")
    assert ("ASSAULT", (("PER", "MIL"),), (("ECU", "MIL"),)) in found
    assert any(
        c == "TCD" and s == "MIL"
        for _, c, s in actors_of("Chad sent its army to the border and said its soldiers had fired on Libyan tanks.")
    )


def test_captors_are_not_of_the_country_of_their_captives():
    assert not any(name.startswith("Captors") and country for name, country, _ in actors_of("Norway thanked its captors for the release."))


def test_ministers_of_a_president_stay_apart_from_him():
    found = actors_of("President Omar Bongo of Gabon dismissed his ministers on Monday.", "1994-05-03")
    assert any(name.startswith("Ministers") and sector == "GOV" for name, _, sector in found)


@pytest.mark.parametrize(
    ("text", "name", "country", "sector"),
    [
        ("Soviet Foreign Minister Eduard Shevardnadze met the Finnish president.", "Eduard Shevardnadze", "RUS", "GOV"),
        ("Tanzanian Labour Minister Asha Mrema met union leaders in Dodoma.", "Asha Mrema", "TZA", "GOV"),
    ],
)
def test_title_before_a_name_is_its_office(text: str, name: str, country: str, sector: str):
    assert (name, country, sector) in actors_of(text, "1986-05-03")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Japan's ruling Liberal Democratic Party rejected the motion of the Socialists.", "USA"),
        ("The African National Congress called a strike against the government on Monday.", "USA"),
        ("Costa Rica's National Democratic Party accused the government of fraud.", "USA"),
        ("Labour Minister Pedro Lima met strikers in Recife.", "GBR"),
    ],
)
def test_a_party_is_not_another_whose_name_it_holds(text: str, wrong: str):
    assert wrong not in {country for _, country, _ in actors_of(text)}


def test_members_from_somewhere_are_of_their_party():
    assert ("Texas Democrats", "USA", "PTY") in actors_of("The vote divided Texas Democrats, who accused the president of fraud.")


@pytest.mark.parametrize(
    "text",
    [
        "The Kenyan ministry declined to comment on the Somali report.",
        "The Iranian spokesman gave no details of the talks with Iraq.",
        "Angolan troops suffered heavy casualties near Cuito.",
        "Angola lost 20 soldiers near Cuito.",
        "The earthquake killed 40 Chileans.",
    ],
)
def test_silence_losses_and_disasters_are_no_events(text: str):
    assert not brief(coded(text)) or {t for t, *_ in brief(coded(text))} == {"CONSULT"}


def test_a_refusal_in_substance_stays_one():
    assert ("REJECT", "past", "KEN", "SOM") in brief(coded("Kenya refused to discuss the border with Somalia."))


def test_a_name_inside_a_name_is_no_party_beside_it():
    for text in ("Iran attacked Kuwaiti oil tankers in the Gulf.", "Libya's army attacked Chadian army units near Faya."):
        for e in coded(text).events:
            spans = [a.span for a in (*e.actors, *e.recipients) if a.span]
            assert not any(a != b and a[0] <= b[0] and b[1] <= a[1] for a in spans for b in spans), text


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Mr Adeyemi met Mrs Okafor in Lagos. He accused Ghana of fraud.", "Adeyemi"),
        ("Mrs Okafor met Mr Adeyemi in Lagos. She accused Ghana of fraud.", "Okafor"),
        ("Prime Minister Ngozi Okafor met President Tunde Adeyemi. Mrs Okafor smiled. He accused Ghana of fraud.", "Adeyemi"),
    ],
)
def test_he_is_no_mrs_and_she_no_mr(text: str, who: str):
    accusers = [a.name for e in record_of(analyse(document(text, "1994-05-03", None))).events if e.type == "ACCUSE" for a in e.actors]
    assert accusers and all(who in name for name in accusers)


def meant(text: str) -> list[tuple[str, str]]:
    """Words of each actor mention with the names and countries of who is meant, in order."""
    analysis = analyse(document(text), everything=True)
    return [(text[m.span[0] : m.span[1]], ",".join(a.country or a.organization or a.name for a in m.actors)) for m in analysis.mentions]


def names_of(text: str, words: str) -> list[str]:
    """Whom the last mention with these words names."""
    analysis = analyse(document(text), everything=True)
    return [a.name for m in analysis.mentions if text[m.span[0] : m.span[1]] == words for a in m.actors][-2:]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Tanzanian President Asha Mrema flew home. Critics accused President Mrema of waste.", "President Mrema", "TZA"),
        ("Kenyan Prime Minister Daudi Otieno met farmers on Monday and Otieno promised them seed.", "Otieno", "KEN"),
        ("Peruvian opposition leader Rosa Quispe met farmers. Police accused Rosa of libel.", "Rosa", "PER"),
        ("Zambian Foreign Minister Peter Lungu told rebel leaders on Friday that he would resign.", "he", "ZMB"),
        ("Peruvian opposition leader Rosa Quispe urged the envoys to leave, and the crowd cheered her.", "her", "PER"),
        ("Syrian refugees begged Hungarian police to let them leave.", "them", "SYR"),
        ("Norway and Sweden closed the strait on Monday. They accused Russia of spying.", "They", "NOR,SWE"),
        (
            "Norway and Sweden signed a treaty in Vienna. Officials praised it. The two countries accused Russia.",
            "two countries",
            "NOR,SWE",
        ),
        ("NATO held a drill on Monday. Officers praised the crews. Russia accused the alliance of aggression.", "alliance", "NATO"),
        ("Kenyan police arrested six traders. The police accused the traders of smuggling.", "police", "KEN"),
        ("Kenyan police arrested six traders. In Uganda the police accused the opposition of smuggling.", "police", "Police"),
        ("Britain threatened Malta on Monday and its navy bombed the port.", "its", "GBR"),
        ("Hungarian President Ildiko Varga flew to Malta. Farmers have left the country.", "country", "MLT"),
    ],
)
def test_mentions_that_point_back(text: str, words: str, expected: str):
    assert [who for said, who in meant(text) if said == words][-1] == expected


def test_a_name_in_anothers_apposition_takes_no_surname():
    text = "Odeya Malkin, a younger sister of Israeli Defence Minister Noa Malkin, was arrested on Friday. Malkin denied the charge."
    assert names_of(text, "Malkin") == ["Odeya Malkin"]


def test_a_dateline_names_no_party():
    found = meant("LIMA, Peru (AP) -- It has been a long strike. AP said the miners had lost.")
    assert ("AP", "PER") not in found and not [who for said, who in found if said == "It"]


def test_a_number_of_those_meant_already_is_no_party():
    found = meant("Chadian rebels seized five teachers on Monday. One of them was freed by the rebels on Friday.")
    assert not [said for said, _ in found if said.startswith("One")]


@pytest.mark.parametrize(
    ("text", "word", "day"),
    [
        ("Gunmen killed four Kenyan soldiers near Wajir, an army spokesman told reporters on Friday.", "killed", None),
        ("Prosecutors charged a Greek officer Tuesday in the killing of two Albanian farmers.", "charged", "2024-03-05"),
        ("Prosecutors charged a Greek officer Tuesday in the killing of two Albanian farmers.", "killing", None),
        ("Thousands of Bolivian miners marched Sunday to protest the killings of union leaders by police.", "marched", "2024-03-03"),
        ("Thousands of Bolivian miners marched Sunday to protest the killings of union leaders by police.", "killings", None),
        ("Peru rejected Wednesday's ruling by the court and expelled the Chilean ambassador.", "rejected", None),
        ("The Congolese government agreed to extradite the rebels who shot down a Rwandan helicopter on April 6, 1994.", "agreed", None),
        ("Chad and Libya held talks in Tripoli on Tuesday.", "talks", "2024-03-05"),
        ("Iraq shelled Kuwait, and Jordan closed its embassy on Monday.", "shelled", None),
        ("Ghana lifted a ban on foreign ships on Sunday.", "ban", None),
        ("Police arrested two men over the March 1 attack on a mosque.", "arrested", None),
    ],
)
def test_a_time_dates_what_it_hangs_on(text: str, word: str, day: str | None):
    analysis = analyse(document(text, "2024-03-07"))
    (sentence,) = analysis.sentences
    when = bind_date(sentence, next(k for k, t in enumerate(sentence.tokens) if t.text == word), analysis, "past")
    assert (when.value, when.basis) == ((day, "text") if day else ("2024-03-07", "publication"))


@pytest.mark.parametrize(
    ("text", "word", "status", "value"),
    [
        ("Eritrea has held 40 fishermen since January.", "held", "ongoing", "2024-01/2024-03-07"),
        ("Eritrea has held 40 fishermen since January.", "held", None, "2024-01"),
        ("Ghana and Togo will meet on March 20.", "meet", "planned", "2024-03-20"),
        ("Ghana and Togo agreed on talks on March 20.", "agreed", "past", "2024-03-07"),
    ],
)
def test_what_is_past_began_by_publication(text: str, word: str, status, value: str):
    analysis = analyse(document(text, "2024-03-07"))
    (sentence,) = analysis.sentences
    assert bind_date(sentence, next(k for k, t in enumerate(sentence.tokens) if t.text == word), analysis, status).value == value


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("Rwanda asserted the right to attack rebel camps in Congo.", "attack", "hypothetical"),
        ("The council has the authority to impose sanctions on Iran.", "impose", "hypothetical"),
        ("Kenya paid for information leading to the arrest of two Somali bombers.", "arrest", "hypothetical"),
        ("Nigerian police insisted on arresting the Shell executives.", "arresting", "hypothetical"),
        ("A ceasefire must be agreed by Israel and Hamas.", "agreed", "hypothetical"),
        ("Aborted talks between Chad and Libya angered Egypt.", "talks", "cancelled"),
        ("Turkey's planned withdrawal of troops from Iraq pleased Syria.", "withdrawal", "planned"),
        ("Serbia condemned NATO's threatened bombing of Belgrade.", "bombing", "hypothetical"),
        ("Police arrested three Yemenis over the bombing of Belgrade.", "bombing", None),
    ],
)
def test_what_has_not_come_about(text: str, word: str, status: str | None):
    (sentence,) = analyse(document(text)).sentences
    assert unrealised(sentence, next(k for k, t in enumerate(sentence.tokens) if t.text == word)) == status


def test_suspected_of_a_deed_is_alleged():
    text = "Two Syrians were suspected by Dutch prosecutors of bombing an Iraqi school."
    (deed,) = [e for e in coded(text).events if e.type == "ASSAULT"]
    assert deed.status == "past"
    assert deed.attribution and deed.attribution.stance == "alleges"
    assert deed.attribution.speaker and deed.attribution.speaker.country == "NLD"


def cast_of(text: str) -> dict[str, tuple[str | None, str | None]]:
    found = record_of(analyse(document(text), everything=True)).actors
    return {a.name: (a.country, a.country_basis) for a in found}


def test_the_story_tells_whose_police_they_are():
    told = cast_of(
        "LUSAKA, Zambia, March 6 (Wire) - Police fired tear gas at students in Lusaka on Tuesday.\n\n"
        "Zambia's government defended the arrests. Police said the students had thrown stones."
    )
    assert told["Police (Zambia)"] == ("ZMB", "inferred")
    assert "Police" not in told
    assert any(country == "ZMB" and basis == "text" for country, basis in told.values())


@pytest.mark.parametrize(
    "text",
    [
        "Western ambassadors met in Nairobi on Tuesday and criticised Kenya's government.",
        "Foreign observers criticised the vote in Kenya.",
        "Police fired at students on Tuesday.",
    ],
)
def test_who_comes_from_abroad_or_from_nowhere_told_keeps_no_country(text: str):
    assert not any(basis == "inferred" for _, basis in cast_of(text).values())


def test_rebels_are_not_of_whoever_bombs_them():
    found = actors_of("Rebel positions were shelled by Chadian tanks on Tuesday.")
    assert any(name.startswith("Rebel") for name, _, _ in found)
    assert not any(name.startswith("Rebel") and country for name, country, _ in found)


def test_foreign_ministers_are_no_foreigners():
    told = cast_of(
        "ACCRA, Ghana, March 6 (Wire) - The foreign minister resigned on Tuesday.\n\nGhana's parliament thanked him. Protesters cheered in Accra."
    )
    assert ("GHA", "inferred") in told.values()


def test_parties_of_one_inferred_country_stay_two_in_an_event():
    police, guards = (Actor(name=n, country="ZMB", sector="COP", country_basis="inferred") for n in ("Police (Zambia)", "Guards (Zambia)"))
    assert key_of(police) != key_of(guards)
    told = Actor(name="Police (Zambia)", country="ZMB", sector="COP", country_basis="text")
    assert key_of(told) == key_of(replace(told, name="Zambian police"))


def test_where_violence_was_nobody_did_it():
    found = [e for e in coded("Police are investigating the Kenyan embassy bombing.").events if e.type == "ASSAULT"]
    assert found and all(a.name == "unnamed" for e in found for a in e.actors)


@pytest.mark.parametrize(
    ("police", "expected"),
    [("Zambian police arrested six miners", "ZMB"), ("Norwegian envoys met Kenyan and Peruvian miners in Zambia", None)],
)
def test_a_bare_name_is_of_the_only_country_of_a_story(police: str, expected: str | None):
    text = f"LUSAKA, Zambia - {police} on Monday. Peter Lungu criticised the government."
    people = {m.name: m.country for m in record_of(analyse(document(text))).actors if m.name == "Peter Lungu"}
    assert people == {"Peter Lungu": expected}
