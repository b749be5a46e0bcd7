"""What tuning tried, chose and brought."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from toolkit.report.html import drawings
from toolkit.report.sections.effects import best_so_far
from toolkit.report.sections.tuned import parameters, tuning_section

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def tried(run):
    """Return a function that adds the candidates of a label; the best of them is chosen."""

    def add(label, values, fold="u1", seconds=2.0, parameters=None):
        numbers = [value for value in values if value != ""]
        for number, value in enumerate(values):
            row = {"experiment": "films", "split": "canonical", "fold": fold, "embedder": label, "number": number}
            row |= {"state": "ok" if value != "" else "failed", "value": value, "seconds": seconds}
            row |= {"parameters": json.dumps(parameters or {"epochs": number}), "readout": "ridge", "metric": "rmse"}
            chosen = value != "" and value == min(numbers)
            run.compare("tuning", **row, chosen=chosen, task="rating-prediction")

    return add


def test_gain_is_that_by_hand(run, tried, rows_of):
    for label, default, tuned in (("ALS", 0.95, 0.92), ("PCA", 0.93, 0.93), ("NMF", 0.91, 0.94)):
        run.fit(label, ridge=default)
        run.fit(f"{label} (tuned)", ridge=tuned)
        tried(label, [0.95, "", 0.90])
    section = run.section(tuning_section)
    assert section.sentences == (
        "ALS, PCA and NMF were tuned with 3 candidates, which took 6 s a method.",
        "Tuning made ALS (0.0300) better on the test folds, by RMSE.",
        "Tuning made NMF (0.0300) worse on the test folds, by RMSE.",
        "No difference from the default can be told for PCA (0.0000).",
    )
    effects, chosen = section.tables
    assert rows_of(effects) == [
        ["ALS", "0.9500", "0.9200", "+0.0300", "–", "3", "1", "6.00"],
        ["PCA", "0.9300", "0.9300", "0.0000", "–", "3", "1", "6.00"],
        ["NMF", "0.9100", "0.9400", "−0.0300", "–", "3", "1", "6.00"],
    ]
    assert rows_of(chosen)[0] == ["ALS", "2", "0.9000", "epochs=2"]
    assert [column.direction for column in effects.columns[1:5]] == ["lower", "lower", "higher", "neutral"]


def test_a_gain_that_no_test_tells_is_no_gain(run, tried, rating):
    for label, p in (("ALS", 0.002), ("PCA", 0.3)):
        run.fit(label, ridge=0.95)
        run.fit(f"{label} (tuned)", dim=16, ridge=0.94)
        tried(label, [0.95, 0.90])
        pair = {"first": f"{label} (tuned)", "first_dim": 16, "first_readout": "ridge"}
        pair |= {"second": label, "second_dim": 8, "second_readout": "ridge", "metric": "rmse"}
        numbers = {"difference": -0.01, "p": p / 2, "p_holm": p, "effect": 0.1, "wins": 0.5, "n": 9}
        run.compare("differences", **rating, **pair, **numbers)
    sentences = run.section(tuning_section).sentences
    assert sentences[1:] == (
        f"Tuning made ALS (0.0100, p{SPACE}={SPACE}0.002) better on the test folds, by RMSE.",
        f"No difference from the default can be told for PCA (0.0100, p{SPACE}={SPACE}0.300).",
    )


def test_only_folds_that_have_both_count_and_each_may_have_its_own_dimension(run, tried, rows_of):
    for fold, default, tuned, dim in (("u1", 0.95, 0.92, 16), ("u2", 0.97, 0.96, 32), ("u3", 0.99, None, 0)):
        run.fit("ALS", fold=fold, ridge=default)
        tried("ALS", [0.9, 0.8], fold)
        if tuned:
            run.fit("ALS (tuned)", fold=fold, dim=dim, ridge=tuned)
    section = run.section(tuning_section)
    assert rows_of(section.tables[0])[0][:4] == ["ALS", "0.9600", "0.9400", "+0.0200"]
    assert section.sentences[0] == "ALS was tuned with 2 candidates on each of 3 folds, which took 12 s."
    assert [row[1] for row in rows_of(section.tables[1])] == ["u1", "u2", "u3"]
    assert section.figures[0].title.endswith("a line a fold; lower is better.")


def test_of_several_dimensions_of_the_default_the_best_counts(run, tried, rows_of):
    for dim, values in ((8, (0.90, 0.98)), (16, (0.93, 0.93))):
        for fold, value in zip(("u1", "u2"), values, strict=True):
            run.fit("ALS", fold=fold, dim=dim, ridge=value)
    for fold in ("u1", "u2"):
        run.fit("ALS (tuned)", fold=fold, ridge=0.92)
        tried("ALS", [0.9, 0.8], fold)
    assert rows_of(run.section(tuning_section).tables[0])[0][1:4] == ["0.9300", "0.9200", "+0.0100"]


def test_unequal_budgets_are_told(run, tried):
    run.fit("ALS", ridge=0.9)
    tried("ALS", [0.9], seconds=100)
    tried("PCA", [0.9, 0.8], seconds=1)
    section = run.section(tuning_section)
    assert section.sentences == (
        "ALS and PCA were tuned with 1 to 2 candidates, which took 2 s to 1 min 40 s a method.",
        "No tuned method has a score beside its default's.",
    )


def test_one_candidate_is_no_figure_and_none_that_succeeded_chooses_nothing(run, tried, rows_of):
    run.fit("ALS", ridge=0.9)
    tried("ALS", [""])
    section = run.section(tuning_section)
    assert section.sentences[0] == "ALS was tuned with 1 candidate, which took 2 s."
    assert section.figures == ()
    assert rows_of(section.tables[0]) == [["ALS", "–", "–", "–", "–", "1", "1", "2.00"]]
    assert len(section.tables) == 1


def test_nothing_tuned_is_no_section(run):
    run.fit("ALS", ridge=0.9)
    assert run.section(tuning_section) is None


@pytest.mark.parametrize(
    ("metric", "expected"), [("rmse", [(2, 0.9), (3, 0.9), (4, 0.8)]), ("ndcg@10", [(2, 0.9), (3, 0.95), (4, 0.95)])]
)
def test_best_so_far_goes_by_the_number_and_the_direction(metric, expected):
    frame = pd.DataFrame({"number": [3, 0, 1, 2], "value": [0.8, float("nan"), 0.9, 0.95]})
    found = best_so_far(frame.assign(embedder="ALS", fold="u1"), metric)
    assert list(zip(found["tried"], found["value"], strict=True)) == expected


def test_figure_has_a_panel_a_method_with_its_name_as_it_is(run, tried, nasty):
    run.fit("ALS", ridge=0.9)
    for label in ("ALS", *nasty):
        tried(label, [0.9, 0.95, 0.8])
    (figure,) = run.section(tuning_section).figures
    for drawing in drawings(figure):
        assert "<script" not in drawing.body
        assert ">ALS<" in drawing.body
        assert "&lt;script&gt;" in drawing.body
        assert "a|b" in drawing.body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 0.123456, "b": "x"}', 'a=0.1235, b="x"'),
        ("{}", "–"),
        ("", "–"),
        ("[1]", "[1]"),
        ("not JSON", "not JSON"),
    ],
)
def test_parameters_as_they_are_written(text, expected):
    assert parameters(text) == expected
