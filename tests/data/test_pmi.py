"""Mutual information with its sign, against a dense reference; and what its positive part is made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from toolkit.data.cooccurrence import pmi, ppmi

COUNTS = st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=1, max_size=5)


@given(COUNTS, st.sampled_from([1.0, 0.75, 0.5]))
def test_pmi_against_the_dense_formula(rows: list[list[int]], exponent: float) -> None:
    counts = np.array(rows, dtype=np.float64)
    found = pmi(sparse.csr_array(counts), exponent)
    assert found.shape == counts.shape
    assert found.nnz == np.count_nonzero(counts), "a cell for each count, and for no other"
    with np.errstate(divide="ignore", invalid="ignore"):
        joint = counts / counts.sum()
        of_context = counts.sum(axis=0) ** exponent / (counts.sum(axis=0) ** exponent).sum()
        expected = np.where(counts > 0, np.log(joint / (joint.sum(axis=1, keepdims=True) * of_context)), 0)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-12)


def test_pmi_has_a_sign() -> None:
    found = pmi(sparse.csr_array([[8.0, 1.0], [1.0, 8.0]])).toarray()
    assert found[0, 0] == pytest.approx(np.log(16 / 9))
    assert found[0, 1] == pytest.approx(np.log(2 / 9))


def test_pmi_of_independent_words_is_zero_and_stored() -> None:
    found = pmi(sparse.csr_array(np.outer([1, 2, 3], [4, 5.0])))
    assert found.nnz == 6
    np.testing.assert_allclose(found.toarray(), 0, atol=1e-12)


@pytest.mark.parametrize("shape", [(0, 0), (3, 2)])
def test_pmi_of_nothing_is_nothing(shape: tuple[int, int]) -> None:
    found = pmi(sparse.csr_array(shape))
    assert (found.shape, found.nnz) == (shape, 0)


@given(COUNTS, st.sampled_from([1.0, 0.75]), st.sampled_from([0.0, np.log(5)]))
def test_ppmi_is_the_positive_part_of_pmi(rows: list[list[int]], exponent: float, shift: float) -> None:
    counts = sparse.csr_array(np.array(rows, dtype=np.float64))
    signed = pmi(counts, exponent).toarray()
    expected = np.where(counts.toarray() > 0, np.maximum(signed - shift, 0), 0)
    np.testing.assert_array_equal(ppmi(counts, exponent, shift).toarray(), expected)
