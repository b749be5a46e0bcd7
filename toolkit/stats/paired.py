"""Paired comparison of any number of entries on the units that they share."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.stats.bootstrap import interval_ends, resampled
from toolkit.stats.contributions import contributions
from toolkit.stats.intervals import percentiles, quantiles_of
from toolkit.stats.permutation import ROUNDING, negligible, p_values
from toolkit.stats.samples import Floats, Ints, Parts, lay_out_common

DRAWS_PER_PAIR, MOST_DRAWS = 100, 200_000


@dataclass(frozen=True, eq=False)
class Comparison:
    """Entries and the differences between them.

    Parameters
    ----------
    names : tuple of hashable
        The entries, in the order given.
    intervals : pandas.DataFrame
        By entry: ``low``, ``value``, ``high`` and ``n``, the number of units.
    differences : pandas.DataFrame
        Every pair once: ``first`` and ``second``, of which the first comes before in `names`; ``difference``, the
        first's figure less the second's, with its bootstrap interval ``low`` to ``high``; ``p`` of the permutation
        test, two-sided, and ``p_holm``, which is corrected for the number of pairs; ``effect``, the mean of the
        units' differences by their standard deviation; ``wins``, the share of units to which the first contributes
        more, ties counted half; ``n``, the number of units. All nan but ``n`` where a figure is not defined.
    """

    names: tuple[Hashable, ...]
    intervals: pd.DataFrame
    differences: pd.DataFrame


def compare(
    entries: Mapping[Hashable, Parts], n_resamples: int = 10_000, level: float = 0.95, random_state: int = 0
) -> Comparison:
    """Compare every entry with every other, on the units that all of them have.

    Parameters
    ----------
    entries : mapping of hashable to sequence of Sample
        The parts of each entry's figure, all of the same statistic and the same folds. In each fold, only the units
        count that all samples of the fold have.
    n_resamples : int, default 10,000
        Resamples of the bootstrap, the same for all entries. Of the test, at least as many draws of signs, 100 a pair,
        but at most 200,000.
    level : float, default 0.95
        Of the intervals, in (0, 1).
    random_state : int, default 0
        Seed of the draws.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If there are no entries, they cannot be compared, or a parameter is not allowed.

    Notes
    -----
    The test is of units: each contributes a pseudo-value to each figure (see `contributions`), and if two entries were
    alike the sign of the difference of a unit's contributions would be as likely plus as minus. p is the share of
    random signs with which the sum is farther from zero than it is, and half of those with which it is as far (mid-p).
    Where there are few units all signs are tried. Of pairs that no draws would show, p is the most that it can be.

    Two embeddings that are the same but for a rotation differ by what single precision leaves, and by the few pairs
    of nearly equal values that it puts in another order. So a difference counts as none, and p is 1, where it is at
    most a millionth of the contributions' root mean square, or a thousandth of the larger standard error of the two
    figures: nobody could rest a choice on it.

    References
    ----------
    Fisher (1935), The design of experiments, section 21: the permutation test of paired differences.
    Phipson & Smyth (2010), Permutation p-values should never be zero, SAGMB 9: (hits + 1) / (draws + 1).
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> from toolkit.stats import Sample
    >>> questions = pd.RangeIndex(100)
    >>> right = {"one": [1, 1, 1, 0] * 25, "other": [1, 0, 0, 0] * 25}
    >>> found = compare({name: [Sample("mean", questions, x, [1] * 100)] for name, x in right.items()})
    >>> found.differences.loc[0, ["difference", "wins"]].tolist()
    [0.5, 0.75]
    """
    quantiles_of(level)
    names = tuple(entries)
    layout = lay_out_common(list(entries.values()))
    drawn = resampled(layout, n_resamples, random_state)
    n, values = len(layout.units), layout.values
    ends = pd.DataFrame(interval_ends(values, drawn, level), index=pd.Index(names, tupleize_cols=False)).assign(n=n)
    first, second = np.triu_indices(len(names), 1)
    frame = {
        "first": _objects([names[i] for i in first]),
        "second": _objects([names[i] for i in second]),
        "difference": values[first] - values[second],
        **_difference_ends(drawn, level, len(names)),
        **_tests(contributions(layout), values, first, second, n_resamples, random_state),
    }
    return Comparison(names, ends, pd.DataFrame(frame).assign(n=n))


def tied_for_best(comparison: Comparison, higher_is_better: bool, level: float = 0.95) -> list[Hashable]:
    """Return the best entry and those that no test tells from it, the best first.

    Parameters
    ----------
    comparison : Comparison
        What `compare` found.
    higher_is_better : bool
        Whether the highest value is the best one.
    level : float, default 0.95
        An entry is told from the best where its p, corrected for the number of pairs, is at most one less this.

    Returns
    -------
    list of hashable
        Empty where no figure is defined.
    """
    quantiles_of(level)
    values = comparison.intervals["value"].to_numpy()
    signed = -values if higher_is_better else values
    order = [int(i) for i in np.argsort(signed, kind="stable") if not math.isnan(values[i])]
    if not order:
        return []
    place = {name: i for i, name in enumerate(comparison.names)}
    told = set()
    for pair in comparison.differences.itertuples():
        if order[0] in (ends := {place[pair.first], place[pair.second]}) and pair.p_holm <= 1 - level:
            told |= ends - {order[0]}
    return [comparison.names[i] for i in order if i not in told]


def holm(p: npt.ArrayLike) -> Floats:
    """Return p-values corrected for their number by Holm's procedure; nan are not counted and stay.

    The smallest of m is multiplied by m, the next by m - 1, and so on; none is then less than the one before.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    raw = np.asarray(p, dtype=np.float64)
    order = np.argsort(raw)[: np.count_nonzero(~np.isnan(raw))]  # nan come last
    corrected = raw.copy()
    corrected[order] = np.minimum(1, np.maximum.accumulate(raw[order] * np.arange(len(order), 0, -1)))
    return corrected


def _difference_ends(drawn: Floats, level: float, n_entries: int) -> dict[str, Floats]:
    """Return the intervals of all differences; row after row, so that only one is in memory."""
    found = [percentiles(drawn[i] - drawn[i + 1 :], level) for i in range(n_entries - 1)]
    low, high = np.concatenate(found, axis=1) if found else np.empty((2, 0))
    return {"low": low, "high": high}


def _tests(
    units: Floats, values: Floats, first: Ints, second: Ints, n_resamples: int, random_state: int
) -> dict[str, Floats]:
    """Return the columns of the tests of pairs; nan where a figure of the pair is not defined."""
    n_draws = max(n_resamples, min(DRAWS_PER_PAIR * len(first), MOST_DRAWS))
    known = ~np.isnan(values[first] + values[second])
    found = {name: np.full(len(first), math.nan) for name in ("p", "p_holm", "effect", "wins")}
    pairs = first[known], second[known]
    found["p"][known] = p_values(units, *pairs, n_draws, random_state)
    found["p_holm"] = holm(found["p"])
    found["effect"][known], found["wins"][known] = _sizes(units, *pairs)
    return found


def _sizes(units: Floats, first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """Return the standardized mean difference and the share of wins of each pair."""
    effects, wins = np.zeros(len(first)), np.full(len(first), 0.5)
    scales, none = np.sqrt(np.mean(units**2, axis=0)), negligible(units)
    for place, (i, j) in enumerate(zip(first, second, strict=True)):
        apart, least = units[:, i] - units[:, j], ROUNDING * max(scales[i], scales[j])
        wins[place] = 0.5 + (np.mean(apart > least) - np.mean(apart < -least)) / 2
        if abs(mean := apart.mean()) > none[i, j]:
            spread = apart.std(ddof=1) if len(apart) > 1 else 0.0
            effects[place] = mean / spread if spread > least else math.copysign(math.inf, mean)
    return effects, wins


def _objects(names: list[Hashable]) -> npt.NDArray[np.object_]:
    """Return a column of names; tuples, too, stay one value each."""
    column = np.empty(len(names), dtype=object)
    column[:] = names
    return column
