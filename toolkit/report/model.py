"""What a run directory holds, read into frozen objects; the report works from these and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from toolkit.errors import DataError

TRIAL_COLUMNS = [
    *("trial", "experiment", "dataset", "split", "fold", "seed", "embedder", "name", "library", "is_null"),
    *("embedding_dim", "parameters", "status", "error", "fit_seconds", "cpu_seconds", "evaluate_seconds"),
    "peak_memory_mb",
]
SCORE_COLUMNS = [
    *("dataset", "split", "fold", "seed", "embedder", "embedding_dim", "entity", "task", "readout", "metric", "value"),
    *("n", "target", "convention", "note", "experiment", "trial"),
]
TRIAL_NUMBERS = ("embedding_dim", "fit_seconds", "cpu_seconds", "evaluate_seconds", "peak_memory_mb")
SCORE_NUMBERS = ("embedding_dim", "value", "n")


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
class Suite:
    """What was asked for."""

    name: str
    title: str
    description: str
    seeds: tuple[int, ...]
    experiments: tuple[Experiment, ...]


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

    format: Literal[1]
    suite: Suite
    command: str
    started: str
    seconds: float | None  # of a run that was stopped: none
    versions: Mapping[str, str]
    machine: Mapping[str, str | int | float | None]
    datasets: Mapping[str, DatasetInfo]


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
    """

    info: RunInfo
    trials: pd.DataFrame
    scores: pd.DataFrame


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
    trials = _read_trials(folder / "trials.csv", {experiment.name for experiment in info.suite.experiments})
    return Results(info, trials, _read_scores(folder / "scores.csv", trials))


def _read_info(path: Path) -> RunInfo:
    try:
        return TypeAdapter(RunInfo).validate_json(path.read_bytes())
    except FileNotFoundError:
        raise DataError("no such file; a run directory holds run.json, trials.csv and scores.csv", path) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{place}: {first['msg']}" if place else first["msg"], path) from None


def _read_trials(path: Path, experiments: set[str]) -> pd.DataFrame:
    trials = _read_table(path, TRIAL_COLUMNS, TRIAL_NUMBERS)
    flags = trials["is_null"].str.lower()
    _refuse(~flags.isin(["true", "false"]), trials["is_null"], "is_null must be true or false", path)
    _refuse(trials["trial"].duplicated(), trials["trial"], "a trial stands twice", path)
    _refuse(~trials["experiment"].isin(experiments), trials["experiment"], "run.json has no such experiment", path)
    return trials.assign(is_null=flags == "true")


def _read_scores(path: Path, trials: pd.DataFrame) -> pd.DataFrame:
    scores = _read_table(path, SCORE_COLUMNS, SCORE_NUMBERS)
    _refuse(~scores["trial"].isin(trials["trial"]), scores["trial"], "trials.csv has no such trial", path)
    identity = ["trial", "split", "fold", "seed", "task", "target", "readout", "metric"]
    twice = scores.duplicated(identity) & scores["value"].notna()
    _refuse(twice, scores["metric"], "a trial has two values of one metric", path)
    return scores.merge(trials[["trial", "name", "library", "is_null"]], on="trial", validate="many_to_one")


def _read_table(path: Path, columns: list[str], numbers: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError("no such file; a run directory holds run.json, trials.csv and scores.csv", path) from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(f"not a CSV table: {error}", path) from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise DataError(f"column {missing[0]!r} is missing; there are {', '.join(map(str, table.columns))}", path)
    for column in numbers:
        text = table[column]
        values = pd.to_numeric(text, errors="coerce").astype(float)
        _refuse((text != "") & ~np.isfinite(values), text, f"{column} must be a number or empty", path)
        table[column] = values
    return table


def _refuse(bad: pd.Series, values: pd.Series, message: str, path: Path) -> None:
    """Raise for the first row that is bad; a quoted field may hold line breaks, so rows are counted, not lines."""
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"{message}: {values.iloc[row]!r} in row {row + 1}", path)
