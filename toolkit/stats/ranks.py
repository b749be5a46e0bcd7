"""Average ranks over several data sets or folds, and the difference that ranks must have to be told apart."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.errors import ParameterError
from toolkit.stats.intervals import quantiles_of
from toolkit.stats.samples import Floats


@dataclass(frozen=True, eq=False)
class Ranks:
    """Average ranks of entries over blocks.

    Parameters
    ----------
    ranks : pandas.Series
        The mean rank of each entry, the best first; 1 is the best, and equal values share their mean rank.
    n_blocks : int
        Over how many data sets or folds.
    friedman_p : float
        Of the test that all entries are alike.
    critical_difference : float
        Entries whose mean ranks differ by less cannot be told apart.
    groups : tuple of tuple of hashable
        Entries that cannot be told apart, the largest such groups, each of at least two, by rank.
    """

    ranks: pd.Series
    n_blocks: int
    friedman_p: float
    critical_difference: float
    groups: tuple[tuple[Hashable, ...], ...]


def average_ranks(table: pd.DataFrame, higher_is_better: bool, level: float = 0.95) -> Ranks:
    """Rank entries within each block, and say which mean ranks differ.

    Parameters
    ----------
    table : pandas.DataFrame, shape (blocks, entries)
        A value for each; blocks in which one is missing are left out.
    higher_is_better : bool
        Whether the highest value has rank 1.
    level : float, default 0.95
        One less this is the probability that any two of entries that are all alike differ by the critical difference.

    Returns
    -------
    Ranks

    Raises
    ------
    ParameterError
        If there are fewer than two entries or two complete blocks, or the level is not allowed.

    Notes
    -----
    The critical difference is q √(k (k + 1) / 6N) for k entries and N blocks, q being that of the studentized range
    by √2 (Nemenyi). For two entries Friedman's test is the sign test, which is exact. Folds of one data set share
    training data, so that their ranks say less than those over as many data sets.

    References
    ----------
    Demšar (2006), Statistical comparisons of classifiers over multiple data sets, JMLR 7.

    Examples
    --------
    >>> values = {"one": [0.9, 0.8, 0.9], "other": [0.7, 0.7, 0.8], "third": [0.1, 0.3, 0.2]}
    >>> average_ranks(pd.DataFrame(values), higher_is_better=True).ranks.to_dict()
    {'one': 1.0, 'other': 2.0, 'third': 3.0}
    """
    from scipy.stats import studentized_range  # takes a second to import

    quantiles_of(level)
    complete = table.dropna()
    n_blocks, k = complete.shape
    if n_blocks < 2 or k < 2:
        raise ParameterError(f"ranks need two blocks and two entries or more; {n_blocks} and {k} are complete")
    ranked = complete.rank(axis=1, ascending=not higher_is_better)
    means = ranked.mean().sort_values(kind="stable")
    q = float(studentized_range.ppf(level, k, np.inf)) / math.sqrt(2)
    critical = q * math.sqrt(k * (k + 1) / (6 * n_blocks))
    return Ranks(means, n_blocks, _friedman(ranked.to_numpy()), critical, _groups(means, critical))


def _friedman(ranked: Floats) -> float:
    from scipy.stats import binomtest, friedmanchisquare

    if (ranked == ranked[:, :1]).all():
        return 1.0
    if ranked.shape[1] > 2:
        return float(friedmanchisquare(*ranked.T).pvalue)
    wins, losses = int((ranked[:, 0] < ranked[:, 1]).sum()), int((ranked[:, 0] > ranked[:, 1]).sum())
    return float(binomtest(wins, wins + losses).pvalue)


def _groups(means: pd.Series, critical: float) -> tuple[tuple[Hashable, ...], ...]:
    """Return the longest runs of entries in order of rank whose ends differ by less than the critical difference."""
    values, found, reached = means.to_numpy(), [], 1
    for start in range(len(values)):
        end = int(np.searchsorted(values, values[start] + critical))
        if end - start > 1 and end > reached:
            found.append(tuple(means.index[start:end]))
            reached = end
    return tuple(found)
