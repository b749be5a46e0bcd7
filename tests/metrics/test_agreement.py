import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import procrustes

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.metrics import (
    chance_overlap,
    common_rows,
    linear_cka,
    matrices,
    metric_info,
    neighbor_overlap,
    pip_distance,
    principal_angles,
    procrustes_align,
    procrustes_distance,
)

MEASURES = {
    "linear_cka": linear_cka,
    "plain_cka": lambda x, y: linear_cka(x, y, debiased=False),
    "procrustes_distance": procrustes_distance,
    "neighbor_overlap@3": lambda x, y: neighbor_overlap(x, y, k=3),
    "pip_distance": pip_distance,
    "normalized_pip": lambda x, y: pip_distance(x, y, normalized=True),
    "principal_angles": principal_angles,
}


@st.composite
def pairs(draw):
    """Two matrices that have something in common, of different dimensions and means."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, d, e = draw(st.integers(20, 40)), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    x = rng.normal(0.5, 1, (n, d))
    return x, draw(st.integers(0, 2)) * x @ rng.normal(size=(d, e)) + rng.normal(size=(n, e))


def rotation(d):
    return stats.ortho_group.rvs(d, random_state=d) if d > 1 else np.array([[-1.0]])


def u_centred(kernel):
    """Song's estimate is an inner product of these (Székely and Rizzo 2014)."""
    n = len(kernel)
    kernel = kernel - np.diag(np.diag(kernel))
    rows = kernel.sum(axis=0) / (n - 2)
    kernel = kernel - rows - rows[:, None] + kernel.sum() / ((n - 1) * (n - 2))
    return kernel - np.diag(np.diag(kernel))


def song(k, l):  # noqa: E741
    """The unbiased estimate of HSIC, by its definition."""
    n, ones = len(k), np.ones(len(k))
    k, l = (kernel - np.diag(np.diag(kernel)) for kernel in (k, l))  # noqa: E741
    first = np.trace(k @ l) + ones @ k @ ones * (ones @ l @ ones) / ((n - 1) * (n - 2))
    return (first - 2 / (n - 2) * (ones @ k @ l @ ones)) / (n * (n - 3))


@given(pairs())
def test_agree_with_their_definitions_by_n_by_n_matrices(pair):
    x, y = pair
    k, l = x @ x.T, y @ y.T  # noqa: E741
    assert linear_cka(x, y) == pytest.approx(song(k, l) / math.sqrt(song(k, k) * song(l, l)), abs=1e-9)
    a, b = u_centred(k), u_centred(l)
    assert linear_cka(x, y) == pytest.approx((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-9)
    center = np.eye(len(x)) - 1 / len(x)
    a, b = center @ k @ center, center @ l @ center
    plain = (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)
    assert linear_cka(x, y, debiased=False) == pytest.approx(plain, abs=1e-9)
    assert pip_distance(x, y) == pytest.approx(np.linalg.norm(k - l), rel=1e-9)
    normalized = np.linalg.norm(k / np.linalg.norm(k) - l / np.linalg.norm(l))
    assert pip_distance(x, y, normalized=True) == pytest.approx(normalized, rel=1e-9)


@given(pairs())
def test_procrustes_agrees_with_scipy(pair):
    x, y = pair
    width = max(x.shape[1], y.shape[1])
    x, y = (np.pad(z, ((0, 0), (0, width - z.shape[1]))) for z in (x, y))
    # scipy lets the scale be best as well: what is left is then 1 - s², s being the nuclear norm
    left = procrustes(x, y)[2]
    assert 1 - (1 - procrustes_distance(x, y) ** 2 / 2) ** 2 == pytest.approx(left, abs=1e-9)


@given(pairs(), st.integers(1, 5))
def test_neighbor_overlap_agrees_with_its_definition(pair, k):
    def sets(x):
        unit = x / np.linalg.norm(x, axis=1, keepdims=True)
        cosines = np.rint(unit * 10**6 @ unit.T)
        np.fill_diagonal(cosines, -np.inf)
        return [set(row) for row in np.argsort(-cosines, axis=1, kind="stable")[:, :k]]

    expected = np.mean([len(a & b) / len(a | b) for a, b in zip(*map(sets, pair), strict=True)])
    assert neighbor_overlap(*pair, k=k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", MEASURES)
@given(pairs())
def test_rotation_changes_nothing(name, pair):
    x, y = pair
    found = MEASURES[name](x @ rotation(x.shape[1]), y @ rotation(y.shape[1]))
    np.testing.assert_allclose(found, MEASURES[name](x, y), atol=1e-7 if name == "principal_angles" else 1e-9)


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"pip_distance"}))
@given(pairs())
def test_scale_changes_nothing(name, pair):
    x, y = pair
    np.testing.assert_allclose(MEASURES[name](50 * x, y / 30), MEASURES[name](x, y), atol=1e-7)


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"plain_cka", "normalized_pip"}))
@given(pairs())
def test_values_are_symmetric_and_lie_in_the_declared_range(name, pair):
    x, y = pair
    found = np.array(MEASURES[name](x, y))
    np.testing.assert_allclose(found, MEASURES[name](y, x), atol=1e-7)
    assert (metric_info(name).low <= found).all()
    assert (found <= metric_info(name).high).all()


@given(pairs())
def test_of_itself_rotated(pair):
    x, _ = pair
    y = x @ rotation(x.shape[1])
    assert linear_cka(x, y) == pytest.approx(1, abs=1e-12)
    assert linear_cka(x, y, debiased=False) == pytest.approx(1, abs=1e-12)
    assert procrustes_distance(x, y) == pytest.approx(0, abs=1e-7)
    assert neighbor_overlap(x, y, k=5) == 1
    assert pip_distance(x, y) == pytest.approx(0, abs=1e-12 * np.linalg.norm(x) ** 2)
    np.testing.assert_allclose(principal_angles(x, y), 0, atol=1e-6)
    np.testing.assert_allclose(procrustes_align(x, y), rotation(x.shape[1]), atol=1e-9)


def test_plain_cka_of_independent_noise_is_high_and_the_debiased_one_is_not():
    rng = np.random.default_rng(0)
    found = []
    for _ in range(20):
        x, y = rng.normal(size=(2, 100, 300))
        found.append([linear_cka(x, y, debiased=False), linear_cka(x, y)])
    plain, debiased = np.transpose(found)
    assert plain.mean() == pytest.approx(0.75, abs=0.005)
    assert debiased.mean() == pytest.approx(0, abs=4 * debiased.std() / math.sqrt(20))
    assert np.abs(debiased).max() < 0.05


def test_pip_distance_is_not_that_of_scaled_vectors():
    x = np.random.default_rng(0).normal(size=(20, 3))
    assert pip_distance(2 * x, x) == pytest.approx(3 * np.linalg.norm(x @ x.T))


def test_overlap_of_permuted_rows_is_that_of_chance():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    found = np.array([neighbor_overlap(x, rng.permutation(x)) for _ in range(100)])
    assert found.mean() == pytest.approx(chance_overlap(200), abs=4 * found.std() / math.sqrt(100))


@pytest.mark.parametrize(("n", "k"), [(4, 1), (12, 3), (8, 7), (500, 10)])
def test_chance_overlap_is_the_mean_of_random_sets(n, k):
    rng = np.random.default_rng(0)
    ours, theirs = (np.argsort(rng.random((20_000, n - 1)), axis=1)[:, :k] for _ in range(2))
    common = (ours[:, :, None] == theirs[:, None, :]).sum(axis=(1, 2))
    jaccard = common / (2 * k - common)
    assert chance_overlap(n, k) == pytest.approx(jaccard.mean(), abs=4 * jaccard.std() / math.sqrt(20_000) + 1e-12)


def test_align_keeps_lengths_between_different_dimensions():
    rng = np.random.default_rng(0)
    turn = procrustes_align(rng.normal(size=(30, 3)), rng.normal(size=(30, 5)))
    assert turn.shape == (3, 5)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)


def test_angles_are_of_centred_spaces():
    rng = np.random.default_rng(0)
    x, y = (np.c_[rng.normal(size=300), np.ones(300)] for _ in range(2))
    assert principal_angles(x, y, center=False)[-1] == pytest.approx(0, abs=1e-6)
    assert principal_angles(x, y) == pytest.approx([math.pi / 2], abs=0.2)


def test_common_rows_are_in_the_order_of_the_first():
    first = Embedding(["a", "b", "c", "d"], np.arange(8).reshape(4, 2))
    second = Embedding(["d", "x", "c", "a"], [[3], [9], [2], [0]])
    x, y = common_rows(first, second)
    np.testing.assert_array_equal(x, [[0, 1], [4, 5], [6, 7]])
    np.testing.assert_array_equal(y, [[0], [2], [3]])
    with pytest.raises(ParameterError, match="have 3 keys in common; at least 4 are needed"):
        common_rows(first, second, least=4)


def test_equal_rows_have_no_agreement():
    equal, other = np.tile([0.1, 0.7], (9, 1)), np.random.default_rng(0).normal(size=(9, 2))
    for debiased in (True, False):
        assert math.isnan(linear_cka(equal, other, debiased=debiased))
    assert math.isnan(procrustes_distance(other, equal))
    assert math.isnan(pip_distance(other, np.zeros((9, 2)), normalized=True))
    with pytest.raises(ParameterError, match="span no space"):
        principal_angles(other, equal)


@pytest.mark.parametrize("function", [*MEASURES.values(), procrustes_align])
def test_wrong_input_is_refused(function):
    x = np.random.default_rng(0).normal(size=(9, 2))
    with pytest.raises(ParameterError, match=r"9 rows and the second 8.*common_rows"):
        function(x, x[:8])
    with pytest.raises(ParameterError, match="second vectors hold a value that is not finite"):
        function(x, np.where(x == x[3, 1], np.inf, x))
    with pytest.raises(ParameterError, match="must be a matrix"):
        function(x[:, 0], x)


def test_too_few_rows_or_too_many_neighbours_are_refused():
    with pytest.raises(ParameterError, match="n at least 4"):
        linear_cka(np.eye(3), np.eye(3))
    with pytest.raises(ParameterError, match="k is 3"):
        neighbor_overlap(np.eye(3), np.eye(3), k=3)
    with pytest.raises(ParameterError, match="k is 10"):
        chance_overlap(10)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(61, 4)).astype(np.float32), rng.normal(size=(61, 3))
    whole = [MEASURES[name](x, y) for name in MEASURES]
    monkeypatch.setattr(matrices, "_CELLS", 64)
    for one, name in zip(whole, MEASURES, strict=True):
        np.testing.assert_allclose(MEASURES[name](x, y), one, rtol=1e-9)


@pytest.mark.parametrize("constant", [0.1, 1e15])
def test_constant_columns_and_many_equal_rows(constant):
    x, y = np.random.default_rng(0).normal(size=(2, 1000, 3))
    flat = np.full((1000, 2), constant)
    for name in ("linear_cka", "plain_cka", "procrustes_distance", "principal_angles"):
        np.testing.assert_allclose(MEASURES[name](np.c_[flat, x], y), MEASURES[name](x, y), rtol=1e-9)
    for name in ("linear_cka", "plain_cka", "procrustes_distance"):
        assert math.isnan(MEASURES[name](flat, y))
    with pytest.raises(ParameterError, match="span no space"):
        principal_angles(flat, y)


@pytest.mark.parametrize("n", [4, 50, 500])
def test_one_hot_rows_have_no_debiased_cka(n):
    rng = np.random.default_rng(0)
    rows, other = 3 * np.eye(n) @ stats.ortho_group.rvs(n, random_state=0) + rng.normal(size=n), rng.normal(size=(n, 3))
    assert math.isnan(linear_cka(rows, other))
    assert 0 < linear_cka(rows, other, debiased=False) <= 1
