"""Ratings by the likeness of vectors: by hand, against slow loops, and as what the ridge readout comes to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import PCA, SVD, Embedding, Ratings, readout
from toolkit.data.biases import fit_biases
from toolkit.errors import ParameterError, UnsupportedError
from toolkit.metrics import rmse
from toolkit.readouts.likeness import DAMPINGS
from toolkit.testing import small_ratings

NAMES = ["dot", "cosine"]


def wide(seed: int, n_users: int = 9, n_items: int = 12) -> Ratings:
    """Return ratings on a scale so wide that nothing is clipped; some stand twice."""
    rng = np.random.default_rng(seed)
    users, items = rng.integers(n_users, size=60), rng.integers(n_items, size=60)
    frame = pd.DataFrame({"user": users, "item": items, "rating": rng.normal(3, 1, 60)})
    return Ratings.from_frame(frame, scale=(-99_999, 99_999))


def vectors_for(train: Ratings, dim: int = 3) -> Embedding:
    """Return vectors of all items but the first two, and of one that nobody rated."""
    keys = [*train.item_keys[2:], "unrated"]
    return Embedding(keys, np.random.default_rng(1).standard_normal((len(keys), dim)) * 2, entity="item")


def slow_terms(train: Ratings, item: Embedding, user: str, wanted: str, unit: bool) -> tuple[float, float, int]:
    """Return what the biases expect, the sum of likenesses times residuals, and the number of ratings with vectors."""
    biases = fit_biases(train.matrix())
    of_user = dict(zip(train.user_keys, biases.row, strict=True))
    of_item = dict(zip(train.item_keys, biases.column, strict=True))
    history = {(row.user, row.item): row.rating for row in train.to_frame().itertuples()}  # the last rating counts

    def vector(key: str) -> np.ndarray:
        own = item[key].astype(float)
        return own / np.linalg.norm(own) if unit else own

    total, n = 0.0, 0
    for (rater, rated), rating in history.items():
        if rater == user and rated in item:
            n += 1
            if wanted in item:
                left = rating - biases.mean - of_user[rater] - of_item[rated]
                total += left * float(vector(rated) @ vector(wanted))
    return biases.mean + of_user.get(user, 0.0) + of_item.get(wanted, 0.0), total, n


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10_000), slope=st.floats(0, 5), damping=st.sampled_from([0.5, 3.0, 200.0]))
@settings(max_examples=15, deadline=None)
def test_against_slow_loops(name: str, seed: int, slope: float, damping: float) -> None:
    train = wide(seed)
    item = vectors_for(train)
    pairs = [(user, key) for user in [*train.user_keys, "new"] for key in [*train.item_keys, "unrated", "nothing"]]
    predictor = readout(name, item=item, slope=slope, damping=damping).fit(train)
    predicted = predictor.predict(*zip(*pairs, strict=True))
    terms = [slow_terms(train, item, user, key, name == "cosine") for user, key in pairs]
    expected = [bias + slope * total / (n + damping) for bias, total, n in terms]
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=1e-5)  # the vectors are of single precision
    assert predicted.dtype == np.float64


def test_by_hand() -> None:
    frame = pd.DataFrame({"user": ["ann", "ann", "bob"], "item": ["x", "y", "x"], "rating": [5, 3, 1]})
    train = Ratings.from_frame(frame, scale=(1, 5))
    bias = readout("bias").fit(train)
    of_x, of_y, of_z = (float(bias.predict(["ann"], [key])[0]) for key in "xyz")
    item = Embedding(["x", "y", "z"], [[2, 0], [0, 2], [3, 4]], "item")
    dot = readout("dot", item=item, slope=0.1, damping=2).fit(train).predict(["ann", "new"], ["z", "z"])
    np.testing.assert_allclose(dot, [of_z + 0.1 * (6 * (5 - of_x) + 8 * (3 - of_y)) / (2 + 2), 3], atol=1e-12)
    cosine = readout("cosine", item=item, slope=0.1, damping=2).fit(train).predict(["ann"], ["z"])
    np.testing.assert_allclose(cosine, of_z + 0.1 * (0.6 * (5 - of_x) + 0.8 * (3 - of_y)) / (2 + 2), atol=1e-7)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_chosen_against_slow_loops(name: str, seed: int) -> None:
    train, validation = small_ratings(random_state=seed).split("holdout", test_size=0.2)
    item = Embedding(train.item_keys, np.random.default_rng(seed).standard_normal((len(train.item_keys), 2)), "item")
    frame = validation.to_frame()
    terms = [slow_terms(train, item, row.user, row.item, name == "cosine") for row in frame.itertuples()]
    bias, total, n = (np.array(column, dtype=float) for column in zip(*terms, strict=True))
    left, best = frame["rating"].to_numpy() - bias, (np.inf, 0.0, 0.0)
    for damping in DAMPINGS:
        for slope in {0.0, np.linalg.lstsq((total / (n + damping))[:, None], left)[0].item()}:
            if slope >= 0:
                error = float(np.mean((left - slope * total / (n + damping)) ** 2))
                best = min(best, (error, slope, float(damping)))
    chosen = readout(name, item=item).choose(train, validation)
    error = float(np.mean((left - chosen["slope"] * total / (n + chosen["damping"])) ** 2))
    assert error == pytest.approx(best[0], rel=1e-9)
    if best[1] > 0:
        assert chosen == pytest.approx({"slope": best[1], "damping": best[2]}, rel=1e-5)


def test_likeness_never_counts_against_an_item() -> None:
    # ann likes x and not y, and then z, whose vector is that of y
    rows = [("ann", "x", 5), ("ann", "y", 1), ("bob", "x", 3), ("bob", "y", 3)]
    train, validation = (
        Ratings.from_frame(pd.DataFrame(part, columns=["user", "item", "rating"]), scale=(1, 5))
        for part in (rows, [("ann", "z", 5)])
    )
    item = Embedding(["x", "y", "z"], [[1, 0], [0, 1], [0, 1]], "item")
    assert readout("dot", item=item).choose(train, validation)["slope"] == 0
    liked = Embedding(["x", "y", "z"], [[1, 0], [0, 1], [1, 0]], "item")
    assert readout("dot", item=liked).choose(train, validation)["slope"] > 0


@pytest.mark.parametrize("name", NAMES)
def test_settings_are_chosen_on_a_tenth_where_none_are_given(name: str) -> None:
    train = small_ratings()
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    predictor = readout(name, item=item, random_state=5).fit(train)
    pairs = train.user_keys[:20], train.item_keys
    predicted = predictor.predict(*pairs)
    chosen = readout(name, item=item).choose(*train.split("holdout", test_size=0.1, random_state=5))
    assert predictor.settings_ == chosen
    np.testing.assert_array_equal(readout(name, item=item, **chosen).fit(train).predict(*pairs), predicted)


def test_it_is_what_the_ridge_readout_comes_to_with_a_large_penalty() -> None:
    train = small_ratings()
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 4)), "item")
    users, items = np.repeat(train.user_keys, len(train.item_keys)), np.tile(train.item_keys, len(train.user_keys))
    bias = readout("bias").fit(train).predict(users, items)
    ridge = readout("ridge", item=item, penalty=1e5).fit(train).predict(users, items) - bias
    cosine = readout("cosine", item=item, slope=1e9 / 1e5, damping=1e9).fit(train).predict(users, items) - bias
    assert np.abs(ridge).max() > 1e-6
    np.testing.assert_allclose(cosine, ridge, rtol=0, atol=1e-3 * np.abs(ridge).max())


def test_user_vectors_take_the_place_of_histories() -> None:
    train = wide(0)
    item = vectors_for(train)
    user = Embedding([*train.user_keys[1:], "new"], np.random.default_rng(2).standard_normal((9, 3)), "user")
    users, items = np.repeat(train.user_keys[:3], 4), np.tile(train.item_keys[1:5], 3)
    for name, unit in (("dot", False), ("cosine", True)):
        predictor = readout(name, item=item, user=user, slope=0.5).fit(train)
        bias = readout("bias").fit(train).predict(users, items)
        left, right = (one.unit_vectors if unit else one.vectors for one in (user, item))
        expected = [
            0.5 * left[user.keys.get_loc(u)] @ right[item.keys.get_loc(i)] if u in user and i in item else 0.0
            for u, i in zip(users, items, strict=True)
        ]
        np.testing.assert_allclose(predictor.predict(users, items) - bias, expected, atol=1e-6)
    chosen = readout("dot", item=item, user=user).choose(*train.distinct().split("holdout", test_size=0.3))
    assert set(chosen) == {"slope"}


def test_a_second_fit_forgets_the_first() -> None:
    item = Embedding([str(n) for n in range(20)], np.random.default_rng(0).standard_normal((20, 3)), "item")
    first, second = small_ratings(random_state=0), small_ratings(random_state=1)
    pairs = first.user_keys[:15], first.item_keys[:15]
    again = readout("dot", item=item).fit(first)
    once = again.predict(*pairs)
    fresh = readout("dot", item=item).fit(second).predict(*pairs)
    np.testing.assert_array_equal(again.fit(second).predict(*pairs), fresh)
    assert not np.array_equal(once, fresh)


def test_predictions_stay_on_the_scale() -> None:
    train = small_ratings()
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    predictor = readout("dot", item=item, slope=1e4, damping=1).fit(train)
    predicted = predictor.predict(np.repeat(train.user_keys, 20), np.tile(train.item_keys, len(train.user_keys)))
    assert (predicted.min(), predicted.max()) == (1, 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slope": -1.0, "damping": 1.0}, "slope is -1.0; it must be a number of at least 0"),
        ({"slope": float("nan"), "damping": 1.0}, "slope is nan"),
        ({"slope": 1.0, "damping": 0}, "damping is 0; it must be a number of at least 1e-09"),
        ({"slope": 1.0}, "slope is 1.0 and damping None; give both, or neither"),
        ({"damping": 2.0}, "slope is None and damping 2.0; give both, or neither"),
        (
            {"slope": 1.0, "damping": 2.0, "user": Embedding(["u"], [[1.0]])},
            "damping is 2.0; user vectors are no means",
        ),
    ],
)
def test_settings_that_are_not_allowed(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        readout("dot", item=Embedding(["x"], [[1.0]]), **options)
    assert message in str(caught.value)


def test_from_events_no_rating_is_predicted() -> None:
    events = Ratings.from_frame(pd.DataFrame({"user": ["ann"], "item": ["x"]}), rating=None, name="clicks")
    cosine = readout("cosine", item=Embedding(["x"], [[1.0]])).fit(events)
    assert cosine.score_items(["ann"]).tolist() == [[1.0]]
    with pytest.raises(UnsupportedError, match="clicks holds events without ratings"):
        cosine.predict(["ann"], ["x"])


@pytest.mark.parametrize("name", NAMES)
def test_movielens_against_slow_loops(movielens: Ratings, name: str) -> None:
    train, test = movielens.split("u1")
    item = PCA(8).fit(train).embedding("item")
    some = np.random.default_rng(0).choice(len(test), 40, replace=False)
    users, items = test.user_keys[test.users[some]], test.item_keys[test.items[some]]
    predicted = readout(name, item=item, slope=3.0, damping=30).fit(train).predict(users, items)
    terms = slow_rows(train, item, users, items, name == "cosine")
    np.testing.assert_allclose(predicted, np.clip([b + 3.0 * s / (n + 30) for b, s, n in terms], 1, 5), atol=1e-5)


def slow_rows(
    train: Ratings, item: Embedding, users: pd.Index, items: pd.Index, unit: bool
) -> list[tuple[float, float, int]]:
    """Return the terms of `slow_terms` for pairs, each from the histories of these users alone."""
    biases, frame = fit_biases(train.matrix()), train.to_frame()
    of_user = dict(zip(train.user_keys, biases.row, strict=True))
    of_item = dict(zip(train.item_keys, biases.column, strict=True))
    found = []
    for user, wanted in zip(users, items, strict=True):
        total, n = 0.0, 0
        for row in frame[frame["user"] == user].itertuples():
            left = row.rating - biases.mean - of_user[user] - of_item[row.item]
            likeness = item.similarity(row.item, wanted) if unit else float(item[row.item] @ item[wanted])
            total, n = total + left * (likeness if wanted in item else 0.0), n + 1
        found.append((biases.mean + of_user.get(user, 0.0) + of_item.get(wanted, 0.0), total, n))
    return found


def test_vectors_fitted_to_ratings_must_not_choose_their_own_slope(movielens: Ratings) -> None:
    train, test = movielens.split("u1")
    inner, validation = train.split("holdout", test_size=0.1)
    item, unseen = (SVD(100).fit(part).embedding("item") for part in (train, inner))
    pairs = test.user_keys[test.users], test.item_keys[test.items]
    chosen = readout("cosine", item=unseen).choose(inner, validation)
    fair = rmse(test.values, readout("cosine", item=item, **chosen).fit(train).predict(*pairs))
    fooled = readout("cosine", item=item).fit(train)
    biases = rmse(test.values, readout("bias").fit(train).predict(*pairs))
    assert fair < biases < rmse(test.values, fooled.predict(*pairs))
    assert fooled.settings_["slope"] > 2 * chosen["slope"]
