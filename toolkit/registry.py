"""Embedders by name, found through entry points.

A package adds one with a line of its own ``pyproject.toml``, and no change here::

    [project.entry-points."toolkit.embedders"]
    my-method = "my_package.module:MyEmbedder"
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pandas as pd

from toolkit.embedder import Embedder
from toolkit.errors import MissingDependencyError, ToolkitError, UnknownNameError

GROUP = "toolkit.embedders"


@cache
def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def embedder_names() -> list[str]:
    """Return the names of all embedders that are registered, sorted."""
    return sorted(_entries())


def embedder_class(name: str) -> type[Embedder]:
    """Return the class behind a name.

    Raises
    ------
    UnknownNameError
        If there is none.
    MissingDependencyError
        If the package that registers it cannot be imported.
    ToolkitError
        If what is registered is not an `Embedder`.
    """
    if not isinstance(name, str) or name not in _entries():  # a suite may have a table there
        raise UnknownNameError("embedder", name, _entries())
    entry = _entries()[name]
    try:
        found = entry.load()
    except AttributeError as error:
        raise ToolkitError(f"embedder {name!r} is registered as {entry.value}, which is not there: {error}") from error
    except ImportError as error:
        raise MissingDependencyError(f"embedder {name!r} ({entry.value}) cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Embedder)):
        raise ToolkitError(
            f"embedder {name!r} is registered as {entry.value}, which is not a subclass of toolkit.Embedder"
        )
    return found


def make_embedder(name: str, /, **params: Any) -> Embedder:
    """Build an embedder by name.

    Parameters
    ----------
    name : str
        One of `list_embedders`.
    **params
        Its constructor's parameters.

    Returns
    -------
    Embedder
        Not fitted.

    Raises
    ------
    UnknownNameError
        If there is no embedder or parameter of that name.

    Examples
    --------
    >>> make_embedder("als", embedding_dim=64)
    ALS(embedding_dim=64)
    """
    return embedder_class(name)().set_params(**params)


def list_embedders() -> pd.DataFrame:
    """Return a table of all embedders.

    Returns
    -------
    pandas.DataFrame
        Columns name, library, views, capabilities, installed; a row an embedder, by name.
    """
    return pd.DataFrame(map(_row, embedder_names()), columns=["name", "library", "views", "capabilities", "installed"])


def _row(name: str) -> tuple[str, str, str, str, bool]:
    try:
        cls = embedder_class(name)
    except MissingDependencyError:
        package = _entries()[name].dist
        return name, "" if package is None else package.name, "", "", False
    return name, cls.library, cls.view, ", ".join(cls.capabilities()), cls.installed()
