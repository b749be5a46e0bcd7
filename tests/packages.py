"""Packages that tests install, as pip would, with what they bring to the toolkit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolkit import registry
from toolkit.studies import base as studies
from toolkit.tasks import base as tasks


def install(
    folder: Path, module: str, source: str, entries: Mapping[str, str], group: str = "embedders", version: str = "1.0"
) -> Path:
    """Write a package into a folder.

    Parameters
    ----------
    folder : Path
        Where; made if need be.
    module : str
        The package's name, and that of its one module.
    source : str
        The module.
    entries : mapping of str to str
        Names to targets, such as ``"module:Class"``.
    group : str, default "embedders"
        What it brings.
    version : str, default "1.0"
        Its version.

    Returns
    -------
    Path
        The folder.
    """
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(source)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n")
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[toolkit.{group}]", *lines, ""]))
    return folder


@contextmanager
def visible(folder: Path) -> Iterator[Path]:
    """Let this process, and those that it starts, see the packages of a folder until the end of the block."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(folder)
            patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", "")))))
            _forget()
            yield folder
    finally:
        for path in folder.glob("*.py"):
            sys.modules.pop(path.stem, None)
        _forget()


def _forget() -> None:
    """Let what is installed be looked up once more."""
    for found in (registry, studies, tasks):
        found._entries.cache_clear()
