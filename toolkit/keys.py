"""Keys: the names of the rows of every matrix in the toolkit.

A key is always a string. Whatever a caller hands in (integers from a data frame, numpy scalars) is turned into
one, so that item ``50`` of a table and key ``"50"`` of an embedding are the same item.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import DataError, ParameterError, UnknownNameError

IntArray = npt.NDArray[np.int64]


def as_keys(values: Iterable[object]) -> pd.Index:
    """Return the values as an index of strings.

    Parameters
    ----------
    values : iterable
        Keys of any type. A single string is one key, not a sequence of letters.

    Returns
    -------
    pandas.Index
        The keys, of dtype object, every one a `str`.

    Raises
    ------
    DataError
        If one is missing: None or nan.
    """
    if isinstance(values, str):
        values = [values]
    if isinstance(values, np.ndarray):
        values = pd.Index(values, copy=True)  # what the caller does with their array later changes no key
    elif not isinstance(values, pd.Index | pd.Series):
        values = pd.Index(list(values), dtype=object)
    index = values if isinstance(values, pd.Index) else pd.Index(values)
    if _all_strings(index):
        return index
    if index.hasnans:
        raise DataError(f"key {int(np.argmax(index.isna())) + 1} of {len(index)} is missing")
    if pd.api.types.is_float_dtype(index) and (index % 1 == 0).all():
        index = index.astype(np.int64)  # what a join with gaps made of integers
    if index.dtype != object:
        return index.astype(str).astype(object)
    return pd.Index([str(value) for value in index], dtype=object)


def all_unique(keys: pd.Index) -> bool:
    """Return whether no key stands twice.

    Keys whose hashes all differ do, and that takes half the time of the index's own table, which is built when a key
    is first looked up.
    """
    hashes = np.fromiter(map(hash, keys.to_numpy()), dtype=np.int64, count=len(keys))
    hashes.sort()
    return bool((hashes[1:] != hashes[:-1]).all()) or bool(keys.is_unique)


def locate(keys: pd.Index, wanted: Iterable[object]) -> IntArray:
    """Return the position of each wanted key, -1 where it is unknown.

    Parameters
    ----------
    keys : pandas.Index, shape (n,)
        Unique keys, as `as_keys` gives them.
    wanted : iterable, length m
        Keys to look up, of any type.

    Returns
    -------
    ndarray of int64, shape (m,)
        Positions in `keys`.
    """
    try:
        return np.asarray(keys.get_indexer(as_keys(wanted)), dtype=np.int64)
    except pd.errors.InvalidIndexError:  # of a file that only says that its keys are unique
        raise DataError(f"key {keys[keys.duplicated()][0]!r} stands twice; keys must be unique") from None


def paired(users: Iterable[object], items: Iterable[object]) -> tuple[pd.Index, pd.Index]:
    """Return users and items as keys, of which there must be as many of one as of the other.

    Raises
    ------
    ParameterError
        If there are not.
    """
    user_keys, item_keys = as_keys(users), as_keys(items)
    if len(user_keys) != len(item_keys):
        raise ParameterError(f"{len(user_keys)} users and {len(item_keys)} items were given; they come in pairs")
    return user_keys, item_keys


def located(keys: pd.Index, wanted: Iterable[object], kind: str) -> IntArray:
    """Return the position of each wanted key, all of which must be known.

    Raises
    ------
    UnknownNameError
        If one is not; the message names it as a `kind`.
    """
    names = as_keys(wanted)
    positions = locate(keys, names)
    if (positions < 0).any():
        raise UnknownNameError(kind, names[int(np.argmax(positions < 0))], keys)
    return positions


def _all_strings(keys: pd.Index) -> bool:
    return bool(keys.dtype == object and pd.api.types.infer_dtype(keys, skipna=False) in ("string", "empty"))
