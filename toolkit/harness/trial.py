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

from toolkit.blas import kernels
from toolkit.data.staged import open_staged
from toolkit.embedder import Embedder
from toolkit.harness.plan import Trial
from toolkit.harness.tables import EMBEDDINGS, UNITS
from toolkit.registry import make_embedder
from toolkit.tasks import Score, Subject, task_info, units_of, write_units

FACTS = ("embedding_dim", "fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb", "scores", "words", "blas")
ROWS = 50_000  # of vectors that were only read: the larger ones are kept where they came from, and there alone


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Parameters
    ----------
    trial : str
        Its id.
    status : {"ok", "failed", "timeout", "memory", "crashed", "left out"}
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
    blas : list of str
        What `toolkit.blas.kernels` returned where it was fitted.
    folder : Path, optional
        Where its vectors and units are.
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
    blas: list[str] = field(default_factory=list)
    folder: Path | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """dict: what is kept of it, whatever the trial is called."""
        return {name: getattr(self, name) for name in FACTS}


def run_trial(data: Sequence[Path], folder: Path, trial: Trial, threads: int) -> Outcome:
    """Run a trial.

    Parameters
    ----------
    data : sequence of Path
        The staged training and test part, or the staged corpus.
    folder : Path
        Into which vectors and units are written.
    trial : Trial
        What to do.
    threads : int
        How many threads BLAS and OpenMP may use.

    Returns
    -------
    Outcome
        With status ``ok``; whatever goes wrong is raised.
    """
    before = _peak_mb()
    with threadpool_limits(threads):
        parts: list[Any] = [open_staged(path) for path in data]
        embedder = make_embedder(trial.embedder, **trial.params)
        wall, cpu = time.perf_counter(), time.process_time()
        embedder.fit(parts[0])
        fit_seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        _keep(embedder, trial, folder)
        wall = time.perf_counter()
        scores = list(judged(trial, Subject(trial.label, embedder.embeddings_, embedder, *parts)))
        write_units(units_of(scores), folder / UNITS)
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
        blas=kernels(),
    )


def judged(trial: Trial, subject: Subject) -> Iterator[Score]:
    """Yield the scores of all tasks of a trial."""
    for task in trial.tasks:
        yield from task_info(task.name).function(subject, **task.options)


def _keep(embedder: Embedder, trial: Trial, folder: Path) -> None:
    for entity, embedding in embedder.embeddings_.items():
        if embedder.view != "none" or trial.kind == "vocabulary" or len(embedding) <= ROWS:
            embedding.save(folder / f"{EMBEDDINGS}.{entity}.arrow")


def _peak_mb() -> float:
    """Return the most memory that this process ever held, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
