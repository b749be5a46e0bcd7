"""The best columns of each row, exactly, with equal ones in column order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]


def top_columns(candidates: Scores, k: int, names: Ints | None = None) -> Ints:
    """Return each row's `k` best columns.

    Parameters
    ----------
    candidates : ndarray, shape (n, m)
        Higher is better; -inf for what is no candidate.
    k : int
        At least 1; may exceed `m`.
    names : ndarray of int64, shape (m,), optional
        What stands for each column in the result, and orders equal scores; by default its number.

    Returns
    -------
    ndarray of int64, shape (n, k)
        Best first, equal ones by column; -1 where the candidates have run out.

    Notes
    -----
    The columns are divided into groups. Of the groups' greatest scores, the k-th is a lower bound of the k-th score of
    all, for each group holds one. So only groups that reach it are looked into, seldom more than k. The greatest of a
    group takes one pass over the scores, far less than a partition or a heap.
    """
    n, m = candidates.shape
    depth = min(k, m)
    size = max(1, math.isqrt(m // depth))  # looking into groups then takes about as long as choosing them
    width = m // size
    together = width * size  # group g holds columns g, g + width, g + 2 width...; each column left over is a group
    greatest = candidates[:, :together].reshape(n, size, width).max(axis=1)
    greatest = np.concatenate([greatest, candidates[:, together:]], axis=1)
    bound = np.partition(greatest, greatest.shape[1] - depth, axis=1)[:, -depth, None]
    rows, groups = np.nonzero((greatest >= bound) & (greatest > -np.inf))
    left_over = groups >= width
    columns = np.where(left_over, groups - width + together, groups)[:, None] + np.arange(size) * width
    columns[left_over, 1:] = -1
    scores = candidates[rows[:, None], columns]
    place, member = np.nonzero((columns >= 0) & (scores >= bound[rows]) & (scores > -np.inf))
    found = columns[place, member]
    return _first(n, k, rows[place], found if names is None else names[found], scores[place, member])


def top_of_sorted(candidates: Scores, ordered: Scores, k: int) -> Ints:
    """Return what `top_columns` does, where each row is also there in ascending order: its k-th score is known."""
    n, m = candidates.shape
    bound = np.maximum(ordered[:, m - min(k, m), None], np.finfo(ordered.dtype).min)  # more than -inf
    cells = np.flatnonzero(candidates >= bound)
    rows, columns = np.divmod(cells, m)
    scores = candidates.reshape(-1)[cells]
    if len(rows) != n * k or (rows.reshape(n, k) != np.arange(n)[:, None]).any():
        return _first(n, k, rows, columns, scores)
    order = np.argsort(-scores.reshape(n, k), axis=1, kind="stable")  # the same, as no row has more or less than k
    return np.take_along_axis(columns.reshape(n, k), order, axis=1)


def _first(n: int, k: int, rows: Ints, columns: Ints, scores: Scores) -> Ints:
    """Return the `k` best columns of each row, of those given."""
    order = np.lexsort((columns, -scores, rows))
    rows, columns = rows[order], columns[order]
    counts = np.bincount(rows, minlength=n)
    ranks = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    best = np.full((n, k), -1, dtype=np.int64)
    kept = ranks < k
    best[rows[kept], ranks[kept]] = columns[kept]
    return best
