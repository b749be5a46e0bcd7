"""How many dimensions to use: what each further one adds by the signal's spectrum, and spoils by the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics.base import MetricInfo, declare
from toolkit.metrics.matrices import as_matrix
from toolkit.metrics.noisy_spectrum import NoisySpectrum, limit, simulated

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Signal: TypeAlias = npt.ArrayLike | sparse.sparray | sparse.spmatrix

METHODS = ("limit", "simulate")

declare(
    MetricInfo(
        "pip_loss",
        "PIP loss",
        "lower",
        0,
        math.inf,
        "The expected PIP distance of an embedding learned from noisy data from that of the signal.",
        reference="Yin and Shen (2018)",
    )
)


@dataclass(frozen=True)
class PipLoss:
    """The PIP loss of each number of dimensions.

    Parameters
    ----------
    dims : ndarray of int64, shape (m,)
        1, 2, ..., m.
    losses : ndarray of float64, shape (m,)
        The loss of each.
    rank : int
        How many singular values of the signal stand out of the noise.

    Examples
    --------
    >>> found = PipLoss(np.arange(1, 5), np.array([3.0, 2.0, 2.05, 4.0]), rank=4)
    >>> found.best, found.at(4), found.within(0.05)
    (2, 4.0, (2, 3))
    """

    dims: Ints
    losses: Floats
    rank: int

    @property
    def best(self) -> int:
        """int: the number of dimensions with the least loss, the smallest of equal ones."""
        return int(self.dims[np.argmin(self.losses)])

    def at(self, dim: int) -> float:
        """Return the loss of a number of dimensions.

        Raises
        ------
        ParameterError
            If it was not computed for that number.
        """
        if not 1 <= dim <= len(self.dims):
            raise ParameterError(f"dim is {dim}; the loss is known from 1 to {len(self.dims)} dimensions")
        return float(self.losses[dim - 1])

    def within(self, share: float = 0.05, of: Literal["best", "gain"] = "best") -> tuple[int, int]:
        """Return the fewest and the most dimensions whose loss is within a share of the least.

        Parameters
        ----------
        share : float, default 0.05
            At least 0.
        of : {"best", "gain"}, default "best"
            What it is a share of: the least loss, or what the best number of dimensions gains over a single one. The
            authors' published ranges are by the gain, and so are narrower.

        Returns
        -------
        tuple of int
            Both ends belong to the range; the upper one may be the most that was computed.

        Raises
        ------
        ParameterError
            If `share` is negative or `of` is not known.
        """
        if of not in ("best", "gain") or not share >= 0:
            raise ParameterError(f"share is {share} of {of!r}; it must be at least 0, of 'best' or 'gain'")
        least = float(self.losses.min())
        allowed = least + share * (least if of == "best" else float(self.losses[0]) - least)
        near = self.dims[self.losses <= allowed]
        return int(near[0]), int(near[-1])


def pip_loss(
    spectrum: npt.ArrayLike,
    noise: float,
    exponent: float = 0.5,
    *,
    size: int | None = None,
    max_dim: int | None = None,
    method: Literal["limit", "simulate"] = "limit",
    n_samples: int = 1,
    random_state: int = 0,
) -> PipLoss:
    """Return the PIP loss that embeddings of 1, 2, 3... dimensions are to be expected to have.

    The data matrix is taken for a signal X = U D Vᵀ plus independent Gaussian noise of standard deviation σ in each
    cell. An embedding of k dimensions, Ê = Uₖ Dₖ^α from the singular value decomposition of the noisy matrix, is
    compared with the signal's own, E = U D^α: the loss is ‖ÊÊᵀ - EEᵀ‖. Too few dimensions leave out signal, too many
    bring in noise.

    Parameters
    ----------
    spectrum : array-like, shape (m,)
        Singular values of the square data matrix, as `toolkit.metrics.spectrum` gives them, largest first. The signal's
        are estimated from them by a soft threshold: what exceeds 2σ√n, the largest singular value of the noise.
    noise : float
        σ, as `estimate_noise` gives it; at least 0.
    exponent : float, default 0.5
        α, at least 0: 0.5 for a matrix that is factorised into word and context vectors alike, 1 for principal
        components.
    size : int, optional
        n, the rows of the data matrix; by default the length of `spectrum`. Give it where only the largest singular
        values were computed: all that exceed the threshold are needed.
    max_dim : int, optional
        The most dimensions, at most n; by default the rank of the signal.
    method : {"limit", "simulate"}, default "limit"
        ``limit`` takes what the loss tends to for large matrices: no chance enters, and the time grows with the
        signal's rank and not with n. ``simulate`` draws noise and decomposes the n × n matrix: n³ steps, and the same
        but for chance and terms of order 1/n.
    n_samples : int, default 1
        How many noise matrices `simulate` draws; the losses are the means.
    random_state : int, default 0
        Seed of `simulate`.

    Returns
    -------
    PipLoss
        The losses, with `best`, `at` and `within`.

    Raises
    ------
    ParameterError
        If no singular value exceeds the threshold, so that there is nothing but noise, or a parameter is not allowed.
    UnknownNameError
        If there is no such method.

    Notes
    -----
    The squared loss is Σ sⱼ^4α + Σ (ŝᵢ^4α - 2 ŝᵢ^2α Σⱼ sⱼ^2α (ûᵢ·uⱼ)²), the sums being over all j of the signal and the
    first k of the noisy values ŝᵢ. So it takes the values and the squared cosines of the vectors only, which for large
    n hardly depend on chance; `toolkit.metrics.noisy_spectrum` says what they tend to. Where the signal's rank is
    small, the best k is the number of s > ρσ√n, with ρ² = 2, 3 and 2 + √5 for α = 0, ½ and 1.

    References
    ----------
    Yin and Shen (2018), On the dimensionality of word embedding, NeurIPS, arXiv 1812.04224; they draw U, V and the
    noise, and decompose the matrix.

    Examples
    --------
    >>> found = pip_loss([900, 500, 300, 250, 230] + [200] * 9995, noise=1)
    >>> found.rank, found.best
    (5, 2)
    """
    values = _checked(spectrum, noise, exponent)
    n = len(values) if size is None else size
    if n < len(values):
        raise ParameterError(
            f"size is {n}, but there are {len(values)} singular values; a matrix has no more than rows"
        )
    signal = _signal(values, 2 * noise * math.sqrt(n), complete=n == len(values))
    count = len(signal) if max_dim is None else max_dim
    if not 1 <= count <= n:
        raise ParameterError(f"max_dim is {max_dim}; it must lie between 1 and the rows of the matrix, {n}")
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    if n_samples < 1:
        raise ParameterError(f"n_samples is {n_samples}; at least 1 is needed")
    scale = float(signal[0])  # powers of relative values neither vanish nor overflow
    signal, noise = signal / scale, noise / scale
    weights = signal ** (2 * exponent)
    if noise == 0:
        padded = np.concatenate([signal, np.zeros(max(0, count - len(signal)))])[:count]
        losses = _losses(signal, NoisySpectrum(padded, np.where(padded > 0, padded ** (2 * exponent), 0)), exponent)
    elif method == "limit":
        losses = _losses(signal, limit(signal, weights, noise, n, count), exponent)
    else:
        rng = np.random.default_rng(random_state)
        draws = (rng.normal(0, noise, (n, n)) for _ in range(n_samples))
        samples = [_losses(signal, simulated(signal, weights, each, count), exponent) for each in draws]
        losses = np.mean(samples, axis=0)
    return PipLoss(np.arange(1, count + 1), losses * scale ** (2 * exponent), len(signal))


def estimate_noise(first_half: Signal, second_half: Signal) -> float:
    """Return the standard deviation of a data matrix's noise, from the matrices of two halves of the data.

    Half the data has noise of twice the variance, and the difference of two halves of four times: the result is half
    the standard deviation of the difference, over all cells.

    Parameters
    ----------
    first_half, second_half : array-like or sparse, shape (n, m)
        What is factorised, such as the PMI of words, computed from each half of the data for the same rows and columns.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ParameterError
        If the shapes differ or a value is not finite.

    References
    ----------
    Yin and Shen (2018), On the dimensionality of word embedding, NeurIPS, arXiv 1812.04224.

    Examples
    --------
    >>> estimate_noise([[1, 2], [3, 4]], [[2, 1], [4, 3]])
    0.5
    """
    first, second = _data(first_half), _data(second_half)
    if first.shape != second.shape:
        raise ParameterError(
            f"the halves have shapes {first.shape} and {second.shape}; both need the same rows and columns"
        )
    difference = first - second
    cells = difference.data if sparse.issparse(difference) else difference
    n = math.prod(difference.shape)
    mean = float(cells.sum()) / n
    # what is not stored in a sparse matrix is 0, and mean away from the mean
    squares = float(np.square(cells - mean).sum()) + (n - cells.size) * mean**2
    return math.sqrt(squares / n) / 2


def spectrum(matrix: Signal, k: int | None = None) -> Floats:
    """Return the singular values of a data matrix, largest first.

    Parameters
    ----------
    matrix : array-like or sparse, shape (n, m)
        What is factorised.
    k : int, optional
        How many, less than min(n, m); by default all, for which the matrix is made dense.

    Returns
    -------
    ndarray of float64, shape (min(n, m),) or (k,)
        At least 0.

    Raises
    ------
    ParameterError
        If a value is not finite or `k` is not allowed.

    Examples
    --------
    >>> spectrum([[3, 0], [0, 4]])
    array([4., 3.])
    """
    from scipy.sparse.linalg import svds

    data = _data(matrix)
    least = min(data.shape)
    if k is None:
        dense = data.toarray() if sparse.issparse(data) else data
        return np.asarray(np.linalg.svd(dense, compute_uv=False))
    if not 1 <= k < least:
        raise ParameterError(f"k is {k}; it must lie between 1 and {least - 1}, or be None for all singular values")
    if not (data.count_nonzero() if sparse.issparse(data) else data.any()):
        return np.zeros(k)  # of which ARPACK makes an error
    start = np.random.default_rng(0).standard_normal(least)  # or each call would end in other last digits
    return np.asarray(np.sort(svds(data, k=k, v0=start, return_singular_vectors=False))[::-1])


def _checked(spectrum: npt.ArrayLike, noise: float, exponent: float) -> Floats:
    values = np.asarray(spectrum, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
        raise ParameterError("a spectrum is a list of singular values: finite numbers of at least 0")
    for name, value in (("noise", noise), ("exponent", exponent)):
        if not 0 <= value < math.inf:
            raise ParameterError(f"{name} is {value}; it must be a finite number of at least 0")
    return np.sort(values)[::-1]


def _signal(values: Floats, threshold: float, complete: bool) -> Floats:
    """Return what of the singular values exceeds the threshold."""
    signal = values[values > threshold] - threshold
    if not len(signal):
        raise ParameterError(f"no singular value exceeds 2 noise √n = {threshold:g}: all is noise; more data is needed")
    if not complete and len(signal) == len(values):
        raise ParameterError(
            f"all {len(values)} singular values exceed 2 noise √n = {threshold:g}; compute more of them"
        )
    return signal


def _losses(signal: Floats, noisy: NoisySpectrum, exponent: float) -> Floats:
    powers = noisy.values ** (2 * exponent)
    added = powers**2 - 2 * powers * noisy.weighted
    return np.asarray(np.sqrt(np.maximum((signal ** (4 * exponent)).sum() + np.cumsum(added), 0)))


def _data(matrix: Signal) -> Any:
    """Return a matrix in float64, dense or sparse as it came."""
    if not sparse.issparse(matrix):
        return as_matrix(matrix, "the data matrix").astype(np.float64)
    data = sparse.csr_array(matrix).astype(np.float64)
    if not np.isfinite(data.data).all() or not math.prod(data.shape):
        raise ParameterError(f"the data matrix, of shape {data.shape}, must have cells, all of them finite")
    return data
