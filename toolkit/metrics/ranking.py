"""Ranking items by score, and all metrics of a ranking at once, convention ``standard``.

The whole catalogue is ranked without the user's training items; equal scores stand in column order.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.hits import (
    average_precision_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
)

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]
Cells: TypeAlias = Bools | sparse.csr_array | sparse.csr_matrix


def rank_items(scores: npt.ArrayLike, k: int, exclude: Cells | None = None) -> Ints:
    """Return each user's best items.

    Parameters
    ----------
    scores : array-like, shape (n_users, n_items)
        Higher is better; every value finite.
    k : int
        How many items to return, at least 1; may exceed `n_items`.
    exclude : csr_array or ndarray of bool, shape (n_users, n_items), optional
        Items that are not ranked, usually the user's training items. A stored cell counts whatever its value.

    Returns
    -------
    ndarray of int64, shape (n_users, k)
        Columns of `scores`, best first, equal ones by column; -1 where the candidates have run out.

    Raises
    ------
    ParameterError
        If a score is not finite, a shape is wrong or `k` is less than 1.

    Examples
    --------
    >>> rank_items([[0.1, 0.9, 0.9, 0.5]], k=2)
    array([[1, 2]])
    """
    return _best(_candidates(scores, exclude), k)


@metric(
    MetricInfo(
        "auc",
        "AUC",
        "higher",
        0,
        1,
        "Probability that a relevant item scores above one that is not, over all ranked items, equal scores counting "
        "half; mean over the users who have items of both kinds.",
    )
)
def auc(scores: npt.ArrayLike, relevant: Cells, exclude: Cells | None = None) -> Floats:
    """Return the probability that a relevant item scores above one that is not; equal scores count half.

    Parameters
    ----------
    scores, exclude
        As for `rank_items`.
    relevant : csr_array or ndarray of bool, shape (n_users, n_items)
        The user's relevant items; those excluded do not count.

    Returns
    -------
    ndarray of float64, shape (n_users,)
        Each in [0, 1]; nan for a user whose candidates are all relevant, or none of them. Leave these out of a mean,
        and count them.

    Raises
    ------
    ParameterError
        If a score is not finite or a shape is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> auc([[0.9, 0.5, 0.5]], np.array([[False, True, False]]))
    array([0.25])
    """
    candidates = _candidates(scores, exclude)
    return _auc(candidates, _mask(relevant, candidates.shape, "relevant") & (candidates > -np.inf))


def ranking_scores(
    scores: npt.ArrayLike,
    relevant: Cells,
    exclude: Cells | None = None,
    n_relevant: npt.ArrayLike | None = None,
    k: int = 10,
) -> dict[str, Floats]:
    """Return all ranking metrics of some users, by the names of score tables.

    Parameters
    ----------
    scores, exclude
        As for `rank_items`.
    relevant : csr_array or ndarray of bool, shape (n_users, n_items)
        The user's relevant items within the catalogue.
    n_relevant : array-like of int, shape (n_users,), optional
        How many items are relevant to the user, those outside the catalogue included; at least 1. By default those of
        `relevant`.
    k : int, default 10
        The cutoff.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_users,)
        ``ndcg@k``, ``recall@k``, ``precision@k``, ``map@k``, ``hit_rate@k`` with the cutoff filled in, ``mrr`` over
        the whole ranking, and ``auc``, which may be nan.

    Raises
    ------
    ParameterError
        As for `rank_items` and `ndcg_at_k`.
    """
    candidates = _candidates(scores, exclude)
    wanted = _mask(relevant, candidates.shape, "relevant")
    counts = wanted.sum(axis=1) if n_relevant is None else n_relevant
    wanted &= candidates > -np.inf
    best = _best(candidates, k)
    hits = np.take_along_axis(wanted, np.maximum(best, 0), axis=1) & (best >= 0)
    return {
        f"ndcg@{k}": ndcg_at_k(hits, counts, k),
        f"recall@{k}": recall_at_k(hits, counts, k),
        f"precision@{k}": precision_at_k(hits, k),
        f"map@{k}": average_precision_at_k(hits, counts, k),
        f"hit_rate@{k}": hit_rate_at_k(hits, k),
        "mrr": _reciprocal_rank(candidates, wanted),
        "auc": _auc(candidates, wanted),
    }


def _candidates(scores: npt.ArrayLike, exclude: Cells | None) -> Scores:
    """Return the scores, -inf where an item is excluded."""
    given = np.asarray(scores)
    values = given if np.issubdtype(given.dtype, np.floating) else given.astype(np.float64)
    if values.ndim != 2 or not values.shape[1]:
        raise ParameterError(f"scores have shape {values.shape}; they must be (n_users, n_items)")
    finite = np.isfinite(values)
    if not finite.all():
        user, item = np.argwhere(~finite)[0]
        raise ParameterError(f"scores hold {values[user, item]} for user {user}, item {item}; all must be finite")
    if exclude is None:
        return values
    return np.where(_mask(exclude, values.shape, "exclude"), -np.inf, values)


def _mask(cells: Cells, shape: tuple[int, ...], name: str) -> Bools:
    """Return a dense copy; a stored cell counts even if its value is 0, for a rating may be 0."""
    if sparse.issparse(cells):
        stored = sparse.coo_array(cells)
        mask = np.zeros(stored.shape, dtype=bool)
        mask[stored.coords] = True
    else:
        mask = np.array(cells)
    if mask.shape != shape or mask.dtype != bool:
        raise ParameterError(f"{name} must be a sparse or bool matrix of shape {shape}, not {mask.dtype} {mask.shape}")
    return mask


def _best(candidates: Scores, k: int) -> Ints:
    if k < 1:
        raise ParameterError(f"k is {k}; at least one item must be ranked")
    depth = min(k, candidates.shape[1])
    columns = np.argpartition(-candidates, depth - 1, axis=1)[:, :depth]
    lowest = np.take_along_axis(candidates, columns, axis=1).min(axis=1, keepdims=True)
    cut = (candidates >= lowest).sum(axis=1) > depth  # equal scores on both sides: the partition chose any of them
    columns[cut] = np.argsort(-candidates[cut], axis=1, kind="stable")[:, :depth]
    columns.sort(axis=1)
    values = np.take_along_axis(candidates, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    ranked = np.where(values > -np.inf, np.take_along_axis(columns, order, axis=1), -1)
    return np.pad(ranked, ((0, 0), (0, k - depth)), constant_values=-1)


def _reciprocal_rank(candidates: Scores, relevant: Bools) -> Floats:
    """Count what stands before the best relevant item; sorting the whole catalogue would take far longer."""
    scores = np.where(relevant, candidates, -np.inf)
    first = scores.argmax(axis=1)[:, np.newaxis]
    score = np.take_along_axis(scores, first, axis=1)
    earlier = np.arange(candidates.shape[1]) < first
    before = (candidates > score) | ((candidates == score) & earlier)
    return np.asarray(relevant.any(axis=1) / (before.sum(axis=1) + 1), dtype=np.float64)


def _auc(candidates: Scores, relevant: Bools) -> Floats:
    """Take the mean rank of equal scores from where they begin and end among the user's sorted candidates."""
    values = np.full(len(candidates), np.nan)
    for user, ordered in enumerate(np.sort(candidates, axis=1)):
        ordered = ordered[np.searchsorted(ordered, -np.inf, side="right") :]
        wanted = candidates[user, relevant[user]]
        n_pairs = len(wanted) * (len(ordered) - len(wanted))
        if n_pairs:
            below, upto = (np.searchsorted(ordered, wanted, side=side) for side in ("left", "right"))
            values[user] = (np.sum(below + upto) - len(wanted) ** 2) / (2 * n_pairs)
    return values
