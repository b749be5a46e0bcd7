"""What the claims about ranking at the size of MovieLens-25M share: 20 million ratings to leave out, 5 to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

N_USERS, N_ITEMS, N_RATINGS, DIM = 162_000, 59_000, 25_000_000, 64


def prepare(folder: Path) -> None:
    """Write synthetic ratings, divided at random, and the factors that ALS learns from the training part."""
    from toolkit import ALS, synthetic_ratings

    train, test = synthetic_ratings(N_USERS, N_ITEMS, N_RATINGS).split("holdout")
    factors = ALS(embedding_dim=DIM, epochs=5, n_jobs=0).fit(train).factors_
    for name, part in (("train", train), ("test", test)):
        rows = train.user_keys.get_indexer(part.user_keys)[part.users]
        columns = train.item_keys.get_indexer(part.item_keys)[part.items]
        known = (rows >= 0) & (columns >= 0)
        cells = np.ones(int(known.sum()), dtype=np.float32), (rows[known], columns[known])
        sparse.save_npz(folder / name, sparse.csr_matrix(cells, shape=factors.matrix.shape), compressed=False)
    np.save(folder / "items.npy", factors.columns)
    np.save(folder / "users.npy", factors.rows)


def load(folder: Path) -> tuple[sparse.csr_matrix, sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Return the training and the test part, and the factors of users and items."""
    train, test = (sparse.csr_matrix(sparse.load_npz(folder / f"{name}.npz")) for name in ("train", "test"))
    return train, test, np.load(folder / "users.npy"), np.load(folder / "items.npy")


def seven_metrics(folder: Path, scores: Callable[[np.ndarray, np.ndarray], Any]) -> Iterator[object]:
    """Compute NDCG, recall, precision, MAP, hit rate, MRR and AUC, all at 10."""
    from toolkit.metrics import ranking_means, ranking_scores

    train, test, users, items = load(folder)
    yield
    wanted = np.flatnonzero(np.diff(test.indptr))
    relevant = test[wanted]
    found = ranking_scores(scores(users[wanted], items), relevant, train[wanted], convention="implicit")
    means = ranking_means(found, np.diff(relevant.indptr), convention="implicit")
    yield
    yield {name.removesuffix("@10"): mean.value for name, mean in means.items()}


def four_metrics(folder: Path) -> Iterator[object]:
    """Compute implicit's four, with a model of its own that has the same factors."""
    from implicit.cpu.matrix_factorization_base import MatrixFactorizationBase
    from implicit.evaluation import ranking_metrics_at_k
    from threadpoolctl import threadpool_limits

    class Given(MatrixFactorizationBase):
        fit = save = None

    train, test, users, items = load(folder)
    model = Given()
    model.user_factors, model.item_factors, model.num_threads = users, items, 0
    with threadpool_limits(1, "blas"):  # as implicit asks for: its own threads take turns otherwise
        yield
        found = ranking_metrics_at_k(model, train, test, K=10, show_progress=False)
        yield
    yield {name: float(value) for name, value in found.items()}
