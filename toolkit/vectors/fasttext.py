"""fastText's own model files (``.bin``); its ``.vec`` files are word2vec's text format.

gensim computes the vector of a word from its own and those of its n-grams, as fastText does but for the end of a
sentence, ``</s>``, to which fastText gives no n-grams. gensim trusts the file, and reads on for ever where the
vocabulary breaks off, so the structure is checked before.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning
from toolkit.vectors.rows import to_embedding
from toolkit.vectors.streams import compression, open_to_read

MAGIC = struct.pack("<i", 793712314)

_ARGUMENTS = "<12id"  # dim is the first, bucket the ninth
_VOCABULARY = "<3iq"  # numbers of entries, words, labels, tokens
_WORD_TAIL = "<xqb"  # the zero that ends a word, its count, its kind
_MATRIX = "<2q"  # numbers of rows and columns


def read(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read the words of a fastText model, each with the vector that gensim computes for it.

    The whole file is read, whatever the limit. A compressed one is decompressed into a temporary file.

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
    from gensim.models.fasttext import load_facebook_vectors

    with _plain(path) as plain:
        n_undecodable = _check(plain, path)
        model = load_facebook_vectors(str(plain))
    if n_undecodable:
        warnings.warn(
            f"{path}: {n_undecodable} keys are not valid UTF-8; their bytes stand as \\x.. in what is read",
            ToolkitWarning,
            stacklevel=3,
        )
    keys = pd.Index(model.index_to_key[:limit], dtype=object)
    vectors = model.vectors if limit is None else model.vectors[:limit].copy()
    return to_embedding(keys, vectors, entity, path)


@contextmanager
def _plain(path: Path) -> Iterator[Path]:
    """Yield a file that is not compressed and that exists."""
    with open_to_read(path) as stream:
        if not compression(path):
            yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "model.bin"
            with open(plain, "wb") as sink:
                shutil.copyfileobj(stream, sink)
            yield plain


def _check(plain: Path, path: Path) -> int:
    """Check that a file is whole; return how many of its keys are not valid UTF-8."""
    if not plain.stat().st_size:
        raise DataError("the file is empty", path)
    with open(plain, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            words = _walk(data, path)
        except struct.error:
            raise DataError("the file breaks off, or is neither word2vec's format nor a fastText model", path) from None
    if len({word.decode(errors="backslashreplace") for word in words}) < len(words):
        raise DataError("a key stands twice: this fastText model is damaged", path)
    return sum(word.decode(errors="ignore").encode() != word for word in words)


def _walk(data: mmap.mmap, path: Path) -> list[bytes]:
    new = data[: len(MAGIC)] == MAGIC  # files of before 2017 have neither magic nor version
    data.read(8 if new else 0)
    dim, *_, bucket = _unpack(data, _ARGUMENTS)[:9]
    n_entries, _, n_labels, _ = _unpack(data, _VOCABULARY)
    n_pruned = _unpack(data, "<q")[0] if new else 0
    if dim < 1 or bucket < 0 or n_entries < 0:
        raise struct.error("a size is negative")
    words = [_word(data) for _ in range(n_entries)]
    quantized = _unpack(data, "<?")[0] if new else False
    if n_labels > 0 or n_pruned > 0 or quantized:
        raise DataError("only fastText models of words can be read, neither quantized ones nor classifiers", path)
    rows, columns = _unpack(data, _MATRIX)
    if (rows, columns) != (n_entries + bucket, dim) or 4 * rows * columns > len(data) - data.tell():
        raise struct.error("the matrix has another size")
    return words


def _word(data: mmap.mmap) -> bytes:
    start = data.tell()
    end = data.find(b"\0", start)
    if end < 0:
        raise struct.error("a word breaks off")
    word = data.read(end - start)
    _unpack(data, _WORD_TAIL)
    return word


def _unpack(data: mmap.mmap, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, data.read(struct.calcsize(layout)))
