"""What a run does: each trial and each study as a call, with what becomes of its outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.errors import MissingDependencyError
from toolkit.harness.plan import Trial
from toolkit.harness.progress import Reporter
from toolkit.harness.store import RunWriter
from toolkit.harness.studying import StudyOutcome, gather_evidence, run_study
from toolkit.harness.suite import StudySpec
from toolkit.harness.tables import LEFT_OUT
from toolkit.harness.trial import Outcome, run_trial
from toolkit.harness.tuning import Tuning, TuningOutcome, gather_tried, run_tuning
from toolkit.registry import embedder_class
from toolkit.studies import study_info


@dataclass(frozen=True)
class Job:
    """A trial, a tuning or a study.

    Parameters
    ----------
    name : str
        What people call it.
    function : callable
        What is called, in another process.
    arguments : tuple
        With what.
    fault : callable
        Makes an outcome of a status, an error and a trace where the call did not return one.
    keep : callable
        Writes an outcome.
    words : callable
        Says in a few words how it went well.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    fault: Callable[..., Any]
    keep: Callable[[Any], None]
    words: Callable[[Any], str]


def trial_jobs(
    trials: Iterable[Trial],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    writer: RunWriter,
    reporter: Reporter,
) -> list[Job]:
    """Return a job for each trial whose library is installed; the others are told of and kept as left out."""
    jobs, missing = [], defaultdict[str, list[str]](list)
    for trial in trials:
        cls = embedder_class(trial.embedder)
        if not cls.installed():
            reason = f"{cls.library} is not installed: {cls.install_command()}"
            missing[reason].append(trial.label)
            writer.add(Outcome(trial.id, LEFT_OUT, reason))
            continue
        arguments = (trial, files[trial.id], threads, writer.path)
        jobs.append(Job(_name(trial), run_trial, arguments, partial(Outcome, trial.id), writer.add, _trial_words))
    for reason, labels in missing.items():
        reporter.leave_out(len(labels), f"{reason} (left out: {', '.join(dict.fromkeys(labels))})")
    return jobs


def tuning_jobs(
    tunings: Iterable[Tuning],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    writer: RunWriter,
) -> list[Job]:
    """Return a job for each tuning. It is given the path of the training part, and never that of the test part."""
    jobs = []
    for tuning in tunings:
        train = files[tuning.trials[0].id][0]
        fault = partial(_broken_off, tuning)
        words = partial(_tuning_words, tuning)
        jobs.append(Job(f"tune {tuning.name}", run_tuning, (tuning, train, threads), fault, writer.add_tuning, words))
    return jobs


def _broken_off(tuning: Tuning, status: str, error: str, trace: str = "") -> TuningOutcome:
    return TuningOutcome(tuning, status, error, gather_tried(tuning), trace=trace)


def study_jobs(
    specs: Iterable[StudySpec],
    trials: list[Trial],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    seed: int,
    writer: RunWriter,
    reporter: Reporter,
) -> list[Job]:
    """Return a job for each study whose library is installed, once the trials have ended; tell of the others."""
    jobs = []
    for spec in specs:
        try:
            study_info(spec.name).check_installed()
        except MissingDependencyError as error:
            writer.add_study(StudyOutcome(spec.name, LEFT_OUT, str(error)))
            reporter.leave_out(1, f"{error} (left out)")
            continue
        arguments = (spec, gather_evidence(spec, writer.path, trials, files, seed), threads)
        fault = partial(StudyOutcome, spec.name)
        jobs.append(Job(f"study {spec.name}", run_study, arguments, fault, writer.add_study, _study_words))
    return jobs


def _trial_words(outcome: Outcome) -> str:
    return f"fit {outcome.fit_seconds:.1f} s, judged {outcome.evaluate_seconds:.1f} s"


def _tuning_words(tuning: Tuning, outcome: TuningOutcome) -> str:
    values = [row["confirmed"] for row in outcome.rows if row["chosen"]]
    return f"{len(outcome.rows)} tried, {tuning.objective.metric} {values[0]:.4f} on the parts held out"


def _study_words(outcome: StudyOutcome) -> str:
    return f"{outcome.seconds:.1f} s"


def _name(trial: Trial) -> str:
    dim = trial.params.get("embedding_dim")
    parts = [trial.experiment, trial.label, "" if dim is None else str(dim), trial.fold]
    return " ".join(part for part in parts if part)
