"""Intervals: how far a figure may lie from what other data of the same kind would give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CELLS = 1 << 20  # of a block of resamples by units


class Interval(NamedTuple):
    """A figure between the ends of its confidence interval."""

    low: float
    value: float
    high: float


def bootstrap_mean(
    values: npt.ArrayLike, n_resamples: int = 10_000, level: float = 0.95, random_state: int = 0
) -> Interval:
    """Return a mean with its bootstrap interval: the quantiles of the means of resampled values.

    Parameters
    ----------
    values : array-like, shape (n,)
        One for each unit that could have been another one: a user, a pair of words, a seed's difference.
    n_resamples : int, default 10,000
        How often n units are drawn with repetition.
    level : float, default 0.95
        The share of the resamples' means within the interval, in (0, 1).
    random_state : int, default 0
        Seed of the draws.

    Returns
    -------
    Interval
        `low`, the mean itself as `value`, and `high`.

    Raises
    ------
    ParameterError
        If there are no values or one is not finite, or a parameter is not allowed.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7: the percentile interval.

    Examples
    --------
    >>> found = bootstrap_mean([0, 1] * 50)
    >>> found.low < 0.42 < found.value < 0.58 < found.high
    True
    """
    sample = _checked(values)
    quantiles = _quantiles(level)
    counts = _resamples(len(sample), n_resamples, random_state)
    means = np.concatenate([block @ sample for block in counts]) / len(sample)
    low, high = np.quantile(means, quantiles)
    return Interval(float(low), float(sample.mean()), float(high))


def bootstrap_spearman(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    n_resamples: int = 10_000,
    level: float = 0.95,
    random_state: int = 0,
) -> Interval:
    """Return a Spearman rank correlation with its bootstrap interval.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        The two values of each unit, such as a cosine and a human judgement; units are drawn, with both values.
    n_resamples, level, random_state
        As for `bootstrap_mean`.

    Returns
    -------
    Interval
        `low`, the correlation itself as `value`, and `high`; all nan where it is not defined. Ranks are those within
        each resample; resamples in which all values of one list are equal have no correlation and are passed over.

    Raises
    ------
    ParameterError
        If the shapes differ, there are no values or one is not finite, or a parameter is not allowed.

    Notes
    -----
    A resample is a count for each unit. Over distinct values in order, the running sum of counts gives the mean ranks,
    so nothing has to be sorted again.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7: the percentile interval.

    Examples
    --------
    >>> found = bootstrap_spearman(np.arange(50), np.arange(50) % 40)
    >>> found.low < found.value < found.high
    True
    """
    x, y = _checked(first), _checked(second)
    if len(x) != len(y):
        raise ParameterError(f"the lists have {len(x)} and {len(y)} values; each unit needs one in both")
    quantiles = _quantiles(level)
    value = float(_rank_correlations(np.ones((1, len(x))), x, y)[0])
    blocks = _resamples(len(x), n_resamples, random_state)
    found = np.concatenate([_rank_correlations(block, x, y) for block in blocks])
    found = found[~np.isnan(found)]
    if math.isnan(value) or not len(found):
        return Interval(math.nan, math.nan, math.nan)
    low, high = np.quantile(found, quantiles)
    return Interval(float(low), value, float(high))


def wilson_interval(right: float, n: int, level: float = 0.95) -> Interval:
    """Return a proportion with Wilson's score interval.

    Parameters
    ----------
    right : float
        How many succeed, from 0 to n; of repeated trials, their mean.
    n : int
        Of how many, at least 1.
    level : float, default 0.95
        In (0, 1).

    Returns
    -------
    Interval
        `low`, right/n as `value`, and `high`, all in [0, 1].

    Raises
    ------
    ParameterError
        If a parameter is not allowed.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(7, 8)]
    [0.5291, 0.875, 0.9776]
    """
    if n < 1 or not 0 <= right <= n:
        raise ParameterError(f"{right} of {n} is no proportion; the first must lie between 0 and the second")
    z = NormalDist().inv_cdf(_quantiles(level)[1])
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(min(max(0.0, middle - half), share), share, max(min(1.0, middle + half), share))


def _checked(values: npt.ArrayLike) -> Floats:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not len(sample) or not np.isfinite(sample).all():
        raise ParameterError(f"an interval needs a list of finite numbers, at least one; the shape is {sample.shape}")
    return sample


def _quantiles(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ParameterError(f"level is {level}; it must lie between 0 and 1")
    return (1 - level) / 2, (1 + level) / 2


def _resamples(n: int, n_resamples: int, random_state: int) -> Iterator[Floats]:
    """Yield blocks of resamples: how often each unit is drawn, shape (some, n)."""
    if n_resamples < 1:
        raise ParameterError(f"n_resamples is {n_resamples}; at least 1 is needed")
    rng = np.random.default_rng(random_state)
    step = max(1, _CELLS // n)
    for start in range(0, n_resamples, step):
        rows = min(step, n_resamples - start)
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _rank_correlations(counts: Floats, x: Floats, y: Floats) -> Floats:
    """Return the rank correlation of each resample, shape (len(counts),); nan where it is not defined."""
    n = counts.shape[1]
    a, b = _ranks(counts, x), _ranks(counts, y)
    a -= (n + 1) / 2  # the mean of ranks, whatever the resample
    b -= (n + 1) / 2
    weighted = counts * a
    spreads = np.einsum("ij,ij->i", weighted, a) * np.einsum("ij,ij,ij->i", counts, b, b)
    with np.errstate(invalid="ignore"):
        found = np.einsum("ij,ij->i", weighted, b) / np.sqrt(spreads)
    return np.asarray(np.clip(found, -1, 1))


def _ranks(counts: Floats, values: Floats) -> Floats:
    """Return the mean rank of each unit's value within each resample, of the same shape as `counts`."""
    order = np.argsort(values, kind="stable")
    arranged = values[order]
    firsts = np.flatnonzero(np.concatenate([[True], arranged[1:] != arranged[:-1]]))
    together = np.add.reduceat(counts[:, order], firsts, axis=1)  # of equal values
    ranks = np.cumsum(together, axis=1) - (together - 1) / 2
    group = np.empty(len(values), dtype=np.int64)
    group[order] = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(values)))
    return np.asarray(ranks[:, group])
