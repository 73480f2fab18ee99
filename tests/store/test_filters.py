"""The vocabulary of filters: what is written is read back, and what is wrong is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.errors import UsageError
from communique.store.filters import EVENT_TYPES, WORDS, Box, Filters, Party, from_keywords, parse_filters, to_pairs

CODES = st.sampled_from(["CHN", "NATO", "USA", "AL-QAEDA"])
PARTIES = st.builds(Party, code=CODES, sector=st.none() | st.sampled_from(["MIL", "GOV"])) | st.builds(Party, sector=st.just("MIL"))
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).map(str.strip).filter(bool)


def several(one: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(one, max_size=3, unique=True).map(tuple)


FILTERS = st.builds(
    Filters,
    type=several(st.sampled_from(EVENT_TYPES)),
    mode=several(st.sampled_from(["aerial", "third-party"])),
    quad=several(st.integers(1, 4)),
    actor=several(PARTIES),
    dyad=several(st.tuples(PARTIES, PARTIES)),
    since=st.none() | st.dates(),
    published_until=st.none() | st.dates(),
    place=several(NAMES),
    bbox=st.none() | st.builds(Box, west=st.floats(-180, 180), south=st.floats(-90, 0), east=st.floats(-180, 180), north=st.floats(0, 90)),
    score=st.none() | st.floats(0, 1),
    attributed=st.none() | st.booleans(),
    text=several(NAMES),
    source=several(NAMES),
)


@given(FILTERS)
def test_what_is_written_is_read_back(filters: Filters):
    assert parse_filters(to_pairs(filters)) == filters


def test_values_by_comma_and_by_repeating():
    assert parse_filters([("type", "aid,Assault"), ("type", "AID")]).type == ("AID", "ASSAULT")
    assert parse_filters([("source", "Smith, Jones"), ("source", "x")]).source == ("Smith, Jones", "x")
    assert parse_filters([("published-since", "2022-02"), ("published_until", "2022-02")]) == Filters(
        published_since=date(2022, 2, 1), published_until=date(2022, 2, 28)
    )
    assert parse_filters([("actor", "chn/mil,/gov,NATO")]).actor == (
        Party(code="CHN", sector="MIL"),
        Party(sector="GOV"),
        Party(code="NATO"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nope", "1"),
        ("type", "COPERATE"),
        ("status", "done"),
        ("actor", ""),
        ("actor", "/"),
        ("actor", "CHN'; DROP TABLE events; --"),
        ("dyad", "CHN"),
        ("dyad", "CHN:"),
        ("since", "yesterday"),
        ("since", "2022-13"),
        ("until", "2022-02-30"),
        ("since", "２０２２"),
        ("bbox", "1,2,3"),
        ("bbox", "0,50,10,40"),
        ("bbox", "0,0,nan,1"),
        ("bbox", "-181,0,0,0"),
        ("score", "2"),
        ("score", "nan"),
        ("attributed", "maybe"),
        ("quad", "5"),
        ("mode", "x y"),
        ("place", " "),
        ("text", "x" * 501),
        ("source", "a\x00b"),
    ],
)
def test_what_is_wrong_is_said(name: str, value: str):
    with pytest.raises(UsageError) as caught:
        parse_filters([(name, value)])
    assert name.replace("_", "-") in str(caught.value)


def test_one_value_where_one_is_meant():
    with pytest.raises(UsageError, match="twice"):
        parse_filters([("since", "2022"), ("since", "2023")])


def test_python_keywords():
    assert from_keywords(
        {"actor": ["CHN", "RUS"], "since": date(2022, 1, 1), "bbox": (1, 2, 3, 4), "attributed": False, "type": None}
    ) == Filters(
        actor=(Party(code="CHN"), Party(code="RUS")),
        since=date(2022, 1, 1),
        bbox=Box(west=1, south=2, east=3, north=4),
        attributed=False,
    )
    with pytest.raises(UsageError, match="no filter"):
        from_keywords({"actr": "CHN"})


def test_every_field_has_its_word():
    assert set(WORDS) == set(Filters.__dataclass_fields__)
