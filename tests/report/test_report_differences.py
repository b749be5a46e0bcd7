"""The differences to the best, and the marks of tests in each format."""

from __future__ import annotations

import io
import math

import pandas as pd

from tests.report.boards import TASK, board_of
from toolkit.report.document import build_document
from toolkit.report.latex import render_latex
from toolkit.report.model import read_results
from toolkit.report.numbers import p_value
from toolkit.report.write import write_report


def test_the_differences_to_the_best_stand_below(tested, tmp_path):
    _, part = board_of(tested, tmp_path)
    assert part.differences.caption == "RMSE minus that of the best, PCA."
    assert [column.title for column in part.differences.columns] == [
        *("Embedder", "Difference", "95 % interval", "p", "Effect", "Ahead on")
    ]
    rows = [[cell.text for cell in row.cells] for row in part.differences.rows]
    assert rows[0] == ["ALS", "+0.0100", "0.0000 to +0.0200", "0.400", "+0.03", "40 %"], "ahead where PCA is larger"
    assert [row[0] for row in rows] == ["ALS", "NMF", "Random"]
    assert [row.cells[1].tied for row in part.differences.rows] == [True, False, False]
    assert [row.is_null for row in part.differences.rows] == [False, False, True]


def test_differences_name_dimensions_and_readouts_where_there_are_several(builder, tmp_path):
    values = {("PCA", 8, "ridge"): 0.9, ("PCA", 50, "native"): 0.92, ("Biases", "", "native"): 0.95}
    builder.tested(values)
    _, part = board_of(builder, tmp_path)
    assert [[cell.text for cell in row.cells[:3]] for row in part.differences.rows] == [
        ["PCA", "50", "Native"],
        ["Biases", "–", "Native"],
    ]
    assert part.differences.caption == "RMSE minus that of the best, PCA · 8 (ridge)."


def test_csv_says_what_was_tested(tested, tmp_path):
    folder = tested.write(tmp_path)
    table = pd.read_csv(io.StringIO(write_report(folder, format="csv").read_text(encoding="utf-8"))).set_index(
        "embedder"
    )
    assert table["tied"].tolist() == [True, True, False, False]
    assert table["better_than_null"].tolist()[:3] == [True, True, False]
    assert math.isnan(table["better_than_null"]["Random"])
    assert table.loc["PCA", ["mean", "low", "high", "unit", "units"]].tolist() == [0.88, 0.87, 0.89, "user", 100]


def test_csv_of_a_run_without_tests_leaves_that_empty(builder, tmp_path):
    builder.score(builder.trial("films", "ALS", 8, "canonical", "u1"), TASK, "rmse", 0.9, "ridge")
    text = write_report(builder.write(tmp_path), format="csv").read_text(encoding="utf-8")
    table = pd.read_csv(io.StringIO(text))
    assert table[["low", "high", "tied", "better_than_null"]].isna().all(axis=None)


def test_markdown_and_latex_carry_the_marks(tested, tmp_path):
    folder = tested.write(tmp_path)
    text = write_report(folder, format="md").read_text(encoding="utf-8")
    assert "≈ **0.8900** ± 0.0100 |" in text
    assert " ‡ 0.9300 ± 0.0100 |" in text
    assert "| NMF (not better than null) |" in text
    assert "**Beware.** No test puts NMF ahead of the best null baseline, Random." in text
    assert "#### Differences to the best" in text
    source = render_latex(build_document(read_results(folder)))
    assert r"ALS & \ensuremath{\approx} \textbf{0.8900} \ensuremath{\pm} 0.0100 \\" in source
    assert r"NMF & \textdaggerdbl{} 0.9300" in source
    boards, costs, _ = source.partition("RMSE and what it costs")
    assert costs
    assert "Bold: best of its column." not in boards, "bold marks what is tied"


def test_html_says_the_marks_in_words(tested, tmp_path):
    text = write_report(tested.write(tmp_path)).read_text(encoding="utf-8")
    assert text.count('<span class="unseen"> tied for best</span>') == 3, "two values, and one difference"
    assert text.count('<span class="unseen">, not better than null</span>') == 1
    assert '<small class="tag">not better than null</small>' in text
    assert text.count("<summary>Differences to the best</summary>") == 1
    assert text.count("<details>") == text.count("</details>")
    assert text.index('id="verdict"') < text.index('<nav aria-label="Contents">')
    assert "Whether a difference would hold on other data is not tested here" not in text
    assert "Not tested is whether it would hold on other data sets" in text


def test_a_p_value_is_never_rounded_up_to_the_level():
    texts = ["0.049", "0.0496", "0.0499", "0.050", "0.050", "–"]
    assert [p_value(p) for p in (0.0494, 0.0496, 0.04996, 0.05, 0.0504, math.nan)] == texts


def test_a_p_that_many_share_is_said_to_be_the_least(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, [("PCA", "ALS"), ("PCA", "Random")], p=0.0004)
    _, part = board_of(builder, tmp_path)
    note = "A p of 0.001 is the least that so many random draws can give: the true one may be far smaller."
    assert part.differences.notes[1:] == (note,)
