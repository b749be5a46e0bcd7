"""Words of an embedding as questions name them: without regard to case."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError

Ints = npt.NDArray[np.int64]

_upper_keys: WeakKeyDictionary[Embedding, pa.Array] = WeakKeyDictionary()  # kept, as a vocabulary is asked many sets


class Vocabulary:
    """The first words of an embedding, and which of them some questions name.

    Words that are equal in upper case are one class, for which the first of the embedding stands.

    Parameters
    ----------
    embedding : Embedding
        Most frequent word first, where frequency is known.
    restrict_vocab : int or None
        How many of its words count; None for all.
    named : iterable of str, length m
        The words of the questions.

    Attributes
    ----------
    vectors : ndarray of float32, shape (n, d)
        The vectors of the words that count.
    named : ndarray of int64, shape (m,)
        Class of each word of the questions.
    class_of_row : ndarray of int64, shape (n,)
        Class of each word that counts, -1 where no question names it.
    first_row : ndarray of int64, shape (n_classes,)
        The first word of each class, -1 where none counts.

    Raises
    ------
    ParameterError
        If the embedding is empty or `restrict_vocab` is less than 1.
    """

    def __init__(self, embedding: Embedding, restrict_vocab: int | None, named: Iterable[str]) -> None:
        if restrict_vocab is not None and restrict_vocab < 1:
            raise ParameterError(f"restrict_vocab is {restrict_vocab}; at least one word must count")
        if not len(embedding):
            raise ParameterError("the embedding is empty; there is no word to judge")
        self.vectors = embedding.vectors[:restrict_vocab]
        self.named, classes = pd.factorize(np.array([word.upper() for word in named], dtype=object))
        found = pc.index_in(_upper(embedding, len(self.vectors)), pa.array(classes, pa.large_string()))
        self.class_of_row: Ints = found.fill_null(-1).to_numpy().astype(np.int64)
        self.first_row: Ints = np.full(len(classes), -1)
        rows = np.flatnonzero(self.class_of_row >= 0)[::-1]
        self.first_row[self.class_of_row[rows]] = rows  # of the words of a class the first is written last


def _upper(embedding: Embedding, n: int) -> pa.Array:
    """Return the first n keys in upper case."""
    known = _upper_keys.get(embedding)
    if known is None or len(known) < n:
        known = pa.array([key.upper() for key in embedding.keys[:n]], pa.large_string())
        _upper_keys[embedding] = known
    return known[:n]
