"""A multilayer perceptron on a user's and an item's vector, in numpy: what is left of it when it is trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from toolkit.adapters.factors import squashed
from toolkit.data.views import Matrix
from toolkit.keys import locate, located, paired

FloatArray = npt.NDArray[np.float32]
NUMBERS = 1 << 20  # of a hidden layer at a time: bounds the memory


@dataclass(frozen=True, eq=False)
class Network:
    """A fitted network.

    Parameters
    ----------
    matrix : Matrix
        What was learned from; its keys and scale are used.
    rows : ndarray of float32, shape (n, d)
        Vectors of the rows (users).
    columns : ndarray of float32, shape (m, d)
        Vectors of the columns (items).
    layers : list of pair of ndarray
        Weights, shape (out, in), and biases, shape (out,), of each layer; the first takes both vectors, row first,
        and the last gives one number. Between them stands a rectifier.
    bounds : tuple of float
        Ends of the sigmoid that makes a value of that number.
    """

    matrix: Matrix
    rows: FloatArray
    columns: FloatArray
    layers: Sequence[tuple[FloatArray, FloatArray]]
    bounds: tuple[float, float]

    @cached_property
    def _firsts(self) -> tuple[FloatArray, FloatArray]:
        """The first layer's part for each row and column; the average one comes last, where a code of -1 finds it."""
        (weight, bias), dim = self.layers[0], self.rows.shape[1]
        rows = np.vstack([self.rows, self.rows.mean(axis=0)]) @ weight[:, :dim].T + bias
        columns = np.vstack([self.columns, self.columns.mean(axis=0)]) @ weight[:, dim:].T
        return rows, columns

    def _rest(self, hidden: FloatArray) -> FloatArray:
        """Return what the later layers make of the first one's sums, shape (k,)."""
        for weight, bias in self.layers[1:]:
            hidden = np.maximum(hidden, 0, out=hidden) @ weight.T + bias
        return hidden[:, 0]

    def score(self, keys: Iterable[object]) -> FloatArray:
        """Return the score of every column for some rows, before the sigmoid, which keeps the order; shape (k, m)."""
        positions = located(self.matrix.row_keys, keys, self.matrix.row_entity)
        of_rows, of_columns = self._firsts
        of_columns = of_columns[:-1]
        found = np.empty((len(positions), len(of_columns)), dtype=np.float32)
        step = max(1, NUMBERS // of_columns.size)
        for start in range(0, len(positions), step):
            some = of_rows[positions[start : start + step], None] + of_columns
            found[start : start + step] = self._rest(some.reshape(-1, some.shape[-1])).reshape(some.shape[:2])
        return found

    def predict(self, rows: Iterable[object], columns: Iterable[object]) -> npt.NDArray[np.float64]:
        """Return the value expected in each cell, within the scale, shape (k,).

        The average row or column stands in for an unknown one; where both are unknown it is the mean.
        """
        row_keys, column_keys = paired(rows, columns)
        r, c = locate(self.matrix.row_keys, row_keys), locate(self.matrix.column_keys, column_keys)
        of_rows, of_columns = self._firsts
        sums = np.empty(len(r), dtype=np.float32)
        step = max(1, NUMBERS // of_rows.shape[1])
        for start in range(0, len(r), step):
            some = slice(start, start + step)
            sums[some] = self._rest(of_rows[r[some]] + of_columns[c[some]])
        values = squashed(sums, self.bounds)
        values[(r < 0) & (c < 0)] = self.matrix.values.mean()
        return np.clip(values, *self.matrix.scale, out=values)
