"""What a run does: each trial and each study as a call, with what becomes of its outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from toolkit.errors import MissingDependencyError
from toolkit.harness.address import Key, address_of, study_key, trial_key, tuning_key
from toolkit.harness.plan import Trial
from toolkit.harness.progress import Reporter
from toolkit.harness.studying import StudyOutcome, gather_evidence, run_study
from toolkit.harness.suite import StudySpec
from toolkit.harness.tables import LEFT_OUT
from toolkit.harness.trial import Outcome, run_trial
from toolkit.harness.tuning import Tuning, TuningOutcome, run_tuning
from toolkit.harness.writer import RunWriter
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
    data : tuple of Path
        Files that it reads.
    arguments : tuple
        With what it is called behind these and the folder into which it writes.
    key : dict or None
        What its result depends on; None of one that is not kept for another run.
    outcome : callable
        Makes an outcome of a status, an error and a trace, or of a status and the facts of one that is kept.
    facts : callable
        Returns what is kept of an outcome that is well.
    keep : callable
        Writes an outcome.
    words : callable
        Says in a few words how it went well.
    """

    name: str
    function: Callable[..., Any]
    data: tuple[Path, ...]
    arguments: tuple[Any, ...]
    key: Key | None
    outcome: Callable[..., Any]
    facts: Callable[[Any], dict[str, Any]]
    keep: Callable[[Any], None]
    words: Callable[[Any], str]


def trial_jobs(
    trials: Iterable[Trial],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    made: dict[str, str],
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
            made[trial.id] = LEFT_OUT
            continue
        key = trial_key(trial, files[trial.id], threads)
        jobs.append(
            Job(
                _name(trial),
                run_trial,
                files[trial.id],
                (trial, threads),
                key,
                partial(Outcome, trial.id),
                attrgetter("facts"),
                partial(_keep_trial, made, address_of(key), writer),
                _trial_words,
            )
        )
    for reason, labels in missing.items():
        reporter.leave_out(len(labels), f"{reason} (left out: {', '.join(dict.fromkeys(labels))})")
    return jobs


def _keep_trial(made: dict[str, str], address: str, writer: RunWriter, outcome: Outcome) -> None:
    made[outcome.trial] = address if outcome.status == "ok" else outcome.status
    writer.add(outcome)


def tuning_jobs(
    tunings: Iterable[Tuning],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    writer: RunWriter,
) -> list[Job]:
    """Return a job for each tuning. It is given the path of the training part, and never that of the test part."""
    return [
        Job(
            f"tune {tuning.name}",
            run_tuning,
            files[tuning.trials[0].id][:1],
            (tuning, threads),
            tuning_key(tuning.trials[0].embedder, tuning.asked, files[tuning.trials[0].id][:1], threads),
            partial(TuningOutcome, tuning),
            attrgetter("facts"),
            writer.add_tuning,
            partial(_tuning_words, tuning),
        )
        for tuning in tunings
    ]


def study_jobs(
    specs: Iterable[StudySpec],
    trials: list[Trial],
    files: Mapping[str, tuple[Path, ...]],
    threads: int,
    seed: int,
    made: Mapping[str, str],
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
        evidence = gather_evidence(spec, writer.path, trials, files, seed)
        mine = [trial.id for trial in trials if trial.experiment in spec.experiments]
        looked_at = {name: made.get(name, "not fitted") for name in mine}  # as where nothing could be tuned
        jobs.append(
            Job(
                f"study {spec.name}",
                run_study,
                (),
                (spec, evidence, threads),
                study_key(spec, looked_at, seed, threads),
                partial(StudyOutcome, spec.name),
                attrgetter("facts"),
                writer.add_study,
                _study_words,
            )
        )
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
