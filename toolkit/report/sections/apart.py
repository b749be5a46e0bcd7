"""A leaderboard taken apart: what needs no vectors, what vectors give under common readouts, and a method's own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.tables import ROW, Leaderboard
from toolkit.report.wording import readout_title
from toolkit.tasks.rating import WITHOUT_VECTORS

NOT_COMMON = {"native", *WITHOUT_VECTORS}  # readouts that are not the same for all methods, or use no vectors


class Parts(NamedTuple):
    """A leaderboard taken apart: its rows (wide, a column a readout), and the values that need no vectors."""

    board: Leaderboard
    rows: pd.DataFrame
    mean: float
    bias: float

    @property
    def common(self) -> list[str]:
        """The readouts that are the same for all methods and use their vectors."""
        return [readout for readout in self.board.readouts if readout not in NOT_COMMON]

    @property
    def common_words(self) -> str:
        """What these are called in a sentence."""
        names = self.common
        return f"the {readout_title(names[0]).lower()} readout" if len(names) == 1 else "the best common readout"

    def best_common(self, rows: pd.DataFrame) -> pd.Series | None:
        """Return the row that is best under a common readout; None where none has one."""
        known = rows[rows["common"].notna()]
        if known.empty:
            return None
        lower = metric_info(self.board.metric).direction == "lower"
        best: pd.Series = known.loc[known["common"].idxmin() if lower else known["common"].idxmax()]
        return best


def take_apart(board: Leaderboard) -> Parts | None:
    """Return a leaderboard's main metric with a column a readout, best row first; None where there is one readout.

    The rows have the columns embedder, embedding_dim, is_null, a column a readout, common (the best value under a
    readout that is the same for all methods), common_readout and best (the better of common and native).
    """
    main = board.main[board.main["complete"]]
    common = [readout for readout in board.readouts if readout not in NOT_COMMON]
    if metric_info(board.metric).direction == "neutral" or len({*board.readouts}.difference(WITHOUT_VECTORS)) < 2:
        return None
    main = main.assign(embedding_dim=main["embedding_dim"].fillna(0.0))
    rows = main.pivot_table("mean", [*ROW, "is_null"], "readout", "first").reset_index()
    rows = rows.reindex(columns=[*ROW, "is_null", *dict.fromkeys(["native", *board.readouts])])
    vectors = rows[common].astype(float)
    lower = metric_info(board.metric).direction == "lower"
    known = vectors.notna().any(axis=1)
    rows["common"] = vectors.min(axis=1) if lower else vectors.max(axis=1)
    rows["common_readout"] = ""
    some = vectors[known]
    rows.loc[known, "common_readout"] = some.idxmin(axis=1) if lower else some.idxmax(axis=1)
    both = rows[["common", "native"]].astype(float)
    rows["best"] = both.min(axis=1) if lower else both.max(axis=1)
    rows = rows[rows["best"].notna()].sort_values(["best", *ROW], ascending=[lower, True, True], kind="stable")
    if rows.empty:
        return None
    native = main[main["readout"] == "native"]
    bias = main.loc[main["readout"] == "bias", "mean"]
    bias = bias if len(bias) else native.loc[native["name"] == "bias", "mean"]
    mean = main.loc[main["readout"] == "mean", "mean"]
    return Parts(board, rows.reset_index(drop=True), _first(mean), _first(bias))


def _first(values: pd.Series) -> float:
    return float(values.iloc[0]) if len(values) else np.nan
