"""Blocks of word2vec's binary records, each a key, a space and a vector, turned into keys and a matrix."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from toolkit.errors import DataError
from toolkit.vectors.rows import FloatArray, Keys

LONGEST_KEY = 1 << 16  # bytes; what has no space for so long holds no key


def find(block: memoryview, width: int, most: int, path: Path) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Find the complete records at the beginning of a block.

    Parameters
    ----------
    block : memoryview
        Begins with a record, and may end within one.
    width : int
        Numbers in a vector.
    most : int
        Find no more than so many.
    path : Path
        The file, for error messages.

    Returns
    -------
    keys : bytes
        Their keys, with a space between two.
    starts : ndarray of int64, shape (n,)
        Where their vectors begin.

    Raises
    ------
    DataError
        If what is left over is longer than any key, and none ends in it.
    """
    size = 4 * width
    # one pass of the regular expression engine; what is no whole record comes out as an empty key at the end
    keys = b" ".join(re.findall(rb"([^ ]*+) .{%d}|.+" % size, block, re.DOTALL)[:most])
    ends = np.flatnonzero(np.frombuffer(keys + b" ", np.uint8) == ord(" "))
    starts = ends + 1 + size * np.arange(len(ends))
    if starts[-1] + size > len(block) or block[starts[-1] - 1] != ord(" "):
        keys, starts = keys[: ends[-2]] if len(ends) > 1 else b"", starts[:-1]
        rest = len(block) - (starts[-1] + size if len(starts) else 0)
        if rest > LONGEST_KEY and b" " not in bytes(block[-rest:]):
            raise DataError(f"a key is longer than {LONGEST_KEY} bytes: the file is damaged or of another format", path)
    return keys, starts


def decode(keys: bytes, number: int, path: Path) -> Keys:
    """Decode keys that have a space between two; the first is that of vector `number`.

    Raises
    ------
    DataError
        If one is not UTF-8.
    """
    if b"\n" in keys:  # the original tool ends every vector with a line end
        keys = re.sub(rb"(^| )\n+", rb"\1", keys)
    try:
        return np.array(keys.decode().split(" "), dtype=object)
    except UnicodeDecodeError as error:
        before = keys.count(b" ", 0, error.start)
        raise DataError(
            f"the key of vector {number + before}, {keys.split(b' ')[before]!r}, is not valid UTF-8; load the file "
            "with gensim's load_word2vec_format(..., unicode_errors='ignore') and save it again",
            path,
        ) from None


def gather(block: memoryview, starts: npt.NDArray[np.int64], width: int) -> FloatArray:
    """Return the vectors that begin at n places of a block, shape (n, width)."""
    size = 4 * width
    every = np.ndarray(len(block) - size + 1, f"V{size}", block, strides=1)  # a vector at every byte
    vectors: FloatArray = every[starts].view("<f4").reshape(-1, width)
    return vectors
