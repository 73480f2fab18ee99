"""The tables, their matcher and the importer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from communique.errors import LexiconError
from communique.lexicon import triggers
from communique.lexicon.importer import import_actors, import_agents, import_dictionary, import_verbs
from communique.lexicon.matcher import load_matcher
from communique.lexicon.tables import read_table, table_names
from communique.text.tokens import tokenize


def kinds(text: str) -> list[tuple[str, str | None]]:
    return [(h.entries[0].kind, h.entries[0].country or h.entries[0].organization) for h in load_matcher().find(tuple(tokenize(text)))]


def test_capitals_matter():
    assert kinds("They told us who came") == []
    assert ("country", "USA") in kinds("The US and WHO agreed") and ("organization", "WHO") in kinds("The US and WHO agreed")


def test_longest_name_wins():
    assert kinds("the Democratic Republic of Congo") == [("country", "COD")]


def test_people_table():
    people = [r for t in table_names("people") for r in read_table(t)]
    assert len({r["name"] for r in people}) >= 1500
    for r in people:
        assert all(re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", r[k]) for k in ("from", "to")), r
        assert not r["to"] or r["from"] <= r["to"], r
        assert r["to"] or r["notes"], r
        assert r["iso3"] or r["organization"], r


def test_enough_series_and_places():
    assert len(read_table("exercise_series.tsv")) >= 250
    assert len(read_table("places_own.tsv")) >= 400
    for r in read_table("places_own.tsv"):
        assert -90 <= float(r["latitude"]) <= 90 and -180 <= float(r["longitude"]) <= 180


def test_triggers_cover_all_types():
    found = {e.type for entries in triggers.load_triggers().values() for e in entries}
    assert set(triggers.TYPES) <= found


def test_malformed_condition_names_its_row():
    with pytest.raises(LexiconError, match="row 7"):
        triggers._conditions("colour=red", 7)


def test_import_actors_agents_verbs():
    actors = import_actors("ANA_DIAZ_ # note\n+A._DIAZ_\n\t[CHLGOV 900311-940311]\n\t[CHLELI >940312]\nBAD_LINE [chl]\n")
    assert [(r.phrase, r.country, r.sector, r.start, r.end) for r in actors.rows][:2] == [
        ("ANA DIAZ", "CHL", "GOV", "1990-03-11", "1994-03-11"),
        ("A. DIAZ", "CHL", "GOV", "1990-03-11", "1994-03-11"),
    ]
    assert actors.problems == ((5, "BAD_LINE [chl]"),)
    agents = import_agents("!WHO! = MAN, WOMAN\nPOLICE!WHO! [~COP]\nSOLDIER {SOLDIERS} [~MIL]\n")
    assert {(r.phrase, r.sector) for r in agents.rows} == {
        ("POLICEMAN", "COP"),
        ("POLICEWOMAN", "COP"),
        ("SOLDIER", "MIL"),
        ("SOLDIERS", "MIL"),
    }
    verbs = import_verbs("--- ABANDON [080] ---\nABANDON {ABANDONED}\n- * EFFORT [081]\n")
    assert [(r.phrase, r.code) for r in verbs.rows] == [("ABANDON", "080"), ("* EFFORT", "081")]


@pytest.mark.parametrize(
    ("name", "kind", "least"),
    [("Phoenix.Countries.actors.txt", "actors", 30000), ("Phoenix.agents.txt", "agents", 2000), ("CAMEO.2.0.txt", "verbs", 5000)],
)
def test_the_fields_own_dictionaries(data: Path, name: str, kind: str, least: int):
    path = data.parent / "dictionaries" / name
    if not path.is_file():
        pytest.skip(f"{name} is not here")
    report = import_dictionary(path)
    assert report.kind == kind and len(report.rows) >= least and len(report.problems) * 50 < len(report.rows)
