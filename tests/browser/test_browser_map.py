"""The maps in a real browser: opened, found, lit in both, coloured and turned; on every screen."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

import toolkit as tk
from tests.browser.atlas import CORNERS, FILMS, FIRST, LIT, NASTY, STATE, find, opened, part, settled, small, spots

Visit = Callable[..., Page]


def test_map_opens_on_every_screen(small_report: Path, visit: Visit, screen: str) -> None:
    page = visit(small_report, screen)
    section = opened(page)
    settled(page)
    left, right = section.evaluate(STATE)
    train, _ = tk.load_dataset("movielens-100k").split("u1")
    assert left["drawn"] == right["drawn"] == len(train.item_keys)
    apart = right["box"]["x"] > left["box"]["x"]
    assert apart is screen.startswith("desktop")  # on a phone one stands above the other
    expect(section.locator(".atlas-still")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_search_finds_a_film_and_lights_it_in_both(small_report: Path, visit: Visit, screen: str) -> None:
    page = visit(small_report, screen)
    section = opened(page)
    stages = section.locator(".atlas-stage")
    stages.first.press("Escape")
    settled(page)
    assert [stage.evaluate(LIT) for stage in stages.all()] == [0, 0]
    box = part(section, "find")
    box.fill("STÁR WAR")
    expect(part(section, "found").get_by_role("option").first).to_have_text("Star Wars (1977)")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(part(section, "found").get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("Star Wars (1977)")
    expect(box).to_have_attribute("aria-expanded", "false")
    settled(page)
    assert min(stage.evaluate(LIT) for stage in stages.all()) > 300
    expect(part(section, "said")).to_contain_text("Star Wars (1977); 484 ratings in training; ")


def test_escape_closes_the_list_and_leaves_the_choice(small_report: Path, visit: Visit) -> None:
    section = opened(visit(small_report))
    before = part(section, "said").inner_text()
    box = part(section, "find")
    box.fill("fargo")
    box.press("Escape")
    expect(part(section, "found")).to_be_hidden()
    assert part(section, "said").inner_text() == before
    box.fill("no such film")
    expect(part(section, "found")).to_have_text("Nothing of this name on the map")


def test_hover_shows_what_lies_there_and_lights_it_on_the_other_map(corners: Path, visit: Visit) -> None:
    page = visit(corners)
    section = opened(page)
    stage, other = section.locator(".atlas-stage").all()
    stage.press("Escape")
    settled(page)
    plain = other.evaluate(LIT)
    places = spots(stage)
    for name in ("south-west", "south-east"):
        stage.hover(position=places[name])
        expect(stage.locator(".atlas-tip strong")).to_have_text(name)
        expect(stage.locator(".atlas-tip")).to_contain_text("Nearest: ")
        settled(page)
        assert other.evaluate(LIT) > plain
        expect(other.locator(".atlas-tip")).to_be_hidden()
    page.mouse.move(0, 0)
    expect(stage.locator(".atlas-tip")).to_be_hidden()


def test_second_map_is_turned_onto_the_first(corners: Path, visit: Visit) -> None:
    section = opened(visit(corners))
    first, second = section.locator(".atlas-stage").all()
    for mix in ("0", "50"):
        part(section, "move").fill(mix)
        places = spots(first)
        for name in CORNERS:
            second.hover(position=places[name])  # what lies where it lay does not move
            expect(second.locator(".atlas-tip strong")).to_have_text(name)


def test_markup_in_titles_and_keys_is_text(corners: Path, visit: Visit) -> None:
    page = visit(corners)
    section = opened(page)
    find(section, "<img")
    expect(part(section, "said")).to_contain_text(NASTY)
    expect(part(section, "near-note")).to_contain_text(NASTY)
    find(section, "north-east")
    expect(part(section, "near")).to_contain_text(NASTY)
    expect(part(section, "apart")).to_contain_text(NASTY)
    assert section.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_titles_and_labels_of_any_length_do_not_widen_the_page(tmp_path: Path, visit: Visit, screen: str) -> None:
    rows = np.random.default_rng(0).normal(size=(30, 4))
    names = [f"{letter}{'n' * 300}" for letter in ("abcdefghijklmnopqrstuvwxyz" + "ABCD")]
    report = small(tmp_path / "run", {"m" * 300: rows, "other": rows[::-1].copy()}, names, names)
    page = visit(report, screen)
    section = opened(page)
    find(section, "an")
    expect(part(section, "near-note")).to_contain_text(names[0])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_another_layout_can_be_chosen(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    stage = section.locator(".atlas-stage").first
    before = stage.evaluate(FIRST)
    part(section, "layout").select_option(label="UMAP")
    settled(page)
    assert stage.evaluate(FIRST) != before


def test_other_methods_can_be_chosen(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    stages = section.locator(".atlas-stage")
    before = stages.nth(1).evaluate(FIRST)
    part(section, "right").select_option(label="random (null baseline)")
    settled(page)
    assert stages.nth(1).evaluate(FIRST) != before
    expect(part(section, "right-name")).to_have_text("random")
    expect(part(section, "near").locator("thead th").nth(2)).to_contain_text("random")
    part(section, "entity").select_option("user")
    expect(section).to_have_attribute("data-ready", "user")
    settled(page)
    train, _ = tk.load_dataset("movielens-100k").split("u1")
    assert section.evaluate(STATE)[0]["drawn"] == len(train.user_keys)


def test_legend_switches_classes(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    legend, stage = part(section, "legend"), section.locator(".atlas-stage").first
    pressed = legend.locator('[aria-pressed="true"]')
    expect(pressed).to_have_count(7)  # six colours, and the others
    before, drawn = stage.evaluate(FIRST), section.evaluate(STATE)[0]["drawn"]
    name = pressed.first.inner_text()
    pressed.first.click()
    expect(pressed).to_have_count(6)
    settled(page)
    assert stage.evaluate(FIRST) != before
    off = legend.locator('[aria-pressed="false"]', has_not_text=name.split("\n")[-1])
    off.first.click()  # takes the colour that is free
    expect(pressed).to_have_count(7)
    legend.get_by_role("button", name="other").click()
    settled(page)
    assert 0 < section.evaluate(STATE)[0]["drawn"] < drawn
    off.first.click()
    expect(pressed).to_have_count(6)  # another one made room; and the others are still off
    for colour, chips in (("count", 7), ("cluster", 7)):
        part(section, "colour").select_option(colour)
        expect(legend.get_by_role("button")).to_have_count(chips)
        settled(page)
        assert section.evaluate(STATE)[0]["drawn"] == drawn


def test_colours_follow_the_scheme(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    corner = "(stage) => [...stage.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data]"
    stage = section.locator(".atlas-stage").first
    settled(page)
    assert stage.evaluate(corner) == [253, 252, 250, 255]
    page.emulate_media(color_scheme="dark")
    settled(page)
    assert stage.evaluate(corner) == [23, 24, 26, 255]


def test_ten_thousand_points_are_drawn_and_found(tmp_path: Path, visit: Visit) -> None:
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.normal(size=(10_000, 2)), np.full(10_000, 0.1)])
    keys = [f"key {i}" for i in range(10_000)]
    page = visit(small(tmp_path / "run", {"one": rows, "two": rows[:, [1, 0, 2]]}, keys))
    section = opened(page)
    settled(page)
    assert [each["drawn"] for each in section.evaluate(STATE)] == [10_000, 10_000]
    find(section, "key 9999")
    expect(part(section, "said")).to_contain_text("key 9999")
    first = part(section, "near").locator("tbody button").first.inner_text()
    emb = tk.Embedding(keys, rows)
    assert math.isclose(emb.similarity("key 9999", first), emb.neighbors("key 9999", 1)["similarity"][0], abs_tol=1e-6)


def test_without_scripts_the_drawing_stays(small_report: Path, visit: Visit) -> None:
    page = visit(small_report, java_script_enabled=False)
    section = page.locator(FILMS)
    expect(section.locator(".atlas-app")).to_be_hidden()
    expect(section.locator(".atlas-still svg").first).to_be_visible()
    assert "Points on two maps" in section.locator(".atlas-still desc").first.text_content()


def test_print_shows_the_drawing(small_report: Path, visit: Visit) -> None:
    page = visit(small_report)
    section = opened(page)
    page.emulate_media(media="print")
    expect(section.locator(".atlas-app")).to_be_hidden()
    expect(section.locator(".atlas-still svg").first).to_be_visible()
