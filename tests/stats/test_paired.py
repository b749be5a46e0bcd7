"""The paired tests, against other implementations, by hand, and under changes that must not matter."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import ortho_group
from statsmodels.stats.multitest import multipletests

from toolkit.errors import ParameterError
from toolkit.stats import Sample, compare, intervals, permutation, tied_for_best
from toolkit.stats.paired import holm
from toolkit.stats.permutation import _most, p_values

COLUMNS = ["difference", "low", "high", "p", "p_holm", "effect", "wins"]


def plain(values, units=None):
    values = np.asarray(values, dtype=float)
    return [Sample("mean", pd.RangeIndex(len(values)) if units is None else units, values, np.ones(len(values)))]


def one_p(x, y, n_draws=10_000, seed=0):
    return p_values(np.stack([x, y], axis=1).astype(float), np.array([0]), np.array([1]), n_draws, seed)[0]


def slow(d):
    """Hall's transformation of the t statistic, as it is written in the paper."""
    d = np.asarray(d, dtype=float) / np.sqrt(np.mean(np.square(d)))
    n, mean = len(d), np.mean(d)
    deviation = math.sqrt(max(np.mean(d**2) - mean**2, 1e-3))
    u, skewness = mean / deviation, np.mean((d - mean) ** 3) / deviation**3
    return math.sqrt(n) * (u + skewness * u**2 / 3 + skewness**2 * u**3 / 27 + skewness / (6 * n))


def mid_p(statistics, observed):
    far, near = np.abs(statistics), 1e-4 * max(1, abs(observed))
    return (np.mean(far >= abs(observed) - near) + np.mean(far >= abs(observed) + near)) / 2


@pytest.mark.parametrize(
    "keys", [["a", "b", "c"], [("a", "b"), ("a", "c"), ("b", "c")]], ids=["words", "pairs of words"]
)
def test_units_may_be_a_list(keys):
    given = compare({name: plain(values, keys) for name, values in (("one", [1, 2, 3]), ("other", [3, 2, 2]))})
    index = pd.Index(keys, tupleize_cols=False)
    wanted = compare({name: plain(values, index) for name, values in (("one", [1, 2, 3]), ("other", [3, 2, 2]))})
    pd.testing.assert_frame_equal(given.differences, wanted.differences)
    with pytest.raises(ParameterError, match="some are repeated"):
        Sample("mean", ["a", "a"], [1, 2], [1, 1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_few_units_are_enumerated(pairs):
    x, y = np.array(pairs).T
    if x.sum() == y.sum():
        assert one_p(x, y) == 1
    else:
        found = [slow(np.array(signs) * (x - y)) for signs in product([1, -1], repeat=len(x))]
        assert one_p(x, y) == pytest.approx(mid_p(found, slow(x - y)))


@pytest.mark.parametrize("n", [10, 60])
def test_agrees_with_scipy(n):
    rng = np.random.default_rng(n)
    for x, y in (
        (rng.random(n) + 0.1, rng.random(n)),
        (rng.exponential(size=n) ** 2, 0.5 * rng.random(n)),  # skew
        (rng.random(n) < 0.6, rng.random(n) < 0.5),  # sums that are often equal
    ):
        theirs = stats.permutation_test(
            (x.astype(float), y.astype(float)),
            lambda a, b: slow(a - b),
            permutation_type="samples",
            n_resamples=10_000,
            vectorized=False,
            rng=1,
        )
        expected = mid_p(theirs.null_distribution, theirs.statistic)
        assert one_p(x, y, 20_000) == pytest.approx(expected, abs=1e-12 if n == 10 else 0.015)


def test_symmetric_differences_are_tested_as_by_their_sum():
    rng = np.random.default_rng(0)
    x, y = rng.normal(0.1, size=500), rng.normal(size=500)
    assert one_p(x, y, 50_000) == pytest.approx(stats.ttest_rel(x, y).pvalue, abs=0.01)


def test_blocks_do_not_matter(monkeypatch):
    units = np.random.default_rng(0).normal(size=(40, 4))
    pairs = np.triu_indices(4, 1)
    whole = p_values(units, *pairs, 5000, 0)
    monkeypatch.setattr(permutation, "CELLS", 400)
    monkeypatch.setattr(permutation, "_HELD", 80)
    np.testing.assert_allclose(p_values(units, *pairs, 5000, 0), whole, atol=1e-12)


def test_pairs_that_are_far_from_any_difference_get_fewer_draws():
    units = np.random.default_rng(1).normal(size=(400, 3))
    units += np.array([0, 0.02, 0.2]) - units.mean(axis=0)
    pairs = np.array([0, 0]), np.array([1, 2])
    whole, staged = (p_values(units, *pairs, 40_000, 0, first) for first in (40_000, 1000))
    assert staged[0] * 2 * 1001 == pytest.approx(round(staged[0] * 2 * 1001))
    assert staged[0] == pytest.approx(whole[0], abs=0.05)
    assert 0 < staged[1] < 0.01
    assert staged[1] == pytest.approx(whole[1], rel=0.25)


def test_pairs_beyond_doubt_get_less_than_draws_could_show():
    units = np.random.default_rng(0).normal([0, 1], size=(300, 2))
    assert 0 < p_values(units, np.array([0]), np.array([1]), 30_000, 0)[0] < 1 / 30_001


def test_holm_by_hand():
    # .005 x 4, .01 x 3, .03 x 2, .04 x 1, none below the one before; a missing one is not counted
    np.testing.assert_allclose(holm([0.01, 0.04, math.nan, 0.03, 0.005]), [0.03, 0.06, math.nan, 0.06, 0.02])
    assert holm([]).shape == (0,)
    assert holm([0.6, 0.7]).tolist() == [1, 1]


@settings(max_examples=20, deadline=None)  # theirs collects all garbage first
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_agrees_with_statsmodels(p):
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], atol=1e-15)


def test_comparison_by_hand():
    found = compare({("a", 1): plain([1, 1, 0, 1] * 30), "b": plain([1, 0, 0, 1] * 30)})
    assert found.names == (("a", 1), "b")
    assert found.intervals.index.tolist() == [("a", 1), "b"]
    assert found.intervals["value"].tolist() == [0.75, 0.5]
    [row] = found.differences.to_dict("records")
    assert (row["first"], row["second"], row["n"]) == (("a", 1), "b", 120)
    assert row["difference"] == 0.25
    assert row["effect"] == pytest.approx(0.25 / np.std([1, 0, 0, 0] * 30, ddof=1))
    assert row["wins"] == 0.625  # 30 wins and 90 ties
    assert 0.15 < row["low"] < 0.2 < 0.3 < row["high"] < 0.35
    assert row["p"] == row["p_holm"]
    assert 2 / 2**30 <= row["p"] < 1 / 10_001  # exactly: 30 units differ, all in one direction
    assert tied_for_best(found, higher_is_better=True) == [("a", 1)]
    assert tied_for_best(found, higher_is_better=False) == ["b"]


def test_differences_are_those_of_a_plain_loop():
    rng = np.random.default_rng(0)
    errors, n = rng.exponential(size=(2, 80)), rng.integers(1, 20, size=80)
    first, second = ([Sample("root-mean", pd.RangeIndex(80), x * n, n)] for x in errors)
    [row] = compare({0: first, 1: second}, 20_000).differences.to_dict("records")

    def root(x, rows):
        return np.sqrt((x * n)[rows].sum() / n[rows].sum())

    drawn = rng.integers(80, size=(20_000, 80))
    apart = [root(errors[0], rows) - root(errors[1], rows) for rows in drawn]
    np.testing.assert_allclose([row["low"], row["high"]], np.quantile(apart, [0.025, 0.975]), atol=0.01)
    assert row["difference"] == pytest.approx(first[0].value - second[0].value)


def test_intervals_are_those_of_the_common_units():
    units = pd.Index(list("abcdef"))
    x = np.arange(6.0)
    whole, part = plain(x, units), plain(x[:4] * 2, units[[3, 2, 1, 0]])
    found = compare({"whole": whole, "part": part}, 500)
    assert found.intervals["n"].tolist() == [4, 4]
    assert found.intervals["value"].tolist() == [1.5, 3]
    alone = intervals([plain(x[:4], units[:4])], 500)[0]
    assert tuple(found.intervals.loc["whole", ["low", "value", "high"]]) == alone
    assert found.differences.loc[0, "difference"] == -1.5


def test_folds_are_matched_by_name():
    def fold(name, keys, value):
        return Sample("mean", pd.Index(keys), np.full(len(keys), value), np.ones(len(keys)), name)

    one = [fold("u1", ["a", "b"], 1.0), fold("u2", ["a", "c"], 2.0)]
    two_seeds = [fold("u2", ["c"], 3.0), fold("u2", ["c"], 5.0), fold("u1", ["b", "a"], 0.0), fold("u1", ["a"], 0.0)]
    found = compare({"one": one, "other": two_seeds}, 50)
    assert found.intervals["n"].tolist() == [2, 2]  # a in u1, c in u2
    assert found.intervals["value"].tolist() == [1.5, 2]
    with pytest.raises(ParameterError, match="different folds"):
        compare({"one": one, "other": two_seeds[:2]}, 50)
    with pytest.raises(ParameterError, match="no unit in common"):
        compare({"one": one[:1], "other": [fold("u1", ["z"], 1.0)]}, 50)
    with pytest.raises(ParameterError, match="at least one sample"):
        compare({})


def test_figures_that_are_not_defined_stay_out():
    rng = np.random.default_rng(0)
    units, gold = pd.RangeIndex(30), rng.random(30)
    lists = {"good": gold + rng.random(30), "flat": np.zeros(30), "noise": rng.random(30)}
    found = compare({name: [Sample("spearman", units, x, gold)] for name, x in lists.items()}, 500)
    assert found.intervals.loc["flat", ["low", "value", "high"]].isna().all()
    assert found.differences.set_index(["first", "second"])[COLUMNS].isna().all(axis=1).tolist() == [True, False, True]
    p = found.differences.loc[1, ["p", "p_holm"]].tolist()
    assert p[0] == p[1] < 0.05
    assert tied_for_best(found, higher_is_better=True) == ["good"]
    none = compare({"flat": [Sample("spearman", units, lists["flat"], gold)]}, 50)
    assert tied_for_best(none, higher_is_better=True) == []
    assert list(none.differences.columns) == list(found.differences.columns)


@pytest.mark.parametrize("statistic", ["mean", "root-mean", "spearman", "pearson"])
def test_a_rotation_makes_no_difference(statistic):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(400, 50)).astype(np.float32)
    turned = vectors @ ortho_group.rvs(50, random_state=1).astype(np.float32)
    first, second = rng.integers(400, size=(2, 3000))
    gold = rng.random(3000).round(2)

    def figure(rows):
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        cosines = np.vecdot(unit[first], unit[second]).astype(float)
        if statistic in ("spearman", "pearson"):
            return [Sample(statistic, pd.RangeIndex(3000), cosines, gold)]
        return [Sample(statistic, pd.RangeIndex(3000), (cosines - gold) ** 2, np.ones(3000))]

    [row] = compare({"as it is": figure(vectors), "turned": figure(turned)}, 500).differences.to_dict("records")
    assert 0 < abs(row["difference"]) < 1e-5
    assert (row["p"], row["p_holm"], row["effect"]) == (1, 1, 0)
    [row] = compare({"as it is": figure(vectors), "other": figure(vectors[::-1])}, 500).differences.to_dict("records")
    assert row["p"] < 1


def test_a_constant_difference():
    [row] = compare({"a": plain([1.0] * 20), "b": plain([2.0] * 20)}, 100).differences.to_dict("records")
    assert row["effect"] == -math.inf
    assert row["wins"] == 0
    assert row["low"] == row["high"] == -1


TABLES = st.integers(2, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 5), min_size=n, max_size=n), min_size=2, max_size=4)
)
KINDS = st.sampled_from(["mean", "root-mean", "spearman", "pearson"])


def table(kind, lists, order):
    n = len(lists[0])
    gold = np.arange(1.0, n + 1)
    units = pd.Index([f"u{i}" for i in range(n)])
    return {i: [Sample(kind, units[order], np.array(x)[order], gold[order])] for i, x in enumerate(lists)}


@settings(max_examples=40, deadline=None)
@given(KINDS, TABLES, st.randoms(use_true_random=False))
def test_the_order_of_units_and_entries_does_not_matter(kind, lists, random):
    n = len(lists[0])
    order = random.sample(range(n), n)
    entries = table(kind, lists, np.arange(n))
    first, other = compare(entries, 300), compare(table(kind, lists, order), 300)
    np.testing.assert_allclose(other.differences[COLUMNS], first.differences[COLUMNS], atol=1e-9)
    np.testing.assert_allclose(other.intervals, first.intervals, atol=1e-9)
    turned = compare(dict(reversed(entries.items())), 300).differences.iloc[::-1].reset_index(drop=True)
    merged = turned.merge(first.differences, left_on=["second", "first"], right_on=["first", "second"])
    assert len(merged) == len(first.differences)
    np.testing.assert_allclose(merged["p_x"], merged["p_y"])
    np.testing.assert_allclose(merged["p_holm_x"], merged["p_holm_y"])
    np.testing.assert_allclose(merged["low_x"], -merged["high_y"], atol=1e-9)
    np.testing.assert_allclose(merged["effect_x"], -merged["effect_y"], atol=1e-9)
    np.testing.assert_allclose(merged["wins_x"], 1 - merged["wins_y"])


def test_seeds():
    rng = np.random.default_rng(0)
    entries = {i: plain(rng.random(50)) for i in range(3)}
    first = compare(entries, 300)
    assert compare(entries, 300).differences.equals(first.differences)
    other = compare(entries, 300, random_state=1).differences
    assert (other["p"] != first.differences["p"]).any()
    assert (other["low"] != first.differences["low"]).all()
    np.testing.assert_allclose(other["p"], first.differences["p"], atol=0.12)


def test_the_best_of_three():
    rng = np.random.default_rng(0)
    ground = rng.normal(size=200)
    shifts = {"worst": 0.0, "best": 1.0, "near": 0.98}
    found = compare({name: plain(ground + shift + 0.2 * rng.normal(size=200)) for name, shift in shifts.items()}, 2000)
    assert tied_for_best(found, higher_is_better=True) == ["best", "near"]
    assert tied_for_best(found, higher_is_better=False) == ["worst"]
    with pytest.raises(ParameterError, match="level is 0"):
        tied_for_best(found, True, level=0)


def test_draws_suffice_for_many_pairs():
    rng = np.random.default_rng(0)
    entries = {i: plain(rng.random(60)) for i in range(15)} | {"far": plain(rng.random(60) + 5)}
    found = compare(entries, 100).differences
    assert found["p"].min() < 1 / 12_001  # 120 pairs
    assert tied_for_best(compare(entries, 100), higher_is_better=True) == ["far"]


def test_no_bound_is_below_the_truth() -> None:
    """Of all patterns of signs of some numbers, no more reach a sum than the bounds say."""
    rng = np.random.default_rng(3)
    signs = np.array(list(product((-1, 1), repeat=16)))
    for numbers in (np.ones(16), rng.standard_normal(16), rng.exponential(size=16), np.array([1.0] * 4 + [0.01] * 12)):
        sums = np.abs(signs @ numbers) / np.sqrt(numbers @ numbers)
        deviations = np.unique(sums)
        reached = (sums[None] >= deviations[:, None] - 1e-12).mean(axis=1)
        assert (reached <= _most(deviations) * (1 + 1e-3)).all()


def test_what_is_beyond_doubt_is_told_apart_among_many_pairs() -> None:
    """A permutation of 200,000 draws shows no p below 5e-6, which 16,653 pairs would make 0.08."""
    rng = np.random.default_rng(4)
    units = pd.RangeIndex(400)
    base = rng.standard_normal(400)
    entries = {"best": [Sample("mean", units, base + 1, np.ones(400))]}
    entries |= {i: [Sample("mean", units, base + rng.standard_normal(400), np.ones(400))] for i in range(40)}
    found = compare(entries, n_resamples=100).differences
    of_best = found[found["first"] == "best"]
    assert (of_best["p"] < 1e-12).all()
    assert (of_best["p_holm"] < 1e-9).all()
