"""Leaderboards: values with their intervals or their spread over folds and seeds, ordered by the main metric."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.harness.tables import BOARD_COLUMNS, ENTRY_COLUMNS
from toolkit.metrics.base import metric_info
from toolkit.report.model import Results
from toolkit.report.numbers import all_rounded
from toolkit.report.tested import Differences, Entry, entries_of, read_differences
from toolkit.tasks import main_metric_of
from toolkit.tasks.rating import WITHOUT_VECTORS

BOARD = BOARD_COLUMNS
ROW = ["embedder", "embedding_dim"]
READOUT_ORDER = ("native", "ridge", "ridge-two-sided", "hierarchical", "dot", "cosine", "bias", "mean")
TIDY = [
    *BOARD,
    *("dataset", "embedder", "name", "library", "is_null", "embedding_dim", "readout", "metric", "convention"),
    *("direction", "mean", "sd", "count", "folds", "n", "complete", "best", "low", "high", "unit", "units", "tied"),
    "better_than_null",
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
        A row a number, with the columns of `TIDY`; best row of the leaderboard first. `mean` is the value that stands
        in ``intervals.csv``, on the cases common to all, where there is one; of the main metric, `tied` says which no
        test tells from the best and `better_than_null` which a test puts ahead of the best null baseline, both missing
        where that was not tested.
    folds : tuple of str
        The folds of the split, sorted; empty where it has none.
    seeds : int
        How many seeds there are.
    differences : Differences
        What was tested, by the main metric.
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
    differences: Differences

    @property
    def main(self) -> pd.DataFrame:
        """The cells of the main metric."""
        return self.cells[self.cells["metric"] == self.metric]

    @property
    def cases(self) -> pd.Series:
        """On how many cases (ratings, users, pairs, ...) each row's main metric rests, by embedder and dimension."""
        return self.main.groupby(ROW, dropna=False)["n"].max()

    @property
    def grounds(self) -> pd.Series:
        """On how many cases each cell of the main metric rests: in units that were drawn, where there are intervals."""
        return self.main["units" if self.unit else "n"]

    @property
    def unit(self) -> str:
        """What was drawn for the intervals of the main metric; empty where there are none."""
        return next(filter(None, self.main["unit"]), "")

    @property
    def uneven(self) -> bool:
        """Whether some rows rest on more cases than others, so that their values cannot be compared."""
        main = self.main.assign(size=self.grounds)
        sizes = main.groupby(ROW, dropna=False)["size"].max()
        return bool(sizes.isna().any() or sizes.min() != sizes.max())

    @property
    def ranked(self) -> pd.DataFrame:
        """The cells of the main metric, best first."""
        lower = metric_info(self.metric).direction == "lower"
        return self.main.sort_values("mean", ascending=lower, kind="stable")

    @property
    def best(self) -> Entry | None:
        """The best entry of those that were tested; None where none was."""
        return _best_entry(self.ranked, self.differences)

    @property
    def best_null(self) -> Entry | None:
        """The best null baseline of those that were tested; None where none was."""
        return _best_entry(self.ranked[is_null_entry(self.ranked)], self.differences)

    @property
    def judged(self) -> Leaderboard:
        """The same without the readouts that use no vectors: they give every row the same, and judge no embedder."""
        used = ~self.cells["readout"].isin(WITHOUT_VECTORS)
        if not used.any():
            return self
        readouts = tuple(name for name in self.readouts if name not in WITHOUT_VECTORS)
        return replace(self, cells=self.cells[used], readouts=readouts)

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
    groups.sort(key=lambda pair: order.index(pair[0][0]))
    return [
        _leaderboard(key, group, _rows_of(results.intervals, key), _rows_of(results.differences, key))
        for key, group in groups
    ]


def tidy(boards: list[Leaderboard]) -> pd.DataFrame:
    """Return all leaderboards as one table, a row a number."""
    return pd.concat([board.cells for board in boards]) if boards else pd.DataFrame(columns=TIDY)


def dimensions_of(rows: pd.DataFrame) -> list[int]:
    """Return the numbers of columns that learned vectors have, from rows with is_null and embedding_dim."""
    dims = rows.loc[~rows["is_null"], "embedding_dim"]
    return sorted({int(dim) for dim in dims[dims > 0]})


def is_null_entry(cells: pd.DataFrame) -> pd.Series:
    """Tell which cells are what a null baseline reaches, or a readout that does not use the vectors."""
    return cells["is_null"] | cells["readout"].isin(WITHOUT_VECTORS)


def at_floor(board: Leaderboard) -> pd.DataFrame:
    """Return the cells of the main metric that no test puts ahead of the best null baseline."""
    main = board.main
    return main[main["better_than_null"].eq(False).fillna(False)]


def value_of(board: Leaderboard, entry: Entry) -> pd.Series:
    """Return the cell of the main metric of an entry."""
    main = board.main
    return main.iloc[entries_of(main).index(entry)]


def best_of(metric: str, values: pd.Series) -> float:
    """Return the best value by the metric's direction."""
    return float(values.min() if metric_info(metric).direction == "lower" else values.max())


def _rows_of(table: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    return table[(table[BOARD] == list(key)).all(axis=1)]


def _leaderboard(
    key: tuple[str, ...], scores: pd.DataFrame, intervals: pd.DataFrame, differences: pd.DataFrame
) -> Leaderboard:
    named = dict(zip(BOARD, key, strict=True))
    present = scores["metric"].unique().tolist()
    main = main_metric_of(named["task"], present)
    metrics = sorted(present, key=lambda metric: metric != main)
    readouts = sorted(scores["readout"].unique(), key=_readout_rank)
    cells = _with_intervals(_summarize(scores), intervals)
    cells["complete"] &= _same_cases(cells, main)
    cells = _mark_best(_order_rows(cells, main)).assign(**named)
    cells["tied"] = pd.array([pd.NA] * len(cells), dtype="boolean")
    cells["better_than_null"] = cells["tied"].copy()
    board = Leaderboard(
        **named,
        metric=main,
        metrics=tuple(metrics),
        readouts=tuple(readouts),
        cells=cells[TIDY].copy(),
        folds=tuple(sorted(filter(None, scores["fold"].unique()), key=lambda fold: (len(fold), fold))),
        seeds=scores["seed"].nunique(),
        differences=_tested(cells, main, differences),
    )
    return _with_tests(board)


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


def _with_intervals(cells: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Put the values of ``intervals.csv`` in the place of the means, with what they rest on."""
    found = intervals[[*ENTRY_COLUMNS, "metric", "value", "low", "high", "unit", "n"]].rename(columns={"n": "units"})
    cells = cells.merge(found, how="left", on=[*ENTRY_COLUMNS, "metric"], validate="many_to_one")
    cells["mean"] = cells.pop("value").fillna(cells["mean"])
    return cells.fillna({"unit": ""})


def _same_cases(cells: pd.DataFrame, main: str) -> npt.NDArray[np.bool_]:
    """Tell which rows rest on as many cases as most rows do by the main metric: only these are compared."""
    values = cells[cells["metric"] == main]
    grounds = "units" if values["units"].notna().any() else "n"
    sizes = values.groupby(ROW, dropna=False)[grounds].max()
    counts = sizes.value_counts()
    usual = max(counts[counts == counts.max()].index, default=np.nan)
    rows = pd.MultiIndex.from_frame(cells[ROW])
    same: npt.NDArray[np.bool_] = sizes.reindex(rows).eq(usual).to_numpy()
    return same


def _tested(cells: pd.DataFrame, main: str, differences: pd.DataFrame) -> Differences:
    """Return what was tested by the main metric, of the entries that stand in the leaderboard."""
    direction = metric_info(main).direction
    found = read_differences(differences[differences["metric"] == main], direction == "lower")
    shown = set(entries_of(cells[(cells["metric"] == main) & cells["complete"]]))
    return found.only(shown if direction != "neutral" else set())


def _best_entry(ranked: pd.DataFrame, differences: Differences) -> Entry | None:
    """Return the best of the entries that were tested, from cells of the main metric, best first."""
    return next((entry for entry in entries_of(ranked) if entry in differences.entries), None)


def _with_tests(board: Leaderboard) -> Leaderboard:
    """Mark which values are tied for best, and which are better than the best null baseline, where it was tested."""
    cells, found, best, floor = board.cells, board.differences, board.best, board.best_null
    main = board.main
    for index, entry, is_null in zip(main.index, entries_of(main), is_null_entry(main), strict=True):
        if best is not None and (entry == best or found.between(entry, best)):
            cells.loc[index, "tied"] = found.tied(entry, best)
        if floor is not None and not is_null and found.between(entry, floor):
            cells.loc[index, "better_than_null"] = found.ahead(entry, floor)
    return board


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
        shown = all_rounded(metric, column["mean"])
        best = shown.index[shown == best_of(metric, shown)]
        if metric_info(metric).direction != "neutral" and 2 * len(best) <= len(shown):
            cells.loc[best, "best"] = True
    return cells
