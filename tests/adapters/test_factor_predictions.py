"""Ratings predicted from two factor matrices, against a loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Ratings
from toolkit.adapters.factors import Factors
from toolkit.data.biases import Biases

USERS, ITEMS = ["ann", "bob", "cat"], ["w", "x", "y", "z"]
FRAME = pd.DataFrame({"user": ["ann", "bob", "cat", "ann"], "item": ITEMS, "rating": [1, 5, 4, 3]})


@pytest.mark.parametrize("biased", [True, False])
@given(
    pairs=st.lists(st.tuples(st.sampled_from([*USERS, "new"]), st.sampled_from([*ITEMS, "new"]))),
    seed=st.integers(0, 1000),
)
def test_each_pair_by_itself(biased: bool, pairs: list[tuple[str, str]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.standard_normal((3, 2)), rng.standard_normal((4, 2))
    biases = Biases(3.0, rng.standard_normal(3), rng.standard_normal(4)) if biased else None
    factors = Factors(Ratings.from_frame(FRAME, scale=(1, 5)).matrix(), rows, columns, biases)
    row, column = dict(zip(USERS, rows, strict=True)), dict(zip(ITEMS, columns, strict=True))
    expected = []
    for user, item in pairs:
        known = user in row and item in column
        if biases is None:
            value = row[user] @ column[item] if known else 13 / 4
        else:
            value = 3.0 + (row[user] @ column[item] if known else 0)
            value += biases.row[USERS.index(user)] if user in row else 0
            value += biases.column[ITEMS.index(item)] if item in column else 0
        expected.append(min(max(value, 1), 5))
    predicted = factors.predict([user for user, _ in pairs], [item for _, item in pairs])
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=1e-12)
    assert predicted.dtype == np.float64
