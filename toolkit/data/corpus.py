"""`Corpus`: sentences of words."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data.cooccurrence import cooccurrence, ppmi
from toolkit.data.views import Matrix, Sequences
from toolkit.display import html_table
from toolkit.errors import DataError, ParameterError
from toolkit.keys import as_keys

SHOWN = 5  # rows in a notebook


@dataclass(frozen=True, eq=False)
class Corpus:
    """Sentences of words from a common vocabulary, most frequent word first.

    The vocabulary belongs to the corpus and not to a method, so that all methods are judged on the same words. As in
    word2vec, rare words are dropped before windows are laid.

    Parameters
    ----------
    words : pandas.Index, shape (n,)
        The vocabulary by falling frequency, equal ones in order of first occurrence.
    codes : ndarray of int32, shape (n_tokens,)
        All sentences as codes into `words`.
    offsets : ndarray of int64, shape (n_sentences + 1,)
        Where each sentence begins; the last entry is ``n_tokens``.
    name : str, default "corpus"
        Name of the data set.
    window : int, default 5
        Window of the matrix view, in words to either side.
    """

    words: pd.Index
    codes: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    name: str = "corpus"
    window: int = 5

    @classmethod
    def from_sentences(
        cls,
        sentences: Iterable[Sequence[str]],
        min_count: int = 5,
        max_vocabulary: int | None = None,
        name: str = "corpus",
        window: int = 5,
    ) -> Corpus:
        """Read sentences, once, and keep the words that are frequent enough.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The tokens of each sentence.
        min_count : int, default 5
            A word that occurs less often is dropped.
        max_vocabulary : int, optional
            Keep only so many of the most frequent words.
        name : str, default "corpus"
            Name of the data set.
        window : int, default 5
            Window of the matrix view.

        Returns
        -------
        Corpus

        Raises
        ------
        DataError
            If no word occurs `min_count` times.
        ParameterError
            If `max_vocabulary` is less than 1.

        Examples
        --------
        >>> corpus = Corpus.from_sentences([["a", "b", "a"], ["b", "c"]], min_count=2)
        >>> list(corpus.words), list(corpus.sequences())
        (['a', 'b'], [['a', 'b', 'a'], ['b']])
        """
        if max_vocabulary is not None and max_vocabulary < 1:
            raise ParameterError(f"max_vocabulary is {max_vocabulary}; it must be at least 1, or None for all words")
        seen: defaultdict[str, int] = defaultdict()
        seen.default_factory = seen.__len__
        if isinstance(sentences, str):
            raise DataError("sentences are one text; give lists of words, or a file to load_corpus")
        tokens, ends = array("i"), [0]  # four bytes a token
        for sentence in sentences:
            tokens.extend(map(seen.__getitem__, sentence))
            ends.append(len(tokens))
        codes = np.asarray(tokens, dtype=np.int32)
        counts = np.bincount(codes, minlength=len(seen))
        order = np.argsort(-counts, kind="stable")
        order = order[counts[order] >= min_count][:max_vocabulary]
        if not len(order):
            raise DataError(
                f"no word occurs min_count={min_count} times in {len(codes)} tokens; lower min_count or give more text"
            )
        recode = np.full(len(seen), -1, dtype=np.int32)
        recode[order] = np.arange(len(order), dtype=np.int32)
        codes = recode[codes]
        kept = np.concatenate([[0], np.cumsum(codes >= 0)])
        offsets = np.unique(kept[ends])  # sentences that are left empty go
        words = as_keys(np.array(list(seen), dtype=object)[order])
        return cls(words, codes[codes >= 0], offsets.astype(np.int64), name, window)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """ndarray of int64, shape (n,): how often each word occurs."""
        return self.sequences().counts

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Corpus({self.name!r}: {self.summary})"

    def _repr_html_(self) -> str:
        """Return the most frequent words, for a notebook."""
        counts = np.bincount(self.codes, minlength=len(self.words))[:SHOWN]
        rest = len(self.words) - len(counts)
        rows = zip(self.words[:SHOWN], counts.tolist(), strict=True)
        note = f"… and {rest:,} more words" if rest > 0 else ""
        return html_table(f"{self.name}: {self.summary}", ["word", "occurrences"], rows, note)

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} sentences, {len(self.codes):,} tokens, {len(self.words):,} words"

    def sequences(self) -> Sequences:
        """Return the sentences."""
        return Sequences(self.words, self.codes, self.offsets, "word")

    def matrix(self) -> Matrix:
        """Return words by contexts, each cell their positive pointwise mutual information.

        Windows are weighted by 1/distance and contexts smoothed with exponent .75 (Levy, Goldberg & Dagan 2015).
        """
        cells = ppmi(cooccurrence(self.sequences(), self.window)).tocoo()
        high = float(cells.data.max()) if cells.nnz else 0.0
        rows, columns = cells.row.astype(np.int32), cells.col.astype(np.int32)
        return Matrix(rows, columns, cells.data, self.words, self.words, "word", "context", "word", (0.0, high))

    def fingerprint(self) -> str:
        """Return a SHA-256 of words, tokens and sentence ends, in hexadecimal."""
        digest = hashlib.sha256("\n".join(self.words).encode())
        digest.update(self.codes.tobytes())
        digest.update(self.offsets.tobytes())
        return digest.hexdigest()
