"""Bootstrap intervals of means, roots of means and correlations: over units, with the same draws for all figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import ParameterError
from toolkit.stats.intervals import Interval, percentiles, quantiles_of
from toolkit.stats.refigured import refigure
from toolkit.stats.resampling import CELLS, resamples
from toolkit.stats.samples import RATIOS, Floats, Layout, Parts, Sample, lay_out

_RANKED = 1 << 16  # cells of a block of ranks, which are gone over several times: they should stay in a core's cache


def intervals(
    entries: Sequence[Parts], n_resamples: int = 10_000, level: float = 0.95, random_state: int = 0
) -> list[Interval]:
    """Return figures with their bootstrap intervals.

    Parameters
    ----------
    entries : sequence of sequence of Sample
        The parts of each figure: it is the mean of their values. A unit that is drawn is drawn in all parts.
    n_resamples : int, default 10,000
        How often as many units as there are are drawn with repetition.
    level : float, default 0.95
        The share of the resamples' figures within the interval, in (0, 1).
    random_state : int, default 0
        Seed of the draws. Figures over the same units share them, and each has the interval that it has alone.

    Returns
    -------
    list of Interval
        All nan where a figure is not defined. Resamples in which it is not, such as those in which all values of one
        list are equal, are passed over.

    Raises
    ------
    ParameterError
        If a figure has no parts, or parts of different kinds, or a parameter is not allowed.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7: the percentile interval.

    Examples
    --------
    >>> answers = Sample("mean", pd.RangeIndex(100), [0, 1] * 50, [1] * 100)
    >>> [found] = intervals([[answers]])
    >>> found.low < 0.42 < found.value < 0.58 < found.high
    True
    """
    quantiles_of(level)
    layouts = [lay_out([parts]) for parts in entries]
    found: dict[int, Interval] = {}
    for alike in _grouped(layouts):
        together = Layout(layouts[alike[0]].units, tuple(layouts[place].entries[0] for place in alike))
        ends = interval_ends(together.values, resampled(together, n_resamples, random_state), level)
        found.update(zip(alike, ends, strict=True))
    return [found[place] for place in range(len(layouts))]


def interval_ends(values: Floats, drawn: Floats, level: float) -> list[Interval]:
    """Return the intervals of figures, shape (n,), from those of their resamples, shape (n, n_resamples)."""
    low, high = np.where(np.isnan(values), math.nan, percentiles(drawn, level))
    return [Interval(*map(float, ends)) for ends in zip(low, values, high, strict=True)]


def resampled(layout: Layout, n_resamples: int, random_state: int) -> Floats:
    """Return the figures of resamples, each drawn for all entries alike.

    Parameters
    ----------
    layout : Layout
        The figures.
    n_resamples, random_state
        As for `intervals`.

    Returns
    -------
    ndarray, shape (number of entries, n_resamples)
        nan where a figure is not defined.
    """
    n, samples = len(layout.units), layout.samples
    figures = refigure(layout)
    cells = CELLS if layout.statistic in RATIOS else _RANKED
    blocks = resamples(n, n_resamples, random_state, max(1, cells // max(n, len(samples))))
    return np.concatenate([layout.mean_of_parts(figures(counts)) for counts in blocks], axis=1)


def bootstrap_mean(
    values: npt.ArrayLike, n_resamples: int = 10_000, level: float = 0.95, random_state: int = 0
) -> Interval:
    """Return a mean with its bootstrap interval: the quantiles of the means of resampled values.

    Parameters
    ----------
    values : array-like, shape (n,)
        One for each unit that could have been another one: a user, a pair of words, a seed's difference.
    n_resamples, level, random_state
        As for `intervals`.

    Returns
    -------
    Interval
        `low`, the mean itself as `value`, and `high`.

    Raises
    ------
    ParameterError
        If there are no values or one is not finite, or a parameter is not allowed.

    Examples
    --------
    >>> found = bootstrap_mean([0, 1] * 50)
    >>> found.low < 0.42 < found.value < 0.58 < found.high
    True
    """
    sample = _checked(values)
    units = pd.RangeIndex(len(sample))
    return intervals([[Sample("mean", units, sample, np.ones(len(sample)))]], n_resamples, level, random_state)[0]


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
        As for `intervals`.

    Returns
    -------
    Interval
        `low`, the correlation itself as `value`, and `high`; all nan where it is not defined. Ranks are those within
        each resample; resamples in which all values of one list are equal have no correlation and are passed over.

    Raises
    ------
    ParameterError
        If the shapes differ, there are no values or one is not finite, or a parameter is not allowed.

    Examples
    --------
    >>> found = bootstrap_spearman(np.arange(50), np.arange(50) % 40)
    >>> found.low < found.value < found.high
    True
    """
    x, y = _checked(first), _checked(second)
    if len(x) != len(y):
        raise ParameterError(f"the lists have {len(x)} and {len(y)} values; each unit needs one in both")
    return intervals([[Sample("spearman", pd.RangeIndex(len(x)), x, y)]], n_resamples, level, random_state)[0]


def _checked(values: npt.ArrayLike) -> Floats:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not len(sample) or not np.isfinite(sample).all():
        raise ParameterError(f"an interval needs a list of finite numbers, at least one; the shape is {sample.shape}")
    return sample


def _grouped(layouts: Sequence[Layout]) -> list[list[int]]:
    """Return the places of the figures that have the same units and are of the same kind, group by group."""
    groups: list[list[int]] = []
    for place, layout in enumerate(layouts):
        alike = partial(_alike, layout)
        for group in groups:
            if alike(layouts[group[0]]):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _alike(one: Layout, other: Layout) -> bool:
    return one.statistic == other.statistic and (one.units is other.units or one.units.equals(other.units))
