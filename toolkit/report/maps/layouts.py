"""Embeddings in two dimensions, turned so that one can be laid beside another.

Unit vectors are drawn, as neighbours are told by the cosine: else the length of a vector, which often follows its
key's frequency, would be what a map shows.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.errors import MissingDependencyError, ParameterError
from toolkit.keys import locate
from toolkit.metrics.matrices import nearest_rows

Floats = npt.NDArray[np.float64]
LEAST = 3  # points that make a map
CROWD = 10  # points among which there are neighbours to keep together
AROUND = 15  # neighbours of each point that UMAP keeps together; its own default
EPOCHS = 200  # of UMAP: what it takes itself for large data, and two fifths of the time for small
INSTALL = "pip install 'embedding-comparison-toolkit[map]'"


def layout(
    embedding: Embedding, method: Literal["pca", "umap"] = "pca", reference: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a place in the plane for each key of an embedding.

    Parameters
    ----------
    embedding : Embedding
        Of at least three keys and two dimensions.
    method : {"pca", "umap"}, default "pca"
        ``"pca"``: the two directions along which the centred unit vectors vary most. ``"umap"``: keeps neighbours
        together and distorts all else; needs the extra ``map``.
    reference : pandas.DataFrame, optional
        Another layout, onto which this one is turned by `align`, on the keys that both have.

    Returns
    -------
    pandas.DataFrame
        Columns ``key``, ``x`` and ``y``; the mean place is 0 and the mean squared distance from it 1. The same
        embedding gives the same places.

    Raises
    ------
    ParameterError
        If the embedding is too small, or there is no such method.
    MissingDependencyError
        If the extra is not installed.

    Examples
    --------
    >>> emb = Embedding(list("abcd"), [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    >>> layout(emb).round(3)[["x", "y"]].abs().sum(axis=1).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    if len(embedding) < LEAST or embedding.dim < 2:
        raise ParameterError(f"a map needs at least {LEAST} keys and 2 dimensions, not {embedding.summary}")
    if method not in ("pca", "umap"):
        raise ParameterError(f"method is {method!r}; it must be 'pca' or 'umap'")
    unit = embedding.unit_vectors
    places, _ = principal_plane(unit)
    if method == "umap":
        places = neighbor_plane(unit, places)
    if reference is not None:
        known = locate(pd.Index(reference["key"], dtype=object), embedding.keys)
        wanted = np.full((len(embedding), 2), np.nan)
        wanted[known >= 0] = reference[["x", "y"]].to_numpy(dtype=np.float64)[known[known >= 0]]
        places = align(places, wanted)
    return pd.DataFrame({"key": embedding.keys, "x": places[:, 0], "y": places[:, 1]})


def principal_plane(unit_vectors: npt.NDArray[np.floating]) -> tuple[Floats, float]:
    """Return the two principal components of each row, and the share of the variance that they hold.

    Parameters
    ----------
    unit_vectors : ndarray of float, shape (n, d)
        Rows of length 1, or 0.

    Returns
    -------
    places : ndarray of float64, shape (n, 2)
        Of mean 0 and mean squared length 1; of rows that are all equal, 0. On each axis, the place furthest from 0 is
        positive, the first of equal ones.
    share : float
        In [0, 1].

    References
    ----------
    Jolliffe (2002), Principal component analysis, second edition: from the covariances of the columns.
    """
    rows = unit_vectors.astype(np.float64)
    rows -= rows.mean(axis=0)
    variances, directions = np.linalg.eigh(rows.T @ rows)  # many times faster than the singular values of the rows
    places = rows @ directions[:, :-3:-1]
    places = _standard(places)
    furthest = np.abs(places).round(9).argmax(axis=0)  # which of equal ones is the largest must not hang on rounding
    places *= np.where(places[furthest, [0, 1]] < 0, -1, 1)
    total = float(variances.sum())
    return places, float(variances[-2:].sum()) / total if total > 0 else 0.0


def neighbor_plane(unit_vectors: npt.NDArray[np.floating], start: Floats) -> Floats:
    """Return a layout by UMAP, from a start; one thread and one seed, so that it is the same each time.

    Parameters
    ----------
    unit_vectors : ndarray of float, shape (n, d)
        Rows of length 1, or 0; the Euclidean distance of two orders pairs as their cosine does.
    start : ndarray of float64, shape (n, 2)
        Where the points begin: with PCA, what lies far apart in all is more often far apart on the map.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Of mean 0 and mean squared length 1.

    Raises
    ------
    MissingDependencyError
        If umap-learn is not installed.

    References
    ----------
    McInnes, Healy and Melville (2018), UMAP: uniform manifold approximation and projection, arXiv 1802.03426; on the
    start: Kobak and Linderman (2021), Initialization is critical for preserving global data structure in both t-SNE
    and UMAP, Nature Biotechnology 39.
    """
    if not has_umap():
        raise MissingDependencyError(f"a layout by UMAP needs umap-learn: {INSTALL}")
    unit = unit_vectors.astype(np.float32)
    largest = float(np.abs(start).max())
    n_neighbors = min(AROUND, len(start) - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # of a part of it that needs TensorFlow
        import umap

        # without an index of its own it cannot place new points, which nobody asks for
        warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
        model = umap.UMAP(
            n_neighbors=n_neighbors,
            n_epochs=EPOCHS,
            init=(10 * start / largest if largest else start).astype(np.float32),
            random_state=0,
            n_jobs=1,
            precomputed_knn=_known_neighbors(unit, n_neighbors),
            force_approximation_algorithm=True,  # or it looks for the neighbours again, by itself and slowly
        )
        return _standard(np.asarray(model.fit_transform(unit), dtype=np.float64))


def _known_neighbors(unit: npt.NDArray[np.float32], k: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Return the `k` nearest rows of each row, itself as the first, and their Euclidean distances."""
    rows = np.empty((len(unit), k), dtype=np.int32)
    distances = np.zeros((len(unit), k), dtype=np.float32)
    rows[:, 0] = np.arange(len(unit))
    for block, nearest in nearest_rows(unit, k - 1):
        rows[block, 1:] = nearest
        distances[block, 1:] = np.linalg.norm(unit[nearest] - unit[block, None], axis=2)
    return rows, distances


def has_umap() -> bool:
    """Return whether umap-learn is installed; it is not imported."""
    return importlib.util.find_spec("umap") is not None


def align(places: Floats, reference: Floats) -> Floats:
    """Turn a layout, perhaps mirrored, so that its points come as close as can be to where a reference has them.

    Parameters
    ----------
    places, reference : ndarray of float64, shape (n, 2)
        Row by row of the same key; nan in the reference where it lacks one.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        The points about their mean, which is 0; distances between them stay. Not stretched: the best scale of two
        layouts that have nothing in common would draw one of them together to a point. Without two common keys, as
        it was.

    References
    ----------
    Schönemann (1966), A generalized solution of the orthogonal Procrustes problem, Psychometrika 31.
    """
    common = ~np.isnan(reference).any(axis=1)
    if common.sum() < 2:
        return places
    theirs = reference[common] - reference[common].mean(axis=0)
    ours = places[common] - places[common].mean(axis=0)
    left, _, right = np.linalg.svd(ours.T @ theirs)
    turned: Floats = (places - places.mean(axis=0)) @ (left @ right)
    return turned


def _standard(places: Floats) -> Floats:
    places = places - places.mean(axis=0)
    size = float(np.sqrt(np.square(places).sum(axis=1).mean()))
    return places / size if size > 0 else places
