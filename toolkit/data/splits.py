"""Splits of ratings, and of facts, into a training and a test part.

Each method is a function of the data and keyword options that returns the row numbers of the two parts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import DataError, ParameterError, UnknownNameError

if TYPE_CHECKING:
    from toolkit.data.ratings import Ratings
    from toolkit.data.triples import Triples

Rows = npt.NDArray[np.int64]
CANONICAL_SIZE, CANONICAL_FOLD = 100_000, 20_000
MOST = 2**32 - 1  # that numpy takes for a seed
MOST_FOLDS = 10_000  # of a suite, which has a row for each


def split_rows(ratings: Ratings, method: str, **options: Any) -> tuple[Rows, Rows]:
    """Return the rows of the training and of the test part; see `Ratings.split` for the methods."""
    check_split(method, options, "ratings")
    if ratings.explicit and ratings.n_repeats:
        raise DataError(
            f"{ratings.n_repeats:,} of {len(ratings):,} ratings are of an item that the same user rated before, so "
            "what is to be predicted could stand in training; keep the last of each: distinct(), or load with "
            "distinct=True"
        )
    train, test = SPLITS["ratings"][method](ratings, **options)
    if not len(train) or not len(test):
        raise DataError(f"split {method!r} leaves {len(train)} ratings to train on and {len(test)} to test on")
    return train, test


def split_facts(triples: Triples, method: str, **options: Any) -> tuple[Rows, Rows]:
    """Return the facts of the training and of the test part; see `Triples.split` for the methods."""
    check_split(method, options, "triples")
    return SPLITS["triples"][method](triples, **options)


def check_split(method: str, options: Mapping[str, object], kind: str | None = None) -> None:
    """Refuse a method or an option that there is not, for one kind of data or for any.

    Raises
    ------
    UnknownNameError
        If there is no such method or option.
    """
    methods = {name: function for of in SPLITS if kind in (None, of) for name, function in SPLITS[of].items()}
    if method not in methods:
        raise UnknownNameError("split", method, methods)
    allowed = [] if method in CANONICAL else list(inspect.signature(methods[method]).parameters)[1:]
    for option in options:
        if option not in allowed:
            raise UnknownNameError(f"option of split {method!r}", option, allowed)


def n_folds_of(method: str, options: Mapping[str, Any]) -> int | None:
    """Return into how many folds a method divides under some options; None where it makes but one division.

    Raises
    ------
    ParameterError
        If that is no number of folds.
    """
    (function,) = (methods[method] for methods in SPLITS.values() if method in methods)
    known = inspect.signature(function).parameters
    if "n_folds" not in known:
        return None
    n_folds: int = options.get("n_folds", known["n_folds"].default)
    _check_whole("n_folds", n_folds, 2, MOST_FOLDS)
    return n_folds


def canonical(ratings: Ratings, fold: int) -> tuple[Rows, Rows]:
    """Return fold `fold` (1 to 5) of MovieLens-100k: 20,000 rows in a row of u.data, in its original order."""
    if len(ratings) != CANONICAL_SIZE:
        raise DataError(
            f"u{fold} is a fold of MovieLens-100k, which has {CANONICAL_SIZE} ratings; these are {len(ratings)}. "
            "Use kfold or holdout"
        )
    rows = np.arange(CANONICAL_SIZE)
    test = (rows >= CANONICAL_FOLD * (fold - 1)) & (rows < CANONICAL_FOLD * fold)
    return rows[~test], rows[test]


def kfold(ratings: Ratings, fold: int = 1, n_folds: int = 5, random_state: int = 0) -> tuple[Rows, Rows]:
    """Return fold `fold` (1 to `n_folds`) of a random division by rating.

    Rows and their order are those of ``surprise.model_selection.KFold(n_folds, random_state)``: what a method that
    goes through the ratings in order learns depends on it.
    """
    _check_whole("n_folds", n_folds, 2, len(ratings))
    _check_whole("fold", fold, 1, n_folds)
    _check_whole("random_state", random_state, 0, MOST)
    rows = np.arange(len(ratings))
    np.random.RandomState(random_state).shuffle(rows)
    parts = np.array_split(rows, n_folds)
    return np.concatenate(parts[: fold - 1] + parts[fold:]), parts[fold - 1]


def holdout(
    ratings: Ratings, test_size: float = 0.2, random_state: int = 0, users: int | None = None
) -> tuple[Rows, Rows]:
    """Return a random division; both parts keep the order of the rows.

    `test_size` is the share of the ratings in the test part, between 0 and 1. With `users` it is the share of the
    ratings of so many users, drawn at random; those of all others are trained on.
    """
    _check_share(test_size)
    _check_whole("random_state", random_state, 0, MOST)
    rows = np.flatnonzero(_judged(ratings, users, random_state)[ratings.users])
    n_test = round(test_size * len(rows))
    test = np.zeros(len(ratings), dtype=bool)
    test[rows[np.random.default_rng(random_state).permutation(len(rows))[:n_test]]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def leave_last_out(ratings: Ratings, n: int = 1, users: int | None = None, random_state: int = 0) -> tuple[Rows, Rows]:
    """Return each user's last `n` ratings as the test part; a user with no more than `n` stays in training.

    With `users`, those of so many users alone, drawn at random with the seed `random_state`.
    """
    _check_whole("n", n, 1, MOST)
    _check_whole("random_state", random_state, 0, MOST)
    judged = _judged(ratings, users, random_state)
    order = np.lexsort((_times(ratings, "leave-last-out"), ratings.users))
    owners = ratings.users[order]
    counts = np.bincount(owners)
    from_end = (np.cumsum(counts) - 1)[owners] - np.arange(len(order))
    test = np.zeros(len(ratings), dtype=bool)
    test[order] = (from_end < n) & (counts[owners] > n) & judged[owners]
    return np.flatnonzero(~test), np.flatnonzero(test)


def time(ratings: Ratings, test_size: float = 0.2, cut: float | None = None) -> tuple[Rows, Rows]:
    """Return what was rated before one moment, and what at or after it.

    `cut` is that moment, on the scale of the timestamps. Without it, the moment is the first that leaves at most a
    share `test_size` of the ratings for testing: equal times never fall on both sides.
    """
    times = _times(ratings, "time")
    if cut is None:
        _check_share(test_size)
        ordered = np.sort(times)
        most = int(test_size * len(ordered) + 1e-9)  # 0.29 * 100 falls short of 29
        last = ordered[len(ordered) - most - 1]
        return np.flatnonzero(times <= last), np.flatnonzero(times > last)
    if isinstance(cut, bool) or not isinstance(cut, int | float | np.number):
        raise ParameterError(f"cut is {cut!r}; it must be a number on the scale of the timestamps")
    return np.flatnonzero(times < cut), np.flatnonzero(times >= cut)


def column(ratings: Ratings, test: str = "test") -> tuple[Rows, Rows]:
    """Return the ratings whose own split column says `test`, and all the others to train on."""
    if ratings.parts is None:
        raise DataError("split 'column' needs a split column; name it with part= when you load the ratings")
    chosen = ratings.parts == str(test)
    if not chosen.any():
        raise UnknownNameError("part", test, sorted(ratings.parts.unique()))
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def inputs(triples: Triples, fold: int = 1, n_folds: int = 26, random_state: int = 0) -> tuple[Rows, Rows]:
    """Return fold `fold` (1 to `n_folds`) of a random division by input: a subject with a relation.

    All facts of an input fall on the same side; both parts keep the order of the facts.
    """
    codes, distinct = pd.factorize(pd.MultiIndex.from_tuples([fact[:2] for fact in triples.facts]))
    if len(distinct) < 2:
        raise DataError(f"{triples.name} has one input alone, {' '.join(distinct[0])!r}; there is nothing to divide")
    _check_whole("n_folds", n_folds, 2, len(distinct))
    _check_whole("fold", fold, 1, n_folds)
    _check_whole("random_state", random_state, 0, MOST)
    order = np.arange(len(distinct))
    np.random.RandomState(random_state).shuffle(order)
    test = np.isin(codes, np.array_split(order, n_folds)[fold - 1])
    return np.flatnonzero(~test), np.flatnonzero(test)


def _judged(ratings: Ratings, users: int | None, random_state: int) -> npt.NDArray[np.bool_]:
    """Return which users may have ratings in the test part: all, or so many of them."""
    n_users = len(ratings.user_keys)
    chosen = np.ones(n_users, dtype=bool)
    if users is not None:
        _check_whole("users", users, 1, MOST)
        rng = np.random.default_rng([random_state, n_users])  # not the stream that draws ratings
        chosen[rng.permutation(n_users)[users:]] = False
    return chosen


def _times(ratings: Ratings, method: str) -> npt.NDArray[Any]:
    if ratings.timestamps is None:
        raise DataError(
            f"split {method!r} needs timestamps; name their column with timestamp= when you load the ratings"
        )
    return ratings.timestamps


def _check_share(test_size: float) -> None:
    if not isinstance(test_size, int | float) or not 0 < test_size < 1:
        raise ParameterError(f"test_size is {test_size!r}; it must lie between 0 and 1")


def _check_whole(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ParameterError(f"{name} is {value!r}; it must be a whole number from {low} to {high}")


METHODS: dict[str, Callable[..., tuple[Rows, Rows]]] = {
    "kfold": kfold,
    "holdout": holdout,
    "leave-last-out": leave_last_out,
    "time": time,
    "column": column,
}
CANONICAL = {f"u{fold}": partial(canonical, fold=fold) for fold in range(1, 6)}
FACT_METHODS: dict[str, Callable[..., tuple[Rows, Rows]]] = {"inputs": inputs}
SPLITS: dict[str, Mapping[str, Callable[..., tuple[Rows, Rows]]]] = {
    "ratings": {**METHODS, **CANONICAL},
    "triples": FACT_METHODS,
}
