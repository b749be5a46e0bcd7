"""The maps in a real browser: found, lit in both, coloured, turned, zoomed and reached by keys; on every screen."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

import toolkit as tk

Visit = Callable[..., Page]
FILMS = "#films-map"
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
STATE = """(section) => [...section.querySelectorAll(".atlas-stage")].map((stage) => ({
    drawn: Number(stage.dataset.drawn), box: stage.getBoundingClientRect().toJSON() }))"""
SPOTS = """(stage) => {
    const [spots, due, later] = [{}, [], window.requestAnimationFrame];
    const tip = stage.querySelector(".atlas-tip");
    window.requestAnimationFrame = (draw) => due.push(draw); // at once, not with the screen
    for (let x = 8; x < stage.clientWidth; x += 18) for (let y = 8; y < stage.clientHeight; y += 18) {
        const box = stage.getBoundingClientRect();
        const place = { clientX: box.left + x, clientY: box.top + y, pointerType: "mouse" };
        stage.dispatchEvent(new PointerEvent("pointermove", place));
        due.splice(0).forEach((draw) => draw(0));
        if (!tip.hidden) spots[tip.querySelector("strong").textContent] ??= { x, y };
    }
    window.requestAnimationFrame = later;
    return spots;
}"""
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
CORNERS = ("north-east", "north-west", "south-west", "south-east")
LIT = """(stage) => {
    const canvas = stage.querySelectorAll("canvas")[1];
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let [n, x, y] = [0, 0, 0];
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) n++;
    return n;
}"""
FIRST = """(stage) => {
    const canvas = stage.querySelectorAll("canvas")[0];
    return new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)
        .reduce((sum, pixel, i) => (sum + pixel * (i % 97 + 1)) % 1e9, 0);
}"""


def opened(page: Page, name: str = FILMS) -> Locator:
    section = page.locator(name)
    section.scroll_into_view_if_needed()
    expect(section).to_have_attribute("data-ready", "item")
    return section


def part(section: Locator, name: str) -> Locator:
    return section.locator(f'[data-of="{name}"]')


def find(section: Locator, text: str) -> None:
    part(section, "find").fill(text)
    part(section, "find").press("Enter")


def settled(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def small(run: Path, vectors: dict[str, np.ndarray], keys: list[str], titles: list[str] | None = None) -> Path:
    """Write a run without scores whose methods have these vectors, and its report."""
    entries = [{"name": "pca", "label": label, "params": {}} for label in vectors]
    experiment = {"name": "films", "title": "Films", "dataset": "d", "options": {}, "embedders": entries}
    suite = {"name": "s", "title": "S", "description": "", "seeds": [0], "experiments": [experiment]}
    info = {"format": 1, "suite": suite, "command": "c", "started": "2026-11-22", "seconds": 1.0}
    (run / "embeddings").mkdir(parents=True)
    (run / "entities").mkdir()
    (run / "run.json").write_text(json.dumps({**info, "versions": {}, "machine": {}, "datasets": {}}))
    trials = []
    for place, (label, rows) in enumerate(vectors.items()):
        trial = {"trial": f"films-{place:03d}", "experiment": "films", "dataset": "d", "split": "", "fold": ""}
        trial |= {"seed": 0, "embedder": label, "name": "pca", "library": "x", "is_null": "false", "error": ""}
        trial |= {"embedding_dim": rows.shape[1], "parameters": "{}", "status": "ok", "tuned": "false"}
        trials.append(trial | dict.fromkeys(("fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb"), 1))
        tk.Embedding(keys, rows, "item").save(run / "embeddings" / f"films-{place:03d}.item.arrow")
    pd.DataFrame(trials).to_csv(run / "trials.csv", index=False)
    columns = "dataset split fold seed embedder embedding_dim entity task readout metric value n target convention note"
    pd.DataFrame(columns=f"{columns} variant experiment trial".split()).to_csv(run / "scores.csv", index=False)
    table = pd.DataFrame({"key": keys, "title": titles or "", "count": range(len(keys), 0, -1)})
    table.to_csv(run / "entities" / "films.item.csv", index=False)
    return tk.open_run(run).report()


@pytest.fixture(scope="module")
def corners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two methods whose maps are known: four corners and a middle, and the same turned."""
    rows = np.array([[2, 1, 1], [-2, 1, 1], [-2, -1, 1], [2, -1, 1], [0.5, 0.2, 1]])
    turned = rows @ np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    names = [*CORNERS, NASTY]
    keys = ["a", "b", "c", "d", NASTY]
    return small(tmp_path_factory.mktemp("corners") / "run", {"one": rows, "two": turned}, keys, names)


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


def spots(stage: Locator) -> dict[str, dict[str, float]]:
    """Return where the pointer finds each key that is in sight on a map."""
    settled(stage.page)
    found: dict[str, dict[str, float]] = stage.evaluate(SPOTS)
    return found


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
