"""Figures: what the specifications hold, and that they draw."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.report import figures
from toolkit.report.boards import plot_points
from toolkit.report.html import drawings
from toolkit.report.model import read_results
from toolkit.report.parts import Figure
from toolkit.report.placement import place_labels
from toolkit.report.plotting import NULL, SERIES, axis_domain, lanes, log_ticks, null_floor, series_color, series_shape
from toolkit.report.tables import leaderboards


@pytest.fixture(scope="module")
def rating(sweep_dir):
    return next(board for board in leaderboards(read_results(sweep_dir)) if board.task == "rating-prediction")


def test_points_choose_the_best_dimension_of_each_embedder(rating):
    points = plot_points(rating)
    chosen = points[points["chosen"]]
    assert chosen.groupby("embedder")["dim"].nunique().max() == 1
    best = points.loc[points[~points["is_null"]].groupby("embedder")["value"].idxmin()]
    assert set(best["label"]) <= set(chosen["label"])
    assert points.loc[points["heads"], ["embedder", "dim"]].duplicated().sum() == 0
    assert chosen["label"].iloc[0] == f"{chosen['embedder'].iloc[0]} · {chosen['dim'].iloc[0]:.0f}"


def test_floor_is_the_best_complete_null_baseline(rating):
    points = plot_points(rating)
    assert null_floor(points, "rmse") == points.loc[points["is_null"], "value"].min()
    assert null_floor(points[~points["is_null"]], "rmse") is None
    assert null_floor(points.assign(complete=False), "rmse") is None


def test_axis_leaves_out_what_is_far_off_on_the_worse_side_only():
    near = [0.90, 0.91, 0.92, 0.93, 0.94]
    low, high = axis_domain("rmse", pd.Series([*near, 3.0]), [])
    assert low < 0.90
    assert 0.94 < high < 1.0
    low, high = axis_domain("rmse", pd.Series([*near, 0.1]), [])
    assert low < 0.1
    low, high = axis_domain("ndcg@10", pd.Series([*near, 0.1]), [])
    assert 0.8 < low < 0.90
    assert axis_domain("rmse", pd.Series([*near, 3.0]), [3.0])[1] > 3.0


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.sampled_from(["rmse", "ndcg@10"]))
def test_axis_holds_the_best_value_and_has_a_width(values, metric):
    low, high = axis_domain(metric, pd.Series(values), [])
    assert low < (min(values) if metric == "rmse" else max(values)) < high


@given(st.floats(1e-3, 1e4), st.floats(1.5, 1e5))
def test_log_ticks_lie_within_and_rise(low, factor):
    ticks = log_ticks(low, low * factor)
    assert ticks == sorted(ticks)
    assert all(low <= tick <= low * factor for tick in ticks)


def test_dot_plot_holds_every_value_and_writes_what_is_outside(rating):
    points = plot_points(rating)
    points = points[points["chosen"]]
    spec = figures.dots(points, "RMSE", (0.83, 1.0), 0.9, rating.readouts, 700).to_dict()
    (data,) = (rows for rows in spec["datasets"].values() if "remark" in rows[0])
    assert sorted(row["value"] for row in data) == sorted(points["value"])
    assert [row["remark"] for row in data if row["outside"]] == ["1.31 →"]
    assert spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] == 700


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([(0.1, 0.2), (0.3, 0.4), (0.1, 0.2)], [0.0, 0.0, 0.0]),
        ([(0.1, 0.1), (0.1, 0.1), (0.1, 0.1)], [0.0, 0.0, 0.0]),
        ([(0.1, 0.3), (0.2, 0.4), (0.1, 0.2)], [-0.2, 0.2, 0.0]),
        ([(0.2, 0.4), (0.1, 0.3), (0.1, 0.2)], [-0.2, 0.2, 0.0]),
    ],
)
def test_bars_that_overlap_in_a_row_are_drawn_in_lanes(ends, expected):
    low, high = zip(*ends, strict=True)
    points = pd.DataFrame({"label": ["a", "a", "b"], "series": [0, 1, 0], "low": low, "high": high})
    assert lanes(points).tolist() == pytest.approx(expected)
    assert lanes(points[points["series"] == 0]).tolist() == [0.0, 0.0]


def test_no_two_of_many_series_look_alike():
    names = tuple(f"readout {i}" for i in range(14))
    ranges = [encoding.to_dict()["scale"]["range"] for encoding in (series_color(names), series_shape(names))]
    assert len(set(zip(*ranges, strict=True))) == len(names)


def test_a_row_has_one_label_whatever_the_number_of_readouts(rating):
    points = plot_points(rating)
    points = points[points["chosen"]]
    figure = Figure(
        "f", "t", "d", partial(figures.dots, points, "RMSE", (0.8, 1.4), None, rating.readouts), data=points
    )
    assert drawings(figure)[0].body.count(">PCA · 100<") == 1


def test_drawings_name_colours_that_the_style_sheet_replaces(sweep_html):
    for color in (*SERIES[:3], NULL):
        assert f'="{color}"' in sweep_html
        assert f'.plot [fill="{color}"] {{ fill: var(--' in sweep_html


def test_labels_are_escaped_in_drawings(builder, tmp_path):
    for label, value in (("<script>x</script>", 0.9), ("]]>&lt;", 0.95)):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, "rating-prediction", "rmse", value, "ridge")
    (board,) = leaderboards(read_results(builder.write(tmp_path)))
    points = plot_points(board)
    draw = partial(figures.dots, points, "RMSE", (0.8, 1.0), None, board.readouts)
    figure = Figure("f", "t", "d", draw, data=points)
    for drawing in drawings(figure):
        assert "<script" not in drawing.body
        assert "&lt;script&gt;" in drawing.body
        assert "&amp;lt;" in drawing.body


def test_labels_of_points_far_apart_stand_to_the_right():
    placed = place_labels(pd.Series(["a", "b"]), pd.Series([10.0, 200.0]), pd.Series([10.0, 200.0]), 300, 300, None)
    assert placed == {"label_x": [19.0, 209.0], "label_y": [10.0, 200.0], "align": ["left", "left"]}


def test_labels_avoid_each_other_the_edge_and_the_line():
    labels = pd.Series(["first", "second", "third", "at the edge"])
    across, down = pd.Series([100.0, 104.0, 108.0, 295.0]), pd.Series([100.0, 100.0, 100.0, 200.0])
    placed = place_labels(labels, across, down, 300, 300, 200.0)
    boxes = []
    for label, x, y, align in zip(labels, *placed.values(), strict=True):
        length = 6.6 * len(label)
        left = x - {"left": 0.0, "right": length, "center": length / 2}[align]
        boxes.append((left, y - 7, left + length, y + 7))
    assert placed["align"][3] == "right"
    assert placed["label_y"][3] != 200.0
    for i, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[:i])
