"""Cost beside quality: what a method's score takes in seconds, dimensions and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import plotting
from toolkit.report.answers.tables import spoken
from toolkit.report.figure_data import figure_data, tips
from toolkit.report.ledger import cost_frame, cost_table
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, dimension, seconds, signed, written
from toolkit.report.parts import Cell, Column, Figure, Section, Table
from toolkit.report.sections.common import best_rows, gain, null_value, text_row, two_digits
from toolkit.report.sections.scatter import costs as draw_costs
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import plain_name
from toolkit.report.wording import board_title, direction_words, row_label

SPOKEN = 6  # names in a sentence; the table marks all
BYTES = 4  # of a number, as vectors are kept
RATIOS = {"per_dimension": "per dimension", "per_kib": "per KiB of a row", "per_second": "per second of the fit"}
NOTE = (
    "Gain: by how much the score is better than the best null baseline's. A row is one vector of 4-byte numbers. "
    "No dimension stands where there are no vectors, or where each fold was tuned to another."
)


def cost_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return what the scores of the first leaderboard that judges cost, and the time and memory of the fits.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Of one experiment, with its trials.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where no fit succeeded.
    """
    costs = cost_frame(results)
    times = cost_table(costs, f"{anchor}-times")
    if times is None:
        return None
    judging = [board for board in boards if metric_info(board.metric).direction != "neutral"]
    board = judging[0] if judging else None
    points = pd.DataFrame() if board is None else priced(board, costs)
    if board is None or len(points) < 2:
        return Section(anchor, "Time and memory", (), tables=(times,))
    return Section(
        anchor,
        "Cost beside quality",
        (_sentence(board_title(board, results), board, points),),
        (_figure(board, points, f"{anchor}-plot"),),
        (_table(board_title(board, results), board, points, f"{anchor}-table"), times),
    )


def priced(board: Leaderboard, costs: pd.DataFrame) -> pd.DataFrame:
    """Return each embedder's best complete score with its cost (as `ledger.cost_frame` gives it), best first.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, label, dim, readout, is_null, complete, value, seconds, gain (over the best null baseline; nan
        where there is none), front, bytes (of a row), per_dimension, per_kib and per_second (gain by what it costs).
    """
    columns = {"fit_seconds": "seconds", "mean": "value", "embedding_dim": "dim"}
    metric = board.metric
    rows = best_rows(board)
    rows = rows[rows["complete"]].merge(costs[["embedder", "embedding_dim", "fit_seconds"]]).rename(columns=columns)
    rows = rows[rows["seconds"].notna() & rows["value"].notna()].reset_index(drop=True)
    floor = null_value(board)
    gains = [np.nan if floor is None else gain(metric, value, floor) for value in rows["value"]]
    dims = rows["dim"].where(rows["dim"] > 0)
    return rows.assign(
        label=[
            row_label(embedder, dim, board.varied) for embedder, dim in zip(rows["embedder"], rows["dim"], strict=True)
        ],
        gain=gains,
        front=pareto(rows["seconds"].to_numpy(), [gain(metric, value, 0.0) for value in rows["value"]]),
        bytes=BYTES * dims,
        per_dimension=gains / dims,
        per_kib=gains / (BYTES * dims / 1024),
        per_second=gains / rows["seconds"].where(rows["seconds"] > 0),
    )


def pareto(cost: npt.ArrayLike, quality: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell which things no other beats in both: none that differs costs at most as much and is at least as good.

    Parameters
    ----------
    cost, quality : array-like, shape (n,)
        The lower the better, and the higher the better.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> pareto([1, 2, 3], [0.5, 0.4, 0.9]).tolist()
    [True, False, True]
    """
    costs, values = np.asarray(cost, dtype=np.float64), np.asarray(quality, dtype=np.float64)
    at_most, at_least = costs[:, None] <= costs, values[:, None] >= values
    differs = (costs[:, None] != costs) | (values[:, None] != values)
    front: npt.NDArray[np.bool_] = ~(at_most & at_least & differs).any(axis=0)
    return front


def _sentence(name: str, board: Leaderboard, points: pd.DataFrame) -> str:
    front = points[points["front"]].sort_values("seconds", kind="stable")
    names = [
        f"{row.label} ({written(board.metric, row.value)} in {seconds(row.seconds)} s)" for row in front.itertuples()
    ]
    title = metric_info(board.metric).title
    if len(names) == 1:
        return (
            f"{name}: {names[0]} is the fastest and has the best {title}: no other embedder is ahead of it in either."
        )
    rest = len(points) - len(front)
    others = {0: "", 1: "; the other one is no faster and no better than one of these"}.get(
        rest, f"; each of the other {rest} is no faster and no better than one of these"
    )
    return f"{name}: no embedder is both faster and better by {title} than {spoken(names, SPOKEN)}{others}."


def _figure(board: Leaderboard, points: pd.DataFrame, anchor: str) -> Figure:
    metric = metric_info(board.metric)
    floor = null_value(board)
    better = ~points["embedder"].map(plain_name).duplicated()  # of tuned and default, unless both are on the front
    points = points[better | points["front"]]
    ends = plotting.axis_domain(board.metric, points["value"], [] if floor is None else [floor])
    title = f"{metric.title} against the time of a fit"
    best = ", each embedder with its best readout" if len(board.readouts) > 1 else ""
    names = ", ".join(points.loc[points["front"], "label"])
    titles = {
        "label": "embedder",
        "seconds": "seconds of one fit",
        "value": metric.title,
        "front": "on the Pareto front",
    }
    data = figure_data(points.assign(front=points["front"].map({True: "yes", False: "no"})), titles)
    return Figure(
        anchor,
        f"{title}{best}; {direction_words(board.metric)}. The line is the Pareto front: the best to be had in a time.",
        f"Scatter plot of {title.lower()}, a point an embedder; on the Pareto front: {names}. The tables below "
        "hold the values.",
        partial(
            draw_costs,
            points[["label", "value", "seconds", "is_null", "front"]].assign(tip=tips(data)),
            ends,
            floor,
        ),
        data=data,
    )


def _table(name: str, board: Leaderboard, points: pd.DataFrame, anchor: str) -> Table:
    info = metric_info(board.metric)
    worth = ~points["is_null"] & (points["gain"] > 0)
    best = points.loc[worth, [*RATIOS]].max()
    columns = [Column("Embedder", kind="text"), Column("Front", kind="text"), Column("Dim"), Column("Bytes a row")]
    columns += [Column("Fit (s)", "", "lower")]
    columns += [Column(info.title, "", info.direction), Column("over null", "Gain", "higher")]
    columns += [Column(title, "Gain", "higher") for title in RATIOS.values()]
    rows = []
    for place, row in points.iterrows():
        texts: list[str | Cell] = [row["label"], "yes" if row["front"] else MISSING, dimension(row["dim"])]
        texts += [MISSING if np.isnan(row["bytes"]) else f"{row['bytes']:,.0f}", seconds(row["seconds"])]
        texts += [written(board.metric, row["value"]), signed(board.metric, row["gain"])]
        texts += [
            Cell(two_digits(row[name]), best=row[name] == best[name]) if worth[place] else MISSING for name in RATIOS
        ]
        rows.append(text_row(texts, is_null=row["is_null"]))
    caption = f"{name}: {info.title} and what it costs, each embedder with its best readout; best first."
    return Table(anchor, caption, tuple(columns), tuple(rows), (NOTE,))
