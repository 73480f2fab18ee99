"""Who may ask: token, rates, sizes, other sites; the headers of every answer; snapshots that change meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from communique.cli import main
from communique.cli.serve_command import is_loopback
from communique.errors import CommuniqueError
from communique.lexicon.codebook import scores
from communique.serve.app import create_app
from communique.serve.coding import CodingDesk
from communique.serve.config import DeskConfig
from communique.serve.guard import Buckets
from communique.store.dataset import Dataset
from communique.store.publish import publish
from communique.store.shards import write_shard
from store.helpers import dataset_at, run_of, story

NEEDED = {
    "content-security-policy": "script-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=()",
}


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    return dataset_at(tmp_path / "d", "a", "b")


def test_headers_of_every_answer(client: TestClient):
    asked = [
        client.get(a) for a in ("/", "/events.json", "/static/desk.css", "/nothing", "/events.json?x=1", "/healthz", "/events.parquet")
    ]
    asked += [client.get("/events.json", headers={"if-none-match": asked[1].headers["etag"]}), client.delete("/events")]
    asked.append(client.post("/code", json={"text": "x"}, headers={"sec-fetch-site": "cross-site"}))
    for answer in asked:
        for name, part in NEEDED.items():
            assert part in answer.headers[name], (answer.request.url, name)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


def test_a_token_is_asked_for(small: Dataset):
    with TestClient(create_app(DeskConfig(dataset=small.location, token="s3cret")), follow_redirects=False) as c:
        refused = c.get("/events.json")
        assert refused.status_code == 401 and refused.json()["error"]["code"] == "C801" and "www-authenticate" in refused.headers
        assert c.get("/healthz").status_code == 200 and c.get("/static/desk.css").status_code == 200
        assert c.get("/events.json", headers={"authorization": "Bearer s3cret"}).status_code == 200
        assert c.get("/events.json").status_code == 401  # what was answered to another does not come from the cache
        assert c.get("/events.json", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert c.get("/events.json?token=wrong").status_code == 401
        into = c.get("http://testserver//evil.example/events?token=s3cret&actor=NOR")
        assert into.status_code == 303 and into.headers["location"] == "/evil.example/events?actor=NOR"
        cookie = into.headers["set-cookie"]
        assert "s3cret" not in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert c.get("/events.json").status_code == 200  # by the cookie


def test_other_sites_cannot_send(client: TestClient):
    body = {"text": "Norway expelled two Russian diplomats."}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
    ):
        assert client.post("/code", json=body, headers=headers).json()["error"]["code"] == "C802", headers
    fine = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}
    assert client.post("/code", json=body, headers=fine).status_code == 200


def test_rates_and_sizes(small: Dataset):
    config = DeskConfig(dataset=small.location, rate=1.0, burst=5, max_body=2000)
    with TestClient(create_app(config)) as c:
        answers = [c.get("/healthz") for _ in range(20)] + [c.get("/events.json") for _ in range(5)]
        assert all(a.status_code == 200 for a in answers)
        late = c.get("/events.json")
        assert late.status_code == 429 and late.headers["retry-after"] == "1" and late.json()["error"]["code"] == "C807"
    with TestClient(create_app(DeskConfig(dataset=small.location, max_body=2000))) as c:
        assert c.post("/code", json={"text": "x" * 3000}).json()["error"]["code"] == "C805"

        def pieces():
            for _ in range(10):
                yield b"x" * 1000

        sent = c.post("/code", content=pieces(), headers={"content-type": "application/json"})
        assert sent.status_code == 413 and sent.json()["error"]["code"] == "C805"
        assert c.get("/events.json?text=" + "x" * 9000).json()["error"]["code"] == "C805"


def test_buckets_fill_again():
    bucket = Buckets(2.0, 3)
    assert [bucket.take("a", 0.0) for _ in range(3)] == [0.0] * 3
    assert bucket.take("a", 0.0) == pytest.approx(0.5) and bucket.take("b", 0.0) == 0.0
    assert bucket.take("a", 1.0) == 0.0


def test_a_new_snapshot_is_taken_up(small: Dataset):
    with TestClient(create_app(DeskConfig(dataset=small.location, poll_seconds=0.0))) as c:
        before = c.get("/stories.json")
        assert before.json()["count"] == 2
        write_shard(small, "s1", [story("c")], run_id="r1", codes=scores)
        publish(small, run_of("r1"))
        end = time.monotonic() + 20
        while c.get("/stories.json").json()["count"] != 3 and time.monotonic() < end:
            time.sleep(0.05)
        after = c.get("/stories.json", headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200 and after.json()["count"] == 3
        assert "communique_snapshots_taken_up 1" in c.get("/metrics").text
        assert c.get("/stories/c.json").status_code == 200


def test_a_damaged_snapshot_leaves_the_old_one_standing(small: Dataset):
    with TestClient(create_app(DeskConfig(dataset=small.location, poll_seconds=0.0))) as c:
        assert c.get("/stories.json").json()["count"] == 2
        Path(small.location, "CURRENT").write_text("manifests/nothing.json\n")
        for _ in range(5):
            assert c.get("/stories.json?limit=9").json()["count"] == 2
            time.sleep(0.05)


def test_coding_is_stopped_when_it_takes_too_long():
    desk = CodingDesk(seconds=-19.99, characters=1000)  # with the 20 s that a cold start may take: 10 ms
    with pytest.raises(CommuniqueError) as caught:
        desk._ask({"text": "Norway expelled two Russian diplomats."})
    assert caught.value.code == "C808"
    assert desk._process is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["serve", str(tmp_path / "none"), "--port", "0"]) == 1 and "C601" in capsys.readouterr().err
    assert main(["serve", "x", "--port", "99999"]) == 2
    assert main(["serve", "x", "--public", "--token", "t"]) == 2
    assert is_loopback("127.0.0.2") and not is_loopback("192.168.0.1")
