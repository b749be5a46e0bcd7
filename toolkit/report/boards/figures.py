"""A leaderboard as plots: its main metric as dots, and against the dimension where that varies."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import figures, plotting
from toolkit.report.figure_data import point_data, tips
from toolkit.report.parts import Figure, Key
from toolkit.report.tables import ROW, Leaderboard
from toolkit.report.wording import direction_words, readout_title, row_label


def board_figures(board: Leaderboard, anchor: str, domain: tuple[float, float]) -> list[Figure]:
    """Return the plots of a leaderboard.

    Parameters
    ----------
    board : Leaderboard
        What to show.
    anchor : str
        Prefix of their identifiers.
    domain : tuple of float
        Ends of the main metric's axis.

    Returns
    -------
    list of Figure
        The dot plot and, where an embedder that learns has several dimensions, the curves.
    """
    points = plot_points(board)
    floor = plotting.null_floor(points, board.metric)
    found = [_dots(board, points[points["chosen"]], anchor, domain, floor)]
    return [*found, _curves(board, points, anchor, floor)] if board.has_dimensions else found


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


def _dots(
    board: Leaderboard, chosen: pd.DataFrame, anchor: str, domain: tuple[float, float], floor: float | None
) -> Figure:
    """Return each embedder at its best dimension as a row of dots; `floor` is the best value of a null baseline."""
    title, direction, told = metric_info(board.metric).title, direction_words(board.metric), _told(board, chosen)
    at_best = ", each embedder at its best dimension" if board.has_dimensions else ""
    return Figure(
        f"{anchor}-plot",
        f"{title}{at_best}; {direction}.{_bars(board)}",
        f"Dot plot of {_axis(board)}: a row an embedder, in the order of the table above, which holds the values.",
        partial(figures.dots, chosen.assign(tip=tips(told)), _axis(board), domain, floor, board.readouts),
        _legend(board),
        data=told,
        rows=_methods(chosen, "label"),
    )


def _curves(board: Leaderboard, points: pd.DataFrame, anchor: str, floor: float | None) -> Figure:
    """Return the main metric against the dimension, a small plot an embedder."""
    metric, told = metric_info(board.metric), _told(board, points)
    best: Literal["min", "max"] = "min" if metric.direction == "lower" else "max"
    bands = " Bands: 95 % intervals." if board.unit else ""
    return Figure(
        f"{anchor}-dimensions",
        f"{metric.title} against dimension (log scale); {direction_words(board.metric)}.{bands}",
        f"Small line plots of {_axis(board)} against dimension on a log axis, one an embedder; the table above "
        "holds the values.",
        partial(figures.curves, points.assign(tip=tips(told)), best, floor, board.readouts),
        _legend(board),
        data=told,
        rows=_methods(points[~points["is_null"] & (points["dim"] > 0)], "embedder"),
    )


def _methods(points: pd.DataFrame, row: str) -> tuple[tuple[str, bool], ...]:
    """Return the method of each row of a plot, and whether it is a null baseline."""
    heads = points.drop_duplicates(row)
    return tuple(zip(heads["embedder"], heads["is_null"].astype(bool).tolist(), strict=True))


def _axis(board: Leaderboard) -> str:
    return f"{metric_info(board.metric).title} ({direction_words(board.metric)})"


def _told(board: Leaderboard, points: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a plot as a reader gets them."""
    return point_data(points, metric_info(board.metric).title, [readout_title(name) for name in board.readouts])


def _legend(board: Leaderboard) -> tuple[Key, ...]:
    keys = tuple(Key(i, readout_title(name)) for i, name in enumerate(board.readouts))
    return keys if len(keys) > 1 else ()


def _bars(board: Leaderboard) -> str:
    """Say what bars and fillings of a plot mean."""
    bars = " Bars: 95 % intervals." if board.unit else ""
    return bars if board.best is None else f"{bars} Hollow: a test tells it from the best; filled: none does."
