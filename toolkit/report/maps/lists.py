"""What a map shows of each embedding beside places: neighbours, clusters, and which classes lie together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from toolkit.blas import one_thread
from toolkit.embedding import Embedding
from toolkit.metrics.matrices import nearest_rows, unit_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEAREST = 10
CLUSTERS = 6  # as many as there are colours
RARE = 0.01  # a class with a smaller share of the keys is not offered first


def neighbors(embedding: Embedding, k: int = NEAREST) -> tuple[Ints, Floats]:
    """Return the nearest keys of every key, as `Embedding.neighbors` gives them for one.

    Parameters
    ----------
    embedding : Embedding
        Of at least two keys.
    k : int, default 10
        How many; all others where there are fewer.

    Returns
    -------
    rows : ndarray of int64, shape (n, min(k, n - 1))
        Best first, equal ones (to six digits) by row.
    cosines : ndarray of float64, of the same shape
        In [-1, 1].
    """
    unit = unit_rows(embedding.vectors)
    k = min(k, len(unit) - 1)
    rows, cosines = np.empty((len(unit), k), dtype=np.int64), np.empty((len(unit), k))
    for block, nearest in nearest_rows(unit, k):
        rows[block] = nearest
        cosines[block] = np.vecdot(unit[nearest].astype(np.float64), unit[block, None].astype(np.float64))
    return rows, np.clip(cosines, -1, 1)


def clusters(embedding: Embedding, n_clusters: int = CLUSTERS) -> Ints:
    """Return to which of a few clusters of unit vectors each key belongs, by k-means; the largest cluster is 0.

    Parameters
    ----------
    embedding : Embedding
        At least as many keys as clusters have different directions, or there are fewer clusters.
    n_clusters : int, default 6
        How many.

    Returns
    -------
    ndarray of int64, shape (n,)
        The same each time: one seed and one thread.
    """
    from sklearn.cluster import KMeans

    unit = embedding.unit_vectors
    n_clusters = min(n_clusters, len(np.unique(unit.round(6), axis=0)))
    with one_thread():
        found = KMeans(n_clusters, n_init=1, random_state=0).fit_predict(unit)
    by_size = np.argsort(-np.bincount(found, minlength=n_clusters), kind="stable")
    return np.asarray(np.argsort(by_size)[found], dtype=np.int64)


def telling(members: npt.NDArray[np.bool_], neighborhoods: Sequence[Ints]) -> Ints:
    """Order classes by how much more often neighbours share them than chance would have it.

    Parameters
    ----------
    members : ndarray of bool, shape (n, c)
        Which keys belong to which class.
    neighborhoods : sequence of ndarray of int64, shape (n, k)
        The neighbours in each embedding; -1 where there is none.

    Returns
    -------
    ndarray of int64, shape (c,)
        The most telling class first; classes of few keys last.
    """
    shares = members.mean(axis=0)
    gains = np.zeros(members.shape[1])
    for rows in neighborhoods:
        there = rows >= 0
        same = (members[rows] & members[:, None] & there[:, :, None]).sum(axis=(0, 1))  # pairs that both belong
        pairs = there.sum(axis=1) @ members
        gains += same / np.maximum(pairs, 1) - shares
    return np.lexsort((-gains, shares < RARE))
