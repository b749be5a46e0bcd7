"""Whether vectors tell a label, such as a person's nationality, by a linear rule; and how well they would by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, metric
from toolkit.metrics.matrices import Floats, as_matrix, blocks

Ints = npt.NDArray[np.int64]

_MOST_LEFT_OUT = 100  # rows up to which each is left out in turn
_FOLDS = 10  # where there are more


@dataclass(frozen=True)
class ProbeScore:
    """How well a linear rule tells labels that it has not seen.

    Parameters
    ----------
    accuracy : float
        The share of rows whose label is told, in [0, 1].
    chance : float
        The share of the commonest label.
    shuffled_mean, shuffled_high : float
        The mean accuracy for shuffled labels, and the value that 95 % of the shuffles do not exceed.
    p_value : float
        (1 + the shuffles that do as well)/(1 + the shuffles), in (0, 1].
    n : int
        How many rows there are.
    """

    accuracy: float
    chance: float
    shuffled_mean: float
    shuffled_high: float
    p_value: float
    n: int


@metric(
    MetricInfo(
        "probe_accuracy",
        "Probe accuracy",
        "higher",
        0,
        1,
        "The share of labels that a ridge classifier tells for rows that it was not trained on.",
        reference="Alain and Bengio (2016)",
    )
)
def linear_probe(
    vectors: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    n_shuffles: int = 100,
    penalty: float = 1.0,
    random_state: int = 0,
) -> ProbeScore:
    """Return how well a linear classifier tells labels from vectors, and how well it would by chance.

    The classifier is ridge regression on the labels as 0 and 1, a column each, and tells the label of the greatest
    value. Each row is left out in turn, or each of ten random folds where there are more than 100 rows. Columns are
    centred and scaled to variance 1 by the training rows alone.

    Parameters
    ----------
    vectors : array-like, shape (n, d)
        A row for each thing, at least 3.
    labels : array-like, shape (n,)
        What each is: at least two different labels.
    n_shuffles : int, default 100
        How often the labels are shuffled, at least 1.
    penalty : float, default 1
        Of the ridge regression, more than 0.
    random_state : int, default 0
        Seed of the shuffles and folds.

    Returns
    -------
    ProbeScore
        Compare `accuracy` with `shuffled_high` rather than `chance`: with few rows, many columns tell something by
        luck, and leaving one out of two equal classes makes a rule that knows nothing guess the other.

    Raises
    ------
    ParameterError
        If the vectors are no matrix of finite numbers, there is not one label for each row, or a parameter is not
        allowed.

    Notes
    -----
    Ridge regression, and not logistic, as its solution is linear in the labels: all shuffles are solved for at once.
    Folds do not depend on the labels, so that for labels that are independent of the vectors all shuffles are alike,
    and the p-value is exact (Ojala and Garriga 2010).

    References
    ----------
    Alain and Bengio (2016), Understanding intermediate layers using linear classifier probes, arXiv 1610.01644. Ojala
    and Garriga (2010), Permutation tests for studying classifier performance, JMLR 11. Hewitt and Liang (2019),
    Designing and interpreting probes with control tasks, EMNLP.

    Examples
    --------
    >>> found = linear_probe([[-3, 1], [-2, 0], [-2, 1], [2, 0], [3, 1], [2, 1]], list("aaabbb"))
    >>> found.accuracy, found.chance
    (1.0, 0.5)
    """
    matrix = as_matrix(vectors, least=3).astype(np.float64)
    given = np.asarray(labels, dtype=object)  # as text, nan would be a label like any other
    if given.shape != (len(matrix),) or pd.isna(given).any():
        raise ParameterError(f"{len(matrix)} vectors need a label each, none of them missing; labels: {given.shape}")
    codes, names = pd.factorize(given)
    if len(names) < 2:
        raise ParameterError("all labels are equal; a probe needs at least two different ones")
    if n_shuffles < 1 or not 0 < penalty < np.inf:
        raise ParameterError(
            f"n_shuffles is {n_shuffles} and penalty {penalty}; at least 1, and more than 0, are needed"
        )
    rng = np.random.default_rng(random_state)
    tried = np.stack([codes, *(rng.permutation(codes) for _ in range(n_shuffles))], axis=1)
    accuracy, *shuffled = _accuracies(matrix, tried, len(names), penalty, _folds(len(matrix), rng))
    return ProbeScore(
        accuracy=float(accuracy),
        chance=float(np.bincount(codes).max() / len(codes)),
        shuffled_mean=float(np.mean(shuffled)),
        shuffled_high=float(np.quantile(shuffled, 0.95, method="higher")),
        p_value=float((1 + np.sum(np.array(shuffled) >= accuracy)) / (1 + n_shuffles)),
        n=len(codes),
    )


def _folds(n: int, rng: np.random.Generator) -> list[Ints]:
    """Return the rows that are left out together."""
    if n <= _MOST_LEFT_OUT:
        return list(np.arange(n)[:, None])
    return np.array_split(rng.permutation(n), _FOLDS)


def _accuracies(matrix: Floats, tried: Ints, n_labels: int, penalty: float, folds: list[Ints]) -> Floats:
    """Return the share of labels told, of each column of labels, shape (1 + n_shuffles,)."""
    right = np.zeros(tried.shape[1])
    for left_out in folds:
        kept = np.ones(len(matrix), dtype=bool)
        kept[left_out] = False
        means, scales = matrix[kept].mean(axis=0), matrix[kept].std(axis=0)
        scaled = (matrix - means) / np.where(scales > 1e-14 * np.abs(means), scales, 1)
        solver = _solver(scaled[kept], penalty)
        for some in blocks(tried.shape[1], len(matrix) * n_labels):
            targets = (tried[kept, some, None] == np.arange(n_labels)).astype(np.float64)
            shares = targets.mean(axis=0)
            weights = solver @ (targets - shares).reshape(len(targets), -1)
            values = (scaled[left_out] @ weights).reshape(len(left_out), *shares.shape)
            right[some] += ((values + shares).round(12).argmax(axis=2) == tried[left_out, some]).sum(axis=0)
    return np.asarray(right / len(matrix))


def _solver(known: Floats, penalty: float) -> Floats:
    """Return the matrix, shape (d, n), that turns targets into the weights of the ridge regression on n rows."""
    n, d = known.shape
    if d <= n:
        return np.asarray(np.linalg.solve(known.T @ known + penalty * np.eye(d), known.T))
    return np.asarray(known.T @ np.linalg.inv(known @ known.T + penalty * np.eye(n)))
