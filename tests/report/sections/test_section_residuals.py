"""The section on residuals: made from the cases that the run kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.report.html import drawings
from toolkit.report.sections.residuals import residual_section
from toolkit.tasks.units import Units, write_units


@pytest.fixture
def judged(run):
    """Return a function that adds fits of which the predicted ratings are kept."""
    rng = np.random.default_rng(0)
    n = 2000
    cases = pd.DataFrame(
        {
            "user": pd.Categorical([f"u{i % 40}" for i in range(n)]),
            "item": pd.Categorical([f"i{i % 100}" for i in range(n)]),
            "rating": rng.integers(1, 6, n).astype(float),
            "user_count": 5,
            "item_count": np.arange(n) % 100 + 1,
        }
    )

    def judge(label, rmse, bias, **more):
        trial = run.fit(label, ridge=rmse, **more)["trial"]
        predicted = cases["rating"] + bias * (50 - cases["item_count"]) / 50 + rng.normal(0, rmse, n)
        (run.folder / "units").mkdir(parents=True, exist_ok=True)
        readouts = {"cosine": predicted + 1, "ridge": predicted, "bias": predicted - 1}
        units = [
            Units("rating-prediction", "item", "", readout, cases, pd.DataFrame({"predicted": values}))
            for readout, values in readouts.items()
        ]
        write_units(units, run.folder / "units" / trial)
        return cases.assign(predicted=predicted)

    return judge


def test_sentence_says_where_the_best_method_is_off(run, judged):
    judged("ALS", 0.5, 0.4)
    judged("PCA", 0.6, 0.0)
    judged("Random", 0.9, 0.0)
    section = run.section(residual_section)
    first = section.sentences[0]
    assert first.startswith("Rating prediction: for the least popular items (1 to 10) ALS is 0.3")
    assert " too high in the mean, for the most popular (91 to 100) 0.3" in first
    assert " too low in the mean; RMSE goes from" in first
    assert "Over Random, the best null baseline, ALS gains most at" in first


def test_figure_and_table_hold_the_same_numbers(run, judged, rows_of):
    cases = judged("ALS", 0.5, 0.4)
    judged("PCA", 0.7, 0.4)
    section = run.section(residual_section)
    figure, table = section.figures[0], section.tables[0]
    own = cases[cases["item_count"] <= 10]
    mean = (own["predicted"] - own["rating"]).mean()
    assert figure.data["mean residual (predicted less given)"].iloc[0] == pytest.approx(mean, abs=1e-6)
    assert rows_of(table)[0][1] == f"{mean:.3f}"
    assert table.columns[1].title == "1 to 10"
    assert rows_of(table)[0][1:] == [f"{x:.3f}".replace("-", "−") for x in figure.data.iloc[:10, 4]]
    assert section.tables[2].columns[1].title == "10 %", "bins of what is predicted are a method's own"
    assert len(figure.data) == 20


def test_best_four_and_the_best_null_are_drawn(run, judged, nasty):
    for place, label in enumerate([nasty[0], "ALS", "PCA", "NMF", "SVD", "Random", "Popularity"]):
        judged(label, 0.5 + place / 50, 0.0)
    section = run.section(residual_section)
    for figure in section.figures:
        assert set(figure.data["embedder"]) == {nasty[0], "ALS", "PCA", "NMF", "Random"}
        for drawing in drawings(figure):
            assert nasty[0] not in drawing.body
            assert drawing.body.count('stroke-dasharray="4,3"') == 4, "the null baseline in each panel"
            assert len(drawing.body) < 60_000


def test_folds_are_laid_together_and_tuned_stands_for_default(run, judged):
    judged("ALS", 0.6, 0.0)
    judged("ALS", 0.6, 0.0, fold="u2")
    judged("ALS (tuned)", 0.5, 0.0)
    judged("ALS (tuned)", 0.5, 0.0, fold="u2")
    section = run.section(residual_section)
    assert set(section.figures[0].data["embedder"]) == {"ALS (tuned)"}
    assert section.figures[0].data["ratings"].sum() == 4000


def test_null_baselines_alone_have_panels_of_their_own(run, judged):
    judged("Random", 0.9, 0.0)
    section = run.section(residual_section)
    assert ">Random<" in drawings(section.figures[0])[0].body


def test_nothing_kept_no_section(run):
    run.fit("ALS", ridge=0.9)
    assert run.section(residual_section) is None
    (run.folder / "units").mkdir()
    assert run.section(residual_section) is None
