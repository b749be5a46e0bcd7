"""A leaderboard as a part of the report: its definition, table and plots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.metrics.conventions import CONVENTIONS
from toolkit.report import figures, plotting
from toolkit.report.differences import difference_table, footnotes, warnings
from toolkit.report.figure_data import point_data, tips
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, count, dimension, rounded, written
from toolkit.report.parts import Board, Cell, Column, Fact, Figure, Key, Row, Table
from toolkit.report.tables import ROW, Leaderboard, best_of, dimensions_of
from toolkit.report.trial_data import trial_groups
from toolkit.report.wording import board_title, data_fact, direction_words, listed, readout_title, row_label
from toolkit.tasks import task_info
from toolkit.tasks.rating import WITHOUT_VECTORS

WIDE = 10  # columns of numbers; of a leaderboard with more, all metrics but the main one stand in a table of their own


def board_part(board: Leaderboard, results: Results, anchor: str, domain: tuple[float, float]) -> Board:
    """Return the part of the report that shows a leaderboard.

    Parameters
    ----------
    board : Leaderboard
        What to show.
    results : Results
        The run it is from.
    anchor : str
        Prefix of all identifiers.
    domain : tuple of float
        Ends of the main metric's axis.

    Returns
    -------
    Board
    """
    judged = board.judged
    return Board(
        anchor,
        board_title(board, results),
        task_info(board.task).definition,
        tuple(_facts(judged, results)),
        _table(judged, results, f"{anchor}-table", tuple(_fixed(board))),
        tuple(_figures(judged, anchor, domain)),
        difference_table(board, f"{anchor}-differences"),
        _metrics_table(judged, results, f"{anchor}-metrics"),
        warnings(board),
        _traits(board, results),
    )


def _traits(board: Leaderboard, results: Results) -> dict[str, tuple[str, ...]]:
    """Return by what a reader can choose among leaderboards."""
    scores = results.scores[["experiment", "task", "target", "split"]]
    own = results.scores[(scores == [board.experiment, board.task, board.target, board.split]).all(axis=1)]
    titles = {key: data.title for key, data in results.info.datasets.items()}
    return {
        "Data": tuple(titles.get(name, name) for name in own["dataset"].unique()),
        "Entity": tuple(filter(None, own["entity"].unique())),
        "Task": (task_info(board.task).title,),
        "Readout": tuple(readout_title(name) for name in board.readouts if name),
    }


def metric_anchor(metric: str) -> str:
    """Return the identifier of a metric's definition."""
    return "metric-" + metric.replace("@", "-at-").replace("_", "-")


def split_text(board: Leaderboard) -> str:
    """Return on which split and folds the scores rest; empty where the data are not split."""
    if not board.folds:
        return board.split
    return f"{board.split}, fold{'s' if len(board.folds) > 1 else ''} {listed(board.folds)}"


def _facts(board: Leaderboard, results: Results) -> list[Fact]:
    metric = metric_info(board.metric)
    facts = [Fact("Ordered by", f"{metric.title}, {direction_words(board.metric)}. {metric.definition}")]
    target = results.info.datasets.get(board.target)
    if target:
        facts.append(data_fact("Judged on", target))
    facts.append(Fact("Protocol", "; ".join(_protocol(board))))
    return facts + [
        Fact(f"Convention {name}", f"Where a definition says otherwise, this counts. {CONVENTIONS[name].difference}")
        for name in board.cells["convention"].unique()
        if name in CONVENTIONS and CONVENTIONS[name].difference
    ]


def _protocol(board: Leaderboard) -> Iterator[str]:
    if len(board.readouts) == 1 and board.readouts[0]:
        yield f"readout {readout_title(board.readouts[0]).lower()}"
    if conventions := _conventions(board):
        yield f"convention {conventions}"
    if split := split_text(board):
        yield f"split {split}"
    dims = dimensions_of(board.cells)
    if len(dims) == 1:
        yield count(dims[0], "dimension")
    low, high = round(board.cases.min()), round(board.cases.max())
    yield f"{low:,} cases" if low == high else f"{low:,} to {high:,} cases"


def _conventions(board: Leaderboard) -> str:
    """Return the conventions that the numbers follow, with their metrics where there are several."""
    stated = board.cells[board.cells["convention"] != ""].groupby("convention", sort=False)["metric"].unique()
    if len(stated) == 1:
        return str(stated.index[0])
    return ", ".join(
        f"{convention} ({', '.join(metric_info(metric).title for metric in board.metrics if metric in used)})"
        for convention, used in stated.items()
    )


def _table(board: Leaderboard, results: Results, anchor: str, more: tuple[str, ...] = ()) -> Table:
    pairs = _pairs(board, [board.metric] if _is_wide(board) else board.metrics)
    dims = dimensions_of(board.cells)
    cases = board.grounds if board.uneven else None
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if len(dims) > 1 else [])]
    columns += [] if cases is None else [Column(f"{board.unit or 'case'}s".capitalize())]
    for readout, metric in pairs:
        info = metric_info(metric)
        title, group = (readout_title(readout), info.title) if readout else (info.title, "")
        named = readout_title(readout) if readout else ""
        columns.append(Column(title, group, info.direction, metric_anchor(metric), readout=named))
    ties = int(board.main["tied"].sum()) > 1
    rows = []
    fits = trial_groups(results)
    for (label, dim), cells in board.cells.groupby(ROW, sort=False, dropna=False):
        size = [] if cases is None else [_whole(cases.reindex(cells.index).max())]
        row = _row(cells, [*([dimension(dim)] if len(dims) > 1 else []), *size], pairs, ties)
        rows.append(replace(row, trials=fits.get((board.experiment, label, dimension(dim)))))
    caption = _caption(replace(board, cells=board.main) if _is_wide(board) else board, results)
    return Table(anchor, caption, tuple(columns), tuple(rows), (*_remarks(board, results), *more))


def _pairs(board: Leaderboard, metrics: Iterable[str]) -> list[tuple[str, str]]:
    return [pair for metric in metrics for pair in _columns_of(board, metric)]


def _is_wide(board: Leaderboard) -> bool:
    """Whether there are more columns of numbers than a reader takes in at a time."""
    return len(board.readouts) > 1 and len(_pairs(board, board.metrics)) > WIDE


def _metrics_table(board: Leaderboard, results: Results, anchor: str) -> Table | None:
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


def _plain(cell: Any, tops: Mapping[str, float]) -> Cell:
    """Return a value with its spread, marked where it is the best of its metric."""
    value = _value(cell, several=False)
    directed = metric_info(cell.metric).direction != "neutral"
    return Cell(value.text, value.spread, directed and cell.complete and cell.shown == tops.get(cell.metric))


def _fixed(board: Leaderboard) -> Iterator[str]:
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


def _columns_of(board: Leaderboard, metric: str) -> list[tuple[str, str]]:
    """Return a metric's columns: one a readout, or one without a readout where that makes no difference."""
    cells = board.cells[board.cells["metric"] == metric]
    if cells.groupby(ROW, dropna=False)["mean"].nunique().max() == 1:
        return [("", metric)]
    found = set(cells["readout"])
    return [(readout, metric) for readout in board.readouts if readout in found]


def _whole(number: float) -> str:
    return MISSING if pd.isna(number) else f"{number:,.0f}"


def _row(cells: pd.DataFrame, sizes: list[str], columns: list[tuple[str, str]], ties: bool) -> Row:
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


def _figures(board: Leaderboard, anchor: str, domain: tuple[float, float]) -> list[Figure]:
    metric = metric_info(board.metric)
    points = plot_points(board)
    floor = plotting.null_floor(points, board.metric)
    series = tuple(board.readouts)
    titles = [readout_title(name) for name in series]
    legend = tuple(Key(i, title) for i, title in enumerate(titles)) if len(series) > 1 else ()
    chosen = points[points["chosen"]]
    told = point_data(chosen, metric.title, titles)
    at_best = ", each embedder at its best dimension" if board.has_dimensions else ""
    axis = f"{metric.title} ({direction_words(board.metric)})"
    bands = " Bands: 95 % intervals." if board.unit else ""
    found = [
        Figure(
            f"{anchor}-plot",
            f"{metric.title}{at_best}; {direction_words(board.metric)}.{_bars(board)}",
            f"Dot plot of {axis}: a row an embedder, in the order of the table above, which holds the values.",
            partial(figures.dots, chosen.assign(tip=tips(told)), axis, domain, floor, series),
            legend,
            data=told,
            rows=_methods(chosen, "label"),
        )
    ]
    if board.has_dimensions:
        everything = point_data(points, metric.title, titles)
        found.append(
            Figure(
                f"{anchor}-dimensions",
                f"{metric.title} against dimension (log scale); {direction_words(board.metric)}.{bands}",
                f"Small line plots of {axis} against dimension on a log axis, one an embedder; the table above "
                "holds the values.",
                partial(
                    figures.curves,
                    points.assign(tip=tips(everything)),
                    "min" if metric.direction == "lower" else "max",
                    floor,
                    series,
                ),
                legend,
                data=everything,
                rows=_methods(points[~points["is_null"] & (points["dim"] > 0)], "embedder"),
            )
        )
    return found


def _methods(points: pd.DataFrame, row: str) -> tuple[tuple[str, bool], ...]:
    """Return the method of each row of a plot, and whether it is a null baseline."""
    heads = points.drop_duplicates(row)
    return tuple(zip(heads["embedder"], heads["is_null"].astype(bool).tolist(), strict=True))


def _bars(board: Leaderboard) -> str:
    """Say what bars and fillings of a plot mean."""
    bars = " Bars: 95 % intervals." if board.unit else ""
    return bars if board.best is None else f"{bars} Hollow: a test tells it from the best; filled: none does."


def plot_points(board: Leaderboard) -> pd.DataFrame:
    """Return the main metric's cells as points of a plot, best embedder first.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, label, dim, readout, series, value, is_null, complete; low, high: ends of the interval, or the
        value less and plus the standard deviation; told: True where a test tells it from the best; heads: True once
        for each embedder and dimension; chosen: True at the dimension at which an embedder is best.
    """
    main = board.main
    varied = board.varied
    first = main.groupby("embedder", sort=False)["embedding_dim"].transform("first")
    spread = main["sd"].fillna(0.0)
    drawn = main["low"].notna()
    return pd.DataFrame(
        {
            "embedder": main["embedder"],
            "label": [row_label(*pair, varied) for pair in zip(main["embedder"], main["embedding_dim"], strict=True)],
            "dim": main["embedding_dim"],
            "readout": main["readout"],
            "series": [board.readouts.index(readout) for readout in main["readout"]],
            "value": main["mean"],
            "low": main["low"].where(drawn, main["mean"] - spread),
            "high": main["high"].where(drawn, main["mean"] + spread),
            "told": main["tied"].eq(False).fillna(False).astype(bool),
            "is_null": main["is_null"],
            "complete": main["complete"],
            "heads": ~main.duplicated(ROW),
            "chosen": (main["embedding_dim"] == first) | (main["embedding_dim"].isna() & first.isna()),
        }
    ).reset_index(drop=True)
