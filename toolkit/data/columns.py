"""Columns of a data frame as arrays; an error names the column and the row, counted from 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import DataError
from toolkit.keys import as_keys


def factorize(column: pd.Series, name: str) -> tuple[npt.NDArray[np.int32], pd.Index]:
    """Return codes and keys of a column in order of first occurrence; no value may be missing."""
    missing = column.isna()
    if missing.any():
        raise DataError(f"column {name!r} has no value in row {int(np.argmax(missing)) + 1}")
    codes, keys = pd.factorize(column.astype(str) if column.dtype == object else column)
    return codes.astype(np.int32), as_keys(keys)


def item_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table indexed by item keys, each of which stands once."""
    keys = as_keys(table.index)
    if not keys.is_unique:
        raise DataError(f"item {keys[keys.duplicated()][0]!r} stands twice in the item table")
    return table.set_axis(keys, axis=0)


def parts(column: pd.Series) -> npt.NDArray[np.object_]:
    """Return the names of the parts that rows belong to; empty where a row belongs to none."""
    names = column.astype(object).where(column.notna(), "")  # a row may belong to none
    return np.array([str(name) for name in names], dtype=object)


def numbers(column: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """Return a column as finite numbers."""
    numbers = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"column {name!r} holds {column.iloc[row]!r} in row {row + 1}, which is not a number")
    return numbers


def timestamps(column: pd.Series, name: str) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
    """Return a column of numbers or dates as numbers, dates in microseconds since 1970."""
    if not pd.api.types.is_datetime64_any_dtype(column):
        numbers = pd.to_numeric(column, errors="coerce")
        dates = numbers.isna().all()
        column = pd.to_datetime(column, errors="coerce", utc=True, format="mixed") if dates else numbers
    missing = column.isna() | column.isin([np.inf, -np.inf])
    if missing.any():
        raise DataError(f"column {name!r} has no time in row {int(np.argmax(missing)) + 1}")
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.as_unit("us").astype(np.int64)
    elif (column % 1 == 0).all():
        column = column.astype(np.int64)
    times: npt.NDArray[np.int64] = column.to_numpy()
    return times
