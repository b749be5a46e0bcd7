"""Embedding layers under plain gradient descent are Surprise's SVD."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit import SVD, Ratings
from toolkit.adapters.factors import Factors
from toolkit.adapters.torch.plain import svd_start, train_like_svd

CLOSE = 1e-12  # in float64; only the order of the sums within a dot product differs


@pytest.fixture(scope="module")
def small(movielens: Ratings) -> Ratings:
    u1 = movielens.split("u1")[0]
    return u1.take(np.flatnonzero(u1.users < 12))


def difference(ours: Factors, theirs: Factors) -> float:
    """Return the largest difference between two models' parameters."""
    assert ours.biases is not None
    assert theirs.biases is not None
    pairs = [
        (ours.rows, theirs.rows),
        (ours.columns, theirs.columns),
        (ours.biases.row, theirs.biases.row),
        (ours.biases.column, theirs.biases.column),
    ]
    return max(float(np.abs(one - other).max()) for one, other in pairs)


def test_every_parameter_is_that_of_surprise(small: Ratings) -> None:
    matrix = small.matrix()
    start = svd_start(matrix.shape, 5)
    ours = train_like_svd(matrix, start, epochs=2)
    svd = SVD(5, epochs=2).fit(small)
    assert len(small) > 1000
    assert difference(ours, svd.factors_) < CLOSE
    assert ours.rows.dtype == np.float64
    items, users = small.item_keys, np.repeat(small.user_keys[:1], len(small.item_keys))
    np.testing.assert_allclose(ours.predict(users, items), svd.predict(users, items), rtol=0, atol=CLOSE)
    assert np.abs(start[0] - ours.rows).max() > 0.01, "the vectors have moved"


@pytest.mark.parametrize("change", ["order", "start", "regularization", "learning_rate", "epochs"])
def test_any_other_training_gives_another_model(small: Ratings, change: str) -> None:
    few = small.take(np.arange(200))
    matrix = few.matrix()
    theirs = SVD(5, epochs=2).fit(few).factors_
    usual = {"start": svd_start(matrix.shape, 5), "epochs": 2}
    other = {
        "order": np.arange(len(matrix.values))[::-1],
        "start": svd_start(matrix.shape, 5, random_state=1),
        "regularization": 0.021,
        "learning_rate": 0.0051,
        "epochs": 1,
    }[change]
    assert difference(train_like_svd(matrix, **usual), theirs) < CLOSE
    assert difference(train_like_svd(matrix, **{**usual, change: other}), theirs) > 1e-7
