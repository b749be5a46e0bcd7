"""What the plots share: colours, axes and the frame.

Sizes are fixed and labels are marks, so that a drawing does not hang on the fonts of the machine that makes it.
The colours are those of the light page; the style sheet replaces them one by one on a dark one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.inert import visible
from toolkit.metrics.base import metric_info
from toolkit.report.tables import best_of

if TYPE_CHECKING:
    import altair as alt

PAGE, INK, MUTED, GRID, NULL = "#fdfcfa", "#1c1c1a", "#66645f", "#e4e1da", "#8f8c86"
LOW, HIGH = "#f3f1ec", "#0b5a8f"  # ends of a scale of shades: HIGH, the less opaque the lower, on LOW
ON_LOW, ON_HIGH, TURN = "#000001", "#fffffe", 0.77  # texts on shades, and the shade from which on the second is used
SERIES = ("#0072b2", "#d55e00", "#009e73", "#a8528a", "#b07800", "#3a3a8c")
SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross")
FONT, LETTER, NARROW = 13, 7.4, 480
PAD, TOP, BOTTOM = 18, 26, 46
FLOOR = "best null baseline"
OF = "␟"  # between what a mark belongs to and what the page says of it
FENCE = 3.0  # in interquartile ranges: what lies further off is written at the edge, so that the rest can be told apart


def null_floor(points: pd.DataFrame, metric: str) -> float | None:
    """Return the best complete value of a null baseline, or None where there is none."""
    null = points.loc[points["is_null"] & points["complete"], "value"]
    return best_of(metric, null) if len(null) else None


def axis_domain(metric: str, values: pd.Series, floors: list[float]) -> tuple[float, float]:
    """Return the ends of a metric's axis.

    Parameters
    ----------
    metric : str
        Its direction says which side is the worse one.
    values : pandas.Series
        All values, with the ends of their whiskers.
    floors : list of float
        Values that must lie within, whatever the others are.

    Returns
    -------
    low, high : float
        On the worse side, a value far from all others may lie outside.
    """
    first, third = values.quantile([0.25, 0.75])
    reach = FENCE * (third - first)
    low, high = values.min(), values.max()
    if reach > 0 and metric_info(metric).direction == "lower":
        high = max([values[values <= third + reach].max(), *floors])
    elif reach > 0:
        low = min([values[values >= first - reach].min(), *floors])
    margin = 0.04 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def axis(title: str, length: int, **options: Any) -> alt.Axis:
    """Return an axis with a quiet grid and as many ticks as its length has room for."""
    import altair as alt

    return alt.Axis(title=title or None, **{"tickCount": max(3, length // 80), "gridColor": GRID, **options})


def series_color(series: tuple[str, ...], null: str = NULL) -> alt.Color:
    """Return a colour a readout, and one for null baselines."""
    import altair as alt

    numbers = list(range(len(series)))
    scale = alt.Scale(domain=numbers, range=[SERIES[i % len(SERIES)] for i in numbers])
    return alt.condition("datum.is_null", alt.value(null), alt.Color("series:N", scale=scale, legend=None))


def series_shape(series: tuple[str, ...]) -> alt.Shape:
    """Return a shape a readout; where colours come round again, each comes with another shape."""
    import altair as alt

    numbers = list(range(len(series)))
    scale = alt.Scale(domain=numbers, range=[SHAPES[(i + i // len(SHAPES)) % len(SHAPES)] for i in numbers])
    return alt.Shape("series:N", scale=scale, legend=None)


def tip(points: pd.DataFrame) -> dict[str, Any]:
    """Return the encoding that gives marks with aria=True what the page says beside them, where there is a column tip.

    See `toolkit.report.figure_data.tips`.
    """
    import altair as alt

    return {"description": alt.Description("tip:N")} if "tip" in points else {"description": alt.value("")}


def identified(points: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """Return points with what the page needs in order to fade those of other rows and readouts.

    Parameters
    ----------
    points : pandas.DataFrame
        A column series; tip where there is one.
    rows : pandas.Series of int
        The row that each is in, from above.

    Returns
    -------
    pandas.DataFrame
        As given, with two columns for `belonging`; a tip begins with the numbers of row and series.
    """
    row = rows.astype(str)
    own = row + " " + points["series"].astype(str) + OF
    tips = {"tip": own + points["tip"]} if "tip" in points else {}
    return points.assign(of=own, of_row=row + OF, **tips)


def belonging(column: str = "of") -> dict[str, Any]:
    """Return the encoding that gives other marks with aria=True the numbers of row and series, or (of_row) of row."""
    import altair as alt

    return {"description": alt.Description(f"{column}:N")}


def marks(base: alt.Chart, color: alt.Color, shape: alt.Shape, **encoding: Any) -> list[alt.Chart]:
    """Return the points: hollow where field told says that a test tells them from the best, filled elsewhere."""
    import altair as alt

    hollow = base.transform_filter("datum.told").mark_point(size=60, opacity=1, strokeWidth=2, aria=True)
    filled = base.transform_filter("!datum.told").mark_point(filled=True, size=80, opacity=1, aria=True)
    return [
        hollow.encode(stroke=color, fill=alt.value(PAGE), shape=shape, **encoding),
        filled.encode(color=color, shape=shape, **encoding),
    ]


def lanes(points: pd.DataFrame) -> pd.Series:
    """Return how far each point stands below the middle of its row, in rows: 0 unless bars of one row overlap.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns label, series, low and high.

    Returns
    -------
    pandas.Series of float
        Between -0.5 and 0.5, in the order of the series.
    """
    ordered = points.sort_values(["label", "low"], kind="stable")
    before = ordered.groupby("label")["high"].shift().groupby(ordered["label"]).cummax()
    overlap = (ordered["low"] < before) & (ordered["high"] > ordered["low"])
    if not overlap.any():
        return pd.Series(0.0, index=points.index)
    series = points.groupby("label")["series"]
    step = 1 / (points["series"].nunique() + 0.5)
    return (series.rank(method="dense") - (series.transform("nunique") + 1) / 2) * step


def shorten(label: str, room: float) -> str:
    """Return a label that fits into some pixels, by the width that letters have in the wider of the usual fonts.

    Examples
    --------
    >>> shorten("Word2Vec", 200), shorten("A name without an end", 90)
    ('Word2Vec', 'A name with…')
    """
    label, letters = visible(label), max(4, int(room / LETTER))
    return label if len(label) <= letters else label[: letters - 1].rstrip() + "…"


def label_room(labels: Iterable[str], most: int) -> int:
    """Return how many pixels the names of rows need left of a plot, of which there are no more than some."""
    return min(round(LETTER * max(map(len, labels))) + 14, most)


def row_labels(base: alt.Chart, named: bool = False) -> list[alt.Chart]:
    """Return the names of the rows (field short), left of the plot; those of null baselines in italics.

    `named` says whether the rows are those of `identified`.
    """
    import altair as alt

    styles = (("datum.heads && !datum.is_null", INK, "normal"), ("datum.heads && datum.is_null", MUTED, "italic"))
    return [
        base.transform_filter(test)
        .mark_text(align="right", baseline="middle", fontSize=FONT, fontStyle=style, color=color, aria=named)
        .encode(x=alt.value(-10), text="short:N", **(belonging("of_row") if named else {}))
        for test, color, style in styles
    ]


def floor_down(floor: float | None, domain: tuple[float, float], name: str) -> list[alt.Chart]:
    """Return a vertical line at the best null baseline, named above the plot."""
    import altair as alt

    if floor is None:
        return []
    x = alt.X("floor:Q", scale=alt.Scale(domain=domain, nice=False))
    base = alt.Chart(pd.DataFrame({"floor": [floor]})).encode(x=x)
    right_half = floor > (domain[0] + domain[1]) / 2
    text = base.mark_text(
        align="right" if right_half else "left", dx=3 if right_half else -3, baseline="bottom", fontSize=FONT - 2
    )
    return [
        base.mark_rule(color=NULL, strokeDash=[4, 3]),
        text.encode(y=alt.value(-6), text=alt.value(name), color=alt.value(MUTED)),
    ]


def floor_across(floor: float | None, domain: tuple[float, float], inner: int) -> list[alt.Chart]:
    """Return a horizontal line at the best null baseline, named at its right end."""
    import altair as alt

    if floor is None:
        return []
    y = alt.Y("floor:Q", scale=alt.Scale(domain=domain, nice=False))
    base = alt.Chart(pd.DataFrame({"floor": [floor]})).encode(y=y)
    name = base.mark_text(align="right", baseline="bottom", dy=-4, fontSize=FONT - 2)
    return [
        base.mark_rule(color=NULL, strokeDash=[4, 3]),
        name.encode(x=alt.value(inner), text=alt.value(FLOOR), color=alt.value(MUTED)),
    ]


def framed(
    chart: alt.LayerChart | alt.FacetChart,
    inner: int,
    height: int,
    left: int,
    *,
    right: int = PAD,
    top: int = TOP,
    bottom: int = BOTTOM,
) -> alt.LayerChart | alt.FacetChart:
    """Return the chart with fixed margins around a plot of the given size."""
    import altair as alt

    margins = {"left": left, "right": right, "top": top, "bottom": bottom}
    return chart.properties(width=inner, height=height, padding=margins, autosize=alt.AutoSizeParams(type="none"))


def ground(side: int) -> alt.Chart:
    """Return the square on which shades stand: without data of its own, so that it may stand in a panel."""
    import altair as alt

    ends = {"x": alt.value(0), "x2": alt.value(side), "y": alt.value(0), "y2": alt.value(side)}
    square: alt.Chart = alt.Chart(alt.InlineData(values=[{}])).mark_rect(color=LOW).encode(**ends)
    return square


def log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two positive ones: powers of ten, with 2 and 5 where those are few.

    Examples
    --------
    >>> log_ticks(0.05, 30)
    [0.1, 1.0, 10.0]
    >>> log_ticks(2, 30)
    [2.0, 5.0, 10.0, 20.0]
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if math.log10(high / low) > 2 else (1, 2, 5)
    return [float(f"{step}e{decade}") for decade in decades for step in steps if low <= step * 10.0**decade <= high]
