"""Facts that are completed: whether the right objects come out on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import ParameterError
from toolkit.metrics.base import Direction, MetricInfo, declare, metric

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
ON = 0.5  # from which activity on a unit counts as on

_OF_PROBES: tuple[tuple[str, str, Direction, str], ...] = (
    ("probe_shuffled", "Shuffled", "neutral", "The mean accuracy of the same probe of shuffled labels."),
    (
        "probe_shuffled_high",
        "Shuffled, 95 %",
        "neutral",
        "The accuracy that the same probe does not exceed for 95 % of the shuffled labels.",
    ),
    (
        "probe_p",
        "p of the probe",
        "lower",
        "The share of shuffles, the true labels counted as one, for which the probe does as well.",
    ),
)
for name, title, direction, definition in _OF_PROBES:
    declare(MetricInfo(name, title, direction, 0, 1, definition))


@metric(
    MetricInfo(
        "right",
        "Right",
        "higher",
        0,
        1,
        "Share of the inputs whose true objects all score above every other person; a tie between them is wrong.",
        reference="Hinton (1986), Learning distributed representations of concepts",
    )
)
def facts_right(scores: npt.ArrayLike, true: npt.ArrayLike) -> Bools:
    """Return for each input whether its true objects are the highest, as many as there are.

    Parameters
    ----------
    scores : array-like, shape (n_inputs, n_persons)
        Higher is better; ``-inf`` where a person is not known.
    true : array-like of bool, shape (n_inputs, n_persons)
        The true objects, at least one an input.

    Returns
    -------
    ndarray of bool, shape (n_inputs,)
        A tie between a true object and another is wrong.

    Raises
    ------
    ParameterError
        If the shapes differ, a score is nan, or an input has no true object.

    Examples
    --------
    >>> facts_right([[0.4, 0.3, 0.1], [0.4, 0.3, 0.1]], [[True, True, False], [False, True, False]])
    array([ True, False])
    """
    lowest, highest = _edges(scores, true)
    return lowest > highest


@metric(
    MetricInfo(
        "right_strict",
        "Right, strictly",
        "higher",
        0,
        1,
        "Share of the inputs whose true objects all have an activity above .5, and every other person one below .5.",
    )
)
def facts_right_strict(activities: npt.ArrayLike, true: npt.ArrayLike) -> Bools:
    """Return for each input whether its true objects are on and all others off.

    Parameters
    ----------
    activities : array-like, shape (n_inputs, n_persons)
        From 0 to 1; above .5 a person is on, below .5 off.
    true : array-like of bool, shape (n_inputs, n_persons)
        The true objects, at least one an input.

    Returns
    -------
    ndarray of bool, shape (n_inputs,)

    Raises
    ------
    ParameterError
        If the shapes differ, a score is nan, or an input has no true object.

    Examples
    --------
    >>> facts_right_strict([[0.9, 0.2], [0.4, 0.2]], [[True, False], [True, False]])
    array([ True, False])
    """
    lowest, highest = _edges(activities, true)
    return (lowest > ON) & (highest < ON)


@metric(
    MetricInfo(
        "filtered_mrr",
        "Filtered MRR",
        "higher",
        0,
        1,
        "Mean over facts of 1/rank of the object among the persons that are no other object of the input; equal scores "
        "share their mean rank.",
        reference="Bordes et al. (2013), Translating embeddings for modeling multi-relational data, section 4.2",
    )
)
def filtered_reciprocal_rank(scores: npt.ArrayLike, true: npt.ArrayLike) -> Floats:
    """Return 1/rank of every true object, the other true ones of its input left out.

    Parameters
    ----------
    scores : array-like, shape (n_inputs, n_persons)
        Higher is better; ``-inf`` where a person is not known.
    true : array-like of bool, shape (n_inputs, n_persons)
        The true objects, at least one an input.

    Returns
    -------
    ndarray of float64, shape (n_facts,)
        In the order of inputs, then persons; in (0, 1].

    Raises
    ------
    ParameterError
        If the shapes differ, a score is nan, or an input has no true object.

    Examples
    --------
    >>> filtered_reciprocal_rank([[0.5, 0.7, 0.9], [0.5, 0.5, 0.1]], [[True, False, True], [True, False, False]])
    array([0.5       , 1.        , 0.66666667])
    """
    found, flags = _checked(scores, true)
    rows, columns = np.nonzero(flags)
    others = np.where(flags, np.nan, found)[rows]  # nothing is above or equal to nan
    own = found[rows, columns][:, None]
    ranks: Floats = 1 + (others > own).sum(axis=1) + (others == own).sum(axis=1) / 2
    return np.reciprocal(ranks)


def _edges(scores: npt.ArrayLike, true: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the lowest score of a true object and the highest of another person, for each input."""
    found, flags = _checked(scores, true)
    return np.where(flags, found, np.inf).min(axis=1), np.where(flags, -np.inf, found).max(axis=1)


def _checked(scores: npt.ArrayLike, true: npt.ArrayLike) -> tuple[npt.NDArray[Any], Bools]:
    found, flags = np.asarray(scores, dtype=np.float64), np.asarray(true, dtype=bool)
    if found.ndim != 2 or found.shape != flags.shape:
        raise ParameterError(
            f"scores of shape {found.shape} and truth of shape {flags.shape}; both are inputs × persons"
        )
    if np.isnan(found).any():
        raise ParameterError(
            f"scores of input {int(np.isnan(found).any(axis=1).argmax()) + 1} are nan; a method that diverged ranks "
            "nothing (-inf stands for a person that is not known)"
        )
    if not flags.any(axis=1).all():
        raise ParameterError(f"input {int(np.argmin(flags.any(axis=1))) + 1} has no true object")
    return found, flags
