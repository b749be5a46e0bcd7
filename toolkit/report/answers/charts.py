"""The plots of studies as Altair specifications: lines, heat maps, dendrograms and signed squares."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.report import plotting
from toolkit.report.pixels import shades_as_png
from toolkit.report.plotting import FONT, HIGH, INK, LETTER, MUTED, NULL, PAD, SERIES

if TYPE_CHECKING:
    import altair as alt

LEAST = 16  # pixels of a cell of a heat map, so that the names of its rows do not meet
WRITTEN = 22  # pixels of a cell that has room for its number
TREE = 110  # pixels of the tree beside a heat map


def lines(
    frame: pd.DataFrame, x: str, y: str, series: tuple[str, ...], panels: tuple[str, ...], width: int
) -> alt.ConcatChart:
    """Draw one or several panels of lines on two log axes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns x, y (both positive), series (a number, which stands for its colour and shape) and panel.
    x, y : str
        Titles of the axes.
    series, panels : tuple of str
        The series and the panels, in their order.
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


def heat(
    frame: pd.DataFrame,
    order: Sequence[str],
    domain: tuple[float, float],
    width: int,
    merges: pd.DataFrame | None = None,
    nulls: Sequence[str] = (),
) -> alt.LayerChart | alt.FacetChart:
    """Draw a square table of numbers as shades, each with its number where there is room.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns row, column, value; a cell each.
    order : sequence of str
        The rows, from above, and the columns, from the left.
    domain : tuple of float
        The values of the faintest and of the strongest shade.
    width : int
        Width in pixels.
    merges : pandas.DataFrame, optional
        As `dendrogram` takes them, of the rows in the order of the leaves: the tree is drawn beside the rows where
        there is room for it, and numbers stand below the diagonal alone.
    nulls : sequence of str, optional
        The rows that are null baselines: their names are set in grey italics.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    room = 0 if merges is None or width - 80 - PAD - TREE < LEAST * len(order) else TREE
    numbers = LETTER * (len(str(len(order))) + 2)  # before the names
    left = min(math.ceil(LETTER * max(map(len, order)) + numbers) + 12, 60 + width // 4)
    left = max(80, min(left, width - room - PAD - LEAST * len(order)))
    cell = min(44, (width - left - room - PAD) // len(order))
    side = cell * len(order)
    names = {name: plotting.shorten(name, left - 12 - numbers) for name in order}
    frame = frame.assign(
        across=[list(order).index(name) for name in frame["column"]],
        down=[list(order).index(name) for name in frame["row"]],
        shade=((frame["value"] - domain[0]) / (domain[1] - domain[0])).clip(0, 1).fillna(0).round(2),
        tip=[f"{row.row} · {row.column} · {row.value:.3f}".replace("-", "−") for row in frame.itertuples()],
        text=[f"{round(value, 2) + 0.0:.2f}".replace("0.", ".").replace("-", "−") for value in frame["value"]],
    )
    # without a gap, cells stand on whole pixels, which takes the least space to write
    places = alt.Scale(type="band", domain=list(range(len(order))), padding=0)
    x, y = alt.X("across:O", axis=None, scale=places), alt.Y("down:O", axis=None, scale=places)
    labels = pd.DataFrame(
        {
            "at": range(len(order)),
            "name": [names[name] for name in order],
            "number": [str(i + 1) for i in range(len(order))],
        }
    )
    row_names = labels.assign(name=labels["number"] + "  " + labels["name"], is_null=[name in nulls for name in order])
    shade = alt.FillOpacity("shade:Q", scale=None)
    layers: list[Any] = [
        plotting.ground(side),
        alt.Chart(frame).mark_rect(color=HIGH, aria=True).encode(x=x, y=y, fillOpacity=shade, **plotting.tip(frame)),
        *(
            alt.Chart(row_names)
            .transform_filter(test)
            .mark_text(align="right", baseline="middle", fontSize=FONT - 1, color=color, fontStyle=style)
            .encode(y=alt.Y("at:O", axis=None, scale=places), x=alt.value(-8), text="name:N")
            for test, color, style in (("!datum.is_null", INK, "normal"), ("datum.is_null", MUTED, "italic"))
        ),
        alt.Chart(labels)
        .mark_text(baseline="bottom", fontSize=FONT - 2, color=MUTED)
        .encode(x=alt.X("at:O", axis=None, scale=places), y=alt.value(-5), text="number:N"),
    ]
    if cell >= WRITTEN:
        text = alt.condition(f"datum.shade > {plotting.TURN}", alt.value(plotting.ON_HIGH), alt.value(plotting.ON_LOW))
        size = 10 if cell >= 26 else 9
        twice = merges is not None  # the other half says the same, and a page of many methods has its weight
        marked = frame[frame["down"] > frame["across"]] if twice else frame
        layers.append(alt.Chart(marked).mark_text(fontSize=size).encode(x=x, y=y, text="text:N", color=text))
    if merges is None or not room:
        return plotting.framed(alt.layer(*layers), side, side, left)
    chart = alt.layer(*layers, _branches(merges, len(order), (side + 10, side + room))).resolve_scale(
        x="independent", y="independent"
    )
    margins = {"left": left, "right": PAD + room, "top": plotting.TOP, "bottom": plotting.BOTTOM}
    return plotting.framed(chart, side, side, left).properties(padding=margins)


def _branches(merges: pd.DataFrame, size: int, ends: tuple[int, int]) -> alt.Chart:
    """Return the tree beside rows that stand in the order of its leaves, between two distances from their left end."""
    import altair as alt

    far = 1.03 * max(merges["distance"].max(), 1e-9)
    ticks = alt.Axis(
        title="1 − CKA", values=[0, round(far / 1.03, 1)], grid=False, labelColor=MUTED, titleColor=MUTED, format="~g"
    )
    drawn: alt.Chart = (
        alt.Chart(tree_corners(merges, size))
        .mark_line(color=MUTED, strokeWidth=1.5)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=(0, far), range=list(ends), nice=False), axis=ticks),
            y=alt.Y("y:Q", scale=alt.Scale(domain=(size, 0), nice=False, zero=False), axis=None),
            detail="merge:N",
            order="step:Q",
        )
    )
    return drawn


def tree_corners(merges: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return the corners of a tree's branches: columns merge, step, x (a distance) and y (rows from above)."""
    place = {leaf: (0.0, row + 0.5) for row, leaf in enumerate(leaf_order(merges, size))}
    corners = []
    for number, merge in enumerate(merges.itertuples()):
        ends = [place[int(merge.first)], place[int(merge.second)]]
        path = [ends[0], (merge.distance, ends[0][1]), (merge.distance, ends[1][1]), ends[1]]
        corners += [{"merge": number, "step": step, "x": x, "y": y} for step, (x, y) in enumerate(path)]
        place[size + number] = (merge.distance, (ends[0][1] + ends[1][1]) / 2)
    return pd.DataFrame(corners, columns=["merge", "step", "x", "y"])


def dendrogram(merges: pd.DataFrame, names: Sequence[str], axis: str, width: int) -> alt.LayerChart | alt.FacetChart:
    """Draw which things were joined at which distance.

    Parameters
    ----------
    merges : pandas.DataFrame
        Columns first, second, distance; a row a merge, in order. A number below ``len(names)`` is a name, any other the
        merge of that number less ``len(names)``.
    names : sequence of str
        What is joined.
    axis : str
        Title of the axis of distances.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    order = leaf_order(merges, len(names))
    left = min(round(LETTER * max(map(len, names))) + 14, 60 + width // 3)
    inner, height = width - left - PAD, 24 * len(names)
    down = alt.Scale(domain=(len(names), 0), nice=False, zero=False)
    across = alt.Scale(domain=(0, 1.03 * max(merges["distance"].max(), 1e-9)), nice=False)
    labels = pd.DataFrame(
        {"y": [row + 0.5 for row in range(len(order))], "name": [plotting.shorten(names[i], left - 12) for i in order]}
    )
    branches = (
        alt.Chart(tree_corners(merges, len(names)))
        .mark_line(color=SERIES[0], strokeWidth=1.5, interpolate="linear")
        .encode(
            x=alt.X("x:Q", scale=across, axis=plotting.axis(axis, inner)),
            y=alt.Y("y:Q", scale=down, axis=None),
            detail="merge:N",
            order="step:Q",
        )
    )
    text = (
        alt.Chart(labels)
        .mark_text(align="right", baseline="middle", fontSize=FONT, color=INK)
        .encode(x=alt.value(-10), y=alt.Y("y:Q", scale=down, axis=None), text="name:N")
    )
    return plotting.framed(alt.layer(branches, text), inner, height, left)


def leaf_order(merges: pd.DataFrame, size: int) -> list[int]:
    """Return the names, by number, in an order in which no two branches cross.

    Examples
    --------
    >>> leaf_order(pd.DataFrame({"first": [0, 1], "second": [2, 3], "distance": [0.1, 0.4]}), 3)
    [1, 0, 2]
    """
    members: dict[int, list[int]] = {leaf: [leaf] for leaf in range(size)}
    for number, (first, second) in enumerate(zip(merges["first"], merges["second"], strict=True)):
        members[size + number] = [*members.pop(int(first)), *members.pop(int(second))]
    return [leaf for group in members.values() for leaf in group]


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


def gram_panels(frame: pd.DataFrame, width: int) -> alt.LayerChart | alt.FacetChart:
    """Draw a square of shades a method: the absolute cosine of each two columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns embedder, row, column, cosine.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    names = list(dict.fromkeys(frame["embedder"]))
    panels = {
        name: part.pivot_table("cosine", "row", "column").to_numpy()
        for name, part in ((name, frame[frame["embedder"] == name]) for name in names)
    }
    return shade_panels(panels, width)


def shade_panels(panels: Mapping[str, npt.NDArray[np.float64]], width: int) -> alt.LayerChart | alt.FacetChart:
    """Draw matrices as squares of shades: from 0, faint, to an absolute value of 1, strong.

    Parameters
    ----------
    panels : mapping of str to ndarray, shape (some, some)
        A square matrix a panel.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
        Each panel is an image, which takes a hundredth of the space of a mark a cell.
    """
    import altair as alt

    columns = 3 if width < plotting.NARROW else 6
    panel = (width - 12 * (columns - 1)) // columns
    rows = pd.DataFrame(
        {"place": range(len(panels)), "image": [shades_as_png(matrix, HIGH) for matrix in panels.values()]}
    )
    cells = (
        alt.Chart()
        .mark_image(width=panel, height=panel, align="left", baseline="top", aspect=False, smooth=False)
        .encode(x=alt.value(0), y=alt.value(0), url="image:N")
        .properties(width=panel, height=panel)
    )
    header = alt.Header(
        title=None,
        labelExpr=f"{json.dumps([plotting.shorten(name, 1.05 * panel) for name in panels])}[datum.value]",
        labelAnchor="start",
        labelFontSize=FONT - 2,
        labelColor=INK,
        labelPadding=3,
    )
    squares = alt.layer(plotting.ground(panel), cells, data=rows)
    return squares.facet(facet=alt.Facet("place:O", header=header), columns=columns, spacing=12)


def thinned(most: int) -> list[int]:
    """Return whole numbers up to one, ever further apart: as many as a line on a log axis needs.

    Examples
    --------
    >>> thinned(6), len(thinned(600))
    ([1, 2, 3, 4, 5, 6], 45)
    """
    numbers = np.geomspace(1, most, 1 + round(6 * np.log2(most))) if most > 1 else np.ones(1)
    return sorted({*np.rint(numbers).astype(int).tolist(), most})
