"""Leaderboards: means, spreads, order and marks, by hand."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.runs import RunBuilder
from toolkit.report.ledger import reproduction_tables
from toolkit.report.model import read_results
from toolkit.report.numbers import rounded, written
from toolkit.report.tables import leaderboards
from toolkit.report.wording import finding
from toolkit.report.write import write_report

TASK = "rating-prediction"


def boards_of(builder, folder):
    results = read_results(builder.write(folder))
    return results, leaderboards(results)


def best_of(board, metric, readout):
    cells = board.cells[(board.cells["metric"] == metric) & (board.cells["readout"] == readout)]
    return cells.loc[cells["best"], "embedder"].tolist()


def order_of(board):
    return board.cells["embedder"].drop_duplicates().tolist()


def test_mean_and_standard_deviation_over_folds_and_seeds(builder, tmp_path):
    values = {("u1", 0): 0.90, ("u1", 1): 0.94, ("u2", 0): 0.92, ("u2", 1): 0.98}
    for (fold, seed), value in values.items():
        trial = builder.trial("films", "ALS", 8, "canonical", fold, seed)
        builder.score(trial, TASK, "rmse", value, "ridge")
    _, (board,) = boards_of(builder, tmp_path)
    cell = board.cells.iloc[0]
    assert cell["mean"] == pytest.approx(0.935)
    assert cell["sd"] == pytest.approx(statistics.stdev(values.values()))
    assert (cell["count"], cell["folds"], board.folds, board.seeds) == (4, 2, ("u1", "u2"), 2)
    assert board.split == "canonical"


def test_other_splits_have_leaderboards_of_their_own(builder, tmp_path):
    for split in ("holdout", "time"):
        builder.score(builder.trial("films", "ALS", 8, split), TASK, "rmse", 0.9, "ridge")
    _, boards = boards_of(builder, tmp_path)
    assert [board.split for board in boards] == ["holdout", "time"]


def test_lower_and_higher_is_better(builder, tmp_path):
    for label, rmse, ndcg in (("ALS", 0.91, 0.30), ("PCA", 0.89, 0.20), ("Random", 0.99, 0.01)):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, TASK, "rmse", rmse, "ridge")
        builder.score(trial, "ranking", "ndcg@10", ndcg, "cosine")
    _, (rating, ranking) = boards_of(builder, tmp_path)
    assert order_of(rating) == ["PCA", "ALS", "Random"]
    assert best_of(rating, "rmse", "ridge") == ["PCA"]
    assert order_of(ranking) == ["ALS", "PCA", "Random"]
    assert best_of(ranking, "ndcg@10", "cosine") == ["ALS"]


def test_each_readout_has_its_best_and_the_better_one_orders_the_rows(builder, tmp_path):
    for label, native, ridge in (("ALS", 0.90, 0.95), ("PCA", 0.93, 0.88)):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, TASK, "rmse", native, "native")
        builder.score(trial, TASK, "rmse", ridge, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert board.readouts == ("native", "ridge")
    assert order_of(board) == ["PCA", "ALS"]
    assert best_of(board, "rmse", "native") == ["ALS"]
    assert best_of(board, "rmse", "ridge") == ["PCA"]
    assert finding(board, results).subject == "PCA (ridge)"


def test_values_that_look_the_same_share_the_mark(builder, tmp_path):
    for label, value in (("ALS", 0.900012), ("PCA", 0.899988), ("NMF", 0.95), ("SVD", 0.96)):
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "rmse", value, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert best_of(board, "rmse", "ridge") == ["PCA", "ALS"]
    assert finding(board, results).subject == "PCA and ALS"
    assert finding(board, results).text.startswith("share the lowest RMSE, 0.9000; no null baseline")


def test_a_column_in_which_most_are_best_has_no_mark(builder, tmp_path):
    for label in ("ALS", "PCA", "Random"):
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "coverage", 1.0, "ridge")
    _, (board,) = boards_of(builder, tmp_path)
    assert not board.cells["best"].any()


def test_a_row_with_a_fold_missing_is_not_compared(builder, tmp_path):
    for label, folds in (("ALS", ("u1", "u2")), ("NMF", ("u1", "u2")), ("PCA", ("u2",))):
        for fold in folds:
            trial = builder.trial("films", label, 8, "canonical", fold)
            builder.score(trial, TASK, "rmse", {"ALS": 0.91, "NMF": 0.93, "PCA": 0.80}[label], "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert board.cells.set_index("embedder")["complete"].to_dict() == {"PCA": False, "ALS": True, "NMF": True}
    assert best_of(board, "rmse", "ridge") == ["ALS"]
    assert finding(board, results).subject == "ALS"


def test_a_fold_counted_twice_makes_a_row_incomplete(builder, tmp_path):
    for label, runs in (("ALS", (("u1", 0), ("u2", 0))), ("PCA", (("u1", 0), ("u2", 0), ("u2", 1)))):
        for fold, seed in runs:
            builder.score(builder.trial("films", label, 8, "canonical", fold, seed), TASK, "rmse", 0.9, "ridge")
    _, (board,) = boards_of(builder, tmp_path)
    assert board.cells.set_index("embedder")["complete"].to_dict() == {"ALS": True, "PCA": False}


def test_a_single_number_is_a_leaderboard(builder, tmp_path):
    builder.score(builder.trial("films", "ALS", 8, "canonical", "u1"), TASK, "rmse", 0.9, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert len(board.cells) == 1
    assert not board.cells["best"].any()
    assert finding(board, results).text == "has RMSE 0.9000; there is nothing to compare it with."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.88, "has the lowest RMSE, 0.8800: 0.0700 better than the best null baseline, Random, with 0.9500."),
        (0.97, "has the lowest RMSE, 0.9700: 0.0200 worse than the best null baseline, Random, with 0.9500."),
        (0.95, "has the lowest RMSE, 0.9500: the same as the best null baseline, Random, with 0.9500."),
    ],
)
def test_summary_compares_with_the_best_null_baseline(builder, tmp_path, value, text):
    for label, rmse in (("ALS", value), ("Random", 0.95), ("Popularity", 1.2)):
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "rmse", rmse, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert finding(board, results).text == text


def test_summary_gap_is_the_difference_of_the_numbers_shown(builder, tmp_path):
    for label, rmse in (("ALS", 0.88004), ("Random", 0.95006)):
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "rmse", rmse, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert "0.8800: 0.0701 better than the best null baseline, Random, with 0.9501" in finding(board, results).text


def test_only_null_baselines_leave_nothing_to_say(builder, tmp_path):
    builder.score(builder.trial("films", "Random", 8, "canonical", "u1"), TASK, "rmse", 0.9, "ridge")
    results, (board,) = boards_of(builder, tmp_path)
    assert finding(board, results) is None


def test_several_dimensions_are_rows(sweep_dir):
    board = next(board for board in leaderboards(read_results(sweep_dir)) if board.task == TASK)
    rows = board.cells[["embedder", "embedding_dim"]].drop_duplicates()
    assert (rows["embedder"] == "PCA").sum() == 3
    assert board.has_dimensions
    assert (board.folds, board.seeds) == (("u1", "u2"), 2)


@given(st.floats(0, 2))
def test_rounded_values_are_equal_exactly_if_they_are_written_alike(value):
    other = value + 1e-5
    assert (written("rmse", value) == written("rmse", other)) == (rounded("rmse", value) == rounded("rmse", other))


def test_negative_values_have_a_minus_sign_and_zero_has_none():
    assert written("spearman", -0.01234) == "−0.0123"
    assert written("spearman", -0.00001) == "0.0000"


def test_what_rests_on_other_cases_is_shown_and_not_compared(builder, tmp_path):
    for label, value, n in (("ALS", 0.90, 20), ("PCA", 0.80, 7), ("SVD", 0.95, 20)):
        trial = builder.trial("films", label, 8, "canonical", "u1", 0)
        builder.score(trial, TASK, "rmse", value, "ridge", n=n)
    results, (board,) = boards_of(builder, tmp_path)
    assert sorted(board.cases) == [7, 20, 20]
    assert finding(board, results).subject == "ALS"
    text = write_report(tmp_path, tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| Embedder | Cases |" in " ".join(text.split())
    assert "PCA †" in text
    assert "† Not judged on the same cases as most" in text


@pytest.mark.parametrize(
    ("params", "threads", "expected"),
    [
        ({}, 1, "to the last bit, on a processor of the same type"),
        ({"n_jobs": 1, "blocks": 1}, 1, "to the last bit, on a processor of the same type"),
        ({"n_jobs": 2}, 1, "but for the last digits, or more: ALS may add up numbers in any order (n_jobs)"),
        ({"blocks": 4}, 1, "but for the last digits, or more: ALS may add up numbers in any order (blocks)"),
        ({}, 2, "but for the last digits, or more: 2 threads of each trial may, too (--threads)"),
    ],
)
def test_the_report_says_whether_the_numbers_come_again(tmp_path, params, threads, expected):
    said = said_of_the_machine(tmp_path, params, threads_per_worker=threads)
    assert said["the same once more"] == expected


@pytest.mark.parametrize(
    ("blas", "expected"),
    [
        ("", "to the last bit, on a processor of the same type"),
        (
            "OpenBLAS 0.3.30 for Haswell, OpenBLAS 0.3.31 for Haswell",
            "to the last bit, on a processor of the same type",
        ),
        (
            "OpenBLAS 0.3.31 for Haswell, OpenBLAS 0.3.31 for SkylakeX",
            "but for the last digits, or more: not all fits were made on processors of one type (BLAS)",
        ),
    ],
)
def test_the_report_names_the_blas(tmp_path, blas, expected):
    said = said_of_the_machine(tmp_path, {}, blas=blas)
    assert said["BLAS"] == (blas or "–")
    assert said["the same once more"] == expected


def said_of_the_machine(folder, params, **machine):
    """Return the table on run and machine of a report on a method with some parameters."""
    build = RunBuilder()
    build.dataset("d", "D", "ratings", "")
    build.experiment("films", "Films", "d", ["ALS"], ["u1"], ["ranking"])
    build.info["suite"]["experiments"][0]["embedders"][0]["params"] = params
    build.info["machine"] |= machine
    *_, table = reproduction_tables(read_results(build.write(folder)))
    return {row.cells[0].text: row.cells[1].text for row in table.rows}
