"""What axe-core finds that would keep people out: nothing, on any screen, with all that can be opened open."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
MORE = ("target-size", "label-content-name-mismatch", "p-as-heading", "table-fake-caption", "td-has-header")
FOUND = """async (more) => {
    const rules = Object.fromEntries(more.map((name) => [name, { enabled: true }]));
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
}"""
PLAIN = """() => {
    const style = document.createElement("style"); // what axe cannot tell a ground from: gradients, and what is held
    style.textContent = ".scroll { background: none !important }"
        + "#filter, nav, thead, tr > :first-child, .held { position: static !important }";
    document.head.append(style);
}"""


def found(page: Page) -> object:
    """Return what breaks a rule."""
    page.evaluate(AXE)
    return page.evaluate(FOUND, MORE)


@pytest.mark.parametrize("screen", ["desktop-light", "phone-dark"])
def test_nothing_keeps_people_out(small_report: Path, visit: Callable[..., Page], screen: str) -> None:
    page = visit(small_report, screen, bypass_csp=True, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('details:not(.tools)').forEach((details) => (details.open = true))")
    section = page.locator("#films-map")
    section.scroll_into_view_if_needed()
    expect(section).to_have_attribute("data-ready", "item")
    page.evaluate(PLAIN)
    assert found(page) == []


def test_nor_where_something_is_left_out_or_opened(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, "desktop-dark", bypass_csp=True)
    figure = page.locator("#films-rating-prediction-canonical-table")
    figure.locator("thead button").nth(1).click()
    page.get_by_role("checkbox", name="null baselines").uncheck()
    page.evaluate(PLAIN)
    assert found(page) == []
    figure.locator("button.method").first.click()
    assert found(page) == []


def test_forced_colors_and_a_page_twice_as_large(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, viewport={"width": 640, "height": 400}, device_scale_factor=2, forced_colors="active")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    head = page.locator("#films-rating-prediction-canonical-table thead tr:last-child th").nth(2)
    head.locator("button").click()
    arrow, ground = head.evaluate(
        "(head) => [getComputedStyle(head, '::after').backgroundColor, getComputedStyle(head).backgroundColor]"
    )
    assert arrow not in (ground, page.evaluate("getComputedStyle(document.body).backgroundColor"))
    holder = page.locator("#films-rating-prediction-canonical-plot :is(.wide, .narrow):visible")
    holder.focus()
    page.keyboard.press("ArrowDown")
    tip = page.locator(".tip")
    colors = tip.evaluate("(tip) => [getComputedStyle(tip).color, getComputedStyle(tip).backgroundColor]")
    assert colors[0] != colors[1]
    expect(tip).to_be_in_viewport()
