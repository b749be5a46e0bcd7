"""Words of an embedding as questions name them: without regard to case."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError

Ints = npt.NDArray[np.int64]


class Vocabulary:
    """The first words of an embedding, put into classes of those that are equal in upper case.

    Parameters
    ----------
    embedding : Embedding
        Most frequent word first, where frequency is known.
    restrict_vocab : int or None
        How many of its words count; None for all.

    Attributes
    ----------
    vectors : ndarray of float32, shape (n, d)
        The vectors of the words that count.
    class_of_row : ndarray of int64, shape (n,)
        Class of each of them.
    first_row : ndarray of int64, shape (n_classes,)
        The first word of each class, which stands for it.

    Raises
    ------
    ParameterError
        If the embedding is empty or `restrict_vocab` is less than 1.
    """

    def __init__(self, embedding: Embedding, restrict_vocab: int | None) -> None:
        if restrict_vocab is not None and restrict_vocab < 1:
            raise ParameterError(f"restrict_vocab is {restrict_vocab}; at least one word must count")
        if not len(embedding):
            raise ParameterError("the embedding is empty; there is no word to judge")
        self.vectors = embedding.vectors[:restrict_vocab]
        classes, names = pd.factorize(_upper(embedding.keys[:restrict_vocab]))
        self.class_of_row: Ints = classes.astype(np.int64)
        self.first_row: Ints = np.unique(classes, return_index=True)[1].astype(np.int64)
        self._names = pd.Index(names)

    def classes(self, words: Iterable[str]) -> Ints:
        """Return the class of each word, -1 where it is unknown."""
        return np.asarray(self._names.get_indexer(pd.Index(_upper(words))), dtype=np.int64)


def _upper(words: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array([word.upper() for word in words], dtype=object)
