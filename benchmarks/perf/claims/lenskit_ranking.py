"""NDCG and recall by LensKit's definitions, from the factors of its own model on MovieLens-100k."""

from __future__ import annotations

import os
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, close, faster

WORK = "NDCG@10 and recall@10 of 1,682 items for the 459 users of fold u1 of MovieLens-100k, 50 factors"
PEER = "LensKit recommend and RunAnalysis"
PEER_PYTHON = "PERF_LENSKIT_PYTHON"


def prepare(folder: Path) -> None:
    """Write the fold, and train LensKit's ALS in its own interpreter."""
    from toolkit import load_dataset

    for name, part in zip(("train", "test"), load_dataset("movielens-100k").split("u1"), strict=True):
        frame = part.to_frame().set_axis(["user_id", "item_id", "rating", "timestamp"], axis=1)
        frame[["user_id", "item_id", "rating"]].astype(int).to_csv(folder / f"{name}.csv", index=False)
    train = "import sys; from pathlib import Path; from claims.lenskit_ranking import train; train(Path(sys.argv[1]))"
    here = Path(__file__).parents[1]
    subprocess.run([os.environ[PEER_PYTHON], "-c", train, folder], cwd=here, check=True)


def train(folder: Path) -> None:
    """Train with LensKit; write the pipeline and its factors, in the order of their keys."""
    import pandas as pd
    from lenskit.als import ImplicitMFScorer
    from lenskit.data import from_interactions_df
    from lenskit.pipeline import topn_pipeline

    scorer = ImplicitMFScorer(embedding_size=50, epochs=5, user_embeddings="prefer")
    pipeline = topn_pipeline(scorer)
    pipeline.train(from_interactions_df(pd.read_csv(folder / "train.csv")))
    (folder / "pipeline.pickle").write_bytes(pickle.dumps(pipeline))
    fitted = pipeline.component("scorer")
    for name, keys, factors in (
        ("users", fitted.users, fitted.user_embeddings),
        ("items", fitted.items, fitted.item_embeddings),
    ):
        np.savez(folder / name, keys.ids(), np.asarray(factors))


def ours(folder: Path) -> Iterator[object]:
    """Rank and score here."""
    import pandas as pd
    from scipy import sparse

    from toolkit.metrics import DotProducts, ranking_means, ranking_scores

    (user_keys, users), (item_keys, items) = (np.load(folder / f"{name}.npz").values() for name in ("users", "items"))
    train, test = (pd.read_csv(folder / f"{name}.csv") for name in ("train", "test"))

    def cells(part: pd.DataFrame) -> sparse.csr_array:
        rows, columns = (
            pd.Index(user_keys).get_indexer(part["user_id"]),
            pd.Index(item_keys).get_indexer(part["item_id"]),
        )
        known = (rows >= 0) & (columns >= 0)
        return sparse.coo_array((known[known], (rows[known], columns[known])), shape=(len(users), len(items))).tocsr()

    seen, wanted = cells(train), cells(test)
    counts = test["user_id"].value_counts().reindex(user_keys, fill_value=0).to_numpy()  # with items not in training
    yield
    rows = np.flatnonzero(counts)
    found = ranking_scores(
        DotProducts(users[rows], items),
        wanted[rows],
        seen[rows],
        counts[rows],
        convention="lenskit",
        metrics=["ndcg@k", "recall@k"],
    )
    means = ranking_means(found, counts[rows], convention="lenskit")
    yield
    yield {name: mean.value for name, mean in means.items()}


def peer(folder: Path) -> Iterator[object]:
    """Rank and score with LensKit."""
    import pandas as pd
    from lenskit.batch import recommend
    from lenskit.data import ItemListCollection
    from lenskit.metrics import NDCG, Recall, RunAnalysis

    pipeline = pickle.loads((folder / "pipeline.pickle").read_bytes())  # noqa: S301 -- our own
    test = ItemListCollection.from_df(pd.read_csv(folder / "test.csv"), ["user_id"])
    yield
    recommended = recommend(pipeline, test, 10, n_jobs=1)
    found = RunAnalysis(NDCG(10), Recall(10)).measure(recommended, test).list_summary()["mean"]
    yield
    yield {name.lower(): float(value) for name, value in found.items()}


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Fifty times as fast, the same numbers."""
    close(ours.answer, peer.answer, 1e-6)
    return [faster(ours, peer, 50)]
