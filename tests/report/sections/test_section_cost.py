"""Cost beside quality."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.report.html import drawings
from toolkit.report.sections.cost import cost_section, pareto
from toolkit.report.sections.scatter import costs


def test_gains_are_those_by_hand(run, rows_of):
    run.fit("ALS", ridge=0.90, dim=10, seconds=2.0)
    run.fit("PCA", ridge=0.95, dim=5, seconds=0.5)
    run.fit("Random", ridge=1.00, dim=10, seconds=0.1)
    section = run.section(cost_section)
    assert section.sentences == (
        "Rating prediction: no embedder is both faster and better by RMSE than Random (1.0000 in 0.10 s), PCA (0.9500 "
        "in 0.50 s) and ALS (0.9000 in 2.00 s).",
    )
    table, times = section.tables
    assert rows_of(table) == [
        ["ALS", "yes", "10", "40", "2.00", "0.9000", "+0.1000", "0.010", "2.6", "0.050"],
        ["PCA", "yes", "5", "20", "0.50", "0.9500", "+0.0500", "0.010", "2.6", "0.10"],
        ["Random", "yes", "10", "40", "0.10", "1.0000", "0.0000", "–", "–", "–"],
    ]
    assert [column.direction for column in table.columns[4:]] == ["lower", "lower", *["higher"] * 4]
    assert table.rows[1].cells[-1].best
    assert not table.rows[0].cells[-1].best
    assert times.caption == "Time and memory of one fit, fastest first."


def test_one_that_is_ahead_in_both_stands_alone_on_the_front(run):
    run.fit("ALS", ridge=0.90, seconds=0.1)
    run.fit("PCA", ridge=0.95, seconds=0.5)
    assert run.section(cost_section).sentences == (
        "Rating prediction: ALS (0.9000 in 0.10 s) is the fastest and has the best RMSE: no other embedder is ahead of "
        "it in either.",
    )


def test_the_others_are_counted(run):
    for label, value, seconds in (("ALS", 0.90, 0.5), ("PCA", 0.95, 0.1), ("NMF", 0.96, 0.9)):
        run.fit(label, ridge=value, seconds=seconds)
    (text,) = run.section(cost_section).sentences
    front = "than PCA (0.9500 in 0.10 s) and ALS (0.9000 in 0.50 s)"
    assert f"{front}; the other one is no faster and no better than one of these." in text
    run.fit("SVD", ridge=0.97, seconds=0.9)
    assert "; each of the other 2 is no faster" in run.section(cost_section).sentences[0]


def test_without_a_null_baseline_there_is_no_gain(run, rows_of):
    run.fit("ALS", ridge=0.90)
    run.fit("PCA", ridge=0.95)
    assert {tuple(row[6:]) for row in rows_of(run.section(cost_section).tables[0])} == {("–", "–", "–", "–")}


def test_one_method_and_none_with_a_score_leave_the_table_of_times(run):
    run.fit("ALS")
    section = run.section(cost_section)
    assert (section.title, section.sentences, section.figures) == ("Time and memory", (), ())
    run.fit("PCA", ridge=0.9)
    assert len(run.section(cost_section).tables) == 1


def test_nothing_that_succeeded_is_no_section(run):
    run.builder.trial("films", "ALS", 8, "canonical", "u1", status="failed", error="no")
    assert run.section(cost_section) is None


def test_a_readout_that_uses_no_vectors_is_no_merit_of_a_method(run, rows_of):
    run.fit("ALS", ridge=0.99, bias=0.95)
    run.fit("Random", ridge=1.00, bias=0.95)
    rows = rows_of(run.section(cost_section).tables[0])
    assert [(row[0], row[5], row[6]) for row in rows] == [("ALS", "0.9900", "−0.0400"), ("Random", "1.0000", "−0.0500")]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_front_is_what_no_other_beats_in_both(points):
    cost, quality = zip(*points, strict=True)
    slow = [not any((c <= a and q >= b) and (c, q) != (a, b) for c, q in points) for a, b in points]
    assert pareto(cost, quality).tolist() == slow
    assert any(slow)


@pytest.fixture
def points():
    labels = [f"method {i}" for i in range(12)]
    values = pd.Series([0.9 + 0.01 * i for i in range(12)])
    frame = pd.DataFrame({"label": labels, "value": values, "seconds": values[::-1].to_numpy(), "is_null": False})
    return frame.assign(front=[True] * 3 + [False] * 9)


def test_front_is_drawn_as_steps_and_named(points):
    spec = costs(points, (0.85, 1.05), 1.0, 700).to_dict()
    (corners,) = (rows for rows in spec["datasets"].values() if "step" in rows[0])
    assert [(round(row["seconds"], 2), round(row["value"], 2)) for row in corners] == [
        (0.99, 0.92),
        (1.0, 0.92),
        (1.0, 0.91),
        (1.01, 0.91),
        (1.01, 0.90),
    ]
    named = [{row["label"] for row in rows} for width in (700, 350) for rows in data(points, width)]
    assert named == [set(points["label"]), {"", *points["label"][:3]}], "on a narrow screen only those on the front"


def data(points, width):
    spec = costs(points, (0.85, 1.05), None, width).to_dict()
    return [rows for rows in spec["datasets"].values() if "label" in rows[0]]


def test_names_in_the_plot_are_escaped(run, nasty):
    run.fit(nasty[0], ridge=0.90, seconds=2)
    run.fit("PCA", ridge=0.95)
    (figure,) = run.section(cost_section).figures
    assert nasty[0] in figure.description
    for drawing in drawings(figure):
        assert "<script" not in drawing.body
