"""The report opens from disk: nothing is asked for, nothing goes wrong, and nothing sticks out of a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page


def test_report_fits_on_every_screen(small_report: Path, visit: Callable[..., Page], screen: str) -> None:
    page = visit(small_report, screen)
    assert page.locator("h1").inner_text() == "A small run"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
