"""The plots of studies alone, as Altair specifications: lines on log axes, and signed squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.report import plotting
from toolkit.report.plotting import FONT, INK, NULL, PAD, SERIES

if TYPE_CHECKING:
    import altair as alt


def lines(frame: pd.DataFrame, x: str, series: tuple[str, ...], panels: tuple[str, ...], width: int) -> alt.ConcatChart:
    """Draw one or several panels of lines on two log axes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns x, y (both positive), series (a number, which stands for its colour and shape) and panel.
    x : str
        Title of the horizontal axis.
    series, panels : tuple of str
        The series, and the panels, whose names are the titles of the vertical axes; in their order.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    columns = 1 if width < plotting.NARROW else len(panels)
    inner = (width - 76 * columns - PAD) // columns
    color, shape = plotting.series_color(series), plotting.series_shape(series)
    charts = []
    for panel in panels:
        rows = frame[frame["panel"] == panel].assign(is_null=False)
        ticks = plotting.log_ticks(rows["x"].min(), rows["x"].max())
        across = alt.X(
            "x:Q",
            scale=alt.Scale(type="log", nice=False, padding=10),
            axis=plotting.axis(x, inner, values=ticks, format="~s", grid=False),
        )
        up = alt.Y(
            "y:Q",
            scale=alt.Scale(type="log", nice=False, padding=10),
            axis=plotting.axis(panel, inner, values=plotting.log_ticks(rows["y"].min(), rows["y"].max()), format="~s"),
        )
        base = alt.Chart(rows).encode(x=across, y=up, color=color)
        chart = alt.layer(
            base.mark_line(strokeWidth=2),
            base.mark_point(filled=True, size=55, opacity=1, aria=True).encode(shape=shape, **plotting.tip(rows)),
        )
        charts.append(chart.properties(width=inner, height=round(0.72 * inner)))
    return alt.concat(*charts, columns=columns, spacing=24)


def squares(frame: pd.DataFrame, columns: Sequence[str], width: int) -> alt.LayerChart | alt.FacetChart:
    """Draw weights as squares, in a panel a unit: blue where positive, orange where negative, the larger the stronger.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns unit, row, column, weight.
    columns : sequence of str
        The columns of a panel, from the left.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    rows = list(dict.fromkeys(frame["row"]))
    side = 1 if width < plotting.NARROW else 2
    panel = (width - 84 * side) // side
    step = panel / len(columns)
    strongest = float(np.abs(frame["weight"]).max()) or 1.0
    frame = frame.assign(
        area=(0.92 * step) ** 2 * (frame["weight"].abs() / strongest),
        positive=frame["weight"] > 0,
        panel=[f"unit {unit}" for unit in frame["unit"]],
    )
    ground = alt.Chart().mark_rect(fill=NULL, opacity=0.18)
    marks = alt.Chart().mark_point(shape="square", filled=True, opacity=1)
    x = alt.X("column:N", sort=list(columns), axis=alt.Axis(title=None, labels=False, ticks=False, domain=False))
    y = alt.Y("row:N", sort=rows, axis=alt.Axis(title=None, ticks=False, domain=False, labelFontSize=FONT - 2))
    color = alt.condition("datum.positive", alt.value(SERIES[0]), alt.value(SERIES[1]))
    layered = alt.layer(
        ground.encode(x=x, y=y),
        marks.encode(x=x, y=y, size=alt.Size("area:Q", scale=None, legend=None), color=color),
        data=frame,
    ).properties(width=panel, height=round(step * len(rows) * 1.15))
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=FONT, labelColor=INK)
    units = frame["panel"].drop_duplicates().tolist()  # unit 10 is not the second
    return layered.facet(facet=alt.Facet("panel:N", sort=units, header=header), columns=side, spacing=14)


def thinned(most: int) -> list[int]:
    """Return whole numbers up to one, ever further apart: as many as a line on a log axis needs.

    Examples
    --------
    >>> thinned(6), len(thinned(600))
    ([1, 2, 3, 4, 5, 6], 45)
    """
    numbers = np.geomspace(1, most, 1 + round(6 * np.log2(most))) if most > 1 else np.ones(1)
    return sorted({*np.rint(numbers).astype(int).tolist(), most})
