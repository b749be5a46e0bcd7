"""What the sections share: gains, differences and the words for them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.numbers import MISSING, rounded, written
from toolkit.report.parts import Cell, Row
from toolkit.report.tables import ROW, Leaderboard

SPACE = "\N{NO-BREAK SPACE}"
LEVEL = 0.05  # below it, a test tells two methods apart
SUFFIX = " (tuned)"  # of the label of a method with tuned parameters


def gain(metric: str, value: float, reference: float) -> float:
    """Return by how much a value is better than another: positive where it is, whatever the metric's direction.

    Examples
    --------
    >>> round(gain("rmse", 0.90, 0.95), 2), round(gain("ndcg@10", 0.30, 0.35), 2)
    (0.05, -0.05)
    """
    return reference - value if metric_info(metric).direction == "lower" else value - reference


def signed(metric: str, value: float) -> str:
    """Return a difference with its sign; one that is shown as zero has none.

    Examples
    --------
    >>> signed("rmse", 0.0123), signed("rmse", -0.0123), signed("rmse", 0.00001), signed("rmse", float("nan"))
    ('+0.0123', '−0.0123', '0.0000', '–')
    """
    return f"{'+' if not math.isnan(value) and rounded(metric, value) > 0 else ''}{written(metric, value)}"


def p_words(p: float) -> str:
    """Return a p value as it stands in a sentence, in one piece."""
    if math.isnan(p):
        return "not tested"
    return f"p{SPACE}<{SPACE}0.001" if p < 0.001 else f"p{SPACE}={SPACE}{p:.3f}"


def p_cell(p: float) -> str:
    """Return a p value as it stands in a table."""
    if math.isnan(p):
        return MISSING
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def few(value: float) -> str:
    """Return a ratio with two digits that count, without an exponent.

    Examples
    --------
    >>> few(0.001234), few(12.34), few(-0.5), few(0.0), few(float("nan"))
    ('0.0012', '12', '−0.50', '0', '–')
    """
    if math.isnan(value):
        return MISSING
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".replace("-", "−")


def rows_of(frame: pd.DataFrame, board: Leaderboard) -> pd.DataFrame:
    """Return the rows of a table of the run that belong to a leaderboard; of a table without rows, the table."""
    if frame.empty:
        return frame
    same = [frame[name] == getattr(board, name) for name in ("experiment", "task", "target", "split", "metric")]
    return frame[np.logical_and.reduce(same)]


def same_row(frame: pd.DataFrame, row: Any, readout: str, side: str = "") -> pd.Series:
    """Tell which rows of a table have a row's embedder and dimension, and a readout; no dimension is one, too."""
    names = (side, f"{side}_dim", f"{side}_readout") if side else (*ROW, "readout")
    dims = frame[names[1]]
    dim = row.embedding_dim
    same = dims.isna() | (dims == 0) if pd.isna(dim) or dim == 0 else dims == dim
    found: pd.Series = (frame[names[0]] == row.embedder) & same & (frame[names[2]] == readout)
    return found


def p_between(differences: pd.DataFrame, row: Any, one: str, other: str) -> float:
    """Return Holm's p of a method under two readouts, whichever stands first; nan where these were not tested."""
    if differences.empty:
        return math.nan
    there = same_row(differences, row, one, "first") & same_row(differences, row, other, "second")
    back = same_row(differences, row, other, "first") & same_row(differences, row, one, "second")
    found = differences.loc[there | back, "p_holm"]
    return float(found.iloc[0]) if len(found) else math.nan


def plain_name(label: str) -> str:
    """Return the label of a method without the word that its parameters were tuned."""
    return label.removesuffix(SUFFIX)


def best_rows(board: Leaderboard) -> pd.DataFrame:
    """Return the main metric's cell of each embedder at its best dimension and readout, best embedder first."""
    lower = metric_info(board.metric).direction == "lower"
    main = board.main.sort_values("mean", ascending=lower, kind="stable")
    return main.drop_duplicates("embedder")


def text_row(texts: Iterable[str | Cell], *, is_null: bool = False) -> Row:
    """Return a row of cells, from texts and cells."""
    return Row(tuple(text if isinstance(text, Cell) else Cell(text) for text in texts), bool(is_null))
