"""Leaderboards by their units: which trials stand in one, and what their scores are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from toolkit.errors import UnsupportedError
from toolkit.stats import Sample
from toolkit.tasks import UnitRules, Units, main_metric_of, read_units, task_info, unit_files
from toolkit.tasks.rating import WITHOUT_VECTORS

SEVERAL = 0  # dimensions of an embedder that has others on each fold, as tuning may choose them


class Entry(NamedTuple):
    """What is compared: an embedder with its dimension, or `SEVERAL`, and a readout."""

    embedder: str
    embedding_dim: int
    readout: str


class EntryUnits(NamedTuple):
    """The units of an entry in one fold, with one seed."""

    entry: Entry
    fold: str
    seed: str
    units: Units


@dataclass(frozen=True, eq=False)
class Board:
    """One task on one target, in one experiment and under one split.

    Parameters
    ----------
    experiment, task, target, split : str
        What its scores have in common.
    metric : str
        The metric that it is ordered by.
    metrics : tuple of str
        All that occur.
    trials : pandas.DataFrame
        The rows of ``trials.csv`` that have scores here, with `SEVERAL` where there is no one dimension.
    folder : Path
        Where their units are.
    """

    experiment: str
    task: str
    target: str
    split: str
    metric: str
    metrics: tuple[str, ...]
    trials: pd.DataFrame
    folder: Path

    @property
    def identity(self) -> dict[str, str]:
        """dict: the columns that tables of comparisons begin with."""
        return {name: getattr(self, name) for name in ("experiment", "task", "target", "split")}

    def units(self) -> Iterator[EntryUnits]:
        """Yield the units of each trial and readout; a readout without vectors says nothing of a method."""
        for trial in self.trials.itertuples():
            for path in unit_files(self.folder, trial.trial):
                for units in read_units(path, self.task, self.target):
                    if units.readout not in WITHOUT_VECTORS:
                        entry = Entry(trial.embedder, int(trial.embedding_dim), units.readout)
                        yield EntryUnits(entry, trial.fold, trial.seed, units)


def boards_of(trials: pd.DataFrame, scores: pd.DataFrame, folder: Path) -> list[Board]:
    """Return the leaderboards of a run whose scores have units.

    Parameters
    ----------
    trials, scores : pandas.DataFrame
        ``trials.csv`` and ``scores.csv``.
    folder : Path
        Where the units are.

    Returns
    -------
    list of Board
        Of tasks that have units, and boards with a number in them, in the order of the run.
    """
    numbers = scores[scores["value"].notna() & (scores["variant"] == "")]
    found = []
    for (experiment, task, target, split), group in numbers.groupby(
        ["experiment", "task", "target", "split"], sort=False
    ):
        if task_info(task).units is None:
            continue
        metrics = tuple(group["metric"].unique())
        mine = trials[trials["trial"].isin(group["trial"])].fillna({"embedding_dim": SEVERAL})
        main = main_metric_of(task, metrics)
        found.append(Board(experiment, task, target, split, main, metrics, mine, folder))
    return found


def gather(board: Board) -> dict[str, dict[Entry, list[Sample]]]:
    """Return what the scores of a board are made of: by metric and entry a sample for each fold and seed.

    An entry without a value on every fold is left out. Where folds have no unit in common for any entry, as when
    questions are divided among them, those of one seed are one sample, and a mean is that over all their cases.
    """
    found: dict[str, dict[Entry, dict[str, list[Sample]]]] = {metric: {} for metric in board.metrics}
    rules = rules_of(board.task)
    known: list[pd.Index] = []  # of which each is one object, so that units are put in order but once
    for part in board.units():
        table = part.units.table
        for metric in board.metrics:
            sample = rules.sample(table, metric)
            if sample is not None:
                same = next((units for units in known if units.equals(sample.units)), None)
                if same is None:
                    known.append(same := sample.units)
                by_seed = found[metric].setdefault(part.entry, {})
                by_seed.setdefault(part.seed, []).append(replace(sample, units=same, fold=part.fold))
    every = set(board.trials["fold"])
    kept = {
        metric: {
            entry: list(by_seed.values())
            for entry, by_seed in entries.items()
            if all({sample.fold for sample in samples} == every for samples in by_seed.values())
        }
        for metric, entries in found.items()
    }
    return {metric: _pooled(entries) for metric, entries in kept.items()}


def _pooled(entries: Mapping[Entry, list[list[Sample]]]) -> dict[Entry, list[Sample]]:
    """Return all samples of each entry; of means, where no unit stands in two folds, those of a seed as one."""
    every = [samples for by_seed in entries.values() for samples in by_seed]
    apart = all(
        samples[0].statistic == "mean" and pd.Index(np.concatenate([one.units for one in samples])).is_unique
        for samples in every
    )
    return {
        entry: [sample for samples in by_seed for sample in ([_as_one(samples)] if apart else samples)]
        for entry, by_seed in entries.items()
    }


def _as_one(samples: list[Sample]) -> Sample:
    units, first, second = (
        np.concatenate([getattr(sample, side) for sample in samples]) for side in ("units", "first", "second")
    )
    return Sample(samples[0].statistic, pd.Index(units), first, second, "all")


def rules_of(task: str) -> UnitRules:
    """Return how a task's scores come from their units; boards are made of tasks that have such rules."""
    rules = task_info(task).units
    if rules is None:
        raise UnsupportedError(f"task {task!r} keeps no units, so nothing can be compared")
    return rules
