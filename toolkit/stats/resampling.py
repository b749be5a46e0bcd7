"""Draws of units and of signs: the randomness that intervals and tests rest on, in blocks that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.stats.samples import Floats

Singles = npt.NDArray[np.float32]
CELLS = 1 << 20  # of a block, at most: about 8 MiB


def resamples(n: int, n_resamples: int, random_state: int, width: int | None = None) -> Iterator[Floats]:
    """Yield blocks of resamples: how often each of n units is drawn when n are drawn with repetition.

    Parameters
    ----------
    n : int
        How many units there are.
    n_resamples : int
        At least 1.
    random_state : int
        Seed of the draws, which do not depend on the blocks.
    width : int, optional
        Resamples of a block; by default as many as fit.

    Yields
    ------
    ndarray, shape (n, some)
        A column a resample.

    Raises
    ------
    ParameterError
        If n_resamples is not positive.
    """
    if n_resamples < 1:
        raise ParameterError(f"n_resamples is {n_resamples}; at least 1 is needed")
    rng = np.random.default_rng(random_state)
    step = width or max(1, CELLS // n)
    for start in range(0, n_resamples, step):
        rows = min(step, n_resamples - start)
        drawn = rng.integers(n, size=(rows, n))
        drawn += n * np.arange(rows)[:, None]
        # counted row by row, which stays in a core's cache
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64).T


def sign_patterns(n: int, n_draws: int, random_state: int, width: int | None = None) -> Iterator[Singles]:
    """Yield blocks of random signs for n units, 1 and -1.

    Parameters
    ----------
    n : int
        How many units there are.
    n_draws : int
        At least 1. Where there are no more patterns than that, each is given once instead.
    random_state : int
        Seed of the draws, which do not depend on the blocks.
    width : int, optional
        Patterns of a block; by default as many as fit.

    Yields
    ------
    ndarray, shape (some, n), float32
        A row a pattern.
    """
    rng = np.random.default_rng([random_state, n])  # not the stream of the resamples
    words = -(-n // 64)
    total = 1 << n if is_exact(n, n_draws) else n_draws
    step = width or max(1, CELLS // n)
    for start in range(0, total, step):
        rows = min(step, total - start)
        if is_exact(n, n_draws):
            drawn = np.arange(start, start + rows, dtype="<u8")[:, None]
        else:
            drawn = rng.integers(1 << 64, size=(rows, words), dtype=np.uint64).astype("<u8", copy=False)
        signs = np.unpackbits(drawn.view(np.uint8), axis=1, count=n, bitorder="little").astype(np.float32)
        signs *= 2
        signs -= 1
        yield signs


def is_exact(n: int, n_draws: int) -> bool:
    """Whether n units have no more patterns of signs than are to be drawn."""
    return n < 63 and 1 << n <= n_draws
