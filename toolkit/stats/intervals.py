"""Intervals: how far a figure may lie from what other data of the same kind would give."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """A figure between the ends of its confidence interval."""

    low: float
    value: float
    high: float


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
    z = NormalDist().inv_cdf(quantiles_of(level)[1])
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(min(max(0.0, middle - half), share), share, max(min(1.0, middle + half), share))


def quantiles_of(level: float) -> tuple[float, float]:
    """Return the shares of what lies below the ends of an interval.

    Raises
    ------
    ParameterError
        If the level does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ParameterError(f"level is {level}; it must lie between 0 and 1")
    return (1 - level) / 2, (1 + level) / 2


def percentiles(drawn: Floats, level: float, method: Literal["linear", "weibull"] = "linear") -> Floats:
    """Return the ends of percentile intervals.

    Parameters
    ----------
    drawn : ndarray, shape (..., n_resamples)
        The figures of the resamples; nan where one is not defined, which is passed over.
    level : float
        In (0, 1).
    method : {"linear", "weibull"}
        How quantiles are taken, see `numpy.quantile`. Of a few hundred resamples, the latter hold what they should.

    Returns
    -------
    ndarray, shape (2, ...)
        The lower and the upper ends; nan where all are.
    """
    quantiles = quantiles_of(level)
    ends = np.asarray(np.quantile(drawn, quantiles, axis=-1, method=method))
    for place in zip(*np.nonzero(np.isnan(ends[0])), strict=True):
        known = drawn[place][~np.isnan(drawn[place])]
        if len(known):
            ends[(slice(None), *place)] = np.quantile(known, quantiles, method=method)
    return ends
