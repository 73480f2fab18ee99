"""Coding a text that is sent, in a process of its own: it can be stopped when it takes too long, and the desk stays quick."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from typing import Any

from communique.errors import BadField, CommuniqueError, InputError, TookTooLong
from communique.render.json import from_json, to_json
from communique.types import Record

FIELDS = ("text", "title", "published", "publisher", "url", "id")


def _work(pipe: Connection) -> None:
    """What the process does: stories in, records or rejects out."""
    from communique.api import code

    while True:
        try:
            story = pipe.recv()
        except EOFError:
            return
        try:
            records = code([story])
            if records:
                pipe.send(("record", to_json(records[0])))
            else:
                pipe.send(("reject", (records.rejects[0].code, records.rejects[0].message)))
        except CommuniqueError as error:
            pipe.send(("reject", (error.code, str(error))))


class CodingDesk:
    """One worker that codes texts one after the other. It is started when it is first needed."""

    def __init__(self, seconds: float, characters: int) -> None:
        self.seconds, self.characters = seconds, characters
        self._lock = threading.Lock()
        self._process: Any = None
        self._pipe: Any = None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), name="communique-coder", daemon=True)
        self._process.start()
        theirs.close()

    def code(self, story: dict[str, str]) -> Record:
        """The record of one story. Raises `InputError` where it cannot be coded, `TookTooLong`."""
        check(story, self.characters)
        if not self._lock.acquire(timeout=self.seconds):
            raise TookTooLong("the desk is coding other texts; send this again in a while")
        try:
            return self._ask(story)
        finally:
            self._lock.release()

    def _ask(self, story: dict[str, str]) -> Record:
        cold = self._process is None or not self._process.is_alive()
        if cold:
            self._start()
        try:
            self._pipe.send(story)
            if not self._pipe.poll(self.seconds + (20.0 if cold else 0.0)):
                self._stop()
                raise TookTooLong(f"coding took more than {self.seconds:g} s and was stopped; send less text, or use communique code")
            kind, answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._stop()
            raise TookTooLong("the coder ended and was started again; send the text once more") from error
        if kind == "record":
            return from_json(answer)
        raise Refused(*answer)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._pipe.close()
        self._process = None

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stop()


class Refused(InputError):
    """The coder could not read the text; the code is that of the reject."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(story: dict[str, Any], most: int) -> None:
    """Raises `BadField` or `TooLarge` for what is no story."""
    from communique.errors import EmptyText, TooLarge

    unknown = [k for k in story if k not in FIELDS]
    if unknown:
        raise BadField(f"no field is called {str(unknown[0])[:60]!r}; there are {', '.join(FIELDS)}")
    if any(not isinstance(v, str) for v in story.values()):
        raise BadField("fields are texts")
    if any(len(v) > 2000 for k, v in story.items() if k != "text"):
        raise TooLarge("a field other than text is longer than 2,000 characters")
    text = story.get("text", "")
    if not text.strip():
        raise EmptyText("there is no text; send the field text")
    if len(text) > most:
        raise TooLarge(f"the text is longer than {most:,} characters; code it with communique code")
