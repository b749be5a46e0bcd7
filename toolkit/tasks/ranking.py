"""The task on who meets what: rank the whole catalogue for each user."""

from __future__ import annotations

from collections import defaultdict
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
from toolkit.metrics.ranking import ranking_scores
from toolkit.readouts import ProfileReadout
from toolkit.tasks.base import Score, Subject, nothing, task

NAME = "ranking"
PROFILES = ("dot", "cosine")
CELLS = 1 << 23  # scores held at a time


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
    },
)
def ranking(
    subject: Subject,
    *,
    k: int = 10,
    readouts: Sequence[str] = ("native", "cosine"),
    relevance_threshold: float | None = None,
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
        yield from _scores(name, ranker, keys, train, test, threshold, k)


def _scores(
    name: str, ranker: RanksItems, keys: pd.Index, train: Ratings, test: Ratings, threshold: float, k: int
) -> Iterator[Score]:
    """Rank block by block and average over users."""
    seen = _cells(train, train.user_keys, keys, np.ones(len(train), dtype=bool))
    wanted = _cells(test, train.user_keys, keys, test.values >= threshold)
    n_relevant, n_users = _relevant_counts(train, test, threshold)
    users = np.flatnonzero(n_relevant)
    values: defaultdict[str, list[npt.NDArray[np.float64]]] = defaultdict(list)
    block = max(1, CELLS // max(len(keys), 1))
    for start in range(0, len(users), block):
        rows = users[start : start + block]
        scores = ranker.score_items(train.user_keys[rows])
        found = ranking_scores(scores, wanted[rows], seen[rows], n_relevant[rows], k)
        for metric, of_users in found.items():
            values[metric].append(of_users)
    if not values:
        yield nothing(NAME, "item", name, "no user known from training has a relevant item in the test part")
        return
    for metric, parts in values.items():
        per_user = np.concatenate(parts)
        defined = per_user[~np.isnan(per_user)]  # AUC has no value for a user whose candidates are all of one kind
        if len(defined):
            yield Score(NAME, "item", name, metric, float(defined.mean()), len(defined), convention="standard")
    yield Score(NAME, "item", name, "coverage", len(users) / n_users, n_users)


def _cells(ratings: Ratings, users: pd.Index, items: pd.Index, chosen: npt.NDArray[np.bool_]) -> sparse.csr_array:
    """Return who met what as a matrix over given keys; what they do not hold is left out."""
    rows, columns = locate(users, ratings.user_keys)[ratings.users], locate(items, ratings.item_keys)[ratings.items]
    chosen = chosen & (rows >= 0) & (columns >= 0)
    ones = np.ones(int(chosen.sum()), dtype=bool)
    return sparse.coo_array((ones, (rows[chosen], columns[chosen])), shape=(len(users), len(items))).tocsr()


def _relevant_counts(train: Ratings, test: Ratings, threshold: float) -> tuple[npt.NDArray[np.int64], int]:
    """Count each training user's relevant test items, known or not, that they have not met in training.

    The second number is that of all users with such items, those unknown in training too.
    """
    frame = test.to_frame().loc[test.values >= threshold, ["user", "item"]].drop_duplicates()
    met = pd.MultiIndex.from_frame(train.to_frame()[["user", "item"]])
    users = frame.loc[~pd.MultiIndex.from_frame(frame).isin(met), "user"]
    rows = locate(train.user_keys, users)
    return np.bincount(rows[rows >= 0], minlength=len(train.user_keys)), users.nunique()
