"""How much two embeddings of the same things agree, whatever their dimensions and rotation.

Rows of both matrices stand for the same things, in the same order: `common_rows` makes them so.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.linalg import subspace_angles

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.keys import locate
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.matrices import Floats, Matrix, as_pair, centred, triangle


def common_rows(first: Embedding, second: Embedding, least: int = 3) -> tuple[Matrix, Matrix]:
    """Return the vectors that two embeddings have for the keys that both know.

    Parameters
    ----------
    first, second : Embedding
        Of any dimensions.
    least : int, default 3
        The fewest common keys that are allowed.

    Returns
    -------
    tuple of ndarray of float32, shapes (n, d1) and (n, d2)
        Row by row of the same key, in the order of the first.

    Raises
    ------
    ParameterError
        If there are fewer common keys.

    Examples
    --------
    >>> first = Embedding(["a", "b", "c", "d"], [[1], [2], [3], [4]])
    >>> x, y = common_rows(first, Embedding(["c", "b", "x", "a"], [[30], [20], [0], [10]]))
    >>> x.ravel(), y.ravel()
    (array([1., 2., 3.], dtype=float32), array([10., 20., 30.], dtype=float32))
    """
    places = locate(second.keys, first.keys)
    known = places >= 0
    if known.sum() < least:
        raise ParameterError(
            f"{first.summary} and {second.summary} have {int(known.sum())} keys in common; at least {least} are needed"
        )
    return first.vectors[known], second.vectors[places[known]]


@metric(
    MetricInfo(
        "linear_cka",
        "CKA",
        "neutral",
        -1,
        1,
        "Linear centred kernel alignment, debiased: 1 where the vectors' inner products agree, about 0 by chance.",
        reference="Kornblith et al. (2019); Nguyen, Raghu and Kornblith (2021)",
    )
)
def linear_cka(first: npt.ArrayLike, second: npt.ArrayLike, *, debiased: bool = True) -> float:
    """Return the linear centred kernel alignment.

    It is HSIC(X, Y)/√(HSIC(X, X) HSIC(Y, Y)) of the kernels XXᵀ and YYᵀ, computed from d × d products.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things; at least 4. Columns are centred.
    debiased : bool, default True
        With the unbiased estimate of HSIC. The plain one grows with d/n: independent noise at n = 100, d = 300 has .75.

    Returns
    -------
    float
        At most 1; at least 0 for the plain one and -1 for the debiased one, whose mean for independent vectors is about
        0. The same for any rotation and scale of either. Nan where all rows of one are equal, and for the debiased one
        also where they are all equally far from each other, as one-hot rows: its estimate of their HSIC is then 0.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, or have different or too few rows.

    Notes
    -----
    For centred X and Y with squared row lengths a and b, the unbiased estimate times n(n - 3) is
    ‖XᵀY‖² - n/(n - 2) Σab + ΣaΣb/((n - 1)(n - 2)).

    References
    ----------
    Kornblith, Norouzi, Lee and Hinton (2019), Similarity of neural network representations revisited, ICML. Song et al.
    (2007), Supervised feature selection via dependence estimation, ICML: the unbiased HSIC. Nguyen, Raghu and Kornblith
    (2021), Do wide and deep networks learn the same things?, ICLR: its use for CKA.

    Examples
    --------
    >>> x = [[0, 0], [1, 0], [0, 1], [1, 1], [3, 2]]
    >>> round(linear_cka(x, [[2 * b, -2 * a] for a, b in x]), 6)
    1.0
    """
    x, y = (centred(matrix) for matrix in as_pair(first, second, least=4))
    own = [_hsic(matrix, matrix, debiased) for matrix in (x, y)]
    # rounding alone is not independence: the estimate is a difference of sums of the size of ‖XᵀX‖²
    if any(value <= 1e-12 * _hsic(matrix, matrix, False) for value, matrix in zip(own, (x, y), strict=True)):
        return math.nan
    value = _hsic(x, y, debiased) / math.sqrt(own[0]) / math.sqrt(own[1])
    return min(max(value, -1.0), 1.0)


@metric(
    MetricInfo(
        "procrustes_distance",
        "Procrustes distance",
        "neutral",
        0,
        math.sqrt(2),
        "What is left between the vectors, centred and scaled to norm 1, after the best rotation; 0 where they agree.",
        reference="Schönemann (1966)",
    )
)
def procrustes_distance(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the orthogonal Procrustes distance √(2 - 2N), N being the nuclear norm of XᵀY.

    X and Y are the vectors after centring and scaling to Frobenius norm 1.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things; at least 2.

    Returns
    -------
    float
        In [0, √2]: 0 where a rotation and a scale turn one into the other, to about 1e-8. Nan where all rows of one are
        equal.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, or have different or too few rows.

    References
    ----------
    Schönemann (1966), A generalized solution of the orthogonal Procrustes problem, Psychometrika 31. Ding, Denain and
    Steinhardt (2021), Grounding representation similarity with statistical testing, NeurIPS.

    Examples
    --------
    >>> round(procrustes_distance([[1, 0], [-1, 0]], [[0, 5], [0, 1]]), 6)
    0.0
    >>> round(procrustes_distance([[1, 0], [-1, 0], [0, 0]], [[1, 0], [1, 0], [-2, 0]]), 4)
    1.4142
    """
    x, y = (centred(matrix) for matrix in as_pair(first, second, least=2))
    norms = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    if not all(norms):
        return math.nan
    nuclear = float(np.linalg.svd((x / norms[0]).T @ (y / norms[1]), compute_uv=False).sum())
    return math.sqrt(max(0.0, 2 - 2 * nuclear))


def procrustes_align(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """Return the rotation that brings the first vectors closest to the second, both centred.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things; at least 2.

    Returns
    -------
    ndarray of float64, shape (d1, d2)
        R such that ‖XR - Y‖ is smallest, X and Y being centred. Its columns are orthonormal, or its rows where d1 < d2;
        it may include a reflection.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, or have different or too few rows.

    References
    ----------
    Schönemann (1966), A generalized solution of the orthogonal Procrustes problem, Psychometrika 31.

    Examples
    --------
    >>> np.abs(procrustes_align([[1, 0], [0, 2], [0, 0]], [[0, 1], [-2, 0], [0, 0]]).round(6))
    array([[0., 1.],
           [1., 0.]])
    """
    x, y = (centred(matrix) for matrix in as_pair(first, second, least=2))
    left, _, right = np.linalg.svd(x.T @ y, full_matrices=False)
    return np.asarray(left @ right, dtype=np.float64)


@metric(
    MetricInfo(
        "pip_distance",
        "PIP distance",
        "neutral",
        0,
        math.inf,
        "The Frobenius norm of the difference of the two matrices of all vectors' inner products.",
        reference="Yin and Shen (2018)",
    )
)
def pip_distance(first: npt.ArrayLike, second: npt.ArrayLike, *, normalized: bool = False) -> float:
    """Return the distance of the matrices of pairwise inner products, ‖EEᵀ - FFᵀ‖.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things, taken as they are: neither centred nor scaled.
    normalized : bool, default False
        Whether EEᵀ and FFᵀ are first scaled to norm 1.

    Returns
    -------
    float
        At least 0, at most √2 if normalised. The same for any rotation of either. Nan if normalised and one is zero.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, or have different numbers of rows.

    Notes
    -----
    With the triangular factor R of [E F], which is at most (d1 + d2) square, the norm is that of R₁R₁ᵀ - R₂R₂ᵀ, R₁ and
    R₂ being its columns for E and for F. It squares to ‖EᵀE‖² + ‖FᵀF‖² - 2‖EᵀF‖², but small distances keep all their
    digits.

    References
    ----------
    Yin and Shen (2018), On the dimensionality of word embedding, NeurIPS, arXiv 1812.04224.

    Examples
    --------
    >>> round(pip_distance([[1, 0], [0, 1]], [[1, 1], [1, 1]]), 6)
    3.162278
    """
    x, y = as_pair(first, second)
    factor = triangle(x, y)
    left, right = factor[:, : x.shape[1]], factor[:, x.shape[1] :]
    ours, theirs = left @ left.T, right @ right.T
    if normalized:
        norms = float(np.linalg.norm(ours)), float(np.linalg.norm(theirs))
        if not all(norms):
            return math.nan
        ours, theirs = ours / norms[0], theirs / norms[1]
    return float(np.linalg.norm(ours - theirs))


@metric(
    MetricInfo(
        "principal_angles",
        "Principal angles",
        "neutral",
        0,
        math.pi / 2,
        "The angles between the spaces that the centred columns of the two embeddings span, in radians.",
        unit=" rad",
        reference="Björck and Golub (1973)",
    )
)
def principal_angles(first: npt.ArrayLike, second: npt.ArrayLike, *, center: bool = True) -> Floats:
    """Return the principal angles between the column spaces.

    Parameters
    ----------
    first, second : array-like, shapes (n, d1) and (n, d2)
        Vectors of the same things. The spaces are of directions among the n things, so that n should be much more than
        d1 + d2, or they meet by necessity.
    center : bool, default True
        Whether the mean of each column is taken away first: else a mean that is not zero in both is a direction in
        common.

    Returns
    -------
    ndarray of float64, shape (min(rank1, rank2),)
        In radians, in [0, π/2], largest first. The same for any rotation, and any invertible map, of either.

    Raises
    ------
    ParameterError
        If the vectors are no matrices of finite numbers, have different numbers of rows, or one of them spans nothing.

    References
    ----------
    Björck and Golub (1973), Numerical methods for computing angles between linear subspaces, Mathematics of Computation
    27.

    Examples
    --------
    >>> principal_angles([[1, 0], [0, 1], [0, 0]], [[1, 0], [0, 0], [0, 1]], center=False).round(4)
    array([1.5708, 0.    ])
    """
    x, y = as_pair(first, second)
    factor = triangle(x, y, center=center)
    left, right = factor[:, : x.shape[1]], factor[:, x.shape[1] :]
    if not (left.any() and right.any()):
        raise ParameterError("the columns of one of the two are zero (once centred); they span no space")
    return np.asarray(subspace_angles(left, right))


def _hsic(x: Floats, y: Floats, debiased: bool) -> float:
    """Return an estimate of HSIC of centred vectors, up to a factor that depends on their number alone."""
    n = len(x)
    products = float(np.square(x.T @ y).sum())
    if not debiased:
        return products
    a, b = np.einsum("ij,ij->i", x, x), np.einsum("ij,ij->i", y, y)
    return products - n / (n - 2) * float(a @ b) + float(a.sum() * b.sum()) / ((n - 1) * (n - 2))
