"""The two views that every training set offers: sequences of keys, and a sparse matrix.

A corpus is sentences of words; a user's history in time order is a sentence of films. Ratings are a matrix of users
by items; a corpus is a matrix of words by contexts. Each embedder asks for the view that it learns from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.embedding import Embedding


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of keys, stored as integer codes.

    Parameters
    ----------
    keys : pandas.Index, shape (n,)
        The keys that the codes stand for.
    codes : ndarray of int32, shape (n_tokens,)
        All sequences, one after the other.
    offsets : ndarray of int64, shape (n_sequences + 1,)
        Sequence ``s`` is ``codes[offsets[s]:offsets[s + 1]]``.
    entity : str
        What the keys name.
    """

    keys: pd.Index
    codes: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    entity: str

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[list[str]]:
        words = self.keys.to_numpy()
        for start, stop in zip(self.offsets[:-1], self.offsets[1:], strict=True):
            yield words[self.codes[start:stop]].tolist()

    def most_frequent(self, size: int) -> Sequences:
        """Return the most frequent keys alone, in their order; the others are dropped before windows are laid."""
        kept = np.sort(np.argsort(-self.counts, kind="stable")[:size])
        recode = np.full(len(self.keys), -1, dtype=np.int32)
        recode[kept] = np.arange(len(kept), dtype=np.int32)
        codes = recode[self.codes]
        ends = np.concatenate([[0], np.cumsum(codes >= 0)])[self.offsets]
        return Sequences(self.keys[kept], codes[codes >= 0], ends.astype(np.int64), self.entity)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """ndarray of int64, shape (n,): how often each key occurs."""
        return np.bincount(self.codes, minlength=len(self.keys))


@dataclass(frozen=True, eq=False)
class Matrix:
    """A sparse matrix whose rows and columns have keys; its cells keep the order of the data.

    Parameters
    ----------
    rows, columns : ndarray of int32, shape (n_cells,)
        Position of each cell. No cell stands twice.
    values : ndarray of float64, shape (n_cells,)
        What was observed there; a cell that is not listed was not observed.
    row_keys, column_keys : pandas.Index, lengths n and m
        The keys.
    row_entity, column_entity : str
        What they name: user and item, or word and context.
    main_entity : str
        The one of the two that the data set is about.
    scale : tuple of float
        The lowest and the highest value that a cell can have.
    """

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    row_keys: pd.Index
    column_keys: pd.Index
    row_entity: str
    column_entity: str
    main_entity: str
    scale: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """tuple of int: number of rows and of columns."""
        return len(self.row_keys), len(self.column_keys)

    @cached_property
    def csr(self) -> sparse.csr_array:
        """scipy.sparse.csr_array of float64, shape (n, m): the same cells, sorted; indices are int32."""
        return sparse.coo_array((self.values, (self.rows, self.columns)), shape=self.shape).tocsr()

    def embeddings(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Embedding, Embedding]:
        """Return vectors of the rows, shape (n, d), and of the columns, shape (m, e), as embeddings, main one first."""
        of_rows = Embedding(self.row_keys, rows, self.row_entity)
        of_columns = Embedding(self.column_keys, columns, self.column_entity)
        return (of_columns, of_rows) if self.main_entity == self.column_entity else (of_rows, of_columns)


@runtime_checkable
class TrainingData(Protocol):
    """What an embedder can be fitted on: `Ratings`, `Corpus`, or a class of yours."""

    @property
    def name(self) -> str:
        """Name of the data set."""

    def sequences(self) -> Sequences:
        """Return the data as sequences of keys."""

    def matrix(self) -> Matrix:
        """Return the data as a sparse matrix."""
