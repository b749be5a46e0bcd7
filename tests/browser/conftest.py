"""A real browser that opens reports from disk, and a small real run to look at.

The browser is the Chromium that is installed on the machine; `.ci/run` installs it where it is missing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

import toolkit as tk
from tests.browser.atlas import CORNERS, NASTY, small

SUITE = """
title = "A small run"

[[experiments]]
name = "films"
title = "Films: MovieLens-100k, fold u1"
dataset = "movielens-100k"
splits = ["u1"]
tasks = ["rating-prediction", "ranking", "item-similarity"]
embedders = [
    { name = "pca", params = { embedding_dim = 16 } },
    { name = "truncated-svd", params = { embedding_dim = 16 } },
    { name = "als", params = { embedding_dim = 16, epochs = 5 } },
    { name = "random", params = { embedding_dim = 16 } },
    "popularity",
]

[[experiments]]
name = "words"
title = "Words: the Lee corpus"
dataset = "lee"
tasks = [{ name = "word-similarity", options = { pairs = ["wordsim353", "simlex999"] } }]
embedders = [
    { name = "ppmi-svd", params = { embedding_dim = 16 } },
    { name = "pca", params = { embedding_dim = 16 } },
    { name = "random", params = { embedding_dim = 16 } },
]
"""
SCREENS = {
    f"{name}-{scheme}": {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    for name, width, height in (("desktop", 1280, 900), ("phone", 390, 844))
    for scheme in ("light", "dark")
}


@dataclass
class Visit:
    """A page, with everything that it asked for and all that went wrong on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Fail where the page asked for anything but itself, or reported an error."""
        assert self.errors == []
        assert [request for request in self.requests if not request.startswith(("data:", "blob:"))] == []


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Launch the machine's own Chromium; CHROMIUM names another one."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, filter(None, names))), None)
    if found is None:
        pytest.fail("no Chromium: install the package chromium, or let CHROMIUM name a browser")
    return {"executable_path": found, "args": ["--no-sandbox"]}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> str:
    """Return the name of a screen; a test that asks for it runs on each."""
    return str(request.param)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a file on a screen of `SCREENS`; at the end no page may have had an error."""
    visits = []

    def opened(path: Path, screen: str = "desktop-light", **context: object) -> Page:
        own = browser.new_context(**{**SCREENS[screen], **context})
        it = Visit(own.new_page())
        visits.append(it)
        it.page.set_default_timeout(10_000)
        it.page.on("console", lambda message: it.errors.append(message.text) if message.type == "error" else None)
        it.page.on("pageerror", lambda error: it.errors.append(str(error)))
        it.page.on("request", lambda request: it.requests.append(request.url))
        it.page.goto(path.as_uri())
        it.requests.remove(path.as_uri())
        return it.page

    yield opened
    for it in visits:
        it.check()
        it.page.context.close()


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a run on films and words, with its report."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.toml").write_text(SUITE)
    run = tk.run(folder / "small.toml", out=folder / "run", workers=1, quiet=True)
    assert run.ok
    run.report()
    return run.path


@pytest.fixture(scope="session")
def small_report(small_run: Path) -> Path:
    """Return the report of the small run."""
    return small_run / "report.html"


@pytest.fixture(scope="session")
def corners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two methods whose maps are known: four corners and a middle, and the same turned."""
    rows = np.array([[2, 1, 1], [-2, 1, 1], [-2, -1, 1], [2, -1, 1], [0.5, 0.2, 1]])
    turned = rows @ np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    names = [*CORNERS, NASTY]
    keys = ["a", "b", "c", "d", NASTY]
    return small(tmp_path_factory.mktemp("corners") / "run", {"one": rows, "two": turned}, keys, names)
