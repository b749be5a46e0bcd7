"""Vectors of words made from those of their character n-grams, as fastText makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from toolkit.embedding import Embedding
from toolkit.errors import DataError, UnknownNameError
from toolkit.keys import as_keys, locate

FloatArray = npt.NDArray[np.float32]

BLOCK = 1 << 12  # words at a time


class SubwordEmbedding(Embedding):
    """An embedding that can also make up the vector of a key that it does not hold, where it is asked to.

    Everything else treats such a key as unknown. What `subset` gives, and what is saved, is a plain `Embedding`.

    Parameters
    ----------
    keys : iterable, length n
        Unique keys.
    vectors : array-like, shape (n, d)
        A row for each key.
    entity : str
        What the keys name.
    ngrams : ndarray of float32, shape (b, d)
        Vectors that the n-grams share by hashing.
    lengths : tuple of two int
        Fewest and most characters of an n-gram.
    """

    def __init__(
        self,
        keys: Iterable[object],
        vectors: npt.ArrayLike,
        entity: str,
        ngrams: FloatArray,
        lengths: tuple[int, int],
    ) -> None:
        super().__init__(keys, vectors, entity)
        self._ngrams, self._lengths = ngrams, lengths

    def infer(self, keys: Iterable[object]) -> Embedding:
        """Return vectors for any keys: their own where they are known, else the mean of their n-grams' vectors.

        Parameters
        ----------
        keys : iterable
            Unique keys, known or not.

        Returns
        -------
        Embedding
            In the order given.

        Raises
        ------
        UnknownNameError
            If a key is not known and too short to have an n-gram, or the model has none.
        DataError
            If a key stands twice, or is not valid Unicode.
        """
        wanted = as_keys(keys)
        rows = locate(self.keys, wanted)
        vectors = np.zeros((len(wanted), self.dim), dtype=np.float32)
        vectors[rows >= 0] = self.vectors[rows[rows >= 0]]
        unknown = np.flatnonzero(rows < 0)
        made = np.zeros((len(unknown), self.dim), dtype=np.float32)
        counts = add_ngrams(made, list(wanted[unknown]), self._ngrams, self._lengths)
        if not counts.all():
            raise UnknownNameError(self.entity, wanted[unknown[np.argmin(counts)]], self.keys)
        vectors[unknown] = made / counts[:, None]
        return Embedding(wanted, vectors, self.entity)


def add_ngrams(
    vectors: FloatArray, words: Sequence[str], ngrams: FloatArray, lengths: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """Add to each word's vector, in place, those of its n-grams; return how many it has, shape (n,).

    They are added one after the other in single precision, so that the result has gensim's bits.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, d)
        What is added to.
    words : sequence of str, length n
        The words.
    ngrams : ndarray of float32, shape (b, d)
        Vectors of the n-grams; there may be none.
    lengths : tuple of two int
        Fewest and most characters of an n-gram.

    Raises
    ------
    DataError
        If a word is not valid Unicode.
    """
    from gensim.models.fasttext import ft_ngram_hashes

    counts = np.zeros(len(words), dtype=np.float32)
    if not len(ngrams):
        return counts
    for start in range(0, len(words), BLOCK):
        block = slice(start, start + BLOCK)
        try:
            buckets = [ft_ngram_hashes(word, *lengths, len(ngrams)) for word in words[block]]
        except UnicodeEncodeError as error:
            raise DataError(f"key {error.object[1:-1]!r} is not valid Unicode") from None
        counts[block] = list(map(len, buckets))
        for column in zip_longest(*buckets, fillvalue=-1):  # the first n-gram of each word, the second, ...
            chosen = np.array(column)
            rows = np.flatnonzero(chosen >= 0)
            vectors[start + rows] += ngrams[chosen[rows]]
    return counts
