"""A leaderboard as a part of the report: its definition, table and plots."""

from __future__ import annotations

from toolkit.report.boards.facts import board_facts, board_traits, split_text
from toolkit.report.boards.figures import board_figures, plot_points
from toolkit.report.boards.tables import board_table, fixed_values, metric_anchor, metrics_table
from toolkit.report.differences import difference_table, warnings
from toolkit.report.model import Results
from toolkit.report.parts import Board
from toolkit.report.tables import Leaderboard
from toolkit.report.wording import board_title
from toolkit.tasks import task_info

__all__ = ["board_part", "metric_anchor", "plot_points", "split_text"]


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
        tuple(board_facts(judged, results)),
        board_table(judged, results, f"{anchor}-table", tuple(fixed_values(board))),
        tuple(board_figures(judged, anchor, domain)),
        difference_table(board, f"{anchor}-differences"),
        metrics_table(judged, results, f"{anchor}-metrics"),
        warnings(board),
        board_traits(board, results),
    )
