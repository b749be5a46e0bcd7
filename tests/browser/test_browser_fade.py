"""Drawings of leaderboards follow the filter: what was not chosen is faded, is not reached, and is saved so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import column

BOARD = "#films-rating-prediction-canonical"
PLOT = f"{BOARD}-plot"
FADED = """(figure) => [...figure.querySelectorAll(".wide [data-of]")].map((mark) => {
    const [row, series] = mark.dataset.of.split(" ");
    return [Number(row), series === undefined ? null : Number(series), Number(getComputedStyle(mark).opacity) < 0.2];
})"""


@pytest.fixture
def page(small_report: Path, visit: Callable[..., Page]) -> Page:
    return visit(small_report)


def test_every_mark_and_name_of_a_leaderboard_belongs_to_a_row(page: Page) -> None:
    figure = page.locator(PLOT)
    rows = json.loads(figure.get_attribute("data-rows") or "")
    assert [name for name, _ in rows] == column(page.locator(f"{BOARD}-table table"), 0)
    assert dict(rows)["random"] is True
    assert dict(rows)["pca"] is False
    found = figure.evaluate(FADED)
    assert {row for row, _, _ in found} == set(range(len(rows)))
    assert not any(faded for _, _, faded in found)
    for width in ("wide", "narrow"):
        names = figure.locator(f".{width} text[data-of]").all()
        assert {rows[int(str(name.get_attribute("data-of")))][0]: name.text_content() for name in names} == {
            name: name for name, _ in rows
        }
    marks = figure.locator(".wide [data-tip]").all()
    assert all(
        str(mark.get_attribute("data-tip")).startswith(rows[int(str(mark.get_attribute("data-of")).split()[0])][0])
        for mark in marks
    )


def test_a_name_fades_all_other_rows(page: Page) -> None:
    page.get_by_role("searchbox", name="Method").fill("PC")
    rows = [name for name, _ in json.loads(page.locator(PLOT).get_attribute("data-rows") or "")]
    for row, _, faded in page.locator(PLOT).evaluate(FADED):
        assert faded == (rows[row] != "pca"), rows[row]
    expect(page.locator("#filter .said")).to_contain_text("their plots fade the rest")
    page.get_by_role("combobox", name="Readout").select_option("Ridge")
    bar = page.locator("#filter").bounding_box()
    assert bar
    link = page.get_by_role("navigation").get_by_role("link", name="Rating prediction")
    link.click()
    place = page.locator(f"{BOARD} h3").evaluate(
        "(head) => new Promise((done) => setTimeout(() => done(head.getBoundingClientRect().top), 1500))"
    )
    assert place >= bar["height"], "where a link leads is not below the bar, however high it is"
    page.get_by_role("button", name="Show everything").click()
    assert not any(faded for _, _, faded in page.locator(PLOT).evaluate(FADED))


def test_null_baselines_and_readouts_fade(page: Page) -> None:
    page.get_by_role("checkbox", name="null baselines").uncheck()
    page.get_by_role("combobox", name="Readout").select_option("Ridge")
    figure = page.locator(PLOT)
    rows = json.loads(figure.get_attribute("data-rows") or "")
    keys = figure.locator(".legend [data-series]")
    names = [str(name).split(maxsplit=1)[1] for name in keys.all_inner_texts()]
    assert len(names) > 2
    assert [float(key.evaluate("(key) => getComputedStyle(key).opacity")) < 1 for key in keys.all()] == [
        name != "Ridge" for name in names
    ]
    seen = set()
    for row, series, faded in figure.evaluate(FADED):
        wanted = rows[row][1] or (series is not None and names[series] != "Ridge")
        assert faded == wanted, (rows[row], series)
        seen.add(faded)
    assert seen == {True, False}


def test_faded_marks_are_not_reached(page: Page) -> None:
    page.get_by_role("searchbox", name="Method").fill("als")
    holder, tip = page.locator(f"{PLOT} .wide"), page.locator(".tip")
    holder.focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
        expect(tip).to_contain_text("als · ")
    page.keyboard.press("Escape")
    off = page.locator(f"{PLOT} .wide [data-tip].off").first
    off.scroll_into_view_if_needed()
    box = off.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tip).to_be_hidden()


def test_a_drawing_is_saved_with_what_is_faded(page: Page, tmp_path: Path) -> None:
    page.get_by_role("combobox", name="Readout").select_option("Ridge")
    page.locator(f"{PLOT} .tools summary").click()
    with page.expect_download() as download:
        page.locator(PLOT).get_by_role("button", name="Drawing as SVG").click()
    download.value.save_as(tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert "data-of" not in text
    faint = [node for node in ElementTree.fromstring(text).iter() if node.get("opacity") == "0.13"]  # noqa: S314
    assert {node.tag.rsplit("}")[-1] for node in faint} >= {"path", "line", "text"}
