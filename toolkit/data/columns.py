"""Columns of a data frame as arrays; an error names the column and the row, counted from 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import DataError
from toolkit.keys import as_keys

BLOCK = 1 << 16  # codes looked at together


def factorize(column: pd.Series, name: str) -> tuple[npt.NDArray[np.int32], pd.Index]:
    """Return codes and keys of a column in order of first occurrence; no value may be missing."""
    missing = column.isna()
    if missing.any():
        raise DataError(f"column {name!r} has no value in row {int(np.argmax(missing)) + 1}")
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, kept = recode(column.cat.codes.to_numpy(), len(column.cat.categories))
        keys = as_keys(column.cat.categories[kept])
        if keys.is_unique:
            return codes, keys
        column = pd.Series(keys.to_numpy()[codes])  # categories that are written alike, such as 1 and "1"
    numbers, keys = pd.factorize(column.astype(str) if column.dtype == object else column)
    return numbers.astype(np.int32), as_keys(keys)


def recode(codes: npt.NDArray[np.integer], n: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return codes below n, numbered anew by first occurrence, and which old code each of the new ones stands for."""
    seen, found = np.zeros(n, dtype=bool), []
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        found.append(pd.unique(block[~seen[block]]))
        seen[found[-1]] = True
    kept = np.concatenate([np.empty(0, dtype=np.int64), *found])
    place = np.empty(n, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    return place[codes], kept


def item_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table indexed by item keys, each of which stands once."""
    keys = as_keys(table.index)
    if not keys.is_unique:
        raise DataError(f"item {keys[keys.duplicated()][0]!r} stands twice in the item table")
    return table.set_axis(keys, axis=0)


def parts(column: pd.Series) -> pd.Categorical:
    """Return the names of the parts that rows belong to; empty where a row belongs to none."""
    codes, found = pd.factorize(column, use_na_sentinel=False)
    names = pd.Index(["" if pd.isna(name) else str(name) for name in found], dtype=object)
    again, names = pd.factorize(names)
    return pd.Categorical.from_codes(again[codes], names)


def as_floats(column: pd.Series) -> pd.Series:
    """Return a column as float64, nan where it holds no number."""
    return column if column.dtype == np.float64 else as_numbers(column).astype(np.float64)


def as_numbers(column: pd.Series) -> pd.Series:
    """Return a column as numbers of their own type, nan where it holds none."""
    try:
        return pd.to_numeric(column, errors="coerce")
    except OverflowError:  # whole numbers beyond what a double holds
        return pd.to_numeric(column.astype(str), errors="coerce")


def numbers(column: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """Return a column as finite numbers; they may share its memory."""
    numbers = np.asarray(as_floats(column))
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"column {name!r} holds {column.iloc[row]!r} in row {row + 1}, which is not a number")
    return numbers


def timestamps(column: pd.Series, name: str) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
    """Return a column of numbers or dates as numbers, dates in microseconds since 1970; they may share its memory."""
    if column.dtype == np.int64:
        return np.asarray(column)
    if not pd.api.types.is_datetime64_any_dtype(column):
        numbers = as_numbers(column)
        dates = numbers.isna().all()
        column = pd.to_datetime(column, errors="coerce", utc=True, format="mixed") if dates else numbers
    missing = column.isna() | column.isin([np.inf, -np.inf])
    if missing.any():
        raise DataError(f"column {name!r} has no time in row {int(np.argmax(missing)) + 1}")
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.as_unit("us").astype(np.int64)
    elif (column % 1 == 0).all() and column.between(-(2.0**63), 2.0**63, inclusive="left").all():
        column = column.astype(np.int64)
    else:
        column = column.astype(np.float64)
    times: npt.NDArray[np.int64] = column.to_numpy()
    return times


def each_once(
    cells: npt.NDArray[np.int64], order: npt.NDArray[np.int64], values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the row of each cell that comes first in an order of all rows, ascending, and the cell's sum of values."""
    _, first, codes = np.unique(cells[order], return_index=True, return_inverse=True)
    totals = np.bincount(codes, values[order]).astype(np.float64)
    rows = order[first]
    kept = np.argsort(rows)
    return rows[kept], totals[kept]
