"""`Corpus`: the vocabulary and the sentences that are left, against a slow reference."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Corpus
from toolkit.data import TrainingData
from toolkit.data.cooccurrence import cooccurrence, ppmi
from toolkit.errors import DataError, ParameterError

SENTENCES = st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1, max_size=8)


@given(SENTENCES, st.integers(1, 4), st.none() | st.integers(1, 4))
def test_against_a_slow_reference(sentences: list[list[str]], min_count: int, most: int | None) -> None:
    counts = Counter(word for sentence in sentences for word in sentence)  # in order of first occurrence
    words = sorted((word for word in counts if counts[word] >= min_count), key=lambda word: -counts[word])[:most]
    kept = [[word for word in sentence if word in words] for sentence in sentences]
    if not words:
        with pytest.raises(DataError, match=f"no word occurs min_count={min_count} times in {counts.total()} tokens"):
            Corpus.from_sentences(sentences, min_count, most)
        return
    corpus = Corpus.from_sentences(sentences, min_count, most)
    assert corpus.words.tolist() == words
    assert list(corpus.sequences()) == [sentence for sentence in kept if sentence]
    assert len(corpus) == sum(map(bool, kept))
    assert corpus.counts.tolist() == [counts[word] for word in words]
    assert corpus.sequences().counts.tolist() == corpus.counts.tolist()
    assert (corpus.codes.dtype, corpus.offsets.dtype) == (np.int32, np.int64)


def test_sentences_are_read_once() -> None:
    corpus = Corpus.from_sentences((line.split() for line in ["a b a", "b c"]), min_count=2, name="x", window=3)
    assert corpus.words.tolist() == ["a", "b"]
    assert repr(corpus) == "Corpus('x': 2 sentences, 4 tokens, 2 words)"
    assert (corpus.name, corpus.window) == ("x", 3)
    assert isinstance(corpus, TrainingData)


def test_another_window_is_another_matrix() -> None:
    corpus = Corpus.from_sentences([["a", "b", "c", "d"]] * 2, min_count=1, window=1)
    wide = replace(corpus, window=3)
    assert (corpus.window, wide.window) == (1, 3)
    assert cooccurrence(wide.sequences(), wide.window).nnz == 12
    expected = ppmi(cooccurrence(corpus.sequences(), 3))
    np.testing.assert_array_equal(wide.matrix().csr.toarray(), expected.toarray())
    assert list(wide.sequences()) == list(corpus.sequences())


def test_matrix_is_the_mutual_information() -> None:
    sentences = [list("abacad"), list("bcbd"), list("aaf")]
    corpus = Corpus.from_sentences(sentences, min_count=1, window=2)
    matrix = corpus.matrix()
    expected = ppmi(cooccurrence(corpus.sequences(), 2))
    np.testing.assert_array_equal(matrix.csr.toarray(), expected.toarray())
    assert (matrix.row_entity, matrix.column_entity, matrix.main_entity) == ("word", "context", "word")
    assert matrix.row_keys.tolist() == matrix.column_keys.tolist() == corpus.words.tolist()
    assert matrix.scale == (0.0, expected.max())
    assert (matrix.rows.dtype, matrix.columns.dtype) == (np.int32, np.int32)


def test_words_without_neighbors_have_an_empty_matrix() -> None:
    matrix = Corpus.from_sentences([["a"], ["b"]], min_count=1).matrix()
    assert (len(matrix.values), matrix.shape, matrix.scale) == (0, (2, 2), (0.0, 0.0))


def test_no_text_at_all() -> None:
    for sentences in ([], [[]], [[], []]):
        with pytest.raises(DataError, match="no word occurs min_count=1 times in 0 tokens"):
            Corpus.from_sentences(sentences, min_count=1)


@pytest.mark.parametrize("most", [0, -2])
def test_a_vocabulary_has_a_size(most: int) -> None:
    with pytest.raises(ParameterError, match=f"max_vocabulary is {most}"):
        Corpus.from_sentences([["a", "b", "c"]], min_count=1, max_vocabulary=most)


def test_fingerprint_changes_with_words_tokens_and_sentences() -> None:
    texts = [
        [["a", "b"], ["a"]],
        [["a", "b"], ["b"]],
        [["a", "c"], ["a"]],
        [["a", "b", "a"]],
        [["a"], ["b"], ["a"]],
        [["a", "b"], ["a"], ["a"]],
    ]
    prints = [Corpus.from_sentences(text, min_count=1).fingerprint() for text in texts]
    assert len(set(prints)) == len(prints)
    assert Corpus.from_sentences(texts[0], min_count=1, name="other").fingerprint() == prints[0]


def test_lee(lee: Corpus) -> None:
    assert lee.words[0] == "the"
    assert (np.diff(lee.counts) <= 0).all()
    assert lee.counts.min() == 5
    assert len(lee) == 300
