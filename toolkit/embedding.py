"""`Embedding`: keys and a matrix, the thing that is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit import arrowfile, layers
from toolkit.display import html_table
from toolkit.errors import DataError, UnknownNameError
from toolkit.keys import all_unique, as_keys, located

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

FloatArray = npt.NDArray[np.float32]
SHOWN = 6  # keys, and components of each, in a notebook
BLOCK = 1 << 16  # rows at a time: bounds the memory
NUMBERS = 1 << 18  # looked at at a time, so that they stay in the processor's cache


class Embedding:
    """Keys and an n × d matrix; immutable.

    Parameters
    ----------
    keys : iterable, length n
        Unique keys; anything that is not a string is turned into one.
    vectors : array-like, shape (n, d)
        A row for each key, at least one column; kept as float32. An array that can be written to is copied.
    entity : str, default "word"
        What the keys name: ``"word"``, ``"item"``, ``"user"``, ...

    Raises
    ------
    DataError
        If the shapes do not agree, a key stands twice or a value is not finite.

    Examples
    --------
    >>> emb = Embedding(["cat", "dog", "car"], [[1, 0], [1, 1], [0, -1]])
    >>> emb.dim, len(emb), "cat" in emb
    (2, 3, True)
    >>> round(emb.similarity("cat", "dog"), 4)
    0.7071
    >>> emb.neighbors("cat", k=1)
       key  similarity
    0  dog    0.707107
    """

    def __init__(self, keys: Iterable[object], vectors: npt.ArrayLike, entity: str = "word") -> None:
        index = as_keys(keys)
        matrix = np.asarray(vectors, dtype=np.float32)
        if matrix.flags.writeable and np.may_share_memory(matrix, vectors):
            matrix = matrix.copy()
        if matrix.ndim != 2 or len(matrix) != len(index):
            raise DataError(f"{len(index)} keys need vectors of shape ({len(index)}, d), not {matrix.shape}")
        if not matrix.shape[1]:
            raise DataError(f"vectors of shape {matrix.shape} are vectors without dimensions")
        if not all_unique(index):
            raise DataError(f"key {index[index.duplicated()][0]!r} stands twice; keys must be unique")
        row = _not_finite(matrix)
        if row is not None:
            raise DataError(f"the vector of {index[row]!r} holds a value that is not finite")
        self._set(index, matrix, entity)

    def _set(self, keys: pd.Index, vectors: FloatArray, entity: str) -> None:
        vectors = vectors.view()
        vectors.flags.writeable = False
        self._keys, self._vectors, self._entity = keys, vectors, entity

    @property
    def keys(self) -> pd.Index:
        """pandas.Index of str, shape (n,): the keys in row order."""
        return self._keys

    @property
    def vectors(self) -> FloatArray:
        """ndarray of float32, shape (n, d): the matrix, read-only."""
        return self._vectors

    @property
    def entity(self) -> str:
        """str: what the keys name."""
        return self._entity

    @property
    def dim(self) -> int:
        """int: the number of columns, d."""
        return int(self._vectors.shape[1])

    @cached_property
    def unit_vectors(self) -> FloatArray:
        """ndarray of float32, shape (n, d): the rows scaled to length 1; a zero row stays zero.

        A mapped file in which a value is not finite is found here, and refused by a `DataError`.
        """
        unit = np.empty_like(self._vectors)
        for start in range(0, len(self), BLOCK):
            rows = self._vectors[start : start + BLOCK].astype(np.float64)  # whose squares neither vanish nor overflow
            norms = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
            if not np.isfinite(norms).all():  # of a mapped file, in which nobody looked
                row = start + int(np.argmin(np.isfinite(norms)))
                raise DataError(f"the vector of {self._keys[row]!r} holds a value that is not finite")
            unit[start : start + BLOCK] = rows / np.where(norms > 0, norms, 1)
        unit.flags.writeable = False
        return unit

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return str(key) in self._keys

    def __getitem__(self, key: object) -> FloatArray:
        """Return the vector of a key, shape (d,)."""
        vector: FloatArray = self._vectors[self._row(key)]
        return vector

    def __repr__(self) -> str:
        return f"Embedding({len(self)} {self.entity}s × {self.dim})"

    def _repr_html_(self) -> str:
        """Return the first keys with their norms and first components, for a notebook."""
        rows = self._vectors[:SHOWN].astype(np.float64)
        columns = min(self.dim, SHOWN)
        header = ["key", "norm", *map(str, range(1, columns + 1)), *(["…"] if columns < self.dim else [])]
        cells = [
            [key, float(np.linalg.norm(row)), *row[:columns].tolist(), *(["…"] if columns < self.dim else [])]
            for key, row in zip(self._keys[:SHOWN], rows, strict=True)
        ]
        rest = len(self) - len(cells)
        return html_table(f"Embedding: {self.summary}", header, cells, f"… and {rest:,} more" if rest else "")

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} {self.entity}s × {self.dim}"

    def fingerprint(self) -> str:
        """Return a SHA-256 of keys and vectors, in hexadecimal."""
        digest = hashlib.sha256("\n".join(self._keys).encode(errors="surrogatepass"))
        digest.update(np.ascontiguousarray(self._vectors).data)
        return digest.hexdigest()

    def _row(self, key: object) -> int:
        try:
            return int(self._keys.get_loc(str(key)))
        except KeyError:
            raise UnknownNameError(self.entity, key, self._keys) from None
        except TypeError:  # a mapped file that only says that its keys are unique
            raise DataError(f"key {str(key)!r} stands twice; keys must be unique") from None

    def subset(self, keys: Iterable[object]) -> Embedding:
        """Return the embedding of some keys, in the order given.

        Raises
        ------
        UnknownNameError
            If a key is not known.
        """
        wanted = as_keys(keys)
        return Embedding(wanted, self._vectors[located(self._keys, wanted, self.entity)], self.entity)

    def similarity(self, first: object, second: object) -> float:
        """Return the cosine of two keys' vectors, in [-1, 1]; 0 where one of them is zero."""
        a, b = (self[key].astype(np.float64) for key in (first, second))
        norms = float(np.linalg.norm(a) * np.linalg.norm(b))
        return min(max(float(a @ b) / norms, -1.0), 1.0) if norms else 0.0

    def neighbors(self, key: object, k: int = 10) -> pd.DataFrame:
        """Return the keys whose vectors have the largest cosine with a key's vector.

        Parameters
        ----------
        key : str
            A key of this embedding; it is left out of the result.
        k : int, default 10
            How many neighbours; all of them where there are fewer.

        Returns
        -------
        pandas.DataFrame
            Columns ``key`` and ``similarity``, best first, equal ones in key order.
        """
        row, unit = self._row(key), self.unit_vectors
        similarity = np.vecdot(unit, unit[row])  # row by row: a product by BLAS may tell equal rows apart
        order = np.argsort(-similarity, kind="stable")
        order = order[order != row][: max(k, 0)]
        return pd.DataFrame({"key": self._keys[order], "similarity": similarity[order]})

    def save(self, path: str | Path) -> None:
        """Write to an Arrow file that `load` opens memory-mapped."""
        arrowfile.write(path, self._keys, self._vectors, self.entity)

    @staticmethod
    def load(path: str | Path) -> Embedding:
        """Open a file that `save` wrote, memory-mapped.

        Raises
        ------
        DataError
            If the file is missing or is not such a file.
        """
        embedding = Embedding.__new__(Embedding)
        embedding._set(*arrowfile.read(path))
        return embedding

    @staticmethod
    def from_layer(layer: Any, keys: Iterable[object], entity: str = "item") -> Embedding:
        """Take the weights out of an embedding layer of PyTorch or Keras, as they are now.

        Parameters
        ----------
        layer : torch.nn.Embedding, torch.nn.EmbeddingBag or keras.layers.Embedding
            On any device, of any float type; Keras 3 with any backend.
        keys : iterable, length n
            A key for each row of the layer, padding and unknown included; `subset` leaves those out afterwards.
        entity : str, default "item"
            What the keys name.

        Returns
        -------
        Embedding
            A copy: further training does not change it.

        Raises
        ------
        UnsupportedError
            If it is no such layer, or one of Keras that has no weights yet.
        DataError
            If there are more or fewer keys than rows.
        """
        index = as_keys(keys)
        return Embedding(index, layers.weights(layer, len(index)), entity)

    def to_gensim(self) -> KeyedVectors:
        """Return gensim's KeyedVectors with the same keys, order and vectors."""
        from gensim.models import KeyedVectors

        vectors: Any = KeyedVectors(self.dim)
        vectors.add_vectors(list(self._keys), self._vectors)
        return vectors


def _not_finite(matrix: FloatArray) -> int | None:
    """Return the first row with a value that is not finite."""
    step = max(1, NUMBERS // matrix.shape[1])
    for start in range(0, len(matrix), step):
        finite = np.isfinite(matrix[start : start + step])
        if not finite.all():
            return start + int(np.argmin(finite.all(axis=1)))
    return None
