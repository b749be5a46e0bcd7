"""Dot products pair by pair, against a loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import dots as module
from toolkit.data.dots import dots


@given(seed=st.integers(0, 1000), k=st.integers(0, 30), numbers=st.integers(1, 40))
def test_each_pair_is_a_dot_product(seed: int, k: int, numbers: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((5, 3)), rng.standard_normal((7, 3))
    rows, columns = rng.integers(-1, 5, k), rng.integers(-1, 7, k)
    expected = [left[r] @ right[c] if min(r, c) >= 0 else 0.0 for r, c in zip(rows, columns, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "NUMBERS", numbers)
        found = dots(left, rows, right, columns)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.dtype == np.float64


def test_sums_of_single_precision_are_taken_in_double() -> None:
    left = np.array([[1e8, 1.0, -1e8]], dtype=np.float32)
    assert dots(left, np.array([0]), np.ones((1, 3), dtype=np.float32), np.array([0])).tolist() == [1.0]


def test_no_rows_at_all() -> None:
    assert dots(np.zeros((0, 2)), np.array([-1]), np.ones((1, 2)), np.array([0])).tolist() == [0.0]
