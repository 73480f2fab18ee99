"""The temporal grammar."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.extract.time_patterns import PATTERNS, likely
from communique.extract.times import find_times
from communique.resolve.temporal import bounds, week_of
from communique.text.sentences import split_sentences
from conftest import document


def times(text: str, published: str | None = "2024-03-07"):
    d = document(text, published)
    return find_times(d, split_sentences(d))


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("The treaty was signed on 17 June 1992.", "17 June 1992", "1992-06-17"),
        ("Parliament met on January 12.", "January 12", "2024-01-12"),
        ("The drill is scheduled for April 8-12.", "April 8-12", "2024-04-08/2024-04-12"),
        ("They will train from June 28 to July 4.", "June 28 to July 4", "2024-06-28/2024-07-04"),
        ("He resigned on Monday.", "Monday", "2024-03-04"),
        ("She will arrive on Monday.", "Monday", "2024-03-11"),
        ("He left on Thursday.", "Thursday", "2024-03-07"),
        ("A vote is due later this month.", "this month", "2024-03"),
        ("The army withdrew last year.", "last year", "2023"),
        ("Two weeks ago the border was closed.", "Two weeks ago", "2024-02-19/2024-02-25"),
        ("Exports fell in the third quarter of 2019.", "third quarter of 2019", "2019-07/2019-09"),
        ("War raged through the 1990s.", "the 1990s", "1990/1999"),
        ("Tests were held in May 2021.", "May 2021", "2021-05"),
        ("Rains came in the summer of 2015.", "summer of 2015", "2015-06/2015-08"),
        ("Until Tuesday, the ferry had not sailed.", "Tuesday", "2024-03-05"),
        ("The strike will last until Tuesday.", "Tuesday", "2024-03-12"),
        ("Ghana will appeal Tuesday's ruling.", "Tuesday", "2024-03-05"),
        ("Ghana will boycott Tuesday's vote.", "Tuesday", "2024-03-12"),
        ("A bomb went off next to the Chilean embassy on Tuesday.", "Tuesday", "2024-03-05"),
        ("He visited Lima in March for the Andean summit.", "March", "2024-03"),
    ],
)
def test_values(text: str, words: str, value: str):
    found = times(text)
    assert [(t.text.removeprefix("the ") if words[:4] != "the " else t.text, t.value) for t in found] == [(words, value)]


def test_without_a_publication_date_nothing_relative_is_resolved():
    found = times("On Tuesday, last month and two days ago he spoke; on May 3 and in 1994 he wrote.", None)
    assert {t.text: t.value for t in found if t.value} == {"1994": "1994"}
    assert next(t for t in found if t.text == "May 3").timex == "XXXX-05-03"


@pytest.mark.parametrize(
    "text", ["Voters may march to the square.", "May we ask why?", "The Sunday Times reported it.", "Some 2,000 troops came."]
)
def test_words_that_are_no_dates(text: str):
    assert [t for t in times(text) if t.value] == []


@given(st.dates())
def test_weeks_run_monday_to_sunday(day):
    if day.toordinal() > 3652000 or day.toordinal() < 10:
        return
    first, last = week_of(day)
    assert first.weekday() == 0 and last.weekday() == 6 and first <= day <= last


@given(st.integers(1000, 2999), st.integers(1, 12))
def test_bounds_hold_their_month(year: int, month: int):
    first, last = bounds(f"{year}-{month:02d}")
    assert first.day == 1 and (first.year, first.month) == (last.year, last.month) == (year, month) and 28 <= last.day <= 31


@given(st.text(max_size=300))
def test_any_text_gives_spans_inside_it(text: str):
    for t in times(text):
        assert t.span and text[t.span[0] : t.span[1]] == t.text


_PARTS = (
    "early|May|12|14th|1987|Friday|Mon.|SATURDAY|JUNE|last|next|this|the|past|quarter|first|second|half|of|fiscal|FY|Q3|two|weeks|year|months|decades|"
    "centuries|ago|earlier|from now|noon|10|9:30|p.m.|pm|GMT|1830|hours|'80s|1990s|mid|-|3/4/87|2020-05-06|1980-81|in|summer|Fall|tonight|Yesterday|"
    "morning|weekend|night of|the 5th|11th|century|BC|nineties|year-end|New Year|fortnight|full|latter|spring|since|every|daily|each|now|end of|to|recent|few|1/2|and a half|nineteen|ninety-six|two thousand|a.m.|Christmas|Easter|on"
).split("|")


@given(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=7).map(" ".join))
def test_patterns_that_are_left_out_find_nothing(text: str):
    left = {rank for rank, _, _ in likely(text)}
    for rank, (name, pattern) in enumerate(PATTERNS):
        assert rank in left or not pattern.search(text), name


@pytest.mark.parametrize(
    ("text", "words", "timex"),
    [
        ("The ferry left at 9 a.m. Tuesday with the monitors.", "9 a.m. Tuesday", "2024-03-05T09:00"),
        ("Bids close at 5 p.m. GMT, March 21.", "5 p.m. GMT, March 21", "2024-03-21T17:00"),
        ("The lights went out at midnight on Friday.", "midnight on Friday", "2024-03-01T24:00"),
        ("They argued for 2 1/2 years over one bridge.", "2 1/2 years", "P2Y6M"),
        ("Nobody spoke for a minute and a half.", "a minute and a half", "PT1M30S"),
        ("It began in January nineteen ninety-four.", "January nineteen ninety-four", "1994-01"),
        ("He was freed in nineteen eighty-nine.", "nineteen eighty-nine", "1989"),
        ("It was the year two thousand.", "the year two thousand", "2000"),
        ("A census is to be held this September.", "this September", "2024-09"),
        ("The bridge fell last October 23.", "last October 23", "2023-10-23"),
        ("Work began in June last year.", "June last year", "2023-06"),
        ("Farmers pay the levy each July.", "each July", "XXXX-07"),
        ("The paper wrote on Monday, March 4: enough.", "Monday, March 4", "2024-03-04"),
        ("The convoy could reach the town as early as Saturday.", "Saturday", "2024-03-09"),
        ("The fleet will double its flights between the coast and the capital by August.", "August", "2024-08"),
        ("Shops stayed shut on Christmas Eve.", "Christmas Eve", "2023-12-24"),
        ("The amnesty will begin on Good Friday.", "Good Friday", "2024-03-29"),
        ("They met on Thanksgiving Day 2019.", "Thanksgiving Day 2019", "2019-11-28"),
        ("Turnout on Election Day 2020 was high.", "Election Day 2020", "2020-11-03"),
    ],
)
def test_timex_values(text: str, words: str, timex: str):
    assert [(t.text, t.timex) for t in times(text)] == [(words, timex)]


def test_a_planned_day_stays_planned_before_another_clause():
    found = times("Unions planned a rally in the port on Saturday and were talking to the mayor.")
    assert [t.timex for t in found] == ["2024-03-09"]


@pytest.mark.parametrize(
    ("text", "published", "values"),
    [
        # a named day that cannot be resolved is not replaced by another
        ("At 9 a.m. on February 30 the siren sounded.", "2024-03-07", [None]),
        ("On May 5, 2001 the court met; it sat again at noon on Tuesday.", None, ["2001-05-05", None]),
        ("On May 5, 2001 the court met; it sat again at 9 a.m. Tuesday.", None, ["2001-05-05", None]),
        ("The hearing starts at 9 a.m. on 5 April 2024.", "2024-03-07", ["2024-04-05"]),
        ("The last February 29 was calm.", "2023-05-01", ["2020-02-29"]),
        ("The next February 29 will be dry.", "2024-03-07", ["2028-02-29"]),
        ("The bridge fell on March 3 of last year.", "2024-03-07", ["2023-03-03"]),
        ("Last May the army withdrew.", "2024-03-07", ["2023-05"]),
        ("Last summer was dry.", "2024-03-07", ["2023-06/2023-08"]),
        ("The talks will begin this January.", "2024-12-25", ["2025-01"]),
        ("The talks began this January.", "2024-12-25", ["2024-01"]),
        ("Delegates arrive this Friday.", "2024-03-07", ["2024-03-08"]),
        ("The rebels held the port until Saturday.", "2024-03-07", ["2024-03-02"]),
        ("Shops will be closed on Christmas Day.", "2024-12-25", ["2024-12-25"]),
        ("Sales fell this Christmas.", "2025-01-03", ["2024-12-25"]),
        ("Sales fell this Christmas.", "2024-12-28", ["2024-12-25"]),
        ("The law applies from this New Year's Day.", "2024-12-28", ["2025-01-01"]),
        ("Envoys return every Christmas.", "2024-03-07", [None]),
        ("It lasted 1.5 years.", "2024-03-07", [None]),
    ],
)
def test_days_that_are_hard_to_place(text: str, published: str | None, values: list[str | None]):
    assert [t.value for t in times(text, published)] == values


@pytest.mark.parametrize(
    ("text", "timex"),
    [
        ("In January two thousand people marched.", ["2024-01"]),
        ("In March two thousand and nineteen soldiers left.", ["2024-03"]),
        ("Some nineteen ninety-six students came.", []),
        ("It began in January two thousand and twenty-four.", ["2024-01"]),
        ("It was the year two thousand twenty.", ["2020"]),
        ("He was born in nineteen hundred and five.", ["1905"]),
        ("It held from nineteen ninety-five and nineteen ninety-six on.", ["1995", "1996"]),
        ("They argued for 2½ years.", ["P2Y6M"]),
        ("It lasted 1.5 years.", ["PXY"]),
        ("Envoys return every Christmas.", ["XXXX-12-25"]),
    ],
)
def test_numbers_in_words_and_parts(text: str, timex: list[str]):
    assert [t.timex for t in times(text)] == timex


@pytest.mark.parametrize(
    "text",
    [
        "The Good Friday Agreement holds.",
        "The Bloody Sunday inquiry closed.",
        "A boat reached Christmas Island.",
        "A ship passed Easter Island.",
    ],
)
def test_names_that_hold_a_day(text: str):
    assert times(text) == ()


@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "words", ["Christmas", "yesterday", "tomorrow", "next month", "last quarter", "June 5", "9 p.m. tomorrow", "the weekend"]
)
def test_days_off_the_calendar_are_no_times(words: str, published: str):
    assert all(t.value is None or t.start for t in times(f"He spoke {words}.", published))


def test_halves_and_quarters_of_a_relative_year_name_what_they_are_counted_from():
    found = times("Exports fell in the first half of last year and in the third quarter of last year, not in the first half of 2019.")
    assert [t.anchor for t in found] == ["2024-03-07", "2024-03-07", None]


@pytest.mark.parametrize("text", ["Nuns joined the March for Life in Lima.", "They set out on a March on Rome."])
def test_a_march_is_no_month(text: str):
    assert times(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # published on a Thursday
        ("The two envoys are to meet in Oslo on Monday.", "2024-03-11"),
        ("A march that was to leave the port on Saturday was put off.", "2024-03-09"),
        ("Bakers may close their shops from Sunday.", "2024-03-10"),
        ("A strike of pilots has been called for Tuesday.", "2024-03-12"),
        ("A vigil will be held on Wednesday.", "2024-03-13"),
        ("Fog is unlikely to lift before Sunday.", "2024-03-10"),
        ("The opposition demanded that he step down on Friday.", "2024-03-08"),
        ("A parcel bomb was set off on Tuesday.", "2024-03-05"),
        ("Clerks may yet ask more of the mayor, who gave way on Tuesday.", "2024-03-05"),
        ("Ministers have been on strike since Friday.", "2024-03-01"),
        ("The judge was told Friday that the file was lost.", "2024-03-01"),
        ("The captain was laid to rest on Tuesday.", "2024-03-05"),
    ],
)
def test_the_side_of_publication_on_which_a_weekday_lies(text: str, value: str):
    assert [t.value for t in times(text)] == [value]


_TALE = "The mill opened in May 1911. By 1912 it had a rival, and in 1913 a third stood by the river. "


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A flood came in October.", ["1913-10"]),
        ("On December 3 the dam broke; the next day it was mended.", ["1913-12-03", "1913-12-04"]),
        ("In December 1914 the owner fell ill, and in February he died.", ["1914-12", "1915-02"]),
        ("Work stopped throughout the summer.", ["1913-06/1913-08"]),
        ("It closed at the end of the year.", ["1913"]),
    ],
)
def test_a_tale_of_the_past_counts_from_its_running_date(text: str, values: list[str]):
    assert [t.value for t in times(_TALE + text)][3:] == values


def test_news_counts_from_publication_though_it_names_a_year():
    found = times("The firm, founded in 1989, said on Tuesday that it would close in May.")
    assert [t.value for t in found] == ["1989", "2024-03-05", "2024-05"]


def test_what_is_counted_from_a_day_of_the_story_says_so():
    found = times("The dam broke on February 3. Two days later it was mended; a week ago it held.")
    assert [(t.value, t.anchor) for t in found][1:] == [("2024-02-05", "2024-02-03"), ("2024-02-26/2024-03-03", "2024-03-07")]


@pytest.mark.parametrize(
    ("text", "words", "timex"),
    [
        ("He waited for three weeks.", "three weeks", "P3W"),
        ("They had talked for weeks.", "weeks", "PXW"),
        ("It rained over the past two months.", "the past two months", "P2M"),
        ("Nobody has paid in recent years.", "recent years", "PAST_REF"),
        ("It was a two-week truce.", "two-week", "P2W"),
        ("She left just a decade ago.", "a decade ago", "2014"),
        ("He read today's paper.", "today", "2024-03-07"),
        ("It failed a couple of years later.", "a couple of years later", "2026"),
        ("They camped for a fortnight.", "a fortnight", "P2W"),
        ("The last half of 2019 was worse.", "The last half of 2019", "2019-H2"),
        ("The 1988 third quarter was better.", "The 1988 third quarter", "1988-Q3"),
        ("Third-quarter exports fell.", "Third-quarter", "2023-Q3"),
        ("It will be done by year-end.", "year-end", "2024-12"),
        ("It was an 11th century bridge.", "11th century", "10"),
        ("They wrote in the nineteenth century.", "the nineteenth century", "18"),
        ("Prices rose in the seventies.", "the seventies", "197"),
        ("The walls fell in 490 BC after a siege.", "490 BC", "BC0490"),
        ("He fled on the night of 4 May 2011.", "the night of 4 May 2011", "2011-05-04TNI"),
        ("Polls will open on the 14th.", "the 14th", "2024-03-14"),
        ("They have been sheltered since autumn.", "autumn", "2023-FA"),
        ("Prices fell before the year was out.", "the year", "2024"),
        ("They were freed at New Year.", "New Year", "2024-01-01"),
    ],
)
def test_spans_and_values_of_news_and_history(text: str, words: str, timex: str):
    assert [(t.text, t.timex) for t in times(text)] == [(words, timex)]


@pytest.mark.parametrize(
    "text",
    [
        "Iraq imports three-quarters of its wheat.",
        "He is 52 years old.",
        "The fall of the city was near.",
        "They met in the 5th Army's tent.",
        "The weeks were long.",
    ],
)
def test_counts_and_names_that_are_no_times(text: str):
    assert times(text) == ()


_HOSTILE = ("a ", "two ", "the night of ", "1,000 ", "May 4 ", "on the 5th", "the full fiscal ", "9 BC ", "twenty one ", "- ")


@pytest.mark.parametrize("word", _HOSTILE)
def test_patterns_are_linear_in_hostile_text(word: str):
    def cost(size: int) -> float:
        text = word * (size // len(word))
        runs = []
        for _ in range(3):
            start = time.process_time()
            for _, pattern in PATTERNS:
                sum(1 for _ in pattern.finditer(text))
            runs.append(time.process_time() - start)
        return min(runs)

    assert cost(20_000) < 4 * cost(10_000) + 0.02
