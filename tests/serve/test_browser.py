"""Every page in chromium: wide and on a phone, light and dark, with and without JavaScript; axe; what the pages do on their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from communique.store.dataset import Dataset

from .browsing import SIZES, Watcher, chromium, desk_at, violations
from .conftest import addresses


@pytest.fixture(scope="module")
def base(desk_dataset: Dataset) -> Iterator[str]:
    with desk_at(desk_dataset.location) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def opened(browser: Any, *, size: str = "wide", scheme: str = "light", script: bool = True) -> Any:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, java_script_enabled=script)
    context.set_default_timeout(20_000)
    return context.new_page()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_every_page_is_readable(browser: Any, base: str, ids: dict[str, str], size: str, scheme: str, script: bool):
    page = opened(browser, size=size, scheme=scheme, script=script)
    watcher, wrong = Watcher(page), {}
    for address in addresses(ids):
        watcher.complaints.clear()
        page.goto(base + address, wait_until="load")
        assert page.locator("h1").first.is_visible()
        wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        found = [c for c in watcher.complaints if "400 (Bad Request)" not in c]
        if wide[0] > wide[1] + 1:
            found.append(f"wider than the screen: {wide}")
        if found:
            wrong[address] = found
    assert wrong == {}
    assert {u.split("/")[2] for u in watcher.asked if u.startswith("http")} == {base.split("/")[2]}
    page.context.close()


@pytest.mark.parametrize("size,scheme", [("wide", "light"), ("phone", "dark")])
def test_axe(browser: Any, base: str, ids: dict[str, str], size: str, scheme: str):
    page = opened(browser, size=size, scheme=scheme)
    wrong = {}
    for address in addresses(ids):
        page.goto(base + address, wait_until="load")
        found = violations(page)
        if found:
            wrong[address] = found
    assert wrong == {}
    page.context.close()


def lit(page: Any, words: str) -> str:
    return page.locator(words).first.evaluate("e => getComputedStyle(e).backgroundColor")


@pytest.mark.parametrize("script", [True, False])
def test_a_fact_lights_up_its_words(browser: Any, base: str, ids: dict[str, str], script: bool):
    page = opened(browser, script=script)
    page.goto(f"{base}/stories/drill")
    assert lit(page, ".text i.f0.actor") == "rgba(0, 0, 0, 0)"
    page.locator(f"#{ids['event']}").wait_for()
    first = page.locator(".fact.n0")
    first.hover()
    assert lit(page, ".text i.f0.actor") == "rgb(207, 227, 255)"
    assert page.locator(".text i.f0.actor.b").first.evaluate("e => getComputedStyle(e, '::before').content") == '"actor"'
    page.locator("h1").hover()
    assert lit(page, ".text i.f0.actor") == "rgba(0, 0, 0, 0)"
    anchor = first.get_attribute("id")
    page.goto(f"{base}/stories/drill#{anchor}")
    assert lit(page, ".text i.f0.trigger") != "rgba(0, 0, 0, 0)"
    page.context.close()


def test_tapping_a_word_opens_its_fact_on_a_phone(browser: Any, base: str):
    page = opened(browser, size="phone", script=False)
    page.goto(f"{base}/stories/drill")
    page.locator(".text a.k.trigger").first.click()
    card = page.locator(".fact:target")
    assert card.evaluate("e => getComputedStyle(e).position") == "fixed" and card.is_visible()
    card.get_by_text("Back to the text").click()
    assert page.locator(".fact:target").count() == 0
    page.context.close()


def test_keys(browser: Any, base: str):
    page = opened(browser)
    page.goto(f"{base}/stories/drill")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className").startswith("fact n1 ")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.className").startswith("fact n0 ")
    assert lit(page, ".text i.f0.actor") != "rgba(0, 0, 0, 0)"
    page.goto(base)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_filters_change_the_address(browser: Any, base: str, script: bool):
    page = opened(browser, script=script)
    page.goto(f"{base}/events")
    page.locator("input[name=actor]").fill("KEN")
    page.get_by_role("button", name="Show").click()
    page.locator(".chip").wait_for()
    assert "actor=KEN" in page.url and page.locator(".chip").inner_text().startswith("actor: KEN")
    assert page.locator("ol.rows > li").count() == page.context.request.get(f"{base}/events.json?actor=KEN").json()["count"]
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_paste(browser: Any, base: str, script: bool):
    page = opened(browser, script=script)
    watcher = Watcher(page)
    page.goto(f"{base}/code")
    page.locator("textarea").fill("Chile condemned the arrest of two reporters in Bolivia on Monday.")
    page.get_by_role("button", name="Read it").click()
    page.locator("#result .fact").first.wait_for()
    assert "Chile" in page.locator("#result .text").inner_text()
    assert violations(page) == [] if script else True
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    assert b"Chile" in Path(download.value.path()).read_bytes()
    assert watcher.complaints == []
    page.context.close()


def test_brush(browser: Any, base: str):
    page = opened(browser)
    page.goto(f"{base}/timeline")
    box = page.locator(".plot svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 150, steps=4)
    page.mouse.up()
    page.wait_for_url("**since=**")
    assert "since=20" in page.url and "until=20" in page.url
    page.context.close()


def test_three_clicks(browser: Any, base: str):
    page = opened(browser, script=False)
    page.goto(base)
    page.get_by_role("link", name="Who denied what, and when").click()
    page.get_by_role("link", name="Read in the story").first.click()
    card = page.locator(".fact:target")
    assert card.is_visible() and card.get_attribute("class").startswith("fact n") and "statement" in card.get_attribute("class")
    number = card.get_attribute("class").split("n")[1].split()[0]
    assert lit(page, f".text i.f{number}.quote") != "rgba(0, 0, 0, 0)"
    page.context.close()


def test_first_paint_of_a_story(browser: Any, base: str):
    page = opened(browser)
    page.goto(f"{base}/stories/drill")
    page.locator("h1").hover()
    painted = "new Promise(r => new PerformanceObserver(l => r(l.getEntries()[0].startTime)).observe({type: 'paint', buffered: true}))"
    assert page.evaluate(painted) < 1000
    page.context.close()
