"""word2vec's two formats, text and binary. Both begin with a line that gives the number of vectors and of dimensions.

gensim and fastText (``.vec``) write the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import records, text
from toolkit.vectors.rows import Keys, Rows, check_keys, to_embedding
from toolkit.vectors.streams import BYTE_ORDER_MARK, open_to_read, open_to_write

BLOCK = 1 << 21  # bytes read at a time
LONGEST_HEADER = 100  # bytes
Starts = npt.NDArray[np.int64]
_HEADER = re.compile(rb"(\d{1,12})[ \t]+(\d{1,9})\s*")


def read_text(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read word2vec's text format.

    Parameters
    ----------
    path : Path
        The file, compressed or not.
    limit : int or None
        Read only so many vectors.
    entity : str
        What the keys name.

    Returns
    -------
    Embedding

    Raises
    ------
    DataError
        If the file does not hold what its header promises, or a line is wrong.
    """
    with open_to_read(path) as stream:
        count, width = _read_header(stream, path)
        rows = text.read_rows(stream, path, width, limit, first_line=2)
    if len(rows) != _wanted(count, limit):
        raise DataError(f"the header promises {count} vectors; the file holds {len(rows)}", path)
    return to_embedding(*rows.finish(), entity, path)


def write_text(embedding: Embedding, path: Path) -> None:
    """Write word2vec's text format."""
    check_keys(embedding.keys)
    with open_to_write(path) as stream:
        stream.write(f"{len(embedding)} {embedding.dim}\n".encode())
        text.write_rows(stream, embedding.keys, embedding.vectors)


def read_binary(path: Path, limit: int | None, entity: str) -> Embedding:
    """Read word2vec's binary format: after each key a space and the vector as little-endian float32.

    Parameters, result and errors are those of `read_text`.
    """
    with open_to_read(path) as stream, ThreadPoolExecutor(1) as mover:
        count, width = _read_header(stream, path)
        rows, moved = Rows(width, path.stat().st_size, _wanted(count, limit)), None
        for names, block, starts in _blocks(stream, path, count, width, limit):
            if moved:
                moved.result()
            moved = mover.submit(_move, rows, names, block, starts)  # while the next block is read
        if moved:
            moved.result()
    return to_embedding(*rows.finish(), entity, path)


def _blocks(
    stream: IO[bytes], path: Path, count: int, width: int, limit: int | None
) -> Iterator[tuple[Keys, memoryview, Starts]]:
    """Yield the keys of whole records, the bytes that hold them, and where in these the vectors begin.

    There are two buffers: when a block is asked for, the last but one is overwritten.
    """
    buffer, spare, filled, found, wanted = bytearray(BLOCK), bytearray(), 0, 0, _wanted(count, limit)
    while found < wanted:
        if filled == len(buffer):
            buffer += bytes(filled)
        with memoryview(buffer) as view, view[filled:] as room:
            taken = stream.readinto(room)  # type: ignore[attr-defined]  # every stream that is opened has it
        if not taken:
            raise DataError(f"the file breaks off in vector {found + 1} of the {count} promised", path)
        filled += taken
        with memoryview(buffer) as view:
            block = view[:filled]
        keys, starts = records.find(block, width, wanted - found, path)
        used = int(starts[-1]) + 4 * width if len(starts) else 0
        if used:
            names = records.decode(keys, found + 1, path)
            yield names, block[:used], starts
            found += len(names)
            spare += bytes(max(len(buffer) - len(spare), 0))
            spare[: filled - used] = buffer[used:filled]
            buffer, spare, filled = spare, buffer, filled - used
        block.release()
    if (limit is None or limit > count) and (buffer[:filled] + stream.read(BLOCK)).strip(b"\n"):
        raise DataError(f"the header promises {count} vectors, but more data follow", path)


def _move(rows: Rows, names: Keys, block: memoryview, starts: Starts) -> None:
    with block:
        rows.append(names, records.gather(block, starts, rows.width), len(block))


def write_binary(embedding: Embedding, path: Path) -> None:
    """Write word2vec's binary format."""
    check_keys(embedding.keys)
    with open_to_write(path) as stream:
        stream.write(f"{len(embedding)} {embedding.dim}\n".encode())
        for key, vector in zip(embedding.keys, embedding.vectors, strict=True):
            stream.write(f"{key} ".encode() + vector.astype("<f4").tobytes())


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return the numbers of vectors and of dimensions that a line gives; None where it is not a header."""
    found = _HEADER.fullmatch(line.removeprefix(BYTE_ORDER_MARK))
    return (int(found[1]), int(found[2])) if found else None


def _read_header(stream: IO[bytes], path: Path) -> tuple[int, int]:
    line = stream.readline(LONGEST_HEADER)
    if not line:
        raise DataError("the file is empty", path)
    header = parse_header(line)
    if header is None or header[1] == 0:
        raise DataError(f"expected a header such as '400000 50', found {line!r}", path, line=1)
    return header


def _wanted(count: int, limit: int | None) -> int:
    return count if limit is None else min(count, limit)
