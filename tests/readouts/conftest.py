"""Small ratings and vectors on which the regressions are worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit import Embedding, Ratings

N_USERS, N_ITEMS, DIM = 14, 16, 5


@pytest.fixture
def train() -> Ratings:
    """Ratings of users with one to fifteen of them: more and fewer than dimensions."""
    rng = np.random.default_rng(2)
    rows = [(user, item) for user in range(N_USERS) for item in rng.permutation(N_ITEMS)[: user + 1]]
    frame = pd.DataFrame(rows, columns=["user", "item"])
    return Ratings.from_frame(frame.assign(rating=rng.integers(1, 6, len(frame))), scale=(1, 5))


@pytest.fixture
def item() -> Embedding:
    """Vectors of the items, one of them of zeros."""
    vectors = np.random.default_rng(3).standard_normal((N_ITEMS, DIM))
    vectors[3] = 0
    return Embedding([*range(N_ITEMS - 1), "unrated"], vectors, entity="item")  # item 15 has none
