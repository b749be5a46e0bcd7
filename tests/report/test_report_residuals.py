"""Residuals in bins, against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from toolkit.report.residuals import binned_residuals


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(5)
    n = 3000
    counts = rng.integers(0, 200, n)
    bias = np.repeat(rng.normal(0, 0.5, 60), 50)  # users who are always judged too well, or too badly
    rating = rng.integers(1, 6, n).astype(float)
    return pd.DataFrame(
        {
            "user": [f"u{i // 50}" for i in range(n)],
            "item_count": counts,
            "rating": rating,
            "predicted": rating + bias + rng.normal(0.002 * (100 - counts), 0.5),
        }
    )


def test_bins_are_those_of_a_plain_loop(cases):
    found = binned_residuals(cases, "item_count")
    assert found["n"].sum() == len(cases)
    assert len(found) == 10
    assert found["n"].min() > 0.8 * len(cases) / 10
    for row in found.itertuples():
        own = cases[cases["item_count"].between(row.least, row.most)]
        errors = own["predicted"] - own["rating"]
        assert row.n == len(own)
        assert row.residual == pytest.approx(errors.mean())
        assert row.rmse == pytest.approx(math.sqrt((errors**2).mean()))
        assert row.middle == own["item_count"].median()
        assert row.residual_low < row.residual < row.residual_high
        assert row.rmse_low < row.rmse < row.rmse_high
    assert found["residual"].iloc[0] > 0 > found["residual"].iloc[-1], "made to fall with popularity"


def test_intervals_know_that_ratings_of_a_user_belong_together(cases):
    found = binned_residuals(cases, "item_count", bins=1).iloc[0]
    errors = cases["predicted"] - cases["rating"]
    by_user = errors.groupby(cases["user"]).mean()  # all users have as many: the mean of their means is the mean
    expected = 1.959964 * by_user.std() / math.sqrt(len(by_user))
    assert found["residual_high"] - found["residual"] == pytest.approx(expected)
    naive = 1.96 * errors.std() / math.sqrt(len(errors))
    assert expected > 2 * naive


def test_interval_of_rmse_is_that_of_resampled_users(cases):
    found = binned_residuals(cases, "item_count", bins=1).iloc[0]
    squares = ((cases["predicted"] - cases["rating"]) ** 2).groupby(cases["user"]).mean().to_numpy()
    rng = np.random.default_rng(0)
    drawn = np.sqrt(squares[rng.integers(0, len(squares), (4000, len(squares)))].mean(axis=1))
    half = (found["rmse_high"] - found["rmse_low"]) / 2
    assert half == pytest.approx(1.96 * drawn.std(), rel=0.08)


def test_equal_values_share_a_bin():
    frame = pd.DataFrame({"user": list("abcdef"), "rating": 3.0, "predicted": 4.0, "item_count": [1, 1, 1, 1, 1, 9]})
    found = binned_residuals(frame, "item_count")
    assert found[["least", "most", "n"]].to_numpy().tolist() == [[1, 1, 5], [9, 9, 1]]
    assert found["residual"].tolist() == [1.0, 1.0]


def test_what_was_not_predicted_is_left_out_and_one_user_has_no_interval():
    frame = pd.DataFrame({"user": "a", "rating": [3.0, 4.0], "predicted": [3.5, np.nan], "item_count": [1, 2]})
    found = binned_residuals(frame, "item_count")
    assert found["n"].tolist() == [1]
    assert found["residual"].tolist() == [0.5]
    assert found[["residual_low", "rmse_high"]].isna().all(axis=None)
    assert binned_residuals(frame[1:], "item_count").empty
