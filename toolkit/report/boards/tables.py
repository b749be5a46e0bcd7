"""A leaderboard as tables: the one by which it is ordered, and that of the metrics which have no room there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.differences import footnotes
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, count, dimension, rounded, written
from toolkit.report.parts import Cell, Column, Row, Table
from toolkit.report.tables import ROW, Leaderboard, best_of, dimensions_of
from toolkit.report.trial_data import trial_groups
from toolkit.report.wording import board_title, listed, readout_title
from toolkit.tasks.rating import WITHOUT_VECTORS

WIDE = 10  # columns of numbers; of a leaderboard with more, all metrics but the main one stand in a table of their own


def board_table(board: Leaderboard, results: Results, anchor: str, more: tuple[str, ...] = ()) -> Table:
    """Return the leaderboard: a row an embedder and dimension, a column a readout and metric.

    Parameters
    ----------
    board : Leaderboard
        What to show; of one with too many columns, the main metric alone.
    results : Results
        The run it is from.
    anchor : str
        Identifier of the table.
    more : tuple of str, optional
        Notes that stand after its own.

    Returns
    -------
    Table
    """
    pairs = _pairs(board, [board.metric] if _is_wide(board) else board.metrics)
    several = len(dimensions_of(board.cells)) > 1
    cases = board.grounds if board.uneven else None
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if several else [])]
    columns += [] if cases is None else [Column(f"{board.unit or 'case'}s".capitalize())]
    columns += [_column(*pair) for pair in pairs]
    ties = int(board.main["tied"].sum()) > 1
    rows = []
    fits = trial_groups(results)
    for (label, dim), cells in board.cells.groupby(ROW, sort=False, dropna=False):
        size = [] if cases is None else [_whole(cases.reindex(cells.index).max())]
        row = _row(cells, [*([dimension(dim)] if several else []), *size], pairs, ties)
        rows.append(replace(row, trials=fits.get((board.experiment, label, dimension(dim)))))
    caption = _caption(replace(board, cells=board.main) if _is_wide(board) else board, results)
    return Table(anchor, caption, tuple(columns), tuple(rows), (*_remarks(board, results), *more))


def metrics_table(board: Leaderboard, results: Results, anchor: str) -> Table | None:
    """Return all metrics, a row a readout, where the leaderboard shows the main one alone."""
    if not _is_wide(board):
        return None
    several = len(dimensions_of(board.cells)) > 1
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if several else []), Column("Readout", kind="text")]
    for name in board.metrics:
        info = metric_info(name)
        columns.append(Column(info.title, "", info.direction, metric_anchor(name)))
    shown = [rounded(*pair) for pair in zip(board.cells["metric"], board.cells["mean"], strict=True)]
    cells = board.cells.assign(shown=shown)
    tops = {name: best_of(name, part["shown"]) for name, part in cells[cells["complete"]].groupby("metric")}
    rows = []
    for (label, dim, readout), part in cells.groupby([*ROW, "readout"], sort=False, dropna=False):
        found = {cell.metric: _plain(cell, tops) for cell in part.itertuples()}
        names = [label, *([dimension(dim)] if several else []), readout_title(readout)]
        values = [found.get(name, Cell(MISSING)) for name in board.metrics]
        rows.append(Row((*map(Cell, names), *values), bool(part["is_null"].iloc[0]), readout=names[-1]))
    caption = f"{_caption(board, results)} All metrics, a row a readout; bold is the best of its column."
    return Table(anchor, caption, tuple(columns), tuple(rows))


def _column(readout: str, metric: str) -> Column:
    """Return a column of numbers: under its metric where it is by one readout of several."""
    info, named = metric_info(metric), readout_title(readout) if readout else ""
    title, group = (named, info.title) if named else (info.title, "")
    return Column(title, group, info.direction, metric_anchor(metric), readout=named)


def _pairs(board: Leaderboard, metrics: Iterable[str]) -> list[tuple[str, str]]:
    """Return the readout and the metric of each column of numbers."""
    return [pair for metric in metrics for pair in _columns_of(board, metric)]


def _is_wide(board: Leaderboard) -> bool:
    """Whether there are more columns of numbers than a reader takes in at a time."""
    return len(board.readouts) > 1 and len(_pairs(board, board.metrics)) > WIDE


def _columns_of(board: Leaderboard, metric: str) -> list[tuple[str, str]]:
    """Return a metric's columns: one a readout, or one without a readout where that makes no difference."""
    cells = board.cells[board.cells["metric"] == metric]
    if cells.groupby(ROW, dropna=False)["mean"].nunique().max() == 1:
        return [("", metric)]
    found = set(cells["readout"])
    return [(readout, metric) for readout in board.readouts if readout in found]


def metric_anchor(metric: str) -> str:
    """Return the identifier of a metric's definition."""
    return "metric-" + metric.replace("@", "-at-").replace("_", "-")


def fixed_values(board: Leaderboard) -> Iterator[str]:
    """Say what the readouts give that use no vectors, which is the same in every row."""
    if len(board.judged.readouts) == len(board.readouts):
        return
    cells = board.cells[board.cells["readout"].isin(WITHOUT_VECTORS)]
    cells = cells[cells["folds"] == cells["folds"].max()].drop_duplicates(["readout", "metric"])
    texts = []
    for readout in (name for name in board.readouts if name in WITHOUT_VECTORS):
        own = cells[(cells["readout"] == readout) & (cells["metric"] != "coverage")].set_index("metric")["mean"]
        values = [f"{metric_info(name).title} {written(name, own[name])}" for name in board.metrics if name in own]
        texts.append(f"{readout_title(readout).lower()} ({', '.join(values)})")
    yield f"Not in the table, as the vectors are not used and every row has the same: {listed(texts)}."


def _row(cells: pd.DataFrame, sizes: list[str], columns: list[tuple[str, str]], ties: bool) -> Row:
    """Return the row of an embedder and dimension from its cells: label, sizes, then a value a column."""
    found: dict[tuple[str, str], Cell] = {}
    for cell in cells.itertuples():
        value = _value(cell, ties)
        found[cell.readout, cell.metric] = value
        found.setdefault(("", cell.metric), value)
    values = [found.get(pair, Cell(MISSING)) for pair in columns]
    label = str(cells["embedder"].iloc[0]) + ("" if cells["complete"].all() else " †")
    judged = cells["better_than_null"].dropna()
    return Row(
        (Cell(label), *map(Cell, sizes), *values),
        bool(cells["is_null"].iloc[0]),
        "not better than null" if len(judged) and not judged.any() else "",
    )


def _plain(cell: Any, tops: Mapping[str, float]) -> Cell:
    """Return a value with its spread, marked where it is the best of its metric."""
    value = _value(cell, several=False)
    directed = metric_info(cell.metric).direction != "neutral"
    return Cell(value.text, value.spread, directed and cell.complete and cell.shown == tops.get(cell.metric))


def _value(cell: Any, several: bool) -> Cell:
    """Return a value with half the width of its interval, or its standard deviation where it has none.

    `several` says whether several are tied for best, so that these have to be marked.
    """
    if pd.notna(cell.low):
        spread = written(cell.metric, (cell.high - cell.low) / 2)
    else:
        spread = written(cell.metric, cell.sd) if cell.count > 1 else ""
    best = cell.best if pd.isna(cell.tied) else bool(cell.tied)
    tied = several and pd.notna(cell.tied) and best
    at_floor = pd.notna(cell.better_than_null) and not cell.better_than_null
    return Cell(written(cell.metric, cell.mean), spread, best, tied=tied, at_floor=at_floor)


def _whole(number: float) -> str:
    """Return a number of cases, or a dash where it is not known."""
    return MISSING if pd.isna(number) else f"{number:,.0f}"


def _caption(board: Leaderboard, results: Results) -> str:
    numbers = ((len(board.folds), "fold"), (board.seeds, "seed"))
    several = [count(number, noun) for number, noun in numbers if number > 1]
    spread = _spread(board, listed(several) if several else "")
    return f"{board_title(board, results)}. {spread}Ordered by {metric_info(board.metric).title}."


def _spread(board: Leaderboard, several: str) -> str:
    """Say what stands behind ±: over which units the intervals are, and over what the standard deviation."""
    drawn = board.cells[board.cells["low"].notna()]
    if drawn.empty:
        return f"Mean ± standard deviation over {several}. " if several else ""
    grounds = drawn.groupby(["unit", "units"], sort=False)["metric"].unique()
    of = [f" ({listed(metric_info(metric).title for metric in metrics)})" for metrics in grounds]
    named = [count(round(units), unit) for unit, units in grounds.index]
    over = listed(map("".join, zip(named, of, strict=True)) if len(grounds) > 1 else named)
    text = f"± is half the width of the 95 % interval over {over}" + (
        f", of the mean over {several}" if several else ""
    )
    spreads = board.cells.loc[board.cells["low"].isna(), "count"] > 1
    return text + (f"; where there is none, the standard deviation over {several}. " if spreads.any() else ". ")


def _remarks(board: Leaderboard, results: Results) -> list[str]:
    remarks = []
    if not board.cells["complete"].all():
        remarks.append(
            "† Not judged on the same cases as most, or not on every fold; left out where the best is looked for."
        )
    remarks += footnotes(board)
    trials = results.trials[results.trials["experiment"] == board.experiment]
    shown = set(board.cells["embedder"])
    absent = [label for label in trials["embedder"].unique() if label not in shown]
    if absent:
        remarks.append(f"Without a score here: {listed(absent)}. The reasons stand at the end of the experiment.")
    return remarks
