"""Keys and vectors on their way between a file and an `Embedding`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning

FloatArray = npt.NDArray[np.float32]
Keys = npt.NDArray[np.object_]  # of str

BLOCK = 1 << 14  # rows moved at a time where some are dropped


class Rows:
    """Keys and a matrix that grow block by block.

    Room is set aside for as many rows as the rest of the file would hold if they were like those of the first block,
    whatever a header promises; it takes memory only when it is filled. The matrix of a compressed file outgrows it, in
    place: its peak is a sixteenth above its final size.

    Parameters
    ----------
    width : int
        Numbers in a vector.
    size : int
        Bytes in the file.
    most : int, optional
        No more than so many rows will come.
    """

    def __init__(self, width: int, size: int, most: int | None = None) -> None:
        self.width = width
        self._size = size
        self._most = most
        self._keys: list[Keys] = [np.empty(0, dtype=object)]
        self._matrix: FloatArray = np.empty((0, width), dtype=np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, keys: Keys, vectors: FloatArray, taken: int) -> None:
        """Add the rows of a block of `taken` bytes, vectors of shape (len(keys), width)."""
        stop = self._count + len(keys)
        if not self._count:
            expected = int(stop * self._size / taken * 1.02)
            expected = max(stop, expected if self._most is None else min(expected, self._most))
            self._matrix = np.empty((expected, self.width), dtype=np.float32)
        elif stop > len(self._matrix):
            self._matrix.resize((stop + stop // 16, self.width), refcheck=False)
        self._matrix[self._count : stop] = vectors
        self._keys.append(keys)
        self._count = stop

    def finish(self) -> tuple[pd.Index, FloatArray]:
        """Return keys and matrix."""
        self._matrix.resize((self._count, self.width), refcheck=False)
        return pd.Index(np.concatenate(self._keys), dtype=object, copy=False), self._matrix


def to_embedding(keys: pd.Index, vectors: FloatArray, entity: str, path: Path) -> Embedding:
    """Build the embedding that a reader returns; of a key that stands twice, the first vector is kept.

    The matrix is not copied, and it is changed where rows are dropped.

    Raises
    ------
    DataError
        If the shapes do not agree or a value is not finite.
    """
    kept = vectors.view()
    kept.flags.writeable = False  # so that it is not copied
    try:
        return Embedding(keys, kept, entity)
    except DataError as error:
        again = keys.duplicated()
        if not again.any():
            raise DataError(str(error), path) from None
    warnings.warn(
        f"{path}: {again.sum()} vectors passed over because their key stands above already, such as {keys[again][0]!r}",
        ToolkitWarning,
        stacklevel=4,  # who called load_vectors, which called the reader
    )
    return to_embedding(keys[~again], _drop(vectors, again), entity, path)


def check_keys(keys: Iterable[str]) -> None:
    """Check that keys can be told from what surrounds them in a file of text or of word2vec's binary format.

    Raises
    ------
    DataError
        If a key contains a space or a line end, begins with a byte order mark, or is not valid Unicode.
    """
    for key in keys:
        if " " in key or "\n" in key or key.startswith("\ufeff") or key.encode(errors="ignore").decode() != key:
            raise DataError(
                f"key {key!r} cannot be written to this format, because it contains a space or a line end, begins "
                "with a byte order mark or is not valid Unicode"
            )


def _drop(matrix: FloatArray, dropped: npt.NDArray[np.bool_]) -> FloatArray:
    stop = 0
    for start in range(0, len(matrix), BLOCK):
        kept = matrix[start : start + BLOCK][~dropped[start : start + BLOCK]]
        matrix[stop : stop + len(kept)] = kept
        stop += len(kept)
    return matrix[:stop]
