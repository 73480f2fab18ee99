"""Who did violence, whom it met, and which tellings of it are one."""

import pytest

import communique


def told(text: str) -> list[tuple[str, list[str], list[str]]]:
    """Type, actors and recipients of each event."""
    record = communique.code([text], published="2024-01-10")[0]
    return [(e.type, [a.name for a in e.actors], [a.name for a in e.recipients]) for e in record.events]


@pytest.mark.parametrize(
    "text",
    [
        "The Maltese government strongly condemned two terrorist bomb attacks in Peru and Chile on Friday, calling them an atrocious crime.",
        "Norway strongly condemned the bomb attacks in Peru and Chile on Friday, calling them cowardly.",
    ],
)
def test_where_violence_was_is_no_doer_whatever_word_means_it(text: str):
    events = told(text)
    assert [e[2] for e in events if e[0] == "ACCUSE"] == [[]]
    assert all(actors == ["unnamed"] for kind, actors, _ in events if kind == "ASSAULT")


def test_survivors_are_no_doers():
    (event,) = told("Survivors of the attack on a Peruvian bus were flown to Lima on Monday.")
    assert event[:2] == ("ASSAULT", ["unnamed"])


def test_people_killed_elsewhere_are_other_people():
    text = (
        "A bomb killed three Peruvian soldiers near Arequipa on Monday. In Ecuador, rebels of the Red Dawn shot four people dead on March 3. "
        "On January 5 a blast killed five people in Lima."
    )
    assert [(actors, met) for _, actors, met in told(text)] == [
        (["unnamed"], ["Soldiers (Peru)"]),
        (["Rebels (Red Dawn)"], ["People"]),
        (["unnamed"], ["People"]),
    ]


def test_a_bomb_is_nobody():
    assert told("A bomb killed 253 people in Lima on Friday. Gunmen killed 10 people in Quito, police said.") == [
        ("ASSAULT", ["unnamed"], ["People"]),
        ("ASSAULT", ["Gunmen"], ["People"]),
    ]
