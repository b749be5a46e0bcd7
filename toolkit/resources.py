"""Files that ship with the toolkit: the suites and the catalog with its small data sets."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_shipped"  # in an installed wheel; a source checkout has the folders beside the package


def folder(name: str) -> Path:
    """Return a folder that ships with the toolkit: ``"benchmarks"`` or ``"data"``."""
    return (_SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent) / name


def package_folder() -> Path:
    """Return the folder of the package's own source."""
    return _PACKAGE
