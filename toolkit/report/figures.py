"""Plots of a run as Altair specifications, each made by a function of a data frame and a width.

The data frames and functions hold nothing of the page they end on; `plotting` holds what the plots share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from toolkit.report import plotting
from toolkit.report.panels import in_panels, panel_sizes
from toolkit.report.plotting import FONT, GRID, MUTED, NULL, PAD

if TYPE_CHECKING:
    import altair as alt

ROW_HEIGHT, LANE_HEIGHT = 24, 9  # pixels: of a row, and more for each series that is drawn in a lane of its own


def dots(
    points: pd.DataFrame,
    axis: str,
    domain: tuple[float, float],
    floor: float | None,
    series: tuple[str, ...],
    width: int,
    name: str = plotting.FLOOR,
) -> alt.LayerChart | alt.FacetChart:
    """Draw a dot plot: a row an embedder, a mark a readout.

    Parameters
    ----------
    points : pandas.DataFrame
        As `boards.plot_points` gives them, in the order of the rows.
    axis : str
        Title of the horizontal axis.
    domain : tuple of float
        Its ends; what lies outside is written at the edge.
    floor : float or None
        Where the best null baseline stands.
    series : tuple of str
        The readouts, in the order of their colours.
    width : int
        Width in pixels, labels and all.
    name : str, optional
        What the floor is called.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    labels = points["label"].drop_duplicates().tolist()
    left = plotting.label_room(labels, 90 + width // 5)
    lanes = plotting.lanes(points)
    row_height = ROW_HEIGHT + (LANE_HEIGHT * (points["series"].nunique() - 1) if lanes.any() else 0)
    inner, height = width - left - PAD, row_height * len(labels)
    rows = points["label"].map(labels.index)
    outside = ~points["value"].between(*domain)
    points = points.assign(
        outside=outside,
        row=rows,
        lane=rows + lanes,
        shown=points["value"].clip(*domain),
        low=points["low"].clip(*domain),
        high=points["high"].clip(*domain),
        remark=[f"{value:.2f} →" if value > domain[1] else f"← {value:.2f}" for value in points["value"]],
        short=[plotting.shorten(label, left - 12) for label in points["label"]],
    )
    points = plotting.identified(points, rows)
    y_scale = alt.Scale(domain=[len(labels) - 0.5, -0.5], nice=False, zero=False)
    rule = alt.Chart(points).encode(y=alt.Y("row:Q", scale=y_scale, axis=None))
    base = alt.Chart(points).encode(y=alt.Y("lane:Q", scale=y_scale, axis=None))
    x = alt.X("shown:Q", scale=alt.Scale(domain=domain, nice=False), axis=plotting.axis(axis, inner))
    color = plotting.series_color(series)
    marks = base.transform_filter("!datum.outside")
    layers = [
        rule.transform_filter("datum.heads").mark_rule(color=GRID).encode(x=alt.value(0), x2=alt.value(inner)),
        *plotting.floor_down(floor, domain, name),
        base.mark_rule(color=NULL, strokeWidth=1, aria=True).encode(
            x="min(shown):Q", x2="max(shown):Q", **plotting.belonging("of_row")
        ),
        base.mark_rule(strokeWidth=3, opacity=0.45, aria=True).encode(
            x="low:Q", x2="high:Q", color=color, **plotting.belonging()
        ),
        *plotting.marks(marks, color, plotting.series_shape(series), x=x, **plotting.tip(points)),
        base.transform_filter("datum.outside")
        .mark_text(fontSize=FONT - 2, align=alt.expr("datum.value > datum.shown ? 'right' : 'left'"), dy=-8, aria=True)
        .encode(x=x, color=plotting.series_color(series, null=MUTED), text="remark:N", **plotting.tip(points)),
        *plotting.row_labels(rule, named=True),
    ]
    return plotting.framed(alt.layer(*layers), inner, height, left)


def curves(
    points: pd.DataFrame, best: Literal["min", "max"], floor: float | None, series: tuple[str, ...], width: int
) -> alt.FacetChart:
    """Draw a small plot an embedder: the metric against the dimension, with all others in grey behind it.

    Parameters
    ----------
    points : pandas.DataFrame
        As `boards.plot_points` gives them.
    best : {"min", "max"}
        Which of an embedder's readouts stands for it in the others' background.
    floor : float or None
        Where the best null baseline stands.
    series : tuple of str
        The readouts, in the order of their colours.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    learned = points[~points["is_null"] & (points["dim"] > 0)].assign(floor=floor)
    names = learned["embedder"].drop_duplicates().tolist()
    learned = plotting.identified(learned, learned["embedder"].map(names.index))
    dims = sorted(learned["dim"].unique())
    behind = (
        points[points["dim"].isin(dims)]
        .groupby(["embedder", "dim"], as_index=False)["value"]
        .agg(best)
        .rename(columns={"embedder": "line"})
    )
    _, panel = panel_sizes(width)
    x = alt.X(
        "dim:Q",
        scale=alt.Scale(type="log", base=2, nice=False, domain=[dims[0], dims[-1]], padding=8),
        axis=alt.Axis(values=dims, format="d", title=None, labelOverlap="greedy", labelSeparation=4, grid=False),
    )
    y = alt.Y("value:Q", scale=alt.Scale(zero=False), axis=plotting.axis("", panel, tickCount=4))
    color = plotting.series_color(series)
    line = alt.Chart().encode(x=x, y=y, color=color)
    rule = alt.Chart().mark_rule(color=NULL, strokeDash=[4, 3])
    layers = [
        alt.Chart(behind).mark_line(color=NULL, strokeWidth=1, opacity=0.35).encode(x=x, y=y, detail="line:N"),
        *([] if floor is None else [rule.encode(y="min(floor):Q")]),
        line.mark_area(opacity=0.2, aria=True).encode(y=alt.Y("low:Q"), y2="high:Q", **plotting.belonging()),
        line.mark_line(strokeWidth=2, aria=True).encode(**plotting.belonging()),
        line.mark_point(filled=True, size=45, opacity=1, aria=True).encode(
            shape=plotting.series_shape(series), **plotting.tip(points)
        ),
    ]
    return in_panels(layers, learned, names, width, title=0.85)
