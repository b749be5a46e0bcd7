"""Figures that one can work with: what a mark stands for, the numbers, and the drawing as a file."""

from __future__ import annotations

import base64
import csv
import re
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import plain

PLOT = "#films-rating-prediction-canonical-plot"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(small_report: Path, visit: Callable[..., Page]) -> Page:
    return visit(small_report)


def saved(page: Page, figure: str, item: str, folder: Path) -> Path:
    """Choose an entry of a figure's menu and return the file that the browser saved."""
    page.locator(f"{figure} .tools summary").click()
    with page.expect_download() as download:
        page.locator(figure).get_by_role("button", name=item).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def marks(page: Page, figure: str, width: str = "wide") -> Locator:
    return page.locator(f"{figure} .{width} [data-tip]")


def test_a_mark_under_the_pointer_says_what_it_is(page: Page) -> None:
    mark = marks(page, PLOT).first
    mark.scroll_into_view_if_needed()
    mark.hover()
    tip = page.locator(".tip")
    expect(tip).to_have_text(re.compile(r"^pca · \S.* · RMSE 0\.\d+ · 0\.\d+ to 0\.\d+$"))
    expect(tip).to_have_text(mark.get_attribute("data-tip") or "")
    box, own = tip.bounding_box(), mark.bounding_box()
    assert box
    assert own
    assert abs((box["x"] + box["width"] / 2) - (own["x"] + own["width"] / 2)) < 2, "above the middle of the mark"
    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()


def test_a_mark_under_a_finger_says_what_it_is(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, "phone-dark", has_touch=True)
    mark = marks(page, PLOT, "narrow").last
    mark.scroll_into_view_if_needed()
    mark.tap()
    expect(page.locator(".tip")).to_have_text(mark.get_attribute("data-tip") or "")
    box = page.locator(".tip").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_arrow_keys_go_from_mark_to_mark(page: Page) -> None:
    tips = [mark.get_attribute("data-tip") for mark in marks(page, PLOT).all()]
    holder, tip = page.locator(f"{PLOT} .wide"), page.locator(".tip")
    holder.focus()
    for key, place in (("ArrowRight", 0), ("ArrowDown", 1), ("ArrowLeft", 0), ("ArrowUp", -1), ("ArrowRight", 0)):
        page.keyboard.press(key)
        expect(tip).to_have_text(str(tips[place]))
        expect(page.locator("p.unseen[role=status]")).to_have_text(str(tips[place]))
        expect(tip).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_drawings_are_images_with_texts_and_their_marks_are_not_read_out(page: Page) -> None:
    for svg in page.locator("figure.plot :is(.wide, .narrow) > svg:visible").all():
        assert svg.get_attribute("role") == "img"
        names = (svg.get_attribute("aria-labelledby") or "").split()
        assert all(len(page.locator(f"#{name}").text_content() or "") > 20 for name in names)
        assert svg.locator("[role], [aria-label]").count() == 0
    groups = page.locator("figure.plot [role=group]")
    assert groups.count() > 10
    assert all("arrow keys" in str(group.get_attribute("aria-label")) for group in groups.all())


def test_the_numbers_of_a_figure_are_one_click_away(page: Page, tmp_path: Path) -> None:
    path = saved(page, PLOT, "Numbers as CSV", tmp_path)
    assert path.name == f"{PLOT[1:]}.csv"
    with path.open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert list(rows[0]) == ["embedder", "dimension", "readout", "RMSE", "low", "high", "null baseline"]
    cells = plain(page.locator("#films-rating-prediction-canonical-table tbody tr").first.locator("td"))
    assert sorted(f"{float(row['RMSE']):.4f}" for row in rows if row["embedder"] == "pca") == sorted(cells[:4])
    assert all(float(row["low"]) <= float(row["RMSE"]) <= float(row["high"]) for row in rows)


def test_every_figure_has_a_menu_and_numbers(page: Page) -> None:
    figures = page.locator("figure.plot")
    assert figures.count() > 5
    for figure in figures.all():
        assert figure.locator(".tools button").count() == 3
        text = figure.locator(".numbers").text_content() or ""
        assert text.count("\\n") > 1


@pytest.mark.parametrize("screen", ["desktop-light", "desktop-dark", "phone-dark"])
def test_a_drawing_is_saved_as_it_is_seen(
    small_report: Path, visit: Callable[..., Page], tmp_path: Path, screen: str
) -> None:
    page = visit(small_report, screen)
    text = saved(page, PLOT, "Drawing as SVG", tmp_path).read_text(encoding="utf-8")
    assert "var(" not in text
    assert "data-tip" not in text
    svg = ElementTree.fromstring(text)  # noqa: S314  # the page made it
    assert svg.get("width") == ("350" if screen.startswith("phone") else "700")
    ground = svg.find(f"{SVG}rect")
    assert ground is not None
    assert ground.get("fill") == page.evaluate("getComputedStyle(document.body).backgroundColor")
    texts = list(svg.iter(f"{SVG}text"))
    assert {node.get("font-family") for node in texts} >= {
        page.evaluate("getComputedStyle(document.querySelector('.legend')).fontFamily")
    }
    assert all(node.get("font-family") for node in texts)
    words = ["".join(node.itertext()) for node in texts]
    assert "pca" in words
    assert {"● Ridge", "◆ Two-sided ridge"} <= set(words), "the legend is part of it"
    paint = {color for node in svg.iter() for color in (node.get("fill"), node.get("stroke")) if color}
    light, dark = "rgb(0, 114, 178)", "rgb(88, 169, 224)"
    assert (light in paint, dark in paint) == (screen.endswith("light"), screen.endswith("dark"))
    assert not {color for color in paint if color.startswith("#")}, "all colours are what the reader sees"


@pytest.mark.parametrize("screen", ["desktop-light", "desktop-dark"])
def test_a_picture_has_two_pixels_each_way_and_the_ground_of_the_page(
    small_report: Path, visit: Callable[..., Page], tmp_path: Path, screen: str
) -> None:
    page = visit(small_report, screen)
    data = saved(page, PLOT, "Drawing as PNG", tmp_path).read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    drawn = page.locator(f"{PLOT} .wide svg")
    assert width == 2 * 700
    assert height == 2 * (int(str(drawn.get_attribute("height"))) + 20), "a line of legend above the drawing"
    colors = page.evaluate(
        """async (data) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const { width, height } = image;
            const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
            context.drawImage(image, 0, 0);
            const pixels = context.getImageData(0, 0, width, height).data;
            const found = new Set();
            for (let i = 0; i < pixels.length; i += 4) found.add(`rgb(${pixels.slice(i, i + 3).join(", ")})`);
            return [`rgb(${pixels.slice(0, 3).join(", ")})`, [...found]];
        }""",
        base64.b64encode(data).decode(),
    )
    assert colors[0] == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert {"desktop-light": "rgb(0, 114, 178)", "desktop-dark": "rgb(88, 169, 224)"}[screen] in colors[1]
