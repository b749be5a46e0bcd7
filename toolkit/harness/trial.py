"""One trial: fit, judge, measure. Runs in a process of its own."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from toolkit.data.staged import open_staged
from toolkit.embedder import Embedder
from toolkit.errors import MissingDependencyError
from toolkit.harness.plan import Trial
from toolkit.harness.tables import EMBEDDINGS, LEFT_OUT, UNITS
from toolkit.registry import make_embedder
from toolkit.tasks import Score, Subject, task_info, units_of, write_units

ROWS = 50_000  # of vectors that were only read: the larger ones are kept where they came from, and there alone


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Parameters
    ----------
    trial : str
        Its id.
    status : {"ok", "failed", "timeout", "crashed", "left out"}
        How it ended; left out where a library is not installed.
    error : str, default ""
        Why, where it did not end well.
    embedding_dim : int, default 0
        Length of the main vectors.
    fit_seconds, cpu_seconds, evaluate_seconds : float
        Wall and processor seconds of the fit, wall seconds of the judging.
    peak_memory_mb : float
        Most memory held, in MiB above the libraries themselves.
    scores : list of dict
        The fields of `toolkit.tasks.Score`.
    trace : str, default ""
        The traceback of a trial that raised.
    words : list of str
        The words that it learned vectors of.
    """

    trial: str
    status: str
    error: str = ""
    embedding_dim: int = 0
    fit_seconds: float = math.nan
    cpu_seconds: float = math.nan
    evaluate_seconds: float = math.nan
    peak_memory_mb: float = math.nan
    scores: list[dict[str, Any]] = field(default_factory=list)
    trace: str = ""
    words: list[str] = field(default_factory=list)


def run_trial(trial: Trial, data: Sequence[Path], threads: int, folder: Path) -> Outcome:
    """Run a trial.

    Parameters
    ----------
    trial : Trial
        What to do.
    data : sequence of Path
        The staged training and test part, or the staged corpus.
    threads : int
        How many threads BLAS and OpenMP may use.
    folder : Path
        Directory of the run, in which vectors and units are kept.

    Returns
    -------
    Outcome
        With status ``ok``, or ``left out`` where a library is not installed; whatever else goes wrong is raised.
    """
    before = _peak_mb()
    with threadpool_limits(threads):
        parts: list[Any] = [open_staged(path) for path in data]
        embedder = make_embedder(trial.embedder, **trial.params)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            embedder.fit(parts[0])
        except MissingDependencyError as error:  # of a method within the method
            return Outcome(trial.id, LEFT_OUT, str(error))
        fit_seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        _keep(embedder, trial, folder / EMBEDDINGS)
        wall = time.perf_counter()
        scores = list(judged(trial, Subject(trial.label, embedder.embeddings_, embedder, *parts)))
        write_units(units_of(scores), folder / UNITS / trial.id)
        evaluate_seconds = time.perf_counter() - wall
    return Outcome(
        trial.id,
        "ok",
        "",
        embedder.embedding().dim,
        fit_seconds,
        cpu_seconds,
        evaluate_seconds,
        _peak_mb() - before,
        [score.row() for score in scores],
        words=list(embedder.embeddings_["word"].keys) if "word" in embedder.embeddings_ else [],
    )


def judged(trial: Trial, subject: Subject) -> Iterator[Score]:
    """Yield the scores of all tasks of a trial."""
    for task in trial.tasks:
        yield from task_info(task.name).function(subject, **task.options)


def _keep(embedder: Embedder, trial: Trial, folder: Path) -> None:
    for entity, embedding in embedder.embeddings_.items():
        if embedder.view != "none" or trial.kind == "vocabulary" or len(embedding) <= ROWS:
            embedding.save(folder / f"{trial.id}.{entity}.arrow")


def _peak_mb() -> float:
    """Return the most memory that this process ever held, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
