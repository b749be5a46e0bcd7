"""Residuals of rating prediction in bins: by how much predictions are too high or too low, and how far off they are."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

BINS = 10
NORMAL = 1.959964  # standard errors on either side of a mean: 95 %


def binned_residuals(cases: pd.DataFrame, trait: str, bins: int = BINS) -> pd.DataFrame:
    """Return the mean residual and the RMSE in bins of about equal size.

    Parameters
    ----------
    cases : pandas.DataFrame
        Columns user, rating, predicted, and that of the trait; a row a rating.
    trait : str
        By what the ratings are divided: at its quantiles, so that equal values share a bin and there may be fewer.
    bins : int, default 10
        How many.

    Returns
    -------
    pandas.DataFrame
        A row a bin, from the least: bin, least, most and middle (median) of the trait; n ratings; residual (mean of
        predicted less given) and rmse, each with the ends of its 95 % interval (residual_low, ...).

    Notes
    -----
    A user's ratings belong together: standard errors are those of sums over users, (Σ(Σr)²)½/n for residuals r less
    their mean, and that of the mean square divided by twice the RMSE.

    References
    ----------
    Liang and Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73: the errors of
    clustered data. The delta method gives that of a root.
    """
    known = cases[cases["predicted"].notna()]
    values = known[trait].to_numpy(np.float64)
    edges = np.unique(np.quantile(values, np.arange(1, bins) / bins)) if len(values) else np.empty(0)
    place = np.searchsorted(edges, values, side="right")
    errors = known["predicted"].to_numpy(np.float64) - known["rating"].to_numpy(np.float64)
    users = pd.factorize(known["user"].astype(object))[0]
    rows = []
    for number, at in enumerate(np.unique(place), 1):
        here = place == at
        own = values[here]
        rows.append(
            {"bin": number, "least": own.min(), "most": own.max(), "middle": float(np.median(own)), "n": len(own)}
            | _summary(errors[here], users[here])
        )
    return pd.DataFrame(rows)


def _summary(errors: npt.NDArray[np.float64], users: npt.NDArray[np.intp]) -> dict[str, float]:
    mean, square = float(errors.mean()), float(np.square(errors).mean())
    rmse = math.sqrt(square)
    half = NORMAL * _clustered(errors - mean, users)
    spread = NORMAL * _clustered(np.square(errors) - square, users) / (2 * rmse) if rmse else 0.0
    return {
        "residual": mean,
        "residual_low": mean - half,
        "residual_high": mean + half,
        "rmse": rmse,
        "rmse_low": max(0.0, rmse - spread),
        "rmse_high": rmse + spread,
    }


def _clustered(values: npt.NDArray[np.float64], users: npt.NDArray[np.intp]) -> float:
    """Return the standard error of the mean of values that sum to 0; nan where they are of one user."""
    sums = np.bincount(users, values)
    n_users = len(np.unique(users))
    if n_users < 2:
        return math.nan
    return math.sqrt(float(np.square(sums).sum()) * n_users / (n_users - 1)) / len(values)
