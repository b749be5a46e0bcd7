"""A small table of ratings."""

from __future__ import annotations

import pandas as pd
import pytest


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user": [30, 10, 30, 20],
            "item": ["y", "x", "x", "z"],
            "rating": [4, 1, 5, 2],
            "when": [9, 8, 7, 6],
            "part": ["test", "train", "train", "test"],
        },
        index=[7, 7, 5, 1],
    )
