"""Splits of ratings, against slow references, Surprise and the published folds."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import surprise
import surprise.model_selection
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Ratings
from toolkit.data.splits import split_rows
from toolkit.errors import DataError, ParameterError, UnknownNameError

USERS_AND_TIMES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=2, max_size=30)


def history(rows: list[tuple[int, int]]) -> Ratings:
    """Return ratings whose item is the number of the row."""
    frame = pd.DataFrame(rows, columns=["user", "time"])
    return Ratings.from_frame(frame.assign(item=range(len(rows)), rating=3), timestamp="time")


def rows_of(part: Ratings) -> list[int]:
    return part.item_keys[part.items].astype(int).tolist()


@pytest.fixture
def ratings() -> Ratings:
    rng = np.random.default_rng(3)
    return history(list(zip(rng.integers(0, 6, 43).tolist(), rng.integers(0, 30, 43).tolist(), strict=True)))


@pytest.fixture
def parted() -> Ratings:
    frame = pd.DataFrame({"user": 1, "item": range(6), "rating": 3, "fold": [1, 2, 2, 3, 1, 2]})
    return Ratings.from_frame(frame, part="fold")


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("kfold", {}),
        ("kfold", {"fold": 7, "n_folds": 43}),
        ("holdout", {"test_size": 0.4, "random_state": 3}),
        ("leave-last-out", {"n": 2}),
        ("leave-last-out", {"n": 2, "users": 3}),
        ("time", {}),
        ("time", {"cut": 15}),
    ],
)
def test_the_two_parts_are_all_there_is(ratings: Ratings, method: str, options: dict[str, Any]) -> None:
    train, test = ratings.split(method, **options)
    assert sorted(rows_of(train) + rows_of(test)) == list(range(43))
    assert len(test)
    for part in (train, test):
        assert len(np.unique(part.users)) == len(part.user_keys)
        assert (part.scale, part.name, part.explicit) == (ratings.scale, ratings.name, ratings.explicit)
    again = ratings.split(method, **options)
    assert [part.fingerprint() for part in again] == [train.fingerprint(), test.fingerprint()]


@pytest.mark.parametrize("size", [5, 23, 100])
def test_kfold_is_that_of_surprise(size: int) -> None:
    rng = np.random.default_rng(size)
    ratings = history([(user, 0) for user in rng.integers(0, 7, size).tolist()])
    frame = ratings.to_frame()[["user", "item", "rating"]]
    theirs = surprise.Dataset.load_from_df(frame, surprise.Reader(rating_scale=(1, 5)))
    folds = surprise.model_selection.KFold(5, random_state=0).split(theirs)
    for fold, ((trainset, testset), (train, test)) in enumerate(zip(folds, ratings.folds(), strict=True), start=1):
        # every item stands once, so that the order of Surprise's inner ids is that of its training rows
        assert [int(trainset.to_raw_iid(item)) for item in trainset.all_items()] == rows_of(train)
        assert [int(item) for _, item, _ in testset] == rows_of(test)
        assert ratings.split("kfold", fold=fold)[1].fingerprint() == test.fingerprint()


def test_kfold_tests_every_rating_once(ratings: Ratings) -> None:
    tested = [row for _, test in ratings.folds(n_folds=4, random_state=9) for row in rows_of(test)]
    assert sorted(tested) == list(range(43))
    assert tested != [row for _, test in ratings.folds(n_folds=4, random_state=8) for row in rows_of(test)]


SPLITS: list[tuple[str, dict[str, Any]]] = [
    ("holdout", {}),
    ("kfold", {"fold": 2, "n_folds": 2}),
    ("time", {}),
    ("leave-last-out", {}),
]


@pytest.mark.parametrize(("method", "options"), SPLITS)
def test_ratings_that_repeat_never_stand_in_both_parts(method: str, options: dict[str, Any]) -> None:
    rated = [(user, item, 1 + item % 5, day) for day in range(3) for user in range(5) for item in range(4)]
    frame = pd.DataFrame(rated, columns=["user", "item", "rating", "time"])
    with pytest.raises(DataError, match="40 of 60 ratings are of an item that the same user rated before"):
        Ratings.from_frame(frame, timestamp="time").split(method, **options)
    once = Ratings.from_frame(frame.assign(time=range(60)), timestamp="time").distinct()
    train, test = (set(part.to_frame().set_index(["user", "item"]).index) for part in once.split(method, **options))
    assert train
    assert test
    assert not train & test
    events = Ratings.from_frame(frame.assign(time=range(60)), rating=None, timestamp="time")
    assert sum(map(len, events.split(method, **options))) == 60


def test_canonical_folds_of_movielens(movielens: Ratings) -> None:
    frame = movielens.to_frame()
    for fold in range(1, 6):
        train, test = movielens.split(f"u{fold}")
        mask = np.arange(100_000) // 20_000 == fold - 1
        pd.testing.assert_frame_equal(test.to_frame(), frame[mask].reset_index(drop=True))
        pd.testing.assert_frame_equal(train.to_frame(), frame[~mask].reset_index(drop=True))
    _, test = movielens.split("u1")
    assert len(test.user_keys) == 459
    assert test.user_keys.astype(int).max() == 462


def test_canonical_folds_are_for_movielens_alone(ratings: Ratings) -> None:
    with pytest.raises(DataError, match="u3 is a fold of MovieLens-100k, which has 100000 ratings; these are 43"):
        ratings.split("u3")


def test_a_canonical_fold_has_no_options(movielens: Ratings) -> None:
    with pytest.raises(UnknownNameError, match="option of split 'u1'"):
        movielens.split("u1", fold=3)


def test_holdout_may_not_take_everything(ratings: Ratings) -> None:
    with pytest.raises(DataError, match="split 'holdout' leaves 0 ratings to train on and 43 to test on"):
        ratings.split("holdout", test_size=0.99)


@pytest.mark.parametrize(("test_size", "n_test"), [(0.2, 9), (0.5, 22), (0.29, 12)])
def test_holdout_keeps_the_order(ratings: Ratings, test_size: float, n_test: int) -> None:
    train, test = ratings.split("holdout", test_size=test_size)
    assert len(test) == n_test
    assert rows_of(train) == sorted(rows_of(train))
    assert rows_of(test) == sorted(rows_of(test))


def test_holdout_depends_on_its_seed(ratings: Ratings) -> None:
    tests = [tuple(rows_of(ratings.split("holdout", random_state=seed)[1])) for seed in range(5)]
    assert len(set(tests)) == 5


@pytest.mark.parametrize(
    ("method", "options", "share"), [("holdout", {"test_size": 0.9}, 0.9), ("leave-last-out", {}, None)]
)
def test_some_users_alone_are_judged(
    ratings: Ratings, method: str, options: dict[str, float], share: float | None
) -> None:
    _, of_all = ratings.split(method, **options)
    owners = ratings.to_frame()["user"]
    drawn = set()
    for seed in range(5):
        train, test = ratings.split(method, users=2, random_state=seed, **options)
        judged = set(test.user_keys)
        assert len(judged) == 2
        assert sorted(rows_of(train) + rows_of(test)) == list(range(43))
        assert len(test) == (round(share * owners.isin(judged).sum()) if share else 2)
        assert share or set(rows_of(test)) < set(rows_of(of_all))
        drawn.add(tuple(sorted(judged)))
    assert len(drawn) > 1  # which users depends on the seed
    _, everybody = ratings.split(method, users=99, **options)
    assert everybody.fingerprint() == of_all.fingerprint()


@given(USERS_AND_TIMES, st.integers(1, 3))
def test_leave_last_out_against_a_slow_reference(rows: list[tuple[int, int]], n: int) -> None:
    expected: list[int] = []
    for user in {user for user, _ in rows}:
        own = sorted((when, row) for row, (owner, when) in enumerate(rows) if owner == user)
        if len(own) > n:
            expected += [row for _, row in own[-n:]]
    ratings = history(rows)
    if not expected:
        with pytest.raises(DataError, match=r"leaves .* and 0 to test on"):
            ratings.split("leave-last-out", n=n)
        return
    train, test = ratings.split("leave-last-out", n=n)
    assert rows_of(test) == sorted(expected)
    assert rows_of(train) == sorted(set(range(len(rows))) - set(expected))


@given(USERS_AND_TIMES, st.sampled_from([0.1, 0.2, 0.25, 0.5, 0.75, 0.9]))
def test_time_has_no_moment_on_both_sides(rows: list[tuple[int, int]], test_size: float) -> None:
    times = sorted(when for _, when in rows)
    allowed = math.floor(test_size * len(rows) + 1e-9)
    cuts = [when for when in sorted(set(times)) if sum(other >= when for other in times) <= allowed]
    ratings = history(rows)
    if not cuts:
        with pytest.raises(DataError, match="and 0 to test on"):
            ratings.split("time", test_size=test_size)
        return
    train, test = ratings.split("time", test_size=test_size)
    assert rows_of(test) == [row for row, (_, when) in enumerate(rows) if when >= cuts[0]]
    assert rows_of(train) == [row for row, (_, when) in enumerate(rows) if when < cuts[0]]


def test_time_leaves_exactly_the_share_where_it_can() -> None:
    ratings = history([(0, when) for when in range(100)])
    for percent in range(1, 100):
        assert len(ratings.split("time", test_size=percent / 100)[1]) == percent


def test_time_cut_belongs_to_the_test_part() -> None:
    train, test = history([(0, 5), (0, 7), (1, 7), (1, 6)]).split("time", cut=7)
    assert (rows_of(train), rows_of(test)) == ([0, 3], [1, 2])


def test_column_takes_the_part_named(parted: Ratings) -> None:
    train, test = parted.split("column", test="2")
    assert (rows_of(train), rows_of(test)) == ([0, 3, 4], [1, 2, 5])


def test_column_knows_a_number_as_a_key(parted: Ratings) -> None:
    assert rows_of(parted.split("column", test=2)[1]) == [1, 2, 5]


def test_column_without_such_a_part(parted: Ratings, ratings: Ratings) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown part 'test' \(known: 1, 2, 3\)"):
        parted.split("column")
    with pytest.raises(DataError, match="split 'column' needs a split column; name it with part="):
        ratings.split("column")


@pytest.mark.parametrize("method", ["time", "leave-last-out"])
def test_a_method_that_needs_times(parted: Ratings, method: str) -> None:
    with pytest.raises(DataError, match=f"split '{method}' needs timestamps; name their column with timestamp="):
        parted.split(method)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("holdot", "unknown split 'holdot'; did you mean 'holdout'"),
        ("leave_last_out", "did you mean 'leave-last-out'"),
        ("u6", "unknown split 'u6'; did you mean 'u"),
        ("canonical", "unknown split 'canonical'"),
        ("", "unknown split ''"),
    ],
)
def test_unknown_method(ratings: Ratings, method: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        ratings.split(method)


@pytest.mark.parametrize(
    ("method", "option", "nearest"),
    [("holdout", "tset_size", "test_size"), ("kfold", "n_fold", "n_folds"), ("time", "testsize", "test_size")],
)
def test_unknown_option_names_the_nearest(ratings: Ratings, method: str, option: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"option of split '{method}' '{option}'; did you mean '{nearest}'"):
        ratings.split(method, **{option: 1})


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("holdout", {"test_size": 0}),
        ("holdout", {"test_size": 1}),
        ("holdout", {"test_size": -0.5}),
        ("holdout", {"test_size": math.nan}),
        ("holdout", {"test_size": "0.2"}),
        ("holdout", {"random_state": -1}),
        ("time", {"test_size": 1.5}),
        ("time", {"cut": "1998-01-01"}),
        ("kfold", {"n_folds": 1}),
        ("kfold", {"n_folds": 44}),
        ("kfold", {"n_folds": 2.5}),
        ("kfold", {"fold": 0}),
        ("kfold", {"fold": 6}),
        ("kfold", {"fold": 1.5}),
        ("kfold", {"fold": "1"}),
        ("kfold", {"random_state": -1}),
        ("leave-last-out", {"n": 0}),
        ("leave-last-out", {"n": 1.5}),
        ("leave-last-out", {"users": 0}),
        ("leave-last-out", {"random_state": -1}),
        ("holdout", {"users": 2.5}),
    ],
    ids=str,
)
def test_value_that_is_not_allowed(ratings: Ratings, method: str, options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(ParameterError, match=f"{name} is "):
        ratings.split(method, **options)


@pytest.mark.parametrize("cut", [-1, 100])
def test_a_part_may_not_be_empty(ratings: Ratings, cut: int) -> None:
    with pytest.raises(DataError, match="split 'time' leaves"):
        ratings.split("time", cut=cut)


@pytest.mark.parametrize(
    "split",
    [
        lambda ratings: ratings.split("leave-last-out"),
        lambda ratings: ratings.split("time", test_size=0.3),
        lambda ratings: ratings.split("kfold", fold=2),
    ],
)
def test_the_ratings_are_not_changed(ratings: Ratings, split: Callable[[Ratings], tuple[Ratings, Ratings]]) -> None:
    before = ratings.fingerprint()
    train, _ = split(ratings)
    train.values[:] = 0
    assert ratings.fingerprint() == before


def test_folds_are_those_of_kfold(ratings: Ratings) -> None:
    with pytest.raises(ParameterError, match="n_folds is 1"):
        list(ratings.folds(n_folds=1))


@pytest.mark.parametrize(
    ("method", "options", "digest"),
    [
        ("u1", {}, "1bdb36c2f1985cbb"),
        ("kfold", {}, "f87e554959a8f3ec"),
        ("kfold", {"fold": 3, "n_folds": 10, "random_state": 7}, "be71ed14d421b7c3"),
        ("holdout", {}, "93e1c51777da7aa6"),
        ("holdout", {"test_size": 0.1, "random_state": 5}, "7d78e6d6ff0fffc5"),
        ("leave-last-out", {}, "d85e954c13a4c5c0"),
        ("leave-last-out", {"n": 5}, "780df7843cdcbe23"),
        ("time", {}, "2f9227fbac45538b"),
        ("time", {"test_size": 0.05}, "e76e038eec35ed7b"),
    ],
    ids=str,
)
def test_rows_of_movielens_stay_those_of_the_first_release(
    movielens: Ratings, method: str, options: dict[str, Any], digest: str
) -> None:
    rows = np.concatenate(split_rows(movielens, method, **options)).astype("<i8")
    assert hashlib.sha256(rows.tobytes()).hexdigest().startswith(digest)


def test_splits_by_time_of_movielens(movielens: Ratings) -> None:
    train, test = movielens.split("time", test_size=0.2)
    assert train.timestamps is not None
    assert test.timestamps is not None
    assert train.timestamps.max() < test.timestamps.min()
    assert 0.19 < len(test) / 100_000 <= 0.2
    _, last = movielens.split("leave-last-out")
    assert len(last) == len(last.user_keys) == 943
