"""Co-occurrence and mutual information, against slow references."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from toolkit import Corpus
from toolkit.data import Sequences
from toolkit.data import cooccurrence as module
from toolkit.data.cooccurrence import cooccurrence, ppmi
from toolkit.errors import ParameterError

SENTENCES = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=9), min_size=1, max_size=5)
COUNTS = st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=1, max_size=5)


def sequences(sentences: list[list[str]]) -> Sequences:
    return Corpus.from_sentences(sentences, min_count=1).sequences()


def cells(counts: sparse.csr_array, keys: list[str]) -> dict[tuple[str, str], float]:
    coo = counts.tocoo()
    return {(keys[i], keys[j]): value for i, j, value in zip(coo.row, coo.col, coo.data, strict=True) if value}


@pytest.mark.parametrize("block", [1, 3, 1 << 22])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(sentences=SENTENCES, window=st.integers(1, 10), harmonic=st.booleans())
def test_windows_against_a_slow_count(
    monkeypatch: pytest.MonkeyPatch, block: int, sentences: list[list[str]], window: int, harmonic: bool
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    expected: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sentence in sentences:
        for here, word in enumerate(sentence):
            for there, context in enumerate(sentence):
                if 0 < abs(here - there) <= window:
                    expected[word, context] += 1 / abs(here - there) if harmonic else 1
    data = sequences(sentences)
    counts = cooccurrence(data, window, harmonic)
    assert counts.shape == (len(data.keys), len(data.keys))
    assert cells(counts, data.keys.tolist()) == pytest.approx(dict(expected))
    assert abs(counts - counts.T).max() == 0


@given(SENTENCES)
def test_whole_sequences_against_a_slow_count(sentences: list[list[str]]) -> None:
    expected: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sentence in sentences:
        for word in set(sentence):
            for context in set(sentence) - {word}:
                expected[word, context] += 1
    data = sequences(sentences)
    counts = cooccurrence(data, None)
    assert cells(counts, data.keys.tolist()) == dict(expected)
    assert counts.nnz == len(expected)


@pytest.mark.parametrize("window", [0, -3])
def test_a_window_has_a_width(window: int) -> None:
    with pytest.raises(ParameterError, match=f"window is {window}; it must be at least 1, or None"):
        cooccurrence(sequences([["a", "b"]]), window)


@given(COUNTS, st.sampled_from([0.75, 1.0, 0.5]), st.sampled_from([0.0, 0.4, np.log(5)]))
def test_ppmi_against_the_dense_formula(rows: list[list[int]], exponent: float, shift: float) -> None:
    counts = np.array(rows, dtype=np.float64)
    if not counts.any():
        return
    found = ppmi(sparse.csr_array(counts), exponent, shift)
    joint = counts / counts.sum()
    of_word = joint.sum(axis=1, keepdims=True)
    of_context = counts.sum(axis=0) ** exponent / (counts.sum(axis=0) ** exponent).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.nan_to_num(np.log(joint / (of_word * of_context)) - shift, nan=0, neginf=0, posinf=0)
    np.testing.assert_allclose(found.toarray(), np.maximum(expected, 0), atol=1e-12)
    assert found.shape == counts.shape
    assert (found.data > 0).all()


def test_ppmi_of_independent_words_is_nothing() -> None:
    assert ppmi(sparse.csr_array(np.outer([1, 2, 3], [4, 5.0])), context_exponent=1, shift=1e-9).nnz == 0


def test_ppmi_does_not_change_the_counts() -> None:
    counts = cooccurrence(sequences([["a", "b", "a", "c"]]), 2)
    before = counts.copy()
    ppmi(counts, shift=1.0)
    assert (counts != before).nnz == 0


def test_a_stored_zero_is_no_count() -> None:
    stored = sparse.csr_array(([2.0, 0.0, 1.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    assert stored.nnz == 3
    np.testing.assert_allclose(ppmi(stored).toarray(), ppmi(sparse.csr_array(stored.toarray())).toarray())
