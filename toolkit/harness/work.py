"""What a run does once its data is there: fits, then comparisons, then studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from toolkit.harness.comparisons import StepWriter, common_jobs, compare_jobs
from toolkit.harness.deadline import Deadline
from toolkit.harness.jobs import Job, study_jobs, trial_jobs, tuning_jobs
from toolkit.harness.plan import Trial
from toolkit.harness.pool import (
    IsolatedExecutor,
    OutOfTimeError,
    TrialCrashError,
    TrialFailedError,
    TrialTimeoutError,
)
from toolkit.harness.progress import Reporter
from toolkit.harness.store import RunWriter
from toolkit.harness.suite import StudySpec
from toolkit.harness.tables import LEFT_OUT
from toolkit.harness.tuning import Tuning

TICK = 0.2  # seconds between two looks at what is running


@dataclass(frozen=True, eq=False)
class Work:
    """The work of a run, whose three parts are done one after the other.

    Parameters
    ----------
    trials : list of Trial
        In the order of the plan.
    tunings : list of Tuning
        Those that some trials wait for.
    studies : sequence of StudySpec
        What is made of the trials.
    files : dict of str to tuple of Path
        By the id of a trial: its staged data.
    threads : int
        How many threads BLAS and OpenMP may use in each process.
    seed : int
        Of comparisons and studies.
    writer : RunWriter
        Keeps what comes of it.
    reporter : Reporter
        Shows how far it is.
    executor : IsolatedExecutor
        Carries it out.
    """

    trials: list[Trial]
    tunings: list[Tuning]
    studies: Sequence[StudySpec]
    files: Mapping[str, tuple[Path, ...]]
    threads: int
    seed: int
    writer: RunWriter
    reporter: Reporter
    executor: IsolatedExecutor

    def fit(self, deadline: Deadline | None) -> None:
        """Carry out the trials and the tunings, then the trials with the parameters that were chosen."""
        later = [trial for tuning in self.tunings for trial in tuning.trials]
        tunings = tuning_jobs(self.tunings, self.files, self.threads, self.writer)
        self._carry_out(self._fits([trial for trial in self.trials if trial not in later]) + tunings, deadline=deadline)
        chosen = self.writer.waiting(later)
        self.reporter.expect_fewer(len(later) - len(chosen))
        self._carry_out(self._fits(chosen), deadline=deadline)

    def compare(self) -> None:
        """Judge words on common ground where that is needed, then compare the leaderboards."""
        steps = StepWriter(self.writer.path)
        common = common_jobs(self.trials, self.files, self.threads, self.writer, steps, self.reporter)
        self._carry_out(common, counted=False)
        self._carry_out(compare_jobs(self.writer.path, steps, self.threads, self.seed), counted=False)

    def study(self) -> None:
        """Carry out the studies."""
        given = self.studies, self.trials, self.files, self.threads, self.seed, self.writer, self.reporter
        self._carry_out(study_jobs(*given))

    def _fits(self, trials: list[Trial]) -> list[Job]:
        return trial_jobs(trials, self.files, self.threads, self.writer, self.reporter)

    def _carry_out(self, jobs: list[Job], counted: bool = True, deadline: Deadline | None = None) -> None:
        """Carry out jobs, and keep what comes of each as soon as it ends."""
        ended: SimpleQueue[Future[Any]] = SimpleQueue()
        running: dict[Future[Any], Job] = {}
        for job in jobs:
            future = self.executor.submit_by(deadline, job.function, *job.arguments)
            running[future] = job
            future.add_done_callback(ended.put)
        while running:
            self.reporter.show_running([job.name for future, job in running.items() if future.running()])
            try:
                future = ended.get(timeout=TICK)
            except Empty:
                continue
            job = running.pop(future)
            outcome = _outcome(job, future)
            job.keep(outcome)
            ok = outcome.status == "ok"
            text = job.words(outcome) if ok else f"{outcome.status}: {outcome.error}"
            self.reporter.end(job.name, ok, text, counted)


def _outcome(job: Job, future: Future[Any]) -> Any:
    """Return what came of a job, whether it ended well or not."""
    try:
        return future.result()
    except OutOfTimeError as error:
        return job.fault(LEFT_OUT, str(error))
    except TrialTimeoutError as error:
        return job.fault("timeout", str(error))
    except TrialCrashError as error:
        return job.fault("crashed", str(error))
    except TrialFailedError as error:
        return job.fault("failed", str(error), trace=error.trace)
