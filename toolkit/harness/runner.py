"""`run`: carry out a suite."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from toolkit.atomic import writing
from toolkit.datasets.catalog import catalog
from toolkit.datasets.sources import check_source
from toolkit.errors import ParameterError
from toolkit.harness.candidates import database, open_storage
from toolkit.harness.data import stage_data, without_ratings
from toolkit.harness.deadline import Deadline
from toolkit.harness.directory import FORMAT, check_directory, held, info_of, prepare_directory
from toolkit.harness.entities import write_entities
from toolkit.harness.isolation import Limits, warm
from toolkit.harness.local import LocalExecutor
from toolkit.harness.machine import available_cores, machine, size, versions
from toolkit.harness.plan import Trial, plan, plan_studies
from toolkit.harness.progress import Reporter
from toolkit.harness.results import Run
from toolkit.harness.store import Store
from toolkit.harness.suite import DATA, LONGEST, Suite, load_suite
from toolkit.harness.tables import STORE
from toolkit.harness.tuning import left_untuned, plan_tunings, prepare_tunings
from toolkit.harness.work import Work
from toolkit.harness.writer import RunWriter, info_text
from toolkit.registry import embedder_class

# what the methods of a library import when they are fitted, by the library's import name
LIBRARIES = {
    "gensim": ["gensim.models"],
    "implicit": ["implicit.cpu.als", "implicit.cpu.bpr", "implicit.cpu.lmf"],
    "sklearn": ["sklearn.decomposition"],
    "surprise": ["surprise"],
    "torch": ["torch", "torch._dynamo"],  # what the first optimizer of a process imports
}

TUNERS = ["toolkit.harness.tuning", "optuna.samplers", "sqlalchemy.orm"]  # what every tuning imports


def run(
    suite: str | Path | Suite,
    out: str | Path | None = None,
    workers: int | None = None,
    *,
    only: Sequence[str] = (),
    data: str | None = None,
    timeout: float | None = None,
    memory: int | str | None = None,
    threads: int = 1,
    tune: int | str | None = None,
    fresh: bool = False,
    quick: bool = False,
    quiet: bool = False,
    deadline: Deadline | None = None,
    command: str = "",
    store: str | Path | None = None,
    executor: Executor | None = None,
) -> Run:
    """Run a suite and keep everything that comes of it.

    Each result is kept as soon as it is there. The same command again does only what is missing, whatever ended the
    first one: what depends on the same data, parameters, seed and versions is found and not made anew.

    Parameters
    ----------
    suite : str, Path or Suite
        The name of a suite that ships with the toolkit, the path of a TOML file or of an earlier run's ``run.json``, or
        a suite made in memory, which has one version alone.
    out : str or Path, optional
        Directory of the run; ``runs/<suite>`` by default. An earlier run of the suite there is gone on with.
    workers : int, optional
        How many trials run at a time; by default as many as there are cores.
    only : sequence of str, optional
        Names of experiments or studies, or labels of embedders; the others are left out.
    data : str, optional
        A data set of the catalog or a file, in place of the one that the suite names.
    timeout : float, optional
        Seconds that one trial, tuning or study may take.
    memory : int or str, optional
        Bytes, or a text such as ``"4G"``, that one of them may hold, what it shares with others included.
    threads : int, default 1
        How many threads BLAS and OpenMP may use in each. With another number, the last digits may be others.
    tune : int or str, optional
        Tune each method on ratings that has a search space, and show it so beside what the suite gives: a number of
        trials for each, such as 30, or of seconds, such as ``"60s"``, in place of the suite's own.
    fresh : bool, default False
        Replace an earlier run in the directory.
    quick : bool, default False
        Carry out the quick version of the suite, which says less.
    quiet : bool, default False
        Show no progress.
    deadline : Deadline, optional
        When fits must have ended: those that have not begun are left out then, and those that run are ended.
    command : str, optional
        By what the run is made again, as its report says; by default ``toolkit run`` with these arguments.
    store : str or Path, optional
        The folder in which results are kept, which several runs may share; by default ``store`` in the directory.
    executor : concurrent.futures.Executor, optional
        Carries out the fits, on this machine or on others, such as `toolkit.harness.distributed.DaskExecutor`; it is
        not shut down. By default `workers` processes of this machine.

    Returns
    -------
    Run
        A trial that failed is a row of its `trials`, not an error; one whose library is not installed is left out.

    Raises
    ------
    ToolkitError
        If the request is wrong or the data cannot be had; nothing is written over then.
    """
    console = Console(stderr=True, quiet=quiet)
    wanted = _checked(suite, quick, tune) if isinstance(suite, Suite) else load_suite(suite, quick, tune)
    trials = plan(wanted, only)
    if data is not None:
        wanted = _on_other_data(wanted, data, {trial.experiment for trial in trials})
        trials = plan(wanted, only)
    workers = available_cores() if workers is None else workers
    _check_limits(wanted, workers, threads, timeout)
    tunings = plan_tunings(wanted, trials)
    path = Path("runs", wanted.name) if out is None else Path(out)
    trained_on = {experiment.dataset for experiment in wanted.experiments}
    check_directory(path, wanted.name, fresh, trained_on)
    studies = plan_studies(wanted, only)
    modules = _libraries(trials) + (TUNERS if tunings else [])
    limits = Limits(threads, timeout, None if memory is None else size(memory), deadline, tuple(modules))
    warm(threads, limits.preload)  # starts while the data is loaded
    with held(path) as folder:
        datasets, files = stage_data(trials, folder)
        tunings = plan_tunings(wanted, trials, without_ratings(trials, files))
        if tunings and wanted.tune is not None and wanted.tune.storage:
            open_storage(database(wanted.tune.storage, path))  # what is wrong with it shows before anything is removed
        check_directory(path, wanted.name, fresh, trained_on)  # once more, now that no other run can change it
        earlier = {} if fresh else info_of(path)
        command = command or _command(wanted.name, suite, only, data, timeout, memory, threads, tune, quick)
        info = _info(wanted, command, machine(workers, threads), datasets)
        prepare_directory(path, folder, info_text(info), fresh)
        tunings = prepare_tunings(wanted, tunings)
        writer = RunWriter(path, trials, [study.name for study in studies], tunings)
        with writing(path):
            write_entities(path, trials, files)
        started = time.monotonic()
        local = LocalExecutor(workers)
        with _closed(local), Reporter(len(trials) + len(tunings) + len(studies), console) as reporter:
            if line := left_untuned(wanted, trials):
                reporter.say(line)
            kept = Store(path / STORE if store is None else Path(store), reporter.say)
            given = trials, tunings, studies, files, limits, wanted.seeds[0], folder, kept, writer, reporter
            work = Work(*given, local if executor is None else executor, local)
            work.fit()
            work.compare()
            work.study()
        took = {"seconds": round(time.monotonic() - started, 1), "kept": len(work.kept)}
        # where all was there, it took what it took then
        if not work.done and earlier.get("seconds") is not None and earlier.get("command") == command:
            took = {name: earlier[name] for name in ("started", "seconds", "kept") if name in earlier}
        where = {**info["machine"], "blas": ", ".join(writer.blas), **getattr(executor, "describe", dict)()}
        writer.write_info({**info, **took, "machine": where})
    return Run(path)


@contextlib.contextmanager
def _closed(executor: Executor) -> Iterator[None]:
    """Shut an executor down at the end; where something goes wrong, with all that still runs."""
    try:
        yield
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def _checked(suite: Suite, quick: bool, tune: int | str | None) -> Suite:
    """Return a suite made in memory, if its data is there and nothing is asked that only a file can say."""
    if quick or tune is not None:
        raise ParameterError("a suite made in memory has no quick version and a budget for tuning of its own")
    for experiment in suite.experiments:
        check_source(experiment.dataset, experiment.kind)
    return suite


def _info(suite: Suite, command: str, machine: dict[str, Any], datasets: dict[str, Any]) -> dict[str, Any]:
    """Return what ``run.json`` says of a run that begins now."""
    return {
        "format": FORMAT,
        "suite": suite.model_dump(mode="json"),
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": None,
        "kept": 0,
        "versions": versions(),
        "machine": machine,
        "datasets": datasets,
    }


def _libraries(trials: Iterable[Trial]) -> list[str]:
    """Return the modules of the embedders that are run, and those of the libraries behind them."""
    classes = {embedder_class(trial.embedder) for trial in trials}
    names = {cls.__module__ for cls in classes}
    return sorted(names.union(*(LIBRARIES.get(cls.module, ()) for cls in classes)))


def _on_other_data(suite: Suite, data: str, names: set[str]) -> Suite:
    """Return the suite with other data in the experiments named, which must be of one kind."""
    kinds = {experiment.kind for experiment in suite.experiments if experiment.name in names}
    if len(kinds) > 1:
        known = " and on ".join(DATA[kind] for kind in DATA if kind in kinds)
        raise ParameterError(f"suite {suite.name!r} trains on {known}; data can replace one kind only")
    if not kinds:
        raise ParameterError(f"data is {data!r}, but no experiment is run whose data it could replace")
    kind = kinds.pop()
    check_source(data, kind)
    # a text of somebody's own is prose more often than tokens
    tokenizer = {"tokenizer": "words"} if kind == "corpus" and data not in catalog() else {}
    experiments = [
        experiment.model_copy(update={"dataset": data, "options": {**tokenizer, **experiment.options}})
        if experiment.name in names
        else experiment
        for experiment in suite.experiments
    ]
    return suite.model_copy(update={"experiments": tuple(experiments)})


def _check_limits(suite: Suite, workers: int, threads: int, timeout: float | None) -> None:
    for name, value in (("workers", workers), ("threads", threads)):
        if value < 1:
            raise ParameterError(f"{name} is {value}; it must be at least 1")
    if timeout is None:
        return
    if not 0 < timeout <= LONGEST:
        raise ParameterError(f"timeout is {timeout:g}; it must be a number of seconds above 0, at most {LONGEST}")
    seconds = None if suite.tune is None else suite.tune.seconds
    if seconds is not None and seconds >= timeout:
        raise ParameterError(f"each method is tuned for {seconds:g} s, but timeout ends that after {timeout:g} s")


def _command(
    name: str,
    suite: str | Path | Suite,
    only: Sequence[str],
    data: str | None,
    timeout: float | None,
    memory: int | str | None,
    threads: int,
    tune: int | str | None,
    quick: bool,
) -> str:
    """Return the command that does what these arguments of `run` ask for."""
    given = name if isinstance(suite, Suite) else str(suite)
    words = ["toolkit", "run", given, *(["--quick"] if quick else [])]
    for part in only:
        words += ["--only", part]
    if data is not None:
        words += ["--data", data]
    if timeout is not None:
        words += ["--timeout", f"{timeout:g}"]
    if memory is not None:
        words += ["--memory", str(memory)]
    if threads != 1:
        words += ["--threads", str(threads)]
    if tune is not None:
        words += ["--tune", str(tune)]
    return shlex.join(words)
