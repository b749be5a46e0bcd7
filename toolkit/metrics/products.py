"""Scores that are dot products: the best items are found without looking at most of the catalogue."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import ParameterError
from toolkit.metrics.candidates import Scratch, positions, rows_at_a_time, threaded
from toolkit.metrics.topk import top_columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]

FIRST = 2048  # items that every user is scored for


class DotProducts:
    """The scores of users for items, as dot products of their vectors.

    Called with a slice of the users, it returns their scores for all items.

    Parameters
    ----------
    users : array-like, shape (n_users, d)
        A vector for each user.
    items : array-like, shape (n_items, d)
        A vector for each item.

    Raises
    ------
    ParameterError
        If the shapes do not agree, there are no items, a value is not real and finite or a score could overflow.

    Notes
    -----
    No score is above the product of the two lengths (Cauchy and Schwarz). Items are therefore scored in order of
    length, the longest first, and no further than where the product falls below the score of the user's k-th item.
    Lengths of trained factors follow popularity, so that a few hundredths of a large catalogue are enough; where all
    items are of one length, all are scored.

    References
    ----------
    Teflioudi, Gemulla and Mykytiuk (2015), LEMP: fast retrieval of large entries in a matrix product, SIGMOD.

    Examples
    --------
    >>> DotProducts([[1, 0]], [[1, 1], [2, 0], [2, 5]]).top(2)
    array([[1, 2]])
    """

    def __init__(self, users: npt.ArrayLike, items: npt.ArrayLike) -> None:
        dtype = np.result_type(np.asarray(users), np.asarray(items), np.float32)
        self.users: Scores = np.asarray(users, dtype=dtype)
        self.items: Scores = np.asarray(items, dtype=dtype)
        if self.users.ndim != 2 or self.items.ndim != 2 or self.users.shape[1] != self.items.shape[1]:
            raise ParameterError(
                f"users and items have shapes {self.users.shape} and {self.items.shape}; "
                "they must be (n_users, d) and (n_items, d)"
            )
        if not np.issubdtype(dtype, np.floating):
            raise ParameterError(f"users and items are {dtype}; they must be real numbers")
        if not len(self.items):
            raise ParameterError("there are no items to rank")
        self.shape = len(self.users), len(self.items)
        if not all(np.isfinite(vectors).all() for vectors in (self.users, self.items)) or not (
            _lengths(self.users).max(initial=0) < np.finfo(dtype).max / max(_lengths(self.items).max(initial=0), 1)
        ):
            raise ParameterError("a vector holds a value that is not finite, or so large that scores overflow")

    def __call__(self, rows: slice, scratch: Scratch | None = None) -> Scores:
        """Return the scores of some users for all items, shape (n_rows, n_items), in the memory given, if any."""
        users = self.users[rows]
        scores = (scratch or Scratch()).array("scores", (len(users), self.shape[1]), users.dtype)
        return np.matmul(users, self._transposed, out=scores)

    def top(self, k: int, exclude: sparse.csr_array | None = None) -> Ints:
        """Return each user's `k` best items, as `toolkit.metrics.ranking.rank_items` does.

        Parameters
        ----------
        k : int
            At least 1.
        exclude : csr_array, shape (n_users, n_items), optional
            Its stored cells are not ranked.

        Returns
        -------
        ndarray of int64, shape (n_users, k)
            Best first, equal ones by column; -1 where the candidates have run out.
        """
        n, m = self.shape
        best = np.full((n, k), -1, dtype=np.int64)
        reach = np.full(n, min(m, max(FIRST, 8 * k)))  # how many of the items are looked at
        left = np.arange(n)

        def of_block(block: tuple[Ints, int]) -> None:
            rows, width = block
            best[rows], needed = self._within(rows, width, k, exclude)
            reach[rows] = np.where(needed > width, needed, 0)

        while len(left):  # twice at most: a k-th score of more items is never lower
            threaded(of_block, _blocks(left, reach))
            left = left[reach[left] > 0]
            left = left[np.argsort(reach[left], kind="stable")]  # users who have as far to go share a block
        return best

    def _within(self, rows: Ints, width: int, k: int, exclude: sparse.csr_array | None) -> tuple[Ints, Ints]:
        """Return the best of the `width` longest items, and how many items would have had to be looked at."""
        longest, place, lengths, columns = self._by_length
        scores = self.users[rows] @ columns[:, :width]
        if exclude is not None:
            owners, items = positions(exclude[rows], 0, len(rows))
            within = place[items] < width
            scores[owners[within], place[items[within]]] = -np.inf
        best = top_columns(scores, k, longest[:width])
        last = best[:, -1]
        kth = scores[np.arange(len(rows)), np.where(last < 0, 0, place[last])].astype(np.float64)
        room = 1 + 4 * self.users.shape[1] * float(np.finfo(scores.dtype).eps)  # for the rounding of both products
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = kth / (_lengths(self.users[rows]) * room)  # an item shorter than this cannot score as high
        reached = (last >= 0) & (kth > 0)
        return best, np.where(reached, len(longest) - np.searchsorted(lengths[::-1], bound), len(longest))

    @cached_property
    def _transposed(self) -> Scores:
        """The items' vectors as columns, laid out for the product."""
        return np.ascontiguousarray(self.items.T)

    @cached_property
    def _by_length(self) -> tuple[Ints, Ints, Floats, Scores]:
        """Return the items from the longest to the shortest, the place of each, the lengths, and vectors as columns."""
        lengths = _lengths(self.items)
        longest = np.argsort(-lengths, kind="stable")
        place = np.empty_like(longest)
        place[longest] = np.arange(len(longest))
        return longest, place, lengths[longest], np.ascontiguousarray(self.items[longest].T)


def _blocks(rows: Ints, reach: Ints) -> list[tuple[Ints, int]]:
    """Divide rows, which stand by reach, into blocks, each with the furthest reach of its rows."""
    blocks, start = [], 0
    while start < len(rows):
        longest = reach[rows[start : start + rows_at_a_time(int(reach[rows[start]]))][-1]]
        block = rows[start : start + rows_at_a_time(int(longest))]
        blocks.append((block, int(reach[block[-1]])))
        start += len(block)
    return blocks


def _lengths(vectors: Scores) -> Floats:
    """Return the length of each row; squares of its largest value alone could vanish or overflow."""
    largest = np.abs(vectors).max(axis=1, initial=0).astype(np.float64)
    scaled = vectors / np.where(largest > 0, largest, 1)[:, np.newaxis]
    return np.asarray(largest * np.sqrt(np.einsum("ij,ij->i", scaled, scaled)))
