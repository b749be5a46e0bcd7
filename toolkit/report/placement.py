"""Labels beside the points of a scatter plot, where they cover neither each other nor a point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

LETTER, LINE, GAP = 6.6, 14.0, 9.0  # pixels: width of a letter, height of a line, distance from the point

Box = tuple[float, float, float, float]


def place_labels(
    labels: pd.Series, across: pd.Series, down: pd.Series, width: float, height: float, line: float | None
) -> dict[str, list[float] | list[str]]:
    """Choose for each label the side of its point on which it covers least.

    Parameters
    ----------
    labels : pandas.Series of str, length n
        The labels.
    across, down : pandas.Series of float, length n
        Where the points are, in pixels from the upper left corner.
    width, height : float
        Size of the plot in pixels.
    line : float or None
        Height of a horizontal line that labels should not cover, in pixels from the top.

    Returns
    -------
    dict
        Lists of length n: ``label_x`` and ``label_y``, the end of each label that is next to its point, and
        ``align``, which end that is: left, right or center.
    """
    points = np.column_stack([across, down]).astype(np.float64)
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    if line is not None:
        taken.append((0.0, line - 2, width, line + 2))
    placed: dict[str, list[float] | list[str]] = {"label_x": [], "label_y": [], "align": []}
    for label, point in zip(labels, points, strict=True):
        x, y, align, box = min(
            _candidates(point, LETTER * len(label)), key=lambda option: _cost(option[3], taken, width, height)
        )
        taken.append(box)
        for field, value in zip(placed, (x, y, align), strict=True):
            placed[field].append(value)  # type: ignore[arg-type]  # each field has its own type
    return placed


def _candidates(point: npt.NDArray[np.float64], length: float) -> Iterator[tuple[float, float, str, Box]]:
    x, y = map(float, point)
    for lift in (0.0, -LINE, LINE, -2 * LINE, 2 * LINE):
        top, bottom = y + lift - LINE / 2, y + lift + LINE / 2
        yield x + GAP, y + lift, "left", (x + GAP, top, x + GAP + length, bottom)
        yield x - GAP, y + lift, "right", (x - GAP - length, top, x - GAP, bottom)
        if lift:
            yield x, y + lift, "center", (x - length / 2, top, x + length / 2, bottom)


def _cost(box: Box, taken: list[Box], width: float, height: float) -> float:
    """Return the area that a label would cover; what sticks out of the plot counts fourfold."""
    inside = _overlap(box, (0.0, 0.0, width, height))
    area = (box[2] - box[0]) * (box[3] - box[1])
    return sum(_overlap(box, other) for other in taken) + 4 * (area - inside)


def _overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
