"""What each unit contributes to a figure: pseudo-values, whose mean is the figure and whose differences are tested."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np

from toolkit.stats.samples import RATIOS, Floats, Layout, Sample


def contributions(layout: Layout) -> Floats:
    """Return what each unit contributes to each figure.

    For a correlation it is the figure plus n times its derivative by the unit's weight: to first order, how the figure
    would move were there more units like this one. For a mean it is the unit's sum by the mean number of cases, and
    for a root of a mean the same by twice the root. What stands for all entries of a fold there, the root and what
    is expected of a unit that has more cases than another, is taken from all of them together: were each entry's own
    figure used, units with very many cases would pull it towards themselves, and count for less than they should.

    Parameters
    ----------
    layout : Layout
        The figures.

    Returns
    -------
    ndarray, shape (units, entries)
        The difference of two columns' means is that of the figures; for roots, to first order. Columns of figures
        that are not defined are nan.

    References
    ----------
    Jaeckel (1972), The infinitesimal jackknife, Bell Laboratories MM 72-1215-11.
    Efron & Tibshirani (1993), An introduction to the bootstrap, chapters 11 and 21.
    """
    n = len(layout.units)
    found = np.empty((len(layout.samples), n))
    pooled = _pooled_means(layout) if layout.statistic in RATIOS else {}
    for row, (fold, sample) in zip(found, layout.parts, strict=True):
        if layout.statistic in RATIOS:
            row[:] = pooled[fold]
            row[layout.places(sample)] += (sample.first - pooled[fold] * sample.second) * (n / sample.second.sum())
            if layout.statistic == "root-mean":
                root = math.sqrt(pooled[fold])
                row /= 2 * root or 1.0  # where nobody makes an error there is nothing to share out
                row += root / 2
        else:
            row[:] = sample.value
            row[layout.places(sample)] += n / len(sample.units) * influence(sample)
    return np.ascontiguousarray(layout.mean_of_parts(found).T)


def _pooled_means(layout: Layout) -> dict[Hashable, float]:
    """Return the mean of all entries in each fold."""
    means: dict[Hashable, list[float]] = {}
    for fold, sample in layout.parts:
        means.setdefault(fold, []).append(sample.first.sum() / sample.second.sum())
    return {fold: float(np.mean(each)) for fold, each in means.items()}


def influence(sample: Sample) -> Floats:
    """Return the influence of each unit on a correlation, shape (n,): n times the derivative by its weight.

    Their sum is zero. Where the correlation is not defined they are nan.
    """
    if math.isnan(sample.value):
        return np.full(len(sample.units), np.nan)
    if sample.statistic == "pearson":
        return _of_pearson(sample.first, sample.second)
    return _of_spearman(sample.first, sample.second)


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
