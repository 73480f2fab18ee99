"""Fetching, against a server on this machine: what is refused, what is bounded, what is kept to. Nothing here leaves the machine."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.cli import main
from communique.errors import FetchFailed, FetchRefused, InputError, TooLarge, UnreadableInput
from communique.ingest import gather
from communique.ingest.fetch import Client
from communique.ingest.guard import Guard, is_public
from communique.ingest.robots import matches, parse

STORY = "Norway expelled two Russian diplomats on Tuesday. Moscow condemned the decision and promised a response to Oslo."
PUBLIC = "93.184.216.34"


def feed(*items: tuple[str, str]) -> bytes:
    parts = "".join(f"<item><guid>{n}</guid><link>{n}</link><description>{t}</description></item>" for n, t in items)
    return f"<rss><channel><title>Wire</title>{parts}</channel></rss>".encode()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        page = self.server.pages.get(self.path)  # type: ignore[attr-defined]
        if page is None:
            self.send_error(404)
        elif callable(page):
            page(self)
        else:
            answer(self, page)


def answer(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.pages, found.seen = {}, []  # type: ignore[attr-defined]
    found.daemon_threads = True
    found.place = f"127.0.0.1:{found.server_port}"  # type: ignore[attr-defined]
    found.url = f"http://{found.place}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()


def client(server, **options) -> Client:
    return Client(guard=Guard(allow=frozenset({server.place})), delay=0.0, **options)


# --- what may not be connected to

BAD_ADDRESSES = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 "
    "192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::93.184.216.34 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:93.184.216.34 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe "
    "64:ff9b::5db8:d822 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo "
    "fec0::1 ff02::1 ff0e::1"
).split()
BAD_URLS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[fe80::1%25lo]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://user@127.0.0.1/",
    "http://a.example@127.0.0.1/",
    "http://127.0.0.1#@a.example/",
    "http://a.example\\@127.0.0.1/",
    "http://127.0.0.1%2f@a.example/",
    "http://a.example:22/",
    "http://a.example:99999/",
    "https://a.example:80/",
    "http:///etc/passwd",
    "file:///etc/passwd",
    "ftp://a.example/",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stat",
    "data:text/html,x",
    "//127.0.0.1/",
    "http://a.example/\r\nHost: b",
    "http://a.example/ x",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://a.example/" + "x" * 5000,
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_addresses_that_are_not_public_are_refused(address: str):
    assert not is_public(address)
    guard = Guard(resolver=lambda host, port: [PUBLIC, address])
    with pytest.raises(FetchRefused):
        guard.addresses("a.example", 80)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])
def test_public_addresses_are_not(address: str):
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_the_registry_does_not_call_global(address):
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast and not address.is_private)


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_urls_are_refused(url: str):
    with Client(robots=False) as c, pytest.raises(FetchRefused):
        c.get(url)


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(server):
    """Rebinding: a name that is public when it is looked at and this machine a moment later."""
    answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked) - 1, 2)]

    connected = []

    class Recording(Client):
        def __post_init__(self) -> None:
            super().__post_init__()
            backend = self._pool._network_backend  # type: ignore[attr-defined]

            class Inner:
                def connect_tcp(self, host, port, *args):
                    connected.append(host)
                    raise httpcore.ConnectError("no network in tests")

            backend._inner = Inner()

    with Recording(guard=Guard(resolver=resolver), robots=False) as c, pytest.raises(FetchFailed):
        c.get("http://rebinding.example/")
    assert asked == ["rebinding.example"] and connected == [PUBLIC]
    with Recording(guard=Guard(resolver=resolver), robots=False) as c, pytest.raises(FetchRefused):
        c.get("http://rebinding.example/")


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "http://169.254.169.254/", "file:///etc/passwd", "http://[::1]/", "//10.0.0.1/", "http://localhost/"]
)
def test_redirects_are_looked_at_again(server, target: str):
    server.pages["/go"] = lambda h: answer(h, b"", 302, Location=target)
    with client(server) as c, pytest.raises(FetchRefused):
        c.get(server.url + "/go")


def test_redirects_inside_end(server):
    server.pages["/a"] = lambda h: answer(h, b"", 301, Location="/b")
    server.pages["/b"] = b"here"
    server.pages["/loop"] = lambda h: answer(h, b"", 302, Location="/loop")
    server.pages["/nowhere"] = lambda h: answer(h, b"", 302)
    with client(server) as c:
        assert c.get(server.url + "/a").body == b"here"
        for path in ("/loop", "/nowhere"):
            with pytest.raises(FetchFailed):
                c.get(server.url + path)
    with pytest.raises(FetchRefused, match="from https to"):
        guard = Guard()
        guard.follow(guard.place("https://a.example/"), "http://a.example/")


def test_proxies_of_the_environment_are_not_used(server, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.pages["/x"] = b"direct"
    with client(server) as c:
        assert c.get(server.url + "/x").body == b"direct"


# --- sizes and times


def test_large_packed_and_endless_answers_are_bounded(server):
    def endless(h: BaseHTTPRequestHandler) -> None:
        h.send_response(200)
        h.end_headers()
        for _ in range(1000):
            h.wfile.write(b"x" * 65536)

    server.pages["/endless"] = endless
    server.pages["/bomb"] = lambda h: answer(h, gzip.compress(b"a" * 50_000_000), Content_Encoding="gzip")
    server.pages["/packed"] = lambda h: answer(h, gzip.compress(b"words"), Content_Encoding="gzip")
    with client(server) as c:
        for path in ("/endless", "/bomb"):
            with pytest.raises((TooLarge, FetchFailed)):
                c.get(server.url + path, limit=1_000_000)
        assert c.get(server.url + "/packed").body == b"words"


@pytest.mark.parametrize("part", ["headers", "body"])
def test_slow_answers_end(server, part: str):
    def drip(h: BaseHTTPRequestHandler) -> None:
        head = b"HTTP/1.1 200 OK\r\n" if part == "headers" else b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        h.wfile.write(head)
        for _ in range(100):
            h.wfile.write(b"X-A: b\r\n" if part == "headers" else b"x")
            h.wfile.flush()
            time.sleep(0.1)

    server.pages["/slow"] = drip
    begin = time.monotonic()
    with client(server, seconds=0.6, robots=False) as c, pytest.raises(FetchFailed):
        c.get(server.url + "/slow")
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    "data", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000]
)
def test_broken_answers_are_typed(data: bytes):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = f"127.0.0.1:{listener.getsockname()[1]}"

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(2)
                connection.recv(65536)
                connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with Client(guard=Guard(allow=frozenset({place})), robots=False, delay=0.0) as c, pytest.raises(FetchFailed):
            c.get(f"http://{place}/")
        thread.join(3)


# --- robots.txt and pauses


def test_robots_are_kept_to(server):
    server.pages["/robots.txt"] = b"User-agent: *\nDisallow: /private\nUser-agent: communique\nDisallow: /secret\nAllow: /secret/open\n"
    for path in ("/secret/a", "/secret/open", "/private"):
        server.pages[path] = b"x"
    with client(server) as c:
        assert c.get(server.url + "/secret/open").status == 200 and c.get(server.url + "/private").status == 200
        with pytest.raises(FetchRefused, match="robots"):
            c.get(server.url + "/secret/a")
    assert [p for p, _ in server.seen].count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)])
def test_a_site_without_robots_is_open_one_in_trouble_is_not(server, status: int, allowed: bool):
    server.pages["/robots.txt"] = lambda h: answer(h, b"", status)
    server.pages["/x"] = b"x"
    with client(server) as c:
        if allowed:
            assert c.get(server.url + "/x").status == 200
        else:
            with pytest.raises(FetchRefused):
                c.get(server.url + "/x")


def test_pauses_between_requests(server):
    server.pages["/x"] = b"x"
    server.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 0.3\n"
    with client(server) as c:
        c.get(server.url + "/x")
        begin = time.monotonic()
        c.get(server.url + "/x")
        assert time.monotonic() - begin > 0.25


@pytest.mark.parametrize(
    ("pattern", "path", "want"),
    [
        ("/a", "/abc", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*.php", "/x/y.php?z", True),
        ("/*.php$", "/x.php?z", False),
        ("/a*b*c$", "/a1b2c", True),
        ("/a*b*c$", "/a1b2", False),
        ("*", "/x", True),
        ("/*/", "/a", False),
        ("/fish*$", "/fish/x", True),
    ],
)
def test_rules_match_as_the_rfc_says(pattern: str, path: str, want: bool):
    assert matches(pattern, path) is want


def test_hostile_robots_cost_little():
    rules = parse("User-agent: *\n" + "Disallow: " + "/*a" * 10_000 + "$\n" + "Crawl-delay: nan\nCrawl-delay: 1e99\n", "communique")
    begin = time.perf_counter()
    rules.allows("/" + "a" * 4000 + "b")
    assert time.perf_counter() - begin < 0.1 and rules.delay == 0
    assert parse("User-agent: *\nCrawl-delay: 1000", "communique").nothing


# --- feeds


def get(server, to: Path, *paths: str, **options):
    guard = Guard(allow=frozenset({server.place}))
    return gather.fetch([server.url + p for p in paths], to=to, guard=guard, delay=0.0, **options)


def test_new_stories_are_taken_once(server, tmp_path: Path):
    server.pages["/feed"] = lambda h: (
        answer(h, b"", 304) if h.headers.get("If-None-Match") == '"v1"' else answer(h, feed((f"{server.url}/1", STORY)), ETag='"v1"')
    )
    first = get(server, tmp_path, "/feed")
    assert (first.stories, first.unchanged) == (1, 0) and first.path
    (line,) = [json.loads(x) for x in Path(first.path).read_text().splitlines()]
    assert line["text"] == STORY and line["publisher"] == "Wire"
    assert get(server, tmp_path, "/feed").unchanged == 1
    server.pages["/feed"] = feed((f"{server.url}/1", STORY), (f"{server.url}/2", "Peru and Chile met in Lima."))
    again = get(server, tmp_path, "/feed")
    assert (again.stories, again.known) == (1, 1)
    assert len(list(tmp_path.glob("stories-*.jsonl"))) == 2


def test_pages_give_the_full_text(server, tmp_path: Path):
    article = (
        f"<html><head><title>T</title></head><body><article><p>{STORY}</p><p>{STORY} And more.</p><p>{STORY}</p></article></body></html>"
    )
    server.pages["/1"] = article.encode()
    server.pages["/3"] = lambda h: answer(h, b"\x89PNG", Content_Type="image/png")
    server.pages["/feed"] = feed(*((f"{server.url}/{n}", f"{n}: short words.") for n in (1, 2, 3)))
    done = get(server, tmp_path, "/feed", pages=True)
    assert done.path
    texts = [json.loads(x)["text"] for x in Path(done.path).read_text().splitlines()]
    assert STORY in texts[0] and texts[1:] == ["2: short words.", "3: short words."]
    assert [n.code for n in done.notes] == ["C111", "C108"]
    assert len(get(server, tmp_path / "b", "/feed", pages=True, limit=0).notes) == 0


def test_bad_feeds_stop_nothing(server, tmp_path: Path):
    server.pages["/good"] = feed((f"{server.url}/1", STORY))
    server.pages["/html"] = f"<html><body><p>{STORY}</p><p>{STORY}</p></body></html>".encode()
    server.pages["/cut"] = feed((f"{server.url}/2", STORY))[:-30]
    (tmp_path / "list.txt").write_text(
        f"# my feeds\n{server.url}/html\n\n{server.url}/gone\nhttp://127.0.0.1:1/feed\n{server.url}/cut\n{server.url}/good\n"
    )
    done = gather.fetch([str(tmp_path / "list.txt")], to=tmp_path / "to", guard=Guard(allow=frozenset({server.place})), delay=0.0)
    assert done.stories >= 1 and {r.code for r in done.rejects} >= {"C108", "C110", "C111"}
    assert all(isinstance(r.message, str) and r.stage in ("fetch", "ingest") for r in done.rejects)


def test_state_that_is_broken_is_told(server, tmp_path: Path):
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(UnreadableInput, match="delete it"):
        get(server, tmp_path, "/feed")
    (tmp_path / "file").write_text("")
    server.pages["/feed"] = feed((f"{server.url}/1", STORY))
    with pytest.raises(InputError):
        get(server, tmp_path / "file", "/feed")


def test_the_command_has_no_way_around_the_guard(server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    server.pages["/feed"] = feed((f"{server.url}/1", STORY))
    assert main(["fetch", f"{server.url}/feed", "--to", str(tmp_path)]) == 3
    out = capsys.readouterr()
    assert "C110" in out.err and "0 new stories" in out.err and server.seen == []
    assert main(["fetch", "none.txt", "--to", str(tmp_path)]) == 1
    assert main(["fetch", "http://a.example/", "--to", str(tmp_path), "--delay", "-1"]) == 2
