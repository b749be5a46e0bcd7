"""`SparkRatings`: ratings that stay in Spark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.keys import as_keys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PLACE = 33  # bits of Spark's growing numbers that count within a part of a table


@dataclass(frozen=True, eq=False)
class SparkRatings:
    """Ratings in a Spark DataFrame; build it with `from_frame`.

    The methods `SparkALS`, `SparkExplicitALS` and `SparkWord2Vec` learn from it where it is: no rating comes to this
    process, only users, items and their vectors do.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        Columns user and item (text), value (number) and, where known, time.
    scale : tuple of float
        The lowest and the highest rating possible.
    explicit : bool
        False where a row says only that a user met an item.
    mean : float
        Mean of the values.
    size : int
        Number of rows.
    name : str, default "ratings"
        Name of the data set.
    """

    frame: DataFrame
    scale: tuple[float, float]
    explicit: bool
    mean: float
    size: int
    name: str = "ratings"

    @classmethod
    def from_frame(
        cls,
        df: DataFrame,
        user: str = "user",
        item: str = "item",
        rating: str | None = "rating",
        timestamp: str | None = None,
        *,
        count: str | None = None,
        scale: tuple[float, float] | None = None,
        name: str = "ratings",
    ) -> SparkRatings:
        """Take ratings from a Spark DataFrame, which is read once to check it.

        Parameters
        ----------
        df : pyspark.sql.DataFrame
            A row a rating.
        user, item : str
            Columns with the keys: text or whole numbers.
        rating : str or None, default "rating"
            Column with the ratings; None for implicit data.
        timestamp : str, optional
            Column with numbers or dates; `SparkWord2Vec` needs one, as rows have no order in Spark.
        count : str, optional
            For implicit data, the column that says how often an event happened: above 0.
        scale : tuple of float, optional
            Lowest and highest possible rating; by default the lowest and highest that occur.
        name : str, default "ratings"
            Name of the data set.

        Returns
        -------
        SparkRatings

        Raises
        ------
        DataError
            If there are no rows, a key or a rating is missing or of another type, or a rating is outside the scale.
        ParameterError
            If there are both ratings and counts.
        UnknownNameError
            If a column is missing.
        """
        from pyspark.sql import functions as sql

        if rating is not None and count is not None:
            raise ParameterError(
                f"there are ratings in {rating!r} and counts in {count!r}; keep one, such as rating=None"
            )
        for column in (user, item, rating, timestamp, count):
            if column is not None and column not in df.columns:
                raise UnknownNameError("column", column, df.columns)
        measured = count if rating is None else rating
        frame = df.select(
            _key(df, user).alias("user"),
            _key(df, item).alias("item"),
            (sql.lit(1.0) if measured is None else df[measured].cast("double")).alias("value"),
            *([] if timestamp is None else [df[timestamp].alias("time")]),
        )
        size, low, high, mean = _checked(frame, {"user": user, "item": item, "value": measured, "time": timestamp})
        if count is not None and low <= 0:
            raise DataError(f"count {low:g} is not above 0; leave out what never happened")
        lowest, highest = scale or (low, high)
        if not lowest <= low <= high <= highest:
            raise DataError(f"ratings run from {low:g} to {high:g}, outside the scale {lowest:g} to {highest:g}")
        return cls(frame, (float(lowest), float(highest)), rating is not None, mean, size, name)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"SparkRatings({self.name!r}: {self.size:,} ratings)"

    @contextmanager
    def cells(self) -> Iterator[tuple[DataFrame, pd.Index, pd.Index]]:
        """Yield columns user, item and rating, a row a cell, users and items as codes; and the keys of both, sorted.

        As in `Ratings.matrix`, of a user's ratings of an item the last counts (of several at that time, the highest),
        and of events all together. Spark keeps the tables until the block ends.

        Raises
        ------
        DataError
            If a user rated an item more than once and no time is known.
        """
        from pyspark.sql import functions as sql

        with ExitStack() as kept:
            users, user_keys = _indexed(self.frame, "user", kept)
            items, item_keys = _indexed(self.frame, "item", kept)
            coded = self.frame.join(users, "user").join(items, "item").groupBy("user_code", "item_code")
            if not self.explicit:
                value = sql.sum("value")
            elif "time" in self.frame.columns:
                value = sql.max_by("value", sql.struct("time", "value"))
            else:
                value = sql.max("value")
            cells = _kept(coded.agg(value.cast("float").alias("rating"), sql.count("*").alias("rows")), kept)
            if self.explicit and "time" not in self.frame.columns and not cells.filter("rows > 1").isEmpty():
                raise DataError(
                    f"{self.name}: a user rated an item more than once; give timestamp=, so that the last one counts"
                )
            yield cells.selectExpr("user_code AS user", "item_code AS item", "rating"), user_keys, item_keys

    def sentences(self) -> DataFrame:
        """Return columns place and sentence: each user's items in time order, those of equal times by key.

        Raises
        ------
        DataError
            If no time is known.
        """
        from pyspark.sql import functions as sql

        if "time" not in self.frame.columns:
            raise DataError(f"{self.name}: rows have no order in Spark; give timestamp=, so that histories have one")
        history = sql.array_sort(sql.collect_list(sql.struct("time", "item")))
        found = self.frame.groupBy(sql.col("user").alias("place")).agg(history.alias("history"))
        return found.select("place", sql.col("history.item").alias("sentence"))


def _kept(frame: DataFrame, kept: ExitStack) -> DataFrame:
    """Let Spark keep a table, once it has computed it, until a stack is closed."""
    kept.callback(frame.unpersist)
    return frame.persist()


def _indexed(frame: DataFrame, column: str, kept: ExitStack) -> tuple[DataFrame, pd.Index]:
    """Return a table of a column's values and their codes, which count them in order, and the values themselves."""
    from pyspark.sql import functions as sql

    ordered = frame.select(column).distinct().sort(column)
    ordered = _kept(ordered.withColumn("place", sql.monotonically_increasing_id()), kept)
    part = sql.shiftright("place", PLACE)
    counts = {row["part"]: row["count"] for row in ordered.groupBy(part.alias("part")).count().collect()}
    starts, start = [], 0
    for number in sorted(counts):
        starts += [sql.lit(number), sql.lit(start)]
        start += counts[number]
    within = sql.col("place").bitwiseAND(sql.lit(2**PLACE - 1))
    code = (sql.create_map(*starts)[part] + within).cast("int")
    coded = ordered.select(column, code.alias(f"{column}_code"))
    table = coded.toArrow()
    keys = table.column(column).to_numpy()[np.argsort(table.column(f"{column}_code").to_numpy())]
    return coded, as_keys(keys)


def _key(df: DataFrame, name: str) -> Any:
    kind = df.schema[name].dataType.simpleString()
    if kind not in ("string", "bigint", "int", "smallint", "tinyint"):
        raise DataError(f"column {name!r} is of type {kind}; keys must be text or whole numbers, so cast it to one")
    return df[name].cast("string")


def _checked(frame: DataFrame, names: dict[str, str | None]) -> tuple[int, float, float, float]:
    """Return number, lowest, highest and mean of the values, of which none may be missing."""
    from pyspark.sql import functions as sql

    value = sql.col("value")
    bad = [
        sql.sum(sql.col(column).isNull().cast("long")).alias(column) for column in frame.columns if column != "value"
    ]
    odd = value.isNull() | sql.isnan(value) | (sql.abs(value) == sql.lit(math.inf))
    found = frame.agg(
        sql.count("*").alias("size"),
        *bad,
        sql.sum(odd.cast("long")).alias("value"),
        sql.min("value").alias("low"),
        sql.max("value").alias("high"),
        sql.mean("value").alias("mean"),
    ).first()
    if found is None or not found["size"]:
        raise DataError("there are no ratings: the table is empty")
    for column in frame.columns:
        if found[column]:
            lacks = "a number" if column == "value" else "a value"
            raise DataError(
                f"column {names[column]!r} has rows without {lacks}: {found[column]:,} of {found['size']:,}"
            )
    return int(found["size"]), float(found["low"]), float(found["high"]), float(found["mean"])
