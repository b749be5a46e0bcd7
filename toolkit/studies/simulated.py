"""Simulated scores of methods whose true difference is known: what tests of differences are tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.stats import Parts, Sample
from toolkit.stats.samples import Statistic

Floats: TypeAlias = npt.NDArray[np.float64]
Lists = tuple[Floats, Floats]  # shapes (folds, tables, entries, units) and (folds, tables, units)
FOLDS = 5


@dataclass(frozen=True)
class World:
    """Where scores come from.

    Parameters
    ----------
    name : str
        What is scored.
    unit : str
        What is drawn anew from one simulation to the next.
    statistic : str
        How a figure is made of the units.
    draw : callable
        ``draw(rng, n_tables, n_units, shifts, odd)``: the two lists of `Sample` for tables of as many entries as there
        are shifts. A shift makes an entry better; an entry that is odd has scores of another distribution.
    """

    name: str
    unit: str
    statistic: Statistic
    draw: Callable[[np.random.Generator, int, int, Floats, npt.NDArray[np.bool_]], Lists]

    def entries(
        self, rng: np.random.Generator, n_tables: int, n_units: int, shifts: Sequence[float], odd: Sequence[bool]
    ) -> list[Parts]:
        """Return the figures of some tables: all entries of the first, then those of the next."""
        firsts, seconds = self.draw(rng, n_tables, n_units, np.asarray(shifts)[:, None], np.asarray(odd)[:, None])
        units = pd.RangeIndex(n_units)
        return [
            [
                Sample(self.statistic, units, first[table, entry], second[table])
                for first, second in zip(firsts, seconds, strict=True)
            ]
            for table in range(n_tables)
            for entry in range(len(shifts))
        ]


def _rankings(rng: np.random.Generator, tables: int, n: int, shifts: Floats, odd: npt.NDArray[np.bool_]) -> Lists:
    """Draw scores such as NDCG: in [0, 1], two thirds of them 0, users who are easy for one method easy for others.

    An odd method is bolder: more often 0, and higher where it is not.
    """
    users, own = rng.normal(size=(tables, 1, n)), rng.normal(size=(tables, len(shifts), n))
    raw = 0.7 * users + np.where(odd, 1.2, 0.7) * own + shifts
    return (np.clip(raw - 0.4, 0, 2) / 2)[None], np.ones((1, tables, n))


def _ratings(rng: np.random.Generator, tables: int, n: int, shifts: Floats, odd: npt.NDArray[np.bool_]) -> Lists:
    """Draw sums of squared errors in five folds, of users with 20 to 720 ratings, about as in MovieLens-100k.

    An error is what no method could know, of a size that differs between users, and what this method gets wrong with
    this user. With an odd method that is much with a few users, and little with the others.
    """
    totals = 20 + np.minimum(rng.lognormal(3.7, 1.2, size=(tables, n)), 700).astype(int)
    counts = rng.multinomial(totals, [1 / FOLDS] * FOLDS)
    cases = np.moveaxis(counts, -1, 0).astype(float)
    noise = 0.75 * rng.lognormal(-0.08, 0.4, size=(tables, n)) * 2 * rng.standard_gamma(cases / 2)
    shape = np.where(odd, 0.3, 2.0)
    own = 0.15 * np.exp(-shifts) * rng.standard_gamma(shape, size=(tables, len(shifts), n)) / shape + 1e-9
    cases_, noise_ = cases[:, :, None], noise[:, :, None]
    # the sum of squares of noise and own error together: noncentral chi-squared, given the noise
    along = (rng.normal(size=(FOLDS, *own.shape)) + np.sqrt(noise_ / own)) ** 2
    across = 2 * rng.standard_gamma(np.broadcast_to(np.maximum(cases_ - 1, 0) / 2, along.shape))
    return np.where(cases_ > 0, own * (along + across), 0.0), cases


def _pairs(rng: np.random.Generator, tables: int, n: int, shifts: Floats, odd: npt.NDArray[np.bool_]) -> Lists:
    """Draw judgements in half points from 0 to 10, and cosines that miss some of what they are about.

    Some of that is missed by all methods. An odd one is good for most pairs and far off for a fifth of them.
    """
    meant = rng.normal(size=(tables, 1, n))
    judged = np.round(2 * np.clip(5 + 2.2 * meant + 0.8 * rng.normal(size=meant.shape), 0, 10)) / 2
    rare = odd & (rng.random((tables, len(shifts), n)) < 0.2)
    own = np.where(odd, np.where(rare, 2.0, 0.4), 0.7) * rng.normal(size=(tables, len(shifts), n))
    return ((1 + shifts) * meant + 0.7 * rng.normal(size=meant.shape) + own)[None], judged[None, :, 0]


def _questions(rng: np.random.Generator, tables: int, n: int, shifts: Floats, odd: npt.NDArray[np.bool_]) -> Lists:
    """Draw right and wrong answers; an odd method fails at other questions than the rest."""
    easy, own = rng.normal(size=(tables, 1, n)), rng.normal(size=(tables, len(shifts), n))
    raw = np.where(odd, 0.3, 0.8) * easy + np.where(odd, 0.95, 0.6) * own + shifts
    return (raw > 0.25).astype(float)[None], np.ones((1, tables, n))


WORLDS = (
    World("rankings", "users", "mean", _rankings),
    World("ratings", "users", "root-mean", _ratings),
    World("word pairs", "pairs", "spearman", _pairs),
    World("questions", "questions", "mean", _questions),
)
