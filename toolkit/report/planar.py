"""One embedding in the plane, drawn once: the two directions along which its unit vectors vary most."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.embedding import Embedding
from toolkit.keys import locate
from toolkit.report import plotting
from toolkit.report.figure_data import figure_data
from toolkit.report.maps.layouts import layout
from toolkit.report.parts import Figure
from toolkit.report.placement import place_labels
from toolkit.report.plotting import FONT, INK, NULL, PAD, SERIES
from toolkit.report.sections.kept import plural

if TYPE_CHECKING:
    import altair as alt

MOST = 2000  # points: more cover each other
MARGIN = 0.04  # of the axes, on either side


def map_figure(embedding: Embedding, named: Sequence[str], anchor: str) -> Figure:
    """Return the map of an embedding on which some keys are named."""
    drawn = embedding if len(embedding) <= MOST else embedding.subset(dict.fromkeys([*embedding.keys[:MOST], *named]))
    points = layout(drawn)
    shown = pd.Series(False, index=points.index)
    at = locate(pd.Index(points["key"], dtype=object), pd.Index(list(named), dtype=object))
    shown.iloc[at[at >= 0]] = True
    things = plural(embedding.entity)
    part = f"{len(drawn):,} of " if len(embedding) > MOST else ""
    return Figure(
        anchor,
        f"{part}{embedding.summary}: unit vectors on the two directions along which they vary most (PCA).",
        f"Points on a map, one for each of the {things}; named: {', '.join(named)}.",
        partial(_draw, points.assign(named=shown)),
        has_null=False,
        data=figure_data(points, {"key": "key", "x": "first component", "y": "second component"}),
    )


def _draw(points: pd.DataFrame, width: int) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    inner, height = width - 2 * PAD, round(0.7 * width)
    ends = {axis: _ends(points[axis]) for axis in "xy"}
    across = (points["x"] - ends["x"][0]) / (ends["x"][1] - ends["x"][0]) * inner
    down = (ends["y"][1] - points["y"]) / (ends["y"][1] - ends["y"][0]) * height
    lit = points[points["named"]]
    x, y = (
        alt.X("x:Q", axis=None, scale=alt.Scale(domain=ends["x"], nice=False)),
        alt.Y("y:Q", axis=None, scale=alt.Scale(domain=ends["y"], nice=False)),
    )
    plain = alt.Chart(points[~points["named"]][["x", "y"]])
    layers = [
        plain.mark_point(filled=True, size=12, opacity=0.6, color=NULL).encode(x=x, y=y),
        alt.Chart(lit[["x", "y"]]).mark_point(filled=True, size=40, opacity=1, color=SERIES[0]).encode(x=x, y=y),
    ]
    if len(lit):
        labels = pd.Series([plotting.shorten(key, 0.25 * width) for key in lit["key"]], index=lit.index)
        placed = place_labels(labels, across[lit.index], down[lit.index], inner, height, None)
        frame = pd.DataFrame({"label": labels.tolist(), **placed})
        layers += [
            alt.Chart(frame[frame["align"] == align])
            .mark_text(align=align, baseline="middle", fontSize=FONT - 1, color=INK)
            .encode(
                x=alt.X("label_x:Q", axis=None, scale=alt.Scale(domain=(0, inner), nice=False)),
                y=alt.Y("label_y:Q", axis=None, scale=alt.Scale(domain=(height, 0), nice=False, zero=False)),
                text="label:N",
            )
            for align in ("left", "right", "center")
            if (frame["align"] == align).any()
        ]
    chart = alt.layer(*layers).resolve_scale(x="independent", y="independent")
    return plotting.framed(chart, inner, height, PAD)


def _ends(values: pd.Series) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or 0.5
    return low - margin, high + margin
