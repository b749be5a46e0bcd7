"""`Ratings`: who rated what, how and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data import columns, splits
from toolkit.data.views import Matrix, Sequences
from toolkit.display import html_table
from toolkit.errors import DataError, UnknownNameError

SHOWN = 5  # rows in a notebook


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as columns, in their original order.

    Build it with `from_frame`, `toolkit.load_ratings` or `toolkit.load_dataset`.

    Parameters
    ----------
    user_keys, item_keys : pandas.Index
        The users and items that occur, in order of first occurrence.
    users, items : ndarray of int32, shape (n,)
        Codes into `user_keys` and `item_keys`, one a rating.
    values : ndarray of float64, shape (n,)
        The ratings; all 1 for implicit data.
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
            If there are no rows, a key is missing, or a rating is not a number or outside the scale.
        UnknownNameError
            If a column is missing.

        Examples
        --------
        >>> frame = pd.DataFrame({"user": [1, 1, 2], "item": ["x", "y", "x"], "rating": [5, 3, 4]})
        >>> Ratings.from_frame(frame, scale=(1, 5))
        Ratings('ratings': 3 ratings of 2 items by 2 users)
        """
        for column in (user, item, rating, timestamp, part):
            if column is not None and column not in df.columns:
                raise UnknownNameError("column", column, map(str, df.columns))
        if df.columns.duplicated().any():
            raise DataError(f"column {df.columns[df.columns.duplicated()][0]!r} stands twice")
        if not len(df):
            raise DataError("there are no ratings: the table is empty")
        users, user_keys = columns.factorize(df[user], user)
        items, item_keys = columns.factorize(df[item], item)
        values = np.ones(len(df)) if rating is None else columns.numbers(df[rating], rating)
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

    def distinct(self) -> Ratings:
        """Return the first rating of each user and item, by time or, where no time is known, by row; in row order."""
        cells = self.users.astype(np.int64) * len(self.item_keys) + self.items
        order = np.arange(len(self)) if self.timestamps is None else np.argsort(self.timestamps, kind="stable")
        _, first = np.unique(cells[order], return_index=True)
        return self if len(first) == len(self) else self.take(np.sort(order[first]))

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
            If the data lacks what the method needs.
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

        Where a user met an item more than once, the last rating counts, or for implicit data the number of events.
        """
        matrix = self._matrix(slice(None), self.values, self.scale if self.explicit else (0.0, 1.0))
        if matrix.csr.nnz == len(self):
            return matrix
        cell = self.users.astype(np.int64) * len(self.item_keys) + self.items
        _, last, codes = np.unique(cell[::-1], return_index=True, return_inverse=True)
        kept = np.sort(len(cell) - 1 - last)
        values = self.values if self.explicit else np.bincount(codes)[codes[::-1]].astype(np.float64)
        return self._matrix(kept, values[kept], self.scale if self.explicit else (0.0, float(values.max())))

    def _matrix(self, rows: Any, values: npt.NDArray[np.float64], scale: tuple[float, float]) -> Matrix:
        users, items = self.users[rows], self.items[rows]
        return Matrix(users, items, values, self.user_keys, self.item_keys, "user", "item", "item", scale)

    def fingerprint(self) -> str:
        """Return a SHA-256 of keys, codes, values, times, parts and scale, in hexadecimal."""
        parts = [] if self.parts is None else self.parts.tolist()
        texts = [*self.user_keys, "", *self.item_keys, "", *parts, "", repr(self.scale)]
        digest = hashlib.sha256("\n".join(texts).encode())
        for column in (self.users, self.items, self.values, self.timestamps):
            digest.update(b"" if column is None else np.ascontiguousarray(column).data)
        return digest.hexdigest()
