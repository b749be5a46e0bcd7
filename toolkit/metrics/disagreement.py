"""On which keys two embeddings disagree: a row a key, where `neighbor_overlap` gives the mean."""

from __future__ import annotations

import pandas as pd

from toolkit.embedding import Embedding
from toolkit.keys import locate
from toolkit.metrics.agreement import common_rows
from toolkit.metrics.overlap import jaccard, shared_neighbors


def disagreements(first: Embedding, second: Embedding, k: int = 10) -> pd.DataFrame:
    """Return how many of each key's nearest neighbours two embeddings share, the keys that they disagree on first.

    Parameters
    ----------
    first, second : Embedding
        Of any dimensions. The keys that both know are looked at, and neighbours are looked for among these.
    k : int, default 10
        How many neighbours, from 1 to the number of other common keys. The nearest are those of largest cosine, equal
        ones (to six digits) by row.

    Returns
    -------
    pandas.DataFrame
        Columns ``key``; ``shared``, the number of neighbours in common, from 0 to `k`; and ``overlap``, their Jaccard
        index, in [0, 1], whose mean is `neighbor_overlap`. Smallest overlap first, equal ones in the order of `first`.

    Raises
    ------
    ParameterError
        If there are fewer than three common keys, or `k` is not allowed.

    Examples
    --------
    >>> first = Embedding(["a", "b", "c", "d"], [[1, 0], [4, 1], [0, 1], [1, 4]])
    >>> second = Embedding(["a", "b", "c", "d"], [[1, 0], [4, 1], [0, 1], [1, 1]])
    >>> disagreements(first, second, k=1)
      key  shared  overlap
    0   d       0      0.0
    1   a       1      1.0
    2   b       1      1.0
    3   c       1      1.0
    """
    x, y = common_rows(first, second)
    shared = shared_neighbors(x, y, k)
    keys = first.keys[locate(second.keys, first.keys) >= 0]
    table = pd.DataFrame({"key": keys, "shared": shared, "overlap": jaccard(shared, k)})
    return table.sort_values("shared", kind="stable", ignore_index=True)
