"""The task on ratings: predict those held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedder import PredictsRatings
from toolkit.keys import locate
from toolkit.metrics.rating import mae, rmse, rmse_user
from toolkit.stats import Sample
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.readings import HIERARCHICAL, NATIVE, PROFILES, REGRESSIONS, RIDGES, Readings, check_readouts
from toolkit.tasks.units import UnitRules, Units, occurrences, sample_of

NAME = "rating-prediction"
WITHOUT_VECTORS = ("mean", "bias")  # the same for every method
READOUTS = (NATIVE, *WITHOUT_VECTORS, *PROFILES, *RIDGES)
KNOWN = (*READOUTS, HIERARCHICAL)  # the last one only when it is asked for: it takes some seconds


def _sample(cases: pd.DataFrame, metric: str) -> Sample | None:
    """Gather the errors of each user, as a user's ratings belong together."""
    users, keys = pd.factorize(cases["user"].astype(object))
    errors = cases["predicted"].to_numpy(np.float64) - cases["rating"].to_numpy(np.float64)
    counts, squares = np.bincount(users), np.bincount(users, errors**2)
    if metric == "rmse":
        return sample_of("root-mean", keys, squares, counts)
    if metric == "mae":
        return sample_of("mean", keys, np.bincount(users, np.abs(errors)), counts)
    if metric == "rmse_user":
        return sample_of("mean", keys, np.sqrt(squares / counts))
    return None


@task(
    NAME,
    "Rating prediction",
    "Ratings held out are predicted, through the method's own predictor (native) and through readouts that are the "
    "same for all: the training mean; regularized biases; on top of these the likeness of an item's vector to those of "
    "the user's history, each weighted by what the biases leave of its rating (dot, cosine); or ridge regressions on "
    "unit item vectors, of each user's ratings on the vectors of the items (ridge), then of each item's on the mean "
    "vectors of its users (two-sided), or both with a prior of the weights that is learned from all users and items "
    "(hierarchical). Errors are pooled over ratings, predictions clipped to the scale. Slopes and penalties are chosen "
    "on a tenth of the training ratings, with vectors learned without that tenth.",
    "rmse",
    "ratings",
    {"readouts": Allowed(words=KNOWN, several=True), "random_state": Allowed(int, 0)},
    units=UnitRules("user", _sample, ("item_count", "user_count")),
)
def rating_prediction(
    subject: Subject, *, readouts: Sequence[str] = READOUTS, random_state: int = 0
) -> Iterator[Score]:
    """Judge by the error of predicted ratings.

    Parameters
    ----------
    subject : Subject
        With the training and the test part of ratings.
    readouts : sequence of str
        Of ``native``, ``mean``, ``bias``, ``dot``, ``cosine``, ``ridge``, ``ridge-two-sided``, ``hierarchical``; by
        default all but the last.
    random_state : int, default 0
        Seed of the tenth on which slopes and penalties are chosen.

    Yields
    ------
    Score
        ``rmse``, ``mae``, ``rmse_user`` and ``coverage`` for each readout. Their units are the ratings with what was
        predicted, and how often their user and item occur in training.
    """
    check_readouts(NAME, readouts, KNOWN)
    train, test = subject.train, subject.test
    if not isinstance(train, Ratings) or not isinstance(test, Ratings) or not test.explicit:
        yield nothing(NAME, "item", NATIVE, "the data holds no ratings to predict")
        return
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    cases = _cases(train, test)
    readings = Readings(subject, train, [name for name in readouts if name in (*PROFILES, *REGRESSIONS)], random_state)
    for name in readouts:
        predictor, why = _native(subject) if name == NATIVE else readings.fitted(name)
        if predictor is None:
            yield nothing(NAME, "item", name, why)
        else:
            yield from _errors(name, train, test, predictor.predict(users, items), cases)


def _native(subject: Subject) -> tuple[PredictsRatings | None, str]:
    embedder: object = subject.embedder
    if isinstance(embedder, PredictsRatings):
        return embedder, ""
    return None, f"{subject.name} has no predictor of ratings of its own"


def _cases(train: Ratings, test: Ratings) -> pd.DataFrame:
    """Return who rated what in the test part, and how often both occur in training."""
    return pd.DataFrame(
        {
            "user": pd.Categorical.from_codes(test.users, test.user_keys),
            "item": pd.Categorical.from_codes(test.items, test.item_keys),
            "rating": test.values,
            "user_count": occurrences(train.users, train.user_keys, test.user_keys)[test.users],
            "item_count": occurrences(train.items, train.item_keys, test.item_keys)[test.items],
        }
    )


def _errors(
    name: str, train: Ratings, test: Ratings, predicted: npt.NDArray[np.float64], cases: pd.DataFrame
) -> Iterator[Score]:
    known_user = locate(train.user_keys, test.user_keys) >= 0
    known_item = locate(train.item_keys, test.item_keys) >= 0
    n, n_users = len(test), len(test.user_keys)
    # in single precision, which moves an error by its eighth digit
    units = Units(NAME, "item", "", name, cases, pd.DataFrame({"predicted": predicted.astype(np.float32)}))
    yield Score(NAME, "item", name, "rmse", rmse(test.values, predicted), n, convention="pooled", units=units)
    yield Score(NAME, "item", name, "mae", mae(test.values, predicted), n, convention="pooled", units=units)
    by_user = rmse_user(test.values, predicted, test.users)
    yield Score(NAME, "item", name, "rmse_user", by_user, n_users, convention="mean over users", units=units)
    coverage = float((known_user[test.users] & known_item[test.items]).mean())
    yield Score(NAME, "item", name, "coverage", coverage, n)
