"""What the sections share: gains, differences and the words for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.numbers import MISSING, minus, p_value
from toolkit.report.parts import Cell, Row
from toolkit.report.tables import Leaderboard, best_of, is_null_entry
from toolkit.tasks.rating import WITHOUT_VECTORS

SPACE = "\N{NO-BREAK SPACE}"


def gain(metric: str, value: float, reference: float) -> float:
    """Return by how much a value is better than another: positive where it is, whatever the metric's direction.

    Examples
    --------
    >>> round(gain("rmse", 0.90, 0.95), 2), round(gain("ndcg@10", 0.30, 0.35), 2)
    (0.05, -0.05)
    """
    return reference - value if metric_info(metric).direction == "lower" else value - reference


def p_words(p: float) -> str:
    """Return a p value as it stands in a sentence, in one piece."""
    if math.isnan(p):
        return "not tested"
    text = p_value(p)
    return f"p{SPACE}<{SPACE}{text[1:]}" if text.startswith("<") else f"p{SPACE}={SPACE}{text}"


def two_digits(value: float) -> str:
    """Return a ratio with two digits that count, without an exponent.

    Examples
    --------
    >>> two_digits(0.001234), two_digits(12.34), two_digits(-0.5), two_digits(0.0), two_digits(float("nan"))
    ('0.0012', '12', '−0.50', '0', '–')
    """
    if math.isnan(value):
        return MISSING
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return minus(f"{value:,.{digits}f}")


def rows_of(frame: pd.DataFrame, board: Leaderboard) -> pd.DataFrame:
    """Return the rows of a table of the run that belong to a leaderboard; of a table without rows, the table."""
    if frame.empty:
        return frame
    same = [frame[name] == getattr(board, name) for name in ("experiment", "task", "target", "split", "metric")]
    return frame[np.logical_and.reduce(same)]


def same_row(frame: pd.DataFrame, row: Any) -> pd.Series:
    """Tell which rows of a table have a row's embedder, dimension and readout; no dimension is one, too."""
    dim = 0.0 if pd.isna(row.embedding_dim) else row.embedding_dim
    same = frame["embedding_dim"].fillna(0.0) == dim
    found: pd.Series = (frame["embedder"] == row.embedder) & same & (frame["readout"] == row.readout)
    return found


def best_rows(board: Leaderboard, among: Sequence[bool] | None = None) -> pd.DataFrame:
    """Return the main metric's cell of each embedder at its best dimension and readout, best embedder first.

    What a readout gives that does not use the vectors is no merit of an embedder.

    Parameters
    ----------
    board : Leaderboard
        The leaderboard.
    among : sequence of bool, optional
        Which cells of the main metric to choose from; of equal ones, another table may hold one alone.
    """
    lower = metric_info(board.metric).direction == "lower"
    main = board.main if among is None else board.main[list(among)]
    main = main[~main["readout"].isin(WITHOUT_VECTORS)].sort_values("mean", ascending=lower, kind="stable")
    return main.drop_duplicates("embedder")


def null_value(board: Leaderboard) -> float | None:
    """Return the best complete value of the main metric that learning is not needed for; None where there is none."""
    main = board.main
    values = main.loc[is_null_entry(main) & main["complete"], "mean"]
    return best_of(board.metric, values) if len(values) else None


def text_row(texts: Iterable[str | Cell], *, is_null: bool = False) -> Row:
    """Return a row of cells, from texts and cells."""
    return Row(tuple(text if isinstance(text, Cell) else Cell(text) for text in texts), bool(is_null))
