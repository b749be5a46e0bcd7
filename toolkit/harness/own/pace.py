"""How fast the machine is at the moment, beside the one on which costs were measured."""

from __future__ import annotations

import time

import numpy as np

NUMBERS, TIMES = 1_500_000, 3  # that are sorted, and how often: long enough for a busy machine to show
REFERENCE = 0.125  # processor seconds that one time took where costs were measured
MOST = 3.0  # a machine that is busier now may not stay so, and a fit that takes too long is ended in any case


def slowness() -> float:
    """Return how many times longer work takes here and now: 1 where costs were measured, or faster; at most 3.

    A slower processor and one that is busy with other things both show in the time on the wall.
    """
    numbers = np.random.default_rng(0).random(NUMBERS)
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        np.sort(numbers, kind="stable")
        took.append(time.perf_counter() - started)
    return min(max(float(np.median(took)) / REFERENCE, 1.0), MOST)
