"""Average ranks against scikit-posthocs, SciPy and published values."""

import math

import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from scipy import stats

from toolkit.errors import ParameterError
from toolkit.stats import average_ranks

# Demšar (2006), table 5a: two-tailed Nemenyi test, 5 %, for 2 to 10 classifiers
DEMSAR = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]


@pytest.mark.parametrize(("k", "q"), list(zip(range(2, 11), DEMSAR, strict=True)))
def test_critical_differences_are_those_published(k, q):
    table = pd.DataFrame(np.random.default_rng(k).random((14, k)))
    found = average_ranks(table, higher_is_better=True).critical_difference
    assert found == pytest.approx(q * math.sqrt(k * (k + 1) / (6 * 14)), rel=3e-4)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_posthocs(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame((rng.random((12, 6)) + 0.15 * np.arange(6)).round(1), columns=list("abcdef"))
    found = average_ranks(table, higher_is_better=True)
    theirs = scikit_posthocs.posthoc_nemenyi_friedman(table)
    apart = found.ranks.to_numpy()[:, None] - found.ranks.to_numpy()
    alike = theirs.loc[found.ranks.index, found.ranks.index].to_numpy() > 0.05
    np.testing.assert_array_equal(np.abs(apart) < found.critical_difference, alike)
    together = np.eye(6, dtype=bool)
    for group in found.groups:
        places = [found.ranks.index.get_loc(name) for name in group]
        together[np.ix_(places, places)] = True
    np.testing.assert_array_equal(together, alike)
    assert found.friedman_p == pytest.approx(stats.friedmanchisquare(*table.to_numpy().T).pvalue)


def test_by_hand():
    table = pd.DataFrame({"a": [3, 3, 3, np.nan], "b": [2, 3, 1, 9], "c": [1, 1, 2, 1]})
    found = average_ranks(table, higher_is_better=True)
    assert found.n_blocks == 3
    assert found.ranks.to_dict() == pytest.approx({"a": 3.5 / 3, "b": 6.5 / 3, "c": 8 / 3})
    assert found.groups == (("a", "b", "c"),)
    lower = average_ranks(table, higher_is_better=False)
    assert lower.ranks.index.tolist() == ["c", "b", "a"]
    np.testing.assert_allclose(lower.ranks[::-1], 4 - found.ranks)


def test_two_entries_and_ties():
    found = average_ranks(pd.DataFrame({"a": [2, 2, 2, 2, 5], "b": [1, 1, 1, 1, 5]}), higher_is_better=True)
    assert found.friedman_p == pytest.approx(2 / 16)  # the sign test
    same = average_ranks(pd.DataFrame(np.ones((4, 3))), higher_is_better=True)
    assert same.friedman_p == 1
    assert same.groups == ((0, 1, 2),)


def test_no_groups():
    table = pd.DataFrame(np.tile([1.0, 2.0, 3.0], (60, 1)))
    assert average_ranks(table, higher_is_better=True).groups == ()


def test_wrong_requests_are_refused():
    for wrong in (pd.DataFrame(np.ones((1, 3))), pd.DataFrame(np.ones((3, 1))), pd.DataFrame([[1, np.nan], [1, 2]])):
        with pytest.raises(ParameterError, match="two blocks and two entries or more"):
            average_ranks(wrong, higher_is_better=True)
    with pytest.raises(ParameterError, match="level"):
        average_ranks(pd.DataFrame(np.ones((2, 2))), higher_is_better=True, level=1)
