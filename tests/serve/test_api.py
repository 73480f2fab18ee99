"""The API: the same rows in every form, paging, validators, errors of one shape."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from lxml import etree

from communique.cli import main
from communique.render.json import from_json
from communique.serve.asking import read_cursor, write_cursor
from communique.serve.formats import to_ics
from communique.serve.lists import LISTS
from communique.store.where import TARGETS
from communique.types import Record


@pytest.mark.parametrize("name", list(LISTS))
def test_forms_hold_the_same_rows(client: TestClient, name: str):
    listing = LISTS[name]
    key = TARGETS[listing.table].id
    rows = client.get(f"/{name}.json?limit=500").json()
    ids = [r[key] for r in rows["rows"]]
    assert rows["count"] == len(ids)
    table = csv.DictReader(io.StringIO(client.get(f"/{name}.csv").content.decode()))
    assert [r[key] for r in table] == ids
    parquet = pq.read_table(io.BytesIO(client.get(f"/{name}.parquet").content))
    assert parquet[key].to_pylist() == ids
    if "geojson" in listing.formats:
        features = client.get(f"/{name}.geojson").json()["features"]
        assert [f["properties"][key] for f in features] == ids
        assert all(f["geometry"] is None or -180 <= f["geometry"]["coordinates"][0] <= 180 for f in features)


@pytest.mark.parametrize("name", ["events", "statements", "stories"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_follow_each_other(client: TestClient, name: str, order: str):
    key = TARGETS[LISTS[name].table].id
    whole = [r[key] for r in client.get(f"/{name}.json?limit=500&order={order}").json()["rows"]]
    address, got = f"/{name}.json?limit=3&order={order}", []
    while address:
        answer = client.get(address)
        got += [r[key] for r in answer.json()["rows"]]
        link = answer.headers.get("link")
        address = link.split(">")[0][1:] if link else None
        assert address == answer.json()["next"]
    assert got == whole and len(got) == len(set(got)) > 3


def test_validators_and_compression(client: TestClient):
    one = client.get("/events.json", headers={"accept-encoding": "gzip"})
    assert one.headers["content-encoding"] == "gzip" and one.headers["etag"].startswith('W/"')
    again = client.get("/events.json", headers={"if-none-match": one.headers["etag"]})
    assert again.status_code == 304 and not again.content
    plain = client.get("/events.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.json() == one.json()
    other = client.get("/events.json?actor=KEN", headers={"if-none-match": one.headers["etag"]})
    assert other.status_code == 200
    head = client.head("/events.json")
    assert head.status_code == 200 and not head.content and int(head.headers["content-length"]) > 100
    wrong = client.get("/events.json?x=1", headers={"if-none-match": "*"})
    assert wrong.status_code == 400 and "etag" not in wrong.headers


WRONG = [
    ("/events.json?nothing=1", 400, "C200"),
    ("/events.json?type=SMILE", 400, "C200"),
    ("/events.json?limit=0", 400, "C200"),
    ("/events.json?limit=99999", 400, "C200"),
    ("/events.json?limit=1&limit=2", 400, "C200"),
    ("/events.json?after=zzz", 400, "C200"),
    ("/events.json?columns=event_id,secret", 400, "C200"),
    ("/events.json?order=up", 400, "C200"),
    ("/documents.json", 404, "C803"),
    ("/events/e_nothing.json", 404, "C606"),
    ("/statements/m_drill.json", 404, "C606"),
    ("/stories/nothing.json", 404, "C606"),
    ("/actors/QQQ.json", 404, "C606"),
    ("/actors/a;b.json", 400, "C200"),
    ("/timeline.json?by=century", 400, "C200"),
    ("/dyads.json?side=1000", 400, "C200"),
    ("/stories/..%2f..%2fetc%2fpasswd.json", 404, "C606"),
    ("/static/..%2f..%2fapp.py", 404, "C803"),
    ("/static/app.py", 404, "C803"),
]


@pytest.mark.parametrize("address,status,code", WRONG)
def test_errors_have_one_shape(client: TestClient, address: str, status: int, code: str):
    answer = client.get(address)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"status", "code", "title", "message"} and error["status"] == status and error["code"] == code
    assert "/work" not in error["message"] and "Traceback" not in answer.text


def test_wrong_methods_and_kinds(client: TestClient):
    assert client.delete("/events.json").json()["error"]["code"] == "C804"
    assert client.post("/code", content=b"x", headers={"content-type": "text/plain"}).json()["error"]["code"] == "C806"


def test_singles(client: TestClient, ids: dict[str, str], demo_records: list[Record]):
    found = client.get(f"/events/{ids['event']}.json").json()
    assert found["row"]["event_id"] == ids["event"] and found["reports"]
    record = from_json(client.get("/stories/drill.json").content)
    assert record == next(r for r in demo_records if r.document.id == "drill")


def test_ids_that_were_merged_lead_on(client: TestClient):
    for address in ("/merged-events/m_before", "/merged-events/m_before.json"):
        answer = client.get(address, follow_redirects=False)
        assert answer.status_code == 308 and answer.headers["location"] == address.replace("before", "drill")
        assert client.get(address).status_code == 200


def test_code(client: TestClient):
    text = "Norway expelled two Russian diplomats on Tuesday."
    record = from_json(client.post("/code", json={"text": text, "published": "2024-03-07"}).content)
    assert record.document.text == text and record.times[0].value == "2024-03-05"
    page = client.post("/code", data={"text": text, "published": "2024-03-07"})
    assert page.status_code == 200 and "Norway" in page.text and 'class="fact' in page.text
    file = client.post("/code", data={"text": text, "published": "2024-03-07", "download": "1"})
    assert file.headers["content-disposition"].startswith("attachment") and from_json(file.content).document.text == text
    for body, status in (
        ({"text": ""}, 422),
        ({"text": "x" * 100_001}, 413),
        ({"text": "Norway", "published": "soon"}, 422),
        ({"text": "Norway", "more": "x"}, 422),
        ({"text": 5}, 422),
        ([], 422),
    ):
        answer = client.post("/code", json=body)
        assert answer.status_code == status and "code" in answer.json()["error"], body
    assert client.post("/code", content=b"{", headers={"content-type": "application/json"}).status_code == 422


def test_corrections_are_lines_that_eval_reads(
    client: TestClient, ids: dict[str, str], demo_records: list[Record], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from communique.evaluate.stories import event_matches

    address = f"/events/{ids['event']}/correction.jsonl"
    line = json.loads(client.get(address).text)
    (key,) = line["key"]["events"]
    record = next(r for r in demo_records if r.document.id == "drill")
    assert any(event_matches(e, key) and e.status == key["status"] for e in record.events)
    assert line["story"]["text"] == record.document.text
    other = json.loads(client.get(address, params={"type": "AID", "source": "KEN,IND", "target": "TZA"}).text)["key"]["events"][0]
    assert (other["plover"], other["source"], other["target"]) == ("AID", ["KEN", "IND"], ["TZA"])
    gone = json.loads(client.get(address, params={"wrong": "1"}).text)
    assert gone["key"]["events"] == []
    lines = [client.get(address, params=p).text for p in ({}, {"type": "AID"}, {"wrong": "1"}, {"status": "past"}, {"date": "1999-01-01"})]
    (tmp_path / "corrections.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["eval", "corrections", str(tmp_path / "corrections.jsonl"), "--errors", "9", "--json"]) == 0
    scores, *listed = capsys.readouterr().out.splitlines()
    told = json.loads(scores)
    assert (told["corrections"], told["met"], told["events wanted"], told["  gone"]) == (5, 1, 4, 0)  # the first asks for what was filed
    assert (told["  event right"], told["  status right"], told["  date right"]) == (3, 2, 2)
    assert sum(" missed: " in row for row in listed) == 3 and sum(" spurious: " in row for row in listed) == 1
    for bad in ("{", "[]", '{"story": {}, "key": {}}', '{"story": {"id": "a", "text": null}, "key": {"events": []}}'):
        (tmp_path / "bad.jsonl").write_text(bad, encoding="utf-8")
        assert main(["eval", "corrections", str(tmp_path / "bad.jsonl")]) == 1
        assert "line 1 of" in capsys.readouterr().err
    assert client.get(address, params={"type": "SMILE"}).status_code == 400


def test_feed_is_atom(client: TestClient):
    for name in ("events", "statements", "exercises", "stories"):
        feed = etree.fromstring(client.get(f"/feeds/{name}.atom").content)
        space = {"a": "http://www.w3.org/2005/Atom"}
        assert feed.xpath("count(a:entry)", namespaces=space) > 0
        assert all(
            feed.xpath(f"count(a:entry/a:{tag})", namespaces=space) == feed.xpath("count(a:entry)", namespaces=space)
            for tag in ("id", "title", "updated")
        )
    narrowed = etree.fromstring(client.get("/feeds/events.atom?type=SANCTION").content)
    assert len(narrowed.findall("{*}entry")) == client.get("/events.json?type=SANCTION").json()["count"]


def test_calendar(client: TestClient):
    text = client.get("/exercises.ics").content
    lines = text.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and all(len(line.encode()) <= 75 for line in lines)
    assert "DTSTART;VALUE=DATE:20230703" in lines and "DTEND;VALUE=DATE:20230710" in lines
    hostile = {
        "exercise_id": "x_1", "name": "A;B,C\r\nATTACH:x\\", "date_start": __import__("datetime").date(9999, 12, 31), "date_end": None,
        "participants": [], "observers": [], "status": "planned", "place": "é" * 100,
    }  # fmt: skip
    made = to_ics([hostile], base="http://x", stamp="2024-01-01T00:00:00Z").decode()
    assert "\r\nATTACH" not in made and r"A\;B\,C\nATTACH:x\\" in made and "DTSTAMP:20240101T000000Z" in made


def test_cursors():
    from datetime import date

    for place in ((date(2024, 1, 1), "e_1"), (None, "ü/..")):
        assert read_cursor(write_cursor(*place)) == place


def test_csv_cells_are_no_formulas(client: TestClient):
    assert b"\r\n=" not in client.get("/events.csv").content


def test_openapi_is_whole(client: TestClient):
    schema = client.get("/openapi.json").json()
    assert schema["openapi"] == "3.1.0"
    assert {f"/{p}.json" for p in LISTS} <= set(schema["paths"])
    names = {p["name"] for p in schema["paths"]["/events.json"]["get"]["parameters"]}
    assert {"actor", "since", "published-since", "bbox", "limit", "after"} <= names and "verb" not in names
    page = client.get("/docs", headers={"accept": "text/html"}).text
    assert "/events.json" in page and "<script src=" in page and "https://" not in page.replace("https://example", "")


def test_health_and_metrics(client: TestClient):
    assert client.get("/healthz").json()["ok"] is True
    client.get("/events.json?limit=7")
    text = client.get("/metrics").text
    assert 'communique_requests_total{path="/events.json",status="200"}' in text and "communique_events " in text
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in text.splitlines())


def test_facets_are_the_counts(client: TestClient):
    for query in ("", "?actor=KEN", "?text=exercise"):
        found = client.get(f"/search.json{query}").json()
        assert found["count"] == client.get(f"/events.json{query}").json()["count"]
        for key in ("type", "status", "quad", "actor"):
            for v in found["facets"][key]:
                more = f"{query}{'&' if query else '?'}{key}={v['value']}"
                assert query == "?actor=KEN" and key == "actor" or client.get(f"/events.json{more}").json()["count"] == v["count"], more


def test_statements_without_a_date_of_their_own_stand_at_their_publication(client: TestClient):
    address, rows = "/statements.json?limit=5", []
    while address:
        page = client.get(address).json()
        rows += page["rows"]
        address = page["next"]
    days = [r["date_start"] or r["published_day"] for r in rows]
    assert len({r["statement_id"] for r in rows}) == len(rows) == page["count"]
    assert days == sorted(days, reverse=True) and any(r["date_start"] is None for r in rows)
    june = client.get("/statements.json?since=2023-06&until=2023-06").json()["rows"]
    assert {r["statement_id"] for r in june} == {r["statement_id"] for r, d in zip(rows, days) if d.startswith("2023-06")} != set()
