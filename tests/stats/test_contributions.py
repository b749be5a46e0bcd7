"""What units contribute, against figures that are computed with one unit more or less."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.stats import Sample
from toolkit.stats.bootstrap import resampled
from toolkit.stats.contributions import contributions, influence
from toolkit.stats.refigured import refigure
from toolkit.stats.samples import lay_out

STATISTICS = ["mean", "root-mean", "spearman", "pearson"]
CORRELATIONS = STATISTICS[2:]
VALUES = st.integers(3, 12).flatmap(
    lambda n: st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=n, max_size=n)
)


def sample(statistic, pairs):
    first, second = np.array(pairs, dtype=float).T
    return Sample(statistic, pd.RangeIndex(len(first)), first, second)


@pytest.mark.parametrize("statistic", CORRELATIONS)
@given(pairs=VALUES)
def test_influence_is_the_derivative_by_the_weight(statistic, pairs):
    each = sample(statistic, pairs)
    n, many = len(pairs), 100_000  # each unit so often, and one of them once more or less
    more, less = (refigure(lay_out([[each]]))(np.full((n, n), many) + step * np.eye(n))[0] for step in (1, -1))
    if np.isnan(each.value):
        assert np.isnan(influence(each)).all()
    else:
        np.testing.assert_allclose(influence(each), (more - less) / 2 * many * n, atol=1e-3)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("rounded", [0, 2])
def test_contributions_are_near_those_of_leaving_one_out(statistic, rounded):
    rng = np.random.default_rng(0)
    n = 400
    x = (5 * rng.random(n)).round(rounded)
    each = sample(statistic, np.stack([x, x + (5 * rng.random(n)).round(rounded) + 1], axis=1))
    without = refigure(lay_out([[each]]))(1 - np.eye(n))[0]
    left_out = n * each.value - (n - 1) * without
    ours = contributions(lay_out([[each]]))[:, 0]
    assert np.corrcoef(left_out, ours)[0, 1] > 0.9995
    assert ours.std() == pytest.approx(left_out.std(), rel=0.01)


def test_the_terms_of_the_ranks_matter():
    x = np.random.default_rng(0).normal(size=3000)
    y = x + 0.1 * np.random.default_rng(1).normal(size=3000)
    each = sample("spearman", np.stack([x, y], axis=1))
    ranked = sample("pearson", pd.DataFrame({"x": x, "y": y}).rank().to_numpy())
    assert each.value == pytest.approx(ranked.value)
    assert influence(ranked).std() < 0.93 * influence(each).std()  # of fixed ranks: too narrow


@pytest.mark.parametrize("statistic", STATISTICS)
def test_means_over_folds_are_the_figures(statistic):
    rng = np.random.default_rng(0)
    folds = [rng.permutation(60)[:40] for _ in range(3)]
    parts = [Sample(statistic, pd.Index(fold), rng.random(40), rng.random(40)) for fold in folds]
    layout = lay_out([parts, parts[:1]])
    found = contributions(layout)
    assert found.shape == (len(layout.units), 2)
    np.testing.assert_allclose(found.mean(axis=0), [np.mean([part.value for part in parts]), parts[0].value])


def test_values_of_a_plain_mean_contribute_themselves():
    layout = lay_out([[Sample("mean", pd.Index(list("cab")), [3, 1, 2], [1, 1, 1])]])
    assert contributions(layout)[:, 0].tolist() == [1, 2, 3]
    assert layout.units.tolist() == ["a", "b", "c"]


def test_no_errors_at_all():
    layout = lay_out([[Sample("root-mean", pd.RangeIndex(3), np.zeros(3), np.ones(3))]])
    assert contributions(layout)[:, 0].tolist() == [0, 0, 0]


def test_units_that_both_have_are_compared_by_their_sums():
    cases = np.array([100.0, 1, 1])  # one user has nearly all ratings
    layout = lay_out([[Sample("mean", pd.RangeIndex(3), np.array(x), cases)] for x in ([90.0, 1, 1], [10.0, 0, 1])])
    apart = -np.diff(contributions(layout), axis=1)[:, 0]
    np.testing.assert_allclose(apart, np.array([80, 1, 0]) * 3 / 102)


@pytest.mark.parametrize("statistic", ["mean", "root-mean", "spearman", "pearson"])
def test_their_spread_is_that_of_the_bootstrap(statistic):
    rng = np.random.default_rng(1)
    users = rng.permutation(200)
    parts = []
    for fold in (users[:150], users[50:]):
        x, n = rng.exponential(size=150), rng.integers(1, 9, size=150)
        second = n if statistic in ("mean", "root-mean") else x + rng.exponential(size=150)
        parts.append(Sample(statistic, pd.Index(fold), x * n, second))
    layout = lay_out([parts])
    spread = contributions(layout)[:, 0].std() / np.sqrt(200)
    assert resampled(layout, 4000, 0)[0].std() == pytest.approx(spread, rel=0.06)
