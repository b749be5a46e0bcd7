"""Regularized biases: how much higher than the mean a user rates, and an item is rated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.data.views import Matrix

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Biases:
    """A value taken apart into mean, row bias and column bias: those of a rating's user and item.

    Parameters
    ----------
    mean : float
        Mean of all values.
    row : ndarray of float64, shape (n,)
        Bias of each row.
    column : ndarray of float64, shape (m,)
        Bias of each column.
    """

    mean: float
    row: FloatArray
    column: FloatArray

    def predict(self, rows: Codes, columns: Codes) -> FloatArray:
        """Return mean plus biases, shape (k,); a code of -1 is unknown and adds nothing."""
        return self.mean + known(self.row, rows) + known(self.column, columns)


def fit_biases(matrix: Matrix, damping_row: float = 10.0, damping_column: float = 5.0, epochs: int = 10) -> Biases:
    """Fit biases by alternating damped means of what is left.

    Parameters
    ----------
    matrix : Matrix
        The cells to explain, such as users by items.
    damping_row, damping_column : float, default 10 and 5
        Added to the number of cells in each mean: the larger, the nearer to 0 is a bias that rests on few of them.
    epochs : int, default 10
        Alternations; columns (items) first.

    Returns
    -------
    Biases

    References
    ----------
    Koren (2010), Factor in the neighbors: scalable and accurate collaborative filtering, ACM TKDD 4(1), section 2.1.
    With damping 15 and 10 it is Surprise's ``BaselineOnly``.
    """
    (n, m), cells = matrix.shape, matrix.csr
    mean = float(matrix.values.mean())
    residual = matrix.values - mean
    row_sums, column_sums = np.bincount(matrix.rows, residual, n), np.bincount(matrix.columns, residual, m)
    met = sparse.csr_array((np.ones_like(residual), cells.indices, cells.indptr), shape=(n, m))
    of_row, of_column = np.diff(met.indptr) + damping_row, np.bincount(matrix.columns, minlength=m) + damping_column
    row, column = np.zeros(n), np.zeros(m)
    for _ in range(epochs):
        column = (column_sums - met.T @ row) / of_column
        row = (row_sums - met @ column) / of_row
    return Biases(mean, row, column)


def known(values: FloatArray, codes: Codes) -> FloatArray:
    """Return the value of each code, 0 where the code is -1."""
    return np.asarray(np.append(values, 0.0)[codes])
