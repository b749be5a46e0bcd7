"""Decompositions of scikit-learn: PCA, truncated SVD and non-negative matrix factorization.

They see the whole matrix, zero where nothing was observed, and rank by how they fill the zeros in.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.adapters.factors import Factors, RankingFactorization
from toolkit.allowed import Allowed
from toolkit.data.biases import Biases, fit_biases
from toolkit.data.views import Matrix
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError
from toolkit.search import Choice, Real, Space, Whole

ROUNDING = 1e-9  # relative to the values: what is less is none of theirs


class PCA(RankingFactorization):
    """Principal components, of the rows and of the columns.

    Two analyses: the vectors of the items are the scores of the items × users matrix, those of the users the scores of
    its transpose. Both are exact and work on the sparse matrix.

    Parameters
    ----------
    embedding_dim : int, default 50
        Number of components; less than either side of the matrix.
    whiten : bool, default False
        Scale every component to variance 1.
    random_state : int, default 0
        Seed of the solver's start; the result depends on it in the last digits only.
    normalization : float, default 0
        Every cell is first divided by the lengths of its row and of its column to this power. 0 leaves the matrix as it
        is; at .5 the popular items and the busy users, whose rows are long, no longer fill the first components alone.
    residuals : bool, default False
        Look at what mean, row bias and column bias leave of the values (`toolkit.data.biases`): how something was
        rated, without which it was.

    References
    ----------
    Pearson (1901), On lines and planes of closest fit to systems of points in space, Philosophical Magazine 2(11).
    Nikolakopoulos, Kalantzis, Gallopoulos & Garofalakis (2019), EigenRec: generalizing PureSVD for effective and
    efficient top-N recommendations, Knowledge and Information Systems 58, on dividing by lengths to a power.
    """

    library: ClassVar[str] = "scikit-learn"
    module: ClassVar[str] = "sklearn"
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "whiten": Choice((False, True)),
    }

    allowed: ClassVar[Mapping[str, Allowed]] = {"normalization": Allowed(float, 0)}

    def __init__(
        self,
        embedding_dim: int = 50,
        whiten: bool = False,
        random_state: int | None = 0,
        normalization: float = 0.0,
        residuals: bool = False,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.whiten = whiten
        self.random_state = random_state
        self.normalization = normalization
        self.residuals = residuals

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        from sklearn import decomposition

        _check_rank(self.embedding_dim, matrix, below=True)
        cells, lengths = self._cells(matrix)
        model = decomposition.PCA(
            self.embedding_dim, whiten=self.whiten, svd_solver="arpack", random_state=self.random_state
        )
        columns = model.fit_transform(cells.T.tocsr())
        rows = model.fit_transform(cells)
        # the scores of the rows times the components, plus the mean, are the matrix as the components see it; times the
        # lengths of the columns it is in every row as it was, but for a factor
        scores = rows * np.sqrt(model.explained_variance_) if self.whiten else rows
        mean = Biases(0.0, np.zeros(len(rows)), np.asarray(model.mean_).ravel() * lengths)
        self.factors_ = Factors(matrix, scores, model.components_.T * lengths[:, None], mean)
        return matrix.embeddings(rows, columns)

    def _cells(self, matrix: Matrix) -> tuple[sparse.csr_array, npt.NDArray[np.float64]]:
        """Return the matrix to analyse, and what its columns were divided by, shape (m,)."""
        cells, divisor = matrix.csr, np.ones(matrix.shape[1])
        if self.residuals:
            left = matrix.values - fit_biases(matrix).predict(matrix.rows, matrix.columns)
            if np.abs(left).max() <= ROUNDING * np.abs(matrix.values).max():
                raise DataError("PCA of residuals needs values that the biases do not explain; all of these they do")
            cells = sparse.coo_array((left, (matrix.rows, matrix.columns)), shape=matrix.shape).tocsr()
        if self.normalization:
            of_rows, divisor = (_lengths(cells, axis) ** self.normalization for axis in (1, 0))
            cells = sparse.diags_array(1 / of_rows) @ cells @ sparse.diags_array(1 / divisor)
        return cells.tocsr(), divisor


class TruncatedSVD(RankingFactorization):
    """The leading singular vectors of the matrix, not centred.

    Parameters
    ----------
    embedding_dim : int, default 50
        Number of singular vectors; less than either side of the matrix.
    singular_value_exponent : float, default 1
        Vectors are singular vectors times singular values to this power. 0 gives every direction the same weight, and
        1 keeps the geometry of the matrix. The ranking does not depend on it.
    random_state : int, default 0
        Seed of the solver's start; the result depends on it in the last digits only.

    References
    ----------
    Cremonesi, Koren & Turrin (2010), Performance of recommender algorithms on top-n recommendation tasks, RecSys
    (there "PureSVD"). Levy, Goldberg & Dagan (2015), TACL 3, section 3.3, on the exponent.
    """

    library: ClassVar[str] = "scikit-learn"
    module: ClassVar[str] = "sklearn"
    allowed: ClassVar[Mapping[str, Allowed]] = {"singular_value_exponent": Allowed(float)}
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "singular_value_exponent": Real(0.0, 1.0),
    }

    def __init__(
        self, embedding_dim: int = 50, singular_value_exponent: float = 1.0, random_state: int | None = 0
    ) -> None:
        self.embedding_dim = embedding_dim
        self.singular_value_exponent = singular_value_exponent
        self.random_state = random_state

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        from sklearn import decomposition

        _check_rank(self.embedding_dim, matrix, below=True)
        model = decomposition.TruncatedSVD(self.embedding_dim, algorithm="arpack", random_state=self.random_state)
        scores = model.fit_transform(matrix.csr)
        columns = model.components_.T
        self.factors_ = Factors(matrix, scores, columns)
        values = np.maximum(model.singular_values_, np.finfo(np.float64).tiny)
        power = values**self.singular_value_exponent
        return matrix.embeddings(scores / values * power, columns * power)


class NMF(RankingFactorization):
    """Non-negative matrix factorization of the whole matrix.

    Parameters
    ----------
    embedding_dim : int, default 50
        Number of parts; at most the smaller side of the matrix.
    epochs : int, default 200
        Most passes of coordinate descent.
    regularization : float, default 0
        L2 penalty, as scikit-learn scales it.
    init : {"nndsvd", "nndsvda", "random"}, default "nndsvd"
        How to start. The first keeps the factors sparse.
    random_state : int, default 0
        Seed of the start.

    References
    ----------
    Lee & Seung (1999), Learning the parts of objects by non-negative matrix factorization, Nature 401.
    """

    library: ClassVar[str] = "scikit-learn"
    module: ClassVar[str] = "sklearn"
    allowed: ClassVar[Mapping[str, Allowed]] = {"init": Allowed(words=("nndsvd", "nndsvda", "random"))}
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "regularization": Real(0.0, 0.05),
        "init": Choice(("nndsvd", "nndsvda", "random")),
    }

    def __init__(
        self,
        embedding_dim: int = 50,
        epochs: int = 200,
        regularization: float = 0.0,
        init: Literal["nndsvd", "nndsvda", "random"] = "nndsvd",
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.epochs = epochs
        self.regularization = regularization
        self.init = init
        self.random_state = random_state

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        from sklearn import decomposition
        from sklearn.exceptions import ConvergenceWarning

        _check_rank(self.embedding_dim, matrix, below=False)
        if matrix.values.min() < 0:
            raise ParameterError("NMF needs a matrix without negative values; this one holds some")
        model = decomposition.NMF(
            self.embedding_dim,
            init=self.init,
            max_iter=self.epochs,
            alpha_W=self.regularization,
            random_state=self.random_state,
        )
        with warnings.catch_warnings():
            # so many passes were asked for; that the last one still changed something is no news
            warnings.simplefilter("ignore", ConvergenceWarning)
            rows = model.fit_transform(matrix.csr)
        self.factors_ = Factors(matrix, rows, model.components_.T)
        return matrix.embeddings(rows, model.components_.T)


def _lengths(cells: sparse.csr_array, axis: int) -> npt.NDArray[np.float64]:
    """Return the Euclidean lengths of the columns (axis 0) or of the rows (axis 1); 1 for zeros."""
    lengths = np.sqrt(np.asarray(cells.multiply(cells).sum(axis=axis)).ravel())
    return np.where(lengths > 0, lengths, 1)


def _check_rank(embedding_dim: int, matrix: Matrix, below: bool) -> None:
    most = min(matrix.shape) - below
    if embedding_dim > most:
        raise ParameterError(
            f"embedding_dim is {embedding_dim}; a matrix of {matrix.shape[0]} {matrix.row_entity}s by "
            f"{matrix.shape[1]} {matrix.column_entity}s allows at most {most}"
        )
