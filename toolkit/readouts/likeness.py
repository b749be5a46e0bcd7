"""Ratings from the likeness of vectors, without a weight of any user's own to be fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.data import Ratings
from toolkit.data.biases import fit_biases
from toolkit.data.dots import dots
from toolkit.keys import locate
from toolkit.readouts.common import FloatArray

Codes = npt.NDArray[np.int64]
DAMPINGS = 2.0 ** np.arange(-3, 15.5, 0.5)  # from the mean of a history to, with the largest, all but its sum


class Likeness:
    """What the vectors of the items that a user rated say about another item.

    A user with residuals r, which is what the biases leave of their n ratings, of items with vectors X has the taste
    X'r. Expected of an item with vector v is the biases and, on top, ``slope * (v'X'r) / (n + damping)``.

    Parameters
    ----------
    train : Ratings
        The histories.
    keys : pandas.Index, shape (m,)
        Items with vectors.
    vectors : ndarray, shape (m, d)
        Their vectors.
    tastes : ndarray, shape (n_users, d), optional
        A vector for each training user in place of X'r, which is then not divided by anything.

    Notes
    -----
    It is a linear smoother, like the ridge readout, whose weights for a user are (X'X + penalty)⁻¹ X'r: as the penalty
    grows these become X'r / penalty, which is the case of a large damping. With a small one X'X is taken for
    n / slope times the identity, as if the vectors of a history pointed equally in all directions.
    """

    def __init__(
        self,
        train: Ratings,
        keys: pd.Index,
        vectors: npt.NDArray[np.floating[Any]],
        tastes: npt.NDArray[np.floating[Any]] | None = None,
    ) -> None:
        matrix = train.matrix()
        self.train, self.keys, self.vectors = train, keys, vectors.astype(np.float64)
        self.biases = fit_biases(matrix)
        self.counts: FloatArray | None = None
        if tastes is None:
            columns = locate(keys, train.item_keys)[matrix.columns]
            met, shape = columns >= 0, (matrix.shape[0], len(keys))
            residual = matrix.values - self.biases.predict(matrix.rows, matrix.columns)
            self.counts = np.bincount(matrix.rows[met], minlength=shape[0]).astype(np.float64)
            self.tastes = np.asarray(
                sparse.csr_array((residual[met], (matrix.rows[met], columns[met])), shape=shape) @ self.vectors
            )
        else:
            self.tastes = tastes.astype(np.float64)

    def predict(self, users: pd.Index, items: pd.Index, slope: float, damping: float = 1.0) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,); given tastes are not damped."""
        expected, likeness, counts = self._terms(users, items)
        expected += slope * (likeness if counts is None else likeness / (counts + damping))
        return np.clip(expected, *self.train.scale, out=expected)

    def choose(self, validation: Ratings) -> dict[str, float]:
        """Return the ``slope`` and the ``damping`` of least squared error, before clipping, on other ratings.

        The slope is the one of least squares for the damping, and not below 0: likeness never counts against an item.
        """
        users, items = validation.user_keys[validation.users], validation.item_keys[validation.items]
        expected, likeness, counts = self._terms(users, items)
        left = validation.values - expected
        if counts is None:
            return {"slope": _slope(likeness, left)[0]}
        found = [_slope(likeness / (counts + damping), left) for damping in DAMPINGS]
        best = int(np.argmax([gain for _, gain in found]))
        return {"slope": found[best][0], "damping": float(DAMPINGS[best])}

    def _terms(self, users: pd.Index, items: pd.Index) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return for each pair what the biases expect, the likeness, and the length of the user's history."""
        rows = locate(self.train.user_keys, users)
        expected = self.biases.predict(rows, locate(self.train.item_keys, items))
        likeness = dots(self.tastes, rows, self.vectors, locate(self.keys, items))
        return expected, likeness, None if self.counts is None else np.append(self.counts, 0.0)[rows]


def _slope(regressor: FloatArray, targets: FloatArray) -> tuple[float, float]:
    """Return the slope of least squares through the origin, at least 0, and by how much it lowers the squared error."""
    size, common = float(regressor @ regressor), float(regressor @ targets)
    slope = max(0.0, common / size) if size > 0 else 0.0
    return slope, slope * common
