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
def ndcg_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10) -> Floats:
    """Return the normalized discounted cumulative gain of the first `k` ranks.

    A relevant item has gain 1 and discount ``1 / log2(rank + 1)``; the ideal ranking holds ``min(k, n_relevant)``.

    Parameters
    ----------
    hits : array-like of bool, shape (n_users, depth)
        Whether the item at each rank is relevant; `depth` is at least `k`.
    n_relevant : array-like of int, shape (n_users,)
        How many items are relevant to the user, ranked or not; at least 1.
    k : int, default 10
        How many ranks count.

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
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, k) - 1]
    return np.asarray(top @ discounts / ideal, dtype=np.float64)


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
def recall_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10) -> Floats:
    """Return the share of the relevant items that stand among the first `k`.

    Parameters, range and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> recall_at_k([[False, True, True]], [4], k=2)
    array([0.25])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    return np.asarray(top.sum(axis=1) / relevant, dtype=np.float64)


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
def precision_at_k(hits: npt.ArrayLike, k: int = 10) -> Floats:
    """Return the share of the first `k` ranks that hold a relevant item.

    The divisor is `k`, also where fewer items were ranked or are relevant. `hits`, range and errors are those of
    `ndcg_at_k`.

    Examples
    --------
    >>> precision_at_k([[False, True, True]], k=2)
    array([0.5])
    """
    return np.asarray(_top(hits, k).sum(axis=1) / k, dtype=np.float64)


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
def average_precision_at_k(hits: npt.ArrayLike, n_relevant: npt.ArrayLike, k: int = 10) -> Floats:
    """Return the average precision of the first `k` ranks.

    The precision at the rank of each hit is summed and divided by ``min(k, n_relevant)``. Parameters, range and
    errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> average_precision_at_k([[True, False, True]], [2], k=3).round(4)
    array([0.8333])
    """
    top, relevant = _top(hits, k), _counts(hits, n_relevant)
    precision = np.cumsum(top, axis=1) / np.arange(1, k + 1)
    return np.asarray((precision * top).sum(axis=1) / np.minimum(relevant, k), dtype=np.float64)


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
    counts = np.asarray(n_relevant)
    if counts.shape != found.shape or not np.issubdtype(counts.dtype, np.integer):
        raise ParameterError(
            f"n_relevant must hold an integer for each of {len(found)} users, not {counts.dtype} of {counts.shape}"
        )
    if (counts < 1).any():
        raise ParameterError(
            f"user {int(np.argmax(counts < 1))} has {counts.min()} relevant items; "
            "leave out users without a relevant item first"
        )
    if (found > counts).any():
        user = int(np.argmax(found > counts))
        raise ParameterError(f"user {user} has {found[user]} hits but n_relevant says {counts[user]}")
    return counts.astype(np.int64)
