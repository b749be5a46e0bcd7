"""`run`: carry out a suite."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from toolkit.data import Ratings
from toolkit.data.splits import split_rows
from toolkit.datasets import load_dataset
from toolkit.datasets.catalog import catalog
from toolkit.datasets.sources import check_source, load_source
from toolkit.errors import ParameterError
from toolkit.harness.data import describe_data
from toolkit.harness.machine import available_cores, machine, versions
from toolkit.harness.plan import Trial, plan
from toolkit.harness.pool import IsolatedExecutor, TrialCrashError, TrialFailedError, TrialTimeoutError
from toolkit.harness.progress import Reporter
from toolkit.harness.store import Run, RunWriter, prepare_directory
from toolkit.harness.suite import Suite, load_suite
from toolkit.harness.trial import Outcome, run_trial
from toolkit.tasks import task_info

LONGEST = 10**6  # seconds that a trial may be given
TICK = 0.2  # seconds between two looks at what is running


def run(
    suite: str | Path,
    out: str | Path | None = None,
    workers: int | None = None,
    *,
    only: Sequence[str] = (),
    data: str | None = None,
    timeout: float | None = None,
    fresh: bool = False,
    quiet: bool = False,
) -> Run:
    """Run a suite and keep everything that comes of it.

    Parameters
    ----------
    suite : str or Path
        The name of a suite that ships with the toolkit, or the path of a TOML file.
    out : str or Path, optional
        Directory of the run; ``runs/<suite>`` by default.
    workers : int, optional
        How many trials run at a time; by default as many as there are cores. The cores are shared out among them.
    only : sequence of str, optional
        Names of experiments or labels of embedders; the others are left out.
    data : str, optional
        A data set of the catalog or a file, in place of the one that the suite names.
    timeout : float, optional
        Seconds that one trial may take.
    fresh : bool, default False
        Replace an earlier run in the directory.
    quiet : bool, default False
        Show no progress.

    Returns
    -------
    Run
        A trial that failed is a row of its `trials`, not an error.

    Raises
    ------
    ToolkitError
        If the request is wrong or the data cannot be had; nothing is written over then.
    """
    console = Console(stderr=True, quiet=quiet)
    wanted = load_suite(suite)
    trials = plan(wanted, only)
    if data is not None:
        wanted = _on_other_data(wanted, data, {trial.experiment for trial in trials})
        trials = plan(wanted, only)
    workers = available_cores() if workers is None else workers
    if workers < 1:
        raise ParameterError(f"workers is {workers}; it must be at least 1")
    if timeout is not None and not 0 < timeout <= LONGEST:
        raise ParameterError(f"timeout is {timeout:g}; it must be a number of seconds above 0, at most {LONGEST}")
    threads = max(1, available_cores() // workers)
    datasets = _described(wanted, trials)
    path = Path("runs", wanted.name) if out is None else Path(out)
    prepare_directory(path, fresh)
    writer = RunWriter(path, trials)
    info = {
        "format": 1,
        "suite": wanted.model_dump(mode="json"),
        "command": _command(suite, only, data, timeout),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": None,
        "versions": versions(),
        "machine": machine(workers, threads),
        "datasets": datasets,
    }
    writer.write_info(info)
    started = time.monotonic()
    with Reporter(trials, console) as reporter:
        _carry_out(trials, writer, reporter, IsolatedExecutor(workers, threads, timeout), threads)
    writer.write_info({**info, "seconds": round(time.monotonic() - started, 1)})
    return Run(path)


def _carry_out(
    trials: list[Trial], writer: RunWriter, reporter: Reporter, executor: IsolatedExecutor, threads: int
) -> None:
    futures: dict[Future[Any], Trial] = {}
    try:
        for trial in trials:
            futures[executor.submit(run_trial, trial, threads, writer.path / "embeddings")] = trial
        while futures:
            done, _ = wait(futures, timeout=TICK, return_when=FIRST_COMPLETED)
            for future in done:
                trial = futures.pop(future)
                outcome = _outcome(trial, future)
                writer.add(outcome)
                reporter.end(trial, outcome)
            reporter.show_running([trial for future, trial in futures.items() if future.running()])
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def _outcome(trial: Trial, future: Future[Any]) -> Outcome:
    try:
        outcome: Outcome = future.result()
    except TrialTimeoutError as error:
        return Outcome(trial.id, "timeout", str(error))
    except TrialCrashError as error:
        return Outcome(trial.id, "crashed", str(error))
    except TrialFailedError as error:
        return Outcome(trial.id, "failed", str(error), trace=error.trace)
    return outcome


def _described(suite: Suite, trials: list[Trial]) -> dict[str, Any]:
    """Load every data set that the run needs, once, before anything is written: what is missing or wrong shows now."""
    found: dict[str, Any] = {}
    needed = {trial.experiment for trial in trials}
    for experiment in suite.experiments:
        if experiment.name not in needed:
            continue
        data = load_source(experiment.dataset, experiment.kind, **experiment.options)
        if isinstance(data, Ratings):
            for split in experiment.splits:
                for method, fold, options in split.parts():
                    split_rows(data, fold if method == "canonical" else method, **options)
        found[experiment.dataset] = describe_data(experiment.dataset, data, "training")
    for name in sorted({name for trial in trials for name in _judged_by(trial)} - set(found)):
        found[name] = describe_data(name, load_dataset(name), "evaluation")
    return found


def _judged_by(trial: Trial) -> list[str]:
    """Return the word sets, and the vectors of others, that a trial reads from the catalog."""
    names = [str(trial.params.get("source", ""))]
    names += [name for task in trial.tasks for name in task_info(task.name).data_of(task.options)]
    return [name for name in names if name in catalog()]


def _on_other_data(suite: Suite, data: str, names: set[str]) -> Suite:
    """Return the suite with other data in the experiments named, which must be of one kind."""
    kinds = {experiment.kind for experiment in suite.experiments if experiment.name in names}
    if len(kinds) > 1:
        raise ParameterError(f"suite {suite.name!r} trains on ratings and on a corpus; data can replace one kind only")
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


def _command(suite: str | Path, only: Sequence[str], data: str | None, timeout: float | None) -> str:
    words = ["toolkit", "run", str(suite)]
    for name in only:
        words += ["--only", name]
    if data is not None:
        words += ["--data", data]
    if timeout is not None:
        words += ["--timeout", f"{timeout:g}"]
    return shlex.join(words)
