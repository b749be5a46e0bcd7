"""Tables in text files: where the columns end, whether there is a header, and where a bad row stands."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.datasets.files import DataFile, decoding, open_binary, open_text
from toolkit.errors import DataError

_UNIT = "\x1f"  # takes the place of "::", which pandas' fast parser cannot split at
_TYPED = re.compile(r"[^:]+:(token|token_seq|float|float_seq)")


@dataclass(frozen=True)
class Layout:
    """How a table is written.

    Parameters
    ----------
    delimiter : str
        What stands between two columns; a space means any run of white space.
    columns : tuple of str
        The columns' names; their numbers where the file has no header.
    header : bool
        Whether the first line holds the names.
    types : tuple of str
        What RecBole's headers say beside each name, such as ``"token_seq"``; empty strings elsewhere.
    encoding : str
        The encoding of the file.
    """

    delimiter: str
    columns: tuple[str, ...]
    header: bool
    types: tuple[str, ...]
    encoding: str

    @property
    def quoting(self) -> int:
        """int: the `csv` module's constant; RecBole and MovieLens write quotation marks as they are."""
        plain = self.delimiter in ("::", " ") or any(self.types)
        return csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL


def sniff(file: DataFile, encoding: str = "utf-8-sig") -> Layout:
    """Find out how a table is written, from its first line.

    The delimiter is a tab or ``::`` if there is one, else the one of ``;``, ``|`` and ``,`` that gives the most
    columns, else white space. There is no header where the first line has three or four columns and the third is a
    number: such files hold user, item, rating and, perhaps, a time.

    Raises
    ------
    DataError
        If the file is empty or has one column only.
    """
    with open_text(file, encoding) as stream:
        line = next((line for line in stream if line.strip()), "").rstrip("\r\n")
    if not line:
        raise DataError("the file is empty", str(file))
    delimiter = _delimiter(line)
    first = [field.strip() for field in _split(line, delimiter)]
    if len(first) < 2:
        raise DataError(
            f"no columns in the first line, {line[:60]!r}; they may be divided by a comma, semicolon, tab, |, :: or "
            "space",
            str(file),
        )
    header = not (len(first) in (3, 4) and _is_number(first[2]))
    if not header:
        first = [str(number) for number in range(1, len(first) + 1)]
    elif all(map(_TYPED.fullmatch, first)):
        names, types = zip(*(name.split(":") for name in first), strict=True)
        return Layout(delimiter, names, header, types, encoding)
    return Layout(delimiter, tuple(first), header, ("",) * len(first), encoding)


def read_columns(file: DataFile, layout: Layout, dtypes: Mapping[int, type | str | None]) -> pd.DataFrame:
    """Read some columns of a table.

    Parameters
    ----------
    file : DataFile
        The file.
    layout : Layout
        How it is written.
    dtypes : mapping of int to dtype
        The columns to read, by position from 0, and as what; None lets pandas find out. Text is taken as written:
        ``007`` and ``NA`` stay as they are, and only an empty field is a missing value.

    Returns
    -------
    pandas.DataFrame
        A column for each position; a row for each line that is not blank.

    Raises
    ------
    DataError
        If the file is not text of its encoding, or its quotation marks do not match.
    """
    with open_binary(file) as stream, decoding(file, layout.encoding):
        source: Any = io.BytesIO(stream.read().replace(b"::", _UNIT.encode())) if layout.delimiter == "::" else stream
        try:
            return pd.read_csv(
                source,
                sep={"::": _UNIT, " ": r"\s+"}.get(layout.delimiter, layout.delimiter),
                header=0 if layout.header else None,
                names=range(len(layout.columns)),
                usecols=list(dtypes),
                index_col=False,
                dtype={column: dtype for column, dtype in dtypes.items() if dtype is not None},
                keep_default_na=False,
                na_values=[""],
                quoting=layout.quoting,
                encoding=layout.encoding,
                low_memory=False,
            )
        except pd.errors.ParserError as error:
            raise DataError(f"not a table: {str(error).strip()}", str(file)) from error


def line_of(file: DataFile, layout: Layout, row: int) -> int | None:
    """Return the line, from 1, on which a row of `read_columns` (from 0) begins, quoted line breaks counted."""
    return next(itertools.islice(_record_lines(file, layout), row + layout.header, None), None)


def _record_lines(file: DataFile, layout: Layout) -> Iterator[int]:
    with open_text(file, layout.encoding, newline="") as stream:
        if layout.quoting == csv.QUOTE_NONE:
            yield from (line for line, text in enumerate(stream, 1) if text.strip(" \t\r\n"))
            return
        records, line = csv.reader(stream, delimiter=layout.delimiter), 1
        for fields in records:
            if fields and (len(fields) > 1 or not fields[0] or fields[0].strip(" \t")):  # pandas skips the others
                yield line
            line = records.line_num + 1


def _delimiter(line: str) -> str:
    for mark in ("\t", "::"):
        if mark in line:
            return mark
    mark = max((";", "|", ","), key=lambda mark: len(_split(line, mark)))
    return mark if len(_split(line, mark)) > 1 else " "


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter in ("::", " "):
        return line.split(delimiter.strip() or None)
    return next(csv.reader([line], delimiter=delimiter), [])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
