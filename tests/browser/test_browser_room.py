"""What takes little room on a phone, and what stays in sight where a figure takes much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import plain
from tests.report.conftest import RunBuilder
from toolkit.report import write_report

Visit = Callable[..., Page]
LONG = "embedding_layer_with_four_hidden_units_and_dropout_at_a_third"
SIDE = 20
LINES = """(cell) => {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const lines = [];
    let last = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let i = 0; i < node.length; i++) {
            const range = document.createRange();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const box = range.getBoundingClientRect();
            if (!box.width) continue;
            if (last !== null && Math.abs(box.top - last) < 2) lines[lines.length - 1] += node.data[i];
            else lines.push(node.data[i]);
            last = box.top;
        }
    }
    return lines;
}"""


@pytest.fixture(scope="module")
def long_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report of 35 methods by three readouts, one with a name of 60 letters."""
    folder = tmp_path_factory.mktemp("long")
    build = RunBuilder()
    build.dataset("ml", "Films", "ratings", "Some films", "training")
    labels = [LONG, *(f"method {i}" for i in range(34))]
    build.experiment("films", "Films", "ml", labels, ["u1"], ["rating-prediction"])
    for index, label in enumerate(labels):
        trial = build.trial("films", label, 8, "canonical", "u1")
        for place, readout in enumerate(("ridge", "dot", "cosine")):
            build.score(trial, "rating-prediction", "rmse", 0.8 + index / 200 + place / 1000, readout)
    return write_report(build.write(folder / "run"), folder / "report.html")


@pytest.mark.parametrize("screen", ["desktop-light", "phone-dark"])
def test_the_axis_of_a_high_drawing_stays_in_sight(long_report: Path, visit: Visit, screen: str) -> None:
    page = visit(long_report, screen)
    figure = page.locator("#films-rating-prediction-canonical-plot")
    drawing = figure.locator(".wide:visible > svg, .narrow:visible > svg")
    box = drawing.bounding_box()
    assert box
    assert box["height"] > 800
    own = drawing.locator(".role-axis-label text")
    expect(own.first).not_to_be_in_viewport()
    drawing.evaluate("(svg) => scrollTo({ top: svg.getBoundingClientRect().top + scrollY + 250, behavior: 'instant' })")
    held = figure.locator(".held:visible")
    copy = held.locator(".role-axis-label text")
    assert copy.all_inner_texts() == own.all_inner_texts()
    expect(copy.first).to_be_in_viewport()
    expect(held).to_contain_text("RMSE (lower is better)")
    bar, strip = page.locator("#filter").bounding_box(), held.bounding_box()
    assert bar
    assert strip
    below = bar["y"] + bar["height"] if screen.startswith("desktop") else 0
    assert strip["y"] == pytest.approx(below, abs=1.5), "at the top, below the bar of filters where that is held too"
    for one, other in zip(copy.all(), own.all(), strict=True):
        boxes = one.bounding_box(), other.bounding_box()
        assert boxes[0]
        assert boxes[1]
        assert boxes[0]["x"] == pytest.approx(boxes[1]["x"], abs=0.6), "over the same places"
    assert held.get_attribute("aria-hidden") == "true"


def test_a_drawing_that_a_screen_holds_has_one_axis(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    assert page.locator("#films-rating-prediction-canonical-plot .held").count() == 0


def test_a_long_name_is_broken_between_its_words(long_report: Path, visit: Visit, screen: str) -> None:
    page = visit(long_report, screen)
    name = page.locator("#films-rating-prediction-canonical-table th[scope=row] .method", has_text="embedding")
    lines = name.evaluate(LINES)
    assert "".join(lines) == LONG
    assert len(lines) > 1
    assert all(line.endswith("_") for line in lines[:-1]), lines
    name.click()
    expect(page.get_by_role("dialog", name=LONG)).to_be_visible()


def test_a_matrix_of_many_methods_is_set_close(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    table = page.locator("#films-agreement-item-cka table")
    heads = plain(table.locator("thead th"))
    assert heads[:3] == ["Method", "1", "2"]
    room = table.evaluate(
        """(table, side) => {
            const row = (from) => {
                for (let i = from.cells.length; i <= side; i++) from.append(from.lastElementChild.cloneNode(true));
            };
            [...table.rows].forEach(row);
            table.classList.add("close-set");
            return [table.offsetWidth, table.parentElement.clientWidth];
        }""",
        SIDE,
    )
    assert room[0] <= room[1]


@pytest.mark.parametrize("screen", ["phone-light"])
def test_rows_of_neighbours_are_as_high_as_what_is_in_sight(small_report: Path, visit: Visit, screen: str) -> None:
    page = visit(small_report, screen)
    section = page.locator("#films-map")
    section.scroll_into_view_if_needed()
    expect(section).to_have_attribute("data-ready", "item")
    rows = section.locator('[data-of="near"] tbody tr')
    heights = {round(row.evaluate("(row) => row.getBoundingClientRect().height")) for row in rows.all()}
    assert max(heights) - min(heights) <= 1, heights
    button = rows.first.locator("button").first
    assert button.get_attribute("title") == button.inner_text()
    chips = section.locator(".atlas-chip")
    assert chips.count() > 12
    assert len({round(chip.evaluate("(chip) => chip.offsetTop")) for chip in chips.all()}) == 1, "one line"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
