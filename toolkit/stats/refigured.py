"""Figures of resamples from how often each unit was drawn, for many samples at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from toolkit.stats.samples import RATIOS, Floats, Ints, Layout, Sample

_STRETCH = 32  # rows that are summed at once
Figures = Callable[[Floats], Floats]  # counts, shape (units, resamples) -> figures, shape (samples, resamples)


def refigure(layout: Layout) -> Figures:
    """Return the function from counts to the figures of all samples of a layout; what they share is prepared once."""
    if layout.statistic in RATIOS:
        return _ratios(layout)
    return _spearman(layout) if layout.statistic == "spearman" else _pearson(layout)


class Distinct:
    """Lists by number; a list that has been met before gets the number that it had."""

    def __init__(self) -> None:
        self.lists: list[Floats] = []
        self._numbers: dict[bytes, int] = {}

    def number(self, values: Floats, *where: Ints) -> int:
        """Return the number of a list, at some places."""
        key = b"|".join(array.tobytes() for array in (values, *where))
        if key not in self._numbers:
            self._numbers[key] = len(self.lists)
            self.lists.append(values)
        return self._numbers[key]


def _ratios(layout: Layout) -> Figures:
    """Prepare ratios of sums, or their roots: one product of matrices for the sums of all samples."""
    distinct = Distinct()
    over = [distinct.number(_spread_out(layout, sample, sample.first)) for sample in layout.samples]
    under = [distinct.number(_spread_out(layout, sample, sample.second)) for sample in layout.samples]
    matrix = np.stack(distinct.lists)

    def figures(counts: Floats) -> Floats:
        sums = matrix @ counts
        with np.errstate(invalid="ignore"):  # no case of a fold may have been drawn
            ratios = sums[over] / sums[under]
        return np.sqrt(ratios) if layout.statistic == "root-mean" else ratios

    return figures


def _spread_out(layout: Layout, sample: Sample, values: Floats) -> Floats:
    """Return values for all units: nothing for those that the sample lacks."""
    everywhere = np.zeros(len(layout.units))
    everywhere[layout.places(sample)] = values
    return everywhere


def _pearson(layout: Layout) -> Figures:
    """Prepare correlations: the means and the products of two lists, by products of matrices as well."""
    places = [layout.places(sample) for sample in layout.samples]
    lists = [(_standard(sample.first), _standard(sample.second)) for sample in layout.samples]

    def figures(counts: Floats) -> Floats:
        return np.stack([_weighted(counts[mine], *pair) for mine, pair in zip(places, lists, strict=True)])

    return figures


def _standard(values: Floats) -> Floats:
    """Return values less their mean, by their spread: the correlation is the same, and no digits are lost."""
    spread = np.ptp(values)
    return np.asarray((values - values.mean()) / spread if spread else np.zeros(len(values)))


def _weighted(counts: Floats, x: Floats, y: Floats) -> Floats:
    n, x_sum, y_sum, xx, yy, xy = np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y]) @ counts
    with np.errstate(invalid="ignore", divide="ignore"):
        x_spread, y_spread = xx - x_sum**2 / n, yy - y_sum**2 / n
        defined = (x_spread > 1e-12 * xx) & (y_spread > 1e-12 * yy)  # what rounding leaves of equal values is none
        found = (xy - x_sum * y_sum / n) / np.sqrt(np.where(defined, x_spread * y_spread, np.nan))
    return np.asarray(np.clip(found, -1, 1))


def _spearman(layout: Layout) -> Figures:
    """Prepare rank correlations: the ranks of the second lists, which entries share, are found once a block."""
    seconds, wanted = Distinct(), []
    arranged: list[tuple[Ints | slice, Ranking]] = []
    for sample in layout.samples:
        places = layout.places(sample) if len(sample.units) < len(layout.units) else slice(None)
        number = seconds.number(sample.second, layout.places(sample))
        if number == len(arranged):
            arranged.append((places, Ranking(sample.second)))
        wanted.append((number, Ranking(sample.first)))

    def figures(counts: Floats) -> Floats:
        counts = np.ascontiguousarray(counts)  # the resamples of a unit side by side, as they are gone over
        known = [(counts[places], ranking) for places, ranking in arranged]
        ready = [(mine, mine * ranking.centred(mine), ranking.spread(mine)) for mine, ranking in known]
        return np.stack([_correlation(ranking, *ready[number]) for number, ranking in wanted])

    return figures


def _correlation(ranking: Ranking, counts: Floats, weighted: Floats, spread: Floats) -> Floats:
    """Return the rank correlation of each resample; `weighted` are the centred ranks of the other list by counts."""
    spreads = ranking.spread(counts) * spread
    with np.errstate(invalid="ignore"):
        found = ranking.covariance(counts, weighted) / np.sqrt(np.where(spreads > 0, spreads, np.nan))
    return np.asarray(np.clip(found, -1, 1))


def running_sums(values: Floats) -> Floats:
    """Return the running sums of each column, as `numpy.cumsum` along the first axis does, in a third of the time.

    The rows are cut into stretches of 32, which are summed side by side; then each gets what comes before it.
    """
    n, width = values.shape
    stretches = np.zeros((-(-n // _STRETCH), _STRETCH, width))
    flat = stretches.reshape(-1, width)
    flat[:n] = values
    for row in range(1, _STRETCH):
        stretches[:, row] += stretches[:, row - 1]
    stretches[1:] += np.cumsum(stretches[:-1, -1], axis=0)[:, None]
    return flat[:n]


class Ranking:
    """The order of a list, from which the mean ranks of any resample follow: nothing has to be sorted again.

    Over distinct values in order, the running sum of counts, less half of what is counted together, is the mean rank
    less one half. All sums are of halves of whole numbers, and exact.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The list.
    """

    def __init__(self, values: Floats) -> None:
        self.order = np.argsort(values, kind="stable")
        arranged = values[self.order]
        new = np.concatenate([[True], arranged[1:] != arranged[:-1]])
        self.group = np.empty(len(values), dtype=np.int64)
        self.group[self.order] = np.cumsum(new) - 1
        self.firsts = np.flatnonzero(new)

    def together(self, counts: Floats) -> Floats:
        """Return the sums over units of equal values, in the order of the values."""
        found = counts[self.order]
        return found if len(self.firsts) == len(self.order) else np.add.reduceat(found, self.firsts, axis=0)

    def centred(self, counts: Floats) -> Floats:
        """Return the mean rank of each unit in each resample less the mean of all ranks, in the shape of `counts`."""
        together = self.together(counts)
        ranks = running_sums(together)
        halves = ranks[-1] / 2
        together *= 0.5
        ranks -= together
        ranks -= halves
        return np.asarray(ranks[self.group])

    def spread(self, counts: Floats) -> Floats:
        """Return the sum of squares of the centred ranks, (n³ - n - Σ(t³ - t)) / 12 over groups of t equal values."""
        together = self.together(counts) if len(self.firsts) < len(self.order) else counts
        n = together.sum(axis=0)
        return np.asarray((n**3 - np.einsum("ij,ij,ij->j", together, together, together)) / 12)

    def covariance(self, counts: Floats, weighted: Floats) -> Floats:
        """Return the sum of products of the ranks and of weights whose sum is zero, shape (resamples,)."""
        together = self.together(counts)
        ranks = running_sums(together)
        together *= 0.5
        ranks -= together
        return np.asarray(np.einsum("ij,ij->j", ranks, self.together(weighted)))
