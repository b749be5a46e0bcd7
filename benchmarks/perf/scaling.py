"""How a run gains from more workers of Dask: seconds, speed-up and overhead with 1, 2 and 4 on this machine.

The trials wait and do not compute, so that few cores hide nothing. A scheduler and the workers are processes of their
own on the loopback device, each with one thread.

    python benchmarks/perf/scaling.py                          # 16 trials of 10 s: six minutes
    python benchmarks/perf/scaling.py --trials 8 --seconds 5 --workers 1 2
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import toolkit as tk
from toolkit.harness.distributed import DaskExecutor
from toolkit.testing import small_ratings

WAITING = """
import time
from toolkit.adapters.null import Random

waited = False  # readouts choose their settings by a second fit

class Waiting(Random):
    library = "waiting"

    def __init__(self, embedding_dim=4, seconds=1.0, random_state=0):
        self.embedding_dim = embedding_dim
        self.seconds = seconds
        self.random_state = random_state

    def fit(self, data):
        global waited
        time.sleep(0 if waited else self.seconds)
        waited = True
        return super().fit(data)
"""
HEAD = """
title = "Waiting"
seeds = [{seeds}]
"""
EXPERIMENT = """
[[experiments]]
name = "{name}"
dataset = "{data}"
splits = ["holdout"]
tasks = [{{ name = "rating-prediction", options = {{ readouts = ["ridge"] }} }}]
embedders = [{{ name = "waiting", params = {{ seconds = {seconds} }} }}]
"""


def install(folder: Path) -> None:
    """Install an embedder that waits in a folder, and let this process and those that it starts see it."""
    info = folder / "waiting-1.0.dist-info"
    info.mkdir()
    (folder / "waiting.py").write_text(WAITING)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: waiting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[toolkit.embedders]\nwaiting = waiting:Waiting\n")
    sys.path.insert(0, str(folder))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", ""))))


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[DaskExecutor]:
    """Start a scheduler and workers; yield an executor once all of them are there."""
    file, processes = folder / "scheduler.json", []
    own = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    found = ["--scheduler-file", str(file)]
    dask = [sys.executable, "-m", "dask"]
    commands = [[*dask, "scheduler", "--port", "0", *found, *own]]
    commands += [[*dask, "worker", *found, *own, "--nthreads", "1", "--local-directory", str(folder)]] * workers
    try:
        for command in commands:
            processes += [subprocess.Popen(command, stderr=subprocess.DEVNULL)]
        while not file.exists() or not file.read_text():
            time.sleep(0.1)
        from distributed import Client

        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
            executor = DaskExecutor(client)
            yield executor
            executor.shutdown()
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def measured(folder: Path, suite: Path, workers: int) -> tuple[float, tuple[float, ...]]:
    """Return the seconds of a run, without its comparisons, and its scores."""
    folder.mkdir()
    with cluster(folder, workers) as executor:
        warm = tk.run(suite, folder / "warm", only=["first"], executor=executor, quiet=True)  # libraries are imported
        run = tk.run(suite, folder / "run", only=["films"], executor=executor, quiet=True)
    assert warm.ok
    assert run.ok
    assert len(executor.used) == workers
    spent = run.info["seconds"] - run.steps["seconds"].sum()
    return spent, tuple(run.scores["value"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10.0, help="that each trial waits")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        folder = Path(name)
        install(folder)
        small_ratings(40, 20).to_frame().to_csv(folder / "films.csv", index=False)
        suite, seeds = folder / "waiting.toml", ", ".join(map(str, range(asked.trials)))
        parts = [("first", 0.1), ("films", asked.seconds)]
        experiments = [EXPERIMENT.format(name=name, data=folder / "films.csv", seconds=each) for name, each in parts]
        suite.write_text(HEAD.format(seeds=seeds) + "".join(experiments))
        sys.stdout.write("workers  seconds  speed-up  efficiency  overhead a trial\n")
        first, scores = 0.0, set()
        for workers in asked.workers:
            spent, values = measured(folder / f"on {workers}", suite, workers)
            scores.add(values)
            first = first or spent * asked.workers[0]
            speedup = first / spent
            each = spent * workers / asked.trials - asked.seconds
            line = f"{workers:7}  {spent:7.1f}  {speedup:8.2f}  {speedup / workers:10.0%}  {each:14.2f} s\n"
            sys.stdout.write(line)
            sys.stdout.flush()
        assert len(scores) == 1, "the scores differ"


if __name__ == "__main__":
    main()
