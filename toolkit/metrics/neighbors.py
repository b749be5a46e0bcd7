"""Whether vectors that lie close together belong to items that share attributes, such as the genres of films."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.correlation import spearman
from toolkit.metrics.matrices import nearest_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.floating[Any]]
Attributes: TypeAlias = npt.NDArray[np.bool_] | sparse.csr_array | sparse.csr_matrix

_CELLS = 2**24  # of a block of items by items, or of pairs by dimensions


class AttributeCorrelation(NamedTuple):
    """A rank correlation and the number of item pairs behind it."""

    spearman: float
    n: int


def attribute_precision(unit_vectors: Vectors, attributes: Attributes, k: int = 10) -> Floats:
    """Return the share of each item's nearest neighbours that have an attribute in common with it.

    Parameters
    ----------
    unit_vectors : ndarray of float, shape (n_items, d)
        Vectors of length 1, or 0 for an item without one. The nearest are those of largest cosine, equal ones (to six
        digits) by row.
    attributes : csr_array or ndarray of bool, shape (n_items, n_attributes)
        What each item is; at least one attribute an item.
    k : int, default 10
        How many neighbours, from 1 to ``n_items - 1``; the item itself is none.

    Returns
    -------
    ndarray of float64, shape (n_items,)
        Each in [0, 1]; compare the mean with `chance_precision`.

    Raises
    ------
    ParameterError
        If the shapes do not agree, the vectors are not of unit length, an item has no attribute or `k` is not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> genres = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)
    >>> attribute_precision(np.array([[1.0, 0.0], [0.6, 0.8], [0.8, 0.6]]), genres, k=1)
    array([0., 1., 1.])
    """
    table = _table(unit_vectors, attributes)
    unit = unit_vectors.astype(np.result_type(unit_vectors, np.float32), copy=False)
    values = np.empty(len(unit))
    for rows, nearest in nearest_rows(unit, k):
        owners = np.repeat(np.arange(rows.start, rows.stop), k)
        values[rows] = (_common(table, owners, nearest.ravel()) > 0).reshape(-1, k).mean(axis=1)
    return values


@metric(
    MetricInfo(
        "chance",
        "Chance",
        "neutral",
        0,
        1,
        "The precision of neighbours drawn at random: the share of pairs of items that have an attribute in common.",
    )
)
def chance_precision(attributes: Attributes) -> float:
    """Return what `attribute_precision` comes to in the mean when neighbours are drawn at random.

    This is the share of all pairs of items that have an attribute in common, whatever `k`.

    Parameters
    ----------
    attributes : csr_array or ndarray of bool, shape (n_items, n_attributes)
        As for `attribute_precision`; at least two items.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ParameterError
        If there are fewer than two items, or one has no attribute.

    Examples
    --------
    >>> import numpy as np
    >>> chance_precision(np.array([[1, 0], [1, 1], [0, 1]], dtype=bool))
    0.6666666666666666
    """
    table = _checked(attributes)
    n_items = table.shape[0]
    if n_items < 2:
        raise ParameterError(f"there are {n_items} items; chance needs at least two")
    kind, firsts = _kinds(table)
    counts, kinds = np.bincount(kind), table[firsts]
    sharing = -n_items  # an item is no neighbour of its own
    for rows in _blocks(len(counts)):
        sharing += int(counts[rows] @ ((kinds[rows] @ kinds.T).toarray() > 0) @ counts)
    return float(sharing / (n_items * (n_items - 1)))


def attribute_correlation(
    unit_vectors: Vectors,
    attributes: Attributes,
    max_pairs: int = 1_000_000,
    random_state: int = 0,
) -> AttributeCorrelation:
    """Return the rank correlation, over pairs of items, of their cosine with how many attributes they share.

    The sharing of two items is the Jaccard index of their attributes: those in common, divided by those that at least
    one of them has.

    Parameters
    ----------
    unit_vectors, attributes
        As for `attribute_precision`.
    max_pairs : int, default 1,000,000
        Where there are more pairs, this many different ones are drawn at random.
    random_state : int, default 0
        Seed of that draw.

    Returns
    -------
    AttributeCorrelation
        `spearman`, in [-1, 1] or nan where all cosines or all Jaccard indices are equal, and `n`, the number of pairs.

    Raises
    ------
    ParameterError
        As for `attribute_precision`, or if `max_pairs` is less than 2.

    Examples
    --------
    >>> import numpy as np
    >>> genres = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)
    >>> found = attribute_correlation(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), genres)
    >>> round(found.spearman, 4), found.n
    (0.866, 3)
    """
    table = _table(unit_vectors, attributes)
    if max_pairs < 2:
        raise ParameterError(f"max_pairs is {max_pairs}; a correlation needs at least 2")
    first, second = _pairs(len(unit_vectors), max_pairs, random_state)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    cosines, jaccard = np.empty(len(first)), np.empty(len(first))
    step = max(1, _CELLS // max(1, unit_vectors.shape[1]))
    for start in range(0, len(first), step):
        i, j = first[start : start + step], second[start : start + step]
        cosines[start : start + step] = np.einsum("nd,nd->n", unit_vectors[i], unit_vectors[j])
        common = _common(table, i, j)
        jaccard[start : start + step] = common / (sizes[i] + sizes[j] - common)
    return AttributeCorrelation(spearman(cosines, jaccard), len(first))


def _table(unit_vectors: Vectors, attributes: Attributes) -> sparse.csr_array:
    table = _checked(attributes)
    if unit_vectors.ndim != 2 or len(unit_vectors) != table.shape[0]:
        raise ParameterError(
            f"unit_vectors have shape {unit_vectors.shape} and attributes {table.shape}; both need a row for each item"
        )
    lengths = np.linalg.norm(unit_vectors, axis=1)
    wrong = ~((lengths == 0) | np.isclose(lengths, 1, atol=1e-3))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ParameterError(f"row {row} of unit_vectors has length {lengths[row]:g}; it must be 1, or 0")
    return table


def _checked(attributes: Attributes) -> sparse.csr_array:
    table = sparse.csr_array(attributes).astype(bool).astype(np.int32)
    table.eliminate_zeros()
    table.sort_indices()
    bare = np.diff(table.indptr) == 0
    if bare.any():
        raise ParameterError(
            f"item {int(np.argmax(bare))} has no attribute; leave out {int(bare.sum())} such items first"
        )
    return table


def _blocks(n: int) -> Iterator[Ints]:
    """Yield blocks of rows of an n × n matrix."""
    step = max(1, _CELLS // n)
    for start in range(0, n, step):
        yield np.arange(start, min(start + step, n))


def _common(table: sparse.csr_array, first: Ints, second: Ints) -> Ints:
    """Return how many attributes each of some items has in common with the item beside it."""
    return np.asarray(table[first].multiply(table[second]).sum(axis=1), dtype=np.int64).ravel()


def _kinds(table: sparse.csr_array) -> tuple[Ints, Ints]:
    """Return the kind of each item, those of one kind having the same attributes, and the first item of each kind."""
    ends = zip(table.indptr[:-1], table.indptr[1:], strict=True)
    kind, _ = pd.factorize(np.array([table.indices[start:end].tobytes() for start, end in ends], dtype=object))
    return kind, np.unique(kind, return_index=True)[1]


def _pairs(n_items: int, max_pairs: int, random_state: int) -> tuple[Ints, Ints]:
    """Return pairs of rows i < j: all of them, or a sample without repetition."""
    begins = np.concatenate([[0], np.cumsum(np.arange(n_items - 1, 0, -1))])
    total = int(begins[-1])
    if total <= max_pairs:
        chosen = np.arange(total)
    else:
        chosen = np.sort(np.random.default_rng(random_state).choice(total, max_pairs, replace=False, shuffle=False))
    first = np.searchsorted(begins, chosen, side="right") - 1
    return first, chosen - begins[first] + first + 1
