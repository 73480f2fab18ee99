"""A desk on a port and Debian's chromium, for the tests that need a real browser."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from communique.serve.config import DeskConfig
from communique.serve.running import bind, server

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"phone": {"width": 390, "height": 844}, "wide": {"width": 1440, "height": 900}}


@contextmanager
def desk_at(location: str, **more: Any) -> Iterator[str]:
    """The address of a desk that runs in a thread."""
    with bind("127.0.0.1", 0) as listening:
        running = server(DeskConfig(dataset=location, burst=1_000_000, code_burst=1000, **more))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        end = time.monotonic() + 30
        while not running.started and time.monotonic() < end:
            time.sleep(0.02)
        assert running.started
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(20)


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("COMMUNIQUE_SERVICES") == "required":
            pytest.fail("chromium is not installed: make services")
        pytest.skip("chromium is not installed: make services")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Watcher:
    """Notes what a page complains of, and every address that it asks for."""

    def __init__(self, page: Any) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.on("request", lambda r: self.asked.append(r.url))


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that depend on colours."""


def violations(page: Any, *, colours_only: bool = False) -> list[str]:
    """What axe finds wrong, WCAG 2.2 A and AA and its best practices; or only of what another scheme of colours can change."""
    page.evaluate(AXE)
    wanted = {"type": "rule", "values": COLOURS} if colours_only else {"type": "tag", "values": TAGS}
    found = page.evaluate("(wanted) => axe.run(document, {runOnly: wanted, resultTypes: ['violations']})", wanted)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:200]}" for v in found["violations"]]
