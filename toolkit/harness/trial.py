"""One trial: fit, judge, measure. Runs in a process of its own."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from toolkit.data.staged import open_staged
from toolkit.embedder import Embedder
from toolkit.harness.plan import Trial
from toolkit.registry import make_embedder
from toolkit.tasks import Subject, task_info


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


def run_trial(trial: Trial, data: Sequence[Path], threads: int, embeddings: Path) -> Outcome:
    """Run a trial.

    Parameters
    ----------
    trial : Trial
        What to do.
    data : sequence of Path
        The staged training and test part, or the staged corpus.
    threads : int
        How many threads BLAS and OpenMP may use.
    embeddings : Path
        Folder in which the vectors are kept.

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
        _keep(embedder, trial, embeddings)
        wall = time.perf_counter()
        subject = Subject(trial.label, embedder.embeddings_, embedder, *parts)
        scores = [
            asdict(score) for task in trial.tasks for score in task_info(task.name).function(subject, **task.options)
        ]
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
        scores,
    )


def _keep(embedder: Embedder, trial: Trial, folder: Path) -> None:
    if embedder.view == "none":
        return  # vectors that were only read are kept where they came from
    for entity, embedding in embedder.embeddings_.items():
        embedding.save(folder / f"{trial.id}.{entity}.arrow")


def _peak_mb() -> float:
    """Return the most memory that this process ever held, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
