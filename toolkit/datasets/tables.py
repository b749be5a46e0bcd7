"""Reading columns of tables in text files."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping
from typing import IO, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from toolkit.datasets.fields import check_fields
from toolkit.datasets.files import DataFile, decoding, open_binary
from toolkit.datasets.layout import Layout
from toolkit.errors import DataError

_UNIT = "\x1f"  # takes the place of "::", which pandas' fast parser cannot split at
_BLOCK = 1 << 23  # bytes that pyarrow parses together
_POOL = pa.system_memory_pool()  # half as long as with pyarrow's own pool, which gives pages back to take them anew
_ARROW = {"key": pa.dictionary(pa.int32(), pa.string()), "float": pa.float64(), "int": pa.int64()}
Kind = Literal["text", "key", "float", "int"]


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
        If the file is not text of its encoding, its quotation marks do not match, or a line has more or fewer fields.
    """
    if set(kinds) == set(range(len(layout.columns))) and "text" not in kinds.values() and layout.is_plain:
        with open_binary(file) as stream:
            table = _read_plain(stream, layout, kinds)
        if table is not None:
            return table
    with open_binary(file) as stream, decoding(file, layout.encoding):
        try:
            frame = pd.read_csv(
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
        except UnicodeDecodeError:  # for which `decoding` finds the line
            raise
        except (ValueError, OverflowError, IndexError) as error:  # the last where no line has the first's columns
            raise DataError(f"not a table: {' '.join(str(error).split())}", str(file)) from error
    check_fields(file, layout, rows)
    return frame


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
