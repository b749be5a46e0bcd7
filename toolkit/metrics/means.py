"""Means over users, as each convention takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.metrics.conventions import ranking_convention

Floats = npt.NDArray[np.float64]


class MeanScore(NamedTuple):
    """A mean over users, and how many of them have a value."""

    value: float
    n: int


def ranking_means(
    scores: Mapping[str, Floats], n_relevant: npt.ArrayLike, *, convention: str = "standard"
) -> dict[str, MeanScore]:
    """Return the means over users of what `ranking_scores` returned, as a convention takes them.

    Parameters
    ----------
    scores : dict of str to ndarray of float64, shape (n_users,)
        Metrics by name; nan for a user who has no value.
    n_relevant : array-like of int, shape (n_users,)
        How many items are relevant to the user.
    convention : str, default "standard"
        The one that the metrics follow. ``recbole`` weights AUC by the number of relevant items, and ``implicit``
        precision by min(k, relevant); all other means are plain.

    Returns
    -------
    dict of str to MeanScore
        Each a `value` and the number `n` of users that it rests on. A metric without any is left out.

    Raises
    ------
    UnknownNameError
        If there is no such convention.

    Examples
    --------
    >>> from toolkit.metrics import ranking_scores
    >>> found = ranking_scores([[0.9, 0.1], [0.2, 0.8]], np.array([[True, False], [True, False]]), k=1)
    >>> ranking_means(found, [1, 1])["recall@1"]
    MeanScore(value=0.5, n=2)
    """
    means = {}
    for name, values in scores.items():
        weight = ranking_weights(name, n_relevant, convention=convention)
        has = ~np.isnan(values)
        if has.any():
            means[name] = MeanScore(float(np.average(values[has], weights=weight[has])), int(has.sum()))
    return means


def ranking_weights(metric: str, n_relevant: npt.ArrayLike, *, convention: str = "standard") -> Floats:
    """Return what each user counts in the mean of a metric, shape (n_users,); see `ranking_means`."""
    counts = np.asarray(n_relevant, dtype=np.float64)
    stem, _, cutoff = metric.partition("@")
    kind = ranking_convention(convention).weights.get(f"{stem}@k" if cutoff else stem)
    return np.ones(len(counts)) if kind is None else np.minimum(counts, int(cutoff)) if kind == "capped" else counts
