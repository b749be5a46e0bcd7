"""The ridge readouts: regressions of what the biases leave, on unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from toolkit import blas
from toolkit.data import Ratings
from toolkit.data.biases import fit_biases, known
from toolkit.data.dots import dots
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.keys import locate, located, paired
from toolkit.readouts.common import VALIDATION, FloatArray, fitted, unit_rows
from toolkit.readouts.profile import profiles
from toolkit.readouts.regressions import Codes, GroupedRidge

LEAST_PENALTY = 1e-9  # below, two equal vectors would make the equations singular in double precision
LOG2_PENALTIES = (-3.0, 10.0)
NEAR = 1.5  # octaves searched to either side the second time


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

    constant: ClassVar[bool] = False  # whether the second side has one besides the user vectors

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
            if value is not None and not LEAST_PENALTY <= value < float("inf"):
                raise ParameterError(f"{name} is {value}; it must be a positive number, {LEAST_PENALTY:g} at least")
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
        search = PenaltySearch(train, validation, self.item, self.user, self.constant)
        return search.two_sided(self.penalty, self.item_penalty) if self.two_sided else search.one_sided()

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
        self.model_ = Sides(train, self.item, self.user, constant=self.constant)
        with blas.one_thread():  # for thousands of small systems, threads would only wait for each other
            self._solve(self.model_)
        return self

    def _solve(self, model: Sides) -> None:
        """Give a model its weights."""
        model.solve(**self.penalties_)

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,).

        An unknown user or item leaves the mean and the biases that are known; an item that was not rated in training
        but has a vector is predicted from it.
        """
        model = fitted(self, "model_")
        return np.asarray(model.predict(*model.locate(*paired(users, items))))

    def score_items(self, users: Iterable[object]) -> FloatArray:
        """Return each user's ratings of all items, not clipped, so that none becomes equal to another.

        Parameters
        ----------
        users : iterable, length n_users
            User keys, all seen in training.

        Returns
        -------
        ndarray of float64, shape (n_users, n_items)
            Columns as the keys of `item`; for an item that was not rated in training, what its vector gives.

        Raises
        ------
        UnknownNameError
            If a user was not seen in training.
        """
        model = fitted(self, "model_")
        rows = located(model.train.user_keys, users, "user")
        of_users, of_items = model.factors(rows)
        return np.asarray(of_users @ of_items.T + (model.biases.mean + model.biases.row[rows, None]))

    def score_factors(self, users: Iterable[object]) -> tuple[FloatArray, FloatArray]:
        """Return vectors of users and of all items whose products order the items as their scores do."""
        model = fitted(self, "model_")
        of_users, of_items = model.factors(located(model.train.user_keys, users, "user"))
        return of_users, of_items


class PenaltySearch:
    """The penalties with the least squared error on a validation part.

    Parameters
    ----------
    train, validation : Ratings
        Two parts of the training ratings; the vectors should have been learned from the first alone.
    item : Embedding
        Item vectors.
    user : Embedding, optional
        User vectors for the second side.
    constant : bool, default False
        Whether the second side has a constant besides.
    """

    def __init__(
        self,
        train: Ratings,
        validation: Ratings,
        item: Embedding,
        user: Embedding | None = None,
        constant: bool = False,
    ) -> None:
        self.wanted = validation.values
        with blas.one_thread():
            self.model = Sides(train, item, user, search=True, constant=constant)
            self.model.by_user  # noqa: B018 -- the work that all penalties share, on one thread
        user_codes, *item_codes = self.model.locate(validation.user_keys, validation.item_keys)
        self.codes = [user_codes[validation.users], *(codes[validation.items] for codes in item_codes)]

    def one_sided(self) -> dict[str, float]:
        """Return the ``penalty`` of the one-sided readout."""
        return {"penalty": self._alone}

    def two_sided(self, penalty: float | None = None, item_penalty: float | None = None) -> dict[str, float]:
        """Return the ``penalty`` and the ``item_penalty`` of the two-sided readout; one that is given stays."""
        alone = item_penalty is None
        first = penalty or (self._alone if alone else _least(lambda value: self._error(value, item_penalty)))
        second = item_penalty or _least(lambda value: self._error(first, value))
        if penalty is None and alone:
            # each depends a little on the other: once more for both, near what was found
            first = _least(lambda value: self._error(value, second), near=first)
            second = _least(lambda value: self._error(first, value), near=second)
        return {"penalty": first, "item_penalty": second}

    @cached_property
    def _alone(self) -> float:
        return _least(self._error)

    def _error(self, penalty: float, item_penalty: float | None = None) -> float:
        self.model.solve(penalty, item_penalty)
        return float(np.mean((self.model.predict(*self.codes) - self.wanted) ** 2))


class Sides:
    """The residual of the biases, and the one or two sides that explain it.

    Parameters
    ----------
    train : Ratings
        What is explained.
    item : Embedding
        Item vectors, the regressors of the users.
    user : Embedding, optional
        User vectors, the regressors of the items; by default the mean of the unit vectors of what each user rated.
    search : bool, default False
        Whether many penalties are to come.
    constant : bool, default False
        Whether the items have a constant besides.
    """

    def __init__(
        self, train: Ratings, item: Embedding, user: Embedding | None, search: bool = False, constant: bool = False
    ) -> None:
        self.train, self.item, self.user, self.search, self.constant = train, item, user, search, constant
        self.matrix = train.matrix()
        self.biases = fit_biases(self.matrix)
        self.residual = self.matrix.values - self.biases.predict(self.matrix.rows, self.matrix.columns)
        self.item_vectors = item.unit_vectors.astype(np.float64)
        self.codes = locate(item.keys, train.item_keys)[self.matrix.columns]  # of the item vector of each rating
        self.penalty: float | None = None  # that the users' weights were fitted with

    @cached_property
    def by_user(self) -> GroupedRidge:
        """The regressions of the first side."""
        return GroupedRidge(self.item_vectors, self.matrix.rows, self.codes, self.matrix.shape[0], self.search)

    @cached_property
    def of_users(self) -> Callable[[float], FloatArray]:
        """What turns a penalty into the weights of the users."""
        return self.by_user.solver(self.residual)

    @cached_property
    def user_vectors(self) -> FloatArray:
        """Unit vectors of the users, shape (n_users, d), and where one is wanted a constant of 1 behind them."""
        if self.user is None:
            vectors = unit_rows(profiles(self.train, self.item.keys, self.item.unit_vectors)).astype(np.float64)
        else:
            codes = locate(self.user.keys, self.train.user_keys)
            vectors = np.where(codes[:, None] >= 0, self.user.unit_vectors.astype(np.float64)[codes], 0)
        return np.column_stack([vectors, np.ones(len(vectors))]) if self.constant else vectors

    @cached_property
    def by_item(self) -> GroupedRidge:
        """The regressions of the second side."""
        rows = self.matrix.rows.astype(np.int64)
        return GroupedRidge(self.user_vectors, self.matrix.columns, rows, self.matrix.shape[1], self.search)

    def solve(self, penalty: float, item_penalty: float | None = None) -> None:
        """Fit the users' weights, and with an `item_penalty` the items'."""
        if penalty != self.penalty:
            self.penalty, self.user_weights = penalty, self.of_users(penalty)
            self.of_items: Callable[[float], FloatArray] | None = None
        self.item_weights: FloatArray | None = None
        if item_penalty is not None:
            if self.of_items is None:
                self.of_items = self.by_item.solver(self.residual - self.by_user.explained(self.user_weights))
            self.item_weights = self.of_items(item_penalty)

    def locate(self, user_keys: pd.Index, item_keys: pd.Index) -> tuple[Codes, Codes, Codes]:
        """Return the codes of users, of items and of item vectors."""
        users, items = locate(self.train.user_keys, user_keys), locate(self.train.item_keys, item_keys)
        return users, items, locate(self.item.keys, item_keys)

    def predict(self, users: Codes, items: Codes, vectors: Codes) -> FloatArray:
        """Predict for codes of users, of items and of item vectors, pair by pair."""
        values = self.biases.predict(users, items)
        values += dots(self.user_weights, users, self.item_vectors, vectors)
        if self.item_weights is not None:
            values += dots(self.item_weights, items, self.user_vectors, users)
        return np.clip(values, *self.train.scale, out=values)

    def factors(self, users: Codes) -> tuple[FloatArray, FloatArray]:
        """Return vectors of users and of all items with vectors; their products lack the mean and the users' biases."""
        items = locate(self.train.item_keys, self.item.keys)
        left, right = [np.ones((len(users), 1))], [known(self.biases.column, items)[:, None]]
        left.append(self.user_weights[users])
        right.append(self.item_vectors)
        if self.item_weights is not None:
            left.append(self.user_vectors[users])
            right.append(np.where(items[:, None] >= 0, self.item_weights[items], 0))
        return np.hstack(left), np.hstack(right)


def _least(error: Callable[[float], float], near: float | None = None) -> float:
    """Return the penalty of least error, to within a quarter of an octave."""
    from scipy.optimize import minimize_scalar

    bounds = LOG2_PENALTIES if near is None else (np.log2(near) - NEAR, np.log2(near) + NEAR)
    with blas.one_thread():  # for thousands of small systems, threads would only wait for each other
        found = minimize_scalar(
            lambda power: error(2.0**power), bounds=bounds, method="bounded", options={"xatol": 0.25}
        )
    return float(2.0**found.x)
