"""The tables of a run: their columns, and how they are written and read.

In every table a text that a spreadsheet would compute stands behind an apostrophe, which reading takes off again: see
`toolkit.inert.cell`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.errors import DataError
from toolkit.inert import cell, uncell
from toolkit.inputs import check_regular

TRIAL_COLUMNS = [
    *("trial", "experiment", "dataset", "split", "fold", "seed", "embedder", "name", "library", "is_null"),
    *("embedding_dim", "parameters", "tuned", "status", "error", "fit_seconds", "cpu_seconds", "evaluate_seconds"),
    "peak_memory_mb",
]
SCORE_COLUMNS = [
    *("dataset", "split", "fold", "seed", "embedder", "embedding_dim", "entity", "task", "readout", "metric", "value"),
    *("n", "target", "convention", "note", "variant", "experiment", "trial"),
]
BOARD_COLUMNS = ["experiment", "task", "target", "split"]  # what the rows of a leaderboard have in common
ENTRY_COLUMNS = ["embedder", "embedding_dim", "readout"]  # what is compared in one
INTERVAL_COLUMNS = [*BOARD_COLUMNS, *ENTRY_COLUMNS, "metric", "value", "low", "high", "unit", "n"]
PAIR_COLUMNS = ["first", "first_dim", "first_readout", "second", "second_dim", "second_readout"]
DIFFERENCE_COLUMNS = [
    *(*BOARD_COLUMNS, "metric", *PAIR_COLUMNS),
    *("difference", "low", "high", "p", "p_holm", "effect", "wins", "n"),
]
STRATUM_COLUMNS = [
    *(*BOARD_COLUMNS, *ENTRY_COLUMNS, "metric", "trait", "stratum"),
    *("least", "most", "value", "low", "high", "n"),
]
RANK_COLUMNS = [
    *("experiment", "task", "metric", "over", *ENTRY_COLUMNS),
    *("rank", "blocks", "entries", "friedman_p", "critical_difference"),
]
TUNING_COLUMNS = [
    *("experiment", "split", "fold", "embedder", "number", "state", "value", "seconds", "parameters", "chosen"),
    *("task", "readout", "metric", "confirmed", "error"),
]
STUDY_COLUMNS = ["study", "status", "error", "seconds"]
STEP_COLUMNS = ["step", "status", "error", "seconds"]  # of what is done once all trials have ended
ENTITY_COLUMNS = ["key", "title", "count"]  # of the tables of what the keys stand for; columns of attributes follow
TABLES = ("trials", "scores", "studies", "intervals", "differences", "strata", "ranks", "steps", "tuning")
CANDIDATES = "tuning.db"  # what tuning tried, for other programs
EMBEDDINGS, UNITS, ENTITIES, EXPORTS = "embeddings", "units", "entities", "exports"
STORE = "store"  # every result, by its address; the tables and the other folders are made of it
LOCK, WORK = ".lock", ".work"  # while a run writes
STUDIES, ERRORS = "studies", "errors"
FILES = ("run.json", *(f"{table}.csv" for table in TABLES), CANDIDATES)  # of a run, beside its reports
FOLDERS = (EMBEDDINGS, UNITS, ENTITIES, STUDIES, ERRORS)  # made of what is kept
KEPT = (STORE, EXPORTS)
REPORTS = ("report.html", "report.md", "report.csv", "report.tex")  # as they are called unless told otherwise
TUNED = " (tuned)"  # behind the label of a method whose parameters were chosen by tuning
LEFT_OUT = "left out"  # status of a trial or a study whose library is not installed
MEASURED = {"embedding_dim", "value", "n", "fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb"}
COMPARED = {  # what the tables of comparisons measure
    *("embedding_dim", "first_dim", "second_dim", "value", "difference", "low", "high", "p", "p_holm", "effect"),
    *("wins", "n", "stratum", "least", "most", "rank", "blocks", "entries", "friedman_p", "critical_difference"),
    *("number", "seconds", "confirmed"),
}
FLAGS = ("is_null", "tuned", "chosen")  # true or false
LONGEST = 500  # letters of columns' names that an error quotes
ADDED = {"variant": "", "tuned": "false", "confirmed": ""}  # columns that older runs lack, and what holds for these


def lines(rows: Iterable[dict[str, Any]], columns: list[str]) -> str:
    """Return rows as lines of CSV, without a header."""
    return csv_text(pd.DataFrame(rows, columns=columns), header=False)


def csv_text(table: pd.DataFrame, header: bool = True, quote: bool = False) -> str:
    r"""Return a table as CSV that `read_table` and `read_study` read back, and in which nothing is computed.

    Parameters
    ----------
    table : pandas.DataFrame
        Its index is left out.
    header : bool, default True
        Whether a line of the names of the columns comes first.
    quote : bool, default False
        Whether every text stands in quotation marks, not only where it must.

    Returns
    -------
    str

    Examples
    --------
    >>> csv_text(pd.DataFrame({"embedder": ["=1+1", "PCA"], "difference": [-0.5, 0.25]}))
    "embedder,difference\n'=1+1,-0.5\nPCA,0.25\n"
    """
    safe = _each_text(table, cell).rename(columns=cell)
    # a carriage return ends a row for those who read it, unless it is quoted, which pandas does not do by itself
    broken = any("\r" in str(text) for place in _text_places(safe) for text in safe.iloc[:, place])
    quoting = csv.QUOTE_NONNUMERIC if quote or broken else csv.QUOTE_MINIMAL
    return str(safe.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting))


def _each_text(table: pd.DataFrame, change: Callable[[object], object]) -> pd.DataFrame:
    """Return a table with each of its texts changed, numbers and flags as they are."""
    changed = table.copy(deep=False)
    for place in _text_places(table):
        changed.isetitem(place, table.iloc[:, place].map(change))
    return changed


def _text_places(table: pd.DataFrame) -> list[int]:
    """Return the places of the columns that may hold text."""
    return [place for place, kind in enumerate(table.dtypes) if not pd.api.types.is_numeric_dtype(kind)]


def read_table(path: Path, columns: list[str], numbers: Set[str] = MEASURED) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path : Path
        The file.
    columns : list of str
        Those that it must have.
    numbers : set of str
        Those of them that hold numbers, nan where a cell is empty; all others but those of `FLAGS` hold text.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If it is missing or not a table, lacks a column, or a number is none.
    """
    if not path.exists():
        raise DataError("no such file; a run directory holds run.json, trials.csv and scores.csv", path)
    table = _read_csv(path, dtype=str)
    for column in columns:
        if column in ADDED and column not in table:
            table[column] = ADDED[column]
        if column not in table:
            there = " ".join(", ".join(map(str, table.columns)).split())
            raise DataError(f"column {column!r} is missing; there are {there[:LONGEST]}", path)
    for column in numbers & set(columns):
        text = table[column]
        values = pd.to_numeric(text, errors="coerce")
        refuse((text != "") & ~np.isfinite(values), text, f"{column} must be a number or empty", path)
        table[column] = values
    for column in set(FLAGS) & set(columns):
        flags = table[column].str.lower().replace("", ADDED.get(column, ""))
        refuse(~flags.isin(["true", "false"]), table[column], f"{column} must be true or false", path)
        table[column] = flags == "true"
    return table


def read_comparison(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read one of the tables of comparisons; a run that has none gives one without rows.

    Raises
    ------
    DataError
        As `read_table`.
    """
    return _typed(read_table(path, columns, COMPARED), columns) if path.exists() else empty_comparison(columns)


def empty_comparison(columns: list[str]) -> pd.DataFrame:
    """Return a table of comparisons without rows."""
    return _typed(pd.DataFrame(columns=columns, dtype=object), columns)


def _typed(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    numbers, flags = COMPARED & set(columns), set(FLAGS) & set(columns)
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(flags, bool))


def read_entities(path: Path) -> pd.DataFrame:
    """Read a table of what keys stand for: numbers in ``count``, text in all other columns.

    Raises
    ------
    DataError
        As `read_table`, or if a key stands twice.
    """
    table = read_table(path, ENTITY_COLUMNS, {"count"})
    refuse(table["key"].duplicated(), table["key"], "a key stands twice", path)
    return table


def read_study(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a study: numbers where a whole column holds them, text elsewhere; an empty cell is nan.

    Raises
    ------
    DataError
        If one is not a table.
    """
    return {path.stem: _read_csv(path, na_values=[""]) for path in sorted(folder.glob("*.csv"))}


def _read_csv(path: Path, **options: Any) -> pd.DataFrame:
    """Read a CSV table that nobody else has seen; of what is no number, an empty text is one."""
    check_regular(path)
    try:
        table = pd.read_csv(path, keep_default_na=False, index_col=False, low_memory=False, **options)
    except (OSError, ValueError, MemoryError, OverflowError) as error:
        raise DataError(f"not a CSV table: {' '.join(str(error).split())}", path) from error
    return _each_text(table, uncell).rename(columns=uncell)


def refuse(bad: pd.Series, values: pd.Series, message: str, path: Path) -> None:
    """Raise for the first row that is bad; a quoted field may hold line breaks, so rows are counted, not lines."""
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"{message}: {values.iloc[row]!r} in row {row + 1}", path)
