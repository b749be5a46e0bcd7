"""The task on who meets what: rank the whole catalogue for each user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedder import RanksItems
from toolkit.errors import UnknownNameError
from toolkit.keys import locate
from toolkit.metrics.conventions import CONVENTIONS, Convention, ranking_convention
from toolkit.metrics.ranking import ranking_means, ranking_scores
from toolkit.readouts import ProfileReadout
from toolkit.tasks.base import Score, Subject, nothing, task

NAME = "ranking"
PROFILES = ("dot", "cosine")


@task(
    NAME,
    "Ranking",
    "The whole catalogue is ranked for each user, their training items removed; relevant are the test items rated at "
    "least three quarters up the scale (any, where there are no ratings); users without one are left out. Native: the "
    "method's own scores; cosine: likeness to the mean vector of what the user met, the same for all methods.",
    "ndcg@10",
    "ratings",
    {
        "k": Allowed(int, 1),
        "readouts": Allowed(words=("native", *PROFILES), several=True),
        "relevance_threshold": Allowed(float, optional=True),
        "convention": Allowed(words=tuple(CONVENTIONS)),
    },
)
def ranking(
    subject: Subject,
    *,
    k: int = 10,
    readouts: Sequence[str] = ("native", "cosine"),
    relevance_threshold: float | None = None,
    convention: str = "standard",
) -> Iterator[Score]:
    """Judge by the ranking of all items.

    Parameters
    ----------
    subject : Subject
        With the training and the test part of ratings.
    k : int, default 10
        The cutoff.
    readouts : sequence of str
        Of ``native``, ``dot``, ``cosine``.
    relevance_threshold : float, optional
        The rating from which a test item is relevant; by default `Ratings.relevance_threshold`.
    convention : str, default "standard"
        Whose definitions to follow; see `toolkit.metrics.conventions`.

    Yields
    ------
    Score
        The metrics of `toolkit.metrics.ranking.ranking_scores`, means over users, and ``coverage``, the share of the
        users with a relevant item who are known from training.
    """
    train, test = subject.train, subject.test
    if not isinstance(train, Ratings) or test is None:
        yield nothing(NAME, "item", "native", "the data holds no users to rank for")
        return
    threshold = test.relevance_threshold if relevance_threshold is None else relevance_threshold
    for name in readouts:
        ranker: RanksItems
        if name == "native":
            if not isinstance(subject.embedder, RanksItems):
                yield nothing(NAME, "item", name, f"{subject.name} does not rank items itself")
                continue
            ranker, keys = subject.embedder, subject.embedder.embedding("item").keys
        elif name in PROFILES:
            item, why = subject.directions("item")
            if item is None:
                yield nothing(NAME, "item", name, why)
                continue
            ranker, keys = ProfileReadout(item, unit=name == "cosine").fit(train), item.keys
        else:
            raise UnknownNameError(f"readout of task {NAME!r}", name, ["native", *PROFILES])
        yield from _scores(name, ranker, keys, train, test, threshold, k, ranking_convention(convention))


def _scores(
    name: str,
    ranker: RanksItems,
    keys: pd.Index,
    train: Ratings,
    test: Ratings,
    threshold: float,
    k: int,
    convention: Convention,
) -> Iterator[Score]:
    """Rank for each user with a relevant item, and average over them."""
    removed = _cells(train, train.user_keys, keys, threshold if convention.removed == "liked" else -np.inf)
    relevant, n_relevant, n_users = _relevant(train, test, keys, threshold, convention)
    rows = np.flatnonzero(n_relevant)
    if not len(rows):
        yield nothing(NAME, "item", name, "no user known from training has a relevant item in the test part")
        return
    users, n_relevant = train.user_keys[rows], n_relevant[rows]
    found = ranking_scores(
        lambda some: ranker.score_items(users[some]),
        relevant[rows],
        removed[rows],
        n_relevant,
        k,
        convention=convention.name,
    )
    for metric, (value, n) in ranking_means(found, n_relevant, convention=convention.name).items():
        yield Score(NAME, "item", name, metric, value, n, convention=convention.name)
    yield Score(NAME, "item", name, "coverage", len(rows) / n_users, n_users)


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
