"""Ranking items by score, and all metrics of a ranking at once.

The whole catalogue is ranked without the user's training items; equal scores stand in column order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics.base import MetricInfo, declare, metric
from toolkit.metrics.candidates import Cells, Scorer, Scratch, Source, as_cells, checked, over_blocks, positions
from toolkit.metrics.conventions import Convention, ranking_convention
from toolkit.metrics.hits import (
    auc_at_k,
    average_precision_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank_at_k,
    relevant_counts,
)
from toolkit.metrics.places import Places
from toolkit.metrics.products import DotProducts
from toolkit.metrics.topk import top_columns, top_of_sorted

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]


declare(
    MetricInfo(
        "map",
        "MAP",
        "higher",
        0,
        1,
        "Sum of the precision at the rank of each relevant item in the whole ranking, divided by the number of "
        "relevant items; equal scores share the last of their ranks; mean over users.",
    )
)


def rank_items(scores: npt.ArrayLike | DotProducts, k: int, exclude: Cells | None = None) -> Ints:
    """Return each user's best items.

    Parameters
    ----------
    scores : array-like or DotProducts, shape (n_users, n_items)
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
    _check_cutoff(k)
    given = _as_scores(scores)
    removed = None if exclude is None else as_cells(exclude, "exclude", given.shape)
    if isinstance(given, DotProducts):
        return given.top(k, removed)
    parts = over_blocks(
        checked(given, given.shape), given.shape, removed, lambda _, candidates, __: top_columns(candidates, k)
    )
    return np.concatenate([np.empty((0, k), dtype=np.int64), *parts])


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
def auc(scores: npt.ArrayLike | DotProducts, relevant: Cells, exclude: Cells | None = None) -> Floats:
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
    given = _as_scores(scores)
    wanted = as_cells(relevant, "relevant", given.shape)
    removed = None if exclude is None else as_cells(exclude, "exclude", given.shape)

    def of_block(start: int, candidates: Scores, scratch: Scratch) -> Floats:
        ordered = _ordered(candidates, scratch)
        return Places.find(candidates, ordered, *positions(wanted, start, start + len(candidates))).auc(tie=0.5)

    return np.concatenate([np.empty(0), *over_blocks(_source(given, given.shape), given.shape, removed, of_block)])


def find_hits(ranked: npt.ArrayLike, relevant: Cells) -> Bools:
    """Return whether the item at each rank is relevant, which the metrics of the first ranks start from.

    Parameters
    ----------
    ranked : array-like of int, shape (n_users, depth)
        Columns of `relevant`, best first; negative where there is none.
    relevant : csr_array or ndarray of bool, shape (n_users, n_items)
        The user's relevant items.

    Returns
    -------
    ndarray of bool, shape (n_users, depth)

    Raises
    ------
    ParameterError
        If a shape is wrong or a column lies outside the catalogue.

    Examples
    --------
    >>> find_hits([[2, 0, -1]], np.array([[True, False, False]]))
    array([[False,  True, False]])
    """
    columns, wanted = np.asarray(ranked), as_cells(relevant, "relevant")
    if columns.ndim != 2 or len(columns) != wanted.shape[0] or not np.issubdtype(columns.dtype, np.integer):
        raise ParameterError(
            f"ranked must hold integers of shape ({wanted.shape[0]}, depth), not {columns.dtype} of {columns.shape}"
        )
    if columns.size and columns.max() >= wanted.shape[1]:
        raise ParameterError(f"ranked holds column {columns.max()}; relevant has {wanted.shape[1]}")
    return _hits(columns, *positions(wanted, 0, len(columns)), wanted.shape[1])


def ranking_scores(
    scores: npt.ArrayLike | Scorer,
    relevant: Cells,
    exclude: Cells | None = None,
    n_relevant: npt.ArrayLike | None = None,
    k: int = 10,
    *,
    convention: str = "standard",
    metrics: Sequence[str] | None = None,
) -> dict[str, Floats]:
    """Return ranking metrics of some users, by the names of score tables.

    Parameters
    ----------
    scores : array-like, shape (n_users, n_items), DotProducts or callable
        Higher is better; every value finite. A callable takes a slice of the users and returns their scores, each time
        in an array of its own, so that the memory stays bounded whatever the number of users; it may be called from
        several threads. `DotProducts` need not look at all items where only the first ranks are asked for.
    relevant : csr_array or ndarray of bool, shape (n_users, n_items)
        The user's relevant items within the catalogue.
    exclude : csr_array or ndarray of bool, shape (n_users, n_items), optional
        Items that are not ranked, usually the user's training items. A stored cell counts whatever its value. Under
        the conventions ``cornac`` and ``recbole``, what is relevant is ranked all the same.
    n_relevant : array-like of int, shape (n_users,), optional
        How many items are relevant to the user, those outside the catalogue included; at least 1. By default those of
        `relevant`.
    k : int, default 10
        The cutoff.
    convention : str, default "standard"
        Whose definitions to follow: ``standard``, ``cornac``, ``lenskit``, ``recbole`` or ``implicit``; see
        `toolkit.metrics.conventions`.
    metrics : sequence of str, optional
        Of ``ndcg@k``, ``recall@k``, ``precision@k``, ``map@k``, ``hit_rate@k``, ``mrr@k``, ``auc@k``, which depend on
        the first `k` ranks, and ``map``, ``mrr``, ``auc``, which depend on the whole ranking and take longer. By
        default those of the convention.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_users,)
        With the cutoff filled in, such as ``ndcg@10``. AUC may be nan. Take means with `ranking_means`.

    Raises
    ------
    ParameterError
        As for `rank_items` and `ndcg_at_k`.
    UnknownNameError
        If there is no such convention or metric.
    """
    _check_cutoff(k)
    chosen = ranking_convention(convention)
    names = chosen.metrics if metrics is None else metrics
    for name in names:
        if name not in RANKING_METRICS:
            raise UnknownNameError("ranking metric", name, RANKING_METRICS)
    given = scores if callable(scores) else _as_scores(scores)
    wanted = as_cells(relevant, "relevant", getattr(given, "shape", None))
    removed = None if exclude is None else as_cells(exclude, "exclude", wanted.shape)
    if removed is not None and chosen.repeated == "ranked":
        removed = removed > wanted  # and not wanted
    counts = relevant_counts(np.diff(wanted.indptr) if n_relevant is None else n_relevant, wanted.shape[0])
    of_places = [name for name in names if name in _OF_PLACES]

    def of_block(start: int, candidates: Scores, scratch: Scratch) -> tuple[Bools, list[Floats]]:
        rows, columns = positions(wanted, start, start + len(candidates))
        if not of_places:
            return _hits(top_columns(candidates, k), rows, columns, wanted.shape[1]), []
        ordered = _ordered(candidates, scratch)
        hits = _hits(top_of_sorted(candidates, ordered, k), rows, columns, wanted.shape[1])
        places, n_wanted = Places.find(candidates, ordered, rows, columns), counts[start : start + len(candidates)]
        return hits, [_OF_PLACES[name](places, n_wanted, chosen) for name in of_places]

    blocks = [(np.zeros((0, k), dtype=bool), [np.empty(0)] * len(of_places))]
    if isinstance(given, DotProducts) and not of_places:
        blocks += [(find_hits(given.top(k, removed), wanted), [])]
    else:
        blocks += over_blocks(_source(given, wanted.shape), wanted.shape, removed, of_block)
    n_ranked = wanted.shape[1] - (0 if removed is None else np.diff(removed.indptr))
    top = _Top(np.concatenate([hits for hits, _ in blocks]), counts, n_ranked, wanted.shape[1], k, chosen)
    placed = {name: np.concatenate([block[i] for _, block in blocks]) for i, name in enumerate(of_places)}
    return {name.replace("@k", f"@{k}"): _OF_TOP[name](top) if name in _OF_TOP else placed[name] for name in names}


class _Top(NamedTuple):
    """What the metrics of the first ranks are computed from, all users together."""

    hits: Bools
    n_relevant: Ints
    n_ranked: Ints
    n_items: int
    k: int
    convention: Convention


def _precision(top: _Top) -> Floats:
    if "precision@k" in top.convention.capped:
        return recall_at_k(top.hits, top.n_relevant, top.k, capped=True)
    return precision_at_k(top.hits, top.k, n_ranked=top.n_ranked if top.convention.own_length else None)


_OF_TOP: dict[str, Callable[[_Top], Floats]] = {
    "ndcg@k": lambda top: ndcg_at_k(top.hits, top.n_relevant, top.k, offset=top.convention.offset),
    "recall@k": lambda top: recall_at_k(top.hits, top.n_relevant, top.k, capped="recall@k" in top.convention.capped),
    "precision@k": _precision,
    "map@k": lambda top: average_precision_at_k(
        top.hits, top.n_relevant, top.k, n_ranked=top.n_ranked if top.convention.own_length else None
    ),
    "hit_rate@k": lambda top: hit_rate_at_k(top.hits, top.k),
    "mrr@k": lambda top: reciprocal_rank_at_k(top.hits, top.k),
    "auc@k": lambda top: auc_at_k(top.hits, top.n_relevant, top.n_items, top.k),
}
_OF_PLACES: dict[str, Callable[[Places, Ints, Convention], Floats]] = {
    "map": lambda places, n_relevant, _: places.average_precision(n_relevant),
    "mrr": lambda places, *_: places.reciprocal_rank(),
    "auc": lambda places, _, convention: places.auc(convention.tie),
}
RANKING_METRICS = (*_OF_TOP, *_OF_PLACES)


def _check_cutoff(k: int) -> None:
    if k < 1:
        raise ParameterError(f"k is {k}; at least one item must be ranked")


def _as_scores(scores: npt.ArrayLike | DotProducts) -> npt.NDArray[Any] | DotProducts:
    """Return scores of users for items, having checked their shape."""
    given = scores if isinstance(scores, DotProducts) else np.asarray(scores)
    if len(given.shape) != 2 or not given.shape[1]:
        raise ParameterError(f"scores have shape {given.shape}; they must be (n_users, n_items)")
    return given


def _source(scores: npt.NDArray[Any] | Scorer, shape: tuple[int, int]) -> Source:
    """Return what gives the scores of some users."""
    return scores if isinstance(scores, DotProducts) else checked(scores, shape)


def _ordered(candidates: Scores, scratch: Scratch) -> Scores:
    """Return each user's candidates in ascending order."""
    ordered = scratch.array("ordered", candidates.shape, candidates.dtype)
    ordered[...] = candidates
    ordered.sort(axis=1)
    return ordered


def _hits(ranked: npt.NDArray[np.integer], rows: Ints, columns: Ints, n_items: int) -> Bools:
    """Look up ranked columns among the relevant ones, which are sorted by row and column."""
    codes = np.append(rows * n_items + columns, -1)
    asked = np.arange(len(ranked))[:, None] * n_items + ranked
    return np.asarray((codes[np.searchsorted(codes[:-1], asked)] == asked) & (ranked >= 0))
