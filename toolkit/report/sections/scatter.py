"""The plot of cost against quality, with the Pareto front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.report import plotting
from toolkit.report.placement import place_labels
from toolkit.report.plotting import FONT, INK, MUTED, NULL, PAD, SERIES

if TYPE_CHECKING:
    import altair as alt

MANY = 8  # points: on a narrow screen, only those on the front have room for their names
SHORTEST = 0.001  # seconds: what is shorter stands there


def costs(
    points: pd.DataFrame, domain: tuple[float, float], floor: float | None, width: int
) -> alt.LayerChart | alt.FacetChart:
    """Draw quality against the seconds of a fit, on a log axis, with a line along the Pareto front.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns label, value, seconds, is_null and front; a row an embedder.
    domain : tuple of float
        Ends of the vertical axis; what lies outside stands at the edge with its value.
    floor : float or None
        Where the best null baseline stands.
    width : int
        Width in pixels.

    Returns
    -------
    altair.Chart
    """
    import altair as alt

    left = 56
    inner, height = width - left - PAD, round(min(0.9 * width, 400))
    points, span = _placed(points, domain, floor, (inner, height), width)
    x_scale = alt.Scale(type="log", domain=span, nice=False)
    y_scale = alt.Scale(domain=domain, nice=False)
    x_axis = plotting.axis("seconds of one fit (log scale)", inner, values=plotting.log_ticks(*span), format="~g")
    x = alt.X("seconds:Q", scale=x_scale, axis=x_axis)
    y = alt.Y("value:Q", scale=y_scale, axis=plotting.axis("", height, tickCount=6))
    base = alt.Chart(points)
    layers = [
        *plotting.floor_across(floor, domain, inner),
        alt.Chart(_steps(points)).mark_line(color=SERIES[1], strokeWidth=1.5).encode(x=x, y=y, order="step:Q"),
        base.mark_point(filled=True, size=70, opacity=1, aria=True).encode(
            x=x,
            y=y,
            color=alt.condition("datum.is_null", alt.value(NULL), alt.value(SERIES[0])),
            **plotting.tip(points),
        ),
        *(
            base.transform_filter(f"datum.align == '{align}' && datum.front == {str(front).lower()}")
            .mark_text(align=align, baseline="middle", fontSize=FONT - 1, fontWeight=600 if front else 400, color=color)
            .encode(x=alt.X("label_x:Q", scale=x_scale), y=alt.Y("label_y:Q", scale=y_scale), text="label:N")
            for align in ("left", "right", "center")
            for front, color in ((True, INK), (False, MUTED))
        ),
    ]
    return plotting.framed(alt.layer(*layers), inner, height, left)


def _placed(
    points: pd.DataFrame, domain: tuple[float, float], floor: float | None, size: tuple[int, int], width: int
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Return the points within the plot, each with the place of its label, and the ends of the axis of seconds."""
    inner, height = size
    outside = ~points["value"].between(*domain)
    points = points.assign(
        seconds=points["seconds"].clip(lower=SHORTEST),
        label=[
            plotting.shorten(label, 0.3 * width) + (f" ({value:.2f})" if off else "")
            for label, value, off in zip(points["label"], points["value"], outside, strict=True)
        ],
        value=points["value"].clip(*domain),
    )
    if width < plotting.NARROW and len(points) > MANY:
        points["label"] = points["label"].where(points["front"], "")
    points = points.sort_values("front", ascending=False, kind="stable")  # whose names are placed first
    span = (points["seconds"].min() / 1.6, points["seconds"].max() * 1.6)
    across = np.log(points["seconds"] / span[0]) / math.log(span[1] / span[0]) * inner
    down = (domain[1] - points["value"]) / (domain[1] - domain[0]) * height
    blocked = None if floor is None else (domain[1] - floor) / (domain[1] - domain[0]) * height
    points = points.assign(**place_labels(points["label"], across, down, inner, height, blocked))
    points["label_x"] = span[0] * (span[1] / span[0]) ** (points["label_x"] / inner)
    points["label_y"] = domain[1] - points["label_y"] / height * (domain[1] - domain[0])
    return points, span


def _steps(points: pd.DataFrame) -> pd.DataFrame:
    """Return the corners of the front: what is the best that can be had in so many seconds."""
    front = points[points["front"]].sort_values("seconds", kind="stable")
    corners: list[tuple[float, float]] = []
    for seconds, value in zip(front["seconds"], front["value"], strict=True):
        if corners:
            corners.append((seconds, corners[-1][1]))
        corners.append((seconds, value))
    return pd.DataFrame(corners, columns=["seconds", "value"]).assign(step=range(len(corners)))
