"""Small plots side by side, a panel a method, all on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.report.plotting import FONT, INK, NARROW

if TYPE_CHECKING:
    import altair as alt

LABELS, GAP = 60, 16  # pixels: for the vertical axis, and between two panels
FLAT = 0.72  # height of a panel as a share of its width


def panel_sizes(width: int) -> tuple[int, int]:
    """Return how many panels a row of some pixels has room for, and the width of each."""
    columns = 2 if width < NARROW else 4
    return columns, (width - LABELS - GAP * (columns - 1)) // columns


def in_panels(
    layers: Sequence[alt.Chart],
    data: pd.DataFrame,
    names: Sequence[str],
    width: int,
    *,
    height: float = FLAT,
    title: float = 0.98,
) -> alt.FacetChart:
    """Return a panel for each embedder.

    Parameters
    ----------
    layers : sequence of altair.Chart
        What is drawn in each; those without data of their own take that of the panel's embedder.
    data : pandas.DataFrame
        A column embedder, and what the layers show.
    names : sequence of str
        The embedders, in their order.
    width : int
        Width of the whole in pixels.
    height, title : float, optional
        Height of a panel, and how long its name may be, as shares of its width.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    columns, panel = panel_sizes(width)
    header = alt.Header(
        title=None, labelAnchor="start", labelFontSize=FONT, labelLimit=round(title * panel), labelColor=INK
    )
    chart = alt.layer(*layers, data=data).properties(width=panel, height=round(height * panel))
    drawn: alt.FacetChart = chart.facet(
        facet=alt.Facet("embedder:N", sort=list(names), header=header), columns=columns, spacing=GAP
    )
    return drawn
