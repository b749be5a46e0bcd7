"""PCA of the matrix divided by lengths, and of what the biases leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit import PCA, Ratings
from toolkit.data.biases import fit_biases
from toolkit.errors import DataError, ParameterError
from toolkit.testing import small_ratings


def dense(data: Ratings, residuals: bool) -> np.ndarray:
    matrix, found = data.matrix(), np.zeros((len(data.user_keys), len(data.item_keys)))
    left = fit_biases(matrix).predict(matrix.rows, matrix.columns) if residuals else 0
    found[matrix.rows, matrix.columns] = matrix.values - left
    return found


@pytest.mark.parametrize("residuals", [False, True])
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_likeness_is_that_of_the_centred_matrix(residuals: bool, power: float) -> None:
    data = small_ratings(12, 20)
    cells = dense(data, residuals)
    rows, columns = np.linalg.norm(cells, axis=1) ** power, np.linalg.norm(cells, axis=0) ** power
    cells = cells / rows[:, None] / columns
    fitted = PCA(11, normalization=power, residuals=residuals).fit(data)  # as many as there are
    for entity, one in (("item", cells.T), ("user", cells)):
        centred = one - one.mean(axis=0)
        values, vectors = np.linalg.eigh(centred @ centred.T)
        kept = vectors[:, -11:] * np.sqrt(np.maximum(values[-11:], 0))
        found = fitted.embedding(entity).vectors
        np.testing.assert_allclose(found @ found.T, kept @ kept.T, atol=1e-5)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("whiten", [False, True])
def test_items_are_ranked_by_the_matrix_as_it_was(power: float, whiten: bool) -> None:
    data = small_ratings(12, 20)
    cells = dense(data, False)
    fitted = PCA(11, whiten, normalization=power).fit(data)  # nothing is left out, so the matrix comes back
    scores = fitted.score_items(data.user_keys) * np.linalg.norm(cells, axis=1, keepdims=True) ** power
    np.testing.assert_allclose(scores, cells, atol=1e-8)


def test_residuals_where_there_are_none() -> None:
    frame = small_ratings(12, 20).to_frame()
    constant = Ratings.from_frame(frame.assign(rating=3.0), scale=(1, 5))
    with pytest.raises(DataError, match="values that the biases do not explain"):
        PCA(2, residuals=True).fit(constant)


@pytest.mark.parametrize("value", [0.1, 1.0, 3.3, 4.7])
def test_residuals_that_are_rounding_alone(value: float) -> None:
    ratings = small_ratings()
    frame = ratings.to_frame().assign(rating=value)
    same = Ratings.from_frame(frame, scale=(0, 5))
    with pytest.raises(DataError, match="PCA of residuals needs values that the biases do not explain"):
        PCA(embedding_dim=2, residuals=True).fit(same)


def test_an_item_that_the_biases_explain_has_a_vector_as_any_other() -> None:
    cells = np.array([[1.0, 2.0, 4.0], [2.0, 1.0, 5.0], [5.0, 5.0, 1.0]])
    users, items = np.indices(cells.shape)
    frame = pd.DataFrame({"user": users.ravel(), "item": items.ravel(), "rating": cells.ravel()})
    frame.loc[len(frame)] = [9, 9, 3.0]  # nobody else, nothing else: what is left of it is all but nothing
    fitted = PCA(2, normalization=0.5, residuals=True).fit(Ratings.from_frame(frame, scale=(1, 5)))
    assert np.isfinite(fitted.embedding("item").vectors).all()


@pytest.mark.parametrize("power", [-1, float("nan"), "much"])
def test_a_power_is_a_number(power: object) -> None:
    with pytest.raises(ParameterError, match="normalization of PCA is"):
        PCA(2, normalization=power).fit(small_ratings())
