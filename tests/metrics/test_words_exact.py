"""Word pairs and analogies against going through all words, with ties, equal and zero vectors, and few words."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import Embedding
from toolkit.data import Analogies, WordPairs
from toolkit.metrics import analogy_search, evaluate_analogies, evaluate_pairs

# Lengths 0, 1 or 2 only: cosines and sums of them are exact in single precision, so that equal scores are equal.
EXACT = st.sampled_from([v for v in itertools.product((-1, 0, 1), repeat=4) if np.count_nonzero(v) in (0, 1, 4)])
KEYS = st.permutations([*"abcdefgh", *"ABCDEFGH"])
QUESTIONS = st.lists(st.tuples(*[st.sampled_from("abcdefghABCDEFGHi")] * 4), max_size=12)


def plain_counts(embedding, questions, restrict_vocab, method):
    """Count right answers, and questions of known words, one word at a time."""
    keys, vectors = embedding.keys[:restrict_vocab], embedding.vectors[:restrict_vocab]
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    first = {key.upper(): row for row, key in reversed(list(enumerate(keys)))}
    right = known = 0
    for question in questions:
        a, b, c, expected = (word.upper() for word in question)
        if not {a, b, c, expected} <= set(first):
            continue
        known += 1
        of_a, of_b, of_c = (unit @ unit[first[word]] for word in (a, b, c))
        if method == "3cosadd":
            scores = of_b - of_a + of_c
        else:
            of_a, of_b, of_c = (np.maximum((cosines + 1) / 2, np.float32(1e-12)) for cosines in (of_a, of_b, of_c))
            scores = of_b / (of_a + np.float32(1e-6)) * of_c
        left = [row for row, key in enumerate(keys) if key.upper() not in (a, b, c)]
        right += bool(left) and keys[max(left, key=scores.__getitem__)].upper() == expected
    return right, known


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
@pytest.mark.parametrize(("span", "width", "chunk"), [(128, 8192, 256), (1, 1, 1), (2, 4, 3), (3, 3, 256)])
@settings(max_examples=60)
@given(
    keys=KEYS,
    vectors=st.lists(EXACT, min_size=1, max_size=16),
    questions=QUESTIONS,
    restrict_vocab=st.none() | st.integers(1, 20),
)
def test_analogies_agree_with_going_through_all_words(
    method, span, width, chunk, keys, vectors, questions, restrict_vocab
):
    embedding = Embedding(keys[: len(vectors)], vectors)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_SPAN", span), ("_WIDTH", width), ("_QUESTIONS", chunk)):
            patch.setattr(analogy_search, name, value)
        found = evaluate_analogies(embedding, Analogies({"x": questions}), restrict_vocab, method)
    expected = plain_counts(embedding, questions, restrict_vocab, method)
    assert (found.sections["correct"].sum(), found.n) == expected


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_memory_is_that_of_a_block(method):
    rng = np.random.default_rng(0)
    embedding = Embedding([f"w{number}" for number in range(30_000)], rng.standard_normal((30_000, 4)))
    rows = [tuple(f"w{number}" for number in four) for four in rng.integers(500, size=(10_000, 4))]
    tracemalloc.start()
    evaluate_analogies(embedding, Analogies({"x": rows}), method=method)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**27, "scores of all words for all questions would take 2**30 bytes"


@settings(max_examples=60)
@given(
    keys=KEYS,
    vectors=st.lists(EXACT, min_size=1, max_size=16),
    rows=st.lists(st.tuples(*[st.sampled_from("abcdefghABCDEFGHi")] * 2, st.integers(0, 5)), min_size=1, max_size=12),
    restrict_vocab=st.none() | st.integers(1, 20),
)
def test_cosines_agree_with_going_through_all_pairs(keys, vectors, rows, restrict_vocab):
    embedding = Embedding(keys[: len(vectors)], vectors)
    upper = [key.upper() for key in embedding.keys[:restrict_vocab]]
    expected = [
        embedding.similarity(*(embedding.keys[upper.index(word.upper())] for word in (first, second)))
        for first, second, _ in rows
        if {first.upper(), second.upper()} <= set(upper)
    ]
    found = evaluate_pairs(embedding, WordPairs.from_rows(rows), restrict_vocab)
    np.testing.assert_allclose(found.predicted, expected, atol=1e-12)
    assert found.oov == pytest.approx(100 * (1 - len(expected) / len(rows)))
