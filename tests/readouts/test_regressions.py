"""Many ridge regressions at once, against scikit-learn's one at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import Ridge

from toolkit.readouts import regressions
from toolkit.readouts.regressions import GroupedRidge

FLOATS = st.floats(-2, 2, width=32)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Return vectors, owners, codes, targets and the number of owners; few vectors, so that many stand twice."""
    n_vectors, d, size, k = (draw(st.integers(low, high)) for low, high in ((1, 6), (1, 5), (1, 6), (0, 40)))
    vectors = draw(arrays(np.float64, (n_vectors, d), elements=FLOATS))
    owners = draw(arrays(np.int32, k, elements=st.integers(0, size - 1)))
    codes = draw(arrays(np.int64, k, elements=st.integers(-1, n_vectors - 1)))
    return vectors, owners, codes, draw(arrays(np.float64, k, elements=FLOATS)), size


def reference(
    vectors: np.ndarray, owners: np.ndarray, codes: np.ndarray, targets: np.ndarray, size: int, penalty: float
) -> np.ndarray:
    """Solve slowly."""
    weights = np.zeros((size, vectors.shape[1]))
    rows = np.vstack([vectors, np.zeros(vectors.shape[1])])[codes]
    for owner in set(owners.tolist()):
        own = owners == owner
        weights[owner] = Ridge(alpha=penalty, fit_intercept=False, solver="svd").fit(rows[own], targets[own]).coef_
    return weights


@pytest.mark.parametrize("search", [False, True])
@given(problem=problems(), penalty=st.sampled_from([0.05, 1.0, 30.0, 1000.0]))
def test_each_owner_has_the_weights_of_scikit_learn(search: bool, problem: tuple, penalty: float) -> None:
    vectors, owners, codes, targets, size = problem
    ridge = GroupedRidge(vectors, owners, codes, size, search)
    weights = ridge.solver(targets)(penalty)
    np.testing.assert_allclose(weights, reference(*problem, penalty), rtol=0, atol=1e-9)
    rows = np.vstack([vectors, np.zeros(vectors.shape[1])])[codes]
    expected = [weight @ row for weight, row in zip(weights[owners], rows, strict=True)]
    np.testing.assert_allclose(ridge.explained(weights), expected, rtol=0, atol=1e-12)


@given(problem=problems())
def test_what_is_kept_for_a_search_serves_other_targets_and_penalties(problem: tuple) -> None:
    vectors, owners, codes, targets, size = problem
    ridge = GroupedRidge(vectors, owners, codes, size, search=True)
    for values in (targets, targets[::-1]):
        weights = ridge.solver(values)
        for penalty in (0.1, 8.0, 0.1):
            expected = reference(vectors, owners, codes, values, size, penalty)
            np.testing.assert_allclose(weights(penalty), expected, rtol=0, atol=1e-9)


@given(problem=problems(), penalty=st.sampled_from([0.05, 1.0, 30.0]))
def test_the_spread_is_that_of_each_owner_on_average(problem: tuple, penalty: float) -> None:
    vectors, owners, codes, _, size = problem
    rows = np.vstack([vectors, np.zeros(vectors.shape[1])])[codes]
    grams = [rows[owners == owner].T @ rows[owners == owner] for owner in range(size)]
    expected = np.mean([penalty * np.linalg.inv(gram + penalty * np.eye(len(gram))) for gram in grams], axis=0)
    found = GroupedRidge(vectors, owners, codes, size).spread(penalty)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("block", "kept"), [(1, 1 << 27), (300, 1 << 27), (1 << 21, 0), (1, 0)])
def test_neither_blocks_nor_what_is_kept_change_anything(
    monkeypatch: pytest.MonkeyPatch, block: int, kept: int
) -> None:
    rng = np.random.default_rng(0)
    vectors, size = rng.standard_normal((50, 12)), 80
    owners = np.minimum(rng.geometric(0.05, 900) - 1, size - 1).astype(np.int32)
    codes, targets = rng.integers(-1, 50, len(owners)), rng.standard_normal(len(owners))
    counts = np.bincount(owners, minlength=size)
    assert counts.min() <= 3
    assert counts.max() > 12
    monkeypatch.setattr(regressions, "BLOCK", block)
    monkeypatch.setattr(regressions, "KEPT", kept)
    ridge = GroupedRidge(vectors, owners, codes, size, search=True)
    assert bool(ridge.reduced) == bool(kept)
    weights = ridge.solver(targets)(2.0)
    np.testing.assert_allclose(weights, reference(vectors, owners, codes, targets, size, 2.0), rtol=0, atol=1e-10)
    spread = ridge.spread(2.0)
    monkeypatch.undo()
    np.testing.assert_allclose(GroupedRidge(vectors, owners, codes, size).spread(2.0), spread, rtol=0, atol=1e-12)


def test_hardly_a_penalty_and_equal_vectors() -> None:
    vectors = np.ones((2, 3)) / np.sqrt(3)
    ridge = GroupedRidge(vectors, np.zeros(4, dtype=np.int32), np.array([0, 1, 0, 1]), 1)
    explained = ridge.explained(ridge.solver(np.array([1.0, 1.0, 3.0, 3.0]))(1e-9))
    np.testing.assert_allclose(explained, 2, rtol=0, atol=1e-6)
