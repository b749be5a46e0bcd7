"""Whether each line of a table has as many fields as its header.

A comma without quotation marks in a title moves all that follows by a column; pandas cuts what is then too much, in
silence. Pyarrow counts the fields at little cost. Where it finds a line at fault, or cannot read the file, the lines
are counted one by one, which tells where they stand.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import csv as arrow_csv

from toolkit.datasets.files import DataFile, open_binary, open_text
from toolkit.datasets.layout import Layout
from toolkit.errors import DataError

SHOWN = 3  # lines that an error names
_BLOCK = 1 << 22  # bytes that pyarrow parses together
_NONE = "none"  # of the columns
_MARKS = {"\t": "tab", " ": "space"}
Record = tuple[int, list[str]]


def check_fields(file: DataFile, layout: Layout, rows: int | None = None) -> None:
    """Refuse a table in which a line has more or fewer fields than the header, or than the first line.

    Empty fields at the end of a line are never too many, and those under columns without a name never too few.

    Parameters
    ----------
    file : DataFile
        The file.
    layout : Layout
        How it is written.
    rows : int, optional
        Look only at so many.

    Raises
    ------
    DataError
        If a line does; the message names the first ones.
    """
    if rows is None and layout.delimiter not in (" ", "::") and _is_regular(file, layout):
        return
    records = itertools.islice(records_of(file, layout), None if rows is None else rows + layout.header)
    faulty = ((line, fields) for line, fields in records if not _fits(fields, layout))
    try:
        first, *others = itertools.islice(faulty, SHOWN)
    except ValueError:  # none
        return
    raise DataError(_message(first[1], [line for line, _ in others], layout), str(file), first[0])


def records_of(file: DataFile, layout: Layout) -> Iterator[Record]:
    """Yield the fields of each line that is not blank, the header too, and on which line, from 1, they begin."""
    with open_text(file, layout.encoding, newline="") as stream:
        if layout.quoting == csv.QUOTE_NONE:
            mark = layout.delimiter.strip(" ") or None
            for line, text in enumerate(stream, 1):
                if text.strip(" \t\r\n"):
                    yield line, text.rstrip("\r\n").split(mark)
            return
        records, line = csv.reader(stream, delimiter=layout.delimiter), 1
        try:
            for fields in records:
                if fields and (len(fields) > 1 or not fields[0] or fields[0].strip(" \t")):  # pandas skips the others
                    yield line, fields
                line = records.line_num + 1
        except csv.Error as error:
            raise DataError(f"no line of a table: {error}", str(file), line) from error


def _is_regular(file: DataFile, layout: Layout) -> bool:
    """Return whether pyarrow finds as many fields in every line; False too where it cannot read the file."""
    quotes = layout.quoting != csv.QUOTE_NONE
    try:
        with open_binary(file) as stream:
            batches = arrow_csv.open_csv(
                stream,
                arrow_csv.ReadOptions(column_names=list(map(str, range(len(layout.columns)))), block_size=_BLOCK),
                arrow_csv.ParseOptions(
                    delimiter=layout.delimiter, quote_char='"' if quotes else False, newlines_in_values=quotes
                ),
                arrow_csv.ConvertOptions(include_columns=[_NONE], include_missing_columns=True),  # convert nothing
            )
            return all(batch is not None for batch in batches)
    except pa.ArrowInvalid:
        return False


def _fits(fields: Sequence[str], layout: Layout) -> bool:
    named = next((n for n in range(len(layout.columns), 0, -1) if layout.columns[n - 1]), 0)
    return len(fields) >= named and not any(field.strip() for field in fields[len(layout.columns) :])


def _message(fields: Sequence[str], others: Sequence[int], layout: Layout) -> str:
    expected, mark = len(layout.columns), _MARKS.get(layout.delimiter, repr(layout.delimiter))
    also = f" (line {' and '.join(map(str, others))} too)" if others else ""
    more = len(fields) > expected
    if more and layout.quoting != csv.QUOTE_NONE:
        advice = f'a field that holds a {mark} needs quotation marks around it, as in "one{layout.delimiter} two"'
    elif more:
        advice = f"no field may hold a {mark}"
    else:
        advice = f"a field that is empty needs its {mark} all the same"
    whole = "the header" if layout.header else "the first line"
    return f"has {len(fields)} fields where {whole} has {expected}{also}; {advice}"


def line_of(file: DataFile, layout: Layout, row: int) -> int | None:
    """Return the line, from 1, on which a row of `read_columns` (from 0) begins, quoted line breaks counted."""
    return next(itertools.islice((line for line, _ in records_of(file, layout)), row + layout.header, None), None)
