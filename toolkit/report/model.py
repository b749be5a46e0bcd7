"""What a run directory holds, read into frozen objects; the report works from these and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from toolkit.errors import DataError
from toolkit.harness.tables import (
    BOARD_COLUMNS,
    DIFFERENCE_COLUMNS,
    EMBEDDINGS,
    ENTITIES,
    ENTRY_COLUMNS,
    INTERVAL_COLUMNS,
    MEASURED,
    PAIR_COLUMNS,
    RANK_COLUMNS,
    SCORE_COLUMNS,
    STRATUM_COLUMNS,
    STUDIES,
    STUDY_COLUMNS,
    TRIAL_COLUMNS,
    TUNING_COLUMNS,
    UNITS,
    empty_comparison,
    read_comparison,
    read_entities,
    read_study,
    read_table,
    refuse,
)
from toolkit.inputs import read_structured

COMPARISONS = {  # the tables of comparisons: their columns, and those that name a row; none name one of tuning.csv
    "intervals": (INTERVAL_COLUMNS, [*BOARD_COLUMNS, *ENTRY_COLUMNS, "metric"]),
    "differences": (DIFFERENCE_COLUMNS, [*BOARD_COLUMNS, "metric", *PAIR_COLUMNS]),
    "strata": (STRATUM_COLUMNS, [*BOARD_COLUMNS, *ENTRY_COLUMNS, "metric", "trait", "stratum"]),
    "ranks": (RANK_COLUMNS, ["experiment", "task", "metric", "over", *ENTRY_COLUMNS]),
    "tuning": (TUNING_COLUMNS, []),
}


@dataclass(frozen=True)
class Method:
    """An embedder as the suite names it; `label` may be empty, and then it goes by its name."""

    name: str
    label: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Experiment:
    """One data set and all that was fitted on it."""

    name: str
    title: str
    dataset: str
    options: Mapping[str, Any]
    embedders: tuple[Method, ...]


@dataclass(frozen=True)
class Study:
    """A question that was studied beyond the trials."""

    name: str
    experiments: tuple[str, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Suite:
    """What was asked for."""

    name: str
    title: str
    description: str
    seeds: tuple[int, ...]
    experiments: tuple[Experiment, ...]
    studies: tuple[Study, ...] = ()


@dataclass(frozen=True)
class DatasetInfo:
    """Where a data set is from; `fingerprint` is a SHA-256 in hexadecimal."""

    title: str
    kind: str
    licence: str
    link: str
    summary: str
    fingerprint: str
    role: str


@dataclass(frozen=True)
class RunInfo:
    """The contents of ``run.json``."""

    format: Literal[1, 2]
    suite: Suite
    command: str
    started: str
    seconds: float | None  # of a run that was stopped: none
    kept: int = field(default=0, kw_only=True)  # results of an earlier run there, or of one that shares its store
    versions: Mapping[str, str]
    machine: Mapping[str, str | int | float | None]
    datasets: Mapping[str, DatasetInfo]


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What came of a study: its status, the error where it did not end well, and its tables by name."""

    study: Study
    status: str
    error: str
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Results:
    """A run as the report sees it.

    Parameters
    ----------
    info : RunInfo
        The suite, versions, machine and data sets.
    trials : pandas.DataFrame
        ``trials.csv``: a row a fit.
    scores : pandas.DataFrame
        ``scores.csv``: a row a number, with the columns name, library and is_null of its trial.
    studies : tuple of StudyResult
        What came of the studies that were carried out.
    intervals, differences, strata, ranks, tuning : pandas.DataFrame
        ``intervals.csv`` and so on: what was made of the scores of single users, pairs and questions, and what was
        tried in tuning; without rows where the run has no such file.
    folder : Path, optional
        Where the vectors of its trials lie; None where there are none.
    keys : Path, optional
        Where the tables lie that say what the keys stand for.
    units : Path, optional
        Where the cases lie that its scores are made of; None where there are none.
    """

    info: RunInfo
    trials: pd.DataFrame
    scores: pd.DataFrame
    studies: tuple[StudyResult, ...] = ()
    intervals: pd.DataFrame = field(default_factory=partial(empty_comparison, INTERVAL_COLUMNS))
    differences: pd.DataFrame = field(default_factory=partial(empty_comparison, DIFFERENCE_COLUMNS))
    strata: pd.DataFrame = field(default_factory=partial(empty_comparison, STRATUM_COLUMNS))
    ranks: pd.DataFrame = field(default_factory=partial(empty_comparison, RANK_COLUMNS))
    tuning: pd.DataFrame = field(default_factory=partial(empty_comparison, TUNING_COLUMNS))
    folder: Path | None = None
    keys: Path | None = None
    units: Path | None = None

    def vectors_of(self, trial: str, entity: str) -> Path | None:
        """Return the file that holds what a trial learned of an entity; None where the run did not keep it."""
        path = None if self.folder is None else self.folder / f"{trial}.{entity}.arrow"
        return path if path is not None and path.is_file() else None

    def entity_table(self, experiment: str, entity: str) -> pd.DataFrame | None:
        """Return what the keys of an experiment stand for; None where the run has no such table."""
        path = None if self.keys is None else self.keys / f"{experiment}.{entity}.csv"
        return read_entities(path) if path is not None and path.is_file() else None


def read_results(folder: str | Path) -> Results:
    """Read a run directory.

    Parameters
    ----------
    folder : str or Path
        The directory.

    Returns
    -------
    Results

    Raises
    ------
    DataError
        If the directory or one of its files is missing or damaged.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError("no such run directory", folder)
    info = _read_info(folder / "run.json")
    experiments = {experiment.name for experiment in info.suite.experiments}
    trials = _read_trials(folder / "trials.csv", experiments)
    scores, studies = _read_scores(folder / "scores.csv", trials), _read_studies(folder, info.suite.studies)
    comparisons = {name: _read_comparison(folder / f"{name}.csv", experiments, *of) for name, of in COMPARISONS.items()}
    vectors = folder / EMBEDDINGS if (folder / EMBEDDINGS).is_dir() else None
    units = folder / UNITS if (folder / UNITS).is_dir() else None
    return Results(info, trials, scores, studies, **comparisons, folder=vectors, keys=folder / ENTITIES, units=units)


def _read_info(path: Path) -> RunInfo:
    if not path.exists():
        raise DataError("no such file; a run directory holds run.json, trials.csv and scores.csv", path)
    read_structured(path, "json")  # which refuses what pydantic's own parser lets through, such as a key twice
    try:
        return TypeAdapter(RunInfo).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{place}: {first['msg']}" if place else first["msg"], path) from None


def _read_trials(path: Path, experiments: set[str]) -> pd.DataFrame:
    trials = read_table(path, TRIAL_COLUMNS).astype(dict.fromkeys(MEASURED & set(TRIAL_COLUMNS), float))
    refuse(trials["trial"].duplicated(), trials["trial"], "a trial stands twice", path)
    refuse(~trials["experiment"].isin(experiments), trials["experiment"], "run.json has no such experiment", path)
    return trials


def _read_comparison(path: Path, experiments: set[str], columns: list[str], identity: list[str]) -> pd.DataFrame:
    table = read_comparison(path, columns)
    refuse(~table["experiment"].isin(experiments), table["experiment"], "run.json has no such experiment", path)
    if "stratum" in table:
        refuse(table["stratum"].isna(), table["metric"], "a row says not which third it is of", path)
    if identity:
        refuse(table.duplicated(identity), table["metric"], "a row stands twice, with other values", path)
    return table


def _read_studies(folder: Path, studies: tuple[Study, ...]) -> tuple[StudyResult, ...]:
    path = folder / "studies.csv"
    if not path.is_file():
        return ()
    table = read_table(path, STUDY_COLUMNS, {"seconds"})
    asked = {study.name: study for study in studies}
    refuse(table["study"].duplicated(), table["study"], "a study stands twice", path)
    refuse(~table["study"].isin(asked), table["study"], "run.json has no such study", path)
    return tuple(
        StudyResult(asked[row.study], row.status, row.error, read_study(folder / STUDIES / row.study))
        for row in table.itertuples()
    )


def _read_scores(path: Path, trials: pd.DataFrame) -> pd.DataFrame:
    scores = read_table(path, SCORE_COLUMNS).astype(dict.fromkeys(MEASURED & set(SCORE_COLUMNS), float))
    refuse(~scores["trial"].isin(trials["trial"]), scores["trial"], "trials.csv has no such trial", path)
    known = scores["experiment"].isin(trials["experiment"])
    refuse(~known, scores["experiment"], "trials.csv has no such experiment", path)
    identity = ["trial", "split", "fold", "seed", "task", "target", "readout", "metric", "variant"]
    twice = scores.duplicated(identity) & scores["value"].notna()
    refuse(twice, scores["metric"], "a trial has two values of one metric", path)
    return scores.merge(trials[["trial", "name", "library", "is_null"]], on="trial", validate="many_to_one")
