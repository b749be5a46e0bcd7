"""How alike several embeddings of the same things are: every pair compared, and the tree in which the alike are joined.

Functions of embeddings alone: the report and the plots of a notebook both start from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np
import pandas as pd

from toolkit.blas import one_thread
from toolkit.embedding import Embedding
from toolkit.keys import located
from toolkit.metrics.agreement import linear_cka, procrustes_distance
from toolkit.metrics.matrices import Floats, as_matrix, nearest_rows, unit_rows
from toolkit.metrics.overlap import chance_overlap, in_common, jaccard

NEIGHBORS = 10
LEAST, MOST = 20, 1000  # common keys: fewer say nothing, and more change the numbers little but take their time
DIGITS = 9  # of distances: what differs in later ones would be joined in an order that hangs on rounding


@dataclass(frozen=True, eq=False)
class Likeness:
    """What came of comparing each two of some embeddings.

    Parameters
    ----------
    names : tuple of str, length m
        Those compared.
    left_out : tuple of str
        Those that have too few keys in common with the others.
    n : int
        The keys that were compared.
    cka, overlap, distance : ndarray of float64, shape (m, m)
        Debiased linear CKA; Jaccard index of the nearest neighbours; Procrustes distance. Nan where an embedding has
        one vector for all keys.
    chance : float
        The overlap of neighbours drawn at random.
    """

    names: tuple[str, ...]
    left_out: tuple[str, ...]
    n: int
    cka: Floats
    overlap: Floats
    distance: Floats
    chance: float

    @property
    def pairs(self) -> pd.DataFrame:
        """pandas.DataFrame: first, second, cka, overlap, distance; a row a pair."""
        rows = [
            (self.names[i], self.names[j], self.cka[i, j], self.overlap[i, j], self.distance[i, j])
            for i, j in combinations(range(len(self.names)), 2)
        ]
        return pd.DataFrame(rows, columns=["first", "second", "cka", "overlap", "distance"])


def likeness(embeddings: Mapping[str, Embedding]) -> Likeness | None:
    """Compare each two of some embeddings over the keys that all of them have: of many, the thousand that come first.

    Parameters
    ----------
    embeddings : mapping of str to Embedding
        By name.

    Returns
    -------
    Likeness or None
        None where fewer than two embeddings have 20 keys in common. Where not all have, those are left out without
        which most are left.
    """
    with one_thread():  # many small products
        return _likeness(embeddings)


def _likeness(embeddings: Mapping[str, Embedding]) -> Likeness | None:
    kept, keys = _with_common_keys(embeddings) if len(embeddings) > 1 else ([], pd.Index([]))
    if len(kept) < 2:
        return None
    keys = keys[:MOST]
    rows = [as_matrix(embeddings[name].vectors[located(embeddings[name].keys, keys, "key")]) for name in kept]
    k = min(NEIGHBORS, len(keys) - 1)
    near = [np.concatenate([found for _, found in nearest_rows(unit_rows(matrix), k)]) for matrix in rows]
    size = (len(kept), len(kept))
    cka, overlap, distance = np.ones(size), np.ones(size), np.zeros(size)
    for i, j in combinations(range(len(kept)), 2):
        cka[i, j] = cka[j, i] = linear_cka(rows[i], rows[j])
        overlap[i, j] = overlap[j, i] = jaccard(in_common(near[i], near[j]), k).mean()
        distance[i, j] = distance[j, i] = procrustes_distance(rows[i], rows[j])
    left_out = tuple(name for name in embeddings if name not in kept)
    return Likeness(tuple(kept), left_out, len(keys), cka, overlap, distance, chance_overlap(len(keys), k))


def _with_common_keys(embeddings: Mapping[str, Embedding]) -> tuple[list[str], pd.Index]:
    kept = list(embeddings)
    keys = _common(embeddings[name] for name in kept)
    while len(keys) < LEAST and len(kept) > 1:
        without = {name: _common(embeddings[other] for other in kept if other != name) for name in kept}
        worst = max(without, key=lambda name: len(without[name]))
        kept.remove(worst)
        keys = without[worst]
    return kept, keys


def _common(embeddings: Iterable[Embedding]) -> pd.Index:
    """Return the keys that all have, in the order of the first."""
    found = [embedding.keys for embedding in embeddings]
    return reduce(lambda keys, other: keys if keys.equals(other) else keys[keys.isin(other)], found)


def tree(likeness: Likeness) -> pd.DataFrame:
    """Return in which order the embeddings are joined: average linkage of 1 − CKA.

    Parameters
    ----------
    likeness : Likeness
        Of at least two embeddings.

    Returns
    -------
    pandas.DataFrame
        Columns first, second, distance, a row a merge: a number below that of the embeddings is one of them, any other
        the merge of that number less theirs. Its leaves stand so that neighbours are as alike as the tree allows, and
        the first embedding in the upper half. An embedding without a CKA is as far from all others as independent ones.

    References
    ----------
    Sokal and Michener (1958), A statistical method for evaluating systematic relationships: average linkage.
    Bar-Joseph, Gifford and Jaakkola (2001), Fast optimal leaf ordering for hierarchical clustering, Bioinformatics 17.
    """
    from scipy.cluster import hierarchy

    size = len(likeness.names)
    linkage = hierarchy.linkage(_apart(likeness.cka), "average", optimal_ordering=True)
    merges = pd.DataFrame(linkage[:, :3], columns=["first", "second", "distance"])
    merges = merges.astype({"first": int, "second": int})
    if hierarchy.leaves_list(linkage).tolist().index(0) > (size - 1) / 2:
        merges = merges.rename(columns={"first": "second", "second": "first"})[["first", "second", "distance"]]
    return merges


def groups(likeness: Likeness, names: Sequence[str], least: float) -> list[list[str]]:
    """Return which of some embeddings are alike, each group and its members in the order of `names`.

    Parameters
    ----------
    likeness : Likeness
        That they are part of.
    names : sequence of str
        Which embeddings to look at.
    least : float
        The mean CKA from which on two groups are one (average linkage).

    Returns
    -------
    list of list of str
        Every name once; one that is like no other is a group of its own.
    """
    from scipy.cluster import hierarchy

    if len(names) < 2:
        return [[name] for name in names]
    places = [likeness.names.index(name) for name in names]
    linkage = hierarchy.linkage(_apart(likeness.cka[np.ix_(places, places)]), "average")
    labels = hierarchy.fcluster(linkage, 1 - least, "distance")
    found: dict[int, list[str]] = {}
    for name, label in zip(names, labels, strict=True):
        found.setdefault(int(label), []).append(name)
    return list(found.values())


def _apart(cka: Floats) -> Floats:
    """Return 1 − CKA of each pair, 1 where there is none, as linkages take it."""
    upper = cka[np.triu_indices(len(cka), 1)]
    apart: Floats = np.clip(1 - np.nan_to_num(upper, nan=0.0), 0, None).round(DIGITS)
    return apart
