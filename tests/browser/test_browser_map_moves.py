"""Maps that move in a real browser: zoomed, dragged, touched, reached by keys, and turned into each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.atlas import CORNERS, FIRST, NASTY, STATE, find, opened, part, settled, spots

Visit = Callable[..., Page]

PINCH = """(stage, fingers) => {
    const box = stage.getBoundingClientRect();
    const touches = (spread) => [-1, 1].slice(0, fingers).map((side, identifier) => new Touch({
        identifier, target: stage, clientX: box.left + 150 + side * spread, clientY: box.top + 120 }));
    const send = (name, spread) => {
        const event = new TouchEvent(name, { touches: touches(spread), bubbles: true, cancelable: true });
        stage.dispatchEvent(event);
        return event.defaultPrevented;
    };
    send("touchstart", 30);
    return [send("touchmove", 80)];
}"""


def test_zoom_is_the_same_on_both_maps(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    settled(page)
    whole = [each["drawn"] for each in section.evaluate(STATE)]
    for _ in range(6):
        part(section, "in").click()
    settled(page)
    assert all(each["drawn"] < all_ for each, all_ in zip(section.evaluate(STATE), whole, strict=True))
    part(section, "out").click()
    part(section, "whole").click()
    settled(page)
    assert [each["drawn"] for each in section.evaluate(STATE)] == whole


def test_plain_wheel_scrolls_the_page_and_with_ctrl_zooms(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    stage = section.locator(".atlas-stage").first
    stage.hover()
    settled(page)
    before, scrolled = stage.evaluate(FIRST), page.evaluate("scrollY")
    page.mouse.wheel(0, 60)
    page.wait_for_function("(before) => scrollY > before", arg=scrolled)
    assert stage.evaluate(FIRST) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_timeout(50)
    settled(page)
    assert stage.evaluate(FIRST) != before


def test_drag_moves_both_maps_and_a_click_chooses(corners: Path, visit: Visit) -> None:
    page = visit(corners)
    section = opened(page)
    stage, other = section.locator(".atlas-stage").all()
    place = spots(stage)[NASTY]
    stage.click(position=place)
    expect(part(section, "said")).to_contain_text(f"{NASTY}; 1 rating in training")
    before = other.evaluate(FIRST)
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 170, steps=4)
    page.mouse.up()
    settled(page)
    assert other.evaluate(FIRST) != before
    moved = spots(stage)[NASTY]
    assert (moved["x"] - place["x"], moved["y"] - place["y"]) == pytest.approx((40, -30), abs=30)
    expect(part(section, "said")).to_contain_text(NASTY)  # a drag is no choice


def test_a_tap_chooses_and_two_fingers_zoom(corners: Path, visit: Visit) -> None:
    page = visit(corners, "phone-light", has_touch=True)
    section = opened(page)
    stage = section.locator(".atlas-stage").first
    stage.tap(position=spots(stage)["south-east"])
    expect(part(section, "said")).to_contain_text("south-east")
    settled(page)
    before = stage.evaluate(FIRST)
    assert stage.evaluate(PINCH, 1) == [False]  # one finger is left to the page
    settled(page)
    assert stage.evaluate(FIRST) == before
    assert stage.evaluate(PINCH, 2) == [True]
    settled(page)
    assert stage.evaluate(FIRST) != before


def test_keys_reach_every_point(corners: Path, visit: Visit) -> None:
    page = visit(corners)
    section = opened(page)
    find(section, "south-west")
    stage = section.locator(".atlas-stage").first
    said = part(section, "said")
    seen = set()
    for arrow in ("Right", "Right", "Up", "Left", "Left", "Down") * 2:
        stage.press(f"Arrow{arrow}")
        seen.add(said.inner_text().split(";")[0])
    assert set(CORNERS) <= seen
    settled(page)
    before = stage.evaluate(FIRST)
    stage.press("Shift+ArrowRight")
    settled(page)
    assert stage.evaluate(FIRST) != before
    stage.press("0")
    settled(page)
    assert stage.evaluate(FIRST) == before
    stage.press("Escape")
    expect(part(section, "near-note")).to_have_text("Choose a key on a map, or find one by its name.")


def test_points_move_from_the_first_map_to_the_second(small_report: Path, visit: Visit) -> None:
    page = visit(small_report, reduced_motion="reduce")
    section = opened(page)
    stages = section.locator(".atlas-stage")
    stages.first.press("Escape")
    settled(page)
    first, second = (stage.evaluate(FIRST) for stage in stages.all())
    assert first != second
    part(section, "play").click()  # without motion, at once
    settled(page)
    assert stages.first.evaluate(FIRST) == second
    expect(part(section, "left-name")).to_contain_text("100 %")
    part(section, "play").click()
    settled(page)
    assert stages.first.evaluate(FIRST) == first
