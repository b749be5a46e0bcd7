"""Where relevant items stand in the ranking of the whole catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Places:
    """The relevant candidates of some users, user by user, worse scores first, equal ones with the last column first.

    Parameters
    ----------
    users : ndarray of int64, shape (r,)
        Whose item it is.
    below, upto : ndarray of int64, shape (r,)
        How many of the user's candidates score less, and how many no more.
    relevant_below, relevant_upto : ndarray of int64, shape (r,)
        The same of the relevant ones alone.
    earlier : ndarray of int64, shape (r,)
        For a user's last entry, how many candidates score the same and stand in a column before; 0 for the others.
    n_ranked, n_relevant : ndarray of int64, shape (n,)
        How many candidates each user has, and how many of these are relevant.
    """

    users: Ints
    below: Ints
    upto: Ints
    relevant_below: Ints
    relevant_upto: Ints
    earlier: Ints
    n_ranked: Ints
    n_relevant: Ints

    @classmethod
    def find(cls, candidates: Scores, ordered: Scores, users: Ints, columns: Ints) -> Self:
        """Locate items among the candidates.

        Parameters
        ----------
        candidates : ndarray, shape (n, m)
            Scores; -inf for what is no candidate.
        ordered : ndarray, shape (n, m)
            Each row of them in ascending order.
        users, columns : ndarray of int64, shape (r,)
            The relevant items; those that are no candidates are left out.
        """
        m = candidates.shape[1]
        scores = candidates[users, columns]
        there = scores > -np.inf
        users, columns, scores = users[there], columns[there], scores[there]
        least = np.full(len(ordered), np.finfo(ordered.dtype).min)  # of a candidate
        rows, values = np.append(users, np.arange(len(ordered))), np.append(scores, least)
        below, removed = np.split(_count(np.less, ordered, rows, values), [len(users)])
        order = np.argsort((users * m + below) * m + m - 1 - columns)  # ranks sort faster than scores
        users, columns, scores, below = users[order], columns[order], scores[order], below[order]
        upto = below + 1
        tied = np.flatnonzero(ordered[users, np.minimum(upto, m - 1)] == scores)
        upto[tied] = _count(np.less_equal, ordered, users[tied], scores[tied])
        n_relevant = np.bincount(users, minlength=len(candidates))
        ends = np.cumsum(n_relevant)
        starts = ends - n_relevant
        place = np.arange(len(users))
        new = np.append(True, (users[1:] != users[:-1]) | (below[1:] != below[:-1]))[: len(users)]
        first = place[new]
        run = np.cumsum(new) - 1
        own_below, own_upto = first[run], np.append(first, len(users))[run + 1]
        earlier = np.zeros_like(users)
        doubtful = (place == ends[users] - 1) & (upto - below > own_upto - own_below)
        for one in np.flatnonzero(doubtful).tolist():
            earlier[one] = np.count_nonzero(candidates[users[one], : columns[one]] == scores[one])
        return cls(
            users,
            below - removed[users],
            upto - removed[users],
            own_below - starts[users],
            own_upto - starts[users],
            earlier,
            m - removed,
            n_relevant,
        )

    def auc(self, tie: float) -> Floats:
        """Return the share of pairs in which the relevant item scores more, ties counting `tie`; nan without pairs."""
        less = self.below - self.relevant_below
        same = self.upto - self.relevant_upto - less
        pairs = self.n_relevant * (self.n_ranked - self.n_relevant)
        return self._sum(less + tie * same) / np.where(pairs, pairs, np.nan)

    def average_precision(self, n_relevant: npt.NDArray[np.integer]) -> Floats:
        """Return the sum of the precision at each relevant item over `n_relevant`, candidates or not.

        Equal scores share the last of their ranks.
        """
        found = self.n_relevant[self.users] - self.relevant_below
        return self._sum(found / (self.n_ranked[self.users] - self.below)) / n_relevant

    def reciprocal_rank(self) -> Floats:
        """Return 1 / rank of the first relevant item; 0 where there is none."""
        last = np.flatnonzero(np.append(self.users[1:] != self.users[:-1], True)[: len(self.users)])
        ranks = self.n_ranked[self.users[last]] - self.upto[last] + self.earlier[last] + 1
        values = np.zeros(len(self.n_ranked))
        values[self.users[last]] = 1 / ranks
        return values

    def _sum(self, values: npt.NDArray[Any]) -> Floats:
        """Add up by user."""
        return np.bincount(self.users, values, len(self.n_ranked)).astype(np.float64)


def _count(compare: np.ufunc, ordered: Scores, rows: Ints, values: Scores) -> Ints:
    """Return how many scores of each row are less, or no more, than a value: a binary search in all rows at once.

    After the first step, the rest of a row is one less than a power of two wide wherever it begins (Shar's method), so
    that no later step has to look for the end.
    """
    flat, width = ordered.reshape(-1), ordered.shape[1]
    before = rows * width - 1
    step = 1 << (width.bit_length() - 1)
    last = before + compare(flat.take(before + step), values) * (width - step + 1)  # of those found so far
    while step > 1:
        step //= 2
        last += compare(flat.take(last + step), values) * step
    return np.asarray(last - before)
