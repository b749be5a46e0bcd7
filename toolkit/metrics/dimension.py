"""How many dimensions to use: what each further one adds by the signal's spectrum, and spoils by the noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics.base import MetricInfo, declare
from toolkit.metrics.matrices import Floats, Ints
from toolkit.metrics.noisy_spectrum import NoisySpectrum, limit, simulated

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
    if noise == 0:
        spectra = iter([_exact(signal, exponent, count)])
    elif method == "limit":
        spectra = iter([limit(signal, signal ** (2 * exponent), noise, n, count)])
    else:
        spectra = _draws(signal, signal ** (2 * exponent), noise, (n, count), n_samples, random_state)
    losses = np.mean([_losses(signal, each, exponent) for each in spectra], axis=0)
    return PipLoss(np.arange(1, count + 1), losses * scale ** (2 * exponent), len(signal))


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


def _exact(signal: Floats, exponent: float, count: int) -> NoisySpectrum:
    """Return what a matrix without noise has: the signal, and nothing where that ends."""
    values = np.concatenate([signal, np.zeros(max(0, count - len(signal)))])[:count]
    return NoisySpectrum(values, np.where(values > 0, values ** (2 * exponent), 0))


def _draws(
    signal: Floats, weights: Floats, noise: float, shape: tuple[int, int], n_samples: int, random_state: int
) -> Iterator[NoisySpectrum]:
    """Yield what came of drawn noise; `shape` is that of the vectors, rows by dimensions."""
    n, count = shape
    rng = np.random.default_rng(random_state)
    for _ in range(n_samples):
        yield simulated(signal, weights, rng.normal(0, noise, (n, n)), count)


def _losses(signal: Floats, noisy: NoisySpectrum, exponent: float) -> Floats:
    """Return the loss of each number of dimensions, as `pip_loss` writes it in its notes."""
    powers = noisy.values ** (2 * exponent)
    added = powers**2 - 2 * powers * noisy.weighted
    return np.asarray(np.sqrt(np.maximum((signal ** (4 * exponent)).sum() + np.cumsum(added), 0)))
