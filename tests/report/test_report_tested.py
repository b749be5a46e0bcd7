"""What tests add to a leaderboard: intervals, ties, what is no better than null, and the differences to the best."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest

from toolkit.report.boards import board_part, plot_points
from toolkit.report.document import build_document
from toolkit.report.figures import dots
from toolkit.report.latex import render_latex
from toolkit.report.model import read_results
from toolkit.report.numbers import p_value
from toolkit.report.parts import AT_FLOOR, TIED
from toolkit.report.tables import leaderboards
from toolkit.report.tested import Difference, Differences, Entry
from toolkit.report.write import write_report

TASK = "rating-prediction"
VALUES = {"PCA": 0.88, "ALS": 0.89, "NMF": 0.93, "Random": 0.95}
APART = [("PCA", "NMF"), ("PCA", "Random"), ("ALS", "Random")]


def board_of(builder, folder):
    results = read_results(builder.write(folder))
    (board,) = leaderboards(results)
    return board, board_part(board, results, "b", (0.8, 1.0))


def column(board, name):
    values = board.main.set_index("embedder")[name]
    return {label: None if pd.isna(value) else value for label, value in values.items()}


def cell_of(part, label, position=1):
    row = next(row for row in part.table.rows if row.cells[0].text.removesuffix(" †") == label)
    return row.cells[position]


@pytest.fixture
def tested(builder):
    builder.tested(VALUES, APART)
    return builder


def test_a_difference_reads_both_ways_round():
    a, b, c = Entry("a", 8, "x"), Entry("b", 0, ""), Entry("c", 8, "x")
    found = Differences({(a, b): Difference(-0.1, -0.3, 0.1, 0.01, 0.02, -0.5, 0.2, 9)}, lower=True)
    assert found.between(b, a) == Difference(0.1, -0.1, 0.3, 0.01, 0.02, 0.5, 0.8, 9)
    assert (found.ahead(a, b), found.ahead(b, a), found.ahead(a, c)) == (True, False, False)
    assert (found.tied(a, b), found.tied(a, c), found.tied(c, c)) == (False, False, True)
    assert found.share_better(a, b) == pytest.approx(0.8)
    assert found.share_better(b, a) == pytest.approx(0.2)
    assert math.isnan(found.share_better(a, c))
    assert found.entries == {a, b}
    assert not found.only({a, c})


def test_what_no_test_tells_from_the_best_is_tied(tested, tmp_path):
    board, part = board_of(tested, tmp_path)
    assert board.best == Entry("PCA", 8, "ridge")
    assert column(board, "tied") == {"PCA": True, "ALS": True, "NMF": False, "Random": False}
    assert [cell_of(part, label).tied for label in VALUES] == [True, True, False, False]
    assert [cell_of(part, label).best for label in VALUES] == [True, True, False, False]
    assert any(note.startswith(f"{TIED} RMSE that no test tells from the best, PCA (") for note in part.table.notes)
    assert any("for 6 pairs)" in note for note in part.table.notes)


def test_one_that_is_ahead_alone_is_best_and_not_tied(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.89, "Random": 0.95}, [("PCA", "ALS"), ("PCA", "Random")])
    board, part = board_of(builder, tmp_path)
    assert column(board, "tied") == {"PCA": True, "ALS": False, "Random": False}
    assert (cell_of(part, "PCA").best, cell_of(part, "PCA").tied) == (True, False)
    assert any(note.startswith("Tests tell the best RMSE from every other") for note in part.table.notes)
    assert not any(note.startswith(TIED) for note in part.table.notes)


def test_higher_may_be_better(builder, tmp_path):
    values = {"PCA": 0.2, "ALS": 0.3, "Random": 0.1}
    builder.tested(values, [("ALS", "PCA"), ("ALS", "Random")], "ranking", "ndcg@10")
    board, _ = board_of(builder, tmp_path)
    assert column(board, "tied") == {"ALS": True, "PCA": False, "Random": False}
    assert column(board, "better_than_null") == {"ALS": True, "PCA": False, "Random": None}


def test_what_no_test_puts_ahead_of_the_best_null_is_marked(tested, tmp_path):
    board, part = board_of(tested, tmp_path)
    assert column(board, "better_than_null") == {"PCA": True, "ALS": True, "NMF": False, "Random": None}
    assert [cell_of(part, label).at_floor for label in VALUES] == [False, False, True, False]
    assert [row.tag for row in part.table.rows] == ["", "", "not better than null", ""]
    assert part.warnings == ("No test puts NMF ahead of the best null baseline, Random.",)
    note = "Not better than null: no test at 5 % puts it ahead of the best null baseline, Random (0.9500)."
    assert f"{AT_FLOOR} {note}" in part.table.notes


def test_a_test_in_the_wrong_direction_makes_nothing_better_than_null(builder, tmp_path):
    builder.tested({"PCA": 0.99, "ALS": 0.97, "Random": 0.95}, [("PCA", "Random"), ("ALS", "Random")])
    board, part = board_of(builder, tmp_path)
    assert board.best == board.best_null == Entry("Random", 8, "ridge")
    assert column(board, "better_than_null") == {"Random": None, "ALS": False, "PCA": False}
    assert part.warnings == ("No test puts ALS and PCA ahead of the best null baseline, Random.",)


def test_the_best_null_is_the_best_of_several(builder, tmp_path):
    builder.tested({"PCA": 0.92, "Biases": 0.93, "Random": 0.99}, [("PCA", "Random"), ("Biases", "Random")])
    board, _ = board_of(builder, tmp_path)
    assert board.best_null == Entry("Biases", 8, "ridge")
    assert column(board, "better_than_null")["PCA"] == False  # noqa: E712  # not NA


def test_a_readout_that_does_not_use_the_vectors_is_a_null_baseline(builder, tmp_path):
    builder.tested({"PCA": 0.92, ("PCA", 8, "bias"): 0.95}, [("PCA", ("PCA", 8, "bias"))])
    board, part = board_of(builder, tmp_path)
    assert board.best_null == Entry("PCA", 8, "bias")
    assert board.main["better_than_null"].tolist() == [True, pd.NA]
    assert part.warnings == ()


def test_a_table_without_a_null_baseline_says_so(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.89})
    board, part = board_of(builder, tmp_path)
    assert board.best_null is None
    assert board.main["better_than_null"].isna().all()
    assert (
        "No null baseline stands here, so how far a method gets that learns nothing is not known." in part.table.notes
    )


def test_a_null_baseline_that_was_not_compared_is_told(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.89})
    builder.score(builder.trial("films", "Random", 8, "canonical", "u1"), TASK, "rmse", 0.95, "ridge")
    _, part = board_of(builder, tmp_path)
    assert any(note.startswith("No null baseline was compared here") for note in part.table.notes)
    assert [cell_of(part, "Random", i).text for i in (1, 2)] == ["–", "0.9500"]
    assert part.table.rows[-1].cells[0].text == "Random †", "it has no interval on the common users"


def test_values_stand_with_half_their_interval_on_the_common_units(builder, tmp_path):
    builder.tested({"PCA": 0.88, "Random": 0.95}, half=0.0125)
    builder.scores[0]["value"] = 0.87  # on its own users
    board, part = board_of(builder, tmp_path)
    assert column(board, "mean")["PCA"] == 0.88
    assert (cell_of(part, "PCA").text, cell_of(part, "PCA").spread) == ("0.8800", "0.0125")
    assert part.table.caption == (
        "Rating prediction. ± is half the width of the 95 % interval over 100 users. Ordered by RMSE."
    )
    assert plot_points(board)["low"].tolist() == pytest.approx([0.8675, 0.9375])
    assert plot_points(board)["high"].tolist() == pytest.approx([0.8925, 0.9625])


def test_standard_deviations_stand_where_there_is_no_interval(builder, tmp_path):
    builder.tested({"PCA": 0.88, "Random": 0.95})
    for score in list(builder.scores):
        for fold, change in (("u1", 0.0), ("u2", 0.02)):
            builder.scores.append(score | {"fold": fold, "metric": "mae", "value": 0.7 + change})
            builder.scores.append(score | {"fold": "u2"}) if fold == "u2" else None
    _, part = board_of(builder, tmp_path)
    assert (cell_of(part, "PCA").spread, cell_of(part, "PCA", 2).spread) == ("0.0100", "0.0141")
    assert "over 100 users, of the mean over 2 folds; where there is none, the standard deviation over 2 folds. " in (
        part.table.caption
    )


def test_intervals_over_several_units_are_told_apart(builder, tmp_path):
    builder.tested({"PCA": 0.3, "Random": 0.1}, task="ranking", metric="ndcg@10")
    builder.scores.append(builder.scores[0] | {"metric": "auc", "value": 0.7})
    builder.compare("intervals", **(builder.tables["intervals"][0] | {"metric": "auc", "value": 0.7, "n": 1}))
    _, part = board_of(builder, tmp_path)
    assert "over 100 users (NDCG@10) and 1 user (AUC). " in part.table.caption


def test_rows_that_are_not_on_the_common_units_are_incomplete(tested, tmp_path):
    tested.tables["intervals"][1]["n"] = 60
    tested.tables["differences"] = [
        row for row in tested.tables["differences"] if "ALS" not in (row["first"], row["second"])
    ]
    board, part = board_of(tested, tmp_path)
    assert column(board, "complete") == {"PCA": True, "ALS": False, "NMF": True, "Random": True}
    assert column(board, "tied") == {"PCA": True, "ALS": None, "NMF": False, "Random": False}
    assert [column.title for column in part.table.columns] == ["Embedder", "Users", "RMSE"]
    assert [cell_of(part, label).text for label in VALUES] == ["100", "60", "100", "100"]


def test_rows_on_common_units_are_compared_whatever_else_they_were_judged_on(tested, tmp_path):
    tested.scores[1]["n"] = 17000
    board, part = board_of(tested, tmp_path)
    assert board.main["complete"].all()
    assert [column.title for column in part.table.columns] == ["Embedder", "RMSE"]


def test_what_is_incomplete_is_not_compared_even_if_it_was_tested(tested, tmp_path):
    tested.tables["intervals"][0]["n"] = 60
    board, _ = board_of(tested, tmp_path)
    assert board.best == Entry("ALS", 8, "ridge")
    assert {entry.embedder for entry in board.differences.entries} == {"ALS", "NMF", "Random"}
    assert board.differences.n_pairs == 6, "the p-values are corrected for all that were compared"


def test_uneven_rows_without_vectors_keep_their_number_of_units(builder, tmp_path):
    builder.tested({"PCA": 0.9, "ALS": 0.91, ("Biases", "", "native"): 0.95})
    builder.tables["intervals"][2]["n"] = 60
    _, part = board_of(builder, tmp_path)
    assert [[cell.text for cell in row.cells[:2]] for row in part.table.rows] == [
        ["PCA", "100"],
        ["ALS", "100"],
        ["Biases †", "60"],
    ]


def test_variants_are_not_in_the_leaderboard(tested, tmp_path):
    tested.scores.append(tested.scores[0] | {"variant": "oov=zero", "value": 0.1})
    board, _ = board_of(tested, tmp_path)
    assert column(board, "count")["PCA"] == 1


def test_metrics_without_a_direction_have_no_ties(builder, tmp_path):
    builder.tested({"PCA": 0.3, "Random": 0.1}, [("PCA", "Random")], "item-similarity", "mean_cosine", unit="item")
    board, part = board_of(builder, tmp_path)
    assert board.best is None
    assert board.main["tied"].isna().all()
    assert part.differences is None


def test_a_pair_without_a_p_value_was_not_tested(tested, tmp_path):
    tested.tables["differences"][0]["p_holm"] = ""
    board, _ = board_of(tested, tmp_path)
    assert column(board, "tied") == {"PCA": True, "ALS": None, "NMF": False, "Random": False}


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


def test_a_run_without_tests_is_shown_as_before(builder, tmp_path):
    for label, value in VALUES.items():
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "rmse", value, "ridge")
    board, part = board_of(builder, tmp_path)
    assert (board.best, board.best_null, part.differences, part.warnings) == (None, None, None, ())
    assert board.main["tied"].isna().all()
    assert [cell_of(part, label).best for label in VALUES] == [True, False, False, False]
    assert part.table.notes == ()
    assert part.figures[0].title == "RMSE; lower is better."


def test_plots_fill_what_is_tied_and_leave_the_rest_hollow(tested, tmp_path):
    board, part = board_of(tested, tmp_path)
    assert part.figures[0].title == (
        "RMSE; lower is better. Bars: 95 % intervals. Hollow: a test tells it from the best; filled: none does."
    )
    points = plot_points(board)
    assert points["told"].tolist() == [False, False, True, True]
    spec = dots(points, "RMSE", (0.8, 1.0), None, board.readouts, 700).to_dict()
    filters = [[step["filter"] for step in layer.get("transform", [])] for layer in spec["layer"]]
    assert ["!datum.outside", "datum.told"] in filters
    assert ["!datum.outside", "!datum.told"] in filters


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


def test_a_warning_names_readouts_that_rows_share_once(builder, tmp_path):
    values = {(label, 8, readout): 0.96 for label in ("ALS", "PCA") for readout in ("ridge", "native")}
    values |= {("NMF", 8, "native"): 0.96, ("NMF", 8, "ridge"): 0.90, ("Random", 8, "ridge"): 0.95}
    builder.tested(values, [(("NMF", 8, "ridge"), ("Random", 8, "ridge"))])
    _, part = board_of(builder, tmp_path)
    assert part.warnings == (
        "No test puts these ahead of the best null baseline, Random (ridge): NMF with native; ALS and PCA, whatever "
        "the readout.",
    )


def test_readouts_without_vectors_stand_in_a_note_and_not_in_the_table(builder, tmp_path):
    builder.tested({"PCA": 0.92, "Random": 0.95})
    for label in ("PCA", "Random", "Popularity"):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, TASK, "rmse", 0.96, "bias")
        builder.score(trial, TASK, "rmse", 1.12, "mean")
    board, part = board_of(builder, tmp_path)
    assert [column.title for column in part.table.columns] == ["Embedder", "RMSE"]
    assert [row.cells[0].text for row in part.table.rows] == ["PCA", "Random"]
    assert part.table.notes[-1] == (
        "Not in the table, as the vectors are not used and every row has the same: biases (RMSE 0.9600) and mean (RMSE "
        "1.1200)."
    )
    assert any(note.startswith("Without a score here: Popularity.") for note in part.table.notes)
    assert part.figures[0].legend == ()
    assert set(board.cells["readout"]) == {"ridge", "bias", "mean"}, "they stay in the file of all numbers"


def test_a_p_that_many_share_is_said_to_be_the_least(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, [("PCA", "ALS"), ("PCA", "Random")], p=0.0004)
    _, part = board_of(builder, tmp_path)
    note = "A p of 0.001 is the least that so many random draws can give: the true one may be far smaller."
    assert part.differences.notes[1:] == (note,)


def test_dimensions_that_were_not_compared_are_said_to_bear_no_marks(builder, tmp_path):
    builder.tested({"PCA": 0.88, "Random": 0.95}, [("PCA", "Random")])
    builder.score(builder.trial("films", "PCA", 16, "canonical", "u1"), TASK, "rmse", 0.9, "ridge")
    _, part = board_of(builder, tmp_path)
    assert "Of an embedder with several dimensions the best one is compared; the others bear no marks." in (
        part.table.notes
    )


def test_a_wide_table_shows_the_main_metric_and_the_rest_stands_apart(builder, tmp_path):
    values = {(label, 8, readout): 0.9 for label in ("PCA", "Random") for readout in ("ridge", "native")}
    builder.tested({**values, ("PCA", 8, "ridge"): 0.88})
    metrics = ["mae", "rmse_user"]
    for score in list(builder.scores):
        builder.scores += [score | {"metric": metric, "value": score["value"] - 0.1} for metric in metrics]
    _, narrow = board_of(builder, tmp_path)
    assert (len(narrow.table.columns), narrow.metrics) == (7, None)
    for score in builder.scores[:12]:
        for readout in ("dot", "cosine"):
            builder.scores.append(score | {"readout": readout}) if score["readout"] == "ridge" else None
    _, wide = board_of(builder, tmp_path)
    assert {column.group for column in wide.table.columns[1:]} == {"RMSE"}
    assert [column.title for column in wide.metrics.columns] == ["Embedder", "Readout", "RMSE", "MAE", "RMSE per user"]
    rows = {(row.cells[0].text, row.cells[1].text): row.cells for row in wide.metrics.rows}
    assert len(rows) == 8
    assert [cell.text for cell in rows["PCA", "Ridge"][2:]] == ["0.8800", "0.7800", "0.7800"]
    assert [cell.best for cell in rows["PCA", "Ridge"][2:]] == [True, True, True]
    assert not any(cell.best for cell in rows["Random", "Native"][2:])
