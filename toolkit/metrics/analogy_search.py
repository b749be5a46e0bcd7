"""Exact decision whether the expected word answers an analogy.

For *a is to b as c is to ?* the score of a word is made of a part that belongs to the pair (a, b) and a part that
belongs to c. Questions share pairs and words, so each part is computed once, for a block of the vocabulary at a time.
The highest values of the two parts over a span of words bound the scores there, also as rounded: only spans whose bound
reaches the score of the expected word are looked at, and no more of a question once a word has beaten that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.metrics.vocabulary import Ints, Vocabulary

Method = Literal["3cosadd", "3cosmul"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")
Bools = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float32]

_SPAN = 128  # words under one bound
_WIDTH = 2**13  # words of a block
_CELLS = 2**24  # at most, of a block's cosines with the words of the questions, where that leaves it a span
_QUESTIONS = 256  # taken at a time: their parts of a block's scores stay in the processor's cache
_EPSILON = np.float32(1e-6)
_TINY = np.float32(1e-12)
_LOWEST = {"3cosadd": np.float32(-8), "3cosmul": np.float32(0)}  # of an excluded word: loses whatever it is joined to


class _Block(NamedTuple):
    """Some words of the vocabulary, a multiple of the span, and what the questions' words have to do with them."""

    rows: Ints  # (width,)
    parts: Scores  # (n_words, width), the part of the scores that belongs to c; lowest for its own class
    column: Ints  # of each word of the block that is of the class of a question's word,
    word: Ints  # and that word


def answered_right(vocabulary: Vocabulary, questions: Ints, method: Method) -> Bools:
    """Return for each question whether the best word, its own three classes excluded, is of the expected class.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words to search.
    questions : ndarray of int64, shape (n, 4)
        Classes of a, b, c and the expected word.
    method : {"3cosadd", "3cosmul"}
        How scores are formed. Of equal ones the first word's counts.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    if not len(questions):
        return np.zeros(0, dtype=bool)
    distinct, question = np.unique(questions, axis=0, return_inverse=True)  # those about a pair stand together
    return _Search(vocabulary, distinct, method).decide()[question.ravel()]


class _Search:
    """The questions that no word has beaten yet."""

    def __init__(self, vocabulary: Vocabulary, questions: Ints, method: Method) -> None:
        positions, words = pd.factorize(questions[:, [2, 0, 1]].ravel(order="F"))
        self._third, *pair = positions.reshape(3, -1)
        self._thirds = int(self._third.max()) + 1  # words that are a c come first
        self._pairs, of_question = np.unique(np.column_stack(pair), axis=0, return_inverse=True)
        self._pair = of_question.ravel()
        self._vocabulary, self._expected = vocabulary, questions[:, 3]
        self._add, self._lowest = method == "3cosadd", _LOWEST[method]
        self._unit = _unit(vocabulary.vectors[vocabulary.first_row[words]])
        self._word_of_class = np.full(len(vocabulary.first_row) + 1, -1)  # the last is found for class -1
        self._word_of_class[words] = np.arange(len(words))
        self._right: Bools = (questions[:, 3:] != questions[:, :3]).all(axis=1)
        self._target = np.full(len(questions), self._lowest)  # score of the expected word
        self._target_row = np.zeros(len(questions), dtype=np.int64)

    def decide(self) -> Bools:
        """Return whether each question is answered right."""
        everything = np.arange(len(self._vocabulary.vectors))
        expected = np.flatnonzero(np.isin(self._vocabulary.class_of_row, self._expected))
        for block in self._blocks(expected):
            self._set_targets(block)
        for block in chain(self._blocks(expected), self._blocks(everything)):  # answers often beat one another
            self._drop_beaten(block)
        return self._right

    def _blocks(self, rows: Ints) -> Iterator[_Block]:
        width = max(_SPAN, min(_WIDTH, _CELLS // len(self._unit)) // _SPAN * _SPAN)
        for start in range(0, len(rows), width):
            yield self._block(rows[start : start + width])

    def _block(self, rows: Ints) -> _Block:
        rows = np.pad(rows, (0, -len(rows) % _SPAN), mode="edge")  # to stand twice changes no word's score
        parts = self._unit @ _unit(self._vocabulary.vectors[rows]).T
        if not self._add:
            parts += 1
            parts /= 2
            np.maximum(parts, _TINY, out=parts)  # above the score of an excluded word
        words = self._word_of_class[self._vocabulary.class_of_row[rows]]
        column = np.flatnonzero(words >= 0)
        word = words[column]
        parts[word, column] = self._lowest
        return _Block(rows, parts, column, word)

    def _chunks(self, block: _Block) -> Iterator[tuple[Ints, Scores, Ints]]:
        """Yield open questions, the part of the block's scores of each pair among them, and the pair of each."""
        questions = np.flatnonzero(self._right)
        for start in range(0, len(questions), _QUESTIONS):
            chosen = questions[start : start + _QUESTIONS]
            used, pair = np.unique(self._pair[chosen], return_inverse=True)
            a, b = self._pairs[used].T
            parts = block.parts[b]
            if self._add:
                parts -= block.parts[a]
            else:
                parts /= block.parts[a] + _EPSILON
            row, own = np.nonzero((block.word == a[:, np.newaxis]) | (block.word == b[:, np.newaxis]))
            parts[row, block.column[own]] = self._lowest
            yield chosen, parts, pair

    def _joined(self, by_third: Scores, by_pair: Scores) -> Scores:
        """Return the scores of two parts, in place of the first."""
        return (np.add if self._add else np.multiply)(by_third, by_pair, out=by_third)

    def _set_targets(self, block: _Block) -> None:
        """Score the expected words in the block; of a class, the best word counts, of equal ones the first."""
        classes = self._vocabulary.class_of_row[block.rows]
        for chosen, parts, pair in self._chunks(block):
            scores = self._joined(block.parts[self._third[chosen]], parts[pair])
            scores[classes != self._expected[chosen, np.newaxis]] = self._lowest
            column = scores.argmax(axis=1)
            score = scores[np.arange(len(chosen)), column]
            better = score > self._target[chosen]
            self._target[chosen[better]], self._target_row[chosen[better]] = score[better], block.rows[column[better]]

    def _drop_beaten(self, block: _Block) -> None:
        """Drop the questions whose expected word a word of the block beats."""
        spans = len(block.rows) // _SPAN
        by_third = block.parts.reshape(-1, _SPAN)
        highest = by_third[: self._thirds * spans].max(axis=1).reshape(-1, spans)
        for chosen, parts, pair in self._chunks(block):
            third, target, by_pair = self._third[chosen], self._target[chosen], parts.reshape(-1, _SPAN)
            bounds = self._joined(highest[third], by_pair.max(axis=1).reshape(-1, spans)[pair])
            place, span = np.divmod(np.flatnonzero(bounds >= target[:, np.newaxis]), spans)
            scores = self._joined(by_third[third[place] * spans + span], by_pair[pair[place] * spans + span])
            reaching, column = np.divmod(np.flatnonzero(scores >= target[place, np.newaxis]), _SPAN)
            row, question = block.rows[span[reaching] * _SPAN + column], chosen[place[reaching]]
            beaten = (scores[reaching, column] > self._target[question]) | (row < self._target_row[question])
            # a product of another shape may round the expected word's own score up
            beaten &= self._vocabulary.class_of_row[row] != self._expected[question]
            self._right[question[beaten]] = False


def _unit(vectors: Scores) -> Scores:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Scores = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
