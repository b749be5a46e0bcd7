"""The readout without vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit import Bias, Ratings, readout
from toolkit.errors import ToolkitError
from toolkit.testing import small_ratings


def test_by_hand() -> None:
    frame = pd.DataFrame({"user": ["ann", "ann", "bob"], "item": ["x", "y", "x"], "rating": [5, 3, 1]})
    bias = readout("bias").fit(Ratings.from_frame(frame, scale=(1, 5)))
    mean, of_x, of_y, of_ann, of_bob = 3.0, 0.0, 0.0, 0.0, 0.0
    for _ in range(10):
        of_x, of_y = (5 - mean - of_ann + 1 - mean - of_bob) / (2 + 5), (3 - mean - of_ann) / (1 + 5)
        of_ann, of_bob = (5 - mean - of_x + 3 - mean - of_y) / (2 + 10), (1 - mean - of_x) / (1 + 10)
    predicted = bias.predict(["ann", "bob", "ann", "new", "new"], ["x", "y", "new", "y", "new"])
    expected = [mean + of_ann + of_x, mean + of_bob + of_y, mean + of_ann, mean + of_y, mean]
    np.testing.assert_allclose(predicted, expected, atol=1e-12)
    assert predicted.dtype == np.float64


def test_it_is_the_null_embedder() -> None:
    train = small_ratings()
    users, items = [*train.user_keys, "new"], [*train.item_keys[: len(train.user_keys)], "new"]
    users, items = users[: len(items)], items[: len(users)]
    expected = Bias().fit(train).predict(users, items)
    np.testing.assert_allclose(readout("bias").fit(train).predict(users, items), expected, atol=1e-12)


def test_predictions_are_clipped_to_the_scale() -> None:
    rows = [(f"u{user}", f"i{item}", 5 if item < 60 else 1) for user in range(60) for item in range(61)]
    frame = pd.DataFrame(rows, columns=["user", "item", "rating"])
    extreme = pd.concat([frame, pd.DataFrame({"user": "sad", "item": frame["item"].unique(), "rating": 1})])
    predicted = readout("bias").fit(Ratings.from_frame(extreme, scale=(1, 5))).predict(["sad"], ["i60"])
    assert predicted.tolist() == [1.0]


def test_a_single_key_is_no_sequence_of_letters() -> None:
    frame = pd.DataFrame({"user": ["ann", "bob"], "item": ["film", "book"], "rating": [5, 3]})
    bias = readout("bias").fit(Ratings.from_frame(frame))
    assert bias.predict("ann", "film").tolist() == bias.predict(["ann"], ["film"]).tolist()


@pytest.mark.parametrize(("users", "items"), [(["ann", "bob"], ["film"]), (["ann"], ["film", "book", "film"])])
def test_users_and_items_come_in_pairs(users: list[str], items: list[str]) -> None:
    frame = pd.DataFrame({"user": ["ann", "bob"], "item": ["film", "book"], "rating": [5, 3]})
    with pytest.raises(ToolkitError, match=f"{len(users)} users"):
        readout("bias").fit(Ratings.from_frame(frame)).predict(users, items)


def test_the_mean_is_the_same_for_everybody() -> None:
    frame = pd.DataFrame({"user": ["ann", "ann", "bob"], "item": ["x", "x", "x"], "rating": [1, 5, 2]})
    mean = readout("mean").fit(Ratings.from_frame(frame, scale=(1, 5)))
    predicted = mean.predict(["ann", "new"], ["x", "new"])
    assert predicted.tolist() == [3.5, 3.5]  # of the last ratings, 5 and 2
    assert predicted.dtype == np.float64
    with pytest.raises(ToolkitError, match="1 users and 2 items"):
        mean.predict(["ann"], ["x", "y"])
