"""Is Spark's ALS the ALS of the library implicit? One start where both minimize the same, then MovieLens-100k.

    python benchmarks/perf/spark_agreement.py              # a minute; needs the extra spark, and Java

Both minimize ``sum c (p - x·y)² + penalties``, over all cells. Spark's confidence c is ``1 + alpha * r``, implicit's
``alpha * r``: for events of value 1, implicit's alpha is larger by 1. Spark's penalty is ``lambda (sum n_u |x_u|² +
sum n_i |y_i|²)``, implicit's ``lambda (sum |x_u|² + sum |y_i|²)``. Where every user has k ratings and every item m, the
two are one: multiply implicit's lambda by ``sqrt(k m)``, its users by ``(k / m) ** .25``, and divide its items by that.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

import toolkit as tk
from toolkit.adapters.factors import Factors
from toolkit.adapters.spark.session import session
from toolkit.metrics import linear_cka, neighbor_overlap, procrustes_distance
from toolkit.tasks import Subject, task_info

COPIES, ITEMS, EACH = 2, 40, 10  # users by COPIES * ITEMS, each of EACH items, so that an item has COPIES * EACH users


def even_events(random_state: int = 0) -> tk.Ratings:
    """Return events in which all users have equally many items, and all items equally many users."""
    rng = np.random.default_rng(random_state)
    rows = []
    for copy in range(COPIES):
        steps = rng.choice(ITEMS, EACH, replace=False)
        rows += [(copy * ITEMS + user, (user + step) % ITEMS) for user in range(ITEMS) for step in steps]
    return tk.Ratings.from_frame(pd.DataFrame(sorted(rows), columns=["user", "item"]), rating=None)


def penalties(model: Factors, spark: bool, regularization: float) -> tuple[float, float]:
    """Return the penalties of users and of items."""
    matrix = model.matrix
    found = []
    for codes, vectors in ((matrix.rows, model.rows), (matrix.columns, model.columns)):
        weights = np.bincount(codes, minlength=len(vectors)) if spark else np.ones(len(vectors))
        found.append(regularization * float(weights @ np.square(vectors.astype(np.float64)).sum(axis=1)))
    return found[0], found[1]


def error(model: Factors, confidence: float) -> float:
    """Return the weighted squared error over all cells, of which those that are there have one confidence."""
    x, y = model.rows.astype(np.float64), model.columns.astype(np.float64)
    scores = (x[model.matrix.rows] * y[model.matrix.columns]).sum(axis=1)
    seen = confidence * np.square(1 - scores).sum() - np.square(scores).sum()
    return float(seen + ((x.T @ x) * (y.T @ y)).sum())


def from_one_start(
    epochs: tuple[int, ...] = (1, 2, 10, 20), dim: int = 4, alpha: float = 9.0, regularization: float = 0.02
) -> pd.DataFrame:
    """Return what both minimize, and the largest difference of their factors, after numbers of epochs from one start.

    Spark takes no start: its users after one epoch are the start of the other, which learns items first if they are
    its users. `alpha` and `regularization` are Spark's.
    """
    data = even_events()
    matrix = data.matrix()
    stretch = COPIES**-0.25  # (k / m) ** .25
    penalty = regularization * EACH * COPIES**0.5  # sqrt(k m) times as much
    start = _spark(data, 1, dim, alpha, regularization).rows * stretch
    found = []
    for n in epochs:
        model = AlternatingLeastSquares(dim, penalty, alpha + 1, iterations=n, use_cg=False, num_threads=1)
        model.user_factors, model.item_factors = np.zeros((ITEMS, dim), np.float32), start.copy()
        model.fit(csr_matrix(matrix.csr.T, dtype=np.float32), show_progress=False)
        theirs = Factors(matrix, model.item_factors, model.user_factors)
        ours = _spark(data, n + 1, dim, alpha, regularization)
        apart = [np.abs(ours.rows * stretch - theirs.rows).max(), np.abs(ours.columns / stretch - theirs.columns).max()]
        of_ours = error(ours, 1 + alpha) + sum(penalties(ours, True, regularization))
        of_theirs = error(theirs, alpha + 1) + sum(penalties(theirs, False, penalty))
        found.append((n, of_ours, of_theirs, max(apart) / np.abs(theirs.rows).max()))
    return pd.DataFrame(found, columns=["epochs", "Spark's objective", "implicit's", "factors apart"]).set_index(
        "epochs"
    )


def _spark(data: tk.Ratings, epochs: int, dim: int, alpha: float, regularization: float) -> Factors:
    return tk.SparkALS(embedding_dim=dim, epochs=epochs, alpha=alpha, regularization=regularization).fit(data).factors_


def on_movielens(dim: int, epochs: int, alpha: float, regularization: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores and objectives of two seeds of each on fold u1 as events, and how far pairs of them agree.

    `alpha` and `regularization` are implicit's; Spark's are chosen as `SparkALS` says.
    """
    ratings = tk.load_dataset("movielens-100k")
    parts = [replace(part, values=np.ones(len(part)), explicit=False, scale=(1.0, 1.0)) for part in ratings.split("u1")]
    train = parts[0]
    of_spark = regularization * np.sqrt(len(train.user_keys) * len(train.item_keys)) / len(train)
    given = {"embedding_dim": dim, "epochs": epochs}
    fitted: dict[str, tk.ALS | tk.SparkALS] = {}
    for seed in (0, 1):
        als = tk.ALS(alpha=alpha, regularization=regularization, random_state=seed, **given)
        fitted[f"implicit {seed}"] = als.fit(train)
        spark = tk.SparkALS(alpha=alpha - 1, regularization=of_spark, random_state=seed, **given)
        fitted[f"Spark {seed}"] = spark.fit(train)
    scores = {name: _scores(model, parts, alpha, (regularization, of_spark)) for name, model in fitted.items()}
    pairs = [("implicit 0", "implicit 1"), ("Spark 0", "Spark 1"), ("implicit 0", "Spark 0"), ("implicit 1", "Spark 1")]
    agreement = {f"{one}, {other}": _agreement(fitted[one], fitted[other]) for one, other in pairs}
    return pd.DataFrame(scores).T, pd.DataFrame(agreement).T


def _scores(
    model: tk.ALS | tk.SparkALS, parts: list[tk.Ratings], alpha: float, penalty: tuple[float, float]
) -> dict[str, float]:
    """Return ranking scores, and both objectives where users and items are stretched as suits each best."""
    subject = Subject("ALS", model.embeddings_, model, *parts)
    found = {score.metric: score.value for score in task_info("ranking").function(subject) if score.readout == "native"}
    for name, spark in (("implicit's objective", False), ("Spark's objective", True)):
        of_users, of_items = penalties(model.factors_, spark, penalty[spark])
        found[name] = error(model.factors_, alpha) + 2 * np.sqrt(of_users * of_items)
    return found


def _agreement(one: tk.ALS | tk.SparkALS, other: tk.ALS | tk.SparkALS) -> dict[str, float]:
    first, second = one.embedding().vectors, other.embedding().vectors
    return {
        "linear CKA": linear_cka(first, second),
        "10 neighbours shared": neighbor_overlap(first, second),
        "Procrustes distance": procrustes_distance(first, second),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--dim", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--alpha", type=float, default=10.0, help="implicit's")
    parser.add_argument("--regularization", type=float, default=10.0, help="implicit's")
    arguments = parser.parse_args()
    with session(), threadpool_limits(1):
        for table in (from_one_start(), *on_movielens(**vars(arguments))):
            sys.stdout.write(table.to_string(float_format="{:.6g}".format) + "\n\n")
