"""How fast the machine is at the moment, beside the one on which costs were measured."""

from __future__ import annotations

import time

import numpy as np

NUMBERS = 3_000_000  # that are sorted: long enough for a busy machine to show
REFERENCE = 0.25  # processor seconds that it took where costs were measured
MOST = 10.0  # what lies above is a hiccup


def slowness() -> float:
    """Return how many times longer work takes here and now: 1 where costs were measured, or faster; at most 10.

    A slower processor and one that is busy with other things both show in the time on the wall.
    """
    numbers = np.random.default_rng(0).random(NUMBERS)
    started = time.perf_counter()
    np.sort(numbers, kind="stable")
    return min(max((time.perf_counter() - started) / REFERENCE, 1.0), MOST)
