"""What the tests of maps share: a map that is opened, what is read off it, and reports of maps that are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page, expect

import toolkit as tk

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


def spots(stage: Locator) -> dict[str, dict[str, float]]:
    """Return where the pointer finds each key that is in sight on a map."""
    settled(stage.page)
    found: dict[str, dict[str, float]] = stage.evaluate(SPOTS)
    return found
