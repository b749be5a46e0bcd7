"""The figures and tables of the six answers: they draw at both widths, whatever things are called."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from toolkit.report import write_report
from toolkit.report.answers import WRITERS, charts
from toolkit.report.heat import heat
from toolkit.report.html import WIDTHS, drawings
from toolkit.report.parts import Figure
from toolkit.report.trees import dendrogram, leaf_order

QUESTIONS = tuple(name for name in WRITERS if name != "calibration")  # which has a file of its own

LONG = "a method with a very long name of which the end tells it from others, number "
NASTY = ("<script>alert(1)</script>", "a|b 50%_$& *x* `y` \\z {w} #1 ~t~ ^u", "]]>&lt; \"q\" 'r' ünï – ×", "datum['x']")


def answered(made, study, *labels):
    tables = {name: table for name, table in made(study, *labels).items() if len(table)}
    return WRITERS[study](tables, f"question-{study}", study)


@pytest.mark.parametrize("labels", [(), (NASTY,), (tuple(LONG + str(i) for i in range(4)),)], ids=len)
@pytest.mark.parametrize("study", QUESTIONS)
def test_figures_draw_at_both_widths(made, study, labels):
    for figure in answered(made, study, *labels).figures:
        for drawing, width in zip(drawings(figure), WIDTHS.values(), strict=True):
            assert "<script" not in drawing.body
            assert "undefined" not in drawing.body
            assert "NaN" not in drawing.body
            assert float(re.search(r'viewBox="0 0 ([\d.]+) ', drawing.attributes)[1]) <= width + 12


def text(figure, width):
    (drawing,) = [each for each, known in zip(drawings(figure), WIDTHS.values(), strict=True) if known == width]
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawing.body)


def test_heat_map_writes_its_values(made):
    (figure,) = [each for each in answered(made, "same-thing").figures if each.anchor.endswith("films-cka")]
    found = text(figure, 700)
    for value in (".81", ".63", ".52", ".03", "1.00"):
        assert value in found
    assert {"1  random", "2  svd", "3  als", "4  pca"} <= set(found), "in the order of the tree"


def test_heat_map_of_values_below_zero_or_unknown():
    frame = pd.DataFrame({"row": ["a", "a", "b", "b"], "column": ["a", "b"] * 2, "value": [1.0, -0.31, np.nan, 1.0]})
    found = text(Figure("f", "t", "d", lambda width: heat(frame, ["a", "b"], (0, 1), width), data=frame), 700)
    assert "−.31" in found


def test_heat_map_tells_names_as_they_are_and_numbers_with_a_minus_sign():
    frame = pd.DataFrame({"row": ["skip-gram"], "column": ["skip-gram"], "value": [-0.5]})
    figure = Figure("f", "t", "d", lambda width: heat(frame, ["skip-gram"], (0, 1), width), data=frame)
    assert 'data-tip="skip-gram · skip-gram · −0.500"' in drawings(figure)[0].body


def test_gram_panels_keep_methods_apart_whose_names_begin_alike(made):
    (figure,) = answered(made, "orthogonal", tuple(LONG + str(i) for i in range(4))).figures
    spec = figure.draw(350).to_dict()
    (rows,) = [rows for rows in spec["datasets"].values() if "place" in rows[0]]
    assert len({row["place"] for row in rows}) == 4
    assert len([line for line in text(figure, 350) if line.startswith("a method")]) == 4


def test_units_stand_in_their_order(made):
    figure = answered(made, "family-trees").figures[0]
    assert [line for line in text(figure, 350) if line.startswith("unit")] == [f"unit {i}" for i in range(1, 13)]


def test_squares_of_no_weight_at_all():
    frame = pd.DataFrame({"unit": 1, "row": "", "column": [0, 1], "weight": 0.0})
    assert drawings(Figure("f", "t", "d", lambda width: charts.squares(frame, [0, 1], width), data=frame))


def test_dendrogram_ends_at_the_names_in_an_order_without_crossings(made):
    (figure,) = [each for each in answered(made, "same-thing").figures if each.anchor.endswith("films-tree")]
    names = [line for line in text(figure, 700) if line in ("als", "pca", "svd", "random")]
    assert len(names) == 4
    assert abs(names.index("als") - names.index("pca")) == 1


@pytest.mark.parametrize("distances", [[0.0, 0.0], [1e-12, 2.0]])
def test_dendrogram_of_things_that_are_all_alike(distances):
    merges = pd.DataFrame({"first": [0, 2], "second": [1, 3], "distance": distances})
    assert drawings(Figure("f", "t", "d", lambda width: dendrogram(merges, list("abc"), "1 − CKA", width), data=merges))


def test_leaves_of_each_branch_stand_together():
    merges = pd.DataFrame({"first": [3, 0, 5, 6], "second": [1, 4, 2, 7], "distance": [0.1, 0.2, 0.3, 0.4]})
    order = leaf_order(merges, 5)
    assert sorted(order) == [0, 1, 2, 3, 4]
    for branch in ({3, 1}, {0, 4}, {3, 1, 2}):
        places = sorted(order.index(leaf) for leaf in branch)
        assert places == list(range(places[0], places[0] + len(branch)))
    assert leaf_order(merges[:0], 1) == [0]


@pytest.mark.parametrize("most", [1, 2, 7, 600])
def test_thinned_numbers_rise_to_the_last(most):
    found = charts.thinned(most)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (1, most)


def test_one_vocabulary_draws(made):
    tables = made("one-hot")
    tables["cost"] = tables["cost"][:2]
    for figure in WRITERS["one-hot"](tables, "q", "?").figures:
        assert drawings(figure)


@pytest.mark.parametrize("study", QUESTIONS)
def test_anchors_are_given_once(made, study):
    found = answered(made, study)
    anchors = [part.anchor for part in (*found.figures, *found.tables)]
    assert len(anchors) == len(set(anchors))
    assert all(part.anchor.startswith(f"question-{study}-") for part in (*found.figures, *found.tables))


@pytest.mark.parametrize("labels", [(), (NASTY,)], ids=len)
def test_reports_hold_the_six_answers(builder, made, tmp_path, labels):
    for study in QUESTIONS:
        frames = {name: table for name, table in made(study, *labels).items() if len(table)}
        swapped = {
            name: table.replace({"experiment": {"films": "My films 1.0", "words": "My films-1 0"}})
            if "experiment" in table
            else table
            for name, table in frames.items()
        }
        builder.study(study, swapped)
    folder = builder.write(tmp_path / "run")
    html, markdown, latex = (
        write_report(folder, tmp_path / f"report.{ending}").read_text(encoding="utf-8")
        for ending in ("html", "md", "tex")
    )
    found = re.findall(r' id="([^"]*)"', html)
    assert len(found) == len(set(found)), "names that differ in signs alone have anchors of their own"
    assert not [name for name in found if re.search(r"[^a-z0-9-]", name)]
    assert set(re.findall(r'href="#([^"]*)"', html)) <= set(found)
    assert "<script>" not in html, "those of the page have a type"
    assert markdown.count("Null baseline") >= len(QUESTIONS)
    assert latex.count(r"\begin{tabular}") == sum(len(answered(made, study).tables) for study in QUESTIONS)


@pytest.mark.parametrize(
    ("study", "left"),
    [
        ("same-thing", ("agreement", "merges", "stability")),
        ("same-thing", ("pmi", "svd", "stability")),
        ("close-together", ("attributes", "neighbors")),
        ("close-together", ("pairs", "neighbors")),
        ("family-trees", ("probes", "weights")),
        ("why-50", ("ranges",)),
    ],
)
def test_tables_that_a_study_need_not_have(made, study, left):
    tables = {name: table for name, table in made(study).items() if len(table) and name not in left}
    if "ranges" in left:
        tables["curves"] = tables["curves"][tables["curves"]["dim"] == 50]
    found = WRITERS[study](tables, "q", "?")
    for figure in found.figures:
        assert drawings(figure)
    assert all(sentence.endswith(".") and ": ." not in sentence for sentence in found.sentences)


@pytest.mark.parametrize("study", sorted(set(QUESTIONS) - {"one-hot"}))
@pytest.mark.parametrize("kind", ["learns", "null"])
def test_a_single_method(made, study, kind):
    keep = {"learns": "als", "null": "random"}[kind]
    tables = {name: table for name, table in made(study).items() if len(table)}
    for name, table in list(tables.items()):
        if name in ("agreement", "merges"):
            del tables[name]
        elif "embedder" in table:
            tables[name] = table[table["embedder"] == keep]
    found = WRITERS[study]({name: table for name, table in tables.items() if len(table)}, "q", "?")
    for figure in found.figures:
        assert drawings(figure)
    assert all(sentence.endswith(".") and ": ." not in sentence for sentence in found.sentences)
