"""Ranking by expected ratings: the scores of the biases and the ridge readouts are their predictions, not clipped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import Embedding, Ratings, readout
from toolkit.embedder import RanksByProducts
from toolkit.errors import UnknownNameError

OPTIONS: dict[str, dict[str, float]] = {
    "bias": {},
    "ridge": {"penalty": 2.0},
    "ridge-two-sided": {"penalty": 2.0, "item_penalty": 3.0},
}


@pytest.fixture(params=OPTIONS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def train() -> Ratings:
    """Return ratings on a scale so wide that nothing is clipped."""
    rng = np.random.default_rng(0)
    rows = [(user, item, rng.normal(3, 1)) for user in range(12) for item in rng.permutation(10)[: 2 + user % 7]]
    return Ratings.from_frame(pd.DataFrame(rows, columns=["user", "item", "rating"]), scale=(-99, 99))


@pytest.fixture
def ranker(name: str, train: Ratings) -> Any:
    keys = [*train.item_keys[:7][::-1], "unrated"]  # in another order, some without vectors, one without ratings
    item = Embedding(keys, np.random.default_rng(1).standard_normal((len(keys), 3)), "item")
    return readout(name, item=item, **OPTIONS[name]).fit(train)


def columns(ranker: Any, train: Ratings) -> pd.Index:
    return ranker.item.keys if hasattr(ranker, "item") else train.item_keys


def test_scores_are_the_ratings_expected(ranker: Any, train: Ratings) -> None:
    keys, users = columns(ranker, train), train.user_keys[[4, 0, 7]]
    scores = ranker.score_items(users)
    assert scores.shape == (3, len(keys))
    expected = ranker.predict(np.repeat(users, len(keys)), [*keys] * 3).reshape(3, -1)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-12)
    assert np.ptp(expected) > 0.1


def test_products_rank_as_the_scores_do(ranker: Any, train: Ratings) -> None:
    assert isinstance(ranker, RanksByProducts)
    of_users, of_items = ranker.score_factors(train.user_keys)
    lacking = ranker.score_items(train.user_keys) - of_users @ of_items.T
    np.testing.assert_allclose(lacking, np.repeat(lacking[:, :1], lacking.shape[1], axis=1), rtol=0, atol=1e-12)


def test_scores_are_not_clipped(name: str) -> None:
    rows = [(user, item, 5 if item < 3 else 1) for user in range(30) for item in range(4)]
    loved = [("fan", item, 5) for item in range(4)]
    train = Ratings.from_frame(pd.DataFrame([*rows, *loved], columns=["user", "item", "rating"]), scale=(1, 5))
    item = Embedding(train.item_keys, np.random.default_rng(1).standard_normal((4, 2)), "item")
    scores = readout(name, item=item, **OPTIONS[name]).fit(train).score_items(["fan"])
    assert scores.max() > 5
    assert len(set(scores[0])) > 1


def test_unknown_user_names_the_nearest(ranker: Any) -> None:
    for method in (ranker.score_items, ranker.score_factors):
        with pytest.raises(UnknownNameError, match="unknown user '13'"):
            method(["1", "13"])
