"""Exact search for the fourth word of an analogy.

For *a is to b as c is to ?* the scores of all words are a part that belongs to the pair (a, b) and a part that belongs
to c. Questions share pairs and words, so each part is computed once, for a block of the vocabulary at a time; what is
left for each question is one addition or multiplication a word, however long the vectors are.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from toolkit.metrics.vocabulary import Ints, Vocabulary

Method = Literal["3cosadd", "3cosmul"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")
Scores = npt.NDArray[np.float32]

_WIDTH = 2048  # words of a block: what a pair's questions need of it then stays in the processor's cache
_CELLS = 2**24  # at most, of the parts of a block's scores
_EPSILON = np.float32(0.001)
_TINY = np.float32(1e-12)


def solve(vocabulary: Vocabulary, questions: Ints, method: Method) -> Ints:
    """Return the class of the best word for each question, the question's own three classes excluded.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words to search.
    questions : ndarray of int64, shape (n, 3)
        Classes of a, b and c.
    method : {"3cosadd", "3cosmul"}
        How scores are formed.

    Returns
    -------
    ndarray of int64, shape (n,)
        Of equal scores the first word's; -1 where no word is left.
    """
    if not len(questions):
        return np.empty(0, dtype=np.int64)
    distinct, question = np.unique(questions, axis=0, return_inverse=True)
    words, position = np.unique(distinct, return_inverse=True)
    position = position.reshape(distinct.shape)
    pairs, begins = np.unique(position[:, :2], axis=0, return_index=True)
    thirds = np.split(position[:, 2], begins[1:])
    best = np.full(len(distinct), _lowest(method))
    best_row = np.full(len(distinct), -1, dtype=np.int64)
    word_vectors = _unit(vocabulary.vectors[vocabulary.first_row[words]])
    width = int(np.clip(_CELLS // max(1, len(words) + len(pairs)), 1, _WIDTH))
    for start in range(0, len(vocabulary.vectors), width):
        block = slice(start, start + width)
        own = vocabulary.class_of_row[block] == words[:, np.newaxis]
        by_pair, by_third = _parts(word_vectors @ _unit(vocabulary.vectors[block]).T, own, pairs, method)
        score, column = _best_of_block(by_pair, by_third, thirds, method)
        better = score > best
        best[better], best_row[better] = score[better], start + column[better]
    return np.where(best_row < 0, -1, vocabulary.class_of_row[best_row])[question.ravel()]


def _best_of_block(by_pair: Scores, by_third: Scores, thirds: list[Ints], method: Method) -> tuple[Scores, Ints]:
    """Return the highest score of each question and its column; the questions of a pair stand together."""
    combine = np.add if method == "3cosadd" else np.multiply
    found = []
    for part, third in zip(by_pair, thirds, strict=True):
        scores = by_third[third]
        combine(scores, part, out=scores)
        column = scores.argmax(axis=1)
        found.append((scores[np.arange(len(third)), column], column))
    score, columns = zip(*found, strict=True)
    return np.concatenate(score), np.concatenate(columns)


def _lowest(method: Method) -> np.float32:
    """Return the score of a word that is excluded: it stays the lowest whatever it is combined with."""
    return np.float32(-np.inf if method == "3cosadd" else 0)


def _parts(cosines: Scores, own: npt.NDArray[np.bool_], pairs: Ints, method: Method) -> tuple[Scores, Scores]:
    """Return the part of the scores that belongs to each pair and the part that belongs to each third word.

    Parameters
    ----------
    cosines : ndarray of float32, shape (n_words, width)
        Cosine of each word of the questions with each word of the block.
    own : ndarray of bool, shape (n_words, width)
        Whether the two are of the same class.
    pairs : ndarray of int64, shape (n_pairs, 2)
        Rows of a and b.
    method : {"3cosadd", "3cosmul"}
        How scores are formed.
    """
    a, b = pairs.T
    if method == "3cosadd":
        by_pair, by_third = cosines[b] - cosines[a], cosines
    else:
        shifted = np.maximum((cosines + 1) / 2, _TINY)  # above the score of an excluded word
        by_pair, by_third = shifted[b] / (shifted[a] + _EPSILON), shifted
    by_pair[own[a] | own[b]] = _lowest(method)
    by_third[own] = _lowest(method)
    return by_pair, by_third


def _unit(vectors: Scores) -> Scores:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Scores = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
