"""A drawing of the first two maps, for print and for readers without scripts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.keys import locate
from toolkit.report import plotting
from toolkit.report.figure_data import figure_data
from toolkit.report.maps.content import Atlas
from toolkit.report.maps.layouts import align, principal_plane
from toolkit.report.parts import Figure
from toolkit.report.plotting import FONT, INK, MUTED, NULL, SERIES
from toolkit.report.wording import listed

if TYPE_CHECKING:
    import altair as alt

POINTS = 120  # enough to see the shape, and few enough to stay small
NAMED = 2  # neighbours beside the key itself whose names are written


def still(atlas: Atlas, anchor: str) -> Figure:
    """Return a figure of the first two maps of an atlas: one key and its nearest in the first, lit in both.

    Parameters
    ----------
    atlas : Atlas
        Computed when the figure is drawn.
    anchor : str
        Its identifier.

    Returns
    -------
    Figure
    """
    labels = [atlas.methods[position].label for position in dict.fromkeys(atlas.pair)]
    start = atlas.titles[atlas.start]
    return Figure(
        anchor,
        f"{start} and its nearest {atlas.entity}s by {labels[0]}, on the maps of {listed(labels)}",
        f"Points on {'two maps' if len(labels) > 1 else 'a map'} (PCA). {start} and the ten {atlas.entity}s nearest to "
        f"it by {labels[0]} are dark and large, some of the others grey.",
        partial(_draw, atlas),
        has_null=False,
        data=partial(_data, atlas),
    )


def _draw(atlas: Atlas, width: int) -> alt.LayerChart | alt.FacetChart | alt.ConcatChart:
    import altair as alt

    points = _points(atlas)
    points["name"] = [plotting.shorten(name, 0.3 * width) for name in points["name"]]
    names = list(dict.fromkeys(points["map"]))
    columns = 1 if width < plotting.NARROW else len(names)
    panel = (width - 16 * (columns - 1)) // columns - 2
    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=8))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=8))
    base = alt.Chart(points).encode(x=x, y=y)
    dots = base.mark_point(filled=True, opacity=0.6, size=14, color=NULL).transform_filter("!datum.lit")
    lit = base.mark_point(filled=True, opacity=1, size=50, color=SERIES[0]).transform_filter("datum.lit")
    text = base.mark_text(fontSize=FONT - 2, dy=-9, color=MUTED).transform_filter("datum.rank > 0")
    own = base.mark_text(fontSize=FONT - 1, dy=-10, color=INK, fontWeight=600).transform_filter("datum.rank == 0")
    layers = alt.layer(dots, lit, text.encode(text="name:N"), own.encode(text="name:N"))
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=FONT, labelLimit=panel, labelColor=INK)
    chart: alt.FacetChart = (
        layers.properties(width=panel, height=round(0.8 * panel))
        .facet(facet=alt.Facet("map:N", sort=names, header=header), columns=columns, spacing=16)
        .resolve_scale(x="shared", y="shared")
    )
    return chart


def _data(atlas: Atlas) -> pd.DataFrame:
    columns = {"map": "embedder", "name": atlas.entity, "x": "x", "y": "y", "rank": "rank among the nearest"}
    return figure_data(_points(atlas).replace({"rank": {-1: pd.NA, 0: pd.NA}}), columns)


def _points(atlas: Atlas) -> pd.DataFrame:
    """Return a row a point: its map, place and name, whether it is lit, and its rank among the named ones or -1."""
    nearest = [row for row in atlas.neighborhoods[atlas.pair[0]][0][atlas.start].tolist() if row >= 0]
    lit = [atlas.start, *nearest]
    spread = range(0, len(atlas.keys), max(1, len(atlas.keys) // POINTS))  # frequent ones and rare ones
    rows = [*lit, *(row for row in spread if row not in lit)]
    ranks = {row: rank for rank, row in enumerate(lit[: NAMED + 1])}
    titles, parts, reference = atlas.titles, [], None
    for position in dict.fromkeys(atlas.pair):
        own = atlas.shown(position)
        places = np.full((len(atlas.keys), 2), np.nan)
        found = locate(atlas.keys, own.keys)
        drawn, _ = principal_plane(own.unit_vectors)
        places[found] = drawn if reference is None else align(drawn, reference[found])
        reference = places if reference is None else reference
        label = atlas.methods[position].label
        parts.append(pd.DataFrame(places[rows].round(3), columns=["x", "y"]).assign(map=label, row=rows))
    points = pd.concat(parts, ignore_index=True).dropna()
    points["name"] = [titles[row] for row in points["row"]]
    return points.assign(lit=points["row"].isin(lit), rank=[ranks.get(row, -1) for row in points.pop("row")])
