"""Biases, against Surprise and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import surprise

from toolkit import Ratings
from toolkit.data.biases import fit_biases, known


def test_agreement_with_surprise() -> None:
    rng = np.random.default_rng(5)
    users, items = np.nonzero(rng.random((25, 18)) < 0.4)
    frame = pd.DataFrame({"user": users, "item": items, "rating": rng.integers(1, 6, len(users))})
    ratings = Ratings.from_frame(frame, scale=(1, 5))
    ours = fit_biases(ratings.matrix(), damping_row=15, damping_column=10, epochs=10)
    trainset = surprise.Dataset.load_from_df(frame, surprise.Reader(rating_scale=(1, 5))).build_full_trainset()
    options = {"method": "als", "reg_u": 15, "reg_i": 10, "n_epochs": 10}
    theirs = surprise.BaselineOnly(bsl_options=options, verbose=False).fit(trainset)
    of_user = [theirs.bu[trainset.to_inner_uid(int(key))] for key in ratings.user_keys]
    of_item = [theirs.bi[trainset.to_inner_iid(int(key))] for key in ratings.item_keys]
    assert ours.mean == pytest.approx(trainset.global_mean, abs=1e-12)
    np.testing.assert_allclose(ours.row, of_user, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.column, of_item, rtol=0, atol=1e-9)
    assert np.abs(ours.row).max() > 0.1


def test_one_alternation_by_hand() -> None:
    frame = pd.DataFrame({"user": ["a", "a", "b"], "item": ["x", "y", "x"], "rating": [5, 3, 1]})
    biases = fit_biases(Ratings.from_frame(frame).matrix(), damping_row=1, damping_column=2, epochs=1)
    assert biases.mean == 3
    of_x, of_y = (2 - 2) / (2 + 2), 0 / (1 + 2)
    np.testing.assert_allclose(biases.column, [of_x, of_y])
    np.testing.assert_allclose(biases.row, [(2 - of_x + 0 - of_y) / (2 + 1), (-2 - of_x) / (1 + 1)])


def test_no_alternation_leaves_the_mean() -> None:
    frame = pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "rating": [5, 2]})
    biases = fit_biases(Ratings.from_frame(frame).matrix(), epochs=0)
    assert (biases.mean, biases.row.tolist(), biases.column.tolist()) == (3.5, [0, 0], [0, 0])


def test_the_last_rating_of_an_item_counts() -> None:
    frame = pd.DataFrame({"user": ["a", "a", "b"], "item": ["x", "x", "y"], "rating": [1, 5, 3]})
    once = fit_biases(Ratings.from_frame(frame.iloc[1:]).matrix())
    twice = fit_biases(Ratings.from_frame(frame).matrix())
    assert twice.mean == once.mean == 4
    np.testing.assert_array_equal(twice.row, once.row)


def test_an_unknown_code_adds_nothing() -> None:
    frame = pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "rating": [5, 1]})
    biases = fit_biases(Ratings.from_frame(frame).matrix())
    rows, columns = np.array([0, 0, -1, -1]), np.array([1, -1, 1, -1])
    expected = [
        biases.mean + biases.row[0] + biases.column[1],
        biases.mean + biases.row[0],
        biases.mean + biases.column[1],
        biases.mean,
    ]
    assert biases.row[0] > 0 > biases.column[1]
    np.testing.assert_allclose(biases.predict(rows, columns), expected)


def test_known_values() -> None:
    values = np.array([1.0, 2.0])
    assert known(values, np.array([1, -1, 0], dtype=np.int32)).tolist() == [2, 0, 1]
    assert known(np.zeros(0), np.array([-1])).tolist() == [0]
