"""Metrics of the first ranks of a list, from whether each rank holds a relevant item.

Each returns a value for every user, so that means and paired tests can both be taken. A user without a relevant item
has no value: leave such users out, and count them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@metric(
    MetricInfo(
        "ndcg@k",
        "NDCG@{k}",
        "higher",
        0,
        1,
        "Sum of 1/log2(rank+1) over the relevant items among the first {k}, divided by the largest sum possible with "
        "min({k}, number of relevant items); mean over users.",
        reference="Järvelin and Kekäläinen 2002",
    )
)
def ndcg_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10, *, offset: int = 1) -> Floats:
    """Return the normalized discounted cumulative gain of the first `k` ranks.

    A relevant item has gain 1 and discount ``1 / log2(max(rank + offset, 2))``; the ideal ranking holds
    ``min(k, n_relevant)``.

    Parameters
    ----------
    hits : array-like of bool, shape (n_users, depth)
        Whether the item at each rank is relevant; `depth` is at least `k`.
    n_relevant : array-like of int, shape (n_users,)
        How many items are relevant to the user, ranked or not; at least 1.
    k : int, default 10
        How many ranks count.
    offset : int, default 1
        Added to the rank; with 0, as the reference has it, the first two ranks count alike.

    Returns
    -------
    ndarray of float64, shape (n_users,)
        Each in [0, 1].

    Raises
    ------
    ParameterError
        If a shape is wrong, `k` lies outside 1 to `depth`, or a user has fewer relevant items than hits, or none.

    References
    ----------
    Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4).

    Examples
    --------
    >>> ndcg_at_k([[False, True, True]], [2], k=3).round(4)
    array([0.6934])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    discounts = 1 / np.log2(np.maximum(np.arange(1, k + 1) + offset, 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, k) - 1]
    users, ranks = np.nonzero(top)
    return np.asarray(np.bincount(users, discounts[ranks], len(top)) / ideal, dtype=np.float64)


@metric(
    MetricInfo(
        "recall@k",
        "Recall@{k}",
        "higher",
        0,
        1,
        "Relevant items among the first {k}, divided by the number of relevant items; mean over users.",
    )
)
def recall_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10, *, capped: bool = False) -> Floats:
    """Return the share of the relevant items that stand among the first `k`.

    With `capped`, the divisor is ``min(k, n_relevant)``, so that 1 can always be reached. The other parameters, range
    and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> recall_at_k([[False, True, True]], [4], k=2)
    array([0.25])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    return np.asarray(top.sum(axis=1) / (np.minimum(relevant, k) if capped else relevant), dtype=np.float64)


@metric(
    MetricInfo(
        "precision@k",
        "Precision@{k}",
        "higher",
        0,
        1,
        "Mean share of the first {k} that are right: of ranked items, those relevant to the user; of nearest "
        "neighbours, those that share an attribute.",
    )
)
def precision_at_k(hits: npt.ArrayLike, k: int = 10, *, n_ranked: npt.ArrayLike | None = None) -> Floats:
    """Return the share of the first `k` ranks that hold a relevant item.

    The divisor is `k`, also where fewer items are relevant, or were ranked. With `n_ranked`, shape (n_users,), the
    number of items ranked, it is no more than that. `hits`, range and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> precision_at_k([[False, True, True]], k=2)
    array([0.5])
    """
    return np.asarray(_top(hits, k).sum(axis=1) / _length(k, n_ranked), dtype=np.float64)


@metric(
    MetricInfo(
        "map@k",
        "MAP@{k}",
        "higher",
        0,
        1,
        "Sum of the precision at the rank of each relevant item among the first {k}, divided by min({k}, number of "
        "relevant items); mean over users.",
    )
)
def average_precision_at_k(
    hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10, *, n_ranked: npt.ArrayLike | None = None
) -> Floats:
    """Return the average precision of the first `k` ranks.

    The precision at the rank of each hit is summed and divided by ``min(k, n_relevant)``; with `n_ranked`, by no more
    than that. Parameters, range and errors are those of `ndcg_at_k` and `precision_at_k`.

    Examples
    --------
    >>> average_precision_at_k([[True, False, True]], [2], k=3).round(4)
    array([0.8333])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    users, ranks = np.nonzero(top)
    of_user = np.bincount(users, minlength=len(top))
    found = np.arange(len(users)) - np.repeat(np.cumsum(of_user) - of_user, of_user)  # hits before this one
    total = np.bincount(users, (found + 1) / (ranks + 1), len(top))
    return np.asarray(total / np.minimum(relevant, _length(k, n_ranked)), dtype=np.float64)


@metric(
    MetricInfo(
        "hit_rate@k",
        "Hit rate@{k}",
        "higher",
        0,
        1,
        "Share of the users with a relevant item among the first {k}.",
    )
)
def hit_rate_at_k(hits: npt.ArrayLike, k: int = 10) -> Floats:
    """Return 1 where the first `k` ranks hold a relevant item, 0 elsewhere.

    `hits` and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> hit_rate_at_k([[False, True, True], [False, False, True]], k=2)
    array([1., 0.])
    """
    return np.asarray(_top(hits, k).any(axis=1), dtype=np.float64)


@metric(
    MetricInfo(
        "mrr",
        "MRR",
        "higher",
        0,
        1,
        "Mean over users of 1/rank of the first relevant item in the whole ranking, 0 where there is none.",
    )
)
def reciprocal_rank(hits: npt.ArrayLike) -> Floats:
    """Return 1 / rank of the first relevant item, 0 where there is none.

    `hits` is that of `ndcg_at_k`; all the ranks given count.

    Examples
    --------
    >>> reciprocal_rank([[False, True, True], [False, False, False]])
    array([0.5, 0. ])
    """
    ranked = _hits(hits)
    return np.asarray(ranked.any(axis=1) / (ranked.argmax(axis=1) + 1), dtype=np.float64)


@metric(
    MetricInfo(
        "mrr@k",
        "MRR@{k}",
        "higher",
        0,
        1,
        "Mean over users of 1/rank of the first relevant item among the first {k}, 0 where there is none.",
    )
)
def reciprocal_rank_at_k(hits: npt.ArrayLike, k: int = 10) -> Floats:
    """Return 1 / rank of the first relevant item among the first `k`, 0 where there is none.

    `hits` and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> reciprocal_rank_at_k([[False, True, True], [False, False, True]], k=2)
    array([0.5, 0. ])
    """
    return reciprocal_rank(_top(hits, k))


@metric(
    MetricInfo(
        "auc@k",
        "AUC@{k}",
        "higher",
        0,
        1,
        "AUC of a ranking of which only the first {k} are known: the relevant items that are not among them stand "
        "evenly among the rest of the catalogue; mean over users.",
    )
)
def auc_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, n_items: int, k: int = 10) -> Floats:
    """Return the probability that a relevant item stands above another, from the first `k` ranks alone.

    What is not among them is taken to stand behind in any order: a pair of which nothing is known counts half.

    Parameters
    ----------
    hits, n_relevant, k
        As for `ndcg_at_k`.
    n_items : int
        The size of the catalogue.

    Returns
    -------
    ndarray of float64, shape (n_users,)
        Each in [0, 1]; nan where all items are relevant.

    Raises
    ------
    ParameterError
        As for `ndcg_at_k`, or if a user has more relevant items than the catalogue holds.

    Examples
    --------
    >>> auc_at_k([[False, True]], [2], n_items=5, k=2).round(4)
    array([0.5])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    if (relevant > n_items).any():
        raise ParameterError(f"n_relevant holds {relevant.max()}, but there are only {n_items} items")
    found, others = top.sum(axis=1), n_items - relevant
    below = others - (k - found)  # negative where the list is longer than the catalogue
    above = (np.cumsum(top, axis=1) * ~top).sum(axis=1) + np.minimum(below, 0) * found
    pairs = above + np.maximum(below, 0) * (found + relevant) / 2
    return np.asarray(pairs / np.where(others, relevant * others, np.nan), dtype=np.float64)


def _length(k: int, n_ranked: npt.ArrayLike | None) -> Ints:
    """Return how many ranks of each list count; an empty one has no hits to divide."""
    return np.asarray(k if n_ranked is None else np.clip(n_ranked, 1, k), dtype=np.int64)


def _hits(hits: npt.ArrayLike) -> Bools:
    ranked = np.asarray(hits)
    if ranked.ndim != 2 or ranked.dtype != bool or not ranked.shape[1]:
        raise ParameterError(f"hits must be bool of shape (n_users, depth), not {ranked.dtype} of {ranked.shape}")
    return ranked


def _top(hits: npt.ArrayLike, k: int) -> Bools:
    ranked = _hits(hits)
    if not 1 <= k <= ranked.shape[1]:
        raise ParameterError(f"k is {k}; it must lie between 1 and the number of ranks in hits, {ranked.shape[1]}")
    return ranked[:, :k]


def _counts(hits: npt.ArrayLike, n_relevant: npt.ArrayLike) -> Ints:
    found = _hits(hits).sum(axis=1)
    counts = relevant_counts(n_relevant, len(found))
    if (found > counts).any():
        user = int(np.argmax(found > counts))
        raise ParameterError(f"user {user} has {found[user]} hits but n_relevant says {counts[user]}")
    return counts


def relevant_counts(n_relevant: npt.ArrayLike, n_users: int) -> Ints:
    """Return how many items are relevant to each user, having checked that some are."""
    counts = np.asarray(n_relevant)
    if counts.shape != (n_users,) or not np.issubdtype(counts.dtype, np.integer):
        raise ParameterError(
            f"n_relevant must hold an integer for each of {n_users} users, not {counts.dtype} of {counts.shape}"
        )
    if (counts < 1).any():
        raise ParameterError(
            f"user {int(np.argmax(counts < 1))} has {counts.min()} relevant items; "
            "leave out users without a relevant item first"
        )
    return counts.astype(np.int64)
