"""A square table as a heat map: shades, each with its number where there is room, perhaps beside a tree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.report import plotting
from toolkit.report.numbers import minus
from toolkit.report.plotting import FONT, HIGH, INK, LETTER, MUTED, PAD
from toolkit.report.trees import branches, reach

if TYPE_CHECKING:
    import altair as alt

LEAST, MOST = 16, 44  # pixels of a cell: fewer, and the names of its rows meet; more say nothing more
WRITTEN, LARGE = 22, 26  # pixels of a cell that has room for its number, and for a larger one
TREE = 110  # pixels of the tree beside a heat map


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

    order = list(order)
    tree = None if merges is None or width - 80 - PAD - TREE < LEAST * len(order) else merges
    room = 0 if tree is None else TREE
    left, cell = _sizes(order, width - room - PAD, width)
    side = cell * len(order)
    # without a gap, cells stand on whole pixels, which takes the least space to write
    places = alt.Scale(type="band", domain=list(range(len(order))), padding=0)
    frame = _placed(frame, order, domain)
    x, y = alt.X("across:O", axis=None, scale=places), alt.Y("down:O", axis=None, scale=places)
    shade = alt.FillOpacity("shade:Q", scale=None)
    layers: list[Any] = [
        plotting.ground(side),
        alt.Chart(frame).mark_rect(color=HIGH, aria=True).encode(x=x, y=y, fillOpacity=shade, **plotting.tip(frame)),
        *_names(order, nulls, places, left - 12),
    ]
    if cell >= WRITTEN:
        # the other half says the same, and a page of many methods has its weight
        marked = frame if merges is None else frame[frame["down"] > frame["across"]]
        color = alt.condition(f"datum.shade > {plotting.TURN}", alt.value(plotting.ON_HIGH), alt.value(plotting.ON_LOW))
        text = alt.Chart(marked).mark_text(fontSize=10 if cell >= LARGE else 9)
        layers.append(text.encode(x=x, y=y, text="text:N", color=color))
    if tree is None:
        return plotting.framed(alt.layer(*layers), side, side, left)
    across = alt.Scale(domain=(0, reach(tree)), range=[side + 10, side + room], nice=False)
    layers.append(branches(tree, len(order), alt.X("x:Q", scale=across, axis=_distances(tree)), MUTED))
    chart = alt.layer(*layers).resolve_scale(x="independent", y="independent")
    return plotting.framed(chart, side, side, left, right=PAD + room)


def _distances(merges: pd.DataFrame) -> alt.Axis:
    """Return the axis of the tree's distances, on which its two ends are named alone."""
    import altair as alt

    ends = [0, round(merges["distance"].max(), 1)]
    return alt.Axis(title="1 − CKA", values=ends, grid=False, labelColor=MUTED, titleColor=MUTED, format="~g")


def _sizes(order: Sequence[str], room: int, width: int) -> tuple[int, int]:
    """Return the pixels for the names of the rows, and those of a cell."""
    left = min(math.ceil(LETTER * max(map(len, order)) + _number_room(order)) + 12, 60 + width // 4)
    left = max(80, min(left, room - LEAST * len(order)))
    return left, min(MOST, (room - left) // len(order))


def _number_room(order: Sequence[str]) -> float:
    """Return the pixels of the numbers before the names."""
    return LETTER * (len(str(len(order))) + 2)


def _placed(frame: pd.DataFrame, order: list[str], domain: tuple[float, float]) -> pd.DataFrame:
    """Return the cells with their places, shades and texts."""
    return frame.assign(
        across=[order.index(name) for name in frame["column"]],
        down=[order.index(name) for name in frame["row"]],
        shade=((frame["value"] - domain[0]) / (domain[1] - domain[0])).clip(0, 1).fillna(0).round(2),
        tip=[f"{row.row} · {row.column} · {minus(f'{row.value:.3f}')}" for row in frame.itertuples()],
        text=[minus(f"{round(value, 2) + 0.0:.2f}".replace("0.", ".")) for value in frame["value"]],
    )


def _names(order: Sequence[str], nulls: Sequence[str], places: alt.Scale, room: float) -> list[alt.Chart]:
    """Return the names of the rows with their numbers, and the numbers above the columns."""
    import altair as alt

    short = [plotting.shorten(name, room - _number_room(order)) for name in order]
    labels = pd.DataFrame({"at": range(len(order)), "name": short, "number": [str(i + 1) for i in range(len(order))]})
    rows = labels.assign(name=labels["number"] + "  " + labels["name"], is_null=[name in nulls for name in order])
    return [
        *(
            alt.Chart(rows)
            .transform_filter(test)
            .mark_text(align="right", baseline="middle", fontSize=FONT - 1, color=color, fontStyle=style)
            .encode(y=alt.Y("at:O", axis=None, scale=places), x=alt.value(-8), text="name:N")
            for test, color, style in (("!datum.is_null", INK, "normal"), ("datum.is_null", MUTED, "italic"))
        ),
        alt.Chart(labels)
        .mark_text(baseline="bottom", fontSize=FONT - 2, color=MUTED)
        .encode(x=alt.X("at:O", axis=None, scale=places), y=alt.value(-5), text="number:N"),
    ]
