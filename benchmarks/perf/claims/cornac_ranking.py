"""Cornac's seven metrics of a matrix factorization and of BPR on MovieLens-100k, from the models' factors."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from claim import Figure, Side, close, faster
from scipy import sparse

WORK = "MAE, RMSE, AUC, MAP, NDCG@10, precision@10 and recall@10 of MF and of BPR on MovieLens-100k"
PEER = "cornac Experiment, its test part"
LIKED = 4
REPEATS = 9
NAMES = {"AUC": "auc", "MAP": "map", "NDCG@10": "ndcg@10", "Precision@10": "precision@10", "Recall@10": "recall@10"}


def prepare(folder: Path) -> None:
    """Divide the ratings and train both models with cornac; write factors and cells."""
    import cornac

    from toolkit import load_dataset

    frame = load_dataset("movielens-100k").to_frame()[["user", "item", "rating"]]
    method = cornac.eval_methods.RatioSplit(
        list(frame.itertuples(index=False, name=None)), test_size=0.2, rating_threshold=LIKED, seed=123
    )
    models = [
        cornac.models.MF(k=10, max_iter=25, learning_rate=0.01, lambda_reg=0.02, use_bias=True, seed=123),
        cornac.models.BPR(k=10, max_iter=200, learning_rate=0.001, lambda_reg=0.01, seed=123),
    ]
    for model in models:
        model.fit(method.train_set)
    (folder / "cornac.pickle").write_bytes(pickle.dumps((method, models)))
    for name, part in (("train", method.train_set), ("test", method.test_set)):
        np.savez(folder / name, *part.uir_tuple)
    mf, bpr = models
    np.savez(folder / "MF", mf.u_factors, mf.i_factors, np.float32(mf.global_mean) + mf.u_biases, mf.i_biases)
    np.savez(folder / "BPR", bpr.u_factors, bpr.i_factors, np.zeros_like(bpr.u_factors[:, 0]), bpr.i_biases)


def ours(folder: Path) -> Iterator[object]:
    """Evaluate here."""
    from toolkit.data.dots import dots
    from toolkit.metrics import DotProducts, mae_user, ranking_means, ranking_scores, rmse_user

    train, test, *models = (list(np.load(folder / f"{name}.npz").values()) for name in ("train", "test", "MF", "BPR"))
    owners, columns, ratings = test
    shape = len(models[0][0]), len(models[0][1])
    rated = [sparse.csr_array((part[2], (part[0], part[1])), shape=shape) for part in (test, train)]
    yield
    relevant, removed = (sparse.csr_array(part >= LIKED) for part in rated)
    rows = np.flatnonzero(np.diff(relevant.indptr))
    relevant, removed = relevant[rows], removed[rows]
    found = {}
    for name, (users, items, user_bias, item_bias) in zip(("MF", "BPR"), models, strict=True):
        scores = DotProducts(
            np.column_stack([users, np.ones_like(user_bias)])[rows], np.column_stack([items, item_bias])
        )
        of_users = ranking_scores(scores, relevant, removed, convention="cornac")
        means = ranking_means(of_users, np.diff(relevant.indptr), convention="cornac")
        predicted = np.clip(dots(users, owners, items, columns) + user_bias[owners] + item_bias[columns], 1, 5)
        values = {known: means[known].value for known in NAMES.values()}
        values |= {"rmse": rmse_user(ratings, predicted, owners), "mae": mae_user(ratings, predicted, owners)}
        found |= {f"{name} {metric}": value for metric, value in values.items()}
    yield
    yield found


def peer(folder: Path) -> Iterator[object]:
    """Evaluate with cornac, as its Experiment does once a model is fitted."""
    from cornac import metrics

    method, models = pickle.loads((folder / "cornac.pickle").read_bytes())  # noqa: S301 -- our own
    ratings = [metrics.MAE(), metrics.RMSE()]
    rankings = [metrics.AUC(), metrics.MAP(), metrics.NDCG(k=10), metrics.Precision(k=10), metrics.Recall(k=10)]
    yield
    results = [
        method.eval(model, method.train_set, method.test_set, None, LIKED, True, True, ratings, rankings, verbose=False)
        for model in models
    ]
    yield
    names = NAMES | {"RMSE": "rmse", "MAE": "mae"}
    yield {
        f"{result.model_name} {names[metric]}": float(value)
        for result in results
        for metric, value in result.metric_avg_results.items()
    }


def figures(ours: Side, peer: Side) -> list[Figure]:
    """Fifty times as fast, the same numbers."""
    close(ours.answer, peer.answer, 1e-6)
    return [faster(ours, peer, 50)]
