"""The vectors that a run kept: one embedding for each method of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.embedding import Embedding
from toolkit.report.model import Results
from toolkit.report.sections.common import best_rows
from toolkit.report.tables import Leaderboard


@dataclass(frozen=True, eq=False)
class Learned:
    """What stands for one method.

    Parameters
    ----------
    label, trial : str
        The method as it is shown, and the trial whose vectors these are.
    is_null : bool
        Whether it is a null baseline.
    embedding : Embedding
        The vectors, memory-mapped.
    """

    label: str
    trial: str
    is_null: bool
    embedding: Embedding


def learned(results: Results, boards: Sequence[Leaderboard], entity: str) -> tuple[Learned, ...]:
    """Open what each method of an experiment learned of an entity, in the order of the suite.

    Of several trials the first of the seeds, splits and folds stands for a method, with the dimension that is best on
    the first leaderboard where it has one.

    Parameters
    ----------
    results : Results
        Of one experiment.
    boards : sequence of Leaderboard
        Its leaderboards.
    entity : str
        ``"word"``, ``"item"``, ``"user"``, ...

    Returns
    -------
    tuple of Learned
        Without the methods that have no vectors of the entity, or whose vectors the run did not keep.

    Raises
    ------
    DataError
        If a file of vectors is damaged.
    """
    dims: dict[str, float] = {}
    for board in boards:
        for row in best_rows(board).itertuples():
            dims.setdefault(row.embedder, row.embedding_dim)
    succeeded = results.trials[results.trials["status"] == "ok"]
    found = []
    for label, trials in succeeded.groupby("embedder", sort=False):
        trial = _first(trials, dims.get(label))
        path = results.vectors_of(trial.trial, entity)
        if path is not None:
            found.append(Learned(str(label), trial.trial, bool(trial.is_null), Embedding.load(path)))
    return tuple(found)


def entities(results: Results) -> tuple[str, ...]:
    """Return what the kept vectors of an experiment describe, in alphabetical order."""
    if results.folder is None:
        return ()
    names = {path.name for path in results.folder.glob("*.arrow")}
    trials = set(results.trials["trial"])
    return tuple(sorted({parts[1] for parts in (name.rsplit(".", 2) for name in names) if parts[0] in trials}))


def _first(trials: pd.DataFrame, dim: float | None) -> pd.Series:
    same = trials[trials["embedding_dim"] == dim] if dim is not None else trials
    row: pd.Series = (same if len(same) else trials).iloc[0]
    return row
