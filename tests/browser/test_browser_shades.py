"""Heat maps and Gram matrices in both schemes: near the page at their low end, with a scale, and numbers to be read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from toolkit.report.plotting import ON_HIGH, ON_LOW, TURN

HEAT, GRAM = "#films-agreement-item-heat", "#films-dimensions-item-gram"


def rgb(text: str) -> list[float]:
    return [float(part) for part in text.removeprefix("rgb(").removesuffix(")").split(",")]


def luminance(color: list[float]) -> float:
    parts = [value / 255 for value in color]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def painted(page: Page, mark: str) -> list[float]:
    return rgb(page.locator(mark).first.evaluate("(mark) => getComputedStyle(mark).fill"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shades_begin_near_the_page_and_end_far_from_it(
    small_report: Path, visit: Callable[..., Page], scheme: str
) -> None:
    page = visit(small_report, f"desktop-{scheme}")
    ground = rgb(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for low, high in (
        (f'{HEAT} .wide [fill="#f3f1ec"]', f"{HEAT} .wide [fill-opacity]"),
        (f'{GRAM} .wide [fill="#f3f1ec"]', f"{GRAM} .wide [mask]"),
    ):
        assert contrast(painted(page, low), ground) < 1.2
        assert contrast(painted(page, high), ground) > 4.5
    for figure in (HEAT, GRAM):
        assert page.locator(f"{figure} .ramp").is_visible()
        assert "linear-gradient" in page.locator(f"{figure} .ramp").evaluate(
            "(one) => getComputedStyle(one).background"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_every_shade(small_report: Path, visit: Callable[..., Page], scheme: str) -> None:
    page = visit(small_report, f"desktop-{scheme}")
    low, high = painted(page, f'{HEAT} .wide [fill="#f3f1ec"]'), painted(page, f"{HEAT} .wide [fill-opacity]")
    colors = page.evaluate("""() => ["--on-low", "--on-high"].map((name) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = `var(${name})`;
        return getComputedStyle(probe).color;
    })""")
    written = page.locator(f"{HEAT} .wide text").evaluate_all("(all) => all.map((one) => one.getAttribute('fill'))")
    assert ON_LOW in written or ON_HIGH in written
    for step in range(101):
        shade = step / 100
        cell = [a + shade * (b - a) for a, b in zip(low, high, strict=True)]
        assert contrast(cell, rgb(colors[shade > TURN])) >= 4.5, shade


@pytest.mark.parametrize(("scheme", "strong"), [("light", (11, 90, 143)), ("dark", (72, 147, 208))])
def test_pixels_are_those_of_the_matrix(
    small_report: Path, visit: Callable[..., Page], scheme: str, strong: tuple[int, int, int]
) -> None:
    page = visit(small_report, f"desktop-{scheme}")
    square = page.locator(f"{GRAM} .wide [mask]").first
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    assert box
    found = pixels(page, {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]})
    side = len(found)
    cell = side / 16
    for place in range(16):
        at = int((place + 0.5) * cell)
        assert tuple(found[at][at]) == pytest.approx(strong, abs=3), "the diagonal"
        off = int(((place + 8) % 16 + 0.5) * cell)
        assert tuple(found[at][off]) != pytest.approx(strong, abs=30), "orthogonal columns of PCA"


def pixels(page: Page, clip: dict[str, float]) -> list[list[list[int]]]:
    data = base64.b64encode(page.screenshot(clip=clip)).decode()
    return page.evaluate(
        """async (data) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const { width, height } = image;
            const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
            context.drawImage(image, 0, 0);
            const values = context.getImageData(0, 0, width, height).data;
            const pixel = (at) => [...values.slice(4 * at, 4 * at + 3)];
            const row = (y) => Array.from({ length: width }, (_, x) => pixel(y * width + x));
            return Array.from({ length: height }, (_, y) => row(y));
        }""",
        data,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_saved_drawing_has_its_scale(
    small_report: Path, visit: Callable[..., Page], tmp_path: Path, scheme: str
) -> None:
    page = visit(small_report, f"desktop-{scheme}")
    for figure in (HEAT, GRAM):
        page.locator(f"{figure} .tools summary").click()
        with page.expect_download() as download:
            page.locator(figure).get_by_role("button", name="Drawing as SVG").click()
        download.value.save_as(tmp_path / "drawing.svg")
        text = (tmp_path / "drawing.svg").read_text(encoding="utf-8")
        assert text.count('height="10"') == 17, "sixteen shades on their ground"
        assert "var(" not in text
