"""The two views that every training set offers: sequences of keys, and a sparse matrix.

A corpus is sentences of words; a user's history in time order is a sentence of films. Ratings are a matrix of users
by items; a corpus is a matrix of words by contexts. Each embedder asks for the view that it learns from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse


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

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """ndarray of int64, shape (n,): how often each key occurs."""
        return np.bincount(self.codes, minlength=len(self.keys))


@dataclass(frozen=True, eq=False)
class Matrix:
    """A sparse matrix whose rows and columns have keys.

    Parameters
    ----------
    values : scipy.sparse.csr_array, shape (n, m)
        The cells, float64; a cell that is not stored was not observed.
    row_keys, column_keys : pandas.Index
        The keys, of lengths n and m.
    row_entity, column_entity : str
        What they name: user and item, or word and context.
    scale : tuple of float
        The lowest and the highest value that a cell can have.
    """

    values: sparse.csr_array
    row_keys: pd.Index
    column_keys: pd.Index
    row_entity: str
    column_entity: str
    scale: tuple[float, float]


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
