"""gensim's own files (``.model``, ``.kv``): pickles, which are read only where the user trusts them.

A pickle is a program. Reading one runs it with the rights of whoever reads it, and no check made before can tell what
it will do. So nothing here is called but for ``load_vectors(path, trust=True)``.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning, UnsupportedError
from toolkit.inputs import readable
from toolkit.vectors.rows import to_embedding
from toolkit.vectors.subwords import SubwordEmbedding

SUFFIXES = (".model", ".kv")
_PROTOCOLS = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))  # how pickles since Python 2.3 begin


def is_pickle(first: bytes) -> bool:
    """Return whether a file that begins with some bytes looks like a pickle."""
    return first.startswith(_PROTOCOLS)


def refusal(path: Path) -> UnsupportedError:
    """Return the error for a pickle that nobody said to trust."""
    return UnsupportedError(
        f"{path}: is a pickle, as gensim's own .model and .kv files are, and reading a pickle runs any program in "
        "it with your rights; if you made this file yourself or know who did, pass trust=True (--trust), and otherwise "
        "ask for it in word2vec's format, which holds numbers alone: "
        'model.wv.save_word2vec_format("vectors.bin", binary=True) in gensim'
    )


def read_trusted(path: Path, limit: int | None, entity: str, subwords: bool = False) -> Embedding:
    """Unpickle gensim's file of a model or of its vectors.

    Parameters
    ----------
    path : Path
        The file, with gensim's ``.npy`` files beside it where it has such.
    limit : int or None
        Keep only so many vectors.
    entity : str
        What the keys name.
    subwords : bool, default False
        Return a `SubwordEmbedding`, if it is of fastText.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file is missing, or holds neither ``KeyedVectors`` nor a model that has them.
    UnsupportedError
        If it has no subwords, and they are asked for.

    Warns
    -----
    ToolkitWarning
        Always: of what was run.
    """
    warnings.warn(
        f"{path}: is unpickled, as trust=True says: a program in this file, if there is one, runs now with your rights",
        ToolkitWarning,
        stacklevel=3,
    )
    vectors = _keyed_vectors(_unpickled(path), path)
    keys = pd.Index(list(vectors.index_to_key)[:limit], dtype=object).astype(str).astype(object)
    matrix = np.array(vectors.vectors[:limit], dtype=np.float32)
    ngrams = getattr(vectors, "vectors_ngrams", None)
    if not subwords:
        return to_embedding(keys, matrix, entity, path)
    if ngrams is None:
        raise UnsupportedError(f"{path}: holds {type(vectors).__name__}, which have no subwords; FastText's have")
    return SubwordEmbedding(keys, matrix, entity, np.asarray(ngrams, np.float32), (vectors.min_n, vectors.max_n))


def _unpickled(path: Path) -> Any:
    from gensim.utils import SaveLoad

    with readable(path):
        try:
            return SaveLoad.load(str(path))
        except Exception as error:  # a program was run, and what programs raise has no bounds
            raise DataError(
                f"cannot be unpickled: {type(error).__name__}: {' '.join(str(error).split())}", path
            ) from error


def _keyed_vectors(found: Any, path: Path) -> Any:
    """Return the vectors of a model, or the vectors themselves."""
    from gensim.models import KeyedVectors

    vectors = getattr(found, "wv", found)
    if not isinstance(vectors, KeyedVectors):
        kind = type(found).__name__
        raise DataError(f"holds {kind}, and neither gensim's KeyedVectors nor a model that has them", path)
    return vectors
