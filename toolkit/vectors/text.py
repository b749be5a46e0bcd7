"""Text files of vectors, a key and its numbers on each line: what word2vec, fastText and GloVe write."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import DataError
from toolkit.vectors.lines import Parsed, parse_any, parse_regular, usual_width
from toolkit.vectors.rows import FloatArray, Rows

BLOCK = 1 << 21  # bytes parsed at a time
NUMBERS_WRITTEN = 1 << 20  # formatted at a time
WORKERS = min(4, os.cpu_count() or 1)


def read_rows(
    stream: IO[bytes], path: Path, width: int | None = None, limit: int | None = None, first_line: int = 1
) -> Rows:
    """Read lines of a key and its numbers, separated by single spaces.

    Parameters
    ----------
    stream : binary file
        Stands at the first such line.
    path : Path
        The file, for error messages.
    width : int, optional
        Numbers on a line; by default, what most of the first 100 lines have.
    limit : int, optional
        Read no more than so many lines.
    first_line : int, default 1
        The number of the first line, for error messages.

    Returns
    -------
    Rows

    Raises
    ------
    DataError
        If a line has more or fewer numbers, a value is not a finite number, the text is not UTF-8 or, without a
        width, there is no line at all.
    """
    blocks = _blocks(stream, limit)
    if width is None:
        first = next(blocks, None)
        if first is None:
            raise DataError("the file is empty", path)
        width, blocks = usual_width(first), chain([first], blocks)
        if width == 0:
            raise DataError("expected a key and its numbers on each line, found no numbers", path, line=1)
    rows = Rows(width, path.stat().st_size, limit)
    for block, (keys, vectors) in _parsed(blocks, width, path, first_line):
        rows.append(keys, vectors, len(block))
    return rows


def write_rows(stream: IO[bytes], keys: pd.Index, vectors: FloatArray) -> None:
    """Write a line for each key; every number is the shortest text that gives the same float32 again."""
    step = max(1, NUMBERS_WRITTEN // vectors.shape[1])
    for start in range(0, len(keys), step):
        block = slice(start, start + step)
        columns = [pa.array(np.ascontiguousarray(column)).cast(pa.string()) for column in vectors[block].T]
        lines = pc.binary_join_element_wise(pa.array(keys[block], type=pa.string()), *columns, " ")
        stream.writelines(f"{line}\n".encode() for line in lines.to_pylist())


def _parsed(blocks: Iterator[bytes], width: int, path: Path, first_line: int) -> Iterator[tuple[bytes, Parsed]]:
    """Parse blocks, some at a time; yield them in order."""
    pending: deque[tuple[bytes, Future[Parsed | None]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        while True:
            for block in islice(blocks, WORKERS + 1 - len(pending)):
                pending.append((block, pool.submit(parse_regular, block, width)))
            if not pending:
                return
            block, future = pending.popleft()
            parsed = future.result() or parse_any(block, width, path, first_line)
            first_line += len(parsed[0])
            yield block, parsed


def _blocks(stream: IO[bytes], limit: int | None) -> Iterator[bytes]:
    """Yield whole lines in blocks, `limit` lines in all; blank ones at the end of the file are left out."""
    blank = b""
    while limit != 0 and (block := stream.read(BLOCK)):
        block = blank + block + stream.readline()
        end = _end(block)
        block, blank = block[:end], block[end:]
        if limit is not None:
            lines = block.split(b"\n", limit)
            if len(lines) > limit:
                block, limit = block.removesuffix(lines[limit]), 0
            else:
                limit -= len(lines) - (not lines[-1])
        if block:
            yield block


def _end(block: bytes) -> int:
    """Return where the last line ends that is not blank."""
    if block[block.rfind(b"\n", 0, -1) + 1 :].strip():
        return len(block)
    end = len(block.rstrip())
    return block.find(b"\n", end) + 1 if end else 0
