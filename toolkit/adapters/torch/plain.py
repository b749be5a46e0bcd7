"""Embedding layers trained as Surprise trains its SVD: proof that they are one model.

Not an embedder: it takes a step through autograd for each rating, which is for showing and not for use.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from toolkit.adapters.factors import Factors
from toolkit.adapters.torch.layers import factor_layers, factor_sums, looked_up, weights
from toolkit.adapters.torch.training import threads_for
from toolkit.data.biases import Biases
from toolkit.data.views import Matrix

FloatArray = npt.NDArray[np.float64]


def svd_start(
    shape: tuple[int, int], embedding_dim: int, init_std_dev: float = 0.1, random_state: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Return the vectors that Surprise's SVD starts from: of the rows, shape (n, d), and of the columns, (m, d)."""
    draw = np.random.RandomState(random_state).normal  # the generator that Surprise draws from
    rows = draw(0, init_std_dev, size=(shape[0], embedding_dim))
    return rows, draw(0, init_std_dev, size=(shape[1], embedding_dim))


def train_like_svd(
    matrix: Matrix,
    start: tuple[FloatArray, FloatArray],
    epochs: int = 20,
    learning_rate: float = 0.005,
    regularization: float = 0.02,
    order: npt.ArrayLike | None = None,
) -> Factors:
    """Train embedding layers by plain stochastic gradient descent, a cell at a time.

    The loss of a cell is half its squared error plus half the penalty times the squares of the two vectors and the two
    biases that made it. Its gradient is the update of Surprise's SVD: all four move at once, and nothing else does.

    Parameters
    ----------
    matrix : Matrix
        The cells to learn from; their mean is added to every prediction.
    start : tuple of ndarray, shapes (n, d) and (m, d)
        First vectors of rows and columns, such as those of `svd_start`; biases start at 0.
    epochs : int, default 20
        Passes over the cells.
    learning_rate : float, default 0.005
        Step of the gradient descent.
    regularization : float, default 0.02
        L2 penalty.
    order : array-like of int, shape (n_cells,), optional
        Positions of the cells in the order of each pass; by default row by row, as Surprise goes.

    Returns
    -------
    Factors
        In float64.

    References
    ----------
    Koren, Bell & Volinsky (2009), Matrix factorization techniques for recommender systems, IEEE Computer 42(8),
    equation 5.
    """
    import torch

    positions = np.argsort(matrix.rows, kind="stable") if order is None else np.asarray(order)
    mean = float(matrix.values[positions].mean())
    pairs = torch.as_tensor(np.stack([matrix.rows[positions], matrix.columns[positions]]), dtype=torch.int64)
    values = torch.as_tensor(matrix.values[positions] - mean)
    vectors = [torch.tensor(each, dtype=torch.float64) for each in start]
    layers = factor_layers(*vectors, *(torch.zeros(n, 1, dtype=torch.float64) for n in matrix.shape))
    optimizer = torch.optim.SGD(layers.parameters(), lr=learning_rate)
    with threads_for(sum(each.size for each in start)):
        for _ in range(epochs):
            for row, column, value in zip(*(torch.split(each, 1) for each in (*pairs, values)), strict=True):
                met = looked_up(layers, row, column)
                error = value - factor_sums(*met)
                penalty = sum(each.square().sum() for each in met)
                optimizer.zero_grad()
                ((error.square().sum() + regularization * penalty) / 2).backward()
                optimizer.step()
    rows, columns, row_bias, column_bias = (weights(layer) for layer in layers.values())
    return Factors(matrix, rows, columns, Biases(mean, row_bias[:, 0], column_bias[:, 0]))
