"""Top-k metrics at the size of MovieLens-25M, by implicit's definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, close, faster

from claims import _big_ranking

WORK = "seven metrics of the first 10 of 59,000 items for 162,000 users, 64 factors"
PEER = "implicit ranking_metrics_at_k, four metrics"
prepare = _big_ranking.prepare


def ours(folder: Path) -> Iterator[object]:
    """Rank and score here: NDCG, recall, precision, MAP, hit rate, MRR and AUC, all at 10."""
    from toolkit.metrics import ranking_means, ranking_scores

    train, test, users, items = _big_ranking.load(folder)
    yield
    wanted = np.flatnonzero(np.diff(test.indptr))
    relevant, users = test[wanted], users[wanted]
    found = ranking_scores(lambda rows: users[rows] @ items.T, relevant, train[wanted], convention="implicit")
    means = ranking_means(found, np.diff(relevant.indptr), convention="implicit")
    yield
    yield {name.removesuffix("@10"): mean.value for name, mean in means.items()}


def peer(folder: Path) -> Iterator[object]:
    """Rank and score with implicit, on a model that has the same factors."""
    from implicit.cpu.matrix_factorization_base import MatrixFactorizationBase
    from implicit.evaluation import ranking_metrics_at_k
    from threadpoolctl import threadpool_limits

    class Given(MatrixFactorizationBase):
        fit = save = None

    train, test, users, items = _big_ranking.load(folder)
    model = Given()
    model.user_factors, model.item_factors, model.num_threads = users, items, 0
    with threadpool_limits(1, "blas"):  # as implicit asks for: its own threads take turns otherwise
        yield
        found = ranking_metrics_at_k(model, train, test, K=10, show_progress=False)
        yield
    yield {name: float(value) for name, value in found.items()}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """No slower, with three metrics more."""
    close({name: ours.answer[name] for name in peer.answer}, peer.answer, 1e-6)
    return [faster(ours, peer, 1)]
