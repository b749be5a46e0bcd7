"""One trial: load, split, fit, judge, measure. Runs in a process of its own."""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from toolkit.data import Corpus, Ratings
from toolkit.datasets.sources import load_source
from toolkit.embedder import Embedder
from toolkit.errors import DataError
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
    status : {"ok", "failed", "timeout", "crashed"}
        How it ended.
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


def run_trial(trial: Trial, threads: int, embeddings: Path | None) -> Outcome:
    """Run a trial.

    Parameters
    ----------
    trial : Trial
        What to do.
    threads : int
        How many threads BLAS and OpenMP may use.
    embeddings : Path or None
        Folder in which the vectors are kept.

    Returns
    -------
    Outcome
        With status ``ok``; whatever goes wrong is raised.
    """
    before = _peak_mb()
    with threadpool_limits(threads):
        train, test = _load(trial)
        embedder = make_embedder(trial.embedder, **trial.params)
        wall, cpu = time.perf_counter(), time.process_time()
        embedder.fit(train)
        fit_seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        if embeddings is not None:
            _keep(embedder, trial, embeddings)
        wall = time.perf_counter()
        subject = Subject(trial.label, embedder.embeddings_, embedder, train, test)
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


def _load(trial: Trial) -> tuple[Ratings | Corpus, Ratings | None]:
    data = load_source(trial.dataset, trial.kind, **trial.options)
    if isinstance(data, Ratings):
        return data.split(trial.split_method, **trial.split_options)
    if isinstance(data, Corpus):
        return data, None
    raise DataError(f"{trial.dataset} holds {type(data).__name__}; a suite trains on ratings or a corpus")


def _keep(embedder: Embedder, trial: Trial, folder: Path) -> None:
    if embedder.view == "none":
        return  # vectors that were only read are kept where they came from
    for entity, embedding in embedder.embeddings_.items():
        embedding.save(folder / f"{trial.id}.{entity}.arrow")


def _peak_mb() -> float:
    """Return the most memory that this process ever held, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
