"""All leaderboards of an experiment at a glance: a row a method, a column a leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, all_rounded, written
from toolkit.report.parts import Cell, Column, Row, Table
from toolkit.report.sections.common import best_rows
from toolkit.report.tables import Leaderboard, best_of
from toolkit.report.wording import board_title

CAPTION = (
    "All leaderboards at a glance: the main metric of each, every method with the dimension and the readout that are "
    "best there. Methods that are among the best most often come first."
)


def glance_table(boards: Sequence[Leaderboard], anchors: Sequence[str], results: Results, anchor: str) -> Table | None:
    """Return what every method reaches on every leaderboard.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    anchors : sequence of str
        Where each stands.
    results : Results
        The run.
    anchor : str
        Identifier of the table.

    Returns
    -------
    Table or None
        None where there are fewer than two leaderboards, as one says it all itself.
    """
    if len(boards) < 2:
        return None
    shown = [_shown(board) for board in boards]
    places = pd.concat([_places(board, rows) for board, rows in zip(boards, shown, strict=True)], axis=1)
    wins = pd.concat([rows["top"] for rows in shown], axis=1).reindex(places.index)
    order = pd.DataFrame({"wins": -wins.eq(True).sum(axis=1), "place": places.mean(axis=1)})
    columns = [
        Column(metric_info(board.metric).title, board_title(board, results), metric_info(board.metric).direction, place)
        for board, place in zip(boards, anchors, strict=True)
    ]
    rows = [_row(label, shown) for label in order.sort_values(["wins", "place"], kind="stable").index]
    return Table(anchor, CAPTION, (Column("Embedder", kind="text"), *columns), tuple(rows))


def _shown(board: Leaderboard) -> pd.DataFrame:
    """Return each method's best cell, indexed by label; `top`: tied for best by a test, or best where none was made."""
    rows = best_rows(board).set_index("embedder")
    values = all_rounded(board.metric, rows["mean"]).where(rows["complete"])
    return rows.assign(top=rows["tied"].fillna(values == best_of(board.metric, values)).astype(bool))


def _places(board: Leaderboard, rows: pd.DataFrame) -> pd.Series:
    """Return each method's place among the methods of a leaderboard, from 0 (best) to 1."""
    ranks = rows["mean"].rank(ascending=metric_info(board.metric).direction == "lower")
    return (ranks - 1) / max(len(ranks) - 1, 1)


def _row(label: str, shown: Sequence[pd.DataFrame]) -> Row:
    found = [rows.loc[label] if label in rows.index else None for rows in shown]
    cells = [
        Cell(MISSING) if row is None else _cell(row, rows["top"].sum() > 1)
        for row, rows in zip(found, shown, strict=True)
    ]
    return Row((Cell(label), *cells), any(bool(row["is_null"]) for row in found if row is not None))


def _cell(row: Any, several: bool) -> Cell:
    tied = row["top"] and several and pd.notna(row["tied"])
    at_floor = pd.notna(row["better_than_null"]) and not row["better_than_null"]
    return Cell(written(row["metric"], row["mean"]), best=bool(row["top"]), tied=bool(tied), at_floor=bool(at_floor))
