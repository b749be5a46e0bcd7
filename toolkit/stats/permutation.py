"""The permutation test of paired differences: random signs, the same for all pairs."""

from __future__ import annotations

import numpy as np

from toolkit.stats.resampling import CELLS, is_exact, sign_patterns
from toolkit.stats.samples import Floats, Ints

ROUNDING = 1e-6  # of the contributions' root mean square: what single precision leaves of a figure
NEGLIGIBLE = 1e-3  # of a figure's standard error: what a few values that rounding puts in another order may change
_SUMMED = 4.0  # such roundings add up to a few times their size by the root of n


def p_values(units: Floats, first: Ints, second: Ints, n_draws: int, random_state: int) -> Floats:
    """Return the two-sided p of each pair of columns.

    A sum of differences with random signs is the difference of two sums, so that a product of matrices gives the sums
    of all columns, and with them those of all pairs.

    Parameters
    ----------
    units : ndarray, shape (n, entries)
        What each unit contributes to each figure.
    first, second : ndarray of int, shape (pairs,)
        Columns of finite numbers.
    n_draws : int
        How many random signs are drawn; where there are no more patterns, all are tried.
    random_state : int
        Seed of the signs.

    Returns
    -------
    ndarray, shape (pairs,)
        The share of patterns with which the sum is at least as far from zero as it is, (1 + hits) / (1 + draws); 1
        where the mean difference is negligible. Sums count as equal within rounding.
    """
    n = len(units)
    if not len(first):
        return np.empty(0)
    used, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    left, right = np.split(places, 2)
    columns = units[:, used]
    scales = np.sqrt(np.mean(columns**2, axis=0))
    scale = np.maximum(scales[left], scales[right])
    columns = columns - columns.mean(axis=1, keepdims=True)  # single precision is then spent on the differences
    observed = np.abs(columns.sum(axis=0)[left] - columns.sum(axis=0)[right])
    bounds = observed - _SUMMED * ROUNDING * scale * np.sqrt(n)
    hits = _hits(columns, left, right, bounds, n_draws, random_state)
    found = hits / 2.0**n if is_exact(n, n_draws) else (1 + hits) / (1 + n_draws)
    return np.asarray(np.where(observed <= negligible(units[:, used])[left, right] * n, 1.0, found))


def negligible(units: Floats) -> Floats:
    """Return the mean difference of each two columns up to which it counts as none, shape (entries, entries)."""
    rounding = ROUNDING * np.sqrt(np.mean(units**2, axis=0))
    error = NEGLIGIBLE * units.std(axis=0) / np.sqrt(len(units))
    least = np.maximum(rounding, error)
    return np.asarray(np.maximum(least[:, None], least))


def _hits(columns: Floats, left: Ints, right: Ints, bounds: Floats, n_draws: int, random_state: int) -> Ints:
    """Return with how many patterns the sum of each pair is at least its bound."""
    n, single = len(columns), np.ascontiguousarray(columns.T, dtype=np.float32)
    totals, least = single.sum(axis=1, keepdims=True), bounds.astype(np.float32)[:, None]
    hits = np.zeros(len(left), dtype=np.int64)
    for signs in sign_patterns(n, n_draws, random_state, max(1, CELLS // max(n, len(left)))):
        sums = 2 * (single @ signs.T) - totals
        apart = sums[left]
        apart -= sums[right]
        hits += np.count_nonzero(np.abs(apart, out=apart) >= least, axis=1)
    return hits
