"""Trees of what is joined with what: the order of their leaves, their corners, and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.report import plotting
from toolkit.report.plotting import FONT, INK, PAD, SERIES

if TYPE_CHECKING:
    import altair as alt


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

    left = plotting.label_room(names, 60 + width // 3)
    inner, height = width - left - PAD, 24 * len(names)
    order = [plotting.shorten(names[leaf], left - 12) for leaf in leaf_order(merges, len(names))]
    labels = pd.DataFrame({"y": [row + 0.5 for row in range(len(order))], "name": order})
    across = alt.Scale(domain=(0, reach(merges)), nice=False)
    x = alt.X("x:Q", scale=across, axis=plotting.axis(axis, inner))
    text = (
        alt.Chart(labels)
        .mark_text(align="right", baseline="middle", fontSize=FONT, color=INK)
        .encode(x=alt.value(-10), y=_down(len(names)), text="name:N")
    )
    chart = alt.layer(branches(merges, len(names), x, SERIES[0]), text)
    return plotting.framed(chart, inner, height, left)


def branches(merges: pd.DataFrame, size: int, x: alt.X, color: str) -> alt.Chart:
    """Return the lines of a tree of so many leaves, which stand a row apart; `x` is the axis of distances."""
    import altair as alt

    drawn: alt.Chart = (
        alt.Chart(tree_corners(merges, size))
        .mark_line(color=color, strokeWidth=1.5)
        .encode(x=x, y=_down(size), detail="merge:N", order="step:Q")
    )
    return drawn


def reach(merges: pd.DataFrame) -> float:
    """Return where the axis of distances ends: a little beyond the last merge."""
    return float(1.03 * max(merges["distance"].max(), 1e-9))


def _down(size: int) -> Any:
    """Return the axis of rows, from above."""
    import altair as alt

    return alt.Y("y:Q", scale=alt.Scale(domain=(size, 0), nice=False, zero=False), axis=None)


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
