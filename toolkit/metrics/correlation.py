"""Correlation of two lists of numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric

Floats = npt.NDArray[np.float64]


@metric(
    MetricInfo(
        "pearson",
        "Pearson",
        "higher",
        -1,
        1,
        "Pearson correlation of the cosines with what people said.",
    )
)
def pearson(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the Pearson correlation.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Numbers, all finite.

    Returns
    -------
    float
        In [-1, 1]; nan where it is not defined: for fewer than two numbers, or where all of one list are equal.

    Raises
    ------
    ParameterError
        If the shapes differ or a value is not finite.

    Examples
    --------
    >>> round(pearson([1, 2, 3], [1, 2, 9]), 4)
    0.9177
    """
    x, y = _checked(first, second)
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


@metric(
    MetricInfo(
        "spearman",
        "Spearman",
        "higher",
        -1,
        1,
        "Spearman rank correlation of the cosines with what people said or with how many attributes are shared; equal "
        "values have their mean rank.",
    )
)
def spearman(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the Spearman rank correlation; equal values have their mean rank.

    Parameters, range and errors are those of `pearson`.

    Examples
    --------
    >>> spearman([1, 2, 3], [1, 2, 9])
    1.0
    """
    return pearson(*(pd.Series(values).rank() for values in _checked(first, second)))


def _checked(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ParameterError(f"a correlation needs two lists of equal length, not shapes {x.shape} and {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ParameterError("a correlation needs finite numbers")
    return x, y
