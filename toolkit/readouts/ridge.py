"""The ridge readouts: regressions of what the biases leave, on unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg.lapack import dposv
from threadpoolctl import threadpool_limits

from toolkit.data import Ratings
from toolkit.data.biases import fit_biases
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.keys import locate, paired
from toolkit.readouts.common import FloatArray, fitted, unit_rows
from toolkit.readouts.profile import profiles

Codes = npt.NDArray[np.int64]
LOG2_PENALTIES = (-3.0, 10.0)
NEAR = 1.5  # octaves searched to either side the second time
VALIDATION = 0.1


class RidgeReadout:
    """Ridge regressions on unit vectors, of what the biases leave.

    First, for each user, a ridge regression of the residuals on the vectors of the items they rated. Two-sided: then,
    for each item, one of what is still left on the vectors of the users who rated it.

    Parameters
    ----------
    item : Embedding
        Item vectors, scaled to length 1 here.
    user : Embedding, optional
        User vectors for the second side; by default each user is the mean of the unit vectors of the items they rated.
    two_sided : bool, default False
        Whether to add the second side.
    penalty : float, optional
        L2 penalty of the users' regressions. By default `choose` finds it, and the next one, on a random tenth of the
        training ratings. That is only fair to vectors that have not seen these ratings: for vectors learned from the
        training part, learn them once more without the tenth, and call `choose` with those.
    item_penalty : float, optional
        L2 penalty of the items' regressions.
    random_state : int, default 0
        Seed of the tenth.
    """

    def __init__(
        self,
        item: Embedding,
        user: Embedding | None = None,
        *,
        two_sided: bool = False,
        penalty: float | None = None,
        item_penalty: float | None = None,
        random_state: int = 0,
    ) -> None:
        for name, value in (("penalty", penalty), ("item_penalty", item_penalty)):
            if value is not None and not 0 < value < float("inf"):
                raise ParameterError(f"{name} is {value}; it must be a positive number")
        if item_penalty is not None and not two_sided:
            raise ParameterError(f"item_penalty is {item_penalty}; only the two-sided readout has a second penalty")
        self.item, self.user, self.two_sided = item, user, two_sided
        self.penalty, self.item_penalty, self.random_state = penalty, item_penalty, random_state

    def choose(self, train: Ratings, validation: Ratings) -> dict[str, float]:
        """Find the penalties with the least squared error on a validation part; one that was given stays.

        Parameters
        ----------
        train, validation : Ratings
            Two parts of the training ratings; the vectors should have been learned from the first alone.

        Returns
        -------
        dict
            ``penalty`` and, if two-sided, ``item_penalty``.
        """
        model = _Sides(train, self.item, self.user, self.two_sided)

        def error(penalty: float, item_penalty: float | None = None) -> float:
            model.solve(penalty, item_penalty)
            predicted = model.predict(validation.user_keys, validation.item_keys, validation.users, validation.items)
            return float(np.mean((predicted - validation.values) ** 2))

        penalty = self.penalty or _least(lambda value: error(value, self.item_penalty))
        if not self.two_sided:
            return {"penalty": penalty}
        item_penalty = self.item_penalty or _least(lambda value: error(penalty, value))
        if self.penalty is None and self.item_penalty is None:
            # each depends a little on the other: once more for both, near what was found
            penalty = _least(lambda value: error(value, item_penalty), near=penalty)
            item_penalty = _least(lambda value: error(penalty, value), near=item_penalty)
        return {"penalty": penalty, "item_penalty": item_penalty}

    def fit(self, train: Ratings) -> Self:
        """Fit the regressions to training ratings.

        Parameters
        ----------
        train : Ratings
            The training part.

        Returns
        -------
        RidgeReadout
            Itself, with the penalties used as ``penalties_``.
        """
        given = {"penalty": self.penalty, "item_penalty": self.item_penalty}
        self.penalties_ = {name: value for name, value in given.items() if value is not None}
        if len(self.penalties_) < 1 + self.two_sided:
            parts = train.split("holdout", test_size=VALIDATION, random_state=self.random_state)
            self.penalties_ = self.choose(*parts)
        self.model_ = _Sides(train, self.item, self.user, self.two_sided)
        self.model_.solve(**self.penalties_)
        return self

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,).

        An unknown user or item leaves the mean and the biases that are known; an item that was not rated in training
        but has a vector is predicted from it.
        """
        model = fitted(self, "model_")
        user_keys, item_keys = paired(users, items)
        everyone = np.arange(len(user_keys))
        return np.asarray(model.predict(user_keys, item_keys, everyone, everyone))


class _Sides:
    """The residual of the biases, and the one or two sides that explain it."""

    def __init__(self, train: Ratings, item: Embedding, user: Embedding | None, two_sided: bool) -> None:
        matrix = train.matrix()
        self.train, self.item, self.biases = train, item, fit_biases(matrix)
        self.penalty: float | None = None  # that the users' weights were fitted with
        self.item_vectors = _with_zero_row(item.unit_vectors)
        rows, columns = matrix.rows, matrix.columns
        self.residual = matrix.values - self.biases.predict(rows, columns)
        self.vector_of = locate(item.keys, train.item_keys)
        self.by_user = _GroupedRidge(self.item_vectors, rows, self.vector_of[columns], matrix.shape[0])
        if two_sided:
            vectors = profiles(train, item.keys, item.unit_vectors) if user is None else _aligned(user, train.user_keys)
            self.user_vectors = _with_zero_row(unit_rows(vectors))
            self.by_item = _GroupedRidge(self.user_vectors, columns, rows.astype(np.int64), matrix.shape[1])

    def solve(self, penalty: float, item_penalty: float | None = None) -> None:
        """Fit the users' weights, and with an `item_penalty` the items'."""
        if penalty != self.penalty:
            self.penalty, self.user_weights = penalty, self.by_user.solve(self.residual, penalty)
        self.item_weights = None
        if item_penalty is not None:
            left = self.residual - self.by_user.explained(self.user_weights)
            self.item_weights = self.by_item.solve(left, item_penalty)

    def predict(self, user_keys: pd.Index, item_keys: pd.Index, users: Any, items: Any) -> FloatArray:
        """Predict for codes into some keys."""
        user = locate(self.train.user_keys, user_keys)[users]
        item, vector = locate(self.train.item_keys, item_keys)[items], locate(self.item.keys, item_keys)[items]
        values = self.biases.predict(user, item)
        values += _dots(_with_zero_row(self.user_weights), user, self.item_vectors, vector)
        if self.item_weights is not None:
            values += _dots(_with_zero_row(self.item_weights), item, self.user_vectors, user)
        return np.clip(values, *self.train.scale)


class _GroupedRidge:
    """Many small ridge regressions on rows of one matrix, one for each owner.

    `vectors` has shape (n, d) and ends in a row of zeros; observation k belongs to ``owners[k]`` and has regressors
    ``vectors[codes[k]]``.
    """

    def __init__(self, vectors: FloatArray, owners: npt.NDArray[np.int32], codes: Codes, size: int) -> None:
        self.vectors, self.owners, self.codes, self.size = vectors, owners, codes, size
        self.order = np.argsort(owners, kind="stable")
        self.ends = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=size))])

    def solve(self, targets: FloatArray, penalty: float) -> FloatArray:
        """Return the weights of each owner, shape (size, d)."""
        weights = np.zeros((self.size, self.vectors.shape[1]))
        with threadpool_limits(1, "blas"):  # thousands of small systems: threads would only wait for each other
            for owner in range(self.size):
                rows = self.order[self.ends[owner] : self.ends[owner + 1]]
                if len(rows):
                    weights[owner] = _ridge(self.vectors[self.codes[rows]], targets[rows], penalty)
        return weights

    def explained(self, weights: FloatArray) -> FloatArray:
        """Return what the weights give for each observation."""
        return _dots(weights, self.owners, self.vectors, self.codes)


def _ridge(regressors: FloatArray, targets: FloatArray, penalty: float) -> FloatArray:
    """Return the weights of one ridge regression, by the smaller of its two systems of equations."""
    primal = len(regressors) >= regressors.shape[1]
    gram = regressors.T @ regressors if primal else regressors @ regressors.T
    np.fill_diagonal(gram, gram.diagonal() + penalty)
    _, solution, _ = dposv(gram, targets @ regressors if primal else targets)  # positive definite, for the penalty is
    return np.asarray(solution if primal else solution @ regressors)


def _least(error: Callable[[float], float], near: float | None = None) -> float:
    """Return the penalty of least error, to within a quarter of an octave."""
    from scipy.optimize import minimize_scalar

    bounds = LOG2_PENALTIES if near is None else (np.log2(near) - NEAR, np.log2(near) + NEAR)
    found = minimize_scalar(lambda power: error(2.0**power), bounds=bounds, method="bounded", options={"xatol": 0.25})
    return float(2.0**found.x)


def _dots(left: FloatArray, rows: Any, right: FloatArray, columns: Any) -> FloatArray:
    return np.asarray(np.einsum("ij,ij->i", left[rows], right[columns]))


def _with_zero_row(vectors: npt.NDArray[np.floating[Any]]) -> FloatArray:
    """Append a row of zeros, which code -1 then points to."""
    return np.vstack([vectors, np.zeros((1, vectors.shape[1]))])


def _aligned(embedding: Embedding, keys: Any) -> FloatArray:
    return _with_zero_row(embedding.vectors)[locate(embedding.keys, keys)]
