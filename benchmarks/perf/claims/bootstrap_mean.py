"""The interval of a mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side

from claims import _bootstrap

WORK = "bootstrap interval of a mean, 10,000 resamples of 1,000 units"
PEER = "scipy.stats.bootstrap, vectorized"
prepare = _bootstrap.prepare


def ours(folder: Path) -> Iterator[object]:
    """Draw here."""
    from toolkit.stats import bootstrap_mean

    values, _ = _bootstrap.load(folder)
    yield
    found = bootstrap_mean(values, _bootstrap.RESAMPLES)
    yield
    yield [found.low, found.high]


def peer(folder: Path) -> Iterator[object]:
    """Draw with SciPy."""
    import numpy as np
    from scipy import stats

    values, _ = _bootstrap.load(folder)
    yield
    found = stats.bootstrap((values,), np.mean, n_resamples=_bootstrap.RESAMPLES, method="percentile", rng=0)
    yield
    yield list(map(float, found.confidence_interval))


def figures(ours: Side, peer: Side) -> list[Figure]:
    """No slower, and within a second."""
    return _bootstrap.figures(ours, peer, 1)
