"""The plot of singular values: a small panel a method, in each of them one method in grey to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.report import plotting
from toolkit.report.panels import FLAT, in_panels, panel_sizes
from toolkit.report.plotting import FONT, MUTED, NULL, SERIES

if TYPE_CHECKING:
    import altair as alt

LEAST = 1e-3  # share of the largest: what is less stands there
HIGH, STRIP = 1.15, 0.22  # end of the axis; share of it that is left free below the lines, for what is written there
POINTS = 25  # of a line; of more singular values some are passed over


def spectrum_panels(
    frame: pd.DataFrame, remarks: Mapping[str, str], reference: str | None, width: int
) -> alt.FacetChart:
    """Draw the singular values of each method on a log axis.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns embedder, rank (from 1) and value (share of the largest).
    remarks : mapping of str to str
        What stands in each method's panel.
    reference : str or None
        The method that is drawn in grey in all panels, and has none of its own.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    names = [name for name in dict.fromkeys(frame["embedder"]) if name != reference]
    _, panel = panel_sizes(width)
    most = int(frame["rank"].max())
    thinned = _thinned(frame)
    least = min(0.5, float(thinned["value"].min()))
    low = least * (least / HIGH) ** STRIP
    behind = thinned[thinned["embedder"] == reference].drop(columns="embedder")
    shown = thinned[thinned["embedder"] != reference]
    shown = shown.assign(remark=[remarks.get(name, "") for name in shown["embedder"]])
    across = alt.X(
        "rank:Q",
        scale=alt.Scale(domain=(0, max(most, 2)), nice=False),
        axis=plotting.axis("", panel, tickCount=4, format="d", grid=False),
    )
    up = alt.Y(
        "value:Q",
        scale=alt.Scale(type="log", domain=(low, HIGH), nice=False),
        axis=plotting.axis("", panel, values=plotting.log_ticks(least, HIGH), format="~g"),
    )
    layers = [
        *(
            [alt.Chart(behind).mark_line(color=NULL, strokeWidth=1.5, strokeDash=[4, 3]).encode(x=across, y=up)]
            if len(behind)
            else []
        ),
        alt.Chart().mark_line(color=SERIES[0], strokeWidth=2).encode(x=across, y=up),
        alt.Chart()
        .transform_filter("datum.rank == 1")
        .mark_text(align="left", baseline="bottom", fontSize=FONT - 2, color=MUTED)
        .encode(x=alt.value(5), y=alt.value(round(FLAT * panel) - 4), text="remark:N"),
    ]
    return in_panels(layers, shown, names, width)


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Return so many rows of each method as a line needs, the first and the last among them; none below the axis."""
    steps = frame.groupby("embedder")["rank"].transform("max") // POINTS + 1
    last = frame["rank"] == frame.groupby("embedder")["rank"].transform("max")
    kept = frame[((frame["rank"] - 1) % steps == 0) | last]
    return kept.assign(value=kept["value"].clip(lower=LEAST).round(5))
