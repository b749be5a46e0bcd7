"""What a run does once its data is there: fits, then comparisons, then studies."""

from __future__ import annotations

import dataclasses
import shutil
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from toolkit.atomic import writing
from toolkit.errors import ToolkitError
from toolkit.harness.address import address_of
from toolkit.harness.comparisons import StepWriter, common_jobs, compare_jobs
from toolkit.harness.isolation import Call, Ended, Limits, isolated
from toolkit.harness.jobs import Job, study_jobs, trial_jobs, tuning_jobs
from toolkit.harness.plan import Trial
from toolkit.harness.progress import Reporter
from toolkit.harness.store import Store
from toolkit.harness.suite import StudySpec
from toolkit.harness.tuning import Tuning, TuningOutcome, gather_tried
from toolkit.harness.writer import RunWriter

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
    limits : Limits
        What each call may take.
    seed : int
        Of comparisons and studies.
    folder : Path
        In which calls write their files, until these are kept.
    store : Store
        Keeps every result.
    writer : RunWriter
        Makes the tables of them.
    reporter : Reporter
        Shows how far it is.
    executor, local : Executor
        Carry out what fits methods, and what is made of the fits, which reads the directory of the run.
    """

    trials: list[Trial]
    tunings: list[Tuning]
    studies: Sequence[StudySpec]
    files: Mapping[str, tuple[Path, ...]]
    limits: Limits
    seed: int
    folder: Path
    store: Store
    writer: RunWriter
    reporter: Reporter
    executor: Executor
    local: Executor
    # by the ids of trials: the addresses of their results, or else how they ended
    made: dict[str, str] = field(default_factory=dict, init=False)
    # names of what was carried out, and of what an earlier run had done
    done: list[str] = field(default_factory=list, init=False)
    kept: list[str] = field(default_factory=list, init=False)

    def fit(self) -> None:
        """Carry out the trials and the tunings, then the trials with the parameters that were chosen."""
        later = [trial for tuning in self.tunings for trial in tuning.trials]
        tunings = tuning_jobs(self.tunings, self.files, self.limits.threads, self.writer)
        fits = self._fits([trial for trial in self.trials if trial not in later])
        self._carry_out(fits + tunings, self.executor, self.limits)
        chosen = self.writer.waiting(later)
        self.reporter.expect_fewer(len(later) - len(chosen))
        self._carry_out(self._fits(chosen), self.executor, self.limits)

    def compare(self) -> None:
        """Judge words on common ground where that is needed, then compare the leaderboards."""
        steps, threads = StepWriter(self.writer.path), self.limits.threads
        common = common_jobs(self.trials, self.files, threads, self.made, self.writer, steps, self.reporter)
        self._carry_out(common, self.executor, self._after, counted=False)
        jobs = compare_jobs(self.writer.path, steps, threads, self.seed, self.made)
        self._carry_out(jobs, self.local, self._after, counted=False)

    def study(self) -> None:
        """Carry out the studies."""
        given = self.studies, self.trials, self.files, self.limits.threads, self.seed, self.made
        self._carry_out(study_jobs(*given, self.writer, self.reporter), self.local, self._after)

    @property
    def _after(self) -> Limits:
        """What may be taken once all fits have ended: no deadline counts any more."""
        return dataclasses.replace(self.limits, deadline=None)

    def _fits(self, trials: list[Trial]) -> list[Job]:
        return trial_jobs(trials, self.files, self.limits.threads, self.made, self.writer, self.reporter)

    def _carry_out(self, jobs: list[Job], executor: Executor, limits: Limits, counted: bool = True) -> None:
        """Carry out what nobody has done before, and keep what comes of each as soon as it ends."""
        alike: dict[str, list[Job]] = {}
        for number, job in enumerate(self._without_kept(jobs, counted)):
            alike.setdefault(f"{number}" if job.key is None else address_of(job.key), []).append(job)
        ended: SimpleQueue[Future[Any]] = SimpleQueue()
        running: dict[Future[Any], tuple[Path, list[Job]]] = {}
        try:
            for group in alike.values():
                job, folder = group[0], self.folder / uuid.uuid4().hex
                with writing(folder):
                    folder.mkdir()
                future = _submitted(executor, Call(job.function, job.data, folder, job.arguments, limits))
                running[future] = folder, group
                future.add_done_callback(ended.put)
            while running:
                self.reporter.show_running([group[0].name for each, (_, group) in running.items() if each.running()])
                try:
                    future = ended.get(timeout=TICK)
                except Empty:
                    continue
                folder, group = running.pop(future)
                self._end(group, _answer_of(future), folder, counted)
        finally:
            for future in running:  # of an executor that goes on, too
                future.cancel()

    def _end(self, group: list[Job], ended: Ended, folder: Path, counted: bool) -> None:
        """Keep what came of a call, for each of the jobs that asked for it, and tell of it."""
        self.done.append(group[0].name)
        for job, outcome in zip(group, self._outcomes(group, ended, folder), strict=True):
            job.keep(outcome)
            ok = outcome.status == "ok"
            text = job.words(outcome) if ok else f"{outcome.status}: {outcome.error}"
            self.reporter.end(job.name, ok, text, counted)
        shutil.rmtree(folder, ignore_errors=True)  # where its files were not kept

    def _without_kept(self, jobs: list[Job], counted: bool) -> list[Job]:
        """Take over what the store has, and return the other jobs."""
        left = []
        with self.writer.together():
            for job in jobs:
                entry = None if job.key is None else self.store.find(job.key, job.name)
                if entry is None:
                    left.append(job)
                else:
                    job.keep(job.outcome("ok", **entry.facts, folder=entry.folder))
                    self.kept.append(job.name)
        self.reporter.pass_over(len(jobs) - len(left), counted)
        return left

    def _outcomes(self, group: list[Job], ended: Ended, folder: Path) -> list[Any]:
        """Put what came of a call into the store, and return it for each of the jobs that asked for it."""
        first = group[0]
        if ended.status != "ok":
            return [job.outcome(ended.status, ended.error, trace=ended.trace, **_tried(job, folder)) for job in group]
        value, facts = ended.value, first.facts(ended.value)
        if value.status == "ok" and first.key is not None:
            entry = self.store.commit(first.key, folder, facts)
            folder, facts = entry.folder, entry.facts
        return [job.outcome(value.status, value.error, **facts, folder=folder) for job in group]


def _tried(job: Job, folder: Path) -> dict[str, Any]:
    """Return what else is known of a job that gave no answer: what a tuning had tried until then."""
    made = job.outcome("crashed")
    return {"rows": gather_tried(made.tuning, folder), "folder": folder} if isinstance(made, TuningOutcome) else {}


def _submitted(executor: Executor, call: Call) -> Future[Any]:
    """Hand a call to an executor; what one says that takes no more is how the call ended."""
    try:
        return executor.submit(isolated, call)
    except (BrokenExecutor, RuntimeError) as error:
        refused: Future[Any] = Future()
        refused.set_exception(error)
        return refused


def _answer_of(future: Future[Any]) -> Ended:
    """Return how a call ended; a fault of an executor is one of the call, unless it says what the user can do."""
    if future.cancelled():
        return Ended("crashed", error="its executor did not carry it out")
    error = future.exception()
    if isinstance(error, ToolkitError):
        raise error
    if error is None:
        ended: Ended = future.result()
        return ended
    return Ended("crashed", error=" ".join(f"its worker was lost: {type(error).__name__}: {error}".split()))
