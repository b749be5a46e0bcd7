"""Tables in text files: where the columns end, whether there is a header, and where a bad row stands."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from toolkit.datasets.files import DataFile, decoding, open_binary, open_text
from toolkit.errors import DataError

_UNIT = "\x1f"  # takes the place of "::", which pandas' fast parser cannot split at
_BLOCK = 1 << 23  # bytes that pyarrow parses together
_POOL = pa.system_memory_pool()  # half as long as with pyarrow's own pool, which gives pages back to take them anew
_ARROW = {"key": pa.dictionary(pa.int32(), pa.string()), "float": pa.float64(), "int": pa.int64()}
Kind = Literal["text", "key", "float", "int"]
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
        If the file is empty or has one column only.
    """
    with open_text(file, encoding) as stream:
        number, line = next(((number, line) for number, line in enumerate(stream) if line.strip()), (0, ""))
    line = line.rstrip("\r\n")
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
    if header is None:
        header = not (len(first) in (3, 4) and _is_number(first[2]))
    if not header:
        first = [str(number) for number in range(1, len(first) + 1)]
    elif all(map(_TYPED.fullmatch, first)):
        names, types = zip(*(name.split(":") for name in first), strict=True)
        return Layout(delimiter, names, header, types, encoding, number > 0)
    return Layout(delimiter, tuple(first), header, ("",) * len(first), encoding, number > 0)


def read_columns(file: DataFile, layout: Layout, kinds: Mapping[int, Kind], rows: int | None = None) -> pd.DataFrame:
    """Read some columns of a table.

    Parameters
    ----------
    file : DataFile
        The file.
    layout : Layout
        How it is written.
    kinds : mapping of int to {"text", "key", "float", "int"}
        The columns to read, by position from 0, and what is expected there. Text is taken as written: ``007`` and
        ``NA`` stay as they are, and only an empty field is a missing value. A key is text that may be held as a
        category. A column that does not hold the numbers expected is as pandas finds it.
    rows : int, optional
        Read only so many.

    Returns
    -------
    pandas.DataFrame
        A column for each position; a row for each line that is not blank.

    Raises
    ------
    DataError
        If the file is not text of its encoding, or its quotation marks do not match.
    """
    if set(kinds) == set(range(len(layout.columns))) and "text" not in kinds.values() and layout.is_plain:
        with open_binary(file) as stream:
            table = _read_plain(stream, layout, kinds)
        if table is not None:
            return table
    with open_binary(file) as stream, decoding(file, layout.encoding):
        try:
            return pd.read_csv(
                _source(stream, layout) if rows is None else _first(stream, layout, rows),
                sep={"::": _UNIT, " ": r"\s+"}.get(layout.delimiter, layout.delimiter),
                header=0 if layout.header else None,
                names=range(len(layout.columns)),
                usecols=list(kinds),
                index_col=False,
                dtype={column: str for column, kind in kinds.items() if kind in ("text", "key")},
                keep_default_na=False,
                na_values=[""],
                quoting=layout.quoting,
                encoding=layout.encoding,
                low_memory=False,
                nrows=rows,
            )
        except pd.errors.ParserError as error:
            raise DataError(f"not a table: {str(error).strip()}", str(file)) from error


def _source(stream: IO[bytes], layout: Layout) -> Any:
    return io.BytesIO(stream.read().replace(b"::", _UNIT.encode())) if layout.delimiter == "::" else stream


def _first(stream: IO[bytes], layout: Layout, rows: int) -> Any:
    """Return a source that gives no more than is needed for some rows, where that can be cut off."""
    if layout.delimiter != "::":
        return stream
    return _source(io.BytesIO(b"".join(itertools.islice(stream, rows + layout.header + layout.blank_first))), layout)


def _read_plain(stream: IO[bytes], layout: Layout, kinds: Mapping[int, Kind]) -> pd.DataFrame | None:
    """Read all columns by pyarrow, on all cores; None where they hold anything that pandas might take differently.

    That is anything but keys without quotation marks and the finite numbers expected, a line for each row. (Only
    pyarrow knows hexadecimal integers; it may keep them.)
    """
    try:
        table = arrow_csv.read_csv(
            _source(stream, layout),
            arrow_csv.ReadOptions(
                column_names=[str(column) for column in range(len(kinds))],
                skip_rows_after_names=int(layout.header),
                block_size=_BLOCK,
            ),
            arrow_csv.ParseOptions(delimiter=_UNIT if layout.delimiter == "::" else layout.delimiter, quote_char=False),
            arrow_csv.ConvertOptions(
                column_types={str(column): _ARROW[kind] for column, kind in kinds.items()},
                null_values=[""],
                strings_can_be_null=True,
            ),
            memory_pool=_POOL,
        )
    except pa.ArrowInvalid:
        return None
    found = {}
    for column in range(len(kinds)):
        values, table = table[str(column)], table.drop_columns(str(column))  # each column's parts are freed in turn
        whole = values.unify_dictionaries(_POOL).combine_chunks(_POOL)
        if whole.null_count:
            return None
        if kinds[column] == "key":
            texts = whole.dictionary.to_pylist()
            if layout.quoting != csv.QUOTE_NONE and any('"' in text for text in texts):
                return None
            found[column] = pd.Categorical.from_codes(whole.indices.to_numpy(), texts, validate=False)
        else:
            found[column] = whole.to_numpy()
            if not np.isfinite(found[column]).all():
                return None
    return pd.DataFrame(found, copy=False)


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
