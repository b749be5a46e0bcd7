"""What each step costs for a rating, a user or an item, and what that comes to at a billion ratings.

    python benchmarks/perf/scale.py                                       # ten minutes
    python benchmarks/perf/scale.py --sizes 250000 1000000 --repeats 3 --only read --only als

Synthetic ratings in the proportions of the target: ten ratings a user, a hundred an item. Each step runs in a process
of its own, on one thread, after what it needs is there. Seconds are those of a processor, as others may use the machine
too. The median at the largest size is taken as the cost of a unit; the growth is the exponent between the smallest and
the largest size: 1 means that the unit is right. Memory is the most that was held above what the process held before,
so without the ratings themselves; Linux counts it. It goes by ratings, keys or items: those are the bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from side import memory_mib, warm

RATINGS, USERS, ITEMS = 10**9, 10**8, 10**7
DIM = 64
JUDGED = 1_000  # users for whom the catalogue is ranked; 20,000 at the target
Work = Callable[[Path], Iterator[None]]
UNITS: dict[str, Callable[[int], float]] = {
    "rating": lambda n: n,
    "key": lambda n: n * (USERS + ITEMS) / RATINGS,
    "item": lambda n: n * ITEMS / RATINGS,
    "judged user": lambda n: 20_000 if n == RATINGS else JUDGED,
    "judged user × item": lambda n: (20_000 if n == RATINGS else JUDGED) * n * ITEMS / RATINGS,
    "item²": lambda n: (n * ITEMS / RATINGS) ** 2,
}


@dataclass(frozen=True)
class Step:
    """A step, what its time is counted by, its work, and what its memory is counted by where that is something else.

    The work is a generator that yields when all is there, and when it is done.
    """

    unit: str
    work: Work
    held_by: str = ""


def data_of(folder: Path) -> Any:
    """Return the staged ratings."""
    from toolkit.data.staged import open_staged

    return open_staged(folder / "ratings.arrow")


def read(folder: Path) -> Iterator[None]:
    """Read and index a CSV file."""
    from toolkit import load_ratings

    yield
    kept = load_ratings(folder / "ratings.csv")
    yield
    del kept


def on_ratings(function: Callable[[Any, Path], object]) -> Work:
    """Return work on the ratings."""

    def work(folder: Path) -> Iterator[None]:
        data = data_of(folder)
        yield
        kept = function(data, folder)
        yield
        del kept

    return work


def staged(data: Any, folder: Path) -> object:
    """Write the file that trials open."""
    from toolkit.data.staged import stage

    return stage(data, folder / "again.arrow")


def fit(name: str, **params: Any) -> Work:
    """Return the work of one fit."""

    def work(folder: Path) -> Iterator[None]:
        from toolkit import make_embedder
        from toolkit.testing import small_ratings

        embedder = make_embedder(name, embedding_dim=DIM, **params)
        embedder.clone().set_params(embedding_dim=4).fit(small_ratings())  # so that libraries are imported
        data = data_of(folder)
        yield
        embedder.fit(data)
        yield

    return work


def vectors(folder: Path, entity: str, copied: bool = True) -> Any:
    """Return vectors, in memory."""
    from toolkit import Embedding

    found = Embedding.load(folder / f"{entity}.arrow")
    return Embedding(found.keys, found.vectors.copy(), entity) if copied else found


def on_vectors(function: Callable[[Any, Path], object], entities: tuple[str, ...] = ("item",)) -> Work:
    """Return work on vectors."""

    def work(folder: Path) -> Iterator[None]:
        found = [vectors(folder, entity) for entity in entities]
        yield
        for embedding in found:
            function(embedding, folder)
        yield

    return work


def saved(embedding: Any, folder: Path) -> None:
    """Write an embedding."""
    embedding.save(folder / "again.arrow")


def shape(embedding: Any, _: Path) -> None:
    """Measure the geometry that takes the time of d × d tables."""
    from toolkit import metrics

    for measure in (metrics.effective_rank, metrics.isoscore, metrics.mean_cosine):
        measure(embedding.vectors)


def agreement(embedding: Any, _: Path) -> None:
    """Compare two embeddings by d × d tables."""
    from toolkit import metrics

    other = embedding.vectors[:, ::-1]
    metrics.linear_cka(embedding.vectors, other)
    metrics.procrustes_distance(embedding.vectors, other)


def neighbours(embedding: Any, _: Path) -> None:
    """Find the ten neighbours of every item, in two embeddings."""
    from toolkit import metrics

    metrics.neighbor_overlap(embedding.vectors, embedding.vectors[:, ::-1])


def ridge(name: str) -> Work:
    """Return the work of a readout: fit, and predict as many ratings."""

    def work(folder: Path) -> Iterator[None]:
        import toolkit as tk

        data, items = data_of(folder), vectors(folder, "item")
        users, wanted = data.user_keys[data.users], data.item_keys[data.items]
        yield
        tk.readout(name, item=items).fit(data).predict(users, wanted)
        yield

    return work


def ranking(folder: Path) -> Iterator[None]:
    """Rank the whole catalogue for some users, by products."""
    import numpy as np

    from toolkit.metrics.ranking import DotProducts, rank_items

    users, items = vectors(folder, "user").vectors[:JUDGED], vectors(folder, "item").vectors
    yield
    rank_items(DotProducts(np.ascontiguousarray(users), items), 10)
    yield


def bootstrap(_: Path) -> Iterator[None]:
    """Draw the interval of a mean over the users who were judged."""
    import numpy as np

    from toolkit.stats import bootstrap_mean

    values = np.random.default_rng(0).random(JUDGED)
    yield
    bootstrap_mean(values)
    yield


STEPS = {
    "read": Step("rating", read),
    "split": Step("rating", on_ratings(lambda data, _: data.split("holdout"))),
    "stage": Step("rating", on_ratings(staged)),
    "matrix": Step("rating", on_ratings(lambda data, _: data.matrix().csr)),
    "sequences": Step("rating", on_ratings(lambda data, _: data.sequences())),
    "als": Step("rating", fit("als")),
    "pca": Step("rating", fit("pca")),
    "truncated-svd": Step("rating", fit("truncated-svd")),
    "bpr": Step("rating", fit("bpr")),
    "svd": Step("rating", fit("svd")),
    "word2vec": Step("rating", fit("word2vec")),
    "save": Step("key", on_vectors(saved, ("item", "user"))),
    "ridge": Step("rating", ridge("ridge")),
    "ridge-two-sided": Step("rating", ridge("ridge-two-sided")),
    "ranking": Step("judged user × item", ranking, "item"),
    "neighbours": Step("item²", on_vectors(neighbours), "item"),
    "geometry": Step("item", on_vectors(shape)),
    "agreement": Step("item", on_vectors(agreement)),
    "bootstrap": Step("judged user", bootstrap),
}


def prepare(n: int, folder: Path) -> None:
    """Write ratings, and vectors of users and items."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    from toolkit import Embedding, synthetic_ratings
    from toolkit.data.staged import stage

    data = synthetic_ratings(n * USERS // RATINGS, n * ITEMS // RATINGS, n)
    stage(data, folder / "ratings.arrow")
    frame = data.to_frame().astype({"user": int, "item": int})
    csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), folder / "ratings.csv")
    rng = np.random.default_rng(0)
    for entity, keys in (("user", data.user_keys), ("item", data.item_keys)):
        Embedding(keys, rng.standard_normal((len(keys), DIM), np.float32), entity).save(folder / f"{entity}.arrow")


def measure(name: str, folder: Path) -> tuple[float, float]:
    """Return seconds and MiB of one step, in this process."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        work = STEPS[name].work(folder)
        next(work)
        warm(folder)
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        before, start = memory_mib("VmRSS"), time.process_time()
        next(work)
        return time.process_time() - start, memory_mib("VmHWM") - before


def in_a_process(name: str, folder: Path) -> tuple[float, float]:
    """Return the same, measured in a process of its own."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--measure", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **one})
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    seconds, mib = json.loads(done.stdout.splitlines()[-1])
    return seconds, mib


def told(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, length in (("y", 365 * 86_400), ("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:,.3g} {unit}"
    return f"{seconds:.2g} s"


def table(sizes: list[int], repeats: int, names: list[str]) -> Iterator[str]:
    """Yield the lines of a table, a step each."""
    yield (
        "| step | unit | "
        + " | ".join(f"s at {n:,}" for n in sizes)
        + " | growth | µs a unit | bytes | time at a billion | memory |"
    )
    yield "|---" * (len(sizes) + 7) + "|"
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            Path(folder, str(n)).mkdir()
            prepare(n, Path(folder, str(n)))
        for name in names:
            unit, owner = UNITS[STEPS[name].unit], UNITS[STEPS[name].held_by or STEPS[name].unit]
            taken = {n: [in_a_process(name, Path(folder, str(n))) for _ in range(repeats)] for n in sizes}
            seconds = [statistics.median(second for second, _ in taken[n]) for n in sizes]
            each = seconds[-1] / unit(sizes[-1])
            held = statistics.median(mib for _, mib in taken[sizes[-1]]) * 2**20 / owner(sizes[-1])
            more = unit(sizes[-1]) / unit(sizes[0])
            growth = f"{math.log(seconds[-1] / seconds[0]) / math.log(more):.2f}" if more > 1 else "–"
            shown = " | ".join(f"{second:.3g}" for second in seconds)
            whole = f"{told(each * unit(RATINGS))} | {held * owner(RATINGS) / 2**30:,.0f} GiB"
            yield f"| {name} | {STEPS[name].unit} | {shown} | {growth} | {each * 1e6:.3g} | {held:.3g} | {whole} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        sys.stdout.write(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))) + "\n")
        sys.exit()
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[250_000, 1_000_000], help="numbers of ratings")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", action="append", choices=list(STEPS))
    arguments = parser.parse_args()
    for line in table(sorted(arguments.sizes), arguments.repeats, arguments.only or list(STEPS)):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
