"""A run: a directory with everything that came of a suite, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.comparing import boards_of, differences_by
from toolkit.embedding import Embedding
from toolkit.errors import DataError, UnknownNameError
from toolkit.harness.tables import (
    DIFFERENCE_COLUMNS,
    EMBEDDINGS,
    ENTITIES,
    INTERVAL_COLUMNS,
    LEFT_OUT,
    MEASURED,
    RANK_COLUMNS,
    SCORE_COLUMNS,
    STEP_COLUMNS,
    STRATUM_COLUMNS,
    STUDIES,
    STUDY_COLUMNS,
    TRIAL_COLUMNS,
    TUNING_COLUMNS,
    UNITS,
    read_comparison,
    read_entities,
    read_study,
    read_table,
    refuse,
)
from toolkit.inert import visible
from toolkit.inputs import read_structured
from toolkit.tasks import Units, read_units, unit_files


@dataclass(frozen=True)
class Run:
    """The results of a suite, read from their directory.

    Parameters
    ----------
    path : Path
        The directory.
    """

    path: Path

    @cached_property
    def info(self) -> dict[str, Any]:
        """dict: the frozen suite, versions, seeds, data fingerprints and the machine."""
        return read_structured(self.path / "run.json", "json")

    @cached_property
    def trials(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a fit; its status, error, times and memory."""
        return _naming_files(read_table(path := self.path / "trials.csv", TRIAL_COLUMNS, MEASURED | {"seed"}), path)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a number, or the reason in `note` why there is none."""
        return read_table(self.path / "scores.csv", SCORE_COLUMNS, MEASURED | {"seed"})

    @property
    def ok(self) -> bool:
        """bool: whether every trial and study ended well."""
        return not self.failures

    @property
    def failures(self) -> int:
        """int: how many trials, studies and steps did not end well; those that were left out are not among them."""
        ended = pd.concat([self.trials["status"], self.studies["status"], self.steps["status"]])
        return int((~ended.isin(["ok", LEFT_OUT])).sum())

    @cached_property
    def studies(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a study; its status, error and time."""
        return _naming_files(self._table_if_kept("studies", STUDY_COLUMNS, {"seconds"}), self.path / "studies.csv")

    @cached_property
    def tuning(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a candidate that was tried in tuning; empty where nothing was tuned."""
        return self._table_if_kept("tuning", TUNING_COLUMNS, {"number", "value", "seconds", "confirmed"})

    def study(self, name: str) -> dict[str, pd.DataFrame]:
        """Read the tables of a study, by their names.

        Raises
        ------
        UnknownNameError
            If the run has no such study.
        """
        if name not in set(self.studies["study"]):
            raise UnknownNameError("study of this run", name, self.studies["study"])
        return read_study(self.path / STUDIES / name)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a score, over folds and seeds, with its 95 % interval over users, pairs and so on."""
        return read_comparison(self.path / "intervals.csv", INTERVAL_COLUMNS)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a pair of entries of a leaderboard: difference, interval, p-values, effect size."""
        return read_comparison(self.path / "differences.csv", DIFFERENCE_COLUMNS)

    @cached_property
    def strata(self) -> pd.DataFrame:
        """pandas.DataFrame: scores within thirds of the cases, by popularity, history or frequency."""
        return read_comparison(self.path / "strata.csv", STRATUM_COLUMNS)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """pandas.DataFrame: average ranks over folds or data sets."""
        return read_comparison(self.path / "ranks.csv", RANK_COLUMNS)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """pandas.DataFrame: a row a step after the trials; its status, error and time."""
        return self._table_if_kept("steps", STEP_COLUMNS, {"seconds"})

    def _table_if_kept(self, name: str, columns: list[str], numbers: set[str]) -> pd.DataFrame:
        """Read a table that a run need not have; one without rows where it has none."""
        path = self.path / f"{name}.csv"
        return read_table(path, columns, numbers) if path.is_file() else pd.DataFrame(columns=columns)

    @cached_property
    def entities(self) -> dict[tuple[str, str], pd.DataFrame]:
        """dict: by experiment and entity, what the keys stand for: title, count in training, and attributes.

        Without entries where an older version wrote the run.
        """
        paths = sorted((self.path / ENTITIES).glob("*.csv"))
        named = [(path, path.stem.rpartition(".")) for path in paths]
        return {(experiment, entity): read_entities(path) for path, (experiment, _, entity) in named}

    def embedding(self, trial: str, entity: str) -> Embedding:
        """Open the vectors that a trial learned, memory-mapped."""
        return Embedding.load(self.path / EMBEDDINGS / f"{trial}.{entity}.arrow")

    def units(self, trial: str) -> list[Units]:
        """Read what the scores of a trial are made of: each user, rating, pair or question, by task and readout."""
        return [units for path in unit_files(self.path / UNITS, trial) for units in read_units(path)]

    def compare(
        self, task: str, metric: str | None = None, experiment: str | None = None, target: str | None = None
    ) -> pd.DataFrame:
        """Test the differences between embedders by any metric that is made of units.

        Parameters
        ----------
        task : str
            Whose leaderboards.
        metric : str, optional
            By default the task's main one, whose differences are in `differences` already.
        experiment, target : str, optional
            Which of its leaderboards; all of them by default.

        Returns
        -------
        pandas.DataFrame
            As `differences`, corrected for the number of pairs in each leaderboard.

        Raises
        ------
        UnknownNameError
            If the run has no such leaderboard, or a leaderboard no such metric.
        """
        boards = boards_of(self.trials, self.scores, self.path / UNITS)
        for name, wanted in (("task", task), ("experiment", experiment), ("target", target)):
            if wanted is not None:
                known = {getattr(board, name) for board in boards}
                boards = [board for board in boards if getattr(board, name) == wanted]
                if not boards:
                    raise UnknownNameError(f"{name} of this run that is compared", wanted, known)
        rows = [row for board in boards for row in differences_by(board, metric or board.metric)]
        return pd.DataFrame(rows, columns=DIFFERENCE_COLUMNS)

    def export(self, to: str, out: str | Path | None = None, only: Sequence[str] = ()) -> list[Path]:
        """Write the vectors for another program: see `toolkit.harness.exporting.export_run`.

        Parameters
        ----------
        to : {"projector", "parquet", "gensim"}
            TensorFlow's Embedding Projector, tables of Parquet, or files for ``KeyedVectors.load``.
        out : str or Path, optional
            The folder to write into; ``exports/<to>`` in the run's directory by default.
        only : sequence of str, optional
            Names of experiments, trials or entities, or labels of embedders.

        Returns
        -------
        list of Path
            What was written.
        """
        from toolkit.harness.exporting import export_run

        return export_run(self, to, out, only)

    def report(self, path: str | Path | None = None, format: str | None = None) -> Path:
        """Write a report.

        Parameters
        ----------
        path : str or Path, optional
            Where to; ``report.html`` in the run's directory by default.
        format : {"html", "md", "csv", "latex"}, optional
            By default told by the path.

        Returns
        -------
        Path
            What was written.
        """
        written: Path = import_module("toolkit.report").write_report(self.path, path, format)
        return written

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Mapping of str to figure: those of the report, by name, each shown by a notebook; `figure` finds one."""
        found: Mapping[str, Any] = import_module("toolkit.report.notebook").run_figures(self.path)
        return found

    def figure(self, name: str) -> Any:
        """Return a figure of the report.

        Parameters
        ----------
        name : str
            As in `figures`, or words that stand in the name of one alone: ``run.figure("agreement of items")``.

        Returns
        -------
        toolkit.report.notebook.Shown
            A notebook shows it; it has the Altair ``chart``, the ``data`` and ``save(path)``.

        Raises
        ------
        UnknownNameError
            If no name fits, or several do.
        """
        found: Any = self.figures
        return found.find(name)

    def _repr_html_(self) -> str:
        """Return what came of the run, for a notebook; of a damaged one, what is wrong with it."""
        try:
            shown: str = import_module("toolkit.report.notebook").run_html(self.path)
        except DataError as error:
            return visible(f"<p>{escape(repr(self))}<br>{escape(str(error))}</p>")
        return shown


def _naming_files(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a table whose first column names files of the run; one that leads elsewhere is refused."""
    names = table[table.columns[0]] if "trial" not in table else table["trial"]
    refuse(~names.astype(str).str.fullmatch(r"(?!\.\.?$)[^/\\\0]+"), names, "a name is none that a file can have", path)
    return table


def open_run(path: str | Path) -> Run:
    """Open the directory of a run.

    Parameters
    ----------
    path : str or Path
        The directory.

    Returns
    -------
    Run

    Raises
    ------
    DataError
        If it holds no run.
    """
    path = Path(path)
    for name in ("run.json", "trials.csv", "scores.csv"):
        if not (path / name).is_file():
            raise DataError(f"holds no run: {name} is missing", path)
    return Run(path)
