"""Runs that are broken off and carried on: nothing is lost, nothing is done twice, and nothing stale is taken."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from tests.harness.test_store import damages
from tests.packages import install, visible
from tests.processes import started, wait_until
from toolkit.errors import DataError
from toolkit.harness import Run, address

Write = Callable[..., Path]
BODY = """
splits = ["holdout"]
tasks = ["ranking", "item-similarity"]
embedders = ["popularity", { name = "pca", params = { embedding_dim = 3 } }, { name = "svd", params = { epochs = 3 } }]
"""
FAULTY = '''
"""An embedder that does what a test asks for."""
import ctypes, os, signal, time
from pathlib import Path
import numpy as np
from toolkit import Embedder, Embedding


class Faulty(Embedder):
    view = "matrix"

    def __init__(self, fault="", note="", random_state=0):
        self.fault = fault
        self.note = note
        self.random_state = random_state

    def _learn(self, data):
        if self.note and not Path(self.note).exists():
            Path(self.note).write_text(str(os.getpid()))
            time.sleep(600)
        if self.fault == "raise":
            raise ValueError("as asked")
        if self.fault == "hang":
            time.sleep(600)
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "segfault":
            ctypes.string_at(0)
        if self.fault == "memory":
            kept = [bytearray(1 << 24) for _ in range(10**6)]
        draws = np.random.default_rng(self.random_state).normal(size=(len(data.item_keys), 3))
        return [Embedding(data.item_keys, draws)]
'''


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[None]:
    """Embedder ``faulty``, installed with a package of its own."""
    with visible(install(tmp_path / "package", "faulty", FAULTY, {"faulty": "faulty:Faulty"})):
        yield


def records(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the results that are kept, each with what changes when it is written once more."""
    found = folder.glob("store/[!.]*/record.json")
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def names(folder: Path, addresses: set[str]) -> list[str]:
    """Return what some of the results are."""
    keys = [json.loads((folder / "store" / each / "record.json").read_text())["key"] for each in addresses]
    return sorted(key.get("embedder") or key.get("study") or key["step"] for key in keys)


def tables(run: Run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(run.path.glob("*.csv"))}


@pytest.fixture(scope="module")
def finished(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that is whole; only to be read."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(f'title = "Small"\n[[experiments]]\nname = "films"\ndataset = "{films}"\n{BODY}')
    return tk.run(folder / "small.toml", out=folder / "run", workers=1, quiet=True)


def copied(run: Run, folder: Path) -> tuple[Path, Path]:
    """Return the suite and the directory of a copy of a run."""
    shutil.copy(run.path.parent / "small.toml", folder)
    shutil.copytree(run.path, folder / "run")
    return folder / "small.toml", folder / "run"


def test_the_same_command_again_does_nothing(finished: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite, out = copied(finished, tmp_path)
    before, info = records(out), Run(out).info
    assert names(out, set(before))[-3:] == ["popularity", "ranks", "svd"]
    again = tk.run(suite, out=out, workers=1, command=info["command"])
    assert capsys.readouterr().err == "3 of 3 are there from before\n"
    assert records(out) == before
    assert tables(again) == tables(finished)
    assert {name: again.info[name] for name in ("started", "seconds", "kept", "machine")} == {
        name: info[name] for name in ("started", "seconds", "kept", "machine")
    }
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("seed", range(12))
def test_what_is_damaged_is_done_again_and_nothing_else(finished: Run, tmp_path: Path, seed: int) -> None:
    suite, out = copied(finished, tmp_path)
    before, draw = records(out), random.Random(seed)
    hit = draw.choice(sorted(before))
    (what,) = names(out, {hit})
    damages(out / "store" / hit, draw)()
    again = tk.run(suite, out=out, workers=1, quiet=True)
    after = records(out)
    assert [each for each in before if after[each] != before[each]] == [hit], what
    assert set(after) == set(before)
    assert (out / "scores.csv").read_bytes() == tables(finished)["scores.csv"]
    assert again.ok


@pytest.mark.parametrize("name", ["run.json", "trials.csv", "scores.csv", "intervals.csv"])
@pytest.mark.parametrize("content", [b"", b"\xff\0[", None])
def test_what_is_made_of_results_is_made_again(finished: Run, tmp_path: Path, name: str, content: bytes | None) -> None:
    suite, out = copied(finished, tmp_path)
    before = records(out)
    if content is None and name == "run.json":
        (out / name).unlink()
        with pytest.raises(DataError, match="is not empty and holds no run"):
            tk.run(suite, out=out, quiet=True)
        return
    (out / name).unlink() if content is None else (out / name).write_bytes(content)
    assert tables(tk.run(suite, out=out, workers=1, quiet=True)) == tables(finished)
    assert records(out) == before


def test_only_what_is_new_is_done(finished: Run, tmp_path: Path) -> None:
    suite, out = copied(finished, tmp_path)
    before = records(out)
    more = suite.read_text().replace('"popularity", ', '"random", "popularity", ').replace("epochs = 3", "epochs = 2")
    suite.write_text(more)
    again = tk.run(suite, out=out, workers=1, quiet=True)
    assert again.trials["embedder"].tolist() == ["random", "popularity", "pca", "svd"]
    new = set(records(out)) - set(before)
    assert [name for name in names(out, new) if name in ("random", "popularity", "pca", "svd")] == ["random", "svd"]
    assert {each: state for each, state in records(out).items() if each in before} == before
    scores = finished.scores[finished.scores["embedder"] == "pca"].drop(columns="trial").reset_index(drop=True)
    now = again.scores[again.scores["embedder"] == "pca"].drop(columns="trial").reset_index(drop=True)
    pd.testing.assert_frame_equal(now, scores, check_exact=True)
    assert again.embedding("films-003", "item").fingerprint() == finished.embedding("films-002", "item").fingerprint()


STUDY = '[[studies]]\nname = "one-hot"\n'


def test_nothing_is_left_of_what_is_not_asked_for_any_more(suite: Write, tmp_path: Path) -> None:
    out, tuned = tmp_path / "run", "[tune]\ntrials = 1\n"
    body = BODY.replace("ranking", "rating-prediction")
    tk.run(suite(body + tuned, STUDY), out=out, workers=2, quiet=True)
    assert (out / "studies.csv").is_file()
    assert (out / "tuning.csv").is_file()
    assert (out / "tuning.db").is_file()
    less = tk.run(suite(body), out=out, only=["popularity"], workers=2, quiet=True)
    assert less.studies.empty
    assert less.tuning.empty
    assert not (out / "tuning.db").exists()
    assert set(less.intervals["embedder"]) <= {"popularity"}
    assert "popularity" in less.report().read_text(encoding="utf-8")
    again = tk.run(suite(body + tuned, STUDY), out=out, workers=2, quiet=True)
    assert again.info["kept"] > 5
    assert set(again.trials["embedder"]) == {"popularity", "pca", "pca (tuned)", "svd", "svd (tuned)"}


@pytest.mark.usefixtures("faulty")
def test_a_study_of_what_could_not_be_tuned(suite: Write, tmp_path: Path) -> None:
    body = BODY.replace("ranking", "rating-prediction") + "[tune]\ntrials = 1\n"
    study = '[[studies]]\nname = "orthogonal"\nexperiments = ["films"]\n'
    run = tk.run(suite(body, study), out=tmp_path / "run", workers=2, timeout=0.01, quiet=True)
    assert set(run.trials["status"]) == {"timeout"}
    assert len(run.trials) == 5


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_damaged_database_of_what_was_tried(suite: Write, tmp_path: Path, content: bytes | None) -> None:
    path = suite(BODY.replace("ranking", "rating-prediction") + "[tune]\ntrials = 1\n")
    first = tk.run(path, out=tmp_path / "run", workers=2, quiet=True)
    before = tables(first)
    database = first.path / "tuning.db"
    database.unlink() if content is None else database.write_bytes(content)
    assert tables(tk.run(path, out=first.path, workers=2, quiet=True)) == before
    assert database.stat().st_size > 1000


def test_a_fresh_run_that_is_broken_off_at_once_is_still_a_run(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite, out = copied(finished, tmp_path)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("toolkit.harness.runner.RunWriter", "toolkit.harness.directory.os.rename"):
        with monkeypatch.context() as patch:
            patch.setattr(place, stopped)
            with pytest.raises(KeyboardInterrupt):
                tk.run(suite, out=out, workers=1, quiet=True, fresh=True)
        assert (out / "run.json").is_file()
        assert tables(tk.run(suite, out=out, workers=1, quiet=True))["scores.csv"] == tables(finished)["scores.csv"]


def test_an_executor_that_gives_up(suite: Write, tmp_path: Path) -> None:
    class Lazy(Executor):
        def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future[object]:
            if lazy.pop():
                raise RuntimeError("cannot schedule new futures after shutdown")
            future: Future[object] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    lazy = [True, False, True]
    run = tk.run(suite(BODY), out=tmp_path / "run", executor=Lazy(), quiet=True)
    lost = "its worker was lost: RuntimeError: cannot schedule new futures after shutdown"
    assert run.trials["error"].tolist() == [lost, "its executor did not carry it out", lost]
    assert set(run.trials["status"]) == {"crashed"}


def test_what_an_option_says_may_be_any_text() -> None:
    long = "x" * 300
    assert address.content({long: [long, "a\0b", "/proc/1/root/x", ""]}) == {long: [long, "a\0b", "/proc/1/root/x", ""]}


def test_runs_that_share_a_store(finished: Run, tmp_path: Path) -> None:
    suite = shutil.copy(finished.path.parent / "small.toml", tmp_path)
    first = tk.run(suite, out=tmp_path / "one", store=tmp_path / "store", workers=1, quiet=True)
    before = records(tmp_path)
    second = tk.run(suite, out=tmp_path / "two", store=tmp_path / "store", workers=1, quiet=True, fresh=True)
    assert records(tmp_path) == before
    assert tables(second) == tables(first)
    assert tables(first)["scores.csv"] == tables(finished)["scores.csv"]
    assert second.info["kept"] == len(before)
    assert not (second.path / "store").exists()
    assert len(list((second.path / "embeddings").iterdir())) == len(list((finished.path / "embeddings").iterdir()))


def test_nothing_stale_is_taken(finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever changes of what a result depends on, it is another result."""
    trial = tk.harness.plan.plan(tk.harness.load_suite(finished.path.parent / "small.toml"))[1]
    data = tmp_path / "data"
    data.write_text("x")
    (tmp_path / "pairs.tsv").write_text("a\tb\t1\n")

    def key(threads: int = 1, **changes: object) -> str:
        return address.address_of(address.trial_key(dataclasses.replace(trial, **changes), [data], threads))

    found = {key(), key(threads=2), key(params={"embedding_dim": 4}), key(params={**trial.params, "random_state": 1})}
    found |= {key(embedder="truncated-svd"), key(tasks=trial.tasks[:1]), key(kind="corpus")}
    asked = trial.tasks[0].model_copy(update={"options": {"pairs": [str(tmp_path / "pairs.tsv")]}})
    found.add(key(tasks=(asked,)))
    (tmp_path / "pairs.tsv").write_text("a\tb\t2\n")
    found.add(key(tasks=(asked,)))
    assert len(found) == 9
    assert key(id="other", experiment="others", fold="2", seed=7, dataset="elsewhere") == key()
    for package, changes in (("scikit-learn", True), ("scipy", True), ("torch", False), ("gensim", False)):
        with monkeypatch.context() as patch:
            real = address.versions()
            patch.setattr(address, "versions", lambda real=real, package=package: {**real, package: "0.0"})
            patch.setattr(address, "version", lambda name, package=package: "0.0" if name == package else "1.0")
            changed = key()
        with monkeypatch.context() as patch:
            patch.setattr(address, "version", lambda name: "1.0")
            assert (changed != key()) == changes, package
    monkeypatch.setattr(address, "_toolkit_source", lambda: "another version of the toolkit")
    assert key() not in found
    data.write_text("y")
    assert key() not in found


def test_what_is_the_same_is_done_once_within_a_run(finished: Run, films: Path, tmp_path: Path) -> None:
    experiments = [f'[[experiments]]\nname = "{name}"\ndataset = "{films}"\n{BODY}' for name in ("films", "again")]
    (tmp_path / "twice.toml").write_text("\n".join(['title = "Twice"', *experiments]))
    run = tk.run(tmp_path / "twice.toml", out=tmp_path / "run", workers=2, quiet=True)
    assert [name for name in names(run.path, set(records(run.path))) if name in ("popularity", "pca", "svd")] == [
        *("pca", "popularity", "svd")
    ]
    for experiment in ("films", "again"):
        values = run.scores.loc[run.scores["experiment"] == experiment, "value"].tolist()
        assert values == pytest.approx(finished.scores["value"].tolist(), abs=0, nan_ok=True)
    assert run.trials["trial"].tolist() == [f"{name}-{n:03d}" for name in ("films", "again") for n in (1, 2, 3)]


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("raise", "failed", "ValueError: as asked"),
        ("hang", "timeout", "took longer than 8 s"),
        ("kill", "crashed", "its process was ended by SIGKILL"),
        ("segfault", "crashed", "its process was ended by SIGSEGV"),
        ("memory", "memory", "held more than 2,048 MiB of memory (--memory)"),
    ],
)
def test_a_fault_is_a_row_and_the_others_go_on(
    suite: Write, tmp_path: Path, fault: str, status: str, error: str
) -> None:
    body = BODY.replace("embedders = [", f'embedders = [{{ name = "faulty", params = {{ fault = "{fault}" }} }}, ')
    seconds = 8 if fault == "hang" else 120
    run = tk.run(suite(body), out=tmp_path / "run", workers=2, timeout=seconds, memory="2G", quiet=True)
    assert run.trials["status"].tolist() == [status, "ok", "ok", "ok"]
    assert run.trials["error"].iloc[0].startswith(error)
    before = records(run.path)
    again = tk.run(suite(body), out=run.path, workers=2, timeout=seconds, memory="2G", quiet=True)
    assert again.trials["status"].tolist() == [status, "ok", "ok", "ok"], "what failed is tried again"
    assert records(run.path) == before


WITHOUT_REPORT = "import sys, toolkit.cli as cli; cli._reported = lambda run: int(not run.ok); sys.exit(cli.main())"


def command(suite: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-c", WITHOUT_REPORT, "run", str(suite), "--out", str(out), "--workers", "2", *more]


def waited_for(note: Path, process: subprocess.Popen[str]) -> int:
    """Return the process of the fit that waits; it has begun when this returns."""
    wait_until(lambda: (note.exists() and note.read_text()) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return int(note.read_text())


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGKILL, -signal.SIGKILL, ""),
        (signal.SIGINT, 130, "stopped; what had ended is kept, and the same command goes on from there"),
        (signal.SIGTERM, 143, "stopped; what had ended is kept, and the same command goes on from there"),
    ],
)
def test_a_run_that_is_ended_is_carried_on(suite: Write, tmp_path: Path, number: int, code: int, said: str) -> None:
    note, out = tmp_path / "note", tmp_path / "run"
    body = BODY.replace('"popularity", ', f'{{ name = "faulty", params = {{ note = "{note}" }} }}, "popularity", ')
    path = suite(body)
    with started(command(path, out), start_new_session=True) as process:
        waited_for(note, process)
        wait_until(lambda: len(records(out)) == 3)
        before = records(out)
        os.killpg(process.pid, number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert told.splitlines()[-1].endswith(said)
    assert (out / "scores.csv").read_bytes().count(b"\n") > 1, "what had ended is in the tables"
    if number != signal.SIGKILL:
        assert [each.name for each in out.iterdir() if each.name.startswith(".")] == []
    carried_on = subprocess.run(command(path, out), capture_output=True, text=True, check=False)
    assert carried_on.returncode == 0, carried_on.stderr
    assert "3 of 4 are there from before" in carried_on.stderr
    assert {each: state for each, state in records(out).items() if each in before} == before
    whole = tk.run(path, out=tmp_path / "whole", workers=1, quiet=True)
    assert (out / "scores.csv").read_bytes() == (whole.path / "scores.csv").read_bytes()


@pytest.mark.usefixtures("faulty")
def test_two_at_the_same_time(suite: Write, tmp_path: Path) -> None:
    note, out = tmp_path / "note", tmp_path / "run"
    path = suite(BODY.replace('"popularity", ', f'{{ name = "faulty", params = {{ note = "{note}" }} }}, '))
    with started(command(path, out)) as first:
        running = waited_for(note, first)
        for more in ([], ["--fresh"]):
            second = subprocess.run(command(path, out, *more), capture_output=True, text=True, check=False)
            assert second.returncode == 2
            assert second.stderr.splitlines() == [
                f"toolkit: {out}: another run is writing there (process {first.pid} on {os.uname().nodename}); "
                "wait until it has ended, or choose another directory"
            ]
        os.kill(running, signal.SIGKILL)
        first.communicate(timeout=120)
    assert first.returncode == 1, "one trial was killed"
    assert Run(out).trials["status"].tolist() == ["crashed", "ok", "ok"]


def test_a_disk_that_is_full(finished: Run, tmp_path: Path) -> None:
    """A limit on the size of files fails as a full disk does, and needs no disk."""
    suite, out = shutil.copy(finished.path.parent / "small.toml", tmp_path), tmp_path / "run"

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    full = subprocess.run(
        command(suite, out), capture_output=True, text=True, check=False, preexec_fn=limited, cwd=tmp_path
    )
    assert full.returncode in (1, 2), full.stderr
    assert "File too large" in full.stderr
    assert "Traceback" not in full.stderr
    run = tk.run(suite, out=out, workers=1, quiet=True)
    assert tables(run)["scores.csv"] == tables(finished)["scores.csv"]


@pytest.mark.usefixtures("faulty")
def test_a_directory_that_vanishes(suite: Write, tmp_path: Path) -> None:
    note, out = tmp_path / "note", tmp_path / "run"
    path = suite(BODY.replace('"popularity", ', f'{{ name = "faulty", params = {{ note = "{note}" }} }}, '))
    with started(command(path, out)) as process:
        running = waited_for(note, process)
        out.rename(tmp_path / "elsewhere")  # in one step, as the other fits may be writing there
        os.kill(running, signal.SIGKILL)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 2
    assert not out.exists()
    assert told.splitlines()[-1].startswith(f"toolkit: {out}")
    assert "cannot be written: No such file or directory" in told.splitlines()[-1]
    assert "Traceback" not in told


def test_a_clock_that_jumps(finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite, out = copied(finished, tmp_path)
    before = set(records(out))
    for number, path in enumerate(sorted(out.rglob("*"))):
        os.utime(path, (0, 0) if number % 2 else (4e9, 4e9))
    real = time.time
    jumps = iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: real() + (-1) ** next(jumps) * 1e9)
    again = tk.run(suite, out=out, workers=1, quiet=True)
    assert set(records(out)) == before
    assert tables(again)["scores.csv"] == tables(finished)["scores.csv"]
    fresh = tk.run(suite, out=tmp_path / "fresh", workers=2, timeout=600, quiet=True)
    assert tables(fresh)["scores.csv"] == tables(finished)["scores.csv"]
    assert fresh.trials["fit_seconds"].between(0, 100).all()
