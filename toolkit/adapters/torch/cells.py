"""Products of embedding layers in a few cells of words by contexts, the work that GloVe and SGNS share.

Gradients are sums over cells. Written for autograd, a batch gathers two vectors a cell and scatters two; as sampled
and sparse matrix products it does neither, and adds up in the same order every time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

Codes = npt.NDArray[np.int32]


def layer(weights: npt.NDArray[np.float32], device: torch.device) -> torch.nn.Embedding:
    """Return an embedding layer on a device that starts with these weights, shape (n, d)."""
    import torch

    size, dim = weights.shape
    return torch.nn.Embedding(size, dim, _weight=torch.from_numpy(weights)).to(device)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep back PyTorch's notices that its sparse rows are young and unchecked."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse (CSR|invariant)", category=UserWarning)
        yield


class Cells:
    """Some cells of a matrix of words by contexts; a cell may stand several times.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (n_cells,)
        Where they are. They are kept sorted by row; `order` says which is which.
    shape : tuple of int
        Numbers of words and of contexts.
    device : torch.device
        Where the products are made.

    Attributes
    ----------
    order : ndarray of int64, shape (n_cells,)
        Positions of the kept cells among those given.
    per_row, per_column : torch.Tensor of int32, shapes (n_words,) and (n_contexts,)
        How many cells each has.
    """

    def __init__(self, rows: Codes, columns: Codes, shape: tuple[int, int], device: torch.device) -> None:
        import torch

        self.shape = shape
        self.order = _order(rows, shape[0])
        rows, columns = (each[self.order].astype(np.int32) for each in (rows, columns))
        by_column = _order(columns, shape[1])
        starts = [_starts(codes, size) for codes, size in zip((rows, columns), shape, strict=True)]
        self._rows, self._columns, self._by_column, self._rows_by_column, self._row_starts, self._column_starts = (
            torch.from_numpy(each).to(device)
            for each in (rows, columns, by_column.astype(np.int32), rows[by_column], *starts)
        )
        self.per_row, self.per_column = self._row_starts.diff(), self._column_starts.diff()

    def products(self, words: torch.Tensor, contexts: torch.Tensor) -> torch.Tensor:
        """Return each cell's product of its word's vector with its context's, shape (n_cells,)."""
        import torch

        if len(self._columns) > self.shape[0] * self.shape[1]:  # so many, some of them twice, PyTorch does not store
            return (words @ contexts.T)[self._rows, self._columns]
        found = torch.zeros(len(self._columns), device=words.device)
        cells = torch.sparse_csr_tensor(self._row_starts, self._columns, found, size=self.shape)
        torch.sparse.sampled_addmm(cells, words, contexts.T, out=cells)  # writes into `found`
        return found

    def times(self, values: torch.Tensor, contexts: torch.Tensor) -> torch.Tensor:
        """Return the matrix of these cells' values times the contexts' vectors, shape (n_words, d)."""
        return _sums(self._columns, self._row_starts, values, contexts)

    def transposed_times(self, values: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """Return the transposed matrix of these cells' values times the words' vectors, shape (n_contexts, d)."""
        return _sums(self._rows_by_column, self._column_starts, values[self._by_column], words)


def _sums(codes: torch.Tensor, starts: torch.Tensor, values: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    from torch.nn import functional

    return functional.embedding_bag(codes, vectors, starts[:-1], mode="sum", per_sample_weights=values)


def _order(codes: Codes, size: int) -> npt.NDArray[np.int64]:
    """Return what sorts codes below a size, stably; numpy sorts short integers by radix, many times as fast."""
    return np.argsort(codes.astype(np.uint16) if size <= 1 << 16 else codes, kind="stable")


def _starts(codes: Codes, size: int) -> Codes:
    return np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=size))]).astype(np.int32)
