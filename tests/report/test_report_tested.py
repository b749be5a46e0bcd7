"""What tests add to a leaderboard: ties for the best, and what is no better than null."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tests.report.boards import TASK, VALUES, board_of, cell_of, column
from toolkit.report.parts import AT_FLOOR, TIED
from toolkit.report.tested import Difference, Differences, Entry


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


def test_what_is_incomplete_is_not_compared_even_if_it_was_tested(tested, tmp_path):
    tested.tables["intervals"][0]["n"] = 60
    board, _ = board_of(tested, tmp_path)
    assert board.best == Entry("ALS", 8, "ridge")
    assert {entry.embedder for entry in board.differences.entries} == {"ALS", "NMF", "Random"}
    assert board.differences.n_pairs == 6, "the p-values are corrected for all that were compared"


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


def test_a_warning_names_readouts_that_rows_share_once(builder, tmp_path):
    values = {(label, 8, readout): 0.96 for label in ("ALS", "PCA") for readout in ("ridge", "native")}
    values |= {("NMF", 8, "native"): 0.96, ("NMF", 8, "ridge"): 0.90, ("Random", 8, "ridge"): 0.95}
    builder.tested(values, [(("NMF", 8, "ridge"), ("Random", 8, "ridge"))])
    _, part = board_of(builder, tmp_path)
    assert part.warnings == (
        "No test puts these ahead of the best null baseline, Random (ridge): NMF with native; ALS and PCA, whatever "
        "the readout.",
    )
