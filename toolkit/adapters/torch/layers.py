"""Embedding layers of a matrix's rows and columns: how they start, what they add up to, and what is read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.data.biases import Biases
from toolkit.data.views import Matrix

if TYPE_CHECKING:
    import torch
    from torch import nn

START = 0.01  # standard deviation of the vectors before training


def sigmoid_range(scale: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of the sigmoid: a quarter of the scale below it and an eighth above, 0 to 5.5 for 1 to 5.

    A sigmoid only comes near its ends, and so could not give the lowest and the highest rating.
    """
    low, high = scale
    width = (high - low) or 1.0
    return low - width / 4, high + width / 8


def cells(matrix: Matrix, device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return rows, columns (int64) and values (float32) of the cells as tensors on a device, each of shape (k,)."""
    import torch

    # copies: torch warns of arrays that cannot be written to, as those of a file that is mapped into memory
    arrays = matrix.rows.astype(np.int64), matrix.columns.astype(np.int64), matrix.values.astype(np.float32)
    rows, columns, values = (torch.as_tensor(array, device=device) for array in arrays)
    return rows, columns, values


def drawn(size: int, dim: int) -> torch.Tensor:
    """Return normal numbers of standard deviation `START`, none beyond twice that; shape (size, dim)."""
    import torch

    return torch.nn.init.trunc_normal_(torch.empty(size, dim), std=START, a=-2 * START, b=2 * START)


def starting_at(weight: torch.Tensor) -> nn.Embedding:
    """Return an embedding layer that starts as given and draws nothing."""
    from torch import nn

    make: Any = nn.Embedding.from_pretrained  # it has no types
    layer: nn.Embedding = make(weight, freeze=False)
    return layer


def factor_layers(*start: torch.Tensor) -> nn.ModuleDict:
    """Return embedding layers of rows, columns, row biases and column biases.

    Parameters
    ----------
    start : torch.Tensor, shapes (n, d), (m, d), (n, 1) and (m, 1)
        The first weights.
    """
    from torch import nn

    names = ("row", "column", "row_bias", "column_bias")
    return nn.ModuleDict(dict(zip(names, map(starting_at, start), strict=True)))


def looked_up(layers: nn.ModuleDict, rows: torch.Tensor, columns: torch.Tensor) -> list[torch.Tensor]:
    """Return the vectors and biases of pairs, shapes (k, d), (k, d), (k, 1) and (k, 1)."""
    return [layer(rows if name.startswith("row") else columns) for name, layer in layers.items()]


def factor_sums(row: torch.Tensor, column: torch.Tensor, *biases: torch.Tensor) -> torch.Tensor:
    """Return the dot product plus both biases for each pair, shape (k,)."""
    sums = (row * column).sum(1)
    for bias in biases:
        sums = sums + bias[:, 0]
    return sums


def weights(layer: Any, name: str = "weight") -> npt.NDArray[Any]:
    """Return a layer's weights as an array of its own."""
    return np.array(getattr(layer, name).detach().cpu().numpy())


def centred(matrix: Matrix, row: Any, column: Any, bounds: tuple[float, float]) -> Biases:
    """Return the same biases around what the sigmoid makes the mean value of, so that an unknown key has a bias of 0.

    The layers divide the mean between rows and columns as it comes.
    """
    low, high = bounds
    share = (matrix.values.mean() - low) / (high - low)
    mean = float(np.log(share / (1 - share)))
    of_rows = float(row[matrix.rows].mean(dtype=np.float64))
    return Biases(mean, row.astype(np.float64) - of_rows, column.astype(np.float64) - (mean - of_rows))
