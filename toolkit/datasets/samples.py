"""The first rows of somebody's own table, from which it is guessed what its columns hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit.datasets.files import DataFile
from toolkit.datasets.guessing import guess_header
from toolkit.datasets.layout import Layout, sniff
from toolkit.datasets.parquet import open_parquet, read_parquet
from toolkit.datasets.tables import read_columns
from toolkit.errors import DataError

ROWS = 100_000  # that are looked at


@dataclass(frozen=True, eq=False)
class Sample:
    """The first rows of a table.

    Parameters
    ----------
    columns : tuple of str
        Their names; their numbers, from 1, where the file has none.
    frame : pandas.DataFrame
        The rows as text, None where a field is empty.
    header : bool
        Whether the names come from the file.
    text : bool
        Whether it is a text file, in which a first line holds the names or does not.
    """

    columns: tuple[str, ...]
    frame: pd.DataFrame
    header: bool = True
    text: bool = True


def read_sample(path: str | Path, rows: int = ROWS) -> Sample:
    """Read the first rows of a table.

    Parameters
    ----------
    path : str or Path
        A text file or a ``.parquet`` file, as `toolkit.load_ratings` reads them.
    rows : int, default 100,000
        How many.

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        If the file is missing, empty or no table.
    """
    file = DataFile(Path(path))
    if file.suffix in (".parquet", ".pq"):
        return _of_parquet(file, rows)
    layout = sniff(file)
    header = layout.header and (any(layout.types) or guess_header(layout.columns, _read(file, layout, 1000)))
    layout = sniff(file, header=header)
    frame = _read(file, layout, rows)
    if not len(frame):
        raise DataError("there are no ratings: the table is empty", str(file))
    return Sample(layout.columns, frame, header)


def _read(file: DataFile, layout: Layout, rows: int) -> pd.DataFrame:
    return read_columns(file, layout, dict.fromkeys(range(len(layout.columns)), "text"), rows)


def _of_parquet(file: DataFile, rows: int) -> Sample:
    with open_parquet(file.path) as table:
        names = tuple(map(str, table.schema_arrow.names))
        for name in names:
            if names.count(name) > 1:
                raise DataError(f"several columns are called {name!r}; rename all but one", file.path)
        first = read_parquet(table, file.path, names, rows)
    if not len(first):
        raise DataError("there are no ratings: the table is empty", file.path)
    frame = pd.DataFrame({place: _texts(first[name]) for place, name in enumerate(names)})
    return Sample(names, frame, text=False)


def _texts(values: pd.Series) -> pd.Series:
    return values.astype(str).mask(values.isna(), None).astype(object)
