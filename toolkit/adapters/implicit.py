"""Recommenders of the library implicit: ALS, BPR and logistic matrix factorization.

They learn from who met what. A rating's value is taken as confidence by ALS and LMF and ignored by BPR.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from toolkit import blas
from toolkit.adapters.factors import Factors, RankingFactorization
from toolkit.allowed import Allowed
from toolkit.data.biases import Biases
from toolkit.data.views import Matrix
from toolkit.embedding import Embedding
from toolkit.search import Real, Space, Whole


class _Implicit(RankingFactorization):
    """What the three adapters share: fitting implicit's model and taking its bias columns off."""

    library: ClassVar[str] = "implicit"
    module: ClassVar[str] = "implicit"
    allowed: ClassVar[Mapping[str, Allowed]] = {"alpha": Allowed(float, 0), "negatives": Allowed(int, 1)}

    @abstractmethod
    def _model(self) -> Any:
        """Return implicit's model, not fitted."""

    @abstractmethod
    def _factors(self, matrix: Matrix, rows: Any, columns: Any) -> Factors:
        """Part implicit's factor matrices into vectors and biases."""

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        import implicit.cpu.als  # noqa: F401  # brings scipy's BLAS along, which the limit below then reaches
        from scipy.sparse import csr_matrix

        with blas.one_thread():  # implicit's own threads call it; more threads below them only slow it down
            model = self._model()
            model.fit(csr_matrix(matrix.csr, dtype=np.float32), show_progress=False)
        self.factors_ = self._factors(matrix, model.user_factors, model.item_factors)
        return matrix.embeddings(self.factors_.rows, self.factors_.columns)


class ALS(_Implicit):
    """Alternating least squares for implicit feedback.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of factors.
    regularization : float, default 0.01
        L2 penalty.
    alpha : float, default 1
        Confidence of a cell of value r is ``alpha * r``; that of an empty one is 1.
    epochs : int, default 15
        Alternations.
    n_jobs : int, default 1
        Threads; 0 takes all cores. The result does not depend on it.
    random_state : int, default 0
        Seed of the start.

    References
    ----------
    Hu, Koren & Volinsky (2008), Collaborative filtering for implicit feedback datasets, ICDM.
    """

    # after Rendle et al. (2022), Revisiting the performance of iALS on item recommendation benchmarks, RecSys: penalty
    # and weight are to be searched over orders of magnitude
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "regularization": Real(0.001, 100.0, log=True),
        "alpha": Real(0.1, 50.0, log=True),
        "epochs": Whole(5, 30),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        regularization: float = 0.01,
        alpha: float = 1.0,
        epochs: int = 15,
        n_jobs: int = 1,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.regularization = regularization
        self.alpha = alpha
        self.epochs = epochs
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self) -> Any:
        from implicit.cpu.als import AlternatingLeastSquares

        return AlternatingLeastSquares(
            factors=self.embedding_dim,
            regularization=self.regularization,
            alpha=self.alpha,
            iterations=self.epochs,
            num_threads=self.n_jobs,
            random_state=self.random_state,
        )

    def _factors(self, matrix: Matrix, rows: Any, columns: Any) -> Factors:
        return Factors(matrix, rows, columns)


class BPR(_Implicit):
    """Bayesian personalized ranking.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of factors, the item bias not counted.
    learning_rate : float, default 0.01
        Step of the gradient descent.
    regularization : float, default 0.01
        L2 penalty.
    epochs : int, default 100
        Passes, each of as many samples as there are cells.
    verify_negative_samples : bool, default True
        Skip a sampled negative that the user has met.
    n_jobs : int, default 1
        Threads; 0 takes all cores. With more than one the result is no longer the same each time.
    random_state : int, default 0
        Seed of the start and of the samples.

    References
    ----------
    Rendle et al. (2009), BPR: Bayesian personalized ranking from implicit feedback, UAI.
    """

    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "learning_rate": Real(0.002, 0.1, log=True),
        "regularization": Real(0.0001, 0.1, log=True),
        "epochs": Whole(25, 200, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        learning_rate: float = 0.01,
        regularization: float = 0.01,
        epochs: int = 100,
        verify_negative_samples: bool = True,
        n_jobs: int = 1,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.epochs = epochs
        self.verify_negative_samples = verify_negative_samples
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self) -> Any:
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        return BayesianPersonalizedRanking(
            factors=self.embedding_dim,
            learning_rate=self.learning_rate,
            regularization=self.regularization,
            iterations=self.epochs,
            verify_negative_samples=self.verify_negative_samples,
            num_threads=self.n_jobs,
            random_state=self.random_state,
        )

    def _factors(self, matrix: Matrix, rows: Any, columns: Any) -> Factors:
        # the last column is the items' bias, against a constant 1 of the users
        biases = Biases(0.0, np.zeros(len(rows)), columns[:, -1].astype(np.float64))
        return Factors(matrix, rows[:, :-1], columns[:, :-1], biases)


class LMF(_Implicit):
    """Logistic matrix factorization.

    Parameters
    ----------
    embedding_dim : int, default 30
        Number of factors, the two biases not counted.
    learning_rate : float, default 1
        Step of AdaGrad.
    regularization : float, default 0.6
        L2 penalty.
    epochs : int, default 30
        Alternations.
    negatives : int, default 30
        Negative samples for each cell.
    n_jobs : int, default 1
        Threads; 0 takes all cores. With more than one the result is no longer the same each time.
    random_state : int, default 0
        Seed of the start and of the samples.

    References
    ----------
    Johnson (2014), Logistic matrix factorization for implicit feedback data, NIPS workshop on distributed machine
    learning and matrix computations.
    """

    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "learning_rate": Real(0.1, 3.0, log=True),
        "regularization": Real(0.01, 30.0, log=True),
        "epochs": Whole(10, 100, log=True),
        "negatives": Whole(5, 60, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 30,
        learning_rate: float = 1.0,
        regularization: float = 0.6,
        epochs: int = 30,
        negatives: int = 30,
        n_jobs: int = 1,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.epochs = epochs
        self.negatives = negatives
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self) -> Any:
        from implicit.cpu.lmf import LogisticMatrixFactorization

        return LogisticMatrixFactorization(
            factors=self.embedding_dim,
            learning_rate=self.learning_rate,
            regularization=self.regularization,
            iterations=self.epochs,
            neg_prop=self.negatives,
            num_threads=self.n_jobs,
            random_state=self.random_state,
        )

    def _factors(self, matrix: Matrix, rows: Any, columns: Any) -> Factors:
        # last but one: the items' bias against 1; last: the users' bias against 1
        biases = Biases(0.0, rows[:, -1].astype(np.float64), columns[:, -2].astype(np.float64))
        return Factors(matrix, rows[:, :-2], columns[:, :-2], biases)
