"""The plot of residuals in bins: a small panel a method, the null baseline in grey behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from toolkit.report import plotting
from toolkit.report.panels import in_panels, panel_sizes
from toolkit.report.plotting import GRID, NULL, SERIES

if TYPE_CHECKING:
    import altair as alt


def residual_panels(points: pd.DataFrame, signed: bool, counts: bool, width: int) -> alt.FacetChart:
    """Draw a quantity in bins, with its intervals.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns embedder, is_null, middle (of the bin), value, low, high and tip (said of a mark). Null baselines
        are drawn behind the others and have no panel, unless they are alone.
    signed : bool
        Whether the values lie on both sides of 0, which is then drawn as a line.
    counts : bool
        Whether the bins are of counts: on a log axis, on which 0 stands at 1.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    _, panel = panel_sizes(width)
    points = points.assign(
        middle=points["middle"].clip(lower=1) if counts else points["middle"],
        low=points["low"].fillna(points["value"]),
        high=points["high"].fillna(points["value"]),
        zero=0.0,
    )
    learned = points[~points["is_null"]] if not points["is_null"].all() else points
    behind = points[points["is_null"]].drop(columns="embedder")
    span = (float(points["middle"].min()), float(points["middle"].max()))
    ticks = {"values": plotting.log_ticks(*span)} if counts and span[1] > span[0] else {"tickCount": 4}
    across = alt.X(
        "middle:Q",
        scale=alt.Scale(type="log" if counts else "linear", nice=False, zero=False, domain=list(span), padding=8),
        axis=plotting.axis("", panel, format="~g", grid=False, labelOverlap="greedy", **ticks),
    )
    up = alt.Y("value:Q", scale=alt.Scale(zero=False), axis=plotting.axis("", panel, tickCount=4))
    base = alt.Chart().encode(x=across)
    layers = [
        *([alt.Chart().mark_rule(color=GRID, strokeWidth=2).encode(y="min(zero):Q")] if signed else []),
        *([_behind(behind, across, up)] if len(behind) else []),
        base.mark_area(opacity=0.25, color=SERIES[0]).encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(strokeWidth=2, color=SERIES[0]).encode(y=up),
        base.mark_point(filled=True, size=30, opacity=1, color=SERIES[0], aria=True).encode(
            y=up, **plotting.tip(learned)
        ),
    ]
    return in_panels(layers, learned, learned["embedder"].drop_duplicates().tolist(), width, height=0.8)


def _behind(points: pd.DataFrame, across: alt.X, up: alt.Y) -> alt.Chart:
    import altair as alt

    line = alt.Chart(points).mark_line(color=NULL, strokeWidth=1.5, strokeDash=[4, 3])
    drawn: alt.Chart = line.encode(x=across, y=up)
    return drawn
