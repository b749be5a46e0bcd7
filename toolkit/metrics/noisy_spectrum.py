"""What noise makes of a matrix's singular values and vectors: the limit for large matrices, and a direct simulation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_CELLS = 1 << 17  # of a block of singular values by signals: few enough to stay in the processor's cache
_ROUNDS = 200  # far more than bisection alone needs in double precision


class NoisySpectrum(NamedTuple):
    """Singular values of signal plus noise, and how their vectors lie to the signal's.

    Parameters
    ----------
    values : ndarray of float64, shape (count,)
        The largest singular values, in descending order.
    weighted : ndarray of float64, shape (count,)
        For each, the sum over the signal's directions of the squared cosine with its left vector, times a weight.
    """

    values: Floats
    weighted: Floats


def limit(signal: Floats, weights: Floats, noise: float, size: int, count: int) -> NoisySpectrum:
    """Return the spectrum of a square matrix with Gaussian noise in each cell, as it is in the limit of large matrices.

    Parameters
    ----------
    signal : ndarray of float64, shape (r,)
        The singular values without noise, all positive; the other ``size - r`` are 0.
    weights : ndarray of float64, shape (r,)
        The weight of each signal direction.
    noise : float
        Standard deviation of each cell's noise; more than 0.
    size : int
        Rows, and columns, of the matrix, n.
    count : int
        How many singular values are wanted.

    Returns
    -------
    NoisySpectrum
        The i-th value is that below which all but a share (i - ½)/n of the singular values lie.

    Notes
    -----
    The symmetric matrix H = [[0, Y], [Yᵀ, 0]] has the eigenvalues ±, and vectors (u, ±v)/√2, of the singular values and
    vectors of Y. It is that of the signal, with eigenvalues a = ±s, plus that of the noise, of variance t = nσ². So its
    spectrum is the free convolution of the signal's with a semicircle (Pastur 1972), which Biane (1997) parametrised by
    a real x: let y ≥ 0 be least such that t · mean 1/((x - a)² + y²) ≤ 1, the mean being over all 2n values a. Then

    - λ(x) = x + t · mean (x - a)/((x - a)² + y²) rises with x and runs through the spectrum;
    - the density there is y/(πt), and the share of eigenvalues above it (mean angle(x - a + iy) - y(λ - x)/t)/π, by the
      imaginary part of the integral of the Stieltjes transform;
    - an eigenvector there has the mean squared cosine t/(2n)/((x - a)² + y²) with the signal's vector of the value a
      (Allez and Bouchaud 2014). These sum to 1, and those of s and -s together are the left vector's with the signal's.

    What this leaves out is of the order of 1/n, relatively, as the sums that it is used for run over many vectors.

    References
    ----------
    Pastur (1972), On the spectrum of random matrices, Theoretical and Mathematical Physics 10. Biane (1997), On the
    free convolution with a semi-circular distribution, Indiana University Mathematics Journal 46. Allez and Bouchaud
    (2014), Eigenvector dynamics under free addition, Random Matrices: Theory and Applications 3. Dozier and Silverstein
    (2007), On the empirical distribution of eigenvalues of large dimensional information-plus-noise-type matrices,
    Journal of Multivariate Analysis 98.
    """
    zeros = [0.0] * (size > len(signal))
    places = np.concatenate([signal, -signal, zeros])
    parts = np.concatenate([np.ones(2 * len(signal)), [2.0 * (size - len(signal))] * len(zeros)]) / (2 * size)
    free = _FreeSum(places, parts, noise**2 * size)
    marks = np.concatenate([weights, weights, zeros])
    above = (np.arange(count) + 0.5) / (2 * size)
    starts = np.concatenate([signal, np.zeros(max(0, count - len(signal)))])[:count]
    values, weighted = np.empty(count), np.empty(count)
    step = max(1, _CELLS // len(places))
    for start in range(0, count, step):
        rows = slice(start, start + step)
        values[rows], weighted[rows] = free.at_shares(above[rows], starts[rows], marks)
    return NoisySpectrum(values, weighted)


def simulated(signal: Floats, weights: Floats, noise: Floats, count: int) -> NoisySpectrum:
    """Return the spectrum of a square matrix with the noise given, by its eigenvalues and vectors.

    The signal's left and right vectors are the first unit vectors. That is no loss for Gaussian noise, whose
    distribution no rotation changes: any others can be turned into these, and squared cosines stay as they are.

    Parameters
    ----------
    signal, weights : ndarray of float64, shape (r,)
        As for `limit`.
    noise : ndarray of float64, shape (n, n)
        What is added to each cell.
    count : int
        How many singular values are wanted.

    Returns
    -------
    NoisySpectrum
        Of the sum.
    """
    from scipy.linalg import eigh

    n, r = len(noise), len(signal)
    matrix = noise.copy()
    matrix[np.arange(r), np.arange(r)] += signal
    squares, left = eigh(matrix @ matrix.T, subset_by_index=(n - count, n - 1))
    cosines = np.square(left[:r, ::-1])
    return NoisySpectrum(np.sqrt(np.maximum(squares[::-1], 0)), np.asarray(weights @ cosines))


class _FreeSum:
    """The free convolution of a discrete distribution, `parts` at `places`, with a semicircle of some variance."""

    def __init__(self, places: Floats, parts: Floats, variance: float) -> None:
        self.places, self.pulls, self.variance = places, parts * variance, variance

    def at_shares(self, above: Floats, starts: Floats, marks: Floats) -> tuple[Floats, Floats]:
        """Return the values above which given shares lie, and `marks` weighted by the vectors' squared cosines."""
        x = starts.copy()
        low = np.full(len(x), self.places.min() - 2 * self.variance**0.5)
        high = np.full(len(x), self.places.max() + 2 * self.variance**0.5)
        y2 = np.zeros(len(x))
        for _ in range(_ROUNDS):
            y2 = self._heights(x, y2)
            share, slope = self._shares(x, y2)
            low, high = np.where(share > above, x, low), np.where(share > above, high, x)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = x - (share - above) / slope
            inside = (newton > low) & (newton < high)  # where it is not, as between separate parts, the range is halved
            following = np.where(inside, newton, (low + high) / 2)
            done = (np.abs(share - above) <= 1e-10 * above) | (high - low <= 1e-15 * np.abs(high))
            if done.all():
                break
            x = np.where(done, x, following)
        away = x[:, None] - self.places
        kernel = 1 / (away * away + y2[:, None])
        return x + (away * kernel) @ self.pulls, kernel @ (self.pulls * marks)

    def _heights(self, x: Floats, y2: Floats) -> Floats:
        """Return y² at each x, by Newton's method from a guess.

        1/Σ pull/((x - a)² + y²), a weighted harmonic mean of functions linear in y², is concave and rises with y²: no
        step goes beyond where it is 1, but the first, which may come back too far.
        """
        squares = np.square(x[:, None] - self.places)
        least = np.maximum((self.pulls - squares).max(axis=1), 0)  # what the nearest place alone asks for
        y2 = np.maximum(y2, least)
        for _ in range(_ROUNDS):
            kernel = 1 / (squares + y2[:, None])
            total = kernel @ self.pulls
            following = np.maximum(y2 + (total - 1) * total / (np.square(kernel) @ self.pulls), least)
            done = np.abs(following - y2) <= 1e-13 * following
            y2 = following
            if done.all():
                break
        return y2

    def _shares(self, x: Floats, y2: Floats) -> tuple[Floats, Floats]:
        """Return the share of the distribution above λ(x), and its derivative by x."""
        y = np.sqrt(y2)[:, None]
        away = x[:, None] - self.places
        kernel = 1 / (away * away + y2[:, None])
        shift = (away * kernel) @ self.pulls
        angles = np.arctan2(y, away) @ self.pulls
        share = (angles - y[:, 0] * shift) / (np.pi * self.variance)
        # dz/dω = 1 - Σ pull/(ω - a)² at ω = x + iy
        real = 1 - (kernel * kernel * (away * away - y2[:, None])) @ self.pulls
        imaginary = 2 * y[:, 0] * ((kernel * kernel * away) @ self.pulls)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = -y[:, 0] / (np.pi * self.variance) * (real**2 + imaginary**2) / real
        return share, slope
