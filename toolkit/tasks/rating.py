"""The task on ratings: predict those held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedder import PredictsRatings
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.keys import locate
from toolkit.metrics.rating import mae, rmse, rmse_user
from toolkit.readouts import BiasReadout, RidgeReadout
from toolkit.readouts.ridge import VALIDATION, PenaltySearch
from toolkit.stats import Sample
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.units import UnitRules, Units, occurrences, sample_of

NAME = "rating-prediction"
TWO_SIDED = "ridge-two-sided"
WITHOUT_VECTORS = ("mean", "bias")  # readouts that are the same for every method
RIDGES = ("ridge", TWO_SIDED)


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
    "Ratings held out are predicted, through the method's own predictor (native) and through ridge regressions on its "
    "unit item vectors, the same for all methods: of each user's ratings on the vectors of the items (ridge), then of "
    "each item's on the mean vectors of its users (two-sided). Errors are pooled over ratings, predictions clipped to "
    "the scale. Penalties are chosen on a tenth of the training ratings, with vectors learned without that tenth.",
    "rmse",
    "ratings",
    {"readouts": Allowed(words=("native", "bias", *RIDGES), several=True), "random_state": Allowed(int, 0)},
    units=UnitRules("user", _sample, ("item_count", "user_count")),
)
def rating_prediction(
    subject: Subject, *, readouts: Sequence[str] = ("native", *RIDGES), random_state: int = 0
) -> Iterator[Score]:
    """Judge by the error of predicted ratings.

    Parameters
    ----------
    subject : Subject
        With the training and the test part of ratings.
    readouts : sequence of str
        Of ``native``, ``bias``, ``ridge``, ``ridge-two-sided``.
    random_state : int, default 0
        Seed of the tenth on which penalties are chosen.

    Yields
    ------
    Score
        ``rmse``, ``mae``, ``rmse_user`` and ``coverage`` for each readout. Their units are the ratings with what was
        predicted, and how often their user and item occur in training.
    """
    train, test = subject.train, subject.test
    if not isinstance(train, Ratings) or not isinstance(test, Ratings) or not test.explicit:
        yield nothing(NAME, "item", "native", "the data holds no ratings to predict")
        return
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    cases = _cases(train, test)
    item, why = subject.directions("item")
    penalties: dict[str, dict[str, Any]] = {}
    if item is not None and set(readouts) & set(RIDGES):
        penalties, why = _penalties(subject, train, readouts, random_state)
    native: object = subject.embedder
    for name in readouts:
        predictor: PredictsRatings
        if name == "native":
            if not isinstance(native, PredictsRatings):
                yield nothing(NAME, "item", name, f"{subject.name} has no predictor of ratings of its own")
                continue
            predictor = native
        elif name == "bias":
            predictor = BiasReadout().fit(train)
        elif name in RIDGES:
            if item is None or why:
                yield nothing(NAME, "item", name, why)
                continue
            # on item vectors alone, so that a method with user vectors has no other readout
            predictor = RidgeReadout(item, two_sided=name == TWO_SIDED, **penalties[name]).fit(train)
        else:
            raise UnknownNameError(f"readout of task {NAME!r}", name, ["native", "bias", *RIDGES])
        yield from _errors(name, train, test, predictor.predict(users, items), cases)


def _penalties(
    subject: Subject, train: Ratings, readouts: Sequence[str], random_state: int
) -> tuple[dict[str, dict[str, Any]], str]:
    """Choose the penalties of the ridge readouts on a part of the training ratings, or say why that cannot be done.

    Vectors that have seen the validation ratings would make small penalties look good, so the embedder learns once more
    without them. Vectors that came from elsewhere have not seen them.
    """
    if round(VALIDATION * len(train)) < 1:
        return {}, f"penalties are chosen on a tenth of the training ratings, and of {len(train)} that is none"
    inner, validation = train.split("holdout", test_size=VALIDATION, random_state=random_state)
    vectors = subject.embeddings
    if subject.embedder is not None:
        try:
            vectors = subject.embedder.clone().fit(inner).embeddings_
        except (DataError, ParameterError) as error:
            return (
                {},
                (
                    "penalties are chosen with vectors learned without a tenth of the training ratings, from which "
                    f"{subject.name} cannot learn: {error}"
                ),
            )
    search = PenaltySearch(inner, validation, vectors["item"])
    found = {"ridge": search.one_sided, TWO_SIDED: search.two_sided}
    return {name: found[name]() for name in RIDGES if name in readouts}, ""


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
