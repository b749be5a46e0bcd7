"""Hand-made subjects: what a task makes of them can be worked out on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from toolkit import Embedder, Embedding, Ratings


class Told(Embedder):
    """An embedder that is told what to answer, and keeps what it and its clones were fitted on."""

    view = "none"
    seen: ClassVar[list[Any]] = []

    def __init__(self, item: Embedding | None = None, ratings: Sequence[float] = (), scores: Any = None) -> None:
        self.item = item
        self.ratings = ratings
        self.scores = scores

    def _learn(self, data: Any) -> Sequence[Embedding]:
        self.seen.append(data)
        return [] if self.item is None else [self.item]

    def predict(self, users: Iterable[object], items: Iterable[object]) -> np.ndarray:
        return np.array(self.ratings, dtype=float)

    def score_items(self, users: Iterable[object]) -> np.ndarray:
        scores: Mapping[object, Sequence[float]] = self.scores
        return np.array([scores[user] for user in users], dtype=float)


@pytest.fixture
def told() -> type[Told]:
    """Return the class, which has not seen anything yet."""
    Told.seen.clear()
    return Told


@pytest.fixture
def rate() -> Callable[..., Ratings]:
    """Return a function from rows of user, item, rating to ratings from 1 to 5."""

    def build(rows: Sequence[tuple[str, str, float]], **options: Any) -> Ratings:
        return Ratings.from_frame(pd.DataFrame(rows, columns=["user", "item", "rating"]), scale=(1, 5), **options)

    return build
