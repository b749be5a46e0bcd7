"""A small suite on a small table of ratings, both written by the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.testing import small_ratings

HEAD = """
title = "Small"

[[experiments]]
name = "films"
dataset = "{data}"
"""
BODY = """
splits = ["holdout"]
tasks = ["ranking"]
embedders = ["popularity"]
"""


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ratings of 40 users, as a file."""
    path = tmp_path_factory.mktemp("films") / "films.csv"
    small_ratings(40, 20).to_frame().to_csv(path, index=False)
    return path


@pytest.fixture
def suite(tmp_path: Path, films: Path) -> Callable[..., Path]:
    """Return a function that writes a suite of one experiment on the films, and more text behind it."""

    def write(body: str = BODY, more: str = "", data: str | None = None) -> Path:
        path = tmp_path / "small.toml"
        path.write_text(HEAD.format(data=data or films) + body + more)
        return path

    return write
