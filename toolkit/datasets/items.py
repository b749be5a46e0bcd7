"""Reading tables of items: titles and genres."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd

from toolkit.datasets.columns import guess
from toolkit.datasets.fields import line_of
from toolkit.datasets.files import DataFile
from toolkit.datasets.item_columns import ItemColumns, attributes, guess_item_columns, set_flags
from toolkit.datasets.layout import Layout, sniff
from toolkit.datasets.tables import read_columns
from toolkit.errors import DataError
from toolkit.keys import as_keys

U_ITEM_GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
NO_GENRES = "(no genres listed)"


def read_items(file: DataFile, form: str = "table", encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Read titles and genres.

    Parameters
    ----------
    file : DataFile
        The file.
    form : {"table", "u.item", "recbole"}, default "table"
        ``"table"``: columns found by their names and values (`toolkit.datasets.item_columns`), or MovieLens'
        ``movies.dat`` (divided by ``::``, without a header).
        ``"u.item"``: that of MovieLens-100k, a column of flags for each genre. ``"recbole"``: RecBole's copy of it,
        which keeps the year in a column of its own.
    encoding : str, default "utf-8-sig"
        Encoding of the text.

    Returns
    -------
    pandas.DataFrame
        Indexed by item key; ``title`` and ``genres`` (separated by ``|``), as far as the file has them.

    Raises
    ------
    DataError
        If the file is not of that form, a key is missing or stands twice, or there is neither title nor genre.
    """
    if form == "u.item":
        layout = Layout("|", tuple(map(str, range(5 + len(U_ITEM_GENRES)))), False, (), encoding)
        table = _read_u_item(file, layout)
    else:
        layout = _item_layout(file, encoding)
        table = _read_table(file, layout, with_year=form == "recbole")
    for bad, problem in (
        (table["item"].isna(), "the item's key is missing"),
        (table["item"].duplicated(), "the item's key stands in the table before"),
    ):
        if bad.any():
            raise DataError(problem, str(file), line_of(file, layout, int(bad.argmax())))
    return table.drop(columns="item").set_axis(as_keys(table["item"]), axis=0)


def _item_layout(file: DataFile, encoding: str) -> Layout:
    layout = sniff(file, encoding)
    if layout.delimiter == "::" and len(layout.columns) == 3:
        return replace(layout, columns=("item", "title", "genres"), header=False)
    return layout


def guess_items(path: str | Path) -> ItemColumns:
    """Guess what the columns of a table of items hold, as `read_items` reads it.

    Raises
    ------
    DataError
        If the file is missing or no table, or lacks keys, or titles and attributes.
    """
    file = DataFile(Path(path))
    layout = _item_layout(file, "utf-8-sig")
    return _roles(file, layout, _texts(file, layout))


def _texts(file: DataFile, layout: Layout) -> pd.DataFrame:
    return read_columns(file, layout, dict.fromkeys(range(len(layout.columns)), "text"))


def _roles(file: DataFile, layout: Layout, table: pd.DataFrame) -> ItemColumns:
    for name, times in Counter(layout.columns).items():
        if name and times > 1:
            raise DataError(f"several columns are called {name!r}; rename all but one", str(file))
    found = guess_item_columns(layout.columns, table)
    if found.key is None or (found.title is None and found.genres is None and not found.flags):
        raise DataError(
            "a table of items has a column with their keys (item, movieId, ...) and one with their title or genres; "
            f"this one has {', '.join(layout.columns)}",
            str(file),
        )
    return found


def _read_table(file: DataFile, layout: Layout, with_year: bool) -> pd.DataFrame:
    texts = _texts(file, layout)
    found = _roles(file, layout, texts)
    texts.columns = list(layout.columns)
    table = pd.DataFrame({"item": texts[found.key]})
    if found.title is not None:
        table["title"] = texts[found.title].fillna("").str.strip()
    if found.genres is not None:
        genres = texts[found.genres].fillna("").str.strip()
        sequence = layout.types[layout.columns.index(found.genres)] == "token_seq"
        lists = genres.replace(NO_GENRES, "")
        table["genres"] = genres.str.replace(" ", "|") if sequence else attributes(lists, found.separator)
    elif found.flags:
        table["genres"] = set_flags(texts[list(found.flags)], found.flags)
    year = guess("year", layout.columns)
    if with_year and year is not None and "title" in table:
        years = texts[year].fillna("").str.strip()
        placeholder = table["title"] == years  # film 267, whose title and year are not known
        table["title"] = (table["title"] + " (" + years + ")").mask(placeholder, "unknown")
    return table


def _read_u_item(file: DataFile, layout: Layout) -> pd.DataFrame:
    flags = dict(enumerate(U_ITEM_GENRES, start=5))
    frame = read_columns(file, layout, dict.fromkeys((0, 1, *flags), "text"))
    genres = ["|".join(flags[column] for column in flags if row[column] == "1") for row in frame.to_dict("records")]
    return pd.DataFrame({"item": frame[0], "title": frame[1].str.strip(), "genres": genres})
