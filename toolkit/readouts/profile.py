"""The readouts that rank items by likeness to a user's history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.data import Ratings
from toolkit.embedding import Embedding
from toolkit.keys import locate, located
from toolkit.readouts.common import FloatArray, fitted, unit_rows


class ProfileReadout:
    """Scores of items by likeness to what a user has met: their mean item vector against every item.

    Parameters
    ----------
    item : Embedding
        Item vectors.
    user : Embedding, optional
        User vectors from the same space, in place of the means.
    unit : bool, default True
        Compare by cosine, and average unit vectors; otherwise by dot product of the vectors as they are.
    """

    def __init__(self, item: Embedding, user: Embedding | None = None, *, unit: bool = True) -> None:
        self.item, self.user, self.unit = item, user, unit

    def fit(self, train: Ratings) -> Self:
        """Form each user's vector from training ratings."""
        vectors: npt.NDArray[np.floating[Any]] = self.item.unit_vectors if self.unit else self.item.vectors
        users: npt.NDArray[np.floating[Any]]
        if self.user is None:
            self.user_keys_, users = train.user_keys, profiles(train, self.item.keys, vectors)
        else:
            self.user_keys_, users = self.user.keys, self.user.vectors
        self.users_ = unit_rows(users) if self.unit else users
        self.items_ = vectors.astype(self.users_.dtype, copy=False)  # once, not for every block of users
        return self

    def score_items(self, users: Iterable[object]) -> npt.NDArray[np.floating[Any]]:
        """Score every item for each user, shape (n_users, n_items), columns as the keys of `item`.

        Raises
        ------
        UnknownNameError
            If a user is not known.
        """
        keys = fitted(self, "user_keys_")
        rows = located(keys, users, "user")
        scores: npt.NDArray[np.floating[Any]] = self.users_[rows] @ self.items_.T
        return scores


def profiles(train: Ratings, keys: pd.Index, vectors: npt.NDArray[np.floating[Any]]) -> FloatArray:
    """Return the mean vector of the items that each user rated, shape (n_users, d); items without one do not count.

    Parameters
    ----------
    train : Ratings
        Who met what.
    keys : pandas.Index, shape (n,)
        Keys of the vectors.
    vectors : ndarray, shape (n, d)
        Item vectors.
    """
    column = locate(keys, train.item_keys)[train.items]
    met = column >= 0
    shape = (len(train.user_keys), len(keys))
    presence = sparse.csr_array((np.ones(int(met.sum())), (train.users[met], column[met])), shape=shape)
    counts = np.maximum(np.asarray(presence.sum(axis=1)), 1)
    return np.asarray((presence @ vectors.astype(np.float64)) / counts[:, None])
