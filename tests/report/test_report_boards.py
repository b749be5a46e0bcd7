"""What stands in a leaderboard and in its plots: values, intervals, notes, and rows that are judged on other cases."""

from __future__ import annotations

import pytest

from tests.report.boards import TASK, VALUES, board_of, cell_of, column
from toolkit.report.boards import plot_points
from toolkit.report.figures import dots


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
