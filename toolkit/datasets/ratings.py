"""Reading ratings from tables: the user's own, MovieLens, and RecBole's atomic files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.data import Ratings
from toolkit.data.columns import as_floats, as_numbers
from toolkit.datasets.columns import guess
from toolkit.datasets.fields import line_of
from toolkit.datasets.files import DataFile
from toolkit.datasets.items import read_items
from toolkit.datasets.layout import Layout, sniff
from toolkit.datasets.parquet import open_parquet, read_parquet
from toolkit.datasets.tables import Kind, read_columns
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.inputs import LARGEST

KINDS: dict[str, Kind] = {
    "user": "key",
    "item": "key",
    "rating": "float",
    "timestamp": "int",
    "count": "float",
    "part": "key",
}
HEADERLESS = ("user", "item", "rating", "timestamp")


@dataclass(frozen=True)
class _Table:
    """A file, and which of its columns play which part."""

    file: DataFile
    layout: Layout | None
    roles: Mapping[str, str]
    frame: pd.DataFrame

    def error(self, message: str, row: int) -> DataError:
        if self.layout is None:
            return DataError(f"{message} (row {row + 1})", str(self.file))
        return DataError(message, str(self.file), line_of(self.file, self.layout, row))


def load_ratings(
    path: str | Path,
    *,
    user: str | None = None,
    item: str | None = None,
    rating: str | bool | None = None,
    timestamp: str | bool | None = None,
    count: str | None = None,
    part: str | None = None,
    scale: tuple[float, float] | None = None,
    items: str | Path | None = None,
    header: bool | None = None,
    distinct: bool = False,
    damped: bool = False,
    name: str | None = None,
) -> Ratings:
    """Read ratings from a file of your own.

    Parameters
    ----------
    path : str or Path
        A ``.parquet`` file, or a text file with columns divided by a comma, semicolon, tab, ``|``, ``::`` or spaces:
        ``.csv``, ``.tsv``, RecBole's ``.inter``, MovieLens' ``.dat`` and ``u.data``; also packed as ``.gz``, ``.bz2``,
        ``.xz`` or ``.zip``. UTF-8. Without a header (three or four columns, the third of them numbers) the columns are
        user, item, rating and timestamp.
    user, item : str, optional
        The columns with the keys; by default found by their names. Keys are kept as written: ``007`` is not ``7``.
    rating : str or False, optional
        The column with the ratings; by default found by its name. False takes every row as an event without a rating
        (implicit data).
    timestamp : str or False, optional
        The column with times, numbers or dates; by default found by its name, if there is one. False leaves it out.
    count : str, optional
        With ``rating=False``, the column that says how often an event happened, or how long it took: numbers above 0.
    part : str, optional
        The column that says which part each row belongs to, for ``split("column")``.
    scale : tuple of float, optional
        The lowest and the highest rating possible; by default the lowest and the highest in the file.
    items : str or Path, optional
        A table of the items: a column with the keys, and a ``title`` or ``genres`` column (or both).
    header : bool, optional
        Whether the first line of a text file holds the columns' names; by default told as above. With False, columns
        are named by their numbers, ``"1"`` the first.
    distinct : bool, default False
        Keep one row of each user and item (`Ratings.distinct`): the last rating, by time or, where there are no times,
        in the file; or the first event, which then counts as much as all of them. Without it, ratings that repeat are
        kept, and cannot be divided.
    damped : bool, default False
        Let an event that counts n count log2(1 + n) (`Ratings.damped`), after `distinct`.
    name : str, optional
        Name of the data set; by default that of the file.

    Returns
    -------
    Ratings
        In the order of the file.

    Raises
    ------
    DataError
        If the file is missing or empty, a column cannot be found by its name, or a row lacks a key or has a rating or
        time that is none; the error names the line.
    UnknownNameError
        If a column that is named here is not in the file.
    """
    file = DataFile(Path(path))
    wanted = {"user": user, "item": item, "rating": rating, "timestamp": timestamp, "count": count, "part": part}
    table = _read_parquet(file, wanted) if file.suffix in (".parquet", ".pq") else _read_text(file, wanted, header)
    item_table = None if items is None else read_items(DataFile(Path(items)))
    found = _ratings(table, scale, item_table, name or file.stem)
    found = found.distinct() if distinct else found
    return found.damped() if damped else found


def read_ratings(
    name: str, files: Sequence[DataFile], *, scale: tuple[float, float], items: str = "table", encoding: str = "utf-8"
) -> Ratings:
    """Read a MovieLens set: its ratings, and its films as `items` says (see `toolkit.datasets.items`)."""
    table = _read_text(files[0], dict.fromkeys(HEADERLESS))
    return _ratings(table, scale, read_items(files[1], form=items, encoding=encoding), name)


def _ratings(table: _Table, scale: tuple[float, float] | None, item_table: pd.DataFrame | None, name: str) -> Ratings:
    frame = table.frame
    if not len(frame):
        raise DataError("there are no ratings: the table is empty", str(table.file))
    for role in frame.columns:
        _check(table, role, frame[role].isna(), "is empty")
    if "rating" in frame:
        frame["rating"] = _values(table, scale)
    if "count" in frame:
        frame["count"] = _counts(table)
    if "timestamp" in frame:
        frame["timestamp"] = _times(table)
    rating, timestamp, count, part = (
        role if role in frame else None for role in ("rating", "timestamp", "count", "part")
    )
    return Ratings.from_frame(
        frame,
        rating=rating,
        timestamp=timestamp,
        count=count,
        part=part,
        scale=scale,
        item_table=item_table,
        name=name,
        copy=False,
    )


def _values(table: _Table, scale: tuple[float, float] | None) -> pd.Series:
    values = as_floats(table.frame["rating"])
    _check(table, "rating", ~np.isfinite(values), "is not a rating: a number is expected")
    _check(table, "rating", values.abs() > LARGEST, f"is not a rating: it is above {LARGEST:g}")
    if scale is not None:
        outside = (values < scale[0]) | (values > scale[1])
        _check(table, "rating", outside, f"lies outside the scale {scale[0]:g} to {scale[1]:g}")
    return values


def _counts(table: _Table) -> pd.Series:
    values = as_floats(table.frame["count"])
    _check(table, "count", ~(np.isfinite(values) & (values > 0)), "is not how often something happened: above 0")
    _check(table, "count", values > LARGEST, f"is not how often something happened: it is above {LARGEST:g}")
    return values


def _times(table: _Table) -> pd.Series:
    column = table.frame["timestamp"]
    if column.dtype == np.int64:
        return column
    times = as_numbers(column).replace([np.inf, -np.inf], np.nan)
    if times.isna().all():
        times = _dates(column)
    problem = "is not a time: a number or a date is expected; timestamp=False leaves the column out"
    _check(table, "timestamp", times.isna(), problem)
    return times


def _dates(column: pd.Series) -> pd.Series:
    """Return dates, NaT where there is none: in one form all of them, or in several of ISO 8601.

    Dates with points have the day first, as wherever points are written; those with strokes the month, unless that
    leaves some that are none.
    """
    texts = column.astype(str)
    points = bool(texts.str.match(r"\d{1,2}\.").all())
    forms: tuple[dict[str, Any], ...] = ({"dayfirst": points}, {"format": "ISO8601"}, {"dayfirst": not points})
    found: list[pd.Series] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a format that pandas does not know; the error is ours
        for form in forms:
            found.append(pd.to_datetime(column, errors="coerce", utc=True, **form))
            if not found[-1].isna().any():
                return found[-1]
    return found[0]


def _check(table: _Table, role: str, bad: pd.Series, problem: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        value = table.frame[role].iloc[row]
        found = f"column {table.roles[role]!r}" if pd.isna(value) else f"{role} {_written(value)!r}"
        raise table.error(f"{found} {problem}", row)


def _written(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _read_text(file: DataFile, wanted: Mapping[str, str | bool | None], header: bool | None = None) -> _Table:
    layout = sniff(file, header=header)
    columns = layout.columns if layout.header or header is False else HEADERLESS[: len(layout.columns)]
    roles = _assign(file, columns, wanted)
    positions = {columns.index(column): role for role, column in roles.items()}
    frame = read_columns(file, layout, {position: KINDS[role] for position, role in positions.items()})
    return _Table(file, layout, roles, frame.rename(columns=positions))


def _read_parquet(file: DataFile, wanted: Mapping[str, str | bool | None]) -> _Table:
    with open_parquet(file.path) as table:
        roles = _assign(file, tuple(table.schema_arrow.names), wanted)
        frame = read_parquet(table, file.path, list(roles.values()))
    return _Table(file, None, roles, frame.rename(columns={column: role for role, column in roles.items()}))


def _assign(file: DataFile, columns: Sequence[str], wanted: Mapping[str, str | bool | None]) -> dict[str, str]:
    """Say which column plays each part, by name or by guess."""
    roles = {role: column for role, column in wanted.items() if isinstance(column, str)}
    for column in roles.values():
        if column not in columns:
            raise UnknownNameError("column", column, columns)
    for role in HEADERLESS:
        if role not in roles and wanted[role] is not False:
            found = guess(role, columns)
            if found is not None:
                roles[role] = found
            elif role != "timestamp":
                raise DataError(_not_found(role, columns), str(file))
    for role, column in roles.items():
        if list(columns).count(column) > 1:
            raise DataError(f"several columns are called {column!r}; rename those that hold no {role}s", str(file))
    if len(set(roles.values())) < len(roles):
        raise ParameterError(f"one column cannot play two parts: {roles}")
    return roles


def _not_found(role: str, columns: Sequence[str]) -> str:
    advice = f"name it with {role}="
    if role == "rating":
        advice += ", or pass rating=False to take every row as an event without a rating"
    return f"no column of {role}s is found among {', '.join(columns)}; {advice}"
