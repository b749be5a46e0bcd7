"""The report opens from disk: nothing is asked for, nothing goes wrong, all can be read, reached and printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import CONTRASTS


def test_report_fits_on_every_screen(small_report: Path, visit: Callable[..., Page], screen: str) -> None:
    page = visit(small_report, screen)
    assert page.locator("h1").inner_text() == "A small run"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.classList.contains('ready')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(small_report: Path, visit: Callable[..., Page], scheme: str) -> None:
    page = visit(small_report, f"desktop-{scheme}")
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    page.locator("th[scope=col] button").nth(1).click()
    page.get_by_label("null baselines").uncheck()
    page.get_by_label("null baselines").check()
    assert page.evaluate(CONTRASTS) == []
    page.locator("button.method").first.click()
    assert page.evaluate(CONTRASTS) == []


def test_nothing_is_lost_without_scripts(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, java_script_enabled=False)
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator("#films-rating-prediction-canonical-table th[scope=row]").first).to_be_visible()
    expect(page.locator("figure.plot .wide svg").first).to_be_visible()
    expect(page.locator("#filter")).to_be_hidden()
    assert page.locator("button:visible").count() == 0


def test_keys_reach_everything_and_what_they_reach_is_outlined(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        kind, outline = page.locator(":focus").evaluate(
            "(at) => [at.classList[0] ?? at.tagName, getComputedStyle(at).outlineStyle]"
        )
        seen.add(kind)
        assert outline != "none", kind
    assert {"A", "SELECT", "INPUT", "sort", "method", "scroll", "SUMMARY"} <= seen
    small = "button:not(.sort):not(.method), summary, select, input[type=search]"
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    heights = page.locator(small).evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert min(height for height in heights if height) >= 19


def test_on_paper_all_is_open_and_the_tools_are_gone(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, "desktop-dark")
    page.evaluate("""addEventListener("beforeprint", () => {
        window.closed = document.querySelectorAll("details:not(.tools):not([open])").length;
    })""")
    folded = page.locator("section details:not(.tools):not([open])").count()
    assert folded > 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert page.evaluate("window.closed") == 0
    assert page.locator("section details:not(.tools):not([open])").count() == folded, "and closed again afterwards"
    page.emulate_media(media="print")
    for selector in ("#filter", ".tools", "nav", ".about"):
        assert not any(one.is_visible() for one in page.locator(selector).all()), selector
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 28, 26)", "dark on white"
    page.emulate_media(media="screen")
    page.get_by_role("checkbox", name="null baselines").uncheck()
    page.emulate_media(media="print")
    expect(page.locator("#filter .said")).to_be_visible()
    expect(page.locator("#filter form")).to_be_hidden()
    page.set_viewport_size({"width": 680, "height": 900})
    clipped = page.locator(".scroll").evaluate_all(
        "(all) => all.filter((one) => getComputedStyle(one).overflowX !== 'visible').length"
    )
    assert clipped == 0


def test_motion_is_reduced_where_that_is_asked_for(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
