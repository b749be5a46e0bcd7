"""`Ratings`: who rated what, how and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data import columns, splits
from toolkit.data.views import Matrix, Sequences
from toolkit.display import html_table
from toolkit.errors import DataError, ParameterError, UnknownNameError, UnsupportedError

SHOWN = 5  # rows in a notebook


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as columns, in their original order.

    Build it with `from_frame`, `toolkit.load_ratings` or `toolkit.load_dataset`. A user may rate an item again, or meet
    it again: `distinct` leaves one row of each. Ratings that repeat are not divided by `split`, as what is to be
    predicted would stand in training too.

    Parameters
    ----------
    user_keys, item_keys : pandas.Index
        The users and items that occur, in order of first occurrence.
    users, items : ndarray of int32, shape (n,)
        Codes into `user_keys` and `item_keys`, one a rating.
    values : ndarray of float64, shape (n,)
        The ratings; for implicit data how much each event counts, 1 unless something else is known.
    timestamps : ndarray of int64 or float64, shape (n,), optional
        When each was given; dates in microseconds since 1970.
    scale : tuple of float, default (1, 5)
        The lowest and the highest rating possible; predictions are clipped to it.
    explicit : bool, default True
        False where an event says only that a user met an item.
    parts : pandas.Categorical of str, length n, optional
        The user's own split column; empty where a row belongs to no part.
    item_table : pandas.DataFrame, optional
        Indexed by item key; ``title`` and ``genres`` (separated by ``|``) are used where present.
    name : str, default "ratings"
        Name of the data set.
    """

    user_keys: pd.Index
    item_keys: pd.Index
    users: npt.NDArray[np.int32]
    items: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    timestamps: npt.NDArray[np.int64] | npt.NDArray[np.float64] | None = None
    scale: tuple[float, float] = (1.0, 5.0)
    explicit: bool = True
    parts: pd.Categorical | None = None
    item_table: pd.DataFrame | None = None
    name: str = "ratings"

    @classmethod
    def from_frame(
        cls,
        df: pd.DataFrame,
        user: str = "user",
        item: str = "item",
        rating: str | None = "rating",
        timestamp: str | None = None,
        *,
        count: str | None = None,
        part: str | None = None,
        scale: tuple[float, float] | None = None,
        item_table: pd.DataFrame | None = None,
        name: str = "ratings",
        copy: bool = True,
    ) -> Ratings:
        """Take ratings from a data frame; its rows keep their order.

        Parameters
        ----------
        df : pandas.DataFrame
            A row a rating.
        user, item : str
            Columns with the keys.
        rating : str or None, default "rating"
            Column with the ratings; None for implicit data.
        timestamp : str, optional
            Column with numbers or dates.
        count : str, optional
            For implicit data, the column that says how often an event happened, or how long it took: above 0.
        part : str, optional
            Column that says ``train`` or ``test`` (or a fold's name), for ``split("column")``.
        scale : tuple of float, optional
            Lowest and highest possible rating; by default the lowest and highest that occur.
        item_table : pandas.DataFrame, optional
            Titles and genres, indexed by item key.
        name : str, default "ratings"
            Name of the data set.
        copy : bool, default True
            False takes columns of numbers as they are, where that is possible: then nobody may change `df` any more.

        Returns
        -------
        Ratings

        Raises
        ------
        DataError
            If there are no rows, a key is missing, a rating is not a number or outside the scale, or a count is not
            above 0.
        ParameterError
            If there are both ratings and counts.
        UnknownNameError
            If a column is missing.

        Examples
        --------
        >>> frame = pd.DataFrame({"user": [1, 1, 2], "item": ["x", "y", "x"], "rating": [5, 3, 4]})
        >>> Ratings.from_frame(frame, scale=(1, 5))
        Ratings('ratings': 3 ratings of 2 items by 2 users)
        """
        if rating is not None and count is not None:
            raise ParameterError(
                f"there are ratings in {rating!r} and counts in {count!r}; keep one, such as rating=None"
            )
        for column in (user, item, rating, timestamp, count, part):
            if column is not None and column not in df.columns:
                raise UnknownNameError("column", column, map(str, df.columns))
        if df.columns.duplicated().any():
            raise DataError(f"column {df.columns[df.columns.duplicated()][0]!r} stands twice")
        if not len(df):
            raise DataError("there are no ratings: the table is empty")
        users, user_keys = columns.factorize(df[user], user)
        items, item_keys = columns.factorize(df[item], item)
        measured = count if rating is None else rating
        values = np.ones(len(df)) if measured is None else columns.numbers(df[measured], measured)
        if count is not None and values.min() <= 0:
            row = int(np.argmax(values <= 0))
            raise DataError(f"count {values[row]:g} in row {row + 1} is not above 0; leave out what never happened")
        times = None if timestamp is None else columns.timestamps(df[timestamp], timestamp)
        low, high = scale or (float(values.min()), float(values.max()))
        if not low <= high:
            raise DataError(f"the scale is {low:g} to {high:g}; it must be the lowest and the highest rating")
        outside = (values < low) | (values > high)
        if outside.any():
            row = int(np.argmax(outside))
            raise DataError(f"rating {values[row]:g} in row {row + 1} lies outside the scale {low:g} to {high:g}")
        return cls(
            user_keys,
            item_keys,
            users,
            items,
            values.copy() if copy else values,
            times.copy() if copy and times is not None else times,
            (float(low), float(high)),
            rating is not None,
            None if part is None else columns.parts(df[part]),
            None if item_table is None else columns.item_table(item_table),
            name,
        )

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Ratings({self.name!r}: {self.summary})"

    def _repr_html_(self) -> str:
        """Return the first ratings, for a notebook."""
        rows = [
            (self.user_keys[user], self.item_keys[item], float(value))
            for user, item, value in zip(self.users[:SHOWN], self.items[:SHOWN], self.values[:SHOWN], strict=True)
        ]
        low, high = self.scale
        scale = f"scale {low:g} to {high:g}" if self.explicit else "implicit: no values"
        note = scale if len(self) <= SHOWN else f"… and {len(self) - SHOWN:,} more; {scale}"
        return html_table(f"{self.name}: {self.summary}", ["user", "item", "rating"], rows, note)

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} ratings of {len(self.item_keys):,} items by {len(self.user_keys):,} users"

    @property
    def relevance_threshold(self) -> float:
        """float: the rating from which an item counts as relevant: three quarters up the scale; any if implicit."""
        low, high = self.scale
        return low + 0.75 * (high - low) if self.explicit else low

    def to_frame(self) -> pd.DataFrame:
        """Return the columns user, item, rating and, where known, timestamp."""
        found = {"user": self.user_keys[self.users], "item": self.item_keys[self.items], "rating": self.values}
        if self.timestamps is not None:
            found["timestamp"] = self.timestamps
        return pd.DataFrame(found)

    def take(self, rows: npt.NDArray[np.int64]) -> Ratings:
        """Return some ratings, in the order given; users and items that no longer occur are dropped."""
        users, user_kept = columns.recode(self.users[rows], len(self.user_keys))
        items, item_kept = columns.recode(self.items[rows], len(self.item_keys))
        return replace(
            self,
            user_keys=self.user_keys[user_kept],
            item_keys=self.item_keys[item_kept],
            users=users,
            items=items,
            values=self.values[rows],
            timestamps=None if self.timestamps is None else self.timestamps[rows],
            parts=None if self.parts is None else self.parts[rows],
        )

    @cached_property
    def n_repeats(self) -> int:
        """int: how many rows there are beyond one of each user and item."""
        cells = self._cells
        cells.sort()  # many times as fast as a hash table where there are millions
        return int(np.count_nonzero(cells[1:] == cells[:-1]))

    def distinct(self) -> Ratings:
        """Return one row of each user and item, in row order.

        Of ratings the last, which is what the user thinks now; of events the first, when the user met the item, and it
        counts as much as all together. The order is that of time or, where no time is known, of rows.
        """
        if not self.n_repeats:
            return self
        order = self._in_time()
        if self.explicit:
            return self.take(columns.each_once(self._cells, order[::-1], self.values)[0])
        rows, totals = columns.each_once(self._cells, order, self.values)
        return replace(self.take(rows), values=totals, scale=(float(totals.min()), float(totals.max())))

    def damped(self) -> Ratings:
        """Return events that count log2(1 + n) where they counted n: a thousand plays ten times one play.

        References
        ----------
        Hu, Koren & Volinsky (2008), Collaborative filtering for implicit feedback datasets, ICDM; section 4, on
        confidence that grows with the logarithm.

        Raises
        ------
        UnsupportedError
            If these are ratings.
        """
        if self.explicit:
            raise UnsupportedError(f"{self.name} holds ratings; only how often something happened is damped")
        values = np.log2(1.0 + self.values)
        return replace(self, values=values, scale=(float(values.min()), float(values.max())))

    @property
    def _cells(self) -> npt.NDArray[np.int64]:
        return self.users.astype(np.int64) * len(self.item_keys) + self.items

    def _in_time(self) -> npt.NDArray[np.int64]:
        return np.arange(len(self)) if self.timestamps is None else np.argsort(self.timestamps, kind="stable")

    def split(self, method: str, **options: Any) -> tuple[Ratings, Ratings]:
        """Divide into a training and a test part.

        Parameters
        ----------
        method : str
            ``"u1"`` .. ``"u5"``: the canonical folds of MovieLens-100k. ``"kfold"`` (`fold`, `n_folds`,
            `random_state`): Surprise's folds by rating. ``"holdout"`` (`test_size`, `random_state`, `users`): a random
            part of the ratings, of all users or of some. ``"leave-last-out"`` (`n`, `users`, `random_state`): each
            user's last ratings. ``"time"`` (`test_size` or `cut`): everything after one moment. ``"column"``
            (`test`): the part named so by the table's own column.
        **options
            See `toolkit.data.splits`.

        Returns
        -------
        train, test : Ratings

        Raises
        ------
        UnknownNameError
            If there is no such method or option.
        ParameterError
            If an option's value is not allowed.
        DataError
            If the data lacks what the method needs, or a user rated an item more than once.
        """
        train, test = splits.split_rows(self, method, **options)
        return self.take(train), self.take(test)

    def folds(self, n_folds: int = 5, random_state: int = 0) -> Iterator[tuple[Ratings, Ratings]]:
        """Yield the training and test part of each fold of ``split("kfold")``.

        Raises
        ------
        ParameterError
            If a value is not allowed.
        """
        for fold in range(1, n_folds + 1):
            yield self.split("kfold", n_folds=n_folds, fold=fold, random_state=random_state)

    def sequences(self) -> Sequences:
        """Return each user's items in time order; in row order where no time is known or two times are equal."""
        time = np.zeros(len(self)) if self.timestamps is None else self.timestamps
        order = np.lexsort((time, self.users))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(self.users, minlength=len(self.user_keys)))])
        return Sequences(self.item_keys, self.items[order], offsets.astype(np.int64), "item")

    def matrix(self) -> Matrix:
        """Return users by items, in row order.

        Where a user rated an item more than once, the last rating counts, as in `distinct`; where they met it more than
        once, all events together.
        """
        matrix = self._matrix(slice(None), self.values)
        if matrix.csr.nnz == len(self):
            return matrix
        order = self._in_time() if self.explicit else np.arange(len(self))
        rows, totals = columns.each_once(self._cells, order[::-1], self.values)
        return self._matrix(rows, self.values[rows] if self.explicit else totals)

    def _matrix(self, rows: Any, values: npt.NDArray[np.float64]) -> Matrix:
        users, items = self.users[rows], self.items[rows]
        scale = self.scale if self.explicit else (0.0, float(values.max()))
        return Matrix(users, items, values, self.user_keys, self.item_keys, "user", "item", "item", scale)

    def fingerprint(self) -> str:
        """Return a SHA-256 of keys, codes, values, times, parts and scale, in hexadecimal."""
        parts = [] if self.parts is None else self.parts.tolist()
        texts = [*self.user_keys, "", *self.item_keys, "", *parts, "", repr(self.scale)]
        digest = hashlib.sha256("\n".join(texts).encode())
        for column in (self.users, self.items, self.values, self.timestamps):
            digest.update(b"" if column is None else np.ascontiguousarray(column).data)
        return digest.hexdigest()
