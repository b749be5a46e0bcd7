import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from toolkit.errors import ParameterError
from toolkit.stats import Interval, bootstrap, bootstrap_mean, bootstrap_spearman, wilson_interval


def test_mean_agrees_with_scipy():
    values = np.random.default_rng(0).exponential(size=60)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    low, value, high = bootstrap_mean(values, n_resamples=20_000)
    assert value == values.mean()
    np.testing.assert_allclose([low, high], theirs, atol=0.02)


def test_mean_of_normal_values_has_the_normal_interval():
    values = np.random.default_rng(0).normal(size=2000)
    low, value, high = bootstrap_mean(values, level=0.9)
    half = stats.norm.ppf(0.95) * values.std() / math.sqrt(2000)
    np.testing.assert_allclose([low, high], [value - half, value + half], atol=0.1 * half)


def test_spearman_interval_is_about_that_of_fisher():
    rng = np.random.default_rng(0)
    x = rng.normal(size=500)
    y = x + rng.normal(size=500)
    low, value, high = bootstrap_spearman(x, y, n_resamples=4000)
    assert value == pytest.approx(stats.spearmanr(x, y).statistic)
    ends = np.tanh(np.arctanh(value) + np.array([-1.96, 1.96]) * math.sqrt((1 + value**2 / 2) / 497))
    np.testing.assert_allclose([low, high], ends, atol=0.015)


def test_intervals_cover_what_they_should():
    hits = 0
    for seed in range(300):
        low, _, high = bootstrap_mean(np.random.default_rng(seed).normal(size=80), n_resamples=500, random_state=seed)
        hits += low <= 0 <= high
    assert abs(hits / 300 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 300)


def test_blocks_and_seeds(monkeypatch):
    x, y = np.random.default_rng(0).normal(size=(2, 30))
    whole = bootstrap_mean(x, 500), bootstrap_spearman(x, y, 500)
    assert bootstrap_mean(x, 500, random_state=1) != whole[0]
    monkeypatch.setattr(bootstrap, "CELLS", 70)
    monkeypatch.setattr(bootstrap, "_RANKED", 70)
    np.testing.assert_allclose((bootstrap_mean(x, 500), bootstrap_spearman(x, y, 500)), whole, rtol=1e-12)


def test_undefined_correlations():
    assert all(map(math.isnan, bootstrap_spearman([1, 1, 1], [1, 2, 3])))
    assert all(map(math.isnan, bootstrap_spearman([1], [2])))
    assert bootstrap_spearman([1, 2], [1, 2], 100) == (1, 1, 1)  # resamples of one unit are passed over


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95]))
def test_wilson_agrees_with_scipy(counts, level):
    theirs = stats.binomtest(*counts).proportion_ci(level, method="wilson")
    found = wilson_interval(*counts, level=level)
    np.testing.assert_allclose([found.low, found.high], theirs, atol=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_wrong_requests_are_refused():
    for wrong in ([], [[1.0]], [math.nan]):
        with pytest.raises(ParameterError, match="a list of finite numbers"):
            bootstrap_mean(wrong)
    with pytest.raises(ParameterError, match="2 and 3 values"):
        bootstrap_spearman([1, 2], [1, 2, 3])
    for level in (0, 1, math.nan):
        with pytest.raises(ParameterError, match="level is"):
            bootstrap_mean([1], level=level)
    with pytest.raises(ParameterError, match="n_resamples is 0"):
        bootstrap_mean([1], n_resamples=0)
    for right, n in ((1, 0), (-1, 3), (4, 3)):
        with pytest.raises(ParameterError, match=f"{right} of {n} is no proportion"):
            wilson_interval(right, n)


def test_interval_is_a_tuple_with_names():
    assert Interval(1, 2, 3) == (1, 2, 3)
