"""What the tests of data sets share: a cache and a catalog of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.datasets import catalog, fetching


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("TOOLKIT_CACHE", str(folder))
    return folder


@pytest.fixture
def use_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, catalog.DatasetInfo]]:
    """A function that puts a catalog, given as TOML, in the place of the shipped one."""

    def use(text: str) -> dict[str, catalog.DatasetInfo]:
        path = tmp_path / "catalog.toml"
        path.write_text(text)
        entries = catalog.read_catalog(path)
        for module in (catalog, fetching):
            monkeypatch.setattr(module, "catalog", lambda: entries)
        return entries

    return use
