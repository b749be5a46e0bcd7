"""The numbers behind figures: every figure has them, named, and none is a formula."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.inert import uncell
from toolkit.report.document import build_document
from toolkit.report.figure_data import csv_text, figure_data, point_data
from toolkit.report.model import read_results
from toolkit.report.parts import Figure

INTERNAL = {"lane", "row", "heads", "series", "label_x", "label_y", "shade", "panel", "complete", "told", "chosen"}


@pytest.mark.parametrize("name", ["run_dir", "sweep_dir"])
def test_every_figure_has_its_numbers(request, name):
    document = build_document(read_results(request.getfixturevalue(name)))
    shown = [
        *document.answers,
        *(part for chapter in document.chapters for part in (*chapter.boards, *chapter.sections)),
    ]
    figures = [figure for part in shown for figure in part.figures]
    assert figures
    for figure in figures:
        assert len(figure.data) > 0, figure.anchor
        assert not set(figure.data) & INTERNAL
        assert figure.data.select_dtypes("number").shape[1] > 0, figure.anchor


def test_no_figure_without_numbers():
    with pytest.raises(TypeError, match="data"):
        Figure("f", "t", "d", lambda width: None)


def test_points_are_named_and_bars_without_width_left_out():
    points = pd.DataFrame({"label": ["a", "b"], "series": [1, 0], "value": [0.5, 0.25], "is_null": [False, True]})
    still = points.assign(low=points["value"], high=points["value"])
    found = point_data(still, "RMSE", ("Native", "Ridge"))
    assert found.to_dict("list") == {
        "embedder": ["a", "b"],
        "readout": ["Ridge", "Native"],
        "RMSE": [0.5, 0.25],
        "null baseline": ["no", "yes"],
    }
    wide = point_data(still.assign(low=0.1, is_null=False), "RMSE", ("", ""), row="method")
    assert list(wide) == ["method", "RMSE", "low", "high"]


def test_columns_that_are_not_there_are_left_out():
    assert list(figure_data(pd.DataFrame({"x": [1]}), {"y": "Y", "x": "X"})) == ["X"]


@example(["\r=1", "\t", "a\nb"])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), min_size=1))
def test_no_cell_of_the_numbers_is_a_formula_and_every_text_is_kept(texts):
    written = csv_text(pd.DataFrame({"=name": texts, "value": 1.5}))
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert rows[0] == ["'=name", "value"]
    for text, (shown, value) in zip(texts, rows[1:], strict=True):
        assert uncell(shown) == text.replace("\r", " ")
        assert not shown.startswith(("=", "+", "-", "@", "\t"))
        assert value == "1.5"


def test_numbers_below_zero_stay_numbers():
    assert csv_text(pd.DataFrame({"gain": [-0.5], "sign": ["-0.5"]})) == "gain,sign\n-0.5,'-0.5\n"
