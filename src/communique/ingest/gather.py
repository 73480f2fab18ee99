"""Feeds, and the pages that they name, to files of stories that every other command reads.

FOLDER/
  state.json             what each feed was when it was last seen, and which stories were taken
  stories-TIME.jsonl     what was new at one call
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from communique.errors import FetchFailed, InputError, NotAStory, UnreadableInput
from communique.ingest.fetch import AGENT, DELAY, Client
from communique.ingest.guard import Guard
from communique.ingest.html import MAX_HTML, page_text, read_html
from communique.ingest.reading import read_bytes
from communique.ingest.unread import guarded, reject
from communique.types import RawDocument, Reject

MAX_PAGES = 50
"""Pages of one feed that are fetched in one call."""
MAX_SEEN = 200_000
"""Stories that are remembered; a feed names its stories for days, not for years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a call has brought."""

    stories: int
    known: int
    """Stories that an earlier call has taken."""
    unchanged: int
    """Feeds whose server says that nothing is new."""
    rejects: tuple[Reject, ...]
    notes: tuple[Reject, ...]
    """Pages that could not be had; their stories have the feed's own text."""
    path: str | None
    """The file of new stories; None where there are none."""


@dataclass
class _State:
    """What is kept between calls."""

    feeds: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)
    """Digests of stories, oldest first."""


def fetch(
    feeds: Sequence[str],
    *,
    to: str | Path,
    pages: bool = False,
    limit: int = MAX_PAGES,
    agent: str = AGENT,
    delay: float = DELAY,
    guard: Guard | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fetched:
    """Get the new stories of feeds into a folder, as JSON lines that `communique.run` and `communique.code` read.

    `feeds` are addresses, or files with one a line. With `pages` the page of each story is fetched too (at most `limit` a feed) and its
    article taken where it is longer than the feed's own text. Servers are asked whether a feed has changed (ETag, Last-Modified), robots.txt
    is kept to, and only addresses of the public internet are connected to. Raises `FetchFailed` where the folder cannot be written.
    """
    folder = Path(to)
    state = _load(folder / "state.json")
    call = _Call(state, pages, limit, progress or (lambda text: None))
    with Client(guard=guard or Guard(), agent=agent, delay=delay) as client:
        for url in _addresses(feeds):
            call.feed(client, url)
    path = _write(folder, call.stories) if call.stories else None
    _save(folder / "state.json", state)
    return Fetched(
        stories=len(call.stories),
        known=call.known,
        unchanged=call.unchanged,
        rejects=tuple(call.rejects),
        notes=tuple(call.notes),
        path=str(path) if path else None,
    )


class _Call:
    """One call of `fetch`."""

    def __init__(self, state: _State, pages: bool, limit: int, tell: Callable[[str], None]) -> None:
        self._state, self._pages, self._limit, self._tell = state, pages, limit, tell
        self.stories: list[RawDocument] = []
        self.rejects: list[Reject] = []
        self.notes: list[Reject] = []
        self.known = self.unchanged = 0

    def feed(self, client: Client, url: str) -> None:
        """Everything new of one feed; whatever goes wrong is a reject."""
        self._tell(url)
        held = self._state.feeds.get(url, {})
        asked = {n: held[k] for n, k in (("If-None-Match", "etag"), ("If-Modified-Since", "modified")) if held.get(k)}
        try:
            answer = client.get(url, headers=asked)
            if answer.status == 304:
                self.unchanged += 1
                return
            if answer.status != 200:
                raise FetchFailed(f"{url[:200]} answers {answer.status}")
            told = list(self._items(answer.body, url))
        except InputError as error:
            self.rejects.append(reject(url, error))
            return
        left = self._limit
        for item in told:
            if isinstance(item, Reject):
                self.rejects.append(item)
                continue
            key = hashlib.sha256(f"{item.id}\0{item.url}\0{item.title}\0{item.text}".encode("utf-8", "replace")).hexdigest()[:24]
            if key in self._state.seen:
                self.known += 1
                continue
            self._state.seen[key] = None
            if self._pages and item.url and left > 0:
                left -= 1
                item = self._with_page(client, item)
            self.stories.append(item)
        marks = {k: answer.headers.get(n, "")[:500] for n, k in (("etag", "etag"), ("last-modified", "modified"))}
        self._state.feeds[url] = {k: v for k, v in marks.items() if v}

    def _items(self, body: bytes, url: str) -> Iterator[RawDocument | Reject]:
        for item in read_bytes(body, url):
            if isinstance(item, RawDocument) and item.id == url:
                raise NotAStory(f"{url[:200]} is no feed; give the address of its RSS or Atom feed")
            yield item

    def _with_page(self, client: Client, story: RawDocument) -> RawDocument:
        """The story with the article of its page where that is longer."""
        try:
            answer = client.get(story.url or "", limit=MAX_HTML)
            if answer.status != 200:
                raise FetchFailed(f"the page answers {answer.status}")
            kind = answer.headers.get("content-type", "text/html")
            if not kind.lower().startswith(("text/html", "application/xhtml+xml")):
                raise NotAStory(f"the page is {kind[:60]}")
        except InputError as error:
            self.notes.append(reject(story.url or "?", error))
            return story
        charset = kind.partition("charset=")[2].strip("\"' ;") or None
        page = guarded(story.url or "?", lambda: read_html(page_text(answer.body, charset), None, url=answer.url))
        if isinstance(page, Reject):
            self.notes.append(page)
            return story
        if len(page.text) <= len(story.text):
            return story
        return replace(story, text=page.text, title=story.title or page.title, published=story.published or page.published)


def _addresses(feeds: Sequence[str]) -> Iterator[str]:
    for feed in feeds:
        if "://" in feed:
            yield feed
            continue
        try:
            lines = Path(feed).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"{feed} is neither an address nor a file with addresses ({error})") from error
        yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _load(path: Path) -> _State:
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        return _State(feeds=dict(held["feeds"]), seen=dict.fromkeys(held["seen"]))
    except FileNotFoundError:
        return _State()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableInput(f"{path} cannot be read ({error}); delete it to take all stories anew") from error


def _save(path: Path, state: _State) -> None:
    seen = list(state.seen)[-MAX_SEEN:]
    _replace(path, json.dumps({"feeds": state.feeds, "seen": seen}, ensure_ascii=False, indent=1))


def _write(folder: Path, stories: Sequence[RawDocument]) -> Path:
    path = folder / f"stories-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(2)}.jsonl"
    lines = [
        {f: getattr(s, f) for f in ("id", "title", "text", "url", "publisher", "published") if getattr(s, f) is not None} for s in stories
    ]
    _replace(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{time.time_ns()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", errors="replace")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FetchFailed(f"{path} cannot be written ({error.strerror}); nothing was taken, fetch again") from error
