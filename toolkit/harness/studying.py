"""One study: what it may look at, and what comes of it. It runs in a process of its own, as a trial does."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from threadpoolctl import threadpool_limits

from toolkit.atomic import write_text
from toolkit.errors import DataError, ParameterError
from toolkit.harness.plan import Trial
from toolkit.harness.results import open_run
from toolkit.harness.suite import StudySpec
from toolkit.harness.tables import csv_text
from toolkit.studies import Evidence, Tables, study_info


@dataclass(frozen=True, eq=False)
class StudyOutcome:
    """What came of a study.

    Parameters
    ----------
    study : str
        Its name.
    status : {"ok", "failed", "timeout", "memory", "crashed", "left out"}
        How it ended; left out where a library is not installed.
    error : str, default ""
        Why, where it did not end well.
    seconds : float
        How long it took.
    tables : dict of str to pandas.DataFrame
        What it found.
    trace : str, default ""
        The traceback of one that raised.
    folder : Path, optional
        Where the tables are, written.
    """

    study: str
    status: str
    error: str = ""
    seconds: float = math.nan
    tables: Tables = field(default_factory=dict)
    trace: str = ""
    folder: Path | None = None

    @property
    def facts(self) -> dict[str, float]:
        """dict: what is kept of it beside its tables."""
        return {"seconds": self.seconds}


def gather_evidence(
    spec: StudySpec, folder: Path, trials: list[Trial], files: Mapping[str, tuple[Path, ...]], seed: int
) -> Evidence:
    """Return what a study may look at, once the trials of its experiments have ended."""
    run = open_run(folder)
    mine = {trial.id for trial in trials if trial.experiment in spec.experiments}
    ended = run.trials[run.trials["trial"].isin(mine) & (run.trials["status"] == "ok")]
    scores = run.scores[run.scores["trial"].isin(ended["trial"]) & (run.scores["variant"] == "")]
    return Evidence(folder, ended, scores, {name: files[name] for name in mine}, seed)


def run_study(data: Sequence[Path], folder: Path, spec: StudySpec, evidence: Evidence, threads: int) -> StudyOutcome:
    """Carry out a study.

    Parameters
    ----------
    data : sequence of Path
        Nothing: all that it looks at is in the evidence.
    folder : Path
        Into which its tables are written.
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

    Raises
    ------
    DataError
        If it found nothing.
    """
    started = time.perf_counter()
    with threadpool_limits(threads):
        tables = _kept(study_info(spec.name).function(evidence, **spec.options))
    if not tables:
        looked_at = ", ".join(spec.experiments) or "no experiment, as the suite names none for it"
        raise DataError(f"study {spec.name!r} found nothing; it looked at {looked_at}")
    write_tables(tables, folder)
    return StudyOutcome(spec.name, "ok", "", time.perf_counter() - started)


def write_tables(tables: Tables, folder: Path) -> None:
    """Write tables by their names, as CSV."""
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", csv_text(table))


def _kept(found: Tables) -> Tables:
    """Return the tables that have rows; what is none, or has a name that no file can have, fails here."""
    for name in found:
        if not re.fullmatch(r"[\w-]+", name):
            raise ParameterError(f"a table is called {name!r}; use letters, digits, - and _")
    return {name: table for name, table in found.items() if not table.empty}
