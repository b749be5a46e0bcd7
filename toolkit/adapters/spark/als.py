"""Alternating least squares by Spark: for implicit feedback, and for ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from toolkit.adapters.factors import Factors, RankingFactorization, RatingFactorization
from toolkit.adapters.spark import frames
from toolkit.adapters.spark.embedder import SparkEmbedder, in_spark
from toolkit.adapters.spark.ratings import SparkRatings
from toolkit.adapters.spark.session import session
from toolkit.allowed import Allowed
from toolkit.data.views import Matrix
from toolkit.embedding import Embedding
from toolkit.search import Real, Space, Whole

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CHECKPOINT = 5  # epochs between two cuts of Spark's plan, where there is a folder for it


class _SparkFactorization(SparkEmbedder, RankingFactorization):
    """What the two share: from cells in Spark to factors here."""

    embedding_dim: int
    epochs: int
    regularization: float
    nonnegative: bool
    blocks: int

    def _options(self) -> dict[str, Any]:
        """Return arguments of Spark's estimator beyond the common ones."""
        return {}

    def _learn(self, data: Any) -> Sequence[Embedding]:
        with session(self.n_jobs, self.master):
            ratings = in_spark(data)
            if ratings is None:
                return super()._learn(data)
            with ratings.cells() as (cells, user_keys, item_keys):
                self.factors_ = self._factors(cells, _outline(ratings, user_keys, item_keys), ratings.mean)
            return self.factors_.matrix.embeddings(self.factors_.rows, self.factors_.columns)

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        with session() as spark:
            self.factors_ = self._factors(frames.of_matrix(spark, matrix), matrix, None)
        return matrix.embeddings(self.factors_.rows, self.factors_.columns)

    def _factors(self, cells: DataFrame, matrix: Matrix, mean: float | None) -> Factors:
        from pyspark.ml import recommendation

        model = recommendation.ALS(
            rank=self.embedding_dim,
            maxIter=self.epochs,
            regParam=self.regularization,
            nonnegative=self.nonnegative,
            numUserBlocks=self.blocks,
            numItemBlocks=self.blocks,
            seed=self._seed(),
            checkpointInterval=CHECKPOINT,
            **self._options(),
        ).fit(frames.arranged(cells, self.blocks, "user", "item"))
        rows, columns = (
            frames.placed(codes.to_numpy(), found, n, self.embedding_dim)
            for (codes, found), n in zip(
                (frames.vectors(side, "id", "features") for side in (model.userFactors, model.itemFactors)),
                matrix.shape,
                strict=True,
            )
        )
        return Factors(matrix, rows, columns, mean=mean)


class SparkALS(_SparkFactorization):
    """Alternating least squares for implicit feedback, by Spark.

    Learns from `Ratings` and other data sets, and from a Spark DataFrame or `SparkRatings` where they are.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of factors.
    regularization : float, default 0.1
        L2 penalty, **times the number of ratings** of the user or the item. To compare with `ALS`, whose penalty is the
        same for all, divide that by ``sqrt(mean ratings of a user * mean ratings of an item)``.
    alpha : float, default 1
        Confidence of a cell of value r is ``1 + alpha * r``; that of an empty one is 1. `ALS` has ``alpha * r``: for
        events of value 1, its `alpha` is larger by 1.
    epochs : int, default 10
        Alternations.
    nonnegative : bool, default False
        Whether all factors are to be 0 or above.
    blocks : int, default 1
        Parts into which users and items are divided, which are solved at the same time and can lie on several machines.
        A different number is a different start. With 1, a seed gives the same bits each time; with more, on more than
        one thread, sums are added up in the order in which parts end, and last bits may differ.
    n_jobs : int, default 1
        Threads of a session of its own; 0 takes all cores. Of use with more than one block.
    master : str, optional
        Cluster of a session of its own, such as ``"spark://host:7077"``; by default this machine.
    random_state : int, default 0
        Seed of the start.

    Notes
    -----
    Memory and processor time of Spark are those of Java, a process of its own, and are not in a trial's figures.

    References
    ----------
    Hu, Koren & Volinsky (2008), Collaborative filtering for implicit feedback datasets, ICDM; with the penalty of Zhou
    et al. (2008), Large-scale parallel collaborative filtering for the Netflix prize, AAIM.
    """

    allowed: ClassVar[Mapping[str, Allowed]] = {**SparkEmbedder.allowed, "alpha": Allowed(float, 0)}
    # as for `ALS`; the penalty is multiplied by numbers of ratings
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "regularization": Real(0.0001, 1.0, log=True),
        "alpha": Real(0.1, 50.0, log=True),
        "epochs": Whole(5, 30),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        regularization: float = 0.1,
        alpha: float = 1.0,
        epochs: int = 10,
        nonnegative: bool = False,
        blocks: int = 1,
        n_jobs: int = 1,
        master: str | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.regularization = regularization
        self.alpha = alpha
        self.epochs = epochs
        self.nonnegative = nonnegative
        self.blocks = blocks
        self.n_jobs = n_jobs
        self.master = master
        self.random_state = random_state

    def _options(self) -> dict[str, Any]:
        return {"implicitPrefs": True, "alpha": self.alpha}


class SparkExplicitALS(_SparkFactorization, RatingFactorization):
    """Alternating least squares for ratings (ALS-WR), by Spark: it predicts those that are missing.

    Learns from `Ratings` and other data sets, and from a Spark DataFrame or `SparkRatings` where they are.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of factors. There are no biases and no mean besides.
    regularization : float, default 0.1
        L2 penalty, **times the number of ratings** of the user or the item.
    epochs : int, default 10
        Alternations.
    nonnegative : bool, default False
        Whether all factors are to be 0 or above.
    blocks : int, default 1
        Parts into which users and items are divided, which are solved at the same time and can lie on several machines.
        A different number is a different start.
    n_jobs : int, default 1
        Threads of a session of its own; 0 takes all cores. Of use with more than one block.
    master : str, optional
        Cluster of a session of its own, such as ``"spark://host:7077"``; by default this machine.
    random_state : int, default 0
        Seed of the start.

    Notes
    -----
    Memory and processor time of Spark are those of Java, a process of its own, and are not in a trial's figures.

    References
    ----------
    Zhou, Wilkinson, Schreiber & Pan (2008), Large-scale parallel collaborative filtering for the Netflix prize, AAIM.
    """

    # the penalty of the paper is .03 to .075, for ratings of 1 to 5
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "regularization": Real(0.01, 1.0, log=True),
        "epochs": Whole(5, 30),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        regularization: float = 0.1,
        epochs: int = 10,
        nonnegative: bool = False,
        blocks: int = 1,
        n_jobs: int = 1,
        master: str | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.regularization = regularization
        self.epochs = epochs
        self.nonnegative = nonnegative
        self.blocks = blocks
        self.n_jobs = n_jobs
        self.master = master
        self.random_state = random_state


def _outline(ratings: SparkRatings, user_keys: pd.Index, item_keys: pd.Index) -> Matrix:
    """Return a matrix of users by items without cells, which stay in Spark."""
    none, no_values = np.empty(0, dtype=np.int32), np.empty(0)
    return Matrix(none, none, no_values, user_keys, item_keys, "user", "item", "item", ratings.scale)
