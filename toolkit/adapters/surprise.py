"""Matrix factorizations of the library Surprise.

Surprise goes through the ratings user by user, users in order of first occurrence; `Ratings.take` codes them in just
that order, so that the same seed gives the same model as Surprise itself.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from toolkit.adapters.factors import Factors, RatingFactorization
from toolkit.allowed import Allowed
from toolkit.data.biases import Biases
from toolkit.data.views import Matrix
from toolkit.embedding import Embedding
from toolkit.search import Real, Space, Whole


class _Surprise(RatingFactorization):
    """What the three adapters share: the training set and the reading of the fitted model."""

    library: ClassVar[str] = "scikit-surprise"
    module: ClassVar[str] = "surprise"
    allowed: ClassVar[Mapping[str, Allowed]] = {"init_std_dev": Allowed(float, 0)}

    @abstractmethod
    def _model(self) -> Any:
        """Return Surprise's algorithm, not fitted."""

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        known = Trainset(matrix)
        model = self._model().fit(known)
        biases = Biases(known.global_mean, model.bu, model.bi) if getattr(model, "biased", True) else None
        self.factors_ = Factors(matrix, self._users(model, matrix), model.qi, biases)
        return matrix.embeddings(self.factors_.rows, self.factors_.columns)

    def _users(self, model: Any, matrix: Matrix) -> npt.NDArray[np.float64]:
        """Return the factors that stand for each user in a dot product."""
        users: npt.NDArray[np.float64] = model.pu
        return users


class SVD(_Surprise):
    """The factorization with biases that is called SVD since the Netflix prize, trained by gradient descent.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of factors.
    epochs : int, default 20
        Passes over the ratings.
    learning_rate : float, default 0.005
        Step of the gradient descent.
    regularization : float, default 0.02
        L2 penalty.
    biased : bool, default True
        Whether to add the mean and the biases; without them it is probabilistic matrix factorization.
    init_std_dev : float, default 0.1
        Standard deviation of the start.
    random_state : int, default 0
        Seed of the start.

    References
    ----------
    Koren, Bell & Volinsky (2009), Matrix factorization techniques for recommender systems, IEEE Computer 42(8).
    """

    # a baseline that is often left untuned: Rendle, Zhang & Koren (2019), On the difficulty of evaluating baselines,
    # arXiv:1905.01395; a start nearer to 0 and a stronger penalty than the defaults let more passes help
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "epochs": Whole(10, 100, log=True),
        "learning_rate": Real(0.002, 0.02, log=True),
        "regularization": Real(0.01, 0.2, log=True),
        "init_std_dev": Real(0.005, 0.3, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        epochs: int = 20,
        learning_rate: float = 0.005,
        regularization: float = 0.02,
        biased: bool = True,
        init_std_dev: float = 0.1,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.biased = biased
        self.init_std_dev = init_std_dev
        self.random_state = random_state

    def _model(self) -> Any:
        import surprise

        return surprise.SVD(
            n_factors=self.embedding_dim,
            n_epochs=self.epochs,
            lr_all=self.learning_rate,
            reg_all=self.regularization,
            biased=self.biased,
            init_std_dev=self.init_std_dev,
            random_state=self.random_state,
        )


class SVDpp(_Surprise):
    """SVD++: the same, with what a user rated added to who they are.

    Parameters
    ----------
    embedding_dim : int, default 20
        Number of factors.
    epochs : int, default 20
        Passes over the ratings.
    learning_rate : float, default 0.007
        Step of the gradient descent.
    regularization : float, default 0.02
        L2 penalty.
    init_std_dev : float, default 0.1
        Standard deviation of the start.
    random_state : int, default 0
        Seed of the start.

    References
    ----------
    Koren (2008), Factorization meets the neighborhood: a multifaceted collaborative filtering model, KDD.
    """

    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(5, 40, log=True),
        "epochs": Whole(5, 25),
        "learning_rate": Real(0.002, 0.02, log=True),
        "regularization": Real(0.01, 0.2, log=True),
        "init_std_dev": Real(0.005, 0.3, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 20,
        epochs: int = 20,
        learning_rate: float = 0.007,
        regularization: float = 0.02,
        init_std_dev: float = 0.1,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.init_std_dev = init_std_dev
        self.random_state = random_state

    def _model(self) -> Any:
        import surprise

        return surprise.SVDpp(
            n_factors=self.embedding_dim,
            n_epochs=self.epochs,
            lr_all=self.learning_rate,
            reg_all=self.regularization,
            init_std_dev=self.init_std_dev,
            random_state=self.random_state,
            cache_ratings=True,
        )

    def _users(self, model: Any, matrix: Matrix) -> npt.NDArray[np.float64]:
        present = matrix.csr.copy()
        present.data[:] = 1.0
        counts = np.maximum(np.diff(present.indptr), 1)[:, None]
        users: npt.NDArray[np.float64] = model.pu + (present @ model.yj) / np.sqrt(counts)
        return users


class SurpriseNMF(_Surprise):
    """Non-negative matrix factorization of the ratings that are there.

    Parameters
    ----------
    embedding_dim : int, default 15
        Number of factors.
    epochs : int, default 50
        Passes over the ratings.
    regularization : float, default 0.06
        L2 penalty of users and items.
    random_state : int, default 0
        Seed of the start.

    References
    ----------
    Luo et al. (2014), An efficient non-negative matrix-factorization-based approach to collaborative filtering for
    recommender systems, IEEE Transactions on Industrial Informatics 10(2).
    """

    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(5, 100, log=True),
        "epochs": Whole(20, 100, log=True),
        "regularization": Real(0.01, 1.0, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 15,
        epochs: int = 50,
        regularization: float = 0.06,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.epochs = epochs
        self.regularization = regularization
        self.random_state = random_state

    def _model(self) -> Any:
        import surprise

        return surprise.NMF(
            n_factors=self.embedding_dim,
            n_epochs=self.epochs,
            reg_pu=self.regularization,
            reg_qi=self.regularization,
            random_state=self.random_state,
        )


class Trainset:
    """A matrix of users by items, with what Surprise's factorizations ask of a ``surprise.Trainset``.

    Parameters
    ----------
    matrix : Matrix
        Users by items; its codes are the inner ids.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.n_users, self.n_items = matrix.shape
        order = np.argsort(matrix.rows, kind="stable")
        values = matrix.values[order]
        self.global_mean = float(values.mean())
        self.ratings = [column.tolist() for column in (matrix.rows[order], matrix.columns[order], values)]

    def all_ratings(self) -> Iterator[tuple[int, int, float]]:
        """Return user, item and value of every rating, user by user."""
        return zip(*self.ratings, strict=True)  # every epoch asks; Surprise's generator takes longer than this

    def all_users(self) -> range:
        """Return all users."""
        return range(self.n_users)

    def all_items(self) -> range:
        """Return all items."""
        return range(self.n_items)

    @cached_property
    def ur(self) -> list[list[tuple[int, float]]]:
        """list of list: each user's items and their values."""
        return _grouped(self.matrix.rows, self.matrix.columns, self.matrix.values, self.n_users)

    @cached_property
    def ir(self) -> list[list[tuple[int, float]]]:
        """list of list: each item's users and their values."""
        return _grouped(self.matrix.columns, self.matrix.rows, self.matrix.values, self.n_items)


def _grouped(
    owners: npt.NDArray[np.int32], others: npt.NDArray[np.int32], values: npt.NDArray[np.float64], size: int
) -> list[list[tuple[int, float]]]:
    order = np.argsort(owners, kind="stable")
    pairs = list(zip(others[order].tolist(), values[order].tolist(), strict=True))
    ends = np.cumsum(np.bincount(owners, minlength=size)).tolist()
    return [pairs[start:end] for start, end in zip([0, *ends], ends, strict=False)]
