"""Leaderboards: means and standard deviations over folds and seeds, ordered by the main metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.model import Results
from toolkit.report.numbers import rounded
from toolkit.tasks import task_info

BOARD = ["experiment", "task", "target", "split"]
ROW = ["embedder", "embedding_dim"]
READOUT_ORDER = ("native", "ridge", "ridge-two-sided", "dot", "cosine", "bias")
TIDY = [
    *BOARD,
    *("dataset", "embedder", "name", "library", "is_null", "embedding_dim", "readout", "metric", "convention"),
    *("direction", "mean", "sd", "count", "folds", "n", "complete", "best"),
]


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """The scores of one task on one target.

    Parameters
    ----------
    experiment, task, target, split : str
        What the scores have in common.
    metric : str
        The main metric, by which the rows are ordered.
    metrics, readouts : tuple of str
        What occurs, main metric and native readout first.
    cells : pandas.DataFrame
        A row a number, with the columns of `TIDY`; best row of the leaderboard first.
    folds : tuple of str
        The folds of the split, sorted; empty where it has none.
    seeds : int
        How many seeds there are.
    """

    experiment: str
    task: str
    target: str
    split: str
    metric: str
    metrics: tuple[str, ...]
    readouts: tuple[str, ...]
    cells: pd.DataFrame
    folds: tuple[str, ...]
    seeds: int

    @property
    def main(self) -> pd.DataFrame:
        """The cells of the main metric."""
        return self.cells[self.cells["metric"] == self.metric]

    @property
    def cases(self) -> pd.Series:
        """On how many cases (ratings, users, pairs, ...) each row's main metric rests, by embedder and dimension."""
        return self.main.groupby(ROW, dropna=False)["n"].max()

    @property
    def uneven(self) -> bool:
        """Whether some rows rest on more cases than others, so that their values cannot be compared."""
        return bool(self.cases.min() != self.cases.max())

    @property
    def varied(self) -> set[str]:
        """The embedders that stand here with several dimensions."""
        rows = self.cells[ROW].drop_duplicates()
        return set(rows.loc[rows["embedder"].duplicated(), "embedder"])

    @property
    def has_dimensions(self) -> bool:
        """Whether some embedder that learns stands here with several dimensions."""
        return bool(self.varied & set(self.cells.loc[~self.cells["is_null"], "embedder"]))


def leaderboards(results: Results) -> list[Leaderboard]:
    """Return a leaderboard for each experiment, task, target and split, in the order of the run."""
    scores = results.scores[results.scores["value"].notna() & (results.scores["variant"] == "")]
    order = [experiment.name for experiment in results.info.suite.experiments]
    groups = [(key, group) for key, group in scores.groupby(BOARD, sort=False)]
    return [_leaderboard(key, group) for key, group in sorted(groups, key=lambda pair: order.index(pair[0][0]))]


def tidy(boards: list[Leaderboard]) -> pd.DataFrame:
    """Return all leaderboards as one table, a row a number."""
    return pd.concat([board.cells for board in boards]) if boards else pd.DataFrame(columns=TIDY)


def dimensions_of(rows: pd.DataFrame) -> list[int]:
    """Return the numbers of columns that learned vectors have, from rows with is_null and embedding_dim."""
    dims = rows.loc[~rows["is_null"], "embedding_dim"]
    return sorted({int(dim) for dim in dims[dims > 0]})


def best_of(metric: str, values: pd.Series) -> float:
    """Return the best value by the metric's direction."""
    return float(values.min() if metric_info(metric).direction == "lower" else values.max())


def _leaderboard(key: tuple[str, ...], scores: pd.DataFrame) -> Leaderboard:
    named = dict(zip(BOARD, key, strict=True))
    present = scores["metric"].unique().tolist()
    main = _main_metric(task_info(named["task"]).main_metric, present)
    metrics = sorted(present, key=lambda metric: metric != main)
    readouts = sorted(scores["readout"].unique(), key=_readout_rank)
    cells = _summarize(scores)
    cells["complete"] &= _same_cases(cells, main)
    cells = _mark_best(_order_rows(cells, main)).assign(**named)
    return Leaderboard(
        **named,
        metric=main,
        metrics=tuple(metrics),
        readouts=tuple(readouts),
        cells=cells[TIDY],
        folds=tuple(sorted(filter(None, scores["fold"].unique()), key=lambda fold: (len(fold), fold))),
        seeds=scores["seed"].nunique(),
    )


def _main_metric(wanted: str, present: list[str]) -> str:
    """Return the metric to sort by: the task's own, or the same with another cutoff, or the first that there is."""
    stem = wanted.partition("@")[0]
    return next((metric for metric in (wanted, *present) if metric in present and metric.startswith(stem)), present[0])


def _readout_rank(readout: str) -> tuple[int, str]:
    known = readout in READOUT_ORDER
    return (READOUT_ORDER.index(readout) if known else len(READOUT_ORDER), readout)


def _summarize(scores: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation (n - 1) over folds and seeds for each row and column of the board."""
    keys = [*ROW, "readout", "metric"]
    cells = scores.groupby(keys, sort=False, dropna=False, as_index=False).agg(
        dataset=("dataset", "first"),
        name=("name", "first"),
        library=("library", "first"),
        is_null=("is_null", "first"),
        convention=("convention", "first"),
        mean=("value", "mean"),
        sd=("value", "std"),
        count=("value", "size"),
        folds=("fold", "nunique"),
        n=("n", "mean"),
        complete=("fold", lambda folds: np.ptp(folds.value_counts()) == 0),
    )
    cells["direction"] = [metric_info(metric).direction for metric in cells["metric"]]
    cells["complete"] &= cells["folds"] == cells["folds"].max()
    return cells


def _same_cases(cells: pd.DataFrame, main: str) -> npt.NDArray[np.bool_]:
    """Tell which rows rest on as many cases as most rows do by the main metric: only these are compared."""
    sizes = cells[cells["metric"] == main].groupby(ROW, dropna=False)["n"].max()
    counts = sizes.value_counts()
    usual = max(counts[counts == counts.max()].index, default=np.nan)
    rows = pd.MultiIndex.from_frame(cells[ROW])
    same: npt.NDArray[np.bool_] = sizes.reindex(rows).eq(usual).to_numpy()
    return same


def _order_rows(cells: pd.DataFrame, main: str) -> pd.DataFrame:
    """Order by each row's best main value over its readouts; then by label and dimension."""
    sign = 1.0 if metric_info(main).direction == "lower" else -1.0
    cells["_main"] = (cells["mean"] * sign).where(cells["metric"] == main)
    cells["_best"] = cells.groupby(ROW, dropna=False)["_main"].transform("min")
    return cells.sort_values(["_best", *ROW], kind="stable", na_position="last").reset_index(drop=True)


def _mark_best(cells: pd.DataFrame) -> pd.DataFrame:
    """Mark the best of each column among complete rows, unless more than half of them look like the best."""
    cells["best"] = False
    for (_, metric), column in cells[cells["complete"]].groupby(["readout", "metric"], sort=False):
        shown = column["mean"].map(lambda value, metric=metric: rounded(metric, value))
        best = shown.index[shown == best_of(metric, shown)]
        if metric_info(metric).direction != "neutral" and 2 * len(best) <= len(shown):
            cells.loc[best, "best"] = True
    return cells
