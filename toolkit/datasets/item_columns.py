"""Guessing what the columns of a table of items hold: keys, titles and attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.datasets.columns import guess

SEPARATORS = ("|", ";", ",")
FLAGS = frozenset(("0", "1", "true", "false", "yes", "no"))
SET = ("1", "true", "yes")
FEWEST_FLAGS = 3
REPEATS = 5  # times that the average attribute stands in a column without a name that says so


@dataclass(frozen=True)
class ItemColumns:
    """What the columns of a table of items hold.

    Parameters
    ----------
    key : str or None
        The column with the keys.
    title, genres : str or None
        Those with titles and attributes, where there are such.
    separator : str, default "|"
        What stands between two attributes.
    flags : tuple of str, default ()
        Columns of 0 and 1, one an attribute, where no column lists them.
    """

    key: str | None
    title: str | None
    genres: str | None
    separator: str = "|"
    flags: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """str: what was guessed, as people are told."""
        parts = [f"column {self.key} of the table of items holds the keys"]
        parts += [f"{self.title} the titles"] if self.title else []
        parts += [f"{self.genres} the attributes (between {self.separator!r})"] if self.genres else []
        parts += [f"{len(self.flags)} columns of 0 and 1 the attributes ({self.flags[0]}, ...)"] if self.flags else []
        return ", ".join(parts)


def guess_item_columns(columns: Sequence[str], frame: pd.DataFrame) -> ItemColumns:
    """Guess what the columns of a table of items hold.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    frame : pandas.DataFrame
        Rows as text, a column for each name, in their order; None or "" where a field is empty.

    Returns
    -------
    ItemColumns
        None, or nothing, for what no column holds.

    Examples
    --------
    >>> frame = pd.DataFrame([["1", "Heat", "Crime, Drama"], ["2", "Ran", "Drama"]])
    >>> guess_item_columns(["id", "name", "genres"], frame).sentence
    "column id of the table of items holds the keys, name the titles, genres the attributes (between ',')"
    """
    values = {name: frame.iloc[:, place].fillna("").astype(str) for place, name in enumerate(columns)}
    times = Counter(columns)
    columns = [name for name in columns if times[name] == 1]  # of several without a name, none can be told
    key = guess("item_of_table", columns)
    if key is None:
        others = {guess(role, columns) for role in ("title", "genres", "year")}
        key = next((name for name in columns if name not in others and values[name].is_unique), None)
    title = guess("title", [name for name in columns if name != key])
    rest = [name for name in columns if name not in (key, title)]
    genres = guess("genres", rest)
    flags = tuple(name for name in rest if values[name].str.lower().isin(FLAGS).all() and values[name].nunique() == 2)
    if genres is None and len(flags) < FEWEST_FLAGS:
        likely = [name for name in rest if _is_list(values[name])]
        genres = likely[0] if len(likely) == 1 else None
    flags = flags if genres is None and len(flags) >= FEWEST_FLAGS else ()
    return ItemColumns(key, title, genres, "|" if genres is None else _separator(values[genres]), flags)


def attributes(lists: pd.Series, separator: str) -> pd.Series:
    """Return lists of attributes as the toolkit writes them: separated by ``|``, without spaces around them."""
    lists = lists.str.replace(separator, "|", regex=False)
    return lists.str.replace(r"\s*\|\s*", "|", regex=True).str.strip()


def set_flags(table: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Return, for each row, the names of the columns whose flag is set, separated by ``|``."""
    chosen = table.apply(lambda column: column.str.lower().isin(SET))
    rows = chosen.to_numpy(dtype=bool)
    return pd.Series(
        ["|".join(name for name, flag in zip(names, row, strict=True) if flag) for row in rows], table.index
    )


def _is_list(values: pd.Series) -> bool:
    """Return whether text is made of attributes that come again."""
    filled = values[values != ""]
    separator = _separator(values)
    if not len(filled) or pd.to_numeric(filled, errors="coerce").notna().any():
        return False
    parts = filled.str.split(separator, regex=False).explode().str.strip()
    return 1 < len(set(parts)) <= len(parts) / REPEATS


def _separator(values: pd.Series) -> str:
    """Return the separator that stands in most rows; of equals, and where none does, the bar."""
    return max(SEPARATORS, key=lambda mark: int(values.str.contains(mark, regex=False).sum()))
