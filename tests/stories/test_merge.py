"""Events and exercises merged over their reports, with the values on which the reports differ."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stories.build import actor, event, exercise, on, place

from communique.stories.events import compatible, merge_events
from communique.stories.exercises import merge_exercises
from communique.stories.order import order_key
from communique.stories.parties import days, overlap, same_place, sides_agree
from communique.stories.types import Count, EventView, ExerciseView
from communique.stories.votes import Report, favourite
from communique.types import Actor, Attribution, Event, Exercise, Force


def told(
    n: int,
    fact: Event | Exercise,
    *,
    published: str | None = "2024-03-07",
    cluster: str = "c",
    counts: tuple[Count, ...] = (),
    place: int = 0,
    story: str = "",
) -> Report:
    """The n-th story's report of a fact."""
    view = (
        EventView(id=f"f{n}.{place}", event=fact, counts=counts)
        if isinstance(fact, Event)
        else ExerciseView(id=f"f{n}.{place}", exercise=fact)
    )
    document = f"d{n}"
    return Report(
        view=view,
        document_id=document,
        story=story or document,
        published=published,
        publisher=f"p{n % 2}",
        order=(*order_key(published, document), place),
        cluster_id=cluster,
    )


def killed(n: int) -> tuple[Count, ...]:
    return (Count(what="killed", count=n, at_least=False),)


def test_tolls_that_differ_are_kept_with_who_gives_them() -> None:
    attack = event(1, "ASSAULT", "AAA", "BBB", places=(place("Arda", "BBB"),))
    merged = merge_events([told(1, attack, counts=killed(12)), told(2, attack, counts=killed(15)), told(3, attack, counts=killed(15))])
    assert len(merged) == 1
    assert merged[0].document_ids == ("d1", "d2", "d3")
    assert [(c.field, c.value, c.document_ids) for c in merged[0].conflicts] == [("killed", "12", ("d1",)), ("killed", "15", ("d2", "d3"))]
    assert merged[0].publishers == 2


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (event(1, "ASSAULT", "AAA", "BBB"), True),
        (event(1, "ASSAULT", "", "BBB"), True),
        (event(1, "ASSAULT", "CCC", "BBB"), False),
        (event(1, "ASSAULT", "AAA", "CCC"), False),
        (event(1, "ASSAULT", "BBB", "AAA"), False),
        (event(1, "COERCE", "AAA", "BBB"), False),
        (event(1, "ASSAULT", "AAA", "BBB", date=on("2024-03-07")), True),
        (event(1, "ASSAULT", "AAA", "BBB", date=on("2024-03-17")), False),
        (event(1, "ASSAULT", "AAA", "BBB", date=on(None)), True),
        (event(1, "ASSAULT", "AAA", "BBB", places=(place("Arda", "BBB", 1.0),)), True),
        (event(1, "ASSAULT", "AAA", "BBB", places=(place("Belo", "BBB", 9.0),)), False),
        (event(1, "ASSAULT", "AAA", "BBB", mode="beat"), True),
        (event(1, "ASSAULT", "AAA", "", mode="beat", date=on(None)), False),
    ],
)
def test_what_can_be_one_event(other: Event, same: bool) -> None:
    attack = event(1, "ASSAULT", "AAA", "BBB", mode="firearms", places=(place("Arda", "BBB", 1.1),))
    assert compatible(attack, other) is same
    assert compatible(other, attack) is same


def test_rebels_are_not_their_government() -> None:
    army = event(1, "ASSAULT", "AAA", "BBB")
    rebels = replace(army, actors=(actor("AAA", "REB"),))
    assert not compatible(army, rebels)


def test_talks_are_the_same_from_both_sides() -> None:
    assert compatible(event(1, "CONSULT", "AAA", "BBB"), event(1, "CONSULT", "BBB", "AAA"))
    assert compatible(event(1, "AGREE", "AAA BBB", ""), event(1, "COOPERATE", "AAA", "BBB"))


def test_two_events_of_one_story_stay_two() -> None:
    attack = event(1, "ASSAULT", "AAA", "BBB")
    assert len(merge_events([told(1, attack), told(1, attack, place=1)])) == 2
    both = merge_events([told(1, attack), told(1, attack, place=1), told(2, attack), told(2, attack, place=1)])
    assert [len(m.event_ids) for m in both] == [2, 2]


def test_denied_and_done_is_a_conflict_but_planned_and_done_is_not() -> None:
    attack = event(1, "CONSULT", "AAA", "BBB")
    planned, denied = replace(attack, status="planned"), replace(attack, status="denied")
    course = merge_events([told(1, planned, published="2024-03-05"), told(2, attack, published="2024-03-07")])
    assert course[0].status == "past" and course[0].conflicts == ()
    dispute = merge_events([told(1, denied), told(2, attack)])
    assert {c.value for c in dispute[0].conflicts if c.field == "status"} == {"denied", "past"}


def test_dates_and_actors_that_exclude_each_other_are_conflicts() -> None:
    first = event(1, "ASSAULT", "AAA BBB", "CCC", date=on("2024-03-05"))
    second = event(1, "ASSAULT", "AAA DDD", "CCC", date=on("2024-03-06"))
    third = event(1, "ASSAULT", "AAA", "CCC", date=on("2024-03-05"))
    merged = merge_events([told(1, first), told(2, second), told(3, third)])[0]
    assert {(c.field, c.value) for c in merged.conflicts} == {
        ("actors", "AAA|BBB"),
        ("actors", "AAA|DDD"),
        ("actors", "AAA"),
        ("date", "2024-03-05"),
        ("date", "2024-03-06"),
    }
    assert merged.date.start == "2024-03-05"


def test_attributed_only_where_every_report_attributes() -> None:
    said = event(1, "ASSAULT", "AAA", "BBB", attribution=Attribution(speaker=None, stance="alleges", span=None))
    plain = event(1, "ASSAULT", "AAA", "BBB")
    assert merge_events([told(1, said), told(2, said)])[0].attributed
    assert not merge_events([told(1, said), told(2, plain)])[0].attributed


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_merging_partitions_and_knows_no_order(seed: int, shuffle: int) -> None:
    source = random.Random(seed)
    reports = []
    for n in range(20):
        for k in range(source.randrange(3)):
            fact = event(
                k,
                source.choice(("ASSAULT", "CONSULT", "AGREE", "COOPERATE")),
                source.choice(("AAA", "BBB", "AAA BBB", "")),
                source.choice(("CCC", "AAA", "")),
                date=on(source.choice(("2024-03-01", "2024-03-02", "2024-03-09", None))),
            )
            reports.append(told(n, fact, place=k, published=source.choice(("2024-03-02", "2024-03-03", None))))
    merged = merge_events(reports)
    assert merged == merge_events(random.Random(shuffle).sample(reports, len(reports)))
    assert sorted(f for m in merged for f in m.event_ids) == sorted(r.view.id for r in reports)
    by_id = {r.view.id: r for r in reports}
    for m in merged:
        facts = [by_id[f] for f in m.event_ids]
        assert len({r.story for r in facts}) == len(facts)
        assert facts == sorted(facts, key=lambda r: r.order)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_an_id_survives_more_sources(seed: int) -> None:
    source = random.Random(seed)
    attack = event(1, "ASSAULT", "AAA", "BBB")
    reports = [told(n, attack, counts=killed(source.randrange(9))) for n in range(8)]
    ids = {merge_events(reports[: n + 1])[0].id for n in range(8)}
    assert len(ids) == 1


def test_editions_of_a_series_are_one_a_year() -> None:
    reports = [
        told(
            1,
            exercise(1, "Iron Gate 2022", "AAA BBB", series="Iron Gate", edition="2022", start="2022-05-02", end="2022-05-09"),
            published="2022-05-01",
            cluster="c1",
        ),
        told(2, exercise(1, "Iron Gate 2022", "AAA BBB CCC", series="Iron Gate", edition="2022"), published="2022-05-10", cluster="c2"),
        told(3, exercise(1, "Iron Gate", "AAA BBB", series="Iron Gate"), published="2022-05-11", cluster="c3"),
        told(
            4,
            exercise(1, "Iron Gate 2023", "AAA BBB", series="Iron Gate", edition="2023", start="2023-05-01"),
            published="2023-05-10",
            cluster="c4",
        ),
    ]
    merged = merge_exercises(reports)
    assert [(m.edition, m.document_ids) for m in merged] == [("2022", ("d1", "d2", "d3")), ("2023", ("d4",))]
    assert {c.value for c in merged[0].conflicts if c.field == "participants"} == {"AAA|BBB", "AAA|BBB|CCC"}
    assert [a.country for a in merged[0].participants] == ["AAA", "BBB", "CCC"]
    assert (merged[0].start, merged[0].end) == ("2022-05-02", "2022-05-09")


def test_an_edition_over_the_turn_of_a_year_is_one() -> None:
    first = exercise(1, "Ice", "AAA BBB", series="Ice", edition="2022", start="2022-12-20", end="2023-01-10")
    second = replace(first, edition="2023", start="2023-01-05")
    assert len(merge_exercises([told(1, first), told(2, second)])) == 1


def test_an_unnamed_exercise_joins_the_edition_of_its_cluster() -> None:
    named = exercise(1, "Iron Gate 2024", "AAA BBB", series="Iron Gate", edition="2024", start="2024-03-04", end="2024-03-09")
    unnamed = exercise(1, None, "AAA BBB", start="2024-03-05")
    here, there = told(2, unnamed), told(3, replace(unnamed, start="2024-03-06"), cluster="other")
    assert [len(m.exercise_ids) for m in merge_exercises([told(1, named), here, there])] == [2, 1]


def test_unnamed_exercises_elsewhere_are_one_only_with_the_same_parties_and_first_day() -> None:
    drill = exercise(1, None, "AAA BBB", start="2024-03-05")
    reports = [
        told(1, drill),
        told(2, drill, cluster="c2"),
        told(3, replace(drill, start="2024-03"), cluster="c3"),
        told(4, exercise(1, None, "AAA CCC", start="2024-03-05"), cluster="c4"),
    ]
    assert [m.document_ids for m in merge_exercises(reports)] == [("d1", "d2"), ("d3",), ("d4",)]


def test_counts_of_forces_that_differ_are_kept() -> None:
    def forces(n: int) -> tuple[Force, ...]:
        return (Force(kind="troops", count=n, at_least=False, of=Actor(name="A", country="AAA"), claimed_by=None, span=(0, 0)),)

    x = exercise(1, "Iron Gate", "AAA BBB", edition="2024")
    merged = merge_exercises([told(1, replace(x, forces=forces(3000))), told(2, replace(x, forces=forces(5000)))])
    assert [(c.field, c.value) for c in merged[0].conflicts] == [("troops AAA", "3000"), ("troops AAA", "5000")]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_editions_partition_and_know_no_order(seed: int, shuffle: int) -> None:
    source = random.Random(seed)
    reports = []
    for n in range(24):
        name = source.choice(("Iron Gate", "Ice", None))
        start = source.choice(("2022-05-02", "2022-12-30", "2023-05", "2024", None))
        fact = exercise(
            1,
            name,
            source.choice(("AAA BBB", "AAA BBB CCC", "CCC DDD")),
            start=start,
            edition=source.choice(("2022", "2023", None)) if name else None,
        )
        reports.append(told(n, fact, published=source.choice(("2022-05-03", "2023-01-02", None)), cluster=f"c{source.randrange(5)}"))
    merged = merge_exercises(reports)
    assert merged == merge_exercises(random.Random(shuffle).sample(reports, len(reports)))
    assert sorted(f for m in merged for f in m.exercise_ids) == sorted(r.view.id for r in reports)


def test_days_of_parts_of_dates() -> None:
    assert days("2024-02", None) == days("2024-02-01", "2024-02-29")
    assert days("soon", None) is None
    assert overlap((5, 6), (7, 9), 1) and not overlap((5, 6), (8, 9), 1)


def test_places_within_places_agree() -> None:
    town, country, far = place("Arda", "AAA", 1, 1), place("Aland", "AAA", 3, 3, kind="country"), place("Belo", "AAA", 9, 9)
    assert same_place(town, country) and not same_place(town, far) and not same_place(country, place("Arda City", "BBB", 1, 1))


def test_the_last_of_even_votes_wins() -> None:
    assert favourite(["a", "b"]) == "b"
    assert favourite([None]) is None


def test_nameless_agents_exclude_nobody_and_need_more_than_each_other() -> None:
    police, gunmen = Actor(name="Police", sector="COP"), Actor(name="Gunmen", sector="UAF")
    named, other = Actor(name="Ann Lee", sector="CVL"), Actor(name="Bo Ray", sector="CVL")
    plain = event(1, "ASSAULT", "", "", date=on(None))
    first = replace(plain, actors=(police,), recipients=(named,))
    assert compatible(first, replace(first, recipients=(gunmen,)))
    assert not compatible(first, replace(first, recipients=(other,)))
    neither = replace(first, actors=(gunmen,), recipients=(Actor(name="Workers", sector="LAB"),))
    assert not compatible(first, neither)
    assert compatible(first, neither, only=True)
    assert compatible(replace(first, places=(place("Arda", "AAA"),)), replace(neither, places=(place("Arda", "AAA"),)))


def met(*sides: Actor | None) -> Event:
    """An attack without date by the first on the second."""
    acting, other = ((a,) if a else () for a in sides)
    return replace(event(1, "ASSAULT", "", "", date=on(None)), actors=acting, recipients=other)


HOME = {"country": "AAA", "country_basis": "inferred"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Actor(name="Guard", sector="COP"), Actor(name="Guard (Aland)", sector="COP", **HOME), True),
        (Actor(name="Guard", country="AAA", sector="COP", country_basis="text"), Actor(name="Officer", sector="COP", **HOME), None),
        (Actor(name="Bo Ray (Aland)", sector="LAB", **HOME), Actor(name="Ann Lee (Aland)", sector="LAB", **HOME), False),
        (Actor(name="Ray", sector="LAB"), Actor(name="Bo Ray", sector="LAB"), True),
        (Actor(name="Harbour gang member", sector="CRM"), Actor(name="Bo Ray", sector="CVL"), None),
        (Actor(name="Harbour gang member", sector="CRM"), Actor(name="suspected member", sector="CVL"), True),
        (Actor(name="Aland", country="AAA"), Actor(name="Ships", country="BBB", sector="BUS", country_basis="inferred"), None),
    ],
)
def test_an_inferred_country_is_not_who_a_party_is(one: Actor, other: Actor, same: bool | None) -> None:
    assert sides_agree((one,), (other,)) is same
    assert sides_agree((other,), (one,)) is same


def test_those_of_one_sector_can_be_the_same() -> None:
    killed = met(None, Actor(name="two clerks", sector="LAB"))
    assert compatible(killed, met(Actor(name="Gunman", sector="UAF"), Actor(name="co-workers", sector="LAB")))
    assert not compatible(killed, met(Actor(name="Gunman", sector="UAF"), Actor(name="villagers", sector="CVL")))


def test_words_are_of_who_says_them() -> None:
    aland, other, bo = (Actor(name="Aland", country="AAA", sector="GOV"), actor("BBB"), Actor(name="Bo Ray", sector="SOC"))
    said = replace(met(aland, other), type="REQUEST", date=on("2024-03-06"))
    assert not compatible(said, replace(said, actors=(bo,)))
    assert compatible(said, replace(said, actors=(aland,), recipients=()))
    assert compatible(replace(said, type="ASSAULT"), replace(said, type="ASSAULT", actors=(bo,)))


def test_most_reports_decide_and_one_does_not_keep_an_event_apart() -> None:
    named, gunman = Actor(name="Bo Ray", sector="CRM"), Actor(name="gunman", sector="UAF")
    clerk, teller = Actor(name="Ann Lee", sector="CVL"), Actor(name="Mary Dow", sector="BUS")
    reports = [met(named, clerk), met(None, clerk), met(gunman, clerk), met(named, None), met(gunman, teller)]
    merged = merge_events([told(n, e) for n, e in enumerate(reports)])
    assert [m.document_ids for m in merged] == [("d0", "d1", "d2", "d3"), ("d4",)]
    assert merged[0].conflicts == ()


def test_a_kind_of_event_told_once_by_each_story_is_one() -> None:
    first = event(1, "ASSAULT", "AAA", "", date=on(None))
    second = event(1, "ASSAULT", "", "BBB", date=on(None))
    assert len(merge_events([told(1, first), told(2, second)])) == 1
    assert len(merge_events([told(1, first), told(2, second), told(2, event(2, "ASSAULT", "CCC", "DDD"), place=1)])) == 3
