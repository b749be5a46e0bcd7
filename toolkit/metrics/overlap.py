"""How many nearest neighbours the same things have in common in two embeddings."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.matrices import Floats, Ints, Matrix, as_pair, nearest_rows, unit_rows


@metric(
    MetricInfo(
        "neighbor_overlap@k",
        "Neighbour overlap@{k}",
        "neutral",
        0,
        1,
        "The mean Jaccard index of each vector's {k} nearest by cosine in one embedding and in the other.",
    )
)
def neighbor_overlap(first: npt.ArrayLike, second: npt.ArrayLike, k: int = 10) -> float:
    """Return the mean Jaccard index of the sets of the `k` nearest neighbours in both.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things. The nearest are those of largest cosine, equal ones (to six digits) by row; the
        cosine with a row of length 0 is 0.
    k : int, default 10
        How many neighbours, from 1 to n - 1.

    Returns
    -------
    float
        In [0, 1]; compare it with `chance_overlap`. The same for any rotation and scale of either.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, have different numbers of rows, or `k` is not allowed.

    References
    ----------
    Wendlandt, Kummerfeld and Mihalcea (2018), Factors influencing the surprising instability of word embeddings, NAACL.

    Examples
    --------
    >>> neighbor_overlap([[1, 0], [1, 1], [0, 1]], [[1, 0], [0.9, 0.1], [0, 1]], k=1)
    1.0
    """
    shared = shared_neighbors(*as_pair(first, second), k)
    return float(jaccard(shared, k).mean())


def chance_overlap(n: int, k: int = 10) -> float:
    """Return what `neighbor_overlap` comes to in the mean when neighbours are drawn at random.

    The number that two sets of `k` of the n - 1 others have in common is hypergeometric.

    Parameters
    ----------
    n : int
        How many things there are.
    k : int, default 10
        How many neighbours, from 1 to n - 1.

    Returns
    -------
    float
        In (0, 1].

    Raises
    ------
    ParameterError
        If `k` is not allowed.

    Examples
    --------
    >>> round(chance_overlap(1000), 5)
    0.00529
    """
    if not 1 <= k < n:
        raise ParameterError(f"k is {k}; it must lie between 1 and the number of others, {n - 1}")
    ways = math.comb(n - 1, k)
    return sum(
        math.comb(k, common) * math.comb(n - 1 - k, k - common) / ways * common / (2 * k - common)
        for common in range(1, k + 1)
    )


def shared_neighbors(first: Matrix, second: Matrix, k: int) -> Ints:
    """Return how many of the `k` nearest of each row are the same in two matrices, shape (n,).

    Raises
    ------
    ParameterError
        If `k` is not allowed.
    """
    counts = np.empty(len(first), dtype=np.int64)
    both = zip(nearest_rows(unit_rows(first), k), nearest_rows(unit_rows(second), k), strict=True)
    for (rows, ours), (_, theirs) in both:
        counts[rows] = in_common(ours, theirs)
    return counts


def in_common(first: Ints, second: Ints) -> Ints:
    """Return how many numbers two sets have in common, shape (n,): a row a set, each as large as the others."""
    together = np.sort(np.concatenate([first, second], axis=1), axis=1)
    return np.asarray((together[:, 1:] == together[:, :-1]).sum(axis=1))


def jaccard(shared: Ints, k: int) -> Floats:
    """Return the Jaccard index of sets of `k`, from how many they have in common."""
    return np.asarray(shared / (2 * k - shared))
