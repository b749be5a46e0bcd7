"""The plots of the sections as Altair specifications: ranks, strata, and what tuning found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.inert import visible_parts
from toolkit.report import plotting
from toolkit.report.plotting import FONT, GRID, INK, MUTED, NULL, PAD, SERIES

if TYPE_CHECKING:
    import altair as alt

ROW, BAR, BARS = 22, 9, 36  # pixels: between names, between the bars over groups, and from the top to these
START = 0.85  # of the axis of ranks


def critical_difference(
    ranks: pd.DataFrame, groups: Sequence[tuple[float, float]], difference: float | None, most: int, width: int
) -> alt.LayerChart | alt.FacetChart:
    """Draw mean ranks with bars over the groups that lie within the critical difference.

    Parameters
    ----------
    ranks : pandas.DataFrame
        Columns label, rank and is_null; best rank first.
    groups : sequence of (float, float)
        Least and greatest rank of each group.
    difference : float or None
        The critical difference, drawn above the ranks as a length; None where it is not known.
    most : int
        How many were ranked: the end of the axis.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart

    References
    ----------
    Demsar (2006), Statistical comparisons of classifiers over multiple data sets, JMLR 7: the diagram.
    """
    import altair as alt

    left = plotting.label_room(ranks["label"], 70 + width // 4)
    inner = width - left - PAD
    top = BARS + BAR * len(groups) + (6 if groups else 0)
    height = top + ROW * len(ranks)
    end = max(most, 2) + 0.15
    across, down = alt.Scale(domain=(START, end), nice=False), alt.Scale(domain=(height, 0), nice=False, zero=False)
    ticks = plotting.axis(
        "mean rank (1 is best)", inner, values=_ticks(most, inner), format="d", orient="top", grid=False
    )
    x, y = alt.X("rank:Q", scale=across, axis=ticks), alt.Y("y:Q", scale=down, axis=None)
    rows = ranks.assign(
        y=[top + ROW * (place + 0.5) for place in range(len(ranks))],
        y0=[_first_bar(rank, groups, top) for rank in ranks["rank"]],
        short=[plotting.shorten(label, left - 12) for label in ranks["label"]],
        heads=True,
        start=START,
    )
    bars = pd.DataFrame(
        [{"rank": low, "high": high, "y": BARS + BAR * place} for place, (low, high) in enumerate(groups)],
        columns=["rank", "high", "y"],
    )
    base = alt.Chart(rows)
    layers = [
        *([] if difference is None else _length(difference, end, x, y)),
        base.mark_rule(color=GRID).encode(x=alt.X("start:Q", scale=across), x2="rank:Q", y=y),
        base.mark_rule(color=GRID).encode(x=x, y=alt.Y("y0:Q", scale=down, axis=None), y2="y:Q"),
        alt.Chart(bars).mark_rule(color=INK, strokeWidth=4, strokeCap="round").encode(x=x, x2="high:Q", y=y),
        base.mark_point(filled=True, size=70, opacity=1, aria=True).encode(
            x=x,
            y=y,
            color=alt.condition("datum.is_null", alt.value(NULL), alt.value(SERIES[0])),
            **plotting.tip(rows),
        ),
        *plotting.row_labels(base.encode(y=y)),
    ]
    return plotting.framed(alt.layer(*layers), inner, height, left, top=46, bottom=10)


def _first_bar(rank: float, groups: Sequence[tuple[float, float]], top: float) -> float:
    """Return how high the line of a rank goes: to the first bar that it belongs to, if any."""
    return next((float(BARS + BAR * i) for i, (low, high) in enumerate(groups) if low <= rank <= high), top)


def _ticks(most: int, length: int) -> list[int]:
    """Return the first rank and round ones after it, as many as there is room for."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, most) if length * step / most >= 40 or step >= most)
    return [1, *(rank for rank in range(step, most + 1, step) if rank > 1)]


def _length(difference: float, end: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return the critical difference as a length from the first rank, named at its end."""
    import altair as alt

    high = min(1 + difference, end)
    words = f"critical difference {difference:.2f}"
    line = alt.Chart(pd.DataFrame({"rank": [1.0], "high": [high], "y": [8.0]}))
    ends = alt.Chart(pd.DataFrame({"rank": [1.0, high], "y": [8.0, 8.0]}))
    far = high > 0.6 * end
    name = alt.Chart(pd.DataFrame({"rank": [high], "y": [8.0], "text": [words]})).mark_text(
        align="right" if far else "left", baseline="top", dx=0 if far else 6, dy=4 if far else -6, fontSize=FONT - 2
    )
    return [
        line.mark_rule(color=MUTED, strokeWidth=1.5).encode(x=x, x2="high:Q", y=y),
        ends.mark_tick(color=MUTED, size=8, thickness=1.5, orient="vertical").encode(x=x, y=y),
        name.encode(x=x, y=y, text="text:N", color=alt.value(MUTED)),
    ]


def strata(frame: pd.DataFrame, series: tuple[str, ...], panels: dict[str, list[str]], width: int) -> alt.ConcatChart:
    """Draw a panel a trait: the score in each third, with its interval, a line a method.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns panel, place (1, 2, 3), value, low, high, series and is_null.
    series : tuple of str
        The methods, in the order of their colours.
    panels : dict of str to list of str
        The names of the thirds of each panel's trait, from the least.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    columns = 1 if width < plotting.NARROW else min(2, len(panels))
    inner = min((width - 62 * columns - PAD) // columns, 460)
    color, shape = plotting.series_color(series), plotting.series_shape(series)
    ends = (frame["low"].min(), frame["high"].max())
    margin = 0.05 * (ends[1] - ends[0]) or 0.5
    scale = alt.Scale(domain=(ends[0] - margin, ends[1] + margin), nice=False)
    charts = []
    for panel, names in panels.items():
        rows = frame[frame["panel"] == panel]
        # a little apart, so that the intervals of methods that are alike can be seen side by side
        rows = rows.assign(x=rows["place"] + 0.05 * (rows["series"] - (len(series) - 1) / 2))
        labels = f"{json.dumps(visible_parts(names))}[datum.value - 1]"
        x_axis = plotting.axis(panel, inner, values=[*range(1, len(names) + 1)], labelExpr=labels, grid=False)
        x = alt.X("x:Q", scale=alt.Scale(domain=(0.6, len(names) + 0.4), nice=False), axis=x_axis)
        y = alt.Y("value:Q", scale=scale, axis=plotting.axis("", inner, tickCount=5))
        base = alt.Chart(rows).encode(x=x, color=color)
        chart = alt.layer(
            base.mark_line(strokeWidth=2).encode(y=y),
            base.mark_rule(strokeWidth=2.5, opacity=0.45).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
            base.mark_point(filled=True, size=60, opacity=1, aria=True).encode(y=y, shape=shape, **plotting.tip(rows)),
        )
        charts.append(chart.properties(width=inner, height=round(0.75 * inner)))
    return alt.concat(*charts, columns=columns, spacing=24)


def tuning(frame: pd.DataFrame, domain: tuple[float, float], width: int) -> alt.LayerChart | alt.FacetChart:
    """Draw a small plot a method: the best value so far against the number of candidates, all others in grey behind.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns embedder, fold, tried and value: the best of so many candidates.
    domain : tuple of float
        Ends of the vertical axis; what lies outside is cut off.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    columns = 2 if width < plotting.NARROW else 4
    names = list(dict.fromkeys(frame["embedder"]))
    columns = min(columns, max(2, len(names)))
    panel = (width - 60 - 16 * (columns - 1)) // columns
    frame = frame.assign(place=frame["embedder"].map(names.index))
    behind = frame.rename(columns={"place": "line"}).drop(columns="embedder")
    most = max(2, int(frame["tried"].max()))
    x_axis = plotting.axis("", panel, tickCount=4, tickMinStep=1, format="d", grid=False)
    x: Any = alt.X("tried:Q", scale=alt.Scale(domain=(1, most), nice=False, padding=6), axis=x_axis)
    y: Any = alt.Y("value:Q", scale=alt.Scale(domain=domain, nice=False), axis=plotting.axis("", panel, tickCount=4))
    step: Any = {"interpolate": "step-after", "clip": True}
    layers = [
        alt.Chart(behind)
        .mark_line(color=NULL, strokeWidth=1, opacity=0.3, **step)
        .encode(x=x, y=y, detail=["line:N", "fold:N"]),
        alt.Chart().mark_line(color=SERIES[0], strokeWidth=2, **step).encode(x=x, y=y, detail="fold:N"),
    ]
    header = alt.Header(
        title=None,
        labelExpr=f"{json.dumps([plotting.shorten(name, panel) for name in names])}[datum.value]",
        labelAnchor="start",
        labelFontSize=FONT,
        labelColor=INK,
    )
    chart = alt.layer(*layers, data=frame).properties(width=panel, height=round(0.72 * panel))
    return chart.facet(facet=alt.Facet("place:O", header=header), columns=columns, spacing=16)
