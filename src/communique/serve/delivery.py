"""How answers leave the desk: validators, compression, a cache for the snapshot, and the headers that every answer has.

Plain ASGI, because every request passes here. An answer to a GET depends on nothing but the snapshot and the address, so the ETag is
known before the answer is made.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from communique.serve.answers import error_json
from communique.serve.metrics import Metrics
from communique.serve.security import SECURITY
from communique.serve.snapshots import Shelf

Headers = list[tuple[bytes, bytes]]
UNCACHED = ("/healthz", "/metrics", "/static/", "/code")
_LARGE = 1_500_000
"""Answers above this are not kept."""
_SMALL = 600
"""Answers below this are not compressed."""
_TEXT = (b"text/", b"application/json", b"application/atom", b"application/geo", b"application/openapi", b"image/svg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A finished answer."""

    status: int
    headers: Headers
    plain: bytes
    packed: bytes | None
    pattern: str
    """Of the address, for the figures."""


class Delivery:
    """Middleware around the desk's application."""

    def __init__(self, app: ASGIApp, *, shelf: Shelf, metrics: Metrics, cache_bytes: int) -> None:
        self.app, self.shelf, self.metrics = app, shelf, metrics
        self._room, self._held = cache_bytes, 0
        self._kept, self._lock = OrderedDict[str, Kept](), threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, started = time.perf_counter(), 500, False

        async def watched(message: Message) -> None:
            nonlocal status, started
            started = True
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], *SECURITY]}
            await send(message)

        try:
            await self._answer(scope, receive, watched)
        except Exception as error:
            if started:
                raise
            code, body = error_json(error)
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await watched({"type": "http.response.start", "status": code, "headers": headers})
            await watched({"type": "http.response.body", "body": body})
        finally:
            self.metrics.seen(scope, status, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if scope["method"] not in ("GET", "HEAD") or path.startswith(UNCACHED):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        with self.shelf.lease() as view:
            scope.setdefault("state", {})["view"] = view
            address = f"{view.stamp} {path}?{scope['query_string'].decode('latin-1')} {int(_wants_json(headers))}"
            if headers.get(b"hx-request"):
                address += " part"
            etag = b'W/"' + hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:24].encode() + b'"'
            packed = b"gzip" in headers.get(b"accept-encoding", b"")
            kept = self._find(address)
            self.metrics.cache(kept is not None)
            if kept is None:
                kept = await self._make(scope, receive, send, etag, address, packed)
            if kept is None:
                return
            scope["state"]["pattern"] = kept.pattern
            if kept.status == 200 and etag in [t.strip() for t in headers.get(b"if-none-match", b"").split(b",")]:
                await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", etag), *_CACHING]})
                await send({"type": "http.response.body", "body": b""})
            else:
                await _send(kept, packed, scope["method"] == "HEAD", send)

    def _find(self, address: str) -> Kept | None:
        with self._lock:
            kept = self._kept.get(address)
            if kept is not None:
                self._kept.move_to_end(address)
            return kept

    async def _make(self, scope: Scope, receive: Receive, send: Send, etag: bytes, address: str, packed: bool) -> Kept | None:
        """Ask the application; None where the answer was passed on piece by piece already."""
        catcher = Catcher(send, packed=packed, extra=[(b"etag", etag), *_CACHING])
        inner = {**scope, "method": "GET"}
        await self.app(inner, receive, catcher)
        pattern = getattr(inner.get("route"), "path", "other")
        if catcher.streaming:
            scope["state"]["pattern"] = pattern
            return None
        body, status = b"".join(catcher.pieces), catcher.status
        text = _is_text(catcher.headers) and len(body) >= _SMALL
        headers = [*catcher.headers, (b"etag", etag), *_CACHING] if status == 200 else [*catcher.headers, (b"vary", b"accept-encoding")]
        headers = [(k, v) for k, v in headers if k != b"content-length"]
        kept = Kept(status=status, headers=headers, plain=body, packed=gzip.compress(body, 4, mtime=0) if text else None, pattern=pattern)
        if status == 200 and len(body) <= _LARGE:
            self._keep(address, kept)
        return kept

    def _keep(self, address: str, kept: Kept) -> None:
        with self._lock:
            if address in self._kept:
                return
            self._kept[address] = kept
            self._held += _size(kept)
            while self._held > self._room and self._kept:
                self._held -= _size(self._kept.popitem(last=False)[1])


_CACHING: Headers = [(b"cache-control", b"private, no-cache"), (b"vary", b"accept, accept-encoding, hx-request")]


def _size(kept: Kept) -> int:
    return len(kept.plain) + len(kept.packed or b"") + 1000


def _wants_json(headers: dict[bytes, bytes]) -> bool:
    accept = headers.get(b"accept", b"")
    return b"application/json" in accept and b"text/html" not in accept


def _is_text(headers: Headers) -> bool:
    return dict(headers).get(b"content-type", b"").startswith(_TEXT)


async def _send(kept: Kept, packed: bool, head: bool, send: Send) -> None:
    body, headers = kept.plain, list(kept.headers)
    if packed and kept.packed is not None:
        body = kept.packed
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


class Catcher:
    """Takes an answer in; one that comes in pieces is passed on as it comes, compressed where that helps."""

    def __init__(self, send: Send, *, packed: bool, extra: Headers) -> None:
        self.send, self.packed, self.extra = send, packed, extra
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.pieces, self.streaming = list[bytes](), False
        self._packer: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if more and not self.streaming:
            self.streaming = True
            await self._begin()
        if not self.streaming:
            self.pieces.append(body)
            return
        if self._packer:
            body = self._packer.compress(body) + (b"" if more else self._packer.flush())
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def _begin(self) -> None:
        headers = [h for h in self.headers if h[0] != b"content-length"] + (self.extra if self.status == 200 else [])
        if self.packed and _is_text(self.headers):
            self._packer = zlib.compressobj(4, zlib.DEFLATED, 31)
            headers.append((b"content-encoding", b"gzip"))
        await self.send({"type": "http.response.start", "status": self.status, "headers": headers})
