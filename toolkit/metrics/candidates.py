"""What is ranked: blocks of scores of which the items to leave out are taken away."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit import blas
from toolkit.errors import ParameterError

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]
Cells: TypeAlias = Bools | sparse.csr_array | sparse.csr_matrix
Scorer: TypeAlias = Callable[[slice], npt.ArrayLike]
Block = TypeVar("Block")
Result = TypeVar("Result")

CELLS = 1 << 20  # scores in a block: enough that threads seldom wait for each other
USERS = 64  # in a block at least, or the product of matrices is slow
MOST_CELLS = 1 << 22  # and never more scores: 16 MiB of float32
FEW = 3  # fewer blocks are worked on sooner than threads are set up
MOST_THREADS = 8  # each holds a block and what comes of it


class Scratch(threading.local):
    """Memory that a thread uses for one block after another: a new page takes longer than the scores that fill it."""

    def __init__(self) -> None:
        self._held: dict[str, Scores] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Scores:
        """Return an array whose values are whatever was there before."""
        size, held = math.prod(shape), self._held.get(name)
        if held is None or held.dtype != dtype or held.size < size:
            held = self._held[name] = np.empty(size, dtype=dtype)
        return held[:size].reshape(shape)


Source: TypeAlias = Callable[[slice, Scratch], Scores]


def checked(scores: npt.NDArray[Any] | Scorer, shape: tuple[int, int]) -> Source:
    """Return what gives the scores of some users, to be written to, having checked their shape and values."""
    of_rows = scores if callable(scores) else scores.__getitem__

    def check(rows: slice, scratch: Scratch) -> Scores:
        given, wanted = np.asarray(of_rows(rows)), (rows.stop - rows.start, shape[1])
        if given.shape != wanted:
            raise ParameterError(f"scores have shape {given.shape}; they must be {wanted}, users by items")
        kind = given.dtype.newbyteorder("=") if np.issubdtype(given.dtype, np.floating) else np.dtype(np.float64)
        if not (given.dtype == kind and given.flags.owndata and given.flags.writeable):  # no part of what threads share
            block = scratch.array("scores", wanted, kind)
            block[...] = given
            given = block
        _check_finite(given, rows.start)
        return given

    return check


def as_cells(cells: Cells, name: str, shape: tuple[int, ...] | None = None) -> sparse.csr_array:
    """Return a sparse matrix with sorted columns; a stored cell counts even if its value is 0, for a rating may be 0.

    Raises
    ------
    ParameterError
        If it is neither sparse nor bool, or has another shape.
    """
    if sparse.issparse(cells):
        found = sparse.csr_array(cells)
    else:
        given = np.asarray(cells)
        found = sparse.csr_array(given) if given.ndim == 2 and given.dtype == bool else None
    if found is None or (shape is not None and found.shape != shape):
        given = cells if sparse.issparse(cells) else np.asarray(cells)
        wanted = "" if shape is None else f" of shape {shape}"
        raise ParameterError(f"{name} must be a sparse or bool matrix{wanted}, not {given.dtype} {given.shape}")
    if not found.has_canonical_format:
        found = found.copy()
        found.sum_duplicates()
    return sparse.csr_array((np.ones(found.nnz, dtype=bool), found.indices, found.indptr), shape=found.shape)


def positions(cells: sparse.csr_array, start: int, stop: int) -> tuple[Ints, Ints]:
    """Return the row, counted from `start`, and the column of each cell of some rows, in order."""
    first, last = cells.indptr[[start, stop]]
    rows = np.repeat(np.arange(stop - start), np.diff(cells.indptr[start : stop + 1]))
    return rows, cells.indices[first:last].astype(np.int64)


def over_blocks(
    source: Source,
    shape: tuple[int, int],
    exclude: sparse.csr_array | None,
    work: Callable[[int, Scores, Scratch], Result],
) -> list[Result]:
    """Return the results of some work on the candidates of all users, block by block.

    Parameters
    ----------
    source : callable
        Gives the scores of a slice of the users, all finite, to write to.
    shape : tuple of int
        Number of users and of items.
    exclude : csr_array, optional
        The cells that are no candidates.
    work : callable
        Takes the first user's number, the block's scores, -inf where an item is excluded, and memory to work in.
    """
    n, m = shape
    little = n * m < 2 * CELLS  # then one thread is as fast as two, and small blocks need fewer new pages
    step = rows_at_a_time(m, 4 if little else 1)
    scratch = Scratch()

    def of_block(start: int) -> Result:
        stop = min(start + step, n)
        scores = source(slice(start, stop), scratch)
        if exclude is None:
            return work(start, scores, scratch)
        removed = positions(exclude, start, stop)
        kept = scores[removed] if scores.flags.owndata else None  # no scratch: whoever gave it may still hold it
        scores[removed] = -np.inf
        result = work(start, scores, scratch)
        if kept is not None:
            scores[removed] = kept
        return result

    starts = range(0, n, step)
    return [of_block(start) for start in starts] if little else threaded(of_block, starts)


def rows_at_a_time(width: int, parts: int = 1) -> int:
    """Return how many rows of so many scores make a block, or one of some parts of it."""
    width = max(width, 1)
    return max(1, min(max(CELLS // parts // width, USERS), MOST_CELLS // width))


def threaded(work: Callable[[Block], Result], blocks: Sequence[Block]) -> list[Result]:
    """Return what some work makes of each block.

    As many are worked on at a time as BLAS has threads, with one thread each: sorting and searching then use all cores
    too, not the product of matrices alone.
    """
    if len(blocks) < FEW:
        return [work(block) for block in blocks]
    threads = min(blas.n_threads(), MOST_THREADS)
    with blas.one_thread(), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, blocks))


def _check_finite(scores: Scores, start: int) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(scores.sum()):  # one pass, no array of booleans
            return
    finite = np.isfinite(scores)
    if not finite.all():
        user, item = np.argwhere(~finite)[0]
        raise ParameterError(
            f"scores hold {scores[user, item]} for user {start + user}, item {item}; all must be finite"
        )
