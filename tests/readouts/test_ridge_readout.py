"""The ridge readouts, against scikit-learn's ridge regression, user by user and item by item."""

from __future__ import annotations

import pickle
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from toolkit import PCA, Embedding, Ratings, readout
from toolkit.data.biases import Biases, fit_biases
from toolkit.errors import ParameterError, ToolkitError
from toolkit.readouts import RidgeReadout


@pytest.fixture
def user(train: Ratings) -> Embedding:
    keys = [*train.user_keys[::-1][:-2], "unknown"]
    return Embedding(keys, np.random.default_rng(4).standard_normal((len(keys), 3)), entity="user")


def vector(embedding: Embedding, key: str) -> np.ndarray:
    """Return the unit vector of a key, zeros where it has none."""
    if key not in embedding:
        return np.zeros(embedding.dim)
    return embedding.unit_vectors[embedding.keys.get_loc(key)].astype(float)


def regressions(
    owners: Iterable[str], others: Iterable[str], targets: np.ndarray, vectors: dict[str, np.ndarray], penalty: float
) -> dict[str, np.ndarray]:
    """Return scikit-learn's weights for each owner."""
    frame = pd.DataFrame({"owner": owners, "other": others, "target": targets})
    return {
        owner: Ridge(alpha=penalty, fit_intercept=False)
        .fit(np.stack([vectors[key] for key in own["other"]]), own["target"])
        .coef_
        for owner, own in frame.groupby("owner")
    }


def reference(
    train: Ratings,
    item: Embedding,
    users: list[str],
    items: list[str],
    penalty: float,
    item_penalty: float | None = None,
    user: Embedding | None = None,
) -> np.ndarray:
    """Predict slowly."""
    frame, biases = train.to_frame(), fit_biases(train.matrix())
    vectors = {key: vector(item, key) for key in {*frame["item"], *items}}
    left = frame["rating"].to_numpy() - bias_of(train, biases, frame["user"], frame["item"])
    weights = regressions(frame["user"], frame["item"], left, vectors, penalty)
    values = bias_of(train, biases, users, items)
    values += [weights[u] @ vectors[i] if u in weights else 0.0 for u, i in zip(users, items, strict=True)]
    if item_penalty is not None:
        left = left - [weights[u] @ vectors[i] for u, i in zip(frame["user"], frame["item"], strict=True)]
        profiles = user_vectors(frame, item, user)
        sides = regressions(frame["item"], frame["user"], left, profiles, item_penalty)
        both = [(u, i) if u in profiles and i in sides else None for u, i in zip(users, items, strict=True)]
        values += [0.0 if pair is None else sides[pair[1]] @ profiles[pair[0]] for pair in both]
    return np.clip(values, 1, 5)


def bias_of(train: Ratings, biases: Biases, users: Iterable[str], items: Iterable[str]) -> np.ndarray:
    row = dict(zip(train.user_keys, biases.row, strict=True))
    column = dict(zip(train.item_keys, biases.column, strict=True))
    return np.array([biases.mean + row.get(u, 0) + column.get(i, 0) for u, i in zip(users, items, strict=True)])


def user_vectors(frame: pd.DataFrame, item: Embedding, user: Embedding | None) -> dict[str, np.ndarray]:
    """Return the unit vectors given, or of the means of the unit vectors of what each user rated."""
    if user is not None:
        return {key: vector(user, key) for key in frame["user"].unique()}
    found = {}
    for key, own in frame.groupby("user"):
        met = [vector(item, other) for other in own["item"] if other in item]
        mean = np.mean(met, axis=0) if met else np.zeros(item.dim)
        found[key] = mean / np.linalg.norm(mean) if mean.any() else mean
    return found


def pairs(train: Ratings) -> tuple[list[str], list[str]]:
    """Return every user with every item, known or not."""
    users, items = [*train.user_keys, "nobody"], [*train.item_keys, "unrated", "nothing"]
    return [u for u in users for _ in items], items * len(users)


def penalties(two_sided: bool) -> dict[str, float]:
    return {"penalty": 2.0, "item_penalty": 3.0} if two_sided else {"penalty": 2.0}


@pytest.mark.parametrize("penalty", [0.3, 2.5, 40.0])
def test_one_side_is_a_ridge_regression_for_each_user(train: Ratings, item: Embedding, penalty: float) -> None:
    counts = np.bincount(train.users)
    assert counts.min() < item.dim <= counts.max(), "both systems of equations must be needed"
    users, items = pairs(train)
    predicted = RidgeReadout(item, penalty=penalty).fit(train).predict(users, items)
    np.testing.assert_allclose(predicted, reference(train, item, users, items, penalty), rtol=0, atol=1e-9)
    assert predicted.dtype == np.float64


@pytest.mark.parametrize(("penalty", "item_penalty"), [(4.0, 8.0), (0.5, 0.5)])
@pytest.mark.parametrize("own", [False, True], ids=["profiles", "user vectors"])
def test_the_second_side_is_a_regression_for_each_item(
    train: Ratings, item: Embedding, user: Embedding, penalty: float, item_penalty: float, own: bool
) -> None:
    vectors = user if own else None
    users, items = pairs(train)
    fitted = RidgeReadout(item, vectors, two_sided=True, penalty=penalty, item_penalty=item_penalty).fit(train)
    predicted = fitted.predict(users, items)
    expected = reference(train, item, users, items, penalty, item_penalty, vectors)
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=1e-9)
    one_sided = RidgeReadout(item, penalty=penalty).fit(train).predict(users, items)
    assert np.abs(predicted - one_sided).max() > 0.01


@pytest.mark.parametrize("two_sided", [False, True])
def test_what_is_unknown_leaves_the_biases_that_are_known(train: Ratings, item: Embedding, two_sided: bool) -> None:
    fitted = RidgeReadout(item, two_sided=two_sided, **penalties(two_sided)).fit(train)
    bias = readout("bias").fit(train)
    users, items = ["nobody", "nobody", "13", "nobody"], ["0", "unrated", "nothing", "nothing"]
    np.testing.assert_allclose(fitted.predict(users, items), bias.predict(users, items), atol=1e-12)
    unrated = fitted.predict(["13"], ["unrated"]) - bias.predict(["13"], ["unrated"])
    assert abs(unrated[0]) > 1e-3, "an item without ratings is predicted from its vector"


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), n_ratings=st.integers(1, 40), dim=st.integers(1, 6), two_sided=st.booleans())
def test_any_ratings_are_predicted_as_by_the_loop(seed: int, n_ratings: int, dim: int, two_sided: bool) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.permutation(48)[:n_ratings]  # of 8 users, some with a single rating, by 6 items
    frame = pd.DataFrame({"user": cells // 6, "item": cells % 6, "rating": rng.integers(1, 6, n_ratings)})
    train = Ratings.from_frame(frame, scale=(1, 5))
    vectors = rng.integers(-1, 2, (6, dim))  # many are equal or zeros
    item = Embedding([*range(1, 6), "unrated"], vectors, entity="item")
    users, items = pairs(train)
    used = penalties(two_sided)
    predicted = RidgeReadout(item, two_sided=two_sided, **used).fit(train).predict(users, items)
    np.testing.assert_allclose(predicted, reference(train, item, users, items, **used), rtol=0, atol=1e-9)


@pytest.mark.parametrize("two_sided", [False, True])
def test_what_is_fitted_can_be_stored(train: Ratings, item: Embedding, two_sided: bool) -> None:
    fitted = RidgeReadout(item, two_sided=two_sided).fit(train)
    users, items = pairs(train)
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 -- our own
    np.testing.assert_array_equal(again.predict(users, items), fitted.predict(users, items))


def test_the_length_of_a_vector_does_not_count(train: Ratings, item: Embedding) -> None:
    scales = np.random.default_rng(0).uniform(0.1, 10, (len(item), 1))
    scaled = Embedding(item.keys, item.vectors * scales)
    users, items = pairs(train)
    for two_sided in (False, True):
        first, second = (
            RidgeReadout(vectors, two_sided=two_sided, **penalties(two_sided)).fit(train) for vectors in (item, scaled)
        )
        np.testing.assert_allclose(first.predict(users, items), second.predict(users, items), atol=1e-5)


def test_keys_of_any_type(train: Ratings, item: Embedding) -> None:
    fitted = RidgeReadout(item, penalty=2.0).fit(train)
    expected = fitted.predict(["3", "4"], ["1", "2"])
    assert fitted.predict(np.array([3, 4]), (number for number in (1, 2))).tolist() == expected.tolist()
    assert fitted.predict([], []).tolist() == []


def test_a_single_key_is_no_sequence_of_letters(train: Ratings, item: Embedding) -> None:
    fitted = RidgeReadout(item, penalty=2.0).fit(train)
    assert fitted.predict("13", "10").tolist() == fitted.predict(["13"], ["10"]).tolist()


@pytest.mark.parametrize(("users", "items"), [(["1"], ["1", "2"]), (["1", "2"], ["1"])])
def test_users_and_items_come_in_pairs(train: Ratings, item: Embedding, users: list[str], items: list[str]) -> None:
    with pytest.raises(ToolkitError, match=f"{len(users)} users"):
        RidgeReadout(item, penalty=2.0).fit(train).predict(users, items)


def test_penalties_given_are_those_used(train: Ratings, item: Embedding) -> None:
    assert RidgeReadout(item, penalty=2.0).fit(train).penalties_ == {"penalty": 2.0}
    both = RidgeReadout(item, two_sided=True, penalty=2.0, item_penalty=3.0).fit(train)
    assert both.penalties_ == {"penalty": 2.0, "item_penalty": 3.0}


def test_one_side_has_one_penalty(train: Ratings, item: Embedding) -> None:
    with pytest.raises(ParameterError, match="item_penalty"):
        RidgeReadout(item, penalty=2.0, item_penalty=3.0).fit(train)


def test_penalties_are_chosen_on_a_tenth_of_the_training_ratings(train: Ratings, item: Embedding) -> None:
    parts = train.split("holdout", test_size=0.1, random_state=7)
    for two_sided in (False, True):
        ridge = RidgeReadout(item, two_sided=two_sided, random_state=7)
        assert ridge.fit(train).penalties_ == ridge.choose(*parts)
        assert set(ridge.penalties_) == ({"penalty", "item_penalty"} if two_sided else {"penalty"})


def test_the_penalties_chosen_are_about_the_best(movielens: Ratings) -> None:
    inner, validation = movielens.take(np.arange(12_000)).split("holdout", test_size=0.1)
    item = PCA(8).fit(inner).embedding("item")
    users, items = validation.user_keys[validation.users], validation.item_keys[validation.items]

    def error(**penalties: float) -> float:
        fitted = RidgeReadout(item, two_sided=len(penalties) == 2, **penalties).fit(inner)
        return float(np.sqrt(np.mean((fitted.predict(users, items) - validation.values) ** 2)))

    grid = 2.0 ** np.arange(-3, 10.5)
    one = RidgeReadout(item).choose(inner, validation)
    assert error(**one) <= min(error(penalty=penalty) for penalty in grid) + 1e-4
    two = RidgeReadout(item, two_sided=True).choose(inner, validation)
    coarse = grid[2:11:2]
    best = min(error(penalty=penalty, item_penalty=other) for penalty in coarse for other in coarse)
    assert error(**two) <= best + 5e-4


def test_one_penalty_given_the_other_is_chosen_to_go_with_it(movielens: Ratings) -> None:
    train = movielens.take(np.arange(12_000))
    inner, validation = train.split("holdout", test_size=0.1)
    item = PCA(8).fit(inner).embedding("item")
    users, items = validation.user_keys[validation.users], validation.item_keys[validation.items]

    def error(item_penalty: float) -> float:
        fitted = RidgeReadout(item, two_sided=True, penalty=1000.0, item_penalty=item_penalty).fit(inner)
        return float(np.sqrt(np.mean((fitted.predict(users, items) - validation.values) ** 2)))

    found = RidgeReadout(item, two_sided=True, penalty=1000.0).fit(train).penalties_
    assert found["penalty"] == 1000.0
    assert error(found["item_penalty"]) <= min(error(2.0**power) for power in range(-2, 11)) + 1e-4


def test_predictions_are_clipped_to_the_scale(train: Ratings, item: Embedding) -> None:
    users, items = pairs(train)
    predicted = RidgeReadout(item, two_sided=True, penalty=1e-6, item_penalty=1e-6).fit(train).predict(users, items)
    assert predicted.min() == 1
    assert predicted.max() == 5


def test_vectors_without_any_common_item_leave_the_biases(train: Ratings) -> None:
    other = Embedding(["a", "b"], [[1, 0], [0, 1]], entity="item")
    users, items = pairs(train)
    for two_sided in (False, True):
        fitted = RidgeReadout(other, two_sided=two_sided, **penalties(two_sided)).fit(train)
        expected = readout("bias").fit(train).predict(users, items)
        np.testing.assert_allclose(fitted.predict(users, items), expected, atol=1e-12)
