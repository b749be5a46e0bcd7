"""The readouts that rank: by hand, and against a slow mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit import Embedding, Ratings, readout
from toolkit.errors import UnknownNameError
from toolkit.testing import small_ratings

HISTORY = pd.DataFrame({"user": ["ann", "ann", "bob", "cat"], "item": ["x", "y", "y", "w"], "rating": [5, 1, 3, 2]})


@pytest.fixture
def item() -> Embedding:
    return Embedding(["z", "y", "x"], [[0, 2], [3, 4], [1, 0]], entity="item")  # w has no vector


def test_dot_by_hand(item: Embedding) -> None:
    scores = readout("dot", item=item).fit(Ratings.from_frame(HISTORY)).score_items(["bob", "ann", "cat"])
    # ann's mean vector is (2, 2); the columns are z, y, x
    np.testing.assert_allclose(scores, [[8, 25, 3], [4, 14, 2], [0, 0, 0]])


def test_cosine_by_hand(item: Embedding) -> None:
    scores = readout("cosine", item=item).fit(Ratings.from_frame(HISTORY)).score_items(["bob", "ann", "cat"])
    ann = np.array([1 + 0.6, 0.8]) / np.hypot(1.6, 0.8)  # the mean of unit vectors, scaled to length 1
    expected = [[0.8, 1.0, 0.6], [ann[1], 0.6 * ann[0] + 0.8 * ann[1], ann[0]], [0, 0, 0]]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_user_vectors_take_the_place_of_means(item: Embedding) -> None:
    user = Embedding(["new", "ann"], [[1, 1], [0, -5]], entity="user")
    train = Ratings.from_frame(HISTORY)
    dot = readout("dot", item=item, user=user).fit(train).score_items(["ann", "new"])
    np.testing.assert_allclose(dot, [[-10, -20, 0], [2, 7, 1]])
    cosine = readout("cosine", item=item, user=user).fit(train).score_items(["ann"])
    np.testing.assert_allclose(cosine, [[-1, -0.8, 0]], atol=1e-6)


@pytest.mark.parametrize("name", ["dot", "cosine"])
def test_against_a_slow_mean(name: str) -> None:
    train = small_ratings()
    keys = [*train.item_keys[3:], "never rated"]
    item = Embedding(keys, np.random.default_rng(1).standard_normal((len(keys), 4)))
    vectors = item.unit_vectors if name == "cosine" else item.vectors
    frame = train.to_frame()
    for user, scores in zip(
        train.user_keys, readout(name, item=item).fit(train).score_items(train.user_keys), strict=True
    ):
        met = [keys.index(key) for key in frame.loc[frame["user"] == user, "item"] if key in keys]
        mean = vectors[met].astype(float).mean(axis=0)
        mean = mean / np.linalg.norm(mean) if name == "cosine" else mean
        np.testing.assert_allclose(scores, vectors @ mean, atol=1e-6)


def test_an_item_met_twice_counts_twice(item: Embedding) -> None:
    twice = pd.DataFrame({"user": "ann", "item": ["x", "x", "y"], "rating": [5, 1, 3]})
    scores = readout("dot", item=item).fit(Ratings.from_frame(twice)).score_items(["ann"])
    np.testing.assert_allclose(scores, [[8 / 3, (5 * 3 + 4 * 4) / 3, 5 / 3]])


def test_unknown_user_names_the_nearest(item: Embedding) -> None:
    ranker = readout("dot", item=item).fit(Ratings.from_frame(HISTORY))
    with pytest.raises(UnknownNameError, match="unknown user 'anm'; did you mean 'ann'"):
        ranker.score_items(key for key in ["bob", "anm"])


def test_a_single_key_is_no_sequence_of_letters(item: Embedding) -> None:
    ranker = readout("dot", item=item).fit(Ratings.from_frame(HISTORY))
    assert ranker.score_items("ann").shape == (1, 3)
