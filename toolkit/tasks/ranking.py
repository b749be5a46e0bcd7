"""The task on who meets what: rank the whole catalogue for each user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedder import RanksByProducts, RanksItems
from toolkit.keys import locate
from toolkit.metrics.conventions import CONVENTIONS, Convention, ranking_convention
from toolkit.metrics.means import ranking_means, ranking_weights
from toolkit.metrics.products import DotProducts
from toolkit.metrics.ranking import RANKING_METRICS, ranking_scores
from toolkit.readouts import BiasReadout
from toolkit.stats import Sample
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.readings import NATIVE, PROFILES, REGRESSIONS, RIDGES, Readings, check_readouts
from toolkit.tasks.units import UnitRules, Units, occurrences, sample_of

NAME = "ranking"
READOUTS = (NATIVE, "bias", *PROFILES, *REGRESSIONS)
EXPLICIT = ("bias", *REGRESSIONS)  # these rank by the ratings that they expect
WEIGHT = "weight of "  # begins the name of a column, where a convention weights users


def _sample(users: pd.DataFrame, metric: str) -> Sample | None:
    if metric not in users:
        return None
    weights = users.get(WEIGHT + metric, pd.Series(1.0, users.index))
    has = users[metric].notna() & (weights > 0)
    return sample_of("mean", users["user"][has].astype(object), (users[metric] * weights)[has], weights[has])


@task(
    NAME,
    "Ranking",
    "The whole catalogue is ranked for each user, their training items removed; relevant are the test items rated at "
    "least three quarters up the scale (any, where there are no ratings); users without one are left out. Native: the "
    "method's own scores. The same for all methods: likeness to the mean vector of what the user met (dot, cosine), or "
    "the ratings that the biases or the ridge readouts expect.",
    "ndcg@10",
    "ratings",
    {
        "k": Allowed(int, 1),
        "readouts": Allowed(words=READOUTS, several=True),
        "relevance_threshold": Allowed(float, optional=True),
        "convention": Allowed(words=tuple(CONVENTIONS)),
        "metrics": Allowed(words=RANKING_METRICS, several=True),
        "random_state": Allowed(int, 0),
    },
    units=UnitRules("user", _sample, ("user_count",)),
)
def ranking(
    subject: Subject,
    *,
    k: int = 10,
    readouts: Sequence[str] = (NATIVE, *PROFILES, *RIDGES),
    relevance_threshold: float | None = None,
    convention: str = "standard",
    metrics: Sequence[str] | None = None,
    random_state: int = 0,
) -> Iterator[Score]:
    """Judge by the ranking of all items.

    Parameters
    ----------
    subject : Subject
        With the training and the test part of ratings.
    k : int, default 10
        The cutoff.
    readouts : sequence of str
        Of ``native``, ``bias``, ``dot``, ``cosine``, ``ridge``, ``ridge-two-sided``, ``hierarchical``; by default all
        but the last and ``bias``, which ranks alike for all users and methods.
    relevance_threshold : float, optional
        The rating from which a test item is relevant; by default `Ratings.relevance_threshold`.
    convention : str, default "standard"
        Whose definitions to follow; see `toolkit.metrics.conventions`.
    metrics : sequence of str, optional
        Of `toolkit.metrics.ranking.RANKING_METRICS`; by default those of the convention. On a large catalogue, those
        that end in ``@k`` alone take far less time than ``mrr``, ``map`` and ``auc``, which need the whole ranking.
    random_state : int, default 0
        Seed of the tenth of the training ratings on which the penalties of the ridge readouts are chosen, by the error
        of predicted ratings, as in the task rating-prediction.

    Yields
    ------
    Score
        The metrics of `toolkit.metrics.ranking.ranking_scores`, means over users, and ``coverage``, the share of the
        users with a relevant item who are known from training. Their units are the users with their values, and how
        many items they met in training.
    """
    check_readouts(NAME, readouts, READOUTS)
    train, test = subject.train, subject.test
    if not isinstance(train, Ratings) or not isinstance(test, Ratings):
        yield nothing(NAME, "item", NATIVE, "the data holds no users to rank for")
        return
    counted = _Counting(
        test.relevance_threshold if relevance_threshold is None else relevance_threshold,
        k,
        ranking_convention(convention),
        metrics,
    )
    readings = Readings(subject, train, [name for name in readouts if name in REGRESSIONS], random_state)
    for name in readouts:
        ranker, keys, why = _native(subject) if name == NATIVE else _common(name, readings)
        if ranker is None:
            yield nothing(NAME, "item", name, why)
        else:
            yield from _scores(name, ranker, keys, train, test, counted)


Ranker = tuple[RanksItems | None, pd.Index, str]  # with the keys of the items that it scores, or why there is none


def _native(subject: Subject) -> Ranker:
    embedder: object = subject.embedder
    if isinstance(embedder, RanksItems):
        return embedder, subject.embeddings["item"].keys, ""
    return None, pd.Index([]), f"{subject.name} does not rank items itself"


def _common(name: str, readings: Readings) -> Ranker:
    if name in EXPLICIT and not readings.train.explicit:
        return None, pd.Index([]), "the data holds no ratings by which this readout could rank"
    ranker, why = readings.fitted(name)
    if not isinstance(ranker, RanksItems):
        return None, pd.Index([]), why
    keys = readings.train.item_keys if isinstance(ranker, BiasReadout) else ranker.item.keys
    return ranker, keys, ""


@dataclass(frozen=True)
class _Counting:
    """What counts as relevant, and what is computed from it."""

    threshold: float
    k: int
    convention: Convention
    metrics: Sequence[str] | None

    @property
    def top_only(self) -> bool:
        """bool: whether nothing below the first ranks matters."""
        return all(metric.endswith("@k") for metric in self.metrics or self.convention.metrics)


def _scores(
    name: str, ranker: RanksItems, keys: pd.Index, train: Ratings, test: Ratings, counted: _Counting
) -> Iterator[Score]:
    """Rank for each user with a relevant item, and average over them."""
    convention = counted.convention
    removed = _cells(train, train.user_keys, keys, counted.threshold if convention.removed == "liked" else -np.inf)
    relevant, n_relevant, n_users = _relevant(train, test, keys, counted.threshold, convention)
    rows = np.flatnonzero(n_relevant)
    if not len(rows):
        yield nothing(NAME, "item", name, "no user known from training has a relevant item in the test part")
        return
    users, n_relevant = train.user_keys[rows], n_relevant[rows]
    found = ranking_scores(
        DotProducts(*ranker.score_factors(users))
        if counted.top_only and isinstance(ranker, RanksByProducts)
        else lambda some: ranker.score_items(users[some]),
        relevant[rows],
        removed[rows],
        n_relevant,
        counted.k,
        convention=convention.name,
        metrics=counted.metrics,
    )
    met = occurrences(train.users, train.user_keys, users)
    cases = pd.DataFrame({"user": pd.Categorical(users), "user_count": met})
    units = Units(NAME, "item", "", name, cases, pd.DataFrame({**found, **_weights(found, n_relevant, convention)}))
    for metric, (value, n) in ranking_means(found, n_relevant, convention=convention.name).items():
        yield Score(NAME, "item", name, metric, value, n, convention=convention.name, units=units)
    yield Score(NAME, "item", name, "coverage", len(rows) / n_users, n_users)


def _weights(
    metrics: Iterable[str], n_relevant: npt.NDArray[np.int64], convention: Convention
) -> dict[str, npt.NDArray[np.float64]]:
    """Return what users count in the means of the metrics in which they do not all count the same."""
    weights = {WEIGHT + name: ranking_weights(name, n_relevant, convention=convention.name) for name in metrics}
    return {name: values for name, values in weights.items() if np.ptp(values)}


def _relevant(
    train: Ratings, test: Ratings, keys: pd.Index, threshold: float, convention: Convention
) -> tuple[sparse.csr_array, npt.NDArray[np.int64], int]:
    """Return what is relevant to training users within the catalogue, and how much is relevant to them in all.

    The last number is that of all users with relevant items, those unknown in training too.
    """
    items = test.item_keys if convention.unknown_items == "missed" else keys
    within, everything = (
        _cells(test, users, columns, threshold) for users, columns in ((train.user_keys, keys), (test.user_keys, items))
    )
    if convention.repeated == "dropped":
        everything = everything > _cells(train, test.user_keys, items)  # and not met in training
    of_user = np.diff(everything.indptr)
    counts = np.zeros(len(train.user_keys), dtype=np.int64)
    rows = locate(train.user_keys, test.user_keys)
    counts[rows[rows >= 0]] = of_user[rows >= 0]
    return within, counts, int(np.count_nonzero(of_user))


def _cells(ratings: Ratings, users: pd.Index, items: pd.Index, threshold: float = -np.inf) -> sparse.csr_array:
    """Return who rated what at least so high, as a matrix over given keys; what they do not hold is left out."""
    rows = locate(users, ratings.user_keys).astype(np.int32)[ratings.users]
    columns = locate(items, ratings.item_keys).astype(np.int32)[ratings.items]
    chosen = (rows >= 0) & (columns >= 0) & (ratings.values >= threshold)
    cells = sparse.coo_array(
        (np.ones(int(chosen.sum()), dtype=bool), (rows[chosen], columns[chosen])), shape=(len(users), len(items))
    )
    return cells.tocsr()
