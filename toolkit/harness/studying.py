"""One study: what it may look at, and what comes of it. It runs in a process of its own, as a trial does."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from toolkit.harness.plan import Trial
from toolkit.harness.store import open_run
from toolkit.harness.suite import StudySpec
from toolkit.studies import Evidence, study_info


@dataclass(frozen=True, eq=False)
class StudyOutcome:
    """What came of a study.

    Parameters
    ----------
    study : str
        Its name.
    status : {"ok", "failed", "timeout", "crashed", "left out"}
        How it ended; left out where a library is not installed.
    error : str, default ""
        Why, where it did not end well.
    seconds : float
        How long it took.
    tables : dict of str to pandas.DataFrame
        What it found.
    trace : str, default ""
        The traceback of one that raised.
    """

    study: str
    status: str
    error: str = ""
    seconds: float = math.nan
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    trace: str = ""


def gather_evidence(
    spec: StudySpec, folder: Path, trials: list[Trial], files: Mapping[str, tuple[Path, ...]], seed: int
) -> Evidence:
    """Return what a study may look at, once the trials of its experiments have ended."""
    run = open_run(folder)
    mine = {trial.id for trial in trials if trial.experiment in spec.experiments}
    ended = run.trials[run.trials["trial"].isin(mine) & (run.trials["status"] == "ok")]
    scores = run.scores[run.scores["trial"].isin(ended["trial"])]
    return Evidence(folder, ended, scores, {name: files[name] for name in mine}, seed)


def run_study(spec: StudySpec, evidence: Evidence, threads: int) -> StudyOutcome:
    """Carry out a study.

    Parameters
    ----------
    spec : StudySpec
        Which one, with its options.
    evidence : Evidence
        What it may look at.
    threads : int
        How many threads BLAS and OpenMP may use.

    Returns
    -------
    StudyOutcome
        With status ``ok``; whatever goes wrong is raised.
    """
    started = time.perf_counter()
    with threadpool_limits(threads):
        tables = study_info(spec.name).function(evidence, **spec.options)
    return StudyOutcome(spec.name, "ok", "", time.perf_counter() - started, tables)
