"""Every page: it is there, says what the data says, and links to where it should."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from communique.render.html import to_html
from communique.render.linked import facts, linked_text, segments
from communique.serve.app import create_app, static_files
from communique.serve.asking import story_id, story_path
from communique.serve.config import DeskConfig
from communique.types import Record

from .conftest import TWICE, addresses, fill_plain

HTML = {"accept": "text/html"}


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_every_page(client: TestClient, ids: dict[str, str]):
    for address in addresses(ids):
        answer = client.get(address, headers=HTML)
        assert answer.status_code == (400 if "nothing" in address else 200), (address, answer.text[:300])
        assert answer.headers["content-type"].startswith("text/html")
        assert "<h1" in answer.text and not re.search(r">\s*None\s*<|\bNone\b[,;)]", answer.text), address


def test_links_lead_somewhere(client: TestClient, ids: dict[str, str]):
    seen, queue = set(), addresses(ids)
    while queue and len(seen) < 400:
        address = queue.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, headers=HTML)
        assert answer.status_code in (200, 400 if "nothing" in address else 200), (address, answer.text[:200])
        if answer.headers["content-type"].startswith("text/html"):
            found = [unescape(h) for h in re.findall(r'href="(/[^"#]*)', answer.text)]
            queue += [h for h in found if h not in seen and not h.startswith("/static/")]
    assert len(seen) > 100


def test_story_has_every_word_and_every_fact(client: TestClient, demo_records: list[Record]):
    record = next(r for r in demo_records if r.document.id == "drill")
    page = client.get("/stories/drill", headers=HTML).text
    shown = page[page.index('<div class="text"') : page.index("<aside")]
    words = re.sub(r"\s+", "", text_of(shown))
    assert re.sub(r"\s+", "", record.document.text) in words
    rows = client.get("/events.json", params={"document": "drill"}).json()["rows"]
    for row in rows:
        assert f'id="{row["event_id"]}"' in page and f'href="#{row["event_id"]}"' in page
    assert page.count('<article class="fact') == len(facts(record))


def test_story_tells_of_other_reports_and_where_they_differ(client: TestClient):
    page = client.get("/stories/drill", headers=HTML).text
    assert f'href="/stories/{TWICE}"' in page and "Reports differ" in page and "One of 2 reports" in page
    merged = client.get("/merged-events/m_drill", headers=HTML).text
    assert "Reports differ" in merged and "Mombasa" in merged


def test_segments_are_the_text(demo_records: list[Record]):
    for record in demo_records:
        text = record.document.text
        assert "".join(text[s.start : s.end] for s in segments(record)) == text
        assert re.sub(r"\s+", "", text_of(linked_text(record))) == re.sub(r"\s+", "", text)


def test_notebook_has_the_same_marks_as_the_desk(client: TestClient, demo_records: list[Record]):
    record = next(r for r in demo_records if r.document.id == "drill")
    classes = r'<i class="([^"]+)">'
    page = client.get("/stories/drill", headers=HTML).text
    assert re.findall(classes, page) == re.findall(classes, to_html(record)) != []
    style = static_files()["marks.css"][0].decode()
    assert ".cq:has(.n0:is(:target,:hover,:focus-within)) .f0" in style


def test_three_clicks_to_who_denied_what(client: TestClient):
    front = client.get("/", headers=HTML).text
    first = re.search(r'href="(/statements[?]verb=[^"]*deny[^"]*)"', front)
    assert first
    denials = client.get(first[1], headers=HTML).text
    link = re.search(r'href="(/stories/[^"]+)#(s_[^"]+)"', denials)
    assert link  # the second
    story = client.get(link[1], headers=HTML).text
    card = story[story.index(f'id="{link[2]}"') :]
    assert re.search("deny|assure|insist|reject", card[:400])


def test_an_exercise_shows_its_reactions_and_a_statement_what_it_is_about(client: TestClient):
    drill = next(r for r in client.get("/exercises.json").json()["rows"] if r["name"] == "Coral Guard 2023")
    said = [client.get(f"/statements/{s}.json").json()["row"] for s in drill["reaction_ids"]]
    page = text_of(client.get(f"/exercises/{drill['exercise_id']}", headers=HTML).text)
    assert "Reactions" in page and said and all(s["text"] in page for s in said)
    statement = client.get(f"/statements/{said[0]['statement_id']}", headers=HTML).text
    assert f'<a href="/exercises/{drill["exercise_id"]}">Coral Guard 2023</a>' in statement
    assert said[0]["speaker"]["name"] in statement
    undated = next(r for r in client.get("/statements.json").json()["rows"] if not r["date_start"])
    assert "the day of publication" in client.get(f"/statements/{undated['statement_id']}", headers=HTML).text
    assert "Coral Guard 2023</a> (planned)" in client.get("/statements?document=drill", headers=HTML).text


@pytest.mark.parametrize("path", ["events", "statements", "exercises", "stories", "happenings", "search", "timeline", "dyads", "map"])
def test_nothing_found_says_why(client: TestClient, path: str):
    page = text_of(client.get(f"/{path}?text=xyzzy", headers=HTML).text)
    assert re.search("Nothing fits these filters|Nothing of that kind. Fewer words", page) and "no rows" not in page
    for view in ("series", "calendar"):
        assert "Nothing fits these filters" in text_of(client.get(f"/exercises?view={view}&text=xyzzy", headers=HTML).text)


def test_a_story_without_a_title_is_called_by_its_first_line(tmp_path: Path):
    import communique

    text = "Two navies to drill off Pemba\n\nNAIROBI -- Kenya and Tanzania will hold a naval exercise off Pemba in July, Kenya said."
    record = communique.code([{"id": "u", "text": text, "published": "2023-06-15"}])[0]
    assert record.document.title is None
    with TestClient(create_app(DeskConfig(dataset=fill_plain(tmp_path, [record]).location))) as desk:
        for address in ("/", "/stories", "/stories/u"):
            assert "Two navies to drill off Pemba</" in desk.get(address, headers=HTML).text, address
        event = desk.get("/events.json").json()["rows"][0]["event_id"]
        assert "Two navies to drill off Pemba, unknown publisher" in desk.get(f"/events/{event}", headers=HTML).text
        assert desk.get("/stories.json").json()["rows"][0]["title"] is None  # the data do not guess


def test_squares_of_the_map_lead_to_as_many_events_as_they_say(client: TestClient):
    page = client.get("/map", headers=HTML).text
    rows = re.findall(r'<th scope="row"><a href="/events\?([^"]+)">[^<]*</a></th><td class="num">(\d+)', page)
    assert rows
    for query, said in rows:
        assert client.get(f"/events.json?{unescape(query)}").json()["count"] == int(said)


@pytest.mark.parametrize("name", ["a/b", "../x", "sha256:ab", "a b?c#d", "~x", "ü.json", "", "x/../y", "a\x01b", "tag:1,2", "%2e%2e"])
def test_story_paths(name: str):
    from urllib.parse import unquote

    path = story_path(name)
    assert story_id(unquote(path.removeprefix("/stories/"))) == name
    assert ".." not in path.split("/") and "?" not in path and "#" not in path


def test_filters_show_as_chips_and_empty_fields_are_not_given(client: TestClient):
    page = client.get("/events?actor=KEN&type=&since=", headers=HTML)
    assert page.status_code == 200 and "actor: KEN" in page.text and "type:" not in page.text


def test_static_files_are_small_and_have_no_addresses_elsewhere():
    files = static_files()
    assert sum(len(data) for data, _ in files.values()) <= 1_500_000
    for name, (data, _) in files.items():
        if name.endswith(".css"):
            assert b"url(" not in data and b"@import" not in data, name
