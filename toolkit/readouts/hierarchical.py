"""The hierarchical readout: regressions that learn from each other what weights to expect."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from toolkit.allowed import Allowed
from toolkit.data.dots import dots
from toolkit.embedding import Embedding
from toolkit.readouts.common import FloatArray
from toolkit.readouts.regressions import Codes, GroupedRidge
from toolkit.readouts.ridge import RidgeReadout, Sides

TINY = np.finfo(np.float64).tiny
LEAST_NOISE = 1e-6  # of the variance: below, what is explained to the last digit would make the prior endless


class HierarchicalReadout(RidgeReadout):
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
        L2 penalties of a two-sided ridge regression, where the estimates start. By default `choose` finds the best
        ones, before any round, on a random tenth of the training ratings; see `RidgeReadout` for when that is fair.
    rounds : int, default 2
        How often mean and covariance are estimated anew. 0 is ridge regression, with a constant for the items.
    random_state : int, default 0
        Seed of the tenth.

    References
    ----------
    Laird & Ware (1982), Random-effects models for longitudinal data, Biometrics 38(4). Dempster, Rubin & Tsutakawa
    (1981), Estimation in covariance components models, JASA 76.
    """

    constant: ClassVar[bool] = True

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
        super().__init__(
            item, user, two_sided=True, penalty=penalty, item_penalty=item_penalty, random_state=random_state
        )
        Allowed(int, 0).check("rounds", rounds)
        self.rounds = rounds

    def _solve(self, model: Sides) -> None:
        first, second = self.penalties_["penalty"], self.penalties_["item_penalty"]
        rows, columns = model.matrix.rows, model.matrix.columns
        n_users, n_items = model.matrix.shape
        of_users = GroupedWeights(model.item_vectors, rows, model.codes, n_users)
        model.user_weights = of_users.estimate(model.residual, first, self.rounds)
        left = model.residual - dots(model.user_weights, rows, model.item_vectors, model.codes)
        of_items = GroupedWeights(model.user_vectors, columns, rows.astype(np.int64), n_items)
        model.item_weights = of_items.estimate(left, second, self.rounds)


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
                noise = max(np.mean(left * (left - ridge.explained(found))), LEAST_NOISE * np.mean(left**2), TINY)
                centre = found.mean(axis=0)
                apart = (found - centre) / np.sqrt(noise)
                mean = mean + root @ centre
                root = root @ np.linalg.cholesky(ridge.spread(1.0) + apart.T @ apart / self.size)
        return np.asarray(mean + found @ root.T)
