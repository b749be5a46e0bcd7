"""Whether the columns of an embedding are orthogonal, and what a rotation changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.embedding import Embedding
from toolkit.metrics import geometry
from toolkit.metrics.agreement import linear_cka
from toolkit.metrics.overlap import neighbor_overlap
from toolkit.studies.base import Evidence, Tables, study
from toolkit.studies.chosen import Learned, first_seed, learned

Floats = npt.NDArray[np.float64]
STRONGEST = 16  # columns shown of a Gram matrix
NUMBERED = 2_000  # keys among which neighbours are looked for


@study(
    "orthogonal",
    "If I ask for 50 latent features, do I get 50 orthogonal ones?",
    {"dim": Allowed(int, 2)},
)
def orthogonal(evidence: Evidence, *, dim: int = 50) -> Tables:
    """Measure the geometry of every method's vectors, and what a random rotation changes.

    Parameters
    ----------
    evidence : Evidence
        Its experiments' trials of `dim` dimensions are looked at.
    dim : int, default 50
        Length of the vectors.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``geometry``: a row a method; ``gram``: cosines of the strongest columns; ``rotation``: what changes under a
        random rotation.
    """
    rows, grams, rotations = [], [], []
    for experiment in evidence.trials["experiment"].unique():
        counts = _frequencies(evidence.data(experiment)[0])
        for each in first_seed(learned(evidence, experiment, dim)):
            where = {"experiment": experiment, "embedder": each.label, "is_null": each.is_null}
            rows.append({**where, **_geometry(each.embedding, counts)})
            grams += [{**where, **cell} for cell in _gram(each.embedding.vectors.astype(np.float64))]
            rotations.append({**where, **_rotation(evidence, each)})
    return {"geometry": pd.DataFrame(rows), "gram": pd.DataFrame(grams), "rotation": pd.DataFrame(rotations)}


def _frequencies(train: Any) -> pd.Series:
    """Return how often each key of the main entity occurs."""
    if isinstance(train, Ratings):
        return pd.Series(np.bincount(train.items, minlength=len(train.item_keys)), index=train.item_keys)
    sequences = train.sequences()
    return pd.Series(sequences.counts, index=sequences.keys)


def _geometry(embedding: Embedding, counts: pd.Series) -> dict[str, float]:
    vectors = embedding.vectors
    return {
        "orthogonality": geometry.orthogonality(vectors),
        "effective_rank": geometry.effective_rank(vectors),
        "participation_ratio": geometry.participation_ratio(vectors),
        "isoscore": geometry.isoscore(vectors),
        "mean_cosine": geometry.mean_cosine(vectors),
        "hubness": geometry.hubness(vectors),
        "norm_frequency": geometry.norm_frequency(vectors, counts.reindex(embedding.keys, fill_value=0).to_numpy()),
    }


def _gram(vectors: Floats) -> Iterator[dict[str, Any]]:
    """Yield the cosines of the columns of largest norm, strongest first."""
    strongest = np.argsort(-np.square(vectors).sum(axis=0), kind="stable")[:STRONGEST]
    cosines = geometry.gram_matrix(vectors[:, strongest])
    for (row, column), value in np.ndenumerate(cosines):
        yield {"row": row + 1, "column": column + 1, "cosine": round(float(value), 3)}


def _rotation(evidence: Evidence, each: Learned) -> dict[str, float]:
    """Return how much of what is made of the vectors stays the same when they are rotated."""
    from scipy.stats import ortho_group  # half a second that reading a suite need not wait for

    vectors = each.embedding.vectors.astype(np.float64)
    turn = ortho_group.rvs(vectors.shape[1], random_state=evidence.seed)
    turned = vectors @ turn
    near = min(len(vectors), NUMBERED)
    return {
        "predictions": _moved_predictions(evidence, each, turn),
        "neighbors": neighbor_overlap(vectors[:near], turned[:near]),
        "cka": linear_cka(vectors, turned),
        "axes": axis_match(vectors, turned),
        "orthogonality_before": geometry.orthogonality(vectors),
        "orthogonality_after": geometry.orthogonality(turned),
    }


def _moved_predictions(evidence: Evidence, each: Learned, turn: Floats) -> float:
    """Return the largest change of a dot product when both sides are rotated, relative to the largest product.

    The other side are the vectors of users or contexts, where the method has them; nan where it has none.
    """
    for entity in ("user", "context"):
        if (evidence.folder / "embeddings" / f"{each.trial}.{entity}.arrow").is_file():
            others = evidence.embedding(each.trial, entity).vectors[:NUMBERED].astype(np.float64)
            vectors = each.embedding.vectors[:NUMBERED].astype(np.float64)
            before = others @ vectors.T
            after = (others @ turn) @ (vectors @ turn).T
            return float(np.abs(after - before).max() / np.abs(before).max())
    return float("nan")


def axis_match(first: Floats, second: Floats) -> float:
    """Return the mean absolute correlation of each column with the column of the same number.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n, d)
        Two sets of vectors of the same keys.

    Returns
    -------
    float
        In [0, 1]: 1 where every axis stays the same; for a random rotation of d independent columns of one variance
        about sqrt(2 / (pi d)).
    """
    x, y = (vectors - vectors.mean(axis=0) for vectors in (first, second))
    sizes = np.linalg.norm(x, axis=0) * np.linalg.norm(y, axis=0)
    products = np.abs((x * y).sum(axis=0))
    return float(np.mean(np.divide(products, sizes, out=np.zeros_like(products), where=sizes > 0)))
