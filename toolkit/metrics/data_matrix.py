"""What is known of a data matrix before it is factorised: its singular values, and how much of it is noise."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import ParameterError
from toolkit.metrics.matrices import Floats, as_matrix

Data: TypeAlias = npt.ArrayLike | sparse.sparray | sparse.spmatrix


def estimate_noise(first_half: Data, second_half: Data) -> float:
    """Return the standard deviation of a data matrix's noise, from the matrices of two halves of the data.

    Half the data has noise of twice the variance, and the difference of two halves of four times: the result is half
    the standard deviation of the difference, over all cells.

    Parameters
    ----------
    first_half, second_half : array-like or sparse, shape (n, m)
        What is factorised, such as the PMI of words, computed from each half of the data for the same rows and columns.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ParameterError
        If the shapes differ or a value is not finite.

    References
    ----------
    Yin and Shen (2018), On the dimensionality of word embedding, NeurIPS, arXiv 1812.04224.

    Examples
    --------
    >>> estimate_noise([[1, 2], [3, 4]], [[2, 1], [4, 3]])
    0.5
    """
    first, second = _as_array(first_half), _as_array(second_half)
    if first.shape != second.shape:
        raise ParameterError(
            f"the halves have shapes {first.shape} and {second.shape}; both need the same rows and columns"
        )
    difference = first - second
    cells = difference.data if sparse.issparse(difference) else difference
    n = math.prod(difference.shape)
    mean = float(cells.sum()) / n
    # what is not stored in a sparse matrix is 0, and mean away from the mean
    squares = float(np.square(cells - mean).sum()) + (n - cells.size) * mean**2
    return math.sqrt(squares / n) / 2


def spectrum(matrix: Data, k: int | None = None) -> Floats:
    """Return the singular values of a data matrix, largest first.

    Parameters
    ----------
    matrix : array-like or sparse, shape (n, m)
        What is factorised.
    k : int, optional
        How many, less than min(n, m); by default all, for which the matrix is made dense.

    Returns
    -------
    ndarray of float64, shape (min(n, m),) or (k,)
        At least 0.

    Raises
    ------
    ParameterError
        If a value is not finite or `k` is not allowed.

    Examples
    --------
    >>> spectrum([[3, 0], [0, 4]])
    array([4., 3.])
    """
    from scipy.sparse.linalg import svds

    data = _as_array(matrix)
    least = min(data.shape)
    if k is None:
        dense = data.toarray() if sparse.issparse(data) else data
        return np.asarray(np.linalg.svd(dense, compute_uv=False))
    if not 1 <= k < least:
        raise ParameterError(f"k is {k}; it must lie between 1 and {least - 1}, or be None for all singular values")
    if not (data.count_nonzero() if sparse.issparse(data) else data.any()):
        return np.zeros(k)  # of which ARPACK makes an error
    start = np.random.default_rng(0).standard_normal(least)  # or each call would end in other last digits
    return np.asarray(np.sort(svds(data, k=k, v0=start, return_singular_vectors=False))[::-1])


def _as_array(matrix: Data) -> Any:
    """Return a matrix in float64, dense or sparse as it came."""
    if not sparse.issparse(matrix):
        return as_matrix(matrix, "the data matrix").astype(np.float64)
    data = sparse.csr_array(matrix).astype(np.float64)
    if not np.isfinite(data.data).all() or not math.prod(data.shape):
        raise ParameterError(f"the data matrix, of shape {data.shape}, must have cells, all of them finite")
    return data
