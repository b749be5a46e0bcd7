"""fastText's own model files (``.bin``); its ``.vec`` files are word2vec's text format.

The vector of a word is the mean of its own and those of its n-grams, computed as gensim does it, which differs from
fastText at the end of a sentence, ``</s>``, to which fastText gives no n-grams. The matrix stays in the file, of which
only what the wanted words need is read.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.atomic import temporary_folder
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning
from toolkit.vectors.rows import FloatArray, to_embedding
from toolkit.vectors.streams import compression, open_to_read
from toolkit.vectors.subwords import SubwordEmbedding, add_ngrams

MAGIC = struct.pack("<i", 793712314)

_ARGUMENTS = "<12id"  # dim is the first; bucket and the lengths of n-grams are the ninth and the two after it
_VOCABULARY = "<3iq"  # numbers of entries, words, labels, tokens
_WORD_TAIL = "<xqb"  # the zero that ends a word, its count, its kind
_MATRIX = "<2q"  # numbers of rows and columns
LONGEST_WORD = 10_000  # bytes
LONGEST_NGRAM = 30  # characters; six by default


@dataclass(frozen=True)
class _Model:
    """Words, and the matrix of their own vectors with those of the n-grams below them, mapped."""

    words: list[str]
    matrix: FloatArray
    lengths: tuple[int, int]
    n_undecodable: int

    @property
    def ngrams(self) -> FloatArray:
        return self.matrix[len(self.words) :]

    def vectors(self, limit: int | None) -> FloatArray:
        """Return the vectors of the first words."""
        words = self.words[:limit]
        vectors = np.array(self.matrix[: len(words)])
        vectors /= add_ngrams(vectors, words, self.ngrams, self.lengths)[:, None] + 1
        vectors.flags.writeable = False
        return vectors


def read(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read the words of a fastText model, each with the vector that gensim computes for it.

    A compressed file is decompressed into a temporary one.

    Parameters
    ----------
    path : Path
        The file, compressed or not.
    limit : int or None
        Keep only so many vectors.
    entity : str
        What the keys name.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file is damaged, or is a model with labels or a quantized one.
    """
    model = _open(path)
    _warn(model, path)
    return to_embedding(pd.Index(model.words[:limit], dtype=object), model.vectors(limit), entity, path)


def read_subwords(path: Path, limit: int | None, entity: str) -> SubwordEmbedding:
    """Read a fastText model with its n-grams, whose vectors stay in the file.

    Parameters and errors are those of `read`.
    """
    model = _open(path)
    _warn(model, path)
    try:
        return SubwordEmbedding(model.words[:limit], model.vectors(limit), entity, model.ngrams, model.lengths)
    except DataError as error:
        raise DataError(str(error), path) from None


def _warn(model: _Model, path: Path) -> None:
    if model.n_undecodable:
        warnings.warn(
            f"{path}: {model.n_undecodable} keys are not valid UTF-8; their bytes stand as \\x.. in what is read",
            ToolkitWarning,
            stacklevel=4,
        )


@contextmanager
def _plain(path: Path) -> Iterator[Path]:
    """Yield a file that is not compressed and that exists."""
    with open_to_read(path) as stream:
        if not compression(path):
            yield path
            return
        with temporary_folder() as folder:  # where the system lets no mapped file go, it stays
            plain = folder / "model.bin"
            with open(plain, "wb") as sink:
                shutil.copyfileobj(stream, sink)
            yield plain


def _open(path: Path) -> _Model:
    """Check that a file is whole, and map it."""
    with _plain(path) as plain:
        if not plain.stat().st_size:
            raise DataError("the file is empty", path)
        with open(plain, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _walk(data, plain, path)
            except struct.error:
                raise DataError(
                    "the file breaks off, or is neither word2vec's format nor a fastText model", path
                ) from None


def _walk(data: mmap.mmap, plain: Path, path: Path) -> _Model:
    new = data[: len(MAGIC)] == MAGIC  # files of before 2017 have neither magic nor version
    data.read(8 if new else 0)
    dim, *_, bucket, shortest, longest = _unpack(data, _ARGUMENTS)[:11]
    n_entries, _, n_labels, _ = _unpack(data, _VOCABULARY)
    n_pruned = _unpack(data, "<q")[0] if new else 0
    if dim < 1 or min(bucket, n_entries, shortest, longest) < 0:
        raise struct.error("a size is negative")
    if longest > LONGEST_NGRAM and bucket:
        raise DataError(f"its n-grams have up to {longest} characters, more than {LONGEST_NGRAM}: it is damaged", path)
    words = [_word(data) for _ in range(n_entries)]
    quantized = _unpack(data, "<?")[0] if new else False
    if n_labels > 0 or n_pruned > 0 or quantized:
        raise DataError("only fastText models of words can be read, neither quantized ones nor classifiers", path)
    rows, columns = _unpack(data, _MATRIX)
    if (rows, columns) != (n_entries + bucket, dim) or 4 * rows * columns > len(data) - data.tell():
        raise struct.error("the matrix has another size")
    decoded = [word.decode(errors="backslashreplace") for word in words]
    if len(set(decoded)) < len(words):
        raise DataError("a key stands twice: this fastText model is damaged", path)
    n_undecodable = sum(word.decode(errors="ignore").encode() != word for word in words)
    shape = (rows, columns)
    matrix = np.memmap(plain, "<f4", "r", data.tell(), shape) if rows else np.empty(shape, dtype=np.float32)
    return _Model(decoded, matrix.view(np.ndarray), (shortest, longest), n_undecodable)


def _word(data: mmap.mmap) -> bytes:
    start = data.tell()
    end = data.find(b"\0", start)
    if end < 0 or end - start > LONGEST_WORD:
        raise struct.error("a word breaks off")
    word = data.read(end - start)
    _unpack(data, _WORD_TAIL)
    return word


def _unpack(data: mmap.mmap, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, data.read(struct.calcsize(layout)))
