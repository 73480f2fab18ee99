"""One hundred payloads in every text of a dataset and in every field that a reader fills in: nothing runs, and the text is shown as written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from communique.lexicon.codebook import scores
from communique.serve.asking import story_path
from communique.store.dataset import Dataset, create_dataset
from communique.store.publish import publish
from communique.store.shards import write_shard, write_tables
from communique.types import (
    Actor,
    Attribution,
    CastMember,
    DirectedAt,
    Document,
    Event,
    Exercise,
    Force,
    Interval,
    Place,
    Record,
    Statement,
)
from store.helpers import run_of

from .browsing import Watcher, chromium, desk_at, violations
from .payloads import PAYLOADS

_NOTE = """
window.ran = [];
window.alert = (x) => window.ran.push(x);
document.addEventListener("securitypolicyviolation", (e) => window.ran.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample));
"""


def hostile(number: int, words: str) -> Record:
    """A record whose every text is the payload."""
    text = f"{words}\n\n{words} {words}."
    size = len(words)
    who = Actor(name=words, country="NOR", organization=words, sector="GOV", title=words, span=(0, size), id="a1")
    day = Interval(
        value="2024-03-07", start="2024-03-07", end="2024-03-07", precision="day", basis="text", span=(0, 1), text=words, timex=words
    )
    place = Place(
        text=words,
        span=(0, size),
        name=words,
        country="NOR",
        admin1=words,
        latitude=60.0,
        longitude=10.0 + number / 10,
        kind="city",
        score=0.5,
    )
    sentence = (0, len(text))
    return Record(
        document=Document(id=f"{number} {words}", title=words, publisher=words, url=words, language="en", published="2024-03-07", text=text),
        actors=(CastMember(id="a1", name=words, country="NOR", organization=words, sector=words, title=words, mentions=((0, size),)),),
        events=(
            Event(
                id="e1", type="ACCUSE", mode=words, contexts=(words,), actors=(who,), recipients=(who,), status="past", date=day, places=(place,),
                attribution=Attribution(speaker=who, stance="denies", span=None), trigger=(0, size), evidence=(sentence,), score=0.5,
                why={words: words, "rule": [words]},
            ),
        ),
        statements=(
            Statement(
                id="s1", speaker=who, verb=words, addressee=who, direct=True, quote=(0, size), text=words, date=day, about=("e1",), evidence=(sentence,)
            ),
        ),
        exercises=(
            Exercise(
                id="x1", name=words, series=words, edition=words, status="planned", hosts=(who,), participants=(who,), observers=(who,), start="2024-03-07",
                end="2024-03-08", places=(place,), domains=(words,), kind=words, focus=(words,),
                forces=(Force(kind="troops", count=5, at_least=False, of=who, claimed_by=who, span=(0, size)),), purpose=words,
                directed_at=(DirectedAt(actor=who, stance="denied"),), reactions=("s1",), evidence=(sentence,), mentions=((0, size),),
            ),
        ),
        times=(day,),
        places=(place,),
    )  # fmt: skip


def corpus(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    """One happening of all stories with a merged event that differs in every way."""
    snapshot = dataset.snapshot()
    events = snapshot.read("events").to_pylist()
    skipped = ("event_id", "document_id", "local_id", "ordinal", "evidence", "sentence", "why", "published_day", "attribution", "trigger")
    merged = {k: v for k, v in events[0].items() if k not in skipped} | {
        "merged_id": "m_1",
        "cluster_id": "c_1",
        "event_ids": [e["event_id"] for e in events],
        "document_ids": [e["document_id"] for e in events],
        "documents": len(events),
        "publishers": len(events),
        "conflicts": [
            {"field": p, "value": p, "fact_ids": [e["event_id"]], "document_ids": [e["document_id"]]} for p, e in zip(PAYLOADS, events)
        ],
    }
    return {
        "clusters": [{"cluster_id": "c_1", "title": PAYLOADS[0], "documents": len(events), "publishers": len(events)}],
        "cluster_documents": [{"cluster_id": "c_1", "document_id": e["document_id"], "kind": p} for e, p in zip(events, PAYLOADS)],
        "merged_events": [merged],
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    dataset = create_dataset(tmp_path_factory.mktemp("hostile"))
    write_shard(dataset, "s", [hostile(n, p) for n, p in enumerate(PAYLOADS)], run_id="r", codes=scores)
    publish(dataset, run_of("r"))
    write_tables(dataset, "c", corpus(dataset), run_id="m")
    publish(dataset, run_of("m"))
    with desk_at(dataset.location) as found:
        yield found


def test_there_are_a_hundred():
    assert len(set(PAYLOADS)) == 100


def test_nothing_runs(base: str):
    with chromium() as browser:
        context = browser.new_context()
        context.add_init_script(_NOTE)
        page = context.new_page()
        watcher = Watcher(page)

        def visit(address: str) -> None:
            page.goto(base + address, wait_until="load")
            assert page.evaluate("window.ran") == [], address

        for number, words in enumerate(PAYLOADS):
            visit(story_path(f"{number} {words}"))
            shown = " ".join(words.split())
            assert " ".join(page.locator("h1").text_content().split()) == shown
            assert shown in " ".join(page.locator(".text").text_content().split())
            if number % 10 == 0:
                page.locator(".text a").first.hover()
                page.locator("summary").first.click()
                assert page.evaluate("window.ran") == []
        rows = context.request.get(f"{base}/events.json?limit=200").json()["rows"]
        assert len(rows) == 100
        facts = [f"/events/{rows[0]['event_id']}", f"/events/{rows[50]['event_id']}/correction", "/merged-events/m_1", "/happenings/c_1"]
        lists = "/ /events?limit=200 /statements?limit=200 /exercises?limit=200 /stories?limit=200 /happenings /merged-events /search /map /timeline /dyads /actors /method"
        for address in [
            *lists.split(),
            *facts,
            "/exercises?view=calendar&year=2024",
            "/exercises?view=series",
            "/timeline?split=type",
            "/actors/NOR",
        ]:
            visit(address)
        hits = [c for c in watcher.complaints if "Failed to load resource" not in c]
        assert hits == [] and {u.split("/")[2] for u in watcher.asked} == {base.split("/")[2]}


def test_nothing_runs_from_what_readers_send(base: str):
    with chromium() as browser:
        context = browser.new_context()
        context.add_init_script(_NOTE)
        page = context.new_page()
        for number, words in enumerate(PAYLOADS):
            path = ("/search?text=", "/events?place=", "/exercises?series=", "/stories?source=", "/events/", "/stories?document=")[
                number % 6
            ]
            page.goto(base + path + quote(words[:400], safe=""), wait_until="load")
            assert page.evaluate("window.ran") == [], words
        for words in PAYLOADS[::12]:
            answer = context.request.post(f"{base}/code", form={"text": f"Norway accused Russia of spying. {words}", "title": words})
            page.goto(f"{base}/code")
            page.evaluate("html => document.documentElement.innerHTML = html", answer.text())
            assert page.evaluate("window.ran") == [], words


def test_the_test_would_see_it(base: str):
    """The same browser does run a payload, does note a violation of the policy, and axe does find a fault, where a page is at fault."""
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(_NOTE)
        page.goto("about:blank")
        page.set_content("<img src=x onerror=alert(1)>")
        page.wait_for_function("window.ran.length > 0")
        page.goto(f"{base}/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
        page.wait_for_function("window.ran.some((x) => String(x).startsWith('script-src'))")
        assert any("image-alt" in v for v in violations(page))
