"""Matrices as squares of shades, for whatever has too many cells to be read one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.report import plotting
from toolkit.report.pixels import shades_as_png
from toolkit.report.plotting import FONT, HIGH, INK

if TYPE_CHECKING:
    import altair as alt


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
