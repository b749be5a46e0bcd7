"""Metrics of rankings that are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, close, faster
from scipy import sparse

WORK = "NDCG, precision, recall, hit rate and MRR at 10, MAP at 100, of 6,000 rankings of 100 of 3,700 items"
PEER = "ranx evaluate, once compiled"
NAMES = ["ndcg@10", "precision@10", "recall@10", "hit_rate@10", "mrr@10", "map@100"]
N_USERS, N_ITEMS, DEPTH = 6_000, 3_700, 100
REPEATS = 5


def prepare(folder: Path) -> None:
    """Draw rankings, and 5 to 60 relevant items a user, more of them among those ranked first."""
    rng = np.random.default_rng(0)
    ranked = rng.permuted(np.tile(np.arange(N_ITEMS, dtype=np.int32), (N_USERS, 1)), axis=1)
    relevant = np.zeros((N_USERS, N_ITEMS), dtype=bool)
    for user, size in enumerate(rng.integers(5, 61, N_USERS)):
        places = (N_ITEMS * rng.random(size) ** 3).astype(int)
        relevant[user, ranked[user, places]] = True
    np.save(folder / "ranked.npy", ranked[:, :DEPTH])
    sparse.save_npz(folder / "relevant.npz", sparse.csr_array(relevant))


def ours(folder: Path) -> Iterator[object]:
    """Score here."""
    from toolkit import metrics

    ranked, relevant = np.load(folder / "ranked.npy"), sparse.load_npz(folder / "relevant.npz")
    yield
    hits, counts = metrics.find_hits(ranked, relevant), np.diff(relevant.indptr)
    found = [
        metrics.ndcg_at_k(hits, counts),
        metrics.precision_at_k(hits),
        metrics.recall_at_k(hits, counts),
        metrics.hit_rate_at_k(hits),
        metrics.reciprocal_rank_at_k(hits),
        # ranx divides by all that is relevant, fewer here than ranks
        metrics.average_precision_at_k(hits, counts, DEPTH),
    ]
    means = {name: float(values.mean()) for name, values in zip(NAMES, found, strict=True)}
    yield
    yield means


def peer(folder: Path) -> Iterator[object]:
    """Score with ranx."""
    import ranx

    ranked, relevant = np.load(folder / "ranked.npy"), sparse.load_npz(folder / "relevant.npz")
    scores = np.arange(DEPTH, 0, -1)
    liked = np.split(relevant.indices, relevant.indptr[1:-1])
    qrels = ranx.Qrels({str(user): {str(item): 1 for item in items} for user, items in enumerate(liked)})
    run = ranx.Run({str(user): dict(zip(map(str, items), scores, strict=True)) for user, items in enumerate(ranked)})
    ranx.evaluate(qrels, run, NAMES)
    yield
    found = ranx.evaluate(qrels, run, NAMES)
    yield
    yield {name: float(value) for name, value in found.items()}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """No slower, the same numbers."""
    close(ours.answer, peer.answer, 1e-9)
    return [faster(ours, peer, 1)]
