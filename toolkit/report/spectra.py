"""What the dimensions of an embedding are used for: its singular values, the cosines of its columns, its geometry."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.metrics import geometry
from toolkit.metrics.matrices import Floats, as_matrix, triangle

MOST_KEYS = 1000  # among which hubs are looked for: n² comparisons
MOST_COLUMNS = 100  # of a Gram matrix that is drawn: more cannot be told apart
NEIGHBORS = 10


def singular_values(vectors: npt.ArrayLike) -> Floats:
    """Return the singular values, largest first, as shares of the largest.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing; not centred.

    Returns
    -------
    ndarray of float64, shape (min(n, d),)
        In [0, 1], the first 1; all 0 where the vectors are.

    Examples
    --------
    >>> singular_values([[3, 0], [0, 4]])
    array([1.  , 0.75])
    """
    values = np.linalg.svd(triangle(as_matrix(vectors)), compute_uv=False)
    return np.asarray(values / values[0] if values[0] else values)


def spectra(embeddings: Mapping[str, Embedding]) -> pd.DataFrame:
    """Return the singular values of some embeddings: embedder, rank (from 1) and value (share of the largest)."""
    found = {name: singular_values(embedding.vectors) for name, embedding in embeddings.items()}
    rows = [(name, rank, value) for name, values in found.items() for rank, value in enumerate(values.tolist(), 1)]
    return pd.DataFrame(rows, columns=["embedder", "rank", "value"])


def gram(embedding: Embedding, most: int = MOST_COLUMNS) -> Floats:
    """Return the cosines of the columns of largest norm, strongest first.

    Parameters
    ----------
    embedding : Embedding
        Of d dimensions.
    most : int, default 100
        How many columns; all of them where there are fewer.

    Returns
    -------
    ndarray of float64, shape (min(d, most), min(d, most))
    """
    vectors = embedding.vectors
    strongest = np.argsort(-np.square(vectors, dtype=np.float64).sum(axis=0), kind="stable")[:most]
    return geometry.gram_matrix(vectors[:, strongest])


def gram_cells(embeddings: Mapping[str, Embedding], most: int) -> pd.DataFrame:
    """Return the cosines of each two of the strongest columns: embedder, row, column (from 1) and cosine."""
    rows = []
    for name, embedding in embeddings.items():
        cosines = gram(embedding, most)
        above = np.triu_indices(len(cosines), 1)
        rows += [
            (name, i + 1, j + 1, round(float(cosine), 3))
            for i, j, cosine in zip(*(side.tolist() for side in above), cosines[above], strict=True)
        ]
    return pd.DataFrame(rows, columns=["embedder", "row", "column", "cosine"])


def geometry_of(embedding: Embedding) -> dict[str, float]:
    """Return the geometry of an embedding: its dimension, and the metrics of `toolkit.metrics.geometry` by name.

    Hubness is that of the thousand keys that come first; nan where there are not enough.
    """
    vectors = embedding.vectors
    enough = min(len(vectors), MOST_KEYS) > NEIGHBORS
    return {
        "dim": embedding.dim,
        "orthogonality": geometry.orthogonality(vectors),
        "effective_rank": geometry.effective_rank(vectors),
        "participation_ratio": geometry.participation_ratio(vectors),
        "isoscore": geometry.isoscore(vectors),
        "mean_cosine": geometry.mean_cosine(vectors),
        "hubness": geometry.hubness(vectors[:MOST_KEYS], NEIGHBORS) if enough else math.nan,
    }
