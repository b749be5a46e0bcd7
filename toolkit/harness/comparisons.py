"""What is done once all trials have ended: words judged on common ground, and leaderboards compared."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from toolkit.atomic import write_text, writing
from toolkit.comparing import Board, boards_of, compare_board, rank_table
from toolkit.errors import DataError
from toolkit.harness.address import Key, address_of, step_key
from toolkit.harness.common_words import OWN, common_words, judge_common
from toolkit.harness.directory import held
from toolkit.harness.jobs import Job
from toolkit.harness.machine import available_cores
from toolkit.harness.plan import Trial
from toolkit.harness.progress import Reporter
from toolkit.harness.results import Run, open_run
from toolkit.harness.tables import (
    DIFFERENCE_COLUMNS,
    EMBEDDINGS,
    INTERVAL_COLUMNS,
    RANK_COLUMNS,
    STEP_COLUMNS,
    STRATUM_COLUMNS,
    UNITS,
    lines,
)
from toolkit.harness.writer import RunWriter, write_trace

COLUMNS = {
    "intervals": INTERVAL_COLUMNS,
    "differences": DIFFERENCE_COLUMNS,
    "strata": STRATUM_COLUMNS,
    "ranks": RANK_COLUMNS,
    "steps": STEP_COLUMNS,
}


@dataclass(frozen=True, eq=False)
class Step:
    """What came of a step.

    Parameters
    ----------
    step : str
        Its name.
    status : {"ok", "failed", "left out", "timeout", "memory", "crashed"}
        How it ended.
    error : str, default ""
        Why, where it did not end well.
    seconds : float
        How long it took.
    rows : dict of str to list of dict
        Rows of tables of the run.
    trace : str, default ""
        The traceback of one that raised.
    folder : Path, optional
        Where its files are.
    """

    step: str
    status: str
    error: str = ""
    seconds: float = math.nan
    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    trace: str = ""
    folder: Path | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """dict: what is kept of it."""
        return {"seconds": self.seconds, "rows": self.rows}


class StepWriter:
    """Writes the tables of comparisons as the steps end.

    Parameters
    ----------
    path : Path
        The directory of the run.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._steps: list[Step] = []

    def add(self, outcome: Step) -> None:
        """Write what came of one more step."""
        self._steps = sorted([*self._steps, outcome], key=lambda step: step.step)
        rows = {name: [row for step in self._steps for row in step.rows.get(name, ())] for name in COLUMNS}
        rows["steps"] = [vars(step) for step in self._steps]
        with writing(self.path):
            trace = f"{outcome.step}\n{outcome.trace}" if outcome.trace else ""
            write_trace(self.path, f"step {len(self._steps):03d}", trace)
            for name, columns in COLUMNS.items():
                body = lines(rows[name], columns) if rows[name] else ""
                write_text(self.path / f"{name}.csv", ",".join(columns) + "\n" + body)


def common_jobs(
    trials: Iterable[Trial],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    made: dict[str, str],
    writer: RunWriter,
    steps: StepWriter,
    reporter: Reporter,
) -> list[Job]:
    """Return a job for each trial that is to be judged over the words that its experiment's methods have in common."""
    common, apart = common_words(trials, writer.words)
    for name in apart:
        reporter.say(f"the methods of {name} have no word in common; each is judged over its own")
    jobs = []
    for trial in trials:
        if trial.id in common:
            name = f"common words {trial.id}"
            words = writer.path / EMBEDDINGS / f"{trial.id}.word.arrow"
            data = (*files[trial.id], *([words] if words.is_file() else []))
            key = step_key("common words", [made[trial.id], sorted(common[trial.id])], trial.seed, threads)
            keep = partial(_keep_common, trial.id, made, address_of(key), writer, steps)
            jobs.append(_job(name, judge_step, (trial, threads, common[trial.id]), keep, key, data))
    return jobs


def judge_step(
    data: Sequence[Path], folder: Path, name: str, trial: Trial, threads: int, common: frozenset[str]
) -> Step:
    """Judge a trial over common words; see `judge_common`."""
    started = time.perf_counter()
    scores = judge_common(data, folder, trial, threads, common)
    return Step(name, "ok", "", time.perf_counter() - started, {"scores": scores})


def _keep_common(
    trial: str, made: dict[str, str], address: str, writer: RunWriter, steps: StepWriter, outcome: Step
) -> None:
    """Put the scores over common words in place of the others; without them, the trial is not compared."""
    made[trial] = f"{made[trial]} {address if outcome.status == 'ok' else outcome.status}"
    writer.rejudge(trial, outcome.rows.get("scores", []), OWN, outcome.folder)
    steps.add(outcome)


def compare_jobs(path: Path, steps: StepWriter, threads: int, seed: int, made: Mapping[str, str]) -> list[Job]:
    """Return a job for each leaderboard of a run, and one for average ranks, once all scores are there.

    Parameters
    ----------
    path : Path
        The directory of the run.
    steps : StepWriter
        Keeps what comes of them.
    threads : int
        How many threads BLAS and OpenMP may use.
    seed : int
        Of the comparisons.
    made : dict of str to str
        By the id of a trial, the address of its result; what is compared is told by these. Where they are not known,
        nothing is kept for another run.
    """
    run = open_run(path)
    ended = run.trials[run.trials["status"] == "ok"]
    boards = boards_of(ended, run.scores, path / UNITS)
    named = [(" ".join(filter(None, ["compare", *board.identity.values()])), board) for board in boards]
    jobs = [
        _job(name, compare_step, (board, threads, seed), steps.add, _key(name, board.trials, made, seed, threads))
        for name, board in named
    ]
    if boards:
        key = _key("ranks", ended, made, seed, threads)
        jobs.append(_job("ranks", rank_step, (run.scores,), steps.add, key))
    return jobs


def _key(name: str, trials: pd.DataFrame, made: Mapping[str, str], seed: int, threads: int) -> Key | None:
    if not made:
        return None
    rows = trials[["trial", "experiment", "dataset", "split", "fold", "seed", "embedder", "embedding_dim"]]
    return step_key(name, [[*map(str, row), made[row[0]]] for row in rows.itertuples(index=False)], seed, threads)


def _job(
    name: str,
    function: Callable[..., Step],
    arguments: tuple[Any, ...],
    keep: Callable[[Step], None],
    key: Key | None,
    data: tuple[Path, ...] = (),
) -> Job:
    return Job(name, function, data, (name, *arguments), key, partial(Step, name), attrgetter("facts"), keep, _words)


def compare_again(run: Run) -> Run:
    """Compare the leaderboards of a run once more, from the units that it kept; nothing is fitted.

    Parameters
    ----------
    run : Run
        Such as one that an earlier version made.

    Returns
    -------
    Run
        With the new comparisons.

    Raises
    ------
    DataError
        If it has kept no units, or a run is writing there.
    """
    if not (run.path / UNITS).is_dir():
        raise DataError(f"keeps no units, from which differences could be tested: {UNITS} is missing", run.path)
    with held(run.path) as folder:
        steps = StepWriter(run.path)
        for job in compare_jobs(run.path, steps, available_cores(), run.info["suite"]["seeds"][0], {}):
            job.keep(job.function(job.data, folder, *job.arguments))
    return Run(run.path)


def compare_step(data: Sequence[Path], folder: Path, name: str, board: Board, threads: int, seed: int) -> Step:
    """Compare a leaderboard; see `compare_board`."""
    started = time.perf_counter()
    with threadpool_limits(threads):
        rows = compare_board(board, seed)
    return Step(name, "ok", "", time.perf_counter() - started, rows)


def rank_step(data: Sequence[Path], folder: Path, name: str, scores: pd.DataFrame) -> Step:
    """Rank embedders over folds and data sets; see `rank_table`."""
    started = time.perf_counter()
    return Step(name, "ok", "", time.perf_counter() - started, {"ranks": rank_table(scores)})


def _words(outcome: Step) -> str:
    return f"{outcome.seconds:.1f} s"
