"""The permutation test of paired differences: random signs, the same for all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.stats.resampling import CELLS, is_exact, sign_patterns
from toolkit.stats.samples import Floats, Ints

ROUNDING = 1e-6  # of the contributions' root mean square: what single precision leaves of a figure
NEGLIGIBLE = 1e-3  # of a figure's standard error: what a few values that rounding puts in another order may change
FIRST_DRAWS, CLEAR = 10_000, 0.01  # a pair whose p is larger after so many draws needs no more
TINY = 1e-300  # the least p, which stays above 0 in files
_GAUSSIAN = 3.178  # 1 / (4 P(Z >= sqrt 2)): no sum of signed numbers has tails of more times the normal ones
_TIE = 1e-4  # statistics that differ by less are equal but for rounding
_LEAST_VARIANCE = 1e-3  # of differences with a mean square of 1, so that none is divided by nothing
_HELD = 1 << 24  # cells of the cubes that are in memory: 64 MiB


def p_values(
    units: Floats, first: Ints, second: Ints, n_draws: int, random_state: int, first_draws: int = FIRST_DRAWS
) -> Floats:
    """Return the two-sided p of each pair of columns.

    The statistic is the mean difference by its standard error, corrected for skewness. As any other it would give a
    test that is exact where signs are as likely plus as minus. Corrected, it also holds where two methods are equal on
    average but not alike, one far off with a few units and the other a little with many.

    Parameters
    ----------
    units : ndarray, shape (n, entries)
        What each unit contributes to each figure.
    first, second : ndarray of int, shape (pairs,)
        Columns of finite numbers.
    n_draws : int
        How many random signs are drawn; where there are no more patterns, all are tried. Pairs that are beyond doubt
        get none: of these p is the most that it can be for any sum of so many signed numbers, which is less than so
        many draws could show.
    random_state : int
        Seed of the signs.
    first_draws : int, default 10,000
        Pairs whose p is above 1 % after so many draws get no more.

    Returns
    -------
    ndarray, shape (pairs,)
        The share of patterns with which the statistic is farther from zero than it is, and half of those with which it
        is as far; drawn signs count one pattern more. 1 where the mean difference is negligible. Of pairs beyond doubt
        no less than the truth for the plain mean, so that a leaderboard of many pairs can tell them apart.

    References
    ----------
    Janssen (1997), Studentized permutation tests for non-i.i.d. hypotheses, Statistics & Probability Letters 36.
    Hall (1992), On the removal of skewness by transformation, JRSS B 54: the correction.
    Lancaster (1961), Significance tests in discrete distributions, JASA 56: the mid-p. Where statistics are often
    equal, as those of right and wrong answers, to count all of them would make the test reject too seldom.
    Hoeffding (1963), Probability inequalities for sums of bounded random variables, JASA 58; Bentkus & Dzindzalieta
    (2015), A tight Gaussian bound for weighted sums of Rademacher random variables, Bernoulli 21: the bounds.
    """
    found = np.empty(len(first))
    step = max(1, _HELD // len(units))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        found[block] = _Pairs(units, first[block], second[block]).p_values(n_draws, random_state, first_draws)
    return found


def negligible(units: Floats) -> Floats:
    """Return the mean difference of each two columns up to which it counts as none, shape (entries, entries)."""
    rounding = ROUNDING * np.sqrt(np.mean(units**2, axis=0))
    error = NEGLIGIBLE * units.std(axis=0) / np.sqrt(len(units))
    least = np.maximum(rounding, error)
    return np.asarray(np.maximum(least[:, None], least))


def corrected(mean: Any, cubes: Any, n: int) -> Any:
    """Return the mean of n differences by its standard error, corrected for skewness.

    Parameters
    ----------
    mean, cubes : ndarray
        The means of the differences, and of their cubes, where the mean of their squares is 1.
    n : int
        How many there are.

    Returns
    -------
    ndarray
        With u the mean by the standard deviation and g the skewness, √n (u + g u²/3 + g² u³/27 + g/6n).
    """
    variance = np.maximum(1 - mean * mean, _LEAST_VARIANCE)
    deviation = np.sqrt(variance)
    ratio = mean / deviation
    skewness = (cubes - mean * (3 - 2 * mean * mean)) / (variance * deviation)
    third = skewness * ratio / 3
    return np.sqrt(np.float32(n)) * (ratio * (1 + third * (1 + third / 3)) + skewness / (6 * n))


def _most(deviations: Floats) -> Floats:
    """Return the most that p can be, of sums so many times the root of their sum of squares from zero."""
    from scipy.special import ndtr

    return np.asarray(np.minimum(2 * np.exp(-(deviations**2) / 2), 2 * _GAUSSIAN * ndtr(-deviations)))


class _Pairs:
    """Pairs of columns, and what the signs of their differences are applied to.

    The sums of differences are differences of sums, so that one product of matrices gives those of all pairs; their
    cubes need a column a pair.
    """

    def __init__(self, units: Floats, first: Ints, second: Ints) -> None:
        used, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        left, right = np.split(places, 2)
        columns = units[:, used]
        apart = columns[:, left] - columns[:, right]
        scale = np.sqrt(np.mean(apart**2, axis=0))
        self.none = np.abs(apart.mean(axis=0)) <= negligible(columns)[left, right]
        scale[self.none] = 1.0
        apart /= scale
        cubes = apart**3
        mean = apart.mean(axis=0)
        self.n = len(units)
        self.observed = np.abs(corrected(mean, cubes.mean(axis=0), self.n))
        self.least = np.minimum(self.observed, np.abs(mean) * np.sqrt(self.n))
        self._ends = left, right
        self._factors = (1 / (self.n * scale)).astype(np.float32)[:, None]
        centred = columns - columns.mean(axis=1, keepdims=True)  # single precision is then spent on the differences
        self._columns = np.ascontiguousarray(centred.T, dtype=np.float32)
        self._cubes = np.ascontiguousarray(cubes.T / self.n, dtype=np.float32)

    def p_values(self, n_draws: int, random_state: int, first_draws: int) -> Floats:
        """Return p of each pair; see the function of the same name."""
        found = np.ones(len(self.none))
        if is_exact(self.n, n_draws):
            wanted = np.flatnonzero(~self.none)
            found[wanted] = self._hits(wanted, n_draws, random_state) / 2.0**self.n
            return found
        bound = _most(self.least)
        beyond = bound < 1 / (1 + n_draws)
        found[beyond & ~self.none] = np.maximum(bound, TINY)[beyond & ~self.none]
        wanted = np.flatnonzero(~self.none & ~beyond)
        draws = min(n_draws, first_draws)
        hits = self._hits(wanted, draws, random_state)
        found[wanted] = (1 + hits) / (1 + draws)
        if more := n_draws - draws:
            kept = found[wanted] <= CLEAR
            again = self._hits(wanted[kept], more, random_state + 1)
            found[wanted[kept]] = (1 + hits[kept] + again) / (1 + n_draws)
        return found

    def _hits(self, wanted: Ints, n_draws: int, random_state: int) -> Floats:
        """Return how many patterns reach what is observed for some pairs, where they just reach it counted half."""
        hits = np.zeros(len(wanted), dtype=np.int64)
        if not len(wanted):
            return hits / 2
        left, right = (ends[wanted] for ends in self._ends)
        factors, cubes = self._factors[wanted], self._cubes[wanted]
        margin = _TIE * np.maximum(1, self.observed[wanted])
        bounds = [(self.observed[wanted] + side * margin).astype(np.float32)[:, None] for side in (-1, 1)]
        for signs in self._signs(n_draws, random_state, len(wanted)):
            sums = self._columns @ signs
            found = np.abs(corrected((sums[left] - sums[right]) * factors, cubes @ signs, self.n))
            for bound in bounds:
                hits += np.count_nonzero(found >= bound, axis=1)
        return hits / 2

    def _signs(self, n_draws: int, random_state: int, n_pairs: int) -> Iterator[npt.NDArray[np.float32]]:
        """Yield blocks of signs, shape (n, some), so that the statistics of a block stay in a core's cache."""
        width = max(16, min(CELLS // self.n, CELLS // (8 * n_pairs)))
        for signs in sign_patterns(self.n, n_draws, random_state, width):
            yield signs.T
