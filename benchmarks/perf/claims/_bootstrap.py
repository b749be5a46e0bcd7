"""What the claims about intervals share: 1,000 units, 10,000 resamples, and SciPy's bootstrap of the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from claim import DisagreementError, Figure, Side, faster

UNITS, RESAMPLES = 1_000, 10_000
TOLERANCE = 0.06  # of the width: two sets of 10,000 resamples


def prepare(folder: Path) -> None:
    """Draw two lists that have to do with each other."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=UNITS)
    np.savez(folder / "lists.npz", first=first, second=np.round(first + rng.normal(size=UNITS), 1))


def load(folder: Path) -> tuple[Any, Any]:
    """Return the two lists."""
    with np.load(folder / "lists.npz") as lists:
        return lists["first"], lists["second"]


def figures(ours: Side, peer: Side, goal: float) -> list[Figure]:
    """Refuse intervals that differ; the speed, and the time itself.

    Raises
    ------
    DisagreementError
        If the ends differ by more than other resamples explain.
    """
    (low, high), theirs = ours.answer, peer.answer
    if any(abs(a - b) > TOLERANCE * (high - low) for a, b in zip((low, high), theirs, strict=True)):
        raise DisagreementError(f"the interval is {ours.answer} here, {peer.answer} there")
    return [faster(ours, peer, goal), Figure("time", ours.seconds, 1, at_least=False, unit="s")]
