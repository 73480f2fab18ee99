"""Every page in chromium: wide and on a phone, light and dark, with and without JavaScript; axe; what the pages do on their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import communique
from communique.settings import data_folder
from communique.store.dataset import Dataset

from .browsing import SIZES, Watcher, chromium, desk_at, violations
from .conftest import addresses


@pytest.fixture(scope="module")
def base(desk_dataset: Dataset) -> Iterator[str]:
    with desk_at(desk_dataset.location) as found:
        yield found


@pytest.fixture(scope="module")
def founding(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The story that the project began with, coded into a dataset."""
    story = data_folder().parent / "seed" / "story.txt"
    if not story.is_file():
        pytest.skip(f"there is no {story}")
    into = tmp_path_factory.mktemp("founding") / "dataset"
    communique.run([story], into=into, published="2022-08-18")
    return communique.open(into).dataset


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def opened(browser: Any, *, size: str = "wide", scheme: str = "light", script: bool = True, **more: Any) -> Any:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, java_script_enabled=script, **more)
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
        if script:  # axe is a script; what stands on the page is the same without
            found += violations(page, colours_only=scheme == "dark")
        if found:
            wrong[address] = found
    assert wrong == {}
    assert {u.split("/")[2] for u in watcher.asked if u.startswith("http")} == {base.split("/")[2]}
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


@pytest.mark.parametrize("script", [True, False])
def test_tapping_a_word_opens_its_fact_on_a_phone(browser: Any, base: str, script: bool):
    page = opened(browser, size="phone", script=script, has_touch=True, is_mobile=True)
    page.goto(f"{base}/stories/drill")
    page.locator(".text a.k.trigger").first.tap()
    card = page.locator(".fact:target")
    assert card.evaluate("e => getComputedStyle(e).position") == "fixed" and card.is_visible()
    assert lit(page, ".text i.f0.actor") == "rgb(207, 227, 255)"
    card.get_by_text("Back to the text").tap()
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


def shade(page: Any, css: str, of: str) -> str:
    return page.locator(css).first.evaluate(f"e => getComputedStyle(e).{of}")


def test_forced_colours_hide_no_words_and_show_what_is_lit(browser: Any, base: str, ids: dict[str, str]):
    page = opened(browser, forced_colors="active")
    page.goto(f"{base}/stories/drill")
    for kind in ("actor", "time", "place"):
        assert shade(page, f".text mark.k.{kind}", "color") == shade(page, ".text p", "color") != shade(page, "body", "backgroundColor")
        assert shade(page, f".text mark.k.{kind}", "backgroundColor") == shade(page, "body", "backgroundColor")
    assert shade(page, ".text i.f0.actor", "outlineStyle") == "none"
    page.locator(".fact.n0").hover()
    assert shade(page, ".text i.f0.actor", "outlineStyle") == "solid" and shade(page, ".text i.f0.evidence", "outlineStyle") == "none"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper(browser: Any, base: str, ids: dict[str, str], scheme: str):
    """Printed pages are dark on white whatever the screen is, without what only a screen is for, and nothing is cut off at the right."""
    page = opened(browser, scheme=scheme)
    page.set_viewport_size({"width": 680, "height": 960})  # what A4 has between usual margins
    page.emulate_media(media="print", color_scheme=scheme)
    light = "e => getComputedStyle(e).color.match(/[0-9]+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
    for address in ("/stories/drill", "/dyads", "/timeline", "/map", "/exercises?view=calendar", "/statements", f"/events/{ids['event']}"):
        page.goto(base + address)
        assert not page.locator(".top, .filters, .foot, .views, .tabs").locator("visible=true").count(), address
        for css in ("h1", ".small", ".text mark", ".matrix a", "svg text", ".row-date", "dt"):
            for e in page.locator(css).locator("visible=true").all()[:20]:
                assert e.evaluate(light) < 400, (address, css)
        assert page.evaluate("document.documentElement.scrollWidth") <= 681, address
        cut = "[...document.querySelectorAll('.scroll, .frame')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        assert page.evaluate(cut) == 0, address
        assert page.pdf(format="A4").startswith(b"%PDF")
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
    since, until = (re.search(f"{n}=([0-9-]+)", page.url) for n in ("since", "until"))
    assert since and until and since[1].endswith("-01") and until[1] > since[1]
    assert (date.fromisoformat(until[1]) + timedelta(days=1)).day == 1  # whole months
    page.context.close()


def test_three_clicks(browser: Any, base: str):
    page = opened(browser, script=False)
    page.goto(base)
    page.get_by_role("link", name="Who denied what, and when").click()
    page.get_by_role("link", name="Read in the story").first.click()
    card = page.locator(".fact:target")
    card.wait_for()
    assert card.get_attribute("class").startswith("fact n") and "statement" in card.get_attribute("class")
    number = card.get_attribute("class").split("n")[1].split()[0]
    assert lit(page, f".text i.f{number}.quote") != "rgba(0, 0, 0, 0)"
    page.context.close()


def test_the_founding_story_in_three_clicks(browser: Any, founding: Dataset):
    """From the front page to who denied what, and when; the clicks are those of docs/desk.md."""
    with desk_at(founding.location) as base:
        page = opened(browser)
        page.goto(base)
        page.get_by_role("link", name="Who denied what, and when").click()
        told = page.context.request.get(page.url.replace("/statements?", "/statements.json?")).json()["rows"]
        fact = next(r for r in told if r["speaker_country"] == "CHN" and r["about_ids"] and not r["direct"])
        (subject,) = [page.context.request.get(f"{base}/exercises/{x}.json").json()["row"] for x in fact["about_ids"]]
        row = page.locator("ol.rows > li").filter(has=page.locator(f"a[href$='#{fact['statement_id']}']"))
        for words in ("China", fact["verb"], fact["text"], "18 August 2022", subject["name"]):  # who, how, what, when, about what
            assert words in row.inner_text()
        row.get_by_role("link", name="Read in the story").click()
        card = page.locator(".fact:target")
        card.wait_for()
        assert f"China: {fact['verb']}" in card.inner_text()
        number = re.search(r"\bn(\d+)\b", card.get_attribute("class"))
        assert number and "".join(page.locator(f".text i.f{number[1]}.quote").all_inner_texts()) == fact["text"]
        for part in ("quote", "speaker"):
            assert lit(page, f".text i.f{number[1]}.{part}") != "rgba(0, 0, 0, 0)"
        card.get_by_role("link", name="Permalink").click()
        page.wait_for_url(f"**/statements/{fact['statement_id']}")
        shown = page.locator("main").inner_text()
        assert f"China: {fact['verb']}" in shown and "18 August 2022" in shown and subject["name"] in shown
        page.context.close()


def test_first_paint_of_a_story(browser: Any, base: str):
    page = opened(browser)
    page.goto(f"{base}/stories/drill")
    page.locator("h1").hover()
    painted = "new Promise(r => new PerformanceObserver(l => r(l.getEntries()[0].startTime)).observe({type: 'paint', buffered: true}))"
    assert page.evaluate(painted) < 1000
    page.context.close()
