"""Two factor matrices whose dot product scores a user and an item: what most recommenders come down to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.data.biases import Biases
from toolkit.data.dots import dots
from toolkit.data.views import Matrix
from toolkit.embedder import MatrixEmbedder
from toolkit.errors import NotFittedError
from toolkit.keys import locate, located, paired

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Factors:
    """A fitted factorization.

    Parameters
    ----------
    matrix : Matrix
        What was factorized; its keys and scale are used.
    rows : ndarray, shape (n, d)
        Factors of the rows (users).
    columns : ndarray, shape (m, d)
        Factors of the columns (items).
    biases : Biases, optional
        Added to the dot product.
    bounds : tuple of float, optional
        Ends of a sigmoid that makes a value of the sum. It keeps the order, so that scores do without it.
    mean : float, optional
        Mean of the values, where the matrix holds none because its cells stayed elsewhere.
    """

    matrix: Matrix
    rows: Floats
    columns: Floats
    biases: Biases | None = None
    bounds: tuple[float, float] | None = None
    mean: float | None = None

    def score(self, keys: Iterable[object]) -> Floats:
        """Return the score of every column for some rows, shape (k, m)."""
        positions = located(self.matrix.row_keys, keys, self.matrix.row_entity)
        scores = self.rows[positions] @ self.columns.T
        if self.biases is None:
            return scores
        total: Floats = self.biases.mean + self.biases.row[positions, None] + self.biases.column
        total += scores
        return total

    def products(self, keys: Iterable[object]) -> tuple[Floats, Floats]:
        """Return vectors of some rows and of all columns whose products order the columns as `score` does."""
        rows = self.rows[located(self.matrix.row_keys, keys, self.matrix.row_entity)]
        if self.biases is None:
            return rows, self.columns
        return np.column_stack([rows, np.ones(len(rows))]), np.column_stack([self.columns, self.biases.column])

    def predict(self, rows: Iterable[object], columns: Iterable[object]) -> npt.NDArray[np.float64]:
        """Return the value expected in each cell, within the scale, shape (k,).

        With biases, an unknown row or column leaves the mean and the biases that are known; without, the mean.
        """
        row_keys, column_keys = paired(rows, columns)
        r, c = locate(self.matrix.row_keys, row_keys), locate(self.matrix.column_keys, column_keys)
        values = dots(self.rows, r, self.columns, c)
        if self.biases is not None:
            values += self.biases.predict(r, c)
        if self.bounds is not None:
            values = squashed(values, self.bounds)
        if self.biases is None:
            values[(r < 0) | (c < 0)] = self.matrix.values.mean() if self.mean is None else self.mean
        return np.clip(values, *self.matrix.scale, out=values)


def squashed(values: Floats, bounds: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Return a sigmoid of the values that runs from one bound to the other."""
    from scipy.special import expit

    low, high = bounds
    return np.asarray(low + (high - low) * expit(values.astype(np.float64)))


class RankingFactorization(MatrixEmbedder):
    """Base of the methods that end in `Factors` and rank by them; `_learn_matrix` sets ``factors_``.

    Attributes
    ----------
    factors_ : Factors
        What was learned.
    """

    factors_: Factors

    def _fitted(self) -> Factors:
        if not hasattr(self, "factors_"):
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit(data) first")
        return self.factors_

    def score_items(self, users: Iterable[object]) -> Floats:
        """Score every item for each user.

        Parameters
        ----------
        users : iterable, length k
            User keys, all seen in training.

        Returns
        -------
        ndarray, shape (k, n_items)
            Higher is better; columns as the keys of the item embedding.

        Raises
        ------
        UnknownNameError
            If a user was not seen in training.
        """
        return self._fitted().score(users)

    def score_factors(self, users: Iterable[object]) -> tuple[Floats, Floats]:
        """Return vectors whose products order the items as their scores do.

        Parameters
        ----------
        users : iterable, length k
            User keys, all seen in training.

        Returns
        -------
        users : ndarray, shape (k, d)
            A vector for each user.
        items : ndarray, shape (n_items, d)
            A vector for each item, biases included.

        Raises
        ------
        UnknownNameError
            If a user was not seen in training.
        """
        return self._fitted().products(users)


class RatingFactorization(RankingFactorization):
    """Base of the factorizations that also predict ratings."""

    def predict(self, users: Iterable[object], items: Iterable[object]) -> npt.NDArray[np.float64]:
        """Predict ratings.

        Parameters
        ----------
        users, items : iterable, length k
            Keys, pair by pair; unknown ones are allowed.

        Returns
        -------
        ndarray of float64, shape (k,)
            On the rating scale. For an unknown user or item: the mean plus the biases that are known.

        Raises
        ------
        ParameterError
            If there are not as many users as items.
        """
        return self._fitted().predict(users, items)
