"""How the vectors of one embedding lie: how many directions they use, and how evenly."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.correlation import spearman
from toolkit.metrics.matrices import Floats, as_matrix, blocks, gram, nearest_rows, triangle, unit_rows


@metric(
    MetricInfo(
        "effective_rank",
        "Effective rank",
        "neutral",
        1,
        math.inf,
        "The exponential of the entropy of the singular values' shares: how many dimensions are in use.",
        digits=2,
        reference="Roy and Vetterli (2007)",
    )
)
def effective_rank(vectors: npt.ArrayLike, *, center: bool = False) -> float:
    """Return the effective rank: exp(-Σ p ln p), p being the singular values divided by their sum.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing.
    center : bool, default False
        Whether the mean of each column is taken away first. The definition takes the matrix as it is; a mean common to
        all vectors then counts as a direction.

    Returns
    -------
    float
        In [1, min(n, d)]: 1 where all vectors lie on one line, d where the singular values are equal; nan where all are
        zero.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    References
    ----------
    Roy and Vetterli (2007), The effective rank: a measure of effective dimensionality, EUSIPCO.

    Examples
    --------
    >>> round(effective_rank([[1, 0], [0, 1], [1, 1], [1, -1]]), 6)
    2.0
    >>> round(effective_rank([[3, 0], [0, 1]]), 4)
    1.7548
    """
    matrix = as_matrix(vectors)
    values = np.linalg.svd(triangle(matrix, center=center), compute_uv=False)
    if not values.any():
        return math.nan
    shares = values / values.sum()
    shares = shares[shares > 0]
    return _between(1, float(np.exp(-(shares @ np.log(shares)))), min(matrix.shape))


@metric(
    MetricInfo(
        "participation_ratio",
        "Participation ratio",
        "neutral",
        1,
        math.inf,
        "The squared sum of the covariance's eigenvalues, divided by the sum of their squares.",
        digits=2,
    )
)
def participation_ratio(vectors: npt.ArrayLike) -> float:
    """Return the participation ratio (Σλ)²/Σλ² of the eigenvalues λ of the covariance of the columns.

    The covariance is of the vectors less their mean: each column is centred. No eigenvalue need be computed, for the
    sums are the covariance's trace and its sum of squares.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing.

    Returns
    -------
    float
        In [1, d]: 1 where all variance lies in one direction, d where it is equal in all; nan where all vectors are
        equal.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    References
    ----------
    Gao, Trautmann, Yu et al. (2017), A theory of multineuronal dimensionality, dynamics and measurement, bioRxiv
    214262.

    Examples
    --------
    >>> participation_ratio([[1, 0], [-1, 0], [0, 1], [0, -1]])
    2.0
    >>> participation_ratio([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    covariance = gram(as_matrix(vectors), center=True)
    trace = float(np.trace(covariance))
    if trace == 0:
        return math.nan
    return _between(1, float(1 / np.square(covariance / trace).sum()), len(covariance))


@metric(
    MetricInfo(
        "isoscore",
        "IsoScore",
        "neutral",
        0,
        1,
        "How even the variance is, (participation ratio - 1)/(dimensions - 1): 0 where it lies in one direction.",
    )
)
def isoscore(vectors: npt.ArrayLike) -> float:
    """Return (PR - 1)/(d - 1), PR being the `participation_ratio`.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing; the columns are centred.

    Returns
    -------
    float
        In [0, 1]; nan where all vectors are equal, or there is one dimension.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    References
    ----------
    Rudman, Gillman, Rayne and Eickhoff (2022), IsoScore: measuring the uniformity of embedding space utilization,
    Findings of ACL. The closed form is that of the score of the covariance in its principal axes.

    Examples
    --------
    >>> isoscore([[1, 0], [-1, 0], [0, 1], [0, -1]])
    1.0
    """
    d = as_matrix(vectors).shape[1]
    return (participation_ratio(vectors) - 1) / (d - 1) if d > 1 else math.nan


@metric(
    MetricInfo(
        "mean_cosine",
        "Mean cosine",
        "neutral",
        -1,
        1,
        "The mean cosine of all pairs of different vectors; far from 0 where all point the same way.",
    )
)
def mean_cosine(vectors: npt.ArrayLike) -> float:
    """Return the mean cosine of all pairs of different rows: (‖Σû‖² - n)/(n(n - 1)), û being the rows of length 1.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing. Rows of length 0 have no direction and are left out.

    Returns
    -------
    float
        In [-1/(n - 1), 1]; nan where fewer than two rows have a direction.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    References
    ----------
    Ethayarajh (2019), How contextual are contextualized word representations?, EMNLP.

    Examples
    --------
    >>> round(mean_cosine([[1, 0], [0, 2], [3, 0]]), 4)
    0.3333
    """
    matrix = as_matrix(vectors)
    total, n = np.zeros(matrix.shape[1]), 0
    for rows in blocks(*matrix.shape):
        unit = unit_rows(matrix[rows].astype(np.float64))
        total += unit.sum(axis=0)
        n += int(unit.any(axis=1).sum())
    return _between(-1 / (n - 1), float((total @ total - n) / (n * (n - 1))), 1) if n > 1 else math.nan


@metric(
    MetricInfo(
        "hubness@k",
        "Hubness@{k}",
        "neutral",
        -math.inf,
        math.inf,
        "The skewness of how often each vector is among the {k} nearest of the others, by cosine.",
        digits=2,
        reference="Radovanović, Nanopoulos and Ivanović (2010)",
    )
)
def hubness(vectors: npt.ArrayLike, k: int = 10) -> float:
    """Return the skewness of the k-occurrence: how often each vector is among the `k` nearest of the others.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing. The nearest are those of largest cosine, equal ones (to six digits) by row; the cosine
        with a row of length 0 is 0.
    k : int, default 10
        How many neighbours, from 1 to n - 1.

    Returns
    -------
    float
        E(N - μ)³/σ³ of the counts N; large where a few vectors are neighbours of very many; 0 where all counts are
        equal.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers, or `k` is not allowed.

    Notes
    -----
    Takes n² d multiplications, a block of rows at a time: draw a sample of the rows where there are very many.

    References
    ----------
    Radovanović, Nanopoulos and Ivanović (2010), Hubs in space: popular nearest neighbors in high-dimensional data, JMLR
    11.

    Examples
    --------
    >>> round(hubness([[1, 0], [1, 0.1], [1, -0.2], [0.5, 1]], k=1), 4)
    0.0
    """
    unit = unit_rows(as_matrix(vectors))
    counts = np.zeros(len(unit))
    for _, nearest in nearest_rows(unit, k):
        counts += np.bincount(nearest.ravel(), minlength=len(unit))
    deviations = counts - k  # each row has k neighbours, so that k is the mean
    spread = float(np.mean(deviations**2))
    return float(np.mean(deviations**3) / spread**1.5) if spread else 0.0


def gram_matrix(vectors: npt.ArrayLike, *, center: bool = False) -> Floats:
    """Return the cosines of all pairs of columns: the columns' normalised Gram matrix.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing.
    center : bool, default False
        Whether the mean of each column is taken away first; the cosines are then the columns' correlations.

    Returns
    -------
    ndarray of float64, shape (d, d)
        Each in [-1, 1], 1 on the diagonal; 0 in the row and column of a zero column.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    Examples
    --------
    >>> gram_matrix([[1, 3], [0, 4]])
    array([[1. , 0.6],
           [0.6, 1. ]])
    """
    products = gram(as_matrix(vectors), center=center)
    lengths = np.sqrt(np.diag(products))
    lengths[lengths == 0] = 1
    cosines = np.clip(products / lengths / lengths[:, None], -1, 1)
    cosines[np.diag_indices_from(cosines)] = np.diag(products) > 0
    return np.asarray(cosines)


@metric(
    MetricInfo(
        "orthogonality",
        "Orthogonality",
        "neutral",
        0,
        1,
        "The share of the squared cosines of all pairs of columns off the diagonal; 0 where all are orthogonal.",
    )
)
def orthogonality(vectors: npt.ArrayLike, *, center: bool = False) -> float:
    """Return the off-diagonal share of the columns' Gram matrix: 0 where the dimensions are orthogonal to each other.

    It is the share of the sum of squared entries of `gram_matrix`, whose entries are cosines: each dimension counts
    alike, however long it is, and neither the scale of the vectors nor that of a column changes the value. A rotation
    does: this is about the dimensions as they are given.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing. Columns of zeros have no direction and are left out.
    center : bool, default False
        Whether the mean of each column is taken away first, so that uncorrelated columns have 0.

    Returns
    -------
    float
        In [0, 1 - 1/d], the upper end where all columns are parallel; nan where all are zero. Independent Gaussian
        columns of n rows have about (d - 1)/(n + d - 1).

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers.

    Examples
    --------
    >>> orthogonality([[1, 1], [1, -1]])
    0.0
    >>> round(orthogonality([[1, 2], [1, 2]]), 6)
    0.5
    """
    squares = np.square(gram_matrix(vectors, center=center))
    total = float(squares.sum())
    return float((total - np.trace(squares)) / total) if total else math.nan


@metric(
    MetricInfo(
        "norm_frequency",
        "Norm and frequency",
        "neutral",
        -1,
        1,
        "Spearman rank correlation of the vectors' lengths with how often the words or items occur.",
    )
)
def norm_frequency(vectors: npt.ArrayLike, frequencies: npt.ArrayLike) -> float:
    """Return the Spearman rank correlation of the vectors' lengths with frequencies.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing.
    frequencies : array-like, shape (n,)
        How often each occurs.

    Returns
    -------
    float
        In [-1, 1]; nan where all lengths or all frequencies are equal, or there are fewer than two.

    Raises
    ------
    ParameterError
        If `vectors` are no matrix of finite numbers, or there is not one finite frequency for each.

    References
    ----------
    Schakel and Wilson (2015), Measuring word significance using distributed representations of words, arXiv 1508.02297.

    Examples
    --------
    >>> round(norm_frequency([[3, 4], [1, 0], [0, 2]], [100, 3, 7]), 6)
    1.0
    """
    matrix, counts = as_matrix(vectors), np.asarray(frequencies)
    if counts.shape != (len(matrix),):
        raise ParameterError(f"frequencies have shape {counts.shape}; {len(matrix)} vectors need ({len(matrix)},)")
    lengths = np.concatenate([np.linalg.norm(matrix[r].astype(np.float64), axis=1) for r in blocks(*matrix.shape)])
    return spearman(lengths, counts)


def _between(low: float, value: float, high: float) -> float:
    """Return the value, which rounding alone can have taken out of its range."""
    return float(min(max(low, value), high))
