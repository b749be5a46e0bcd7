"""Null baselines: what a method must beat before its vectors mean anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from toolkit.adapters.factors import Factors, RankingFactorization, RatingFactorization
from toolkit.allowed import Allowed
from toolkit.data.biases import Biases, fit_biases
from toolkit.data.views import Matrix
from toolkit.embedding import Embedding


class Random(RankingFactorization):
    """Independent normal vectors.

    Parameters
    ----------
    embedding_dim : int, default 50
        Length of the vectors.
    random_state : int, default 0
        Seed.
    """

    is_null: ClassVar[bool] = True

    def __init__(self, embedding_dim: int = 50, random_state: int | None = 0) -> None:
        self.embedding_dim = embedding_dim
        self.random_state = random_state

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        draw = np.random.default_rng(self.random_state).standard_normal
        rows, columns = (draw((size, self.embedding_dim), dtype=np.float32) for size in matrix.shape)
        self.factors_ = Factors(matrix, rows, columns)
        return matrix.embeddings(rows, columns)


class Bias(RatingFactorization):
    """Mean, user bias and item bias alone; the bias is the vector, of length 1.

    Parameters
    ----------
    damping_user, damping_item : float, default 10 and 5
        Added to the number of ratings in each mean.
    epochs : int, default 10
        Alternations.

    References
    ----------
    Koren (2010), Factor in the neighbors, ACM TKDD 4(1), section 2.1. Surprise's ``BaselineOnly`` is the same with
    ``damping_user=15, damping_item=10``.
    """

    is_null: ClassVar[bool] = True
    allowed: ClassVar[Mapping[str, Allowed]] = {"damping_user": Allowed(float, 0), "damping_item": Allowed(float, 0)}

    def __init__(self, damping_user: float = 10.0, damping_item: float = 5.0, epochs: int = 10) -> None:
        self.damping_user = damping_user
        self.damping_item = damping_item
        self.epochs = epochs

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        biases = fit_biases(matrix, self.damping_user, self.damping_item, self.epochs)
        self.factors_ = Factors(matrix, np.zeros((matrix.shape[0], 1)), np.zeros((matrix.shape[1], 1)), biases)
        return matrix.embeddings(biases.row[:, None], biases.column[:, None])


class Popularity(RankingFactorization):
    """How often a key occurs, the same for everybody; its logarithm is the vector, of length 1.

    With the word's contexts for users, the most frequent words of a corpus.
    """

    is_null: ClassVar[bool] = True

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        rows, columns = (
            np.bincount(codes, minlength=size)[:, None].astype(np.float64)
            for codes, size in zip((matrix.rows, matrix.columns), matrix.shape, strict=True)
        )
        nobody = Biases(0.0, np.zeros(len(rows)), columns[:, 0])
        self.factors_ = Factors(matrix, np.zeros_like(rows), np.zeros_like(columns), nobody)
        return matrix.embeddings(np.log1p(rows), np.log1p(columns))
