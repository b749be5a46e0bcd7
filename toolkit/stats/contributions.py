"""What each unit contributes to a figure: pseudo-values, whose mean is the figure and whose differences are tested."""

from __future__ import annotations

import math

import numpy as np

from toolkit.stats.samples import RATIOS, Floats, Layout, Sample


def contributions(layout: Layout) -> Floats:
    """Return what each unit contributes to each figure.

    The contribution of a unit is the figure, plus n times its derivative by the unit's weight: to first order, how
    the figure would move were there more units like this one. For a plain mean it is the unit's value.

    Parameters
    ----------
    layout : Layout
        The figures.

    Returns
    -------
    ndarray, shape (units, entries)
        Each column's mean is the figure. Columns of figures that are not defined are nan.

    References
    ----------
    Jaeckel (1972), The infinitesimal jackknife, Bell Laboratories MM 72-1215-11.
    Efron & Tibshirani (1993), An introduction to the bootstrap, chapters 11 and 21.
    """
    n = len(layout.units)
    found = np.empty((len(layout.samples), n))
    for row, sample in zip(found, layout.samples, strict=True):
        row[:] = sample.value
        row[layout.places(sample)] += n / len(sample.units) * influence(sample)
    return np.ascontiguousarray(layout.mean_of_parts(found).T)


def influence(sample: Sample) -> Floats:
    """Return the influence of each unit on a sample's figure, shape (n,): n times the derivative by its weight.

    Their sum is zero. Where a correlation is not defined they are nan.
    """
    if sample.statistic in RATIOS:
        return _of_ratio(sample)
    if math.isnan(sample.value):
        return np.full(len(sample.units), np.nan)
    if sample.statistic == "pearson":
        return _of_pearson(sample.first, sample.second)
    return _of_spearman(sample.first, sample.second)


def _of_ratio(sample: Sample) -> Floats:
    mean = sample.first.sum() / sample.second.sum()
    found = (sample.first - mean * sample.second) / sample.second.mean()
    if sample.statistic == "root-mean":
        found /= 2 * math.sqrt(mean) if mean else 1.0  # without errors there is nothing to share out
    return np.asarray(found)


def _of_pearson(first: Floats, second: Floats) -> Floats:
    x = (first - first.mean()) / first.std()
    y = (second - second.mean()) / second.std()
    return np.asarray(x * y - np.mean(x * y) * (x * x + y * y) / 2)


def _of_spearman(first: Floats, second: Floats) -> Floats:
    """Return the influence on a rank correlation: by the unit's own ranks, and by those of the units above it.

    With f and g the centred ranks by n, the covariance is the mean of fg. A unit u more adds its own product, and
    lifts f of every unit whose first value is larger, which adds the mean of their g; and the other way round.
    """
    f, g = _Shares(first), _Shares(second)
    covariance = np.mean(f.centred * g.centred)
    f_spread, g_spread = np.mean(f.centred**2), np.mean(g.centred**2)
    by_covariance = f.centred * g.centred + f.lifted(g.centred) + g.lifted(f.centred) - 3 * covariance
    by_f = f.centred**2 + 2 * f.lifted(f.centred) - 3 * f_spread
    by_g = g.centred**2 + 2 * g.lifted(g.centred) - 3 * g_spread
    root = math.sqrt(f_spread * g_spread)
    return np.asarray((by_covariance - covariance / 2 * (by_f / f_spread + by_g / g_spread)) / root)


class _Shares:
    """Mean ranks as shares of a list: how many values are smaller, and half of those that are equal, by n, less 1/2."""

    def __init__(self, values: Floats) -> None:
        _, self._group, self._sizes = np.unique(values, return_inverse=True, return_counts=True)
        below = np.cumsum(self._sizes) - self._sizes / 2
        self.centred = below[self._group] / len(values) - 0.5

    def lifted(self, weights: Floats) -> Floats:
        """Return, for each unit, the sum of weights of the units above it and half of those equal to it, by n."""
        together = np.bincount(self._group, weights, minlength=len(self._sizes))
        above = together.sum() - np.cumsum(together) + together / 2
        return np.asarray(above[self._group] / len(self._group))
