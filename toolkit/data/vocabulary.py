"""`Vocabulary`: keys alone, on which vectors that were learned elsewhere are laid side by side."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.data.views import Matrix, Sequences


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Keys, and nothing that could be learned about them.

    Parameters
    ----------
    keys : pandas.Index of str, shape (n,)
        Unique keys.
    name : str, default "vocabulary"
        Name of the data set.
    entity : str, default "word"
        What the keys name.
    item_table : pandas.DataFrame, optional
        Indexed by key; ``title`` and ``genres`` (separated by ``|``) are used where present.

    Examples
    --------
    >>> Vocabulary(pd.Index(["cat", "dog"], dtype=object)).matrix().csr.toarray()
    array([[1., 0.],
           [0., 1.]])
    """

    keys: pd.Index
    name: str = "vocabulary"
    entity: str = "word"
    item_table: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        return f"Vocabulary({self.name!r}: {self.summary})"

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} {self.entity}s"

    def sequences(self) -> Sequences:
        """Return each key as a sequence of its own: none has a context."""
        places = np.arange(len(self) + 1)
        return Sequences(self.keys, places[:-1].astype(np.int32), places.astype(np.int64), self.entity)

    def matrix(self) -> Matrix:
        """Return the identity, one-hot vectors: nothing can be learned from them, but null baselines have keys."""
        places = np.arange(len(self), dtype=np.int32)
        keys, entity = self.keys, self.entity
        return Matrix(places, places, np.ones(len(self)), keys, keys, entity, "context", entity, (0.0, 1.0))

    def fingerprint(self) -> str:
        """Return a SHA-256 of the keys, in hexadecimal."""
        return hashlib.sha256("\n".join(self.keys).encode()).hexdigest()
