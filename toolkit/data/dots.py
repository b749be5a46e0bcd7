"""Dot products of rows of two matrices, pair by pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
NUMBERS = 1 << 15  # taken from either side at a time, so that they stay in the processor's cache


def dots(left: Floats, rows: Codes, right: Floats, columns: Codes) -> npt.NDArray[np.float64]:
    """Return the dot product of a row of `left` and one of `right` for each pair of codes; 0 where a code is -1.

    Parameters
    ----------
    left : ndarray, shape (n, d)
        One matrix.
    rows : ndarray of int, shape (k,)
        Codes into it.
    right : ndarray, shape (m, d)
        The other matrix.
    columns : ndarray of int, shape (k,)
        Codes into that.

    Returns
    -------
    ndarray of float64, shape (k,)
    """
    found = np.zeros(len(rows))
    known = np.flatnonzero((rows >= 0) & (columns >= 0))
    step = max(1, NUMBERS // left.shape[1])
    for start in range(0, len(known), step):
        pairs = known[start : start + step]
        found[pairs] = np.vecdot(left.take(rows[pairs], 0), right.take(columns[pairs], 0), dtype=np.float64)
    return found
