"""How the directory of a run is written, as its trials end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.atomic import write_text, writing
from toolkit.harness.candidates import adopt_study, database
from toolkit.harness.plan import Trial, base_label
from toolkit.harness.studying import StudyOutcome, write_tables
from toolkit.harness.tables import (
    CANDIDATES,
    EMBEDDINGS,
    ERRORS,
    SCORE_COLUMNS,
    STUDIES,
    STUDY_COLUMNS,
    TRIAL_COLUMNS,
    TUNING_COLUMNS,
    UNITS,
    lines,
)
from toolkit.harness.trial import Outcome
from toolkit.inert import visible
from toolkit.registry import embedder_class
from toolkit.tasks import unit_files

if TYPE_CHECKING:
    from toolkit.harness.tuning import Tuning, TuningOutcome


class RunWriter:
    """Writes a run as its trials end; the tables are whole at every moment.

    Parameters
    ----------
    path : Path
        The directory.
    trials : list of Trial
        All trials, in the order in which tables show them.
    studies : list of str, optional
        All studies, in that order.
    tunings : list of Tuning, optional
        All that is tuned, in that order.
    """

    def __init__(
        self, path: Path, trials: list[Trial], studies: Sequence[str] = (), tunings: Sequence[Tuning] = ()
    ) -> None:
        self.path, self.trials = path, {trial.id: trial for trial in trials}
        self._study_lines = dict.fromkeys(studies, "")
        self._trial_lines = dict.fromkeys(self.trials, "")
        self._score_lines = dict.fromkeys(self.trials, "")
        self._outcomes: dict[str, Outcome] = {}
        self._tuning_lines = {tuning.id: "" for tuning in tunings}
        self._postponed = False
        with writing(path):
            self._write_tables()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write the tables once for all that is added meanwhile."""
        self._postponed = True
        try:
            yield
        finally:
            self._postponed = False
            with writing(self.path):
                self._write_tables()

    def add(self, outcome: Outcome) -> None:
        """Write what came of one more trial.

        Raises
        ------
        DataError
            If the directory cannot be written to any more.
        """
        trial = self.trials[outcome.trial]
        self._outcomes[trial.id] = outcome
        self._trial_lines[trial.id] = lines([{**self._common(outcome), **_trial_row(trial, outcome)}], TRIAL_COLUMNS)
        self._score_lines[trial.id] = self._lines_of(outcome, outcome.scores)
        with writing(self.path):
            self._deliver(outcome.folder, EMBEDDINGS, trial.id)
            self._deliver(outcome.folder, UNITS, trial.id)
            write_trace(self.path, outcome.trial, outcome.trace)
            self._write_tables()

    def _deliver(self, folder: Path | None, kind: str, stem: str) -> None:
        """Put files of one kind into their place, under the name of a trial."""
        for path in sorted(folder.glob(f"{kind}.*.arrow")) if folder else ():
            deliver(path, self.path / kind / f"{stem}{path.name.removeprefix(kind)}")

    @property
    def words(self) -> dict[str, list[str]]:
        """dict of str to list of str: the words that trials learned vectors of, of those that ended well."""
        return {name: outcome.words for name, outcome in self._outcomes.items() if outcome.words}

    @property
    def blas(self) -> list[str]:
        """list of str: which BLAS computed the trials, those that an earlier run had done too."""
        return sorted({library for outcome in self._outcomes.values() for library in outcome.blas})

    def rejudge(self, trial: str, scores: list[dict[str, Any]], earlier: str, folder: Path | None) -> None:
        """Write the scores that count from now on, with their units; those of before become the variant `earlier`.

        Raises
        ------
        DataError
            If the directory cannot be written to any more.
        """
        outcome = self._outcomes[trial]
        before = [{**score, "variant": score["variant"] or earlier} for score in outcome.scores]
        self._score_lines[trial] = self._lines_of(outcome, [*scores, *before])
        with writing(self.path):
            for path in unit_files(self.path / UNITS, trial):
                path.unlink()
            self._deliver(folder, UNITS, trial)
            self._write_tables()

    def _lines_of(self, outcome: Outcome, scores: list[dict[str, Any]]) -> str:
        """Return scores as lines of their table."""
        return lines([{**self._common(outcome), **score} for score in scores], SCORE_COLUMNS)

    def _common(self, outcome: Outcome) -> dict[str, Any]:
        """Return what the rows of a trial and of its scores have in common."""
        trial = self.trials[outcome.trial]
        dim = outcome.embedding_dim or trial.params.get("embedding_dim", "")
        if trial.tuned and len(self._tuned_dims(trial)) > 1:
            dim = ""  # the folds of one row of a table, which has no one number of dimensions
        return {
            "dataset": trial.dataset,
            "split": trial.split,
            "fold": trial.fold,
            "seed": trial.seed,
            "embedder": trial.label,
            "embedding_dim": dim,
            "experiment": trial.experiment,
            "trial": trial.id,
        }

    def add_study(self, outcome: StudyOutcome) -> None:
        """Write what came of one more study.

        Raises
        ------
        DataError
            If the directory cannot be written to any more.
        """
        row = {name: getattr(outcome, name) for name in STUDY_COLUMNS}
        self._study_lines[outcome.study] = lines([row], STUDY_COLUMNS)
        with writing(self.path):
            write_trace(self.path, outcome.study, outcome.trace)
            folder = self.path / STUDIES / outcome.study
            folder.mkdir(parents=True, exist_ok=True)
            write_tables(outcome.tables, folder)
            for path in sorted(outcome.folder.glob("*.csv")) if outcome.folder else ():
                deliver(path, folder / path.name)
            self._write_tables()

    def add_tuning(self, outcome: TuningOutcome) -> None:
        """Write what was tried in one more tuning, and take over the parameters that were chosen.

        Raises
        ------
        DataError
            If the directory cannot be written to any more.
        """
        tuning = outcome.tuning
        first, by = tuning.trials[0], tuning.objective
        common = {name: getattr(first, name) for name in ("experiment", "split", "fold")}
        common |= {"embedder": base_label(first), "task": by.task, "readout": by.readout, "metric": by.metric}
        self._tuning_lines[tuning.id] = lines([{**common, **row} for row in outcome.rows], TUNING_COLUMNS)
        self.trials.update((trial.id, trial) for trial in outcome.settled())
        if outcome.status != "ok":
            for trial in tuning.trials:
                self.add(Outcome(trial.id, outcome.status, f"tuning: {outcome.error}"))
        with writing(self.path):
            if outcome.folder and (outcome.folder / CANDIDATES).is_file():
                adopt_study(outcome.folder / CANDIDATES, tuning.name, database("", self.path))
            write_trace(self.path, tuning.id, outcome.trace)
            self._write_tables()

    def waiting(self, trials: Iterable[Trial]) -> list[Trial]:
        """Return those of some trials of which nothing is written yet, with the parameters that they now have."""
        return [self.trials[trial.id] for trial in trials if not self._trial_lines[trial.id]]

    def _tuned_dims(self, trial: Trial) -> set[int]:
        """Return the numbers of dimensions that were chosen for a method on the folds of an experiment."""
        alike = (
            each
            for each in self.trials.values()
            if each.tuned and (each.experiment, each.split) == (trial.experiment, trial.split)
        )
        chosen = (each.params.get("embedding_dim") for each in alike if each.label == trial.label)
        return {dim for dim in chosen if dim is not None}

    def _write_tables(self) -> None:
        if self._postponed:
            return
        tables = [("trials", TRIAL_COLUMNS, self._trial_lines), ("scores", SCORE_COLUMNS, self._score_lines)]
        if self._tuning_lines:
            tables.append(("tuning", TUNING_COLUMNS, self._tuning_lines))
        if self._study_lines:
            tables.append(("studies", STUDY_COLUMNS, self._study_lines))
        for name, columns, rows in tables:
            write_text(self.path / f"{name}.csv", "".join([",".join(columns), "\n", *rows.values()]))

    def write_info(self, info: dict[str, Any]) -> None:
        """Write ``run.json``.

        Raises
        ------
        DataError
            If the directory cannot be written to.
        """
        with writing(self.path):
            write_text(self.path / "run.json", info_text(info))


def info_text(info: dict[str, Any]) -> str:
    """Return the text of a ``run.json``."""
    return json.dumps(info, indent=1, ensure_ascii=False) + "\n"


def deliver(source: Path, target: Path) -> None:
    """Put a file of the store into its place: the same file under another name, or a copy where that cannot be."""
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        os.link(source, partial)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, partial)
    os.replace(partial, target)
    partial.unlink(missing_ok=True)  # a second name of what is there already is not moved


def write_trace(path: Path, name: str, trace: str) -> None:
    """Keep the traceback of what raised in a directory."""
    if trace:
        (path / ERRORS).mkdir(exist_ok=True)
        write_text(path / ERRORS / f"{name}.txt", visible(trace))


def _trial_row(trial: Trial, outcome: Outcome) -> dict[str, Any]:
    """Return what the row of a trial has beside what its scores have, too."""
    cls = embedder_class(trial.embedder)
    facts = {
        "name": trial.embedder,
        "library": cls.library,
        "is_null": cls.is_null,
        "parameters": json.dumps(trial.params),
        "tuned": trial.tuned,
    }
    measured = ("status", "error", "fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb")
    return {**facts, **{name: getattr(outcome, name) for name in measured}}
