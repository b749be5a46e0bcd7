"""Synthetic ratings: the sizes asked for, the law they follow, and that methods find what is in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import ALS, Popularity, Ratings, evaluate, synthetic_ratings
from toolkit.data.synthetic import Truth, synthetic_truth
from toolkit.errors import ParameterError

USERS, ITEMS, RATINGS = 900, 1600, 100_000


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    return synthetic_ratings(USERS, ITEMS, RATINGS)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return synthetic_truth(USERS, ITEMS)


def items_of(ratings: Ratings) -> np.ndarray:
    return ratings.item_keys.astype(int).to_numpy()[ratings.items] - 1


def check_size(ratings: Ratings, n_users: int, n_items: int, n_ratings: int) -> None:
    assert (len(ratings.user_keys), len(ratings.item_keys), len(ratings)) == (n_users, n_items, n_ratings)
    assert (np.bincount(ratings.users, minlength=n_users) > 0).all()
    assert (np.bincount(ratings.items, minlength=n_items) > 0).all()
    assert len(np.unique(ratings.users.astype(np.int64) * n_items + ratings.items)) == n_ratings


@settings(deadline=None, max_examples=50)
@given(
    n_users=st.integers(1, 12),
    n_items=st.integers(1, 12),
    share=st.floats(0, 1),
    popularity=st.floats(0, 4),
    activity=st.floats(0, 3),
    seed=st.integers(0, 99),
)
def test_the_size_is_exact_however_dense(
    n_users: int, n_items: int, share: float, popularity: float, activity: float, seed: int
) -> None:
    least = max(n_users, n_items)
    n_ratings = least + round(share * (n_users * n_items - least))
    ratings = synthetic_ratings(
        n_users, n_items, n_ratings, popularity=popularity, activity=activity, random_state=seed
    )
    check_size(ratings, n_users, n_items, n_ratings)


def test_the_size_is_exact_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.data.synthetic.BLOCK", 1000)
    check_size(synthetic_ratings(200, 100, 6000), 200, 100, 6000)


def test_ratings_are_like_those_of_people(ratings: Ratings) -> None:
    check_size(ratings, USERS, ITEMS, RATINGS)
    activity = np.bincount(ratings.users)
    assert activity.min() >= 20
    assert activity.max() > 5 * np.median(activity)
    assert np.bincount(ratings.items).max() <= USERS / 2
    assert np.unique(ratings.values).tolist() == np.arange(0.5, 5.5, 0.5).tolist()
    assert ratings.scale == (0.5, 5.0)
    assert ratings.timestamps is not None
    assert (np.diff(ratings.timestamps)[np.diff(ratings.users) == 0] > 0).all()
    assert ratings.user_keys.tolist() == [str(user) for user in range(1, USERS + 1)]


def test_a_seed_gives_the_same_ratings(ratings: Ratings) -> None:
    assert synthetic_ratings(USERS, ITEMS, RATINGS).fingerprint() == ratings.fingerprint()
    assert synthetic_ratings(USERS, ITEMS, RATINGS, random_state=1).fingerprint() != ratings.fingerprint()


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_the_exponent_of_popularity_is_found_again(exponent: float) -> None:
    ratings = synthetic_ratings(5000, 1000, 100_000, popularity=exponent, activity=0)
    counts = np.sort(np.bincount(ratings.items) - 1)[::-1]  # each item was given one user beforehand
    ranks = np.arange(1, 1001)[100:800]  # without those that users meet anyway
    slope = np.polyfit(np.log(ranks), np.log(counts[100:800]), 1)[0]
    assert slope == pytest.approx(-exponent, abs=0.15)


def test_without_exponents_all_are_alike() -> None:
    ratings = synthetic_ratings(400, 50, 8000, popularity=0, activity=0)
    assert np.bincount(ratings.users).tolist() == [20] * 400
    assert np.bincount(ratings.items).std() < 2 * np.sqrt(160)


def test_what_the_truth_leaves_is_the_noise(truth: Truth) -> None:
    ratings = synthetic_ratings(USERS, ITEMS, RATINGS, noise=0.1, step=1.5)  # a coarse scale, far from its ends
    expected = truth.expected(ratings.users, items_of(ratings))
    inner = (expected > 2) & (expected < 3.5)
    found = np.mean((ratings.values - expected)[inner] ** 2)
    assert found == pytest.approx(0.45**2 + 1.5**2 / 12, rel=0.1)  # that of rounding is step² / 12


def test_without_noise_ratings_are_the_truth(truth: Truth) -> None:
    ratings = synthetic_ratings(USERS, ITEMS, RATINGS, noise=0, step=0.5)
    expected = np.clip(truth.expected(ratings.users, items_of(ratings)), 0.5, 5)
    assert np.abs(ratings.values - expected).max() <= 0.25 + 1e-12


def test_users_meet_what_they_like(ratings: Ratings, truth: Truth) -> None:
    taste = truth.user_vectors @ truth.item_vectors.T
    met = taste[ratings.users, items_of(ratings)]
    assert met.mean() > 0.3 * taste.std() + taste.mean()


def test_the_true_rank_ranks_best(ratings: Ratings) -> None:
    parts = ratings.split("holdout")
    models = {rank: ALS(embedding_dim=rank, alpha=5, regularization=1) for rank in (2, 8, 64)}
    found = {}
    for name, model in {**models, "popularity": Popularity()}.items():
        scores = evaluate(model, parts, tasks=["ranking"])
        found[name] = scores.query("readout == 'native' and metric == 'ndcg@10'")["value"].item()
    assert max(found, key=lambda name: found[name]) == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_users": 0}, "n_users is 0; it must be a whole number, at least 1"),
        ({"n_items": 2.5}, "n_items is 2.5"),
        ({"n_ratings": 9}, "n_ratings is 9; it must be 10 to 50, so that each of 5 users and 10 items occurs"),
        ({"n_ratings": 51}, "n_ratings is 51; it must be 10 to 50"),
        ({"n_ratings": 20.5}, "n_ratings is 20.5; it must be a whole number"),
        ({"rank": 0}, "rank is 0"),
        ({"random_state": -1}, "random_state is -1; it must be a whole number, at least 0"),
        ({"popularity": -1}, "popularity is -1; it must be a number, 0 to 10"),
        ({"popularity": 100}, "popularity is 100;"),
        ({"activity": 20}, "activity is 20; it must be a number, 0 to 5"),
        ({"activity": float("nan")}, "activity is nan"),
        ({"noise": float("inf")}, "noise is inf"),
        ({"scale": (5, 1)}, "step is 0.5; the scale 5 to 1 must be whole steps wide"),
        ({"step": 0.7}, "step is 0.7; the scale 0.5 to 5 must be whole steps wide"),
        ({"step": 0}, "step is 0;"),
        ({"scale": (0, float("inf"))}, "step is 0.5; the scale 0 to inf must be whole steps wide"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused(change: dict[str, Any], message: str) -> None:
    asked = {"n_users": 5, "n_items": 10, "n_ratings": 20, **change}
    with pytest.raises(ParameterError) as caught:
        synthetic_ratings(**asked)
    assert str(caught.value).startswith(message)
