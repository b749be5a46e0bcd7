"""What the AUC over the whole catalogue costs at the size of MovieLens-25M."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, close

from claims import _big_ranking

WORK = "AUC, MRR and five metrics of the first 10 of 59,000 items for 162,000 users, 64 factors"
PEER = "the same without AUC and MRR"
TOP = ["ndcg@k", "recall@k", "precision@k", "map@k", "hit_rate@k"]
REPEATS = 1
prepare = _big_ranking.prepare


def ours(folder: Path) -> Iterator[object]:
    """Rank and score with all metrics."""
    yield from _score(folder, [*TOP, "mrr", "auc"])


def peer(folder: Path) -> Iterator[object]:
    """Leave out what depends on the whole ranking."""
    yield from _score(folder, TOP)


def _score(folder: Path, metrics: list[str]) -> Iterator[object]:
    from toolkit.metrics import ranking_means, ranking_scores

    train, test, users, items = _big_ranking.load(folder)
    yield
    wanted = np.flatnonzero(np.diff(test.indptr))
    relevant, users = test[wanted], users[wanted]
    found = ranking_scores(lambda rows: users[rows] @ items.T, relevant, train[wanted], metrics=metrics)
    means = ranking_means(found, np.diff(relevant.indptr))
    yield
    yield {name: mean.value for name, mean in means.items()}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """How many times as long it takes; the metrics of the first ranks are the same."""
    close({name: ours.answer[name] for name in peer.answer}, peer.answer, 1e-12)
    return [Figure("the time", ours.seconds / peer.seconds, 4, at_least=False)]
