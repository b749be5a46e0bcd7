"""The hierarchical readout: regressions that learn from each other what weights to expect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import numpy as np
import numpy.typing as npt

from toolkit import blas
from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.data.dots import dots
from toolkit.embedding import Embedding
from toolkit.keys import paired
from toolkit.readouts.common import VALIDATION, FloatArray, fitted
from toolkit.readouts.regressions import Codes, GroupedRidge
from toolkit.readouts.ridge import PenaltySearch, Sides, check_penalties

TINY = np.finfo(np.float64).tiny


class HierarchicalReadout:
    """The two-sided ridge readout with a common prior of the weights, learned from all users and from all items.

    A ridge regression draws every weight towards 0, and all by the same force. Here the users' weights are draws from
    one normal distribution, whose mean and covariance are estimated from all users together: what most users agree on
    is believed, a direction of the vectors in which nobody differs is ignored, and a user with few ratings is an
    average one. The same then for the items, on what is left, on the user vectors and a constant.

    Parameters
    ----------
    item : Embedding
        Item vectors, scaled to length 1 here.
    user : Embedding, optional
        User vectors for the second side; by default each user is the mean of the unit vectors of the items they rated.
    penalty, item_penalty : float, optional
        The L2 penalties of a two-sided ridge regression, where the estimates start. By default `choose` finds them on a
        random tenth of the training ratings; see `RidgeReadout` for when that is fair.
    rounds : int, default 2
        How often mean and covariance are estimated anew. 0 is ridge regression, with a constant for the items.
    random_state : int, default 0
        Seed of the tenth.

    References
    ----------
    Laird & Ware (1982), Random-effects models for longitudinal data, Biometrics 38(4). Dempster, Rubin & Tsutakawa
    (1981), Estimation in covariance components models, JASA 76.
    """

    def __init__(
        self,
        item: Embedding,
        user: Embedding | None = None,
        *,
        penalty: float | None = None,
        item_penalty: float | None = None,
        rounds: int = 2,
        random_state: int = 0,
    ) -> None:
        check_penalties(penalty=penalty, item_penalty=item_penalty)
        Allowed(int, 0).check("rounds", rounds)
        self.item, self.user, self.rounds = item, user, rounds
        self.penalty, self.item_penalty, self.random_state = penalty, item_penalty, random_state

    def choose(self, train: Ratings, validation: Ratings) -> dict[str, float]:
        """Find the penalties of the two-sided ridge regression with the least squared error on a validation part.

        Parameters
        ----------
        train, validation : Ratings
            Two parts of the training ratings; the vectors should have been learned from the first alone.

        Returns
        -------
        dict
            ``penalty`` and ``item_penalty``; one that was given stays.
        """
        search = PenaltySearch(train, validation, self.item, self.user, constant=True)
        return search.two_sided(self.penalty, self.item_penalty)

    def fit(self, train: Ratings) -> Self:
        """Estimate the weights from training ratings.

        Parameters
        ----------
        train : Ratings
            The training part.

        Returns
        -------
        HierarchicalReadout
            Itself, with the penalties used as ``penalties_``.
        """
        if self.penalty is None or self.item_penalty is None:
            parts = train.split("holdout", test_size=VALIDATION, random_state=self.random_state)
            self.penalties_ = self.choose(*parts)
        else:
            self.penalties_ = {"penalty": self.penalty, "item_penalty": self.item_penalty}
        sides = Sides(train, self.item, self.user, constant=True)
        rows, columns = sides.matrix.rows, sides.matrix.columns
        n_users, n_items = sides.matrix.shape
        first, second = self.penalties_["penalty"], self.penalties_["item_penalty"]
        with blas.one_thread():  # for thousands of small systems, threads would only wait for each other
            of_users = GroupedWeights(sides.item_vectors, rows, sides.codes, n_users)
            sides.user_weights = of_users.estimate(sides.residual, first, self.rounds)
            left = sides.residual - dots(sides.user_weights, rows, sides.item_vectors, sides.codes)
            of_items = GroupedWeights(sides.user_vectors, columns, rows.astype(np.int64), n_items)
            sides.item_weights = of_items.estimate(left, second, self.rounds)
        self.model_ = sides
        return self

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,).

        An unknown user or item leaves the mean and the biases that are known; an item that was not rated in training
        but has a vector is predicted from it.
        """
        model = fitted(self, "model_")
        return np.asarray(model.predict(*model.locate(*paired(users, items))))


class GroupedWeights:
    """Linear regressions on rows of one matrix, one for each owner, whose weights have a common normal prior.

    Parameters
    ----------
    vectors : ndarray of float64, shape (m, d)
        All regressors.
    owners : ndarray of int, shape (k,)
        Whose each observation is.
    codes : ndarray of int, shape (k,)
        Its regressors, as a row of `vectors`; -1 stands for zeros.
    size : int
        Number of owners.
    """

    def __init__(self, vectors: FloatArray, owners: npt.NDArray[np.int32], codes: Codes, size: int) -> None:
        self.vectors, self.owners, self.codes, self.size = vectors, owners, codes, size

    def estimate(self, targets: FloatArray, penalty: float, rounds: int) -> FloatArray:
        """Return the expected weights of each owner, shape (size, d).

        The prior has a mean and a covariance of so many times the variance of the noise; that is a root R of it, such
        that weights are mean + R z. In terms of z, then, every owner has a ridge regression of penalty 1 on the vectors
        times R. The rounds are those of the EM algorithm: mean and covariance of the weights that the last prior makes
        us expect are the next prior.

        Parameters
        ----------
        targets : ndarray of float64, shape (k,)
            What the observations are.
        penalty : float
            L2 penalty of the first round: the prior starts at mean 0 and covariance 1/penalty in every direction.
        rounds : int
            How often the prior is estimated anew.
        """
        root = np.eye(self.vectors.shape[1]) / np.sqrt(penalty)
        mean = np.zeros(len(root))
        for number in range(rounds + 1):
            ridge = GroupedRidge(self.vectors @ root, self.owners, self.codes, self.size)
            left = targets - dots(mean[None], np.zeros_like(self.owners), self.vectors, self.codes)
            found = ridge.solver(left)(1.0)
            if number < rounds:
                # with a penalty of 1 this is the likeliest variance of the noise, for that of the weights goes with it
                noise = max(float(np.mean(left * (left - ridge.explained(found)))), TINY)
                centre = found.mean(axis=0)
                apart = (found - centre) / np.sqrt(noise)
                mean = mean + root @ centre
                root = root @ np.linalg.cholesky(ridge.spread(1.0) + apart.T @ apart / self.size)
        return np.asarray(mean + found @ root.T)
