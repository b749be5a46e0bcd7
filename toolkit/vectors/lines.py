"""Blocks of lines, each a key and its numbers, turned into keys and a matrix.

Arrow's CSV parser takes what is regular. A block that it refuses goes to a slower parser, which takes keys that contain
spaces and says which line is wrong. Both give the bits of ``np.float32(text)``: the nearest double, then rounded to
single precision.
"""

from __future__ import annotations

import functools
from collections import Counter
from io import BytesIO
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from toolkit.errors import DataError
from toolkit.vectors.rows import FloatArray, Keys
from toolkit.vectors.streams import BYTE_ORDER_MARK

WIDEST = 10_000  # numbers on a line; each column takes Arrow much more room than its numbers
SAMPLE = 100  # lines that decide on the width where no header does

Parsed = tuple[Keys, FloatArray]


def count_numbers(line: bytes) -> int:
    """Return how many numbers a line ends with; its first field is the key, whatever it looks like."""
    return sum(1 for _ in takewhile(_is_number, reversed(line.rstrip().split(b" ")[1:])))


def usual_width(block: bytes) -> int:
    """Return how many numbers most of the first lines end with."""
    return Counter(map(count_numbers, islice(BytesIO(block), SAMPLE))).most_common(1)[0][0]


def parse_regular(block: bytes, width: int) -> Parsed | None:
    """Parse lines that all are a key without a space and `width` finite numbers.

    Parameters
    ----------
    block : bytes
        Whole lines, n of them.
    width : int
        Numbers that a line must have.

    Returns
    -------
    keys : ndarray of str, shape (n,)
        The first field of each line.
    vectors : ndarray of float32, shape (n, width)
        The other fields. None is returned instead of both if any line is different.
    """
    first = block[: block.find(b"\n") + 1] or block
    if width > WIDEST or first.rstrip().count(b" ") != width:  # also keeps what a header claims within what there is
        return None
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    if first.endswith((b" \n", b" \r\n")):
        block = block.replace(b" \n", b"\n")
    if b"\r" in block or block.startswith(BYTE_ORDER_MARK):  # Arrow would end a line there, and drop the mark
        return None
    names, parsing, converting = _options(width)
    reading = pa.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1)
    try:
        table = pa.csv.read_csv(pa.BufferReader(block), reading, parsing, converting)
    except pa.ArrowInvalid:
        return None
    vectors = np.empty((len(table), width), dtype=np.float32)
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
        for column, numbers in enumerate(table.columns[1:]):
            vectors[:, column] = numbers.to_numpy()
    return (table.column(0).to_numpy(), vectors) if np.isfinite(vectors).all() else None


@functools.lru_cache(maxsize=8)
def _options(width: int) -> tuple[list[str], pa.csv.ParseOptions, pa.csv.ConvertOptions]:
    names = ["key", *map(str, range(width))]
    types = dict.fromkeys(names[1:], pa.float64()) | {"key": pa.string()}
    return (
        names,
        pa.csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
        pa.csv.ConvertOptions(column_types=types, null_values=[]),
    )


def parse_any(block: bytes, width: int, path: Path, first_line: int) -> Parsed:
    """Parse lines one by one; a key may contain spaces.

    Parameters
    ----------
    block : bytes
        Whole lines, n of them.
    width : int
        Numbers that a line must have.
    path : Path
        The file, for error messages.
    first_line : int
        The number of the first of the lines, for error messages.

    Returns
    -------
    keys : ndarray of str, shape (n,)
        What stands before the last `width` fields of each line.
    vectors : ndarray of float32, shape (n, width)
        Those fields.

    Raises
    ------
    DataError
        If a line has more or fewer numbers, a value is not a finite number, or the text is not UTF-8.
    """
    keys, rows = [], []
    for number, line in enumerate(BytesIO(block), start=first_line):
        try:
            key, row = _parse_line(line.rstrip(), width)
        except DataError as error:
            raise DataError(str(error), path, number) from None
        keys.append(key)
        rows.append(row)
    return np.array(keys, dtype=object), np.stack(rows)


def _parse_line(line: bytes, width: int) -> tuple[str, FloatArray]:
    if not line:
        raise DataError("the line is blank, but more lines follow")
    try:
        key, *fields = line.decode().rsplit(" ", width)
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte 0x{line[error.start]:02x} is not valid UTF-8; convert the file first, such as with "
            "iconv -f latin1 -t utf-8"
        ) from None
    numbers = count_numbers(line)
    if numbers < width == line.count(b" "):
        odd = next(field for field in fields if not _is_number(field.encode()))
        raise DataError(f"{odd!r} is not a number; expected {width} numbers after the key")
    if numbers != width:
        raise DataError(f"expected {width} numbers after the key, found {numbers}")
    with np.errstate(over="ignore"):
        row = np.array([float(field) for field in fields]).astype(np.float32)
    if not np.isfinite(row).all():
        raise DataError(f"the vector of {key!r} holds a value that is not finite")
    return key, row


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
