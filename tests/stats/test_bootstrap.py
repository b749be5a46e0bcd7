"""Resamples against lists that are really drawn, one by one, and intervals against SciPy."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from toolkit.errors import ParameterError
from toolkit.stats import Sample, bootstrap_mean, bootstrap_spearman, intervals
from toolkit.stats.bootstrap import resampled
from toolkit.stats.refigured import running_sums
from toolkit.stats.resampling import resamples, sign_patterns
from toolkit.stats.samples import lay_out

STATISTICS = ["mean", "root-mean", "spearman", "pearson"]


def slow(statistic, first, second):
    """The figure of two lists, written as it is defined."""
    if statistic in ("mean", "root-mean"):
        if sum(second) == 0:
            return math.nan
        mean = sum(first) / sum(second)
        return mean if statistic == "mean" else math.sqrt(mean)
    if len(first) == 0 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return math.nan
    return getattr(stats, statistic + "r")(first, second).statistic


@st.composite
def several(draw):
    """One to three figures over folds whose units overlap, with many ties, and the statistic."""
    statistic = draw(st.sampled_from(STATISTICS))
    folds = draw(st.lists(st.lists(st.integers(0, 9), min_size=2, unique=True), min_size=1, max_size=3))
    whole = st.integers(0, 4)

    def sample(fold):
        first, second = (draw(st.lists(whole, min_size=len(fold), max_size=len(fold))) for _ in range(2))
        return Sample(statistic, pd.Index(fold), first, [each + 1 for each in second])

    return [[sample(fold) for fold in folds] for _ in range(draw(st.integers(1, 3)))]


@settings(deadline=None)
@given(several(), st.integers(0, 99))
def test_resamples_are_those_of_drawn_lists(entries, seed):
    layout = lay_out(entries)
    found = resampled(layout, 6, seed)
    counts = np.concatenate(list(resamples(len(layout.units), 6, seed)), axis=1).astype(int)
    for column, values in zip(counts.T, found.T, strict=True):
        for parts, value in zip(entries, values, strict=True):
            times = [column[layout.units.get_indexer(part.units)] for part in parts]
            slowly = [
                slow(part.statistic, np.repeat(part.first, n), np.repeat(part.second, n))
                for part, n in zip(parts, times, strict=True)
            ]
            assert value == pytest.approx(np.mean(slowly), abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(several())
def test_values_are_those_of_the_definition(entries):
    for parts in entries:
        for part in parts:
            assert part.value == pytest.approx(slow(part.statistic, part.first, part.second), abs=1e-12, nan_ok=True)
    means = [np.mean([part.value for part in parts]) for parts in entries]
    found = intervals(entries, 200)
    np.testing.assert_allclose([each.value for each in found], means, atol=1e-12)  # as above: sums of rounded numbers
    assert all(math.isnan(each.value) or each.low <= each.high for each in found)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_intervals_are_those_of_a_plain_loop(statistic):
    rng = np.random.default_rng(0)
    first = rng.exponential(size=(2, 60))
    second = first + rng.integers(0, 3, size=(2, 60))
    drawn = rng.integers(60, size=(3000, 60))  # both parts alike
    figures = [np.mean([slow(statistic, first[p][row], second[p][row]) for p in (0, 1)]) for row in drawn]
    [found] = intervals([[Sample(statistic, pd.RangeIndex(60), first[p], second[p]) for p in (0, 1)]], 20_000)
    np.testing.assert_allclose([found.low, found.high], np.quantile(figures, [0.025, 0.975]), atol=0.015)


def test_mean_and_correlation_agree_with_scipy():
    rng = np.random.default_rng(3)
    x = rng.exponential(size=80)
    y = x + rng.normal(size=80)
    options = {"n_resamples": 4000, "method": "percentile", "rng": 1}
    for found, data, figure in (
        (bootstrap_mean(x, 20_000), (x,), np.mean),
        (bootstrap_spearman(x, y, 20_000), (x, y), lambda a, b: stats.spearmanr(a, b).statistic),
        (
            intervals([[Sample("pearson", pd.RangeIndex(80), x, y)]], 20_000)[0],
            (x, y),
            lambda a, b: np.corrcoef(a, b)[0, 1],
        ),
    ):
        theirs = stats.bootstrap(data, figure, paired=len(data) > 1, vectorized=False, **options)
        np.testing.assert_allclose([found.low, found.high], theirs.confidence_interval, atol=0.015)


def test_figures_have_the_interval_that_they_have_alone():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 50))
    units, fewer = pd.RangeIndex(50), pd.RangeIndex(30)
    entries = [
        [Sample("mean", units, x[0], np.ones(50))],
        [Sample("spearman", units, x[1], x[0])],
        [Sample("mean", fewer, x[0][:30], np.ones(30))],
        [Sample("mean", pd.RangeIndex(50), x[2], np.ones(50))],
        [Sample("spearman", units, x[2], x[0]), Sample("spearman", fewer, x[3][:30], x[0][:30])],
    ]
    assert intervals(entries, 300) == [intervals([parts], 300)[0] for parts in entries]
    assert intervals([]) == []


def test_blocks_and_seeds():
    assert [block.shape for block in resamples(5, 7, 0, width=3)] == [(5, 3), (5, 3), (5, 1)]
    whole = np.concatenate(list(resamples(5, 40, 0)), axis=1)
    np.testing.assert_array_equal(np.concatenate(list(resamples(5, 40, 0, width=3)), axis=1), whole)
    assert (whole.sum(axis=0) == 5).all()
    assert (np.concatenate(list(resamples(5, 40, 1)), axis=1) != whole).any()


def test_signs():
    for n in (3, 70):
        whole = np.concatenate(list(sign_patterns(n, 100, 0)))
        np.testing.assert_array_equal(np.concatenate(list(sign_patterns(n, 100, 0, width=3))), whole)
        assert set(whole.ravel()) == {1, -1}
    assert len(np.unique(np.concatenate(list(sign_patterns(6, 64, 0))), axis=0)) == 64  # every one once
    many = np.concatenate(list(sign_patterns(100, 20_000, 0)))
    np.testing.assert_allclose(many.mean(axis=0), 0, atol=0.04)
    np.testing.assert_allclose(np.cov(many.T), np.eye(100), atol=0.04)


def test_wrong_requests_are_refused():
    units = pd.Index(["a", "b"])
    good = Sample("mean", units, [1, 2], [1, 1])
    for wrong, message in (
        (("median", units, [1, 2], [1, 1]), "statistic is 'median'"),
        (("mean", units, [1], [1, 1]), "first needs a finite number for each of the 2 units"),
        (("mean", units, [1, 2], [1, math.nan]), "second needs a finite number"),
        (("mean", pd.Index(["a", "a"]), [1, 2], [1, 1]), "some are repeated"),
        (("mean", pd.Index([]), [], []), "these are 0"),
        (("mean", units, [1, 2], [-1, 1]), "must not be negative"),
        (("mean", units, [0, 0], [0, 0]), "nor all zero"),
        (("root-mean", units, [-1, 2], [1, 1]), "a root needs"),
    ):
        with pytest.raises(ParameterError, match=message):
            Sample(*wrong)
    with pytest.raises(ParameterError, match="at least one sample"):
        intervals([[good], []])
    with pytest.raises(ParameterError, match="different kinds are not compared: mean, pearson"):
        intervals([[good, Sample("pearson", units, [1, 2], [1, 1])]])
    with pytest.raises(ParameterError, match="level is 2"):
        intervals([[good]], level=2)
    with pytest.raises(ParameterError, match="n_resamples is 0"):
        intervals([[good]], 0)


@pytest.mark.parametrize("n", [1, 31, 32, 33, 200])
def test_running_sums(n):
    values = np.random.default_rng(n).integers(0, 9, size=(n, 5)).astype(float)
    np.testing.assert_array_equal(running_sums(values), np.cumsum(values, axis=0))
