"""The keys that vector files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from toolkit.data import Vocabulary
from toolkit.datasets.catalog import catalog
from toolkit.datasets.files import DataFile
from toolkit.datasets.items import read_items
from toolkit.datasets.load import load_dataset
from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import load_vectors


def load_vocabulary(
    path: str | Path,
    *,
    others: Sequence[str | Path] = (),
    entity: str = "word",
    limit: int | None = None,
    items: str | Path | None = None,
    name: str | None = None,
) -> Vocabulary:
    """Read the keys that stand in each of some vector files.

    Parameters
    ----------
    path : str or Path
        A vector file, or the name of vectors in the catalog. The keys have its order.
    others : sequence of str or Path
        The others.
    entity : str, default "word"
        What the keys name.
    limit : int, optional
        Keep only so many, the first ones.
    items : str or Path, optional
        A table of what the keys name, as `toolkit.load_ratings` takes it.
    name : str, optional
        Name of the data set; by default that of the first file.

    Returns
    -------
    Vocabulary

    Raises
    ------
    DataError
        If a file is missing or no vector file, or there is no key in common.
    """
    first = open_vectors(path)
    keys = common_keys([first, *map(open_vectors, others)], [path, *others])[:limit]
    table = None if items is None else read_items(DataFile(Path(items)))
    return Vocabulary(keys, name or DataFile(Path(path)).stem, entity, table)


def open_vectors(source: str | Path) -> Embedding:
    """Open vectors of the catalog or a file, of which a memory-mapped copy is kept for the next time.

    Raises
    ------
    DataError
        If the file is missing or no vector file.
    """
    if str(source) in catalog():
        found = load_dataset(str(source))
        if not isinstance(found, Embedding):
            raise DataError(f"data set {str(source)!r} holds {type(found).__name__}; vectors are needed here")
        return found
    return load_vectors(source, cache=True)


def common_keys(found: Sequence[Embedding], names: Sequence[str | Path]) -> pd.Index:
    """Return the keys that stand in all embeddings, in the order of the first.

    Raises
    ------
    DataError
        If there are none; the message names the first embedding that shares none with those before it.
    """
    keys = found[0].keys
    for other, name in zip(found[1:], names[1:], strict=True):
        keys = keys[other.keys.get_indexer(keys) >= 0]
        if not len(keys):
            before = ", ".join(map(str, names[: names.index(name)]))
            raise DataError(
                f"no key in common with {before}; such as {other.keys[0]!r} here, {found[0].keys[0]!r} there", name
            )
    return keys
