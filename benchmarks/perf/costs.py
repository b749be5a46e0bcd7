"""What a first look at ratings costs: seconds of one fit for a million ratings, for `toolkit.harness.own.methods`.

Two fits run at a time, each on one thread, as in a run on two cores.

    python benchmarks/perf/costs.py                        # a million synthetic ratings: a quarter of an hour
    python benchmarks/perf/costs.py --ratings 5000000 --only pca --only als
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from threadpoolctl import threadpool_limits

from toolkit import make_embedder
from toolkit.data import synthetic_ratings
from toolkit.data.staged import open_staged, stage
from toolkit.harness.own.methods import DIMS, RATINGS, Method

DIM = 50
HISTORY = 150  # ratings of the average user


def seconds(path: Path, method: Method) -> float:
    """Return how long one fit takes."""
    given = {"embedding_dim": DIMS.get(method.name, DIM), **method.params}
    given |= {"epochs": method.epochs[0]} if method.epochs else {}
    known = make_embedder(method.name).get_params(deep=False)
    embedder = make_embedder(method.name, **{name: value for name, value in given.items() if name in known})
    data = open_staged(path)
    with threadpool_limits(1):
        embedder.clone().fit(synthetic_ratings(500, 300, 10_000))  # so that libraries are imported
        started = time.perf_counter()
        embedder.fit(data)
        return time.perf_counter() - started


def measured(n: int, methods: list[Method]) -> Iterator[tuple[Method, float]]:
    """Yield each method with its seconds for a million ratings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ratings.arrow")
        data = synthetic_ratings(n // HISTORY, int(4 * n**0.5), n, scale=(1, 5), step=1)
        stage(data, path)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            for method, took in zip(methods, pool.map(partial(seconds, path), methods), strict=True):
                yield method, took / n * 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--ratings", type=int, default=1_000_000)
    parser.add_argument("--only", action="append", help="a label, as a report shows it")
    arguments = parser.parse_args()
    chosen = [method for method in RATINGS if not arguments.only or method.shown in arguments.only]
    for method, cost in measured(arguments.ratings, chosen):
        sys.stdout.write(f"{method.shown:22} {cost:8.1f} s, now {method.cost:g}\n")
        sys.stdout.flush()
