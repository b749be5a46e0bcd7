"""Errors of predicted ratings."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.errors import ParameterError
from toolkit.metrics.base import MetricInfo, declare, metric

Floats = npt.NDArray[np.float64]

declare(
    MetricInfo(
        "coverage",
        "Coverage",
        "higher",
        0,
        1,
        "Share of the test cases whose keys the method had all met in training; what becomes of the others is for the "
        "task to say.",
    )
)


@metric(
    MetricInfo(
        "rmse",
        "RMSE",
        "lower",
        0,
        math.inf,
        "Root of the mean squared error over all test ratings, predictions clipped to the rating scale.",
    )
)
def rmse(true: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the root of the mean squared error, pooled over all ratings.

    Parameters
    ----------
    true : array-like, shape (n,)
        The ratings that were given.
    predicted : array-like, shape (n,)
        The ratings that were predicted, clipped to the scale by whoever predicts.

    Returns
    -------
    float
        At least 0, in units of the rating scale.

    Raises
    ------
    ParameterError
        If there are no ratings, the shapes differ or a value is not finite.

    Examples
    --------
    >>> rmse([1, 3, 5, 5], [1, 3, 4, 2])
    1.5811388300841898
    """
    errors = _errors(true, predicted)
    return float(np.sqrt(np.mean(np.square(errors, out=errors))))


@metric(
    MetricInfo(
        "mae",
        "MAE",
        "lower",
        0,
        math.inf,
        "Mean absolute error over all test ratings, predictions clipped to the rating scale.",
    )
)
def mae(true: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the mean absolute error, pooled over all ratings.

    Parameters, range and errors are those of `rmse`.

    Examples
    --------
    >>> mae([1, 3, 5, 5], [1, 3, 4, 2])
    1.0
    """
    errors = _errors(true, predicted)
    return float(np.mean(np.abs(errors, out=errors)))


@metric(
    MetricInfo(
        "rmse_user",
        "RMSE per user",
        "lower",
        0,
        math.inf,
        "Mean over users of the root of the mean squared error of each user's test ratings.",
    )
)
def rmse_user(true: npt.ArrayLike, predicted: npt.ArrayLike, users: npt.ArrayLike) -> float:
    """Return the mean over users of each user's RMSE.

    A user counts once, however many ratings there are; the value differs from the pooled `rmse`.

    Parameters
    ----------
    true, predicted : array-like, shape (n,)
        As for `rmse`.
    users : array-like, shape (n,)
        Who gave each rating: codes or keys.

    Returns
    -------
    float
        At least 0, in units of the rating scale.

    Raises
    ------
    ParameterError
        As for `rmse`, or if there is not one user for each rating.

    Examples
    --------
    >>> rmse_user([1, 3, 5, 5], [1, 3, 4, 2], ["a", "a", "a", "b"])
    1.7886751345948129
    """
    return float(np.mean(np.sqrt(_user_means(_errors(true, predicted) ** 2, users))))


@metric(
    MetricInfo(
        "mae_user",
        "MAE per user",
        "lower",
        0,
        math.inf,
        "Mean over users of the mean absolute error of each user's test ratings.",
    )
)
def mae_user(true: npt.ArrayLike, predicted: npt.ArrayLike, users: npt.ArrayLike) -> float:
    """Return the mean over users of each user's MAE.

    Parameters, range and errors are those of `rmse_user`.

    Examples
    --------
    >>> mae_user([1, 3, 5, 5], [1, 3, 4, 2], ["a", "a", "a", "b"])
    1.6666666666666667
    """
    return float(np.mean(_user_means(np.abs(_errors(true, predicted)), users)))


def _user_means(losses: Floats, users: npt.ArrayLike) -> Floats:
    """Return the mean loss of each user."""
    owners = np.asarray(users)
    if owners.shape != losses.shape:
        raise ParameterError(f"{len(losses)} ratings need users of shape {losses.shape}, not {owners.shape}")
    codes, _ = pd.factorize(owners, use_na_sentinel=False)
    return np.asarray(np.bincount(codes, weights=losses) / np.bincount(codes))


def _errors(true: npt.ArrayLike, predicted: npt.ArrayLike) -> Floats:
    given, guessed = np.asarray(true, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if given.ndim != 1 or given.shape != guessed.shape:
        raise ParameterError(f"true has shape {given.shape} and predicted {guessed.shape}; both must be (n,)")
    if not len(given):
        raise ParameterError("there are no ratings to take an error of")
    for name, values in (("true", given), ("predicted", guessed)):
        finite = np.isfinite(values)
        if not finite.all():
            place = int(np.argmin(finite))
            raise ParameterError(f"{name} holds {values[place]} at position {place}; every rating needs a finite value")
    return guessed - given
