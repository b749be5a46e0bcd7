"""Large matrices a block of rows at a time: d × d products, triangular factors and nearest rows, in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.metrics.topk import top_columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.floating[Any]]

DIGITS = 6  # to which cosines are compared
_CELLS = 1 << 22  # of a block
_FLAT = 1e-28  # of its squares: what is left of a column of equal numbers, less their mean, is rounding


def as_matrix(vectors: npt.ArrayLike, name: str = "vectors", least: int = 1) -> Matrix:
    """Return vectors as a matrix of real numbers, float32 where they are so and float64 otherwise.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing; an `Embedding` has them as ``.vectors``.
    name : str, default "vectors"
        What messages call it.
    least : int, default 1
        The fewest rows that are allowed.

    Raises
    ------
    ParameterError
        If it is not a matrix with at least so many rows and one column, or a value is not real and finite.
    """
    try:
        matrix = np.asarray(vectors)
    except ValueError as error:
        raise ParameterError(f"{name} must be a matrix (n, d), with as many numbers in each row: {error}") from error
    if matrix.ndim != 2 or len(matrix) < least or not matrix.shape[1]:
        raise ParameterError(
            f"{name} must be a matrix (n, d) with n at least {least} and d at least 1, not of shape {matrix.shape}"
        )
    if matrix.dtype.kind not in "fiub":
        raise ParameterError(f"{name} are {matrix.dtype}; they must be real numbers")
    if matrix.dtype not in (np.float32, np.float64):
        matrix = matrix.astype(np.float64)
    for rows in blocks(*matrix.shape):
        if not np.isfinite(matrix[rows]).all():
            raise ParameterError(f"{name} hold a value that is not finite, in rows {rows.start} to {rows.stop - 1}")
    return matrix


def as_pair(first: npt.ArrayLike, second: npt.ArrayLike, least: int = 1) -> tuple[Matrix, Matrix]:
    """Return two matrices with as many rows, each row of one standing for the same thing as that of the other.

    Raises
    ------
    ParameterError
        As `as_matrix`, or if the numbers of rows differ.
    """
    x, y = as_matrix(first, "the first vectors", least), as_matrix(second, "the second vectors", least)
    if len(x) != len(y):
        raise ParameterError(
            f"the first vectors have {len(x)} rows and the second {len(y)}; both need a row for each common key "
            "(common_rows gives them)"
        )
    return x, y


def blocks(n: int, width: int) -> Iterator[slice]:
    """Yield slices of `n` rows, each with a bounded number of cells of rows of the given width."""
    step = max(1, _CELLS // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def column_means(matrix: Matrix) -> Floats:
    """Return the mean of each column, shape (d,), in float64; that of equal numbers is exact but for the last digit.

    A plain sum of n numbers may be off by n roundings. A second pass adds the mean of what the first one left.
    """
    means = np.zeros(matrix.shape[1])
    for _ in range(2):
        left = np.zeros_like(means)
        for rows in blocks(*matrix.shape):
            left += (matrix[rows] - means).sum(axis=0)
        means += left / len(matrix)
    return means


def centred(matrix: Matrix) -> Floats:
    """Return the rows less their mean, in float64; a column of equal numbers becomes exactly zero."""
    rows = np.asarray(matrix - column_means(matrix), dtype=np.float64)
    squares = np.einsum("ij,ij->j", matrix, matrix, dtype=np.float64)
    rows[:, np.einsum("ij,ij->j", rows, rows) <= _FLAT * squares] = 0
    return rows


def gram(matrix: Matrix, center: bool = False) -> Floats:
    """Return the products of all pairs of columns, shape (d, d), of the rows less their mean if `center`.

    Products are summed in float64. The centred ones with a column of equal numbers are zero.
    """
    means = column_means(matrix) if center else np.zeros(matrix.shape[1])
    total, squares = np.zeros((matrix.shape[1],) * 2), np.zeros(matrix.shape[1])
    for rows in blocks(*matrix.shape):
        block = matrix[rows].astype(np.float64)
        squares += np.square(block).sum(axis=0)
        block -= means
        total += block.T @ block
    flat = np.diag(total) <= _FLAT * squares
    total[flat] = total[:, flat] = 0
    return total


def triangle(*matrices: Matrix, center: bool = False) -> Floats:
    """Return the triangular factor R of matrices side by side, shape (min(n, d), d), d being all their columns.

    The matrix is Q R with orthonormal columns in Q. So R has its singular values, and all inner products of its
    columns, to full precision, where those of the products of columns have half the digits.

    Parameters
    ----------
    *matrices : ndarray of float, shapes (n, d1), (n, d2), ...
        As `as_matrix` gives them.
    center : bool, default False
        Whether the mean of each column is taken away first.

    References
    ----------
    Demmel, Grigori, Hoemmen and Langou (2012), Communication-optimal parallel and sequential QR and LU factorizations,
    SIAM Journal on Scientific Computing 34: factors of blocks of rows, one after another.
    """
    n, d = len(matrices[0]), sum(matrix.shape[1] for matrix in matrices)
    means = [column_means(matrix) if center else np.zeros(matrix.shape[1]) for matrix in matrices]
    factor, squares = np.zeros((0, d)), np.zeros(d)
    for rows in blocks(n, d):
        parts = [matrix[rows].astype(np.float64) for matrix in matrices]
        squares += np.concatenate([np.square(part).sum(axis=0) for part in parts])
        block = np.hstack([part - mean for part, mean in zip(parts, means, strict=True)])
        factor = np.asarray(np.linalg.qr(np.vstack([factor, block]), mode="r"))
    factor[:, np.square(factor).sum(axis=0) <= _FLAT * squares] = 0
    return factor


def unit_rows(matrix: Matrix) -> Matrix:
    """Return the rows scaled to length 1, in the dtype given; a zero row stays zero."""
    unit = np.empty_like(matrix)
    for rows in blocks(*matrix.shape):
        block = matrix[rows].astype(np.float64)
        largest = np.abs(block).max(axis=1, keepdims=True)
        block /= np.where(largest > 0, largest, 1)  # squares of its largest value alone could vanish or overflow
        lengths = np.linalg.norm(block, axis=1, keepdims=True)
        unit[rows] = block / np.where(lengths > 0, lengths, 1)
    return unit


def nearest_rows(unit: Matrix, k: int) -> Iterator[tuple[slice, Ints]]:
    """Yield blocks of rows, each with its rows' `k` nearest other rows: those of largest cosine.

    Cosines are compared to six digits, for equal rows may differ in the last bits of a product; equal ones by row.

    Parameters
    ----------
    unit : ndarray of float, shape (n, d)
        Rows of length 1, or 0.
    k : int
        From 1 to n - 1.

    Raises
    ------
    ParameterError
        If `k` is not allowed.
    """
    n = len(unit)
    if not 1 <= k < n:
        raise ParameterError(f"k is {k}; it must lie between 1 and the number of other rows, {n - 1}")
    for rows in blocks(n, n):
        cosines = (unit[rows] * 10**DIGITS) @ unit.T
        np.rint(cosines, out=cosines)
        cosines[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = -np.inf
        yield rows, top_columns(cosines, k)
