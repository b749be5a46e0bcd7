"""The units that a figure is made of, and how those of several figures are laid side by side."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import ParameterError

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Statistic = Literal["mean", "root-mean", "spearman", "pearson"]
RATIOS = ("mean", "root-mean")  # a sum by a sum; the others are correlations of two lists


@dataclass(frozen=True, eq=False)
class Sample:
    """The units that one figure is made of, in one fold and with one seed.

    Parameters
    ----------
    statistic : {"mean", "root-mean", "spearman", "pearson"}
        How the figure is made of them.
    units : pandas.Index or sequence, shape (n,)
        The key of each unit, each once: users, pairs of words, questions, items.
    first, second : array-like, shape (n,)
        For ``mean`` and ``root-mean`` the sum over the unit's cases, and how many they are: 1 each for a plain mean;
        for a pooled RMSE, a user's sum of squared errors and number of ratings. For a correlation its two lists. The
        list that entries share, such as human judgements, is best the second: its ranks are then computed once.
    fold : hashable, optional
        What data the sample is of. Entries are compared on the units that all samples of a fold share. By default the
        place of the sample in its list.

    Raises
    ------
    ParameterError
        If the shapes differ, there are no units or one is there twice, or a number is not allowed.

    Examples
    --------
    >>> Sample("root-mean", pd.Index(["ann", "bob"]), [1.0, 3.0], [1, 3]).value
    1.0
    """

    statistic: Statistic
    units: pd.Index
    first: Floats
    second: Floats
    fold: Hashable = None

    def __post_init__(self) -> None:
        if self.statistic not in get_args(Statistic):
            raise ParameterError(f"statistic is {self.statistic!r}; it is one of {', '.join(get_args(Statistic))}")
        if not isinstance(self.units, pd.Index):
            object.__setattr__(self, "units", pd.Index(self.units, tupleize_cols=False))
        for side in ("first", "second"):
            values = np.asarray(getattr(self, side), dtype=np.float64)
            if values.shape != (len(self.units),) or not np.isfinite(values).all():
                raise ParameterError(f"{side} needs a finite number for each of the {len(self.units)} units")
            object.__setattr__(self, side, values)
        if not len(self.units) or not self.units.is_unique:
            raise ParameterError(f"a sample needs units, each once; these are {len(self.units)}, or some are repeated")
        if self.statistic in RATIOS and not (self.second.min() >= 0 and self.second.sum() > 0):
            raise ParameterError("the numbers of cases must not be negative, nor all zero")
        if self.statistic == "root-mean" and self.first.min() < 0:
            raise ParameterError("a root needs sums that are not negative")

    @cached_property
    def value(self) -> float:
        """The figure; nan for a correlation that is not defined."""
        if self.statistic in RATIOS:
            mean = float(self.first.sum() / self.second.sum())
            return mean if self.statistic == "mean" else math.sqrt(mean)
        x, y = self.first, self.second
        if len(self.units) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
            return math.nan
        if self.statistic == "spearman":
            x, y = (pd.Series(values).rank().to_numpy() for values in (x, y))
        x, y = x - x.mean(), y - y.mean()
        return float(np.clip(x @ y / math.sqrt((x @ x) * (y @ y)), -1, 1))

    def on(self, units: pd.Index) -> Sample:
        """Return the sample of some of its units, in the order that they are given in."""
        if units is self.units or units.equals(self.units):
            return self
        places = self.units.get_indexer(units)
        return replace(self, units=units, first=self.first[places], second=self.second[places])


Parts: TypeAlias = Sequence[Sample]  # a figure: the mean of its parts' values


@dataclass(frozen=True, eq=False)
class Layout:
    """Figures of one statistic over the same units, which are drawn together.

    Parameters
    ----------
    units : pandas.Index, shape (n,)
        All units, sorted where they can be, so that no result depends on the order in which they came.
    entries : tuple of tuple of Sample
        The parts of each figure, on units in the same order.
    """

    units: pd.Index
    entries: tuple[tuple[Sample, ...], ...]

    @property
    def statistic(self) -> Statistic:
        """What all samples share."""
        return self.entries[0][0].statistic

    @property
    def samples(self) -> list[Sample]:
        """The parts of the first figure, then those of the next."""
        return [sample for parts in self.entries for sample in parts]

    @property
    def parts(self) -> list[tuple[Hashable, Sample]]:
        """The samples, each with its fold."""
        return [pair for parts in self.entries for pair in zip(folds_of(parts), parts, strict=True)]

    @property
    def values(self) -> Floats:
        """The figures, shape (number of entries,)."""
        return np.array([np.mean([sample.value for sample in parts]) for parts in self.entries])

    def places(self, sample: Sample) -> Ints:
        """Return where the units of a sample stand among all, ascending."""
        if len(sample.units) == len(self.units):
            return np.arange(len(self.units))
        return np.asarray(self.units.get_indexer(sample.units), dtype=np.int64)

    def mean_of_parts(self, values: Floats) -> Floats:
        """Return the means over parts of what is there for each sample, shape (samples, ...) -> (entries, ...)."""
        sizes = np.array([len(parts) for parts in self.entries])
        starts = np.cumsum(sizes) - sizes
        sums = np.add.reduceat(values, starts, axis=0)
        return np.asarray(sums / sizes.reshape(-1, *[1] * (values.ndim - 1)))


def folds_of(parts: Parts) -> list[Hashable]:
    """Return the folds of a figure's parts; without a name, their places."""
    return [place if part.fold is None else part.fold for place, part in enumerate(parts)]


def lay_out(entries: Sequence[Parts]) -> Layout:
    """Put figures side by side, each with all its units.

    Raises
    ------
    ParameterError
        If one has no parts, or the statistics differ.
    """
    if not entries or not all(entries):
        raise ParameterError("each figure needs at least one sample")
    statistics = sorted({sample.statistic for parts in entries for sample in parts})
    if len(statistics) > 1:
        raise ParameterError(f"figures of different kinds are not compared: {', '.join(statistics)}")
    units = sorted_units([sample.units for parts in entries for sample in parts])
    orders: dict[int, tuple[pd.Index, pd.Index]] = {}

    def in_order(sample: Sample) -> Sample:
        # many samples are on one Index object: its order is found once; it is kept, so that no other gets its id
        mine, order = orders.get(id(sample.units), (None, None))
        if mine is None:
            order = units if len(sample.units) == len(units) else units[units.isin(sample.units)]
            orders[id(sample.units)] = sample.units, order
        return sample.on(order)

    return Layout(units, tuple(tuple(in_order(sample) for sample in parts) for parts in entries))


def lay_out_common(entries: Sequence[Parts]) -> Layout:
    """Put figures side by side on the units that all of them have, fold by fold.

    Raises
    ------
    ParameterError
        As `lay_out`; if the figures are not of the same folds, or have no unit in common.
    """
    if not entries or not all(entries):
        raise ParameterError("each figure needs at least one sample")
    folds = [folds_of(parts) for parts in entries]
    if any(set(mine) != set(folds[0]) for mine in folds):
        raise ParameterError("the figures are of different folds; give each entry samples of all folds, and name them")
    common: dict[Hashable, pd.Index] = {}
    for mine, parts in zip(folds, entries, strict=True):
        for fold, part in zip(mine, parts, strict=True):
            units = common.setdefault(fold, part.units)
            if units is not part.units and not units.equals(part.units):
                common[fold] = units.intersection(part.units, sort=False)
    if not any(map(len, common.values())):
        raise ParameterError("the figures have no unit in common")
    return lay_out(
        [
            [part.on(common[fold]) for fold, part in zip(mine, parts, strict=True) if len(common[fold])]
            for mine, parts in zip(folds, entries, strict=True)
        ]
    )


def sorted_units(indexes: Sequence[pd.Index]) -> pd.Index:
    """Return all units, each once: sorted, or in the order in which they come where that cannot be."""
    different: list[pd.Index] = []
    for index in indexes:
        if not any(index is other or index.equals(other) for other in different):
            different.append(index)
    units = reduce(lambda left, right: left.union(right, sort=False), different)
    try:
        return units.sort_values()
    except TypeError:
        return units
