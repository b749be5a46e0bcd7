"""How often intervals and tests are right, on simulated scores whose true difference is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.stats.bootstrap import resampled
from toolkit.stats.contributions import contributions
from toolkit.stats.intervals import percentiles, wilson_interval
from toolkit.stats.paired import holm
from toolkit.stats.permutation import p_values
from toolkit.stats.samples import Floats, Layout, lay_out
from toolkit.studies.base import Evidence, Tables, study
from toolkit.studies.simulated import WORLDS, World

LEVEL = 0.95
RESAMPLES, SIGNS = 300, 1_999  # fewer than where one table counts: what they add averages out over thousands
SIGNS_PER_PAIR = 50  # for Holm's procedure: the least p is then well below 5 % by the number of pairs
CELLS = 40_000  # units times entries of a batch of simulations
REFERENCE, TRUTH_SEED = 400_000, 20_261  # units times entries from which true values are taken
SHIFTS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # between which true differences are interpolated


@study(
    "calibration",
    "Can the intervals and tests be relied on?",
    {
        "simulations": Allowed(int, 20),
        "sizes": Allowed(int, 10, several=True),
        "entries": Allowed(int, 3, several=True),
        "effects": Allowed(float, 0, several=True),
        "table_size": Allowed(int, 10),
        "power_simulations": Allowed(int, 20),
    },
)
def calibrate(
    evidence: Evidence,
    *,
    simulations: int = 5_400,
    sizes: Sequence[int] = (50, 200, 1_000),
    entries: Sequence[int] = (5, 16),
    table_size: int = 200,
    effects: Sequence[float] = (1, 2, 3, 4),
    power_simulations: int = 2_000,
) -> Tables:
    """Count how often tests reject and intervals cover, where it is known whether there is a difference.

    Parameters
    ----------
    evidence : Evidence
        Its seed alone is used.
    simulations : int, default 5,400
        Of each row; the standard error of a rate of 5 % is then .3 %.
    sizes : sequence of int
        Numbers of units.
    entries : sequence of int
        Numbers of entries of the tables in which every one is compared with every other.
    table_size : int, default 200
        Units of these tables.
    effects : sequence of float
        True differences, by the standard error that the difference has with so many units.
    power_simulations : int, default 2,000
        Of each true difference.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``null``: how often two methods without a true difference are told apart, by the permutation test and by the
        paired bootstrap interval, and how often the interval of a figure holds the true one; ``tables``: how often any
        two of many methods are told apart, and how often the best is not among those tied for it; ``power``: how often
        a true difference is found. All rates with Wilson intervals.
    """
    truths = [truth_of(world) for world in WORLDS]
    seeds = iter(np.random.SeedSequence(evidence.seed).generate_state(1_000).tolist())
    pairs = [(truth, n, odd) for truth in truths for odd in (False, True) for n in sizes]
    tables = [(truth, k, best) for truth in truths[:3:2] for k in entries for best in (0.0, 1.0)]
    powers = [
        (truth, n, effect)
        for truth in truths
        for n in sizes
        for effect in effects
        if truth.error(n) * effect <= truth.most  # with few units, no method could be so much better
    ]
    return {
        "null": pd.DataFrame([_pair_rates(*pair, simulations, next(seeds)) for pair in pairs]),
        "tables": pd.DataFrame([_table_rates(*table, table_size, simulations, next(seeds)) for table in tables]),
        "power": pd.DataFrame([_power(*power, power_simulations, next(seeds)) for power in powers]),
    }


class Truth:
    """True figures of a world, from so many units that their own error does not count.

    Parameters
    ----------
    world : World
        Where scores come from.
    """

    def __init__(self, world: World) -> None:
        from scipy.optimize import brentq

        self.world = world
        layout = self._layout([0.0, 0.0], [False, False])
        self.value = float(layout.values[0])
        self.deviation = float(np.diff(contributions(layout), axis=1).std())
        self.balance = float(brentq(lambda shift: self._apart([0.0, shift], [False, True])[1], -0.8, 0.8, xtol=1e-3))
        self._gains = np.abs(self._apart(SHIFTS, [False] * len(SHIFTS)))

    def _layout(self, shifts: Sequence[float], odd: Sequence[bool]) -> Layout:
        rng, n = np.random.default_rng(TRUTH_SEED), REFERENCE // len(shifts)
        return lay_out(self.world.entries(rng, 1, n, shifts, odd))

    def _apart(self, shifts: Sequence[float], odd: Sequence[bool]) -> Floats:
        values = self._layout(shifts, odd).values
        return np.asarray(values - values[0])

    @property
    def most(self) -> float:
        """The largest difference that a shift makes."""
        return float(self._gains[-1])

    def error(self, n: int) -> float:
        """Return the standard error of the difference of two entries that are alike, over n units."""
        return self.deviation / math.sqrt(n)

    def shift(self, difference: float) -> float:
        """Return the shift that makes an entry better by some difference, or by the most that is possible."""
        return float(np.interp(difference, self._gains, SHIFTS))


truth_of = cache(Truth)  # it takes seconds, and is always the same


def _batches(
    world: World, simulations: int, n: int, shifts: Sequence[float], odd: Sequence[bool], seed: int
) -> Iterator[tuple[int, Layout, Floats]]:
    """Yield seeds, layouts and contributions of so many tables that they fit into memory."""
    rng = np.random.default_rng(seed)
    step = max(1, CELLS // (n * len(shifts)))
    for start in range(0, simulations, step):
        layout = lay_out(world.entries(rng, min(step, simulations - start), n, shifts, odd))
        yield seed + start, layout, contributions(layout)


def _pair_rates(truth: Truth, n: int, odd: bool, simulations: int, seed: int) -> dict[str, Any]:
    """Return how often two entries of the same true value are told apart, and the intervals hold that value."""
    shifts = [0.0, truth.balance if odd else 0.0]
    rejected, apart, covered = [], [], []
    for state, layout, units in _batches(truth.world, simulations, n, shifts, [False, odd], seed):
        first, second = np.arange(units.shape[1]).reshape(-1, 2).T
        rejected.append(p_values(units, first, second, SIGNS, state) <= 1 - LEVEL)
        drawn = resampled(layout, RESAMPLES, state)
        low, high = percentiles(drawn[first] - drawn[second], LEVEL, "weibull")
        apart.append((low > 0) | (high < 0))
        low, high = percentiles(drawn[second], LEVEL, "weibull")
        covered.append((low <= truth.value) & (truth.value <= high))
    return {
        **_named(truth, n),
        "alike": not odd,
        "simulations": simulations,
        **_rate("permutation", rejected),
        **_rate("bootstrap", apart),
        **_rate("coverage", covered),
    }


def _table_rates(truth: Truth, k: int, best: float, n: int, simulations: int, seed: int) -> dict[str, Any]:
    """Return how often any two of many equal entries are told apart, and the first from the one that looks best.

    Where `best` is not 0 the first is better than the others by as many standard errors.
    """
    shifts = [truth.shift(best * truth.error(n)), *[0.0] * (k - 1)]
    first, second = np.triu_indices(k, 1)
    sign = -1 if truth.world.statistic == "root-mean" else 1
    wrong, dropped = [], []
    for state, layout, units in _batches(truth.world, simulations, n, shifts, [False] * k, seed):
        starts = np.arange(0, units.shape[1], k)[:, None]
        left, right = ((starts + side).ravel() for side in (first, second))
        draws = max(SIGNS, SIGNS_PER_PAIR * len(first))
        p = p_values(units, left, right, draws, state, SIGNS // 2).reshape(-1, len(first))
        told = np.array([holm(row) for row in p]) <= 1 - LEVEL
        wrong.append(np.asarray((told & ((first > 0) | (best == 0))).any(axis=1)))
        top = np.argmax(sign * layout.values.reshape(-1, k), axis=1)
        dropped.append(np.asarray((told & (first == 0) & (second == top[:, None])).any(axis=1)))
    return {
        **_named(truth, n),
        "entries": k,
        "ahead": best,
        "simulations": simulations,
        **_rate("wrong", wrong),
        **_rate("dropped", dropped),
    }


def _power(truth: Truth, n: int, effect: float, simulations: int, seed: int) -> dict[str, Any]:
    """Return how often a difference of so many standard errors is found, and how often it should be."""
    difference = effect * truth.error(n)
    found = []
    for state, _, units in _batches(truth.world, simulations, n, [truth.shift(difference), 0.0], [False, False], seed):
        first, second = np.arange(units.shape[1]).reshape(-1, 2).T
        found.append(p_values(units, first, second, SIGNS, state) <= 1 - LEVEL)
    return {
        **_named(truth, n),
        "effect": effect,
        "difference": difference,
        "simulations": simulations,
        **_rate("found", found),
    }


def _named(truth: Truth, n: int) -> dict[str, Any]:
    world = truth.world
    return {"scores": world.name, "unit": world.unit, "statistic": world.statistic, "n": n}


def _rate(name: str, hits: Sequence[npt.NDArray[np.bool_]]) -> dict[str, float]:
    """Return a rate with the ends of its interval."""
    every = np.concatenate(hits)
    low, rate, high = wilson_interval(int(every.sum()), len(every))
    return {name: rate, f"{name}_low": low, f"{name}_high": high}
