"""Values with intervals as the points of a dot plot."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def interval_points(rows: pd.DataFrame, series: Sequence[int]) -> pd.DataFrame:
    """Return the points that `toolkit.report.figures.dots` draws, the embedder with the highest value first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns embedder, is_null, value, low and high.
    series : sequence of int
        The series of each row.

    Returns
    -------
    pandas.DataFrame
        Columns label, series, value, low, high, is_null; heads: True once for each embedder.
    """
    points = rows[["value", "low", "high"]].assign(
        label=rows["embedder"], series=list(series), is_null=rows["is_null"].astype(bool)
    )
    order = points.groupby("label")["value"].max().sort_values(ascending=False, kind="stable").index
    points = points.sort_values("label", key=lambda labels: labels.map(order.get_loc), kind="stable")
    return points.assign(heads=~points["label"].duplicated()).reset_index(drop=True)
