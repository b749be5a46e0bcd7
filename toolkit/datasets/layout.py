"""How a table is written in a text file: what divides its columns, and whether it has a header."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from toolkit.datasets.files import DataFile, open_text
from toolkit.errors import DataError

MOST = 10_000  # columns: each takes the parsers far more room than its text
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
    blank_first : bool, default False
        Whether a blank line stands above the first.
    """

    delimiter: str
    columns: tuple[str, ...]
    header: bool
    types: tuple[str, ...]
    encoding: str
    blank_first: bool = False

    @property
    def is_plain(self) -> bool:
        """bool: whether pyarrow can read it too: one delimiter, UTF-8, and the header, if any, on top."""
        return self.delimiter != " " and self.encoding in ("utf-8", "utf-8-sig") and not self.blank_first

    @property
    def quoting(self) -> int:
        """int: the `csv` module's constant; RecBole and MovieLens write quotation marks as they are."""
        plain = self.delimiter in ("::", " ") or any(self.types)
        return csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL


def sniff(file: DataFile, encoding: str = "utf-8-sig", header: bool | None = None) -> Layout:
    """Find out how a table is written, from its first line.

    The delimiter is a tab or ``::`` if there is one, else the one of ``;``, ``|`` and ``,`` that gives the most
    columns, else white space. There is no header where the first line has three or four columns and the third is a
    number: such files hold user, item, rating and, perhaps, a time. Unless `header` says whether there is one.

    Raises
    ------
    DataError
        If the file is empty, has one column only, or begins with what belongs to no table.
    """
    with open_text(file, encoding) as stream:
        number, line = next(((number, line) for number, line in enumerate(stream) if line.strip()), (0, ""))
    line = line.rstrip("\r\n")
    if not line:
        raise DataError("the file is empty", str(file))
    if line.startswith(("{", "[{")) or line == "[":
        raise DataError("holds JSON, by its first line; a table with a line for each rating is needed", str(file))
    if re.fullmatch(r'"?sep=.?"?', line, re.IGNORECASE):
        raise DataError(
            f"delete the line {line!r}, which is for Excel alone, so that the columns' names come first", str(file)
        )
    try:
        delimiter = _delimiter(line)
        first = [field.strip() for field in _split(line, delimiter)]
    except csv.Error as error:
        raise DataError(f"no line of a table: {error}", str(file), number + 1) from error
    if len(first) > MOST:
        raise DataError(
            f"has {len(first):,} columns; at most {MOST:,} are read, and ratings are a table with a line for each",
            str(file),
            number + 1,
        )
    if len(first) < 2:
        raise DataError(
            f"no columns in the first line, {line[:60]!r}; they may be divided by a comma, semicolon, tab, |, :: or "
            "space",
            str(file),
        )
    if header is None:
        header = not (len(first) in (3, 4) and _is_number(first[2]))
    if not header:
        first = [str(number) for number in range(1, len(first) + 1)]
    elif all(map(_TYPED.fullmatch, first)):
        names, types = zip(*(name.split(":") for name in first), strict=True)
        return Layout(delimiter, names, header, types, encoding, number > 0)
    return Layout(delimiter, tuple(first), header, ("",) * len(first), encoding, number > 0)


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
