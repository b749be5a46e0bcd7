"""Neighbours side by side: those of the library, the shared ones marked, and the keys that two methods disagree on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import toolkit as tk
from tests.browser.atlas import opened, part
from toolkit.metrics import disagreements

Visit = Callable[..., Page]


def learned(run: Path) -> dict[str, tk.Embedding]:
    found = tk.open_run(run)
    trials = found.trials[(found.trials["experiment"] == "films") & (found.trials["embedding_dim"] > 1)]
    return {row.embedder: found.embedding(row.trial, "item") for row in trials.itertuples()}


def test_neighbors_are_those_of_the_library(small_run: Path, small_report: Path, visit: Visit, screen: str) -> None:
    section = opened(visit(small_report, screen))
    part(section, "find").fill("Fargo")
    part(section, "find").press("Enter")
    titles = tk.open_run(small_run).entities["films", "item"].set_index("key")["title"]
    key = titles[titles == "Fargo (1996)"].index[0]
    table = part(section, "near").locator("table")
    heads = [text.split("\n")[0] for text in table.locator("thead th").all_inner_texts()[1:]]
    embeddings = learned(small_run)
    assert set(heads) == set(embeddings)
    expected = {label: embeddings[label].neighbors(key) for label in heads}
    for place, label in enumerate(heads):
        cells = table.locator(f"tbody td:nth-child({place + 2})")
        assert cells.locator("button").all_inner_texts() == [titles[other] for other in expected[label]["key"]]
        shown = [float(text.replace("−", "-")) for text in cells.locator(".atlas-cosine").all_inner_texts()]
        assert shown == pytest.approx(expected[label]["similarity"].tolist(), abs=0.0051)
        other = heads[1] if place == 0 else heads[0]
        both = [near in set(expected[other]["key"]) for near in expected[label]["key"]]
        marks = cells.locator(".atlas-mark").all_inner_texts()
        assert [mark == "✓" for mark in marks] == both
        assert [
            name == "atlas-both" for name in cells.evaluate_all("(all) => all.map((cell) => cell.className)")
        ] == both


def test_a_neighbor_becomes_the_key(small_report: Path, visit: Visit) -> None:
    section = opened(visit(small_report))
    name = part(section, "near").locator("tbody button").nth(3).inner_text()
    part(section, "near").locator("tbody button").nth(3).click()
    expect(part(section, "near-note")).to_contain_text(f"nearest to {name} (")
    expect(part(section, "find")).to_have_value(name)


def test_disagreements_are_those_of_the_library(small_run: Path, small_report: Path, visit: Visit) -> None:
    section = opened(visit(small_report))
    entities = tk.open_run(small_run).entities["films", "item"]
    embeddings = learned(small_run)
    for left, right in (("pca", "als"), ("als", "random")):
        for side, label in (("left", left), ("right", right)):
            value = part(section, side).locator("option", has_text=label).first.get_attribute("value")
            part(section, side).select_option(value)
        keys = entities["key"].tolist()
        found = disagreements(embeddings[left].subset(keys), embeddings[right].subset(keys))
        titles = entities.set_index("key")["title"]
        shown = part(section, "apart").locator("button").all_inner_texts()
        assert shown == [titles[key] for key in found["key"][:15]]
        mean = (
            f"{found['overlap'].mean():.2f}" if found["overlap"].mean() >= 0.095 else f"{found['overlap'].mean():.3f}"
        )
        expect(part(section, "apart-note")).to_contain_text(f"overlap by {mean.removeprefix('0')} in the mean")
    part(section, "apart").locator("button").first.click()
    expect(part(section, "find")).to_have_value(shown[0])


def test_same_method_twice_is_no_disagreement(small_report: Path, visit: Visit) -> None:
    section = opened(visit(small_report))
    part(section, "right").select_option(part(section, "left").input_value())
    expect(part(section, "apart")).to_be_hidden()
    expect(part(section, "near-note")).not_to_contain_text("✓")
