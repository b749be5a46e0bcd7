"""Many small ridge regressions at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg.lapack import dorgqr, dptsv, dsytrd

from toolkit.data.dots import dots
from toolkit.readouts.common import FloatArray

Codes = npt.NDArray[np.int64]
BLOCK = 1 << 21  # numbers gathered at a time: bounds the memory
KEPT = 1 << 27  # most numbers that a search keeps, which is 1 GiB


@dataclass(frozen=True)
class _Block:
    """Some owners in a row, their observations, and how many unknowns the equations of each have."""

    owners: slice
    rows: slice
    width: int


class GroupedRidge:
    """Ridge regressions on rows of one matrix, one for each owner.

    An owner with regressors X of shape (n, d) and targets t has the weights (X'X + penalty)⁻¹ X't, which are also
    X'(XX' + penalty)⁻¹ t: the smaller of the two systems of equations is solved.

    Parameters
    ----------
    vectors : ndarray of float64, shape (m, d)
        All regressors.
    owners : ndarray of int, shape (k,)
        Whose each observation is.
    codes : ndarray of int, shape (k,)
        Its regressors, as a row of `vectors`; -1 stands for zeros.
    size : int
        Number of owners; one without observations has weights of 0.
    search : bool, default False
        Whether many penalties are to come: then the work that they share is done at once, if its outcome is not too
        large to keep.
    """

    def __init__(
        self, vectors: FloatArray, owners: npt.NDArray[np.int32], codes: Codes, size: int, search: bool = False
    ) -> None:
        self.vectors, self.owners, self.codes = vectors, owners, codes
        kept = np.flatnonzero(codes >= 0)
        counts = np.bincount(owners[kept], minlength=size)
        self.ranked = np.argsort(counts, kind="stable")  # fewest observations first, so that like stands beside like
        place = np.empty_like(self.ranked)
        place[self.ranked] = np.arange(size)
        self.order = kept[np.argsort(place[owners[kept]], kind="stable")]
        self.counts = counts[self.ranked]
        self.ends = np.concatenate([[0], np.cumsum(self.counts)])
        self.regressors = codes[self.order]
        self.small = int(np.searchsorted(self.counts, vectors.shape[1]))  # owners with fewer observations than d
        self.blocks = list(self._blocks())
        self.reduced: list[_Tridiagonal] = []
        if search and sum((block.owners.stop - block.owners.start) * block.width**2 for block in self.blocks) <= KEPT:
            self.reduced = [_Tridiagonal(self._gram(block)) for block in self.blocks]

    def solver(self, targets: FloatArray) -> Callable[[float], FloatArray]:
        """Return what turns a penalty into the weights of each owner, shape (size, d), for targets of shape (k,)."""
        sides = self._sides(targets)
        if not self.reduced:
            return partial(self._directly, sides)
        turned = [system.turn(side) for system, side in zip(self.reduced, sides, strict=True)]
        return partial(self._by_reduction, turned)

    def _directly(self, sides: list[FloatArray], penalty: float) -> FloatArray:
        pairs = zip(self.blocks, sides, strict=True)
        return self._weights(_solve(self._gram(block), side, penalty) for block, side in pairs)

    def _by_reduction(self, turned: list[FloatArray], penalty: float) -> FloatArray:
        pairs = zip(self.reduced, turned, strict=True)
        return self._weights(system.solve(side, penalty) for system, side in pairs)

    def spread(self, penalty: float) -> FloatArray:
        """Return the mean over the owners of penalty (X'X + penalty)⁻¹, shape (d, d).

        With a normal prior it is the share of the prior's covariance of the weights that their observations leave.
        """
        total = np.eye(self.vectors.shape[1]) * (len(self.counts) if not self.blocks else self.blocks[0].owners.start)
        for block in self.blocks:
            total += self._left(block, penalty)
        return total / len(self.counts)

    def _left(self, block: _Block, penalty: float) -> FloatArray:
        """Return the sum over a block of penalty (X'X + penalty)⁻¹, which is also I - X'(XX' + penalty)⁻¹X."""
        gram = self._gram(block)
        np.einsum("ijj->ij", gram)[...] += penalty
        if block.owners.start >= self.small:
            return np.asarray(penalty * np.linalg.inv(gram).sum(axis=0))
        regressors = self.vectors[self.regressors[block.rows]]
        solved = np.linalg.solve(gram, regressors.reshape(*gram.shape[:2], -1)).reshape(regressors.shape)
        return np.asarray(len(gram) * np.eye(regressors.shape[1]) - regressors.T @ solved)

    def explained(self, weights: FloatArray) -> FloatArray:
        """Return what the weights give for each observation, shape (k,)."""
        return dots(weights, self.owners, self.vectors, self.codes)

    def _blocks(self) -> Iterator[_Block]:
        start, d = int(np.searchsorted(self.counts, 1)), self.vectors.shape[1]
        while start < len(self.counts):
            width = min(int(self.counts[start]), d)
            stop = len(self.counts) if width == d else int(np.searchsorted(self.counts, width, side="right"))
            room = self.ends[start] + BLOCK // d
            within = int(np.searchsorted(self.ends, room, side="right")) - 1
            stop = min(stop, max(start + 1, min(within, start + BLOCK // width**2)))
            yield _Block(slice(start, stop), slice(int(self.ends[start]), int(self.ends[stop])), width)
            start = stop

    def _gram(self, block: _Block) -> FloatArray:
        """Return the matrices of the equations of each owner, without the penalty, shape (n_owners, width, width)."""
        regressors = self.vectors[self.regressors[block.rows]]
        n_owners = block.owners.stop - block.owners.start
        if block.owners.start < self.small:
            regressors = regressors.reshape(n_owners, block.width, -1)
            return regressors @ regressors.swapaxes(1, 2)
        gram = np.empty((n_owners, block.width, block.width))
        ends = self.ends[block.owners.start : block.owners.stop + 1] - block.rows.start
        for number, (start, stop) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)):
            own = regressors[start:stop]
            np.matmul(own.T, own, out=gram[number])
        return gram

    def _sides(self, targets: FloatArray) -> list[FloatArray]:
        """Return the right-hand sides of the equations, shape (n_owners, width) for each block."""
        ordered = targets[self.order]
        sums = self._summed(ordered, self.small, len(self.counts))
        return [
            ordered[block.rows].reshape(-1, block.width)
            if block.owners.start < self.small
            else sums[block.owners.start - self.small : block.owners.stop - self.small]
            for block in self.blocks
        ]

    def _weights(self, solutions: Iterable[FloatArray]) -> FloatArray:
        """Return the weights of each owner from the solutions of each block."""
        loads, found = np.zeros(len(self.order)), np.zeros((len(self.counts), self.vectors.shape[1]))
        for block, solution in zip(self.blocks, solutions, strict=True):
            if block.owners.start < self.small:
                loads[block.rows] = solution.ravel()
            else:
                found[block.owners] = solution
        found[: self.small] = self._summed(loads, 0, self.small)
        weights = np.empty_like(found)
        weights[self.ranked] = found
        return weights

    def _summed(self, loads: FloatArray, start: int, stop: int) -> FloatArray:
        """Return X'load for some owners, shape (n_owners, d)."""
        ends = self.ends[start : stop + 1]
        rows = slice(int(ends[0]), int(ends[-1]))
        shape = (stop - start, len(self.vectors))
        cells = sparse.csr_array((loads[rows], self.regressors[rows], ends - ends[0]), shape=shape)
        return np.asarray(cells @ self.vectors)


class _Tridiagonal:
    """Symmetric matrices as QTQ' with T tridiagonal, once; a penalty is then added to T alone.

    Parameters
    ----------
    stack : ndarray of float64, shape (m, k, k)
        The matrices.

    References
    ----------
    Eldén (1977), Algorithms for the regularization of ill-conditioned least squares problems, BIT 17.
    """

    def __init__(self, stack: FloatArray) -> None:
        self.diagonal, self.beside = np.empty(stack.shape[:2]), np.zeros(stack.shape[:2])
        self.turns = np.zeros_like(stack)
        self.turns[:, 0, 0] = 1
        for matrix, diagonal, beside, turn in zip(stack, self.diagonal, self.beside, self.turns, strict=True):
            reflectors, diagonal[:], beside[:-1], scales, _ = dsytrd(matrix, lower=1, lwork=8 * len(matrix))
            if len(matrix) > 1:
                turn[1:, 1:] = dorgqr(reflectors[1:, :-1], scales)[0]

    def turn(self, sides: FloatArray) -> FloatArray:
        """Return Q'b for a right-hand side b of each matrix, shape (m, k)."""
        return np.asarray((sides[:, None, :] @ self.turns)[:, 0])

    def solve(self, turned: FloatArray, penalty: float) -> FloatArray:
        """Return the solutions for turned right-hand sides, shape (m, k)."""
        diagonal, beside = (self.diagonal + penalty).ravel(), self.beside.ravel()
        # one after the other they are a single tridiagonal matrix, for there is a 0 where two of them meet
        _, _, solution, _ = dptsv(diagonal, beside[: max(1, len(beside) - 1)], turned.ravel())
        return np.asarray((self.turns @ solution.reshape(*turned.shape, 1))[..., 0])


def _solve(stack: FloatArray, sides: FloatArray, penalty: float) -> FloatArray:
    """Return the solutions for matrices of shape (m, k, k), which are changed."""
    diagonal = np.einsum("ijj->ij", stack)
    diagonal += penalty
    return np.asarray(np.linalg.solve(stack, sides[..., None])[..., 0])
