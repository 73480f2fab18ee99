"""Who may ask, how often, and how much: token, rate, size, and that no other site's page sends the request. Plain ASGI."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from communique.errors import BodyTooLarge, CommuniqueError, CrossSite, DeskError, NotSignedIn, TooManyRequests
from communique.serve.answers import error_json
from communique.serve.config import DeskConfig
from communique.serve.metrics import Metrics
from communique.serve.security import SECURITY

COOKIE = "communique_token"
OPEN = ("/healthz", "/static/")
"""Addresses that need no token."""
_READERS = 10_000
_LONGEST_ADDRESS = 8000


class Buckets:
    """A token bucket for each reader; the readers who came last are remembered."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, float(burst)
        self._levels, self._lock = OrderedDict[str, tuple[float, float]](), threading.Lock()

    def take(self, reader: str, now: float | None = None) -> float:
        """Take one; returns the seconds to wait, 0 where it was there."""
        now = time.monotonic() if now is None else now
        with self._lock:
            level, then = self._levels.pop(reader, (self.burst, now))
            level = min(self.burst, level + (now - then) * self.rate)
            wait = 0.0 if level >= 1 else (1 - level) / self.rate
            self._levels[reader] = (level - 1 if wait == 0 else level, now)
            if len(self._levels) > _READERS:
                self._levels.popitem(last=False)
        return wait


class Guard:
    """Middleware that answers what may not pass."""

    def __init__(self, app: ASGIApp, *, config: DeskConfig, metrics: Metrics) -> None:
        self.app, self.config, self.metrics = app, config, metrics
        self._all = Buckets(config.rate, config.burst)
        self._code = Buckets(config.code_rate, config.code_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            self._limit(scope, headers)
            self._same_site(scope, headers)
            if self.config.token and not scope["path"].startswith(OPEN):
                moved = self._signed_in(scope, headers)
                if moved:
                    await _redirect(send, *moved)
                    return
            receive = self._bounded(headers, receive)
            await self.app(scope, receive, send)
        except DeskError as error:
            self.metrics.seen({}, error.status, 0.0)
            await _refuse(send, error)

    def _reader(self, scope: Scope, headers: dict[str, str]) -> str:
        if self.config.trust_proxy and "x-forwarded-for" in headers:
            return headers["x-forwarded-for"].split(",")[-1].strip()
        return (scope.get("client") or ("?", 0))[0]

    def _limit(self, scope: Scope, headers: dict[str, str]) -> None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST_ADDRESS:
            raise BodyTooLarge(f"the address is longer than {_LONGEST_ADDRESS} characters; use fewer filters")
        if scope["path"].startswith(("/static/", "/healthz")):
            return
        reader = self._reader(scope, headers)
        coding = scope["method"] == "POST" and scope["path"].startswith("/code")
        wait = max(self._all.take(reader), self._code.take(reader) if coding else 0.0)
        if wait:
            raise TooManyRequests(f"more requests than the desk takes from one reader; ask again in {wait:.1f} s")

    def _same_site(self, scope: Scope, headers: dict[str, str]) -> None:
        """A request that is sent by a page of another site is refused where it is more than a link: methods other than GET."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return
        site = headers.get("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            raise CrossSite("a page of another site sent this; open the desk itself")
        origin = headers.get("origin")
        if origin is not None and (origin == "null" or urlsplit(origin).netloc != headers.get("host", "")):
            raise CrossSite("the Origin of this request is another site; open the desk itself")

    def _signed_in(self, scope: Scope, headers: dict[str, str]) -> tuple[str, str] | None:
        """Raises `NotSignedIn`; a token in the address becomes a cookie, and the address loses it."""
        assert self.config.token is not None
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(shown.strip(), self.config.token):
            return None
        wanted = hashlib.sha256(self.config.token.encode()).hexdigest()
        if any(_same(v, wanted) for n, v in _cookies(headers) if n == COOKIE):
            return None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["method"] == "GET" and any(n == "token" and _same(v, self.config.token) for n, v in pairs):
            rest = urlencode([(n, v) for n, v in pairs if n != "token"])
            path = (scope.get("raw_path") or b"/").decode("latin-1").split("?")[0]
            path = "/" + path.lstrip("/\\")  # two slashes would name another host
            secure = "; Secure" if scope.get("scheme") == "https" else ""
            return path + (f"?{rest}" if rest else ""), f"{COOKIE}={wanted}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{secure}"
        raise NotSignedIn("open the address with the token that the desk printed, or send Authorization: Bearer TOKEN")

    def _bounded(self, headers: dict[str, str], receive: Receive) -> Receive:
        """A body that ends with an error when it grows over the limit."""
        said = headers.get("content-length", "0")
        if not said.isdigit() or int(said) > self.config.max_body:
            raise BodyTooLarge(_large(self.config))
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.config.max_body:
                raise BodyTooLarge(_large(self.config))
            return message

        return bounded


def _large(config: DeskConfig) -> str:
    return f"a request may have {config.max_body:,} bytes; code larger texts with communique code"


def _same(one: str, two: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), two.encode("utf-8", "replace"))


def _cookies(headers: dict[str, str]) -> list[tuple[str, str]]:
    pairs = [c.strip().partition("=") for c in headers.get("cookie", "").split(";")]
    return [(name, value) for name, _, value in pairs]


async def _redirect(send: Send, location: str, cookie: str) -> None:
    headers = [
        (b"location", location.encode("latin-1", "replace")),
        (b"set-cookie", cookie.encode()),
        (b"cache-control", b"no-store"),
        *SECURITY,
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, error: CommuniqueError) -> None:
    status, body = error_json(error)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *SECURITY,
    ]
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="communique"'))
    if status == 429:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
