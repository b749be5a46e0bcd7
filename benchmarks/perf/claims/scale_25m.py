"""25 million ratings, as many as MovieLens-25M has: from the file to the judgement, against the training alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from claim import Figure, Side, same

WORK = "25,000,000 ratings: read, split, fit ALS (64 factors, 15 iterations), six metrics at 10"
PEER = "implicit AlternatingLeastSquares.fit alone"
REPEATS = 1
USERS, ITEMS, RATINGS = 162_000, 59_000, 25_000_000
FACTORS, ITERATIONS = 64, 15
METRICS = ["ndcg@k", "recall@k", "precision@k", "map@k", "hit_rate@k", "mrr@k"]


def prepare(folder: Path) -> None:
    """Write the ratings."""
    import pyarrow as pa
    from pyarrow import csv

    from toolkit import synthetic_ratings

    frame = synthetic_ratings(USERS, ITEMS, RATINGS).to_frame().astype({"user": int, "item": int})
    csv.write_csv(pa.Table.from_pandas(frame), folder / "ratings.csv")


def ours(folder: Path) -> Iterator[object]:
    """Go all the way."""
    import implicit.cpu.als  # noqa: F401  # imported on the peer's side too

    from toolkit import ALS, load_ratings
    from toolkit.tasks import Subject, task_info

    yield
    train, test = load_ratings(folder / "ratings.csv").split("holdout")
    als = ALS(embedding_dim=FACTORS, epochs=ITERATIONS, n_jobs=0).fit(train)
    subject = Subject("ALS", als.embeddings_, als, train, test)
    ranking = task_info("ranking").function(subject, readouts=["native"], metrics=METRICS)
    scores = {score.metric: score.value for score in ranking}
    yield
    yield {"factors": _digest(als.factors_.rows, als.factors_.columns), "ndcg@10": scores["ndcg@10"]}


def peer(folder: Path) -> Iterator[object]:
    """Fit only."""
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    from toolkit import load_ratings

    cells = csr_matrix(load_ratings(folder / "ratings.csv").split("holdout")[0].matrix().csr, dtype=np.float32)
    with threadpool_limits(1, "blas"):  # as implicit asks for
        model = AlternatingLeastSquares(factors=FACTORS, iterations=ITERATIONS, random_state=0, num_threads=0)
        yield
        model.fit(cells, show_progress=False)
        yield
    yield {"factors": _digest(model.user_factors, model.item_factors)}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """At most 1.4 times as long, in at most 8 GiB; the same factors to the last bit."""
    same(ours.answer["factors"], peer.answer["factors"], "factors")
    return [
        Figure("of its time", ours.seconds / peer.seconds, 1.4, at_least=False),
        Figure("peak", ours.peak_mib / 1024, 8, at_least=False, unit="GiB"),
    ]


def _digest(*arrays: object) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())
    return digest.hexdigest()
