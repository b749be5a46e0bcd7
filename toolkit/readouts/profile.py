"""The readouts that go by the likeness of an item's vector to those of a user's history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError, UnsupportedError
from toolkit.keys import locate, located, paired
from toolkit.readouts.common import VALIDATION, FloatArray, fitted, unit_rows
from toolkit.readouts.likeness import Likeness

LEAST_DAMPING = 1e-9  # below, the means of short histories would no longer be damped in double precision


class ProfileReadout:
    """Likeness to what a user has met: by it items are ranked, and ratings predicted.

    An item's score is its likeness to the mean vector of what the user met, whatever the ratings were. A rating is
    expected to be what the biases say and, on top, a multiple of the item's likeness to the damped mean of the vectors
    of the items that the user rated, each times what the biases leave of that rating (`toolkit.readouts.likeness`).
    The multiple and the damping are the same for all users, so no user has weights that are fitted.

    Parameters
    ----------
    item : Embedding
        Item vectors.
    user : Embedding, optional
        User vectors from the same space, in place of the means.
    unit : bool, default True
        Compare by cosine, and average unit vectors; otherwise by dot product of the vectors as they are. Of predicted
        ratings only the item vectors have length 1: how long the mean is says how much is known of a user.
    slope : float, optional
        What a likeness is multiplied with in a rating. By default `choose` finds it, and the damping, on a random tenth
        of the training ratings. That is only fair to vectors that have not seen these ratings: for vectors learned
        from the training part, learn them once more without the tenth, and call `choose` with those.
    damping : float, optional
        Added to the number of ratings in the mean; the larger, the less is made of short histories. Given if and only
        if `slope` is, and not with user vectors, which are no means.
    random_state : int, default 0
        Seed of the tenth.

    Notes
    -----
    Leaving each rating out of its own user's mean, in place of the tenth, would not do: vectors that were fitted to
    the ratings have seen it all the same. On fold u1 of MovieLens-100k the slope found so for Surprise's SVD is three
    times too steep, and its predictions are worse than the biases alone.
    """

    def __init__(
        self,
        item: Embedding,
        user: Embedding | None = None,
        *,
        unit: bool = True,
        slope: float | None = None,
        damping: float | None = None,
        random_state: int = 0,
    ) -> None:
        Allowed(float, 0, optional=True).check("slope", slope)
        Allowed(float, LEAST_DAMPING, optional=True).check("damping", damping)
        if user is not None and damping is not None:
            raise ParameterError(f"damping is {damping}; user vectors are no means, and leave nothing to damp")
        if user is None and (slope is None) != (damping is None):
            raise ParameterError(f"slope is {slope} and damping {damping}; give both, or neither to have them chosen")
        self.item, self.user, self.unit = item, user, unit
        self.slope, self.damping, self.random_state = slope, damping, random_state

    def fit(self, train: Ratings) -> Self:
        """Form each user's vector from training ratings; what ratings need is formed when the first is predicted."""
        vectors = self._vectors
        users: npt.NDArray[np.floating[Any]]
        if self.user is None:
            self.user_keys_, users = train.user_keys, profiles(train, self.item.keys, vectors)
        else:
            self.user_keys_, users = self.user.keys, self.user.vectors
        self.users_ = unit_rows(users) if self.unit else users
        self.items_ = vectors.astype(self.users_.dtype, copy=False)  # once, not for every block of users
        self.train_ = train
        self.likeness_: Likeness | None = None
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

    def choose(self, train: Ratings, validation: Ratings) -> dict[str, float]:
        """Find the slope, and the damping, with the least squared error on a validation part.

        Parameters
        ----------
        train, validation : Ratings
            Two parts of the training ratings; the vectors should have been learned from the first alone.

        Returns
        -------
        dict
            ``slope`` and, without user vectors, ``damping``.
        """
        return self._likeness(train).choose(validation)

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,).

        An unknown user or item leaves the mean and the biases that are known; an item that was not rated in training
        but has a vector is predicted from it.

        Raises
        ------
        UnsupportedError
            If the training data hold events without ratings.
        """
        train = fitted(self, "train_")
        pairs = paired(users, items)
        if self.likeness_ is None:
            if not train.explicit:
                raise UnsupportedError(f"{train.name} holds events without ratings, from which none can be predicted")
            given = {"slope": self.slope, "damping": self.damping}
            self.settings_ = {name: value for name, value in given.items() if value is not None}
            if not self.settings_:
                self.settings_ = self.choose(
                    *train.split("holdout", test_size=VALIDATION, random_state=self.random_state)
                )
            self.likeness_ = self._likeness(train)
        return self.likeness_.predict(*pairs, **self.settings_)

    @property
    def _vectors(self) -> npt.NDArray[np.floating[Any]]:
        return self.item.unit_vectors if self.unit else self.item.vectors

    def _likeness(self, train: Ratings) -> Likeness:
        if self.user is None:
            return Likeness(train, self.item.keys, self._vectors)
        vectors = self.user.unit_vectors if self.unit else self.user.vectors
        codes = locate(self.user.keys, train.user_keys)
        return Likeness(train, self.item.keys, self._vectors, np.where(codes[:, None] >= 0, vectors[codes], 0))


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
