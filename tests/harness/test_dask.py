"""Runs on other executors, above all on the workers of Dask: the same scores, whatever happens to the workers."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
import pytest

import toolkit as tk
from tests.harness.cluster import Cluster, install_faulty
from tests.packages import visible
from tests.processes import started, wait_until
from toolkit import Embedding, cli
from toolkit.errors import DataError, MissingDependencyError, ParameterError
from toolkit.harness import Run, afar, distributed
from toolkit.harness.deadline import Deadline
from toolkit.harness.distributed import ClusterError, DaskExecutor
from toolkit.harness.isolation import Call, isolated

pytestmark = pytest.mark.usefixtures("_faulty")
CONNECT = distributed.CONNECT
SLOW = [5, 6, 7, 8]  # dimensions by which slow fits are told from each other
WORDS = ["cat", "dog", "car", "king", "queen"]
PAIRS = "cat,dog,9\ncat,car,1\ndog,car,2\nking,queen,8\nking,car,3\n"
SUITE = """
title = "Small"

[tune]
trials = 2
divisions = 1

[[experiments]]
name = "films"
dataset = "{folder}/films.csv"
splits = ["holdout"]
tasks = ["ranking"]
embedders = [{{ name = "pca", params = {{ embedding_dim = 3 }} }}]

[[experiments]]
name = "faults"
dataset = "{folder}/films.csv"
splits = ["holdout"]
tasks = ["ranking"]
embedders = [
    {{ name = "faulty", label = "raises", params = {{ fault = "raise" }} }},
    {{ name = "faulty", label = "crashes", params = {{ fault = "crash" }} }},
    {{ name = "faulty", label = "hangs", params = {{ seconds = 600 }} }},
]

[[experiments]]
name = "slow"
dataset = "{folder}/films.csv"
splits = ["holdout"]
tasks = ["ranking"]
dims = [5, 6, 7, 8]
embedders = [{{ name = "faulty", params = {{ seconds = 1.0 }} }}]

[[experiments]]
name = "words"
dataset = "{folder}/text.txt"
tasks = [{{ name = "word-similarity", options = {{ pairs = ["{folder}/pairs.csv"] }} }}]
embedders = [
    {{ name = "pretrained", label = "all", params = {{ source = "{folder}/all.arrow" }} }},
    {{ name = "pretrained", label = "few", params = {{ source = "{folder}/few.arrow" }} }},
]
"""
FOREVER = """
title = "For ever"
[[experiments]]
name = "films"
dataset = "{folder}/films.csv"
splits = ["holdout"]
tasks = ["ranking"]
embedders = [{{ name = "faulty", label = "{fault}", params = {{ fault = "{fault}", seconds = {seconds} }} }}]
"""
ENDLESS = """
title = "First short, then endless"
[[experiments]]
name = "films"
dataset = "{folder}/films.csv"
splits = ["holdout"]
tasks = ["ranking"]
embedders = [
    {{ name = "faulty", label = "short", params = {{ embedding_dim = 3 }} }},
    {{ name = "faulty", label = "endless", params = {{ seconds = 600 }} }},
]
"""


@pytest.fixture(scope="module")
def folder(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the suite, and all that it names."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "films.csv").write_bytes(films.read_bytes())
    (folder / "text.txt").write_text("cat dog car king queen\n" * 10)
    (folder / "pairs.csv").write_text(PAIRS)
    rng = np.random.default_rng(1)
    for name, words in (("all", WORDS), ("few", WORDS[:4])):
        Embedding(words, rng.standard_normal((len(words), 3)), "word").save(folder / f"{name}.arrow")
    (folder / "small.toml").write_text(SUITE.format(folder=folder))
    (folder / "waits.toml").write_text(FOREVER.format(folder=folder, fault="", seconds=600))
    (folder / "endless.toml").write_text(ENDLESS.format(folder=folder))
    (folder / "kills.toml").write_text(FOREVER.format(folder=folder, fault="worker", seconds=0))
    return folder


@pytest.fixture(scope="module")
def _faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with visible(install_faulty(tmp_path_factory.mktemp("package"))), pytest.MonkeyPatch.context() as patch:
        patch.setattr(distributed, "CONNECT", 120.0)  # a worker of these tests has only just been started
        yield


@pytest.fixture(scope="module")
def local(folder: Path, _faulty: None) -> Run:
    """The run that others are compared with."""
    return tk.run(folder / "small.toml", out=folder / "local", workers=2, timeout=8, quiet=True)


@pytest.fixture(scope="module")
def cluster(folder: Path, _faulty: None) -> Iterator[Cluster]:
    """A cluster with two workers."""
    with Cluster(folder / "cluster", 2) as cluster:
        yield cluster


def lines(run: Run, table: str, experiments: tuple[str, ...]) -> list[str]:
    """Return the lines of a table that are about some experiments, as they stand in the file."""
    head, *body = (run.path / f"{table}.csv").read_text().splitlines()
    column = head.split(",").index("experiment")
    keys = tk.open_run(run.path).scores["experiment"] if table == "scores" else run.trials["experiment"]
    assert len(keys) == len(body)
    assert column
    return [line for line, key in zip(body, keys, strict=True) if key in experiments]


def ended(run: Run) -> list[list[str]]:
    return run.trials[["trial", "status", "error", "parameters"]].to_numpy().tolist()


def test_the_local_run_is_as_meant(local: Run) -> None:
    assert local.trials["status"].tolist() == ["ok", "ok", "failed", "crashed", "timeout", *["ok"] * 6]
    assert set(local.scores.loc[local.scores["experiment"] == "words", "variant"]) >= {"", "own vocabulary"}
    assert local.tuning["chosen"].sum() == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_one_and_two_workers_give_the_same_scores(workers: int, folder: Path, local: Run, tmp_path: Path) -> None:
    with Cluster(tmp_path / "cluster", workers) as cluster:
        executor = DaskExecutor(cluster.address)
        wait_until(lambda: len(executor._workers.there) == workers)
        run = tk.run(folder / "small.toml", out=tmp_path / "run", timeout=8, quiet=True, executor=executor)
        executor.shutdown()
        assert not [*(tmp_path / "cluster").rglob("toolkit/tmp*")]
    assert (run.path / "scores.csv").read_bytes() == (local.path / "scores.csv").read_bytes()
    assert ended(run) == ended(local)
    kept = ["number", "state", "value", "parameters", "chosen", "confirmed", "error"]
    assert run.tuning[kept].equals(local.tuning[kept])
    assert len(executor.used) == run.info["machine"]["workers"] == workers
    assert run.info["machine"]["executor"].startswith("Dask 20")
    sent = Counter(executor.ferry.sent)
    assert set(sent.values()) == {1}
    assert len({place for place, _ in sent}) == workers
    assert len({name for _, name in sent}) == 5  # two parts of the films, the text, and vectors of two


def test_a_worker_that_is_killed_is_replaced(folder: Path, local: Run, cluster: Cluster) -> None:
    before = len(cluster.fitted())

    def kill() -> None:
        wait_until(lambda: len(cluster.fitted()) >= before + 2)
        pid = cluster.fitted()[-1][2]
        holder = psutil.Process(psutil.Process(int(pid)).ppid()).parent()
        assert holder in cluster.worker_processes()
        holder.kill()

    executor = DaskExecutor(cluster.address)
    wait_until(lambda: len(executor._workers.there) == 2)
    killer = threading.Thread(target=kill)
    killer.start()
    run = tk.run(folder / "small.toml", out=folder / "killed", only=["slow"], quiet=True, executor=executor)
    killer.join()
    assert run.ok
    assert lines(run, "scores", ("slow",)) == lines(local, "scores", ("slow",))
    fits = Counter(dim for dim, pid in {(dim, pid) for dim, _, pid in cluster.fitted()[before:]})
    assert sorted(fits) == [str(dim) for dim in SLOW]
    assert sorted(fits.values()) == [1, 1, 1, 2]  # the one that was cut short is done again, and no other
    wait_until(lambda: len(executor._workers.there) == 2)  # its nanny has started another one
    executor.shutdown()


def test_a_deadline_counts_on_the_workers(folder: Path, cluster: Cluster) -> None:
    suite = folder / "soon.toml"
    suite.write_text(FOREVER.format(folder=folder, fault="", seconds=60))  # where no deadline counts, this is the end
    with DaskExecutor(cluster.address) as executor:
        soon = Deadline(time.monotonic() + 12, 1)
        run = tk.run(suite, out=folder / "soon", quiet=True, executor=executor, deadline=soon)
    [(status, error)] = run.trials[["status", "error"]].to_numpy().tolist()
    assert (status, error[: len("ended after")]) == ("left out", "ended after")


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_a_client_that_stops_or_vanishes_ends_what_runs(folder: Path, cluster: Cluster, way: signal.Signals) -> None:
    before = len(cluster.fitted())
    command = [sys.executable, "-m", "toolkit", "run", str(folder / "waits.toml"), "--out", str(folder / way.name)]
    command += ["--executor", "dask", "--scheduler", cluster.address]
    with started(command) as client:
        wait_until(lambda: len(cluster.fitted()) > before)
        fit = psutil.Process(int(cluster.fitted()[-1][2]))
        client.send_signal(way)
        wait_until(lambda: not fit.is_running())
        _, said = client.communicate(timeout=60)
    assert client.returncode == (130 if way == signal.SIGINT else -signal.SIGKILL)
    assert ("toolkit: stopped; what had ended is kept" in said) == (way == signal.SIGINT)


def test_a_worker_of_other_versions_is_refused(folder: Path, cluster: Cluster, tmp_path: Path) -> None:
    executor = DaskExecutor(cluster.address)
    other = install_faulty(tmp_path / "other", version="2.0")
    nanny = cluster.add_worker(PYTHONPATH=os.pathsep.join([str(other), os.environ["PYTHONPATH"]]))
    try:
        wait_until(lambda: executor.refused)
        ((address, reason),) = executor.refused.items()
        assert reason == "faulty is 2.0 there and 1.0 here"
        assert address not in {worker.address for worker in executor._workers.there}
        executor.shutdown()
        with pytest.raises(ClusterError, match=rf"^worker {address} cannot be used: faulty is 2.0 there and 1.0 here$"):
            DaskExecutor(cluster.address)
    finally:
        nanny.terminate()
        nanny.wait()


def test_a_trial_that_kills_its_workers_is_a_row(folder: Path, tmp_path: Path) -> None:
    with Cluster(tmp_path, 1) as cluster:
        executor = DaskExecutor(cluster.address)
        run = tk.run(folder / "kills.toml", out=tmp_path / "run", quiet=True, executor=executor)
        executor.shutdown()
    assert run.trials["status"].tolist() == ["crashed"]
    (error,) = run.trials["error"]
    assert error == "its worker was lost: BrokenExecutor: 3 workers died, one after the other, that carried it out"


def test_a_scheduler_that_goes_ends_the_run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "GONE", 1.0)
    with Cluster(tmp_path, 1) as cluster:
        executor = DaskExecutor(cluster.address)

        def kill() -> None:
            wait_until(lambda: len({pid for *_, pid in cluster.fitted()}) >= 2)
            cluster.scheduler.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(ClusterError, match=f"the Dask scheduler at {cluster.address} has gone"):
            tk.run(folder / "endless.toml", out=tmp_path / "run", quiet=True, executor=executor)
        killer.join()
        executor.shutdown()
        with pytest.raises(RuntimeError, match="after shutdown"):
            executor.submit(isolated, Call(print, (), tmp_path))
        fit = cluster.fitted()[-1][2]
        wait_until(lambda: not psutil.pid_exists(int(fit)))
    (record,) = (tmp_path / "run" / "store").glob("*/record.json")  # what had ended is kept
    assert json.loads(record.read_text())["facts"]["embedding_dim"] == 3


def test_a_scheduler_that_is_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert CONNECT < 10
    monkeypatch.setattr(distributed, "CONNECT", 0.5)
    asked = ["run", str(folder / "small.toml"), "--out", str(folder / "none"), "--executor", "dask"]
    assert cli.main([*asked, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.startswith("toolkit: no Dask scheduler can be reached at tcp://127.0.0.1:9: ")
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--executor", "dask"], "--executor dask needs --scheduler, such as tcp://host:8786"),
        (["--scheduler", "tcp://x:1"], "--scheduler is 'tcp://x:1', which is for --executor dask"),
        (["--executor", "dask", "--scheduler", "x:y:z"], "no Dask scheduler can be reached at x:y:z: "),
    ],
)
def test_requests_that_make_no_sense(
    options: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(distributed, "CONNECT", 0.5)
    assert cli.main(["run", "quickstart", *options]) == 2
    assert said in capsys.readouterr().err


def test_without_dask_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'embedding-comparison-toolkit\[dask\]'"):
        DaskExecutor("tcp://127.0.0.1:9")


def test_a_file_that_a_suite_names_must_be_the_same_on_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    with pytest.raises(DataError, match="is not there on worker here"):
        afar._check_named({str(path): "0"}, "here")
    path.write_text("a 1")
    with pytest.raises(DataError, match="is another file on worker here than on the client"):
        afar._check_named({str(path): "0"}, "here")


def test_only_calls_are_taken(cluster: Cluster) -> None:
    executor = DaskExecutor(cluster.address)
    with pytest.raises(ParameterError, match="carries out the calls of a run"):
        executor.submit(len, "abc")
    executor.shutdown()


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_gives_the_same_scores(kind: type[Executor], folder: Path, local: Run, tmp_path: Path) -> None:
    given = {"mp_context": get_context("spawn")} if kind is ProcessPoolExecutor else {}
    with kind(2, **given) as executor:
        run = tk.run(folder / "small.toml", out=tmp_path, only=["films", "words"], quiet=True, executor=executor)
    assert run.ok
    assert lines(run, "scores", ("films", "words")) == lines(local, "scores", ("films", "words"))
