"""The only code that reaches the network: gets one address after another, guarded, bounded, politely. Needs communique[fetch]."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from communique.errors import CommuniqueError, FetchFailed, FetchRefused, MissingExtra, TooLarge
from communique.ingest.guard import Guard, Place
from communique.ingest.lines import decode_line
from communique.ingest.robots import MAX_ROBOTS, Robots, parse
from communique.ingest.streams import Stream

try:
    import httpcore
except ImportError as _error:  # the extra is not installed
    raise MissingExtra("fetching needs an HTTP client: pip install 'communique[fetch]'") from _error

AGENT = "communique"
MAX_REDIRECTS = 5
MAX_BODY = 20_000_000
"""Bytes of an answer, packed or not."""
SECONDS = 30.0
"""For one request, from its first byte to its last."""
STEP_SECONDS = 10.0
"""For a connection, and between two pieces of an answer."""
DELAY = 1.0
"""Seconds between two requests to one site, unless its robots.txt asks for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sent."""

    url: str
    """The address that answered, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class _Stream(httpcore.NetworkStream):
    """A connection that ends when the request's time is up, however slowly the other side sends."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@dataclass(slots=True)
class _Deadline:
    """When the request at hand has to be over."""

    at: float = 0.0

    def left(self, timeout: float | None) -> float:
        rest = self.at - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return rest if timeout is None else min(timeout, rest)


class _Backend(httpcore.NetworkBackend):
    """Opens connections to addresses that the guard has looked at; the name is not resolved again."""

    def __init__(self, guard: Guard, deadline: _Deadline) -> None:
        self._guard, self._deadline, self._inner = guard, deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception | None = None
        for address in self._guard.addresses(host, port)[:4]:
            try:
                inner = self._inner.connect_tcp(address, port, self._deadline.left(timeout), local_address, socket_options)
                return _Stream(inner, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise FetchRefused("sockets of this machine are not fetched from")


@dataclass
class Client:
    """Gets addresses. Keeps connections for a moment, robots.txt for its lifetime, and a pause between requests to one site."""

    guard: Guard = field(default_factory=Guard)
    agent: str = AGENT
    delay: float = DELAY
    robots: bool = True
    seconds: float = SECONDS
    trust: ssl.SSLContext | None = None
    """Certificates that are trusted; by default those of the system."""

    def __post_init__(self) -> None:
        self._deadline = _Deadline()
        self._rules: dict[str, Robots] = {}
        self._last: dict[str, float] = {}
        self._pool = httpcore.ConnectionPool(
            ssl_context=self.trust or ssl.create_default_context(),
            max_connections=8,
            keepalive_expiry=5.0,
            network_backend=_Backend(self.guard, self._deadline),
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, limit: int = MAX_BODY) -> Answer:
        """One address, redirects followed, each checked anew. Raises `FetchRefused`, `FetchFailed` or `TooLarge`."""
        for _ in range(MAX_REDIRECTS + 1):
            place = self.guard.place(url)
            rules = self._robots(place) if self.robots else Robots()
            if not rules.allows(place.target):
                raise FetchRefused(f"robots.txt of {place.origin} does not allow {url[:200]}")
            self._pause(place, rules)
            answer = self._once(place, url, headers or {}, limit)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            if not answer.headers.get("location"):
                raise FetchFailed(f"{url[:200]} redirects nowhere")
            url = self.guard.follow(place, answer.headers["location"])
        raise FetchFailed(f"over {MAX_REDIRECTS} redirects, the last to {url[:200]}")

    def _pause(self, place: Place, rules: Robots) -> None:
        since = time.monotonic() - self._last.get(place.origin, -1e9)
        wait = max(self.delay, rules.delay) - since
        if wait > 0:
            time.sleep(wait)
        self._last[place.origin] = time.monotonic()

    def _robots(self, place: Place) -> Robots:
        """A site's rules. 4xx: all is allowed; no answer or 5xx: nothing is, until the next call (RFC 9309, 2.3.1)."""
        if place.origin not in self._rules:
            self._rules[place.origin] = self._load_robots(place)
        return self._rules[place.origin]

    def _load_robots(self, place: Place) -> Robots:
        url = f"{place.origin}/robots.txt"
        try:
            for _ in range(MAX_REDIRECTS + 1):
                at = self.guard.place(url)
                answer = self._once(at, url, {}, MAX_ROBOTS, cut=True)
                if answer.status not in (301, 302, 303, 307, 308) or not answer.headers.get("location"):
                    break
                url = self.guard.follow(at, answer.headers["location"])
            else:
                return Robots()
        except FetchFailed:
            return Robots(nothing=True)
        if answer.status >= 500 or answer.status == 429:
            return Robots(nothing=True)
        return parse(decode_line(answer.body), self.agent) if answer.status == 200 else Robots()

    def _once(self, place: Place, url: str, headers: Mapping[str, str], limit: int, *, cut: bool = False) -> Answer:
        self._deadline.at = time.monotonic() + self.seconds
        default = place.port == {"http": 80, "https": 443}[place.scheme]
        sent = {
            "Host": place.bracketed if default else f"{place.bracketed}:{place.port}",
            "User-Agent": self.agent,
            "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.1",
            "Accept-Encoding": "gzip",
            **headers,
        }
        steps = {"timeout": {"connect": STEP_SECONDS, "read": STEP_SECONDS, "write": STEP_SECONDS, "pool": STEP_SECONDS}}
        target = httpcore.URL(
            scheme=place.scheme.encode(), host=place.host.encode("ascii"), port=place.port, target=place.target.encode("ascii")
        )
        try:
            with self._pool.stream("GET", target, headers=list(sent.items()), extensions=steps) as response:
                body = _body(response.iter_stream(), limit, cut)
                got = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                return Answer(url=url, status=response.status, headers=got, body=_unpacked(body, got, limit, cut))
        except CommuniqueError:
            raise
        except (
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            OSError,
            ValueError,
        ) as error:
            raise FetchFailed(f"{url[:200]} could not be fetched ({type(error).__name__}: {str(error)[:120]})") from error


def _body(chunks: Iterable[bytes], limit: int, cut: bool) -> bytes:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        parts.append(chunk)
        if size > limit:
            if cut:
                break
            raise TooLarge(f"the answer has over {limit} bytes")
    return b"".join(parts)[:limit]


def _unpacked(body: bytes, headers: Mapping[str, str], limit: int, cut: bool) -> bytes:
    if headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip") or not body.startswith(b"\x1f\x8b"):
        return body
    stream = Stream(io.BytesIO(body))
    out = stream.file.read(limit + 1)
    if stream.problem and not cut:
        raise FetchFailed(str(stream.problem))
    if len(out) > limit and not cut:
        raise TooLarge(f"the answer unpacks to over {limit} bytes")
    return out[:limit]
