"""The readouts without vectors: what there is to predict before a representation is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import numpy as np

from toolkit.data import Ratings
from toolkit.data.biases import fit_biases
from toolkit.keys import locate, located, paired
from toolkit.readouts.common import FloatArray, fitted


class MeanReadout:
    """The mean of the training ratings, for everybody and everything."""

    def fit(self, train: Ratings) -> Self:
        """Take the mean of training ratings, of the last one where a user rated an item twice."""
        self.mean_ = float(train.matrix().values.mean())
        return self

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, shape (n,)."""
        mean = fitted(self, "mean_")
        return np.full(len(paired(users, items)[0]), mean)


class BiasReadout:
    """Mean, user bias and item bias: what there is to predict without any vectors."""

    def fit(self, train: Ratings) -> Self:
        """Fit the biases to training ratings."""
        self.train_, self.biases_ = train, fit_biases(train.matrix())
        return self

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,)."""
        train = fitted(self, "train_")
        user_keys, item_keys = paired(users, items)
        codes = locate(train.user_keys, user_keys), locate(train.item_keys, item_keys)
        return np.asarray(np.clip(self.biases_.predict(*codes), *train.scale))

    def score_items(self, users: Iterable[object]) -> FloatArray:
        """Return each user's ratings of all training items, not clipped, so that none becomes equal to another.

        Parameters
        ----------
        users : iterable, length n_users
            User keys, all seen in training.

        Returns
        -------
        ndarray of float64, shape (n_users, n_items)
            Columns as the item keys of the training ratings.

        Raises
        ------
        UnknownNameError
            If a user was not seen in training.
        """
        rows = located(fitted(self, "train_").user_keys, users, "user")
        return np.asarray(self.biases_.mean + self.biases_.row[rows, None] + self.biases_.column)

    def score_factors(self, users: Iterable[object]) -> tuple[FloatArray, FloatArray]:
        """Return vectors of users and of all items, of length 1, whose products order the items as their scores do."""
        rows = located(fitted(self, "train_").user_keys, users, "user")
        return np.ones((len(rows), 1)), self.biases_.column[:, None]
