import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from toolkit.errors import ParameterError
from toolkit.metrics import (
    effective_rank,
    gram_matrix,
    hubness,
    isoscore,
    matrices,
    mean_cosine,
    metric_info,
    norm_frequency,
    orthogonality,
    participation_ratio,
)

ONE_MATRIX = [
    effective_rank,
    gram_matrix,
    lambda vectors: hubness(vectors, k=1),
    isoscore,
    mean_cosine,
    orthogonality,
    participation_ratio,
]


@st.composite
def vectors(draw):
    """Gaussian rows with a mean, of unequal columns."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, d = draw(st.integers(5, 30)), draw(st.integers(2, 8))
    return rng.normal(draw(st.integers(0, 3)), 1, (n, d)) * rng.uniform(0.1, 3, d)


def rotation(d, seed=0):
    return stats.ortho_group.rvs(d, random_state=seed)


@given(vectors())
def test_agree_with_their_definitions(x):
    n, d = x.shape
    values = np.linalg.svd(x, compute_uv=False)
    assert effective_rank(x) == pytest.approx(np.exp(stats.entropy(values)), rel=1e-12)
    centred = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    assert effective_rank(x, center=True) == pytest.approx(np.exp(stats.entropy(centred)), rel=1e-12)
    eigenvalues = np.linalg.eigvalsh(np.cov(x.T))
    ratio = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    assert participation_ratio(x) == pytest.approx(ratio, rel=1e-10)
    assert isoscore(x) == pytest.approx((ratio - 1) / (d - 1), rel=1e-9, abs=1e-12)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    assert mean_cosine(x) == pytest.approx((unit @ unit.T)[~np.eye(n, dtype=bool)].mean(), abs=1e-12)
    cosines = (x / np.linalg.norm(x, axis=0)).T @ (x / np.linalg.norm(x, axis=0))
    np.testing.assert_allclose(gram_matrix(x), cosines, atol=1e-12)
    np.testing.assert_allclose(gram_matrix(x, center=True), np.corrcoef(x.T), atol=1e-12)
    off = (cosines[~np.eye(d, dtype=bool)] ** 2).sum() / (cosines**2).sum()
    assert orthogonality(x) == pytest.approx(off, abs=1e-12)


@given(vectors(), st.integers(1, 4))
def test_hubness_agrees_with_its_definition(x, k):
    cosines = np.round(np.corrcoef(np.c_[x, -x]), 6)  # the cosine of rows x and -x beside each other
    counts = np.zeros(len(x))
    for row in range(len(x)):
        others = [other for other in range(len(x)) if other != row]
        counts[sorted(others, key=lambda other, row=row: (-cosines[row, other], other))[:k]] += 1
    expected = 0 if np.ptp(counts) == 0 else stats.skew(counts)
    assert hubness(x, k) == pytest.approx(expected, abs=1e-9)


@given(vectors())
def test_rotation_and_scale_change_nothing(x):
    turned = 7 * x @ rotation(x.shape[1])
    for function in (effective_rank, participation_ratio, isoscore, mean_cosine):
        assert function(turned) == pytest.approx(function(x), rel=1e-9, abs=1e-9)
    assert orthogonality(x * np.arange(1, x.shape[1] + 1)) == pytest.approx(orthogonality(x), abs=1e-12)


@given(vectors())
def test_values_lie_in_the_declared_range(x):
    for name, value in {
        "effective_rank": effective_rank(x),
        "participation_ratio": participation_ratio(x),
        "isoscore": isoscore(x),
        "mean_cosine": mean_cosine(x),
        "hubness@2": hubness(x, 2),
        "orthogonality": orthogonality(x),
    }.items():
        assert metric_info(name).low <= value <= metric_info(name).high
    assert effective_rank(x) <= min(x.shape) + 1e-9
    assert orthogonality(x) <= 1 - 1 / x.shape[1]


def test_known_matrices():
    even = np.vstack([np.eye(4), -np.eye(4)])
    assert effective_rank(even) == pytest.approx(4)
    assert isoscore(even) == pytest.approx(1)
    assert orthogonality(even) == 0
    line = np.outer([1.0, -2, 5], [1, 2, 3])
    assert effective_rank(line) == pytest.approx(1, abs=1e-12)
    assert participation_ratio(line) == pytest.approx(1)
    assert orthogonality(line) == pytest.approx(2 / 3)
    assert mean_cosine(np.ones((5, 3))) == pytest.approx(1)


def test_principal_components_are_orthogonal_and_random_columns_nearly():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 50))
    left, values, _ = np.linalg.svd(x, full_matrices=False)
    assert orthogonality(left * values) < 1e-25
    assert orthogonality(x) == pytest.approx(49 / 2049, rel=0.05)


def test_hubs_are_seen():
    rng = np.random.default_rng(0)
    assert hubness(rng.normal(size=(1000, 3))) < 1 < hubness(rng.normal(1, 1, size=(1000, 200)))


def test_norm_frequency():
    assert norm_frequency([[1, 0], [2, 0], [0, 3]], [30, 20, 10]) == pytest.approx(-1)
    assert math.isnan(norm_frequency([[1, 0], [0, 1]], [3, 2]))
    with pytest.raises(ParameterError, match=r"frequencies have shape \(3,\); 2 vectors need \(2,\)"):
        norm_frequency([[1, 0], [0, 1]], [1, 2, 3])


def test_degenerate_vectors():
    zeros = np.zeros((4, 3))
    assert math.isnan(effective_rank(zeros))
    assert math.isnan(mean_cosine(zeros))
    assert math.isnan(orthogonality(zeros))
    equal = np.tile([0.1, 0.3, 0.7], (7, 1))
    assert math.isnan(participation_ratio(equal))
    assert math.isnan(isoscore(equal))
    assert math.isnan(effective_rank(equal, center=True))
    assert math.isnan(orthogonality(equal, center=True))
    assert math.isnan(isoscore([[1], [2]]))
    assert mean_cosine([[1, 0], [0, 0], [2, 0]]) == 1
    np.testing.assert_array_equal(gram_matrix([[1, 0], [1, 0]]), [[1, 0], [0, 0]])


@pytest.mark.parametrize("function", ONE_MATRIX)
def test_wrong_input_is_refused(function):
    for wrong in ([1, 2], np.zeros((0, 2)), np.zeros((2, 0))):
        with pytest.raises(ParameterError, match="must be a matrix"):
            function(wrong)
    with pytest.raises(ParameterError, match="not finite"):
        function([[1, 2], [3, math.nan]])
    with pytest.raises(ParameterError, match="real numbers"):
        function([["a", "b"]])
    with pytest.raises(ParameterError, match="as many numbers in each row"):
        function([[1, 2], [3]])


def test_neighbours_must_be_fewer_than_rows():
    with pytest.raises(ParameterError, match="k is 10; it must lie between 1 and the number of other rows, 2"):
        hubness(np.eye(3))


def test_blocks_change_nothing(monkeypatch):
    x = np.random.default_rng(0).normal(1, 1, (101, 6)).astype(np.float32)
    whole = [np.array(function(x)) for function in ONE_MATRIX]
    whole.append(np.array(norm_frequency(x, np.arange(101))))
    monkeypatch.setattr(matrices, "_CELLS", 64)
    parts = [np.array(function(x)) for function in ONE_MATRIX]
    parts.append(np.array(norm_frequency(x, np.arange(101))))
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(2, 6))
def test_rounding_takes_no_value_out_of_its_range(seed, n, d):
    rng = np.random.default_rng(seed)
    one = rng.normal(size=d)
    line, equal, opposite = np.outer(rng.normal(size=n), one), np.tile(one, (n, 1)), np.vstack([one, -one])
    even = np.vstack([np.eye(d), -np.eye(d)]) @ np.linalg.qr(rng.normal(size=(d, d)))[0]
    assert effective_rank(line) >= 1
    assert participation_ratio(line) >= 1
    assert isoscore(line) >= 0
    assert effective_rank(even) <= d
    assert participation_ratio(even) <= d
    assert isoscore(even) <= 1
    assert mean_cosine(equal) <= 1
    assert mean_cosine(opposite) >= -1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [3, 1000, 300_000])
def test_many_equal_rows_are_still_equal(n, dtype):
    equal = np.full((n, 2), 0.1, dtype=dtype)  # a plain sum of so many is off by more than a rounding
    assert math.isnan(participation_ratio(equal))
    assert math.isnan(effective_rank(equal, center=True))
    assert math.isnan(orthogonality(equal, center=True))
    assert not matrices.centred(equal).any()
    np.testing.assert_allclose(matrices.column_means(equal), np.float64(dtype(0.1)), rtol=4e-16)


@pytest.mark.parametrize("constant", [0.1, -7.0, 1e15, 1e-15])
def test_a_constant_column_hides_no_other_one(constant):
    x = np.random.default_rng(0).normal(size=(1000, 3))
    wide = np.c_[np.full((1000, 2), constant), x]
    assert participation_ratio(wide) == pytest.approx(participation_ratio(x), rel=1e-12)
    assert orthogonality(wide, center=True) == pytest.approx(orthogonality(x, center=True), rel=1e-9)
    assert effective_rank(wide, center=True) == pytest.approx(effective_rank(x, center=True), rel=1e-12)
    assert (gram_matrix(wide, center=True)[:2] == 0).all()
    np.testing.assert_allclose(matrices.centred(wide)[:, 2:], x - x.mean(axis=0), atol=1e-14)
    assert (matrices.centred(wide)[:, :2] == 0).all()
