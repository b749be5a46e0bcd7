"""Top-k metrics at the size of MovieLens-25M, from scores that no factors are known of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, close, faster

from claims import _big_ranking

WORK = "seven metrics of the first 10 of 59,000 items for 162,000 users, from all their scores"
PEER = "implicit ranking_metrics_at_k, four metrics"
prepare = _big_ranking.prepare


def ours(folder: Path) -> Iterator[object]:
    """Rank and score here, from every score, as for a method that only gives scores."""
    yield from _big_ranking.seven_metrics(folder, lambda users, items: lambda rows: users[rows] @ items.T)


def peer(folder: Path) -> Iterator[object]:
    """Rank and score with implicit."""
    yield from _big_ranking.four_metrics(folder)


def figures(ours: Side, peer: Side) -> list[Figure]:
    """No slower, with three metrics more."""
    close({name: ours.answer[name] for name in peer.answer}, peer.answer, 1e-6)
    return [faster(ours, peer, 1)]
