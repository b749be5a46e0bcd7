"""All leaderboards of an experiment side by side: who stands where, in which order, with which marks."""

from __future__ import annotations

from toolkit.report.glance import glance_table
from toolkit.report.model import read_results
from toolkit.report.tables import leaderboards


def glance(builder, folder):
    results = read_results(builder.write(folder))
    boards = leaderboards(results)
    return glance_table(boards, [f"board-{board.task}" for board in boards], results, "glance")


def test_every_method_stands_once_with_its_best_readout(builder, tmp_path):
    for label, rmse, two_sided, ndcg in (("PCA", 0.95, 0.90, 0.3), ("ALS", 0.93, 0.94, 0.4), ("Random", 1.0, 1.1, 0.1)):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, "rating-prediction", "rmse", rmse, "ridge")
        builder.score(trial, "rating-prediction", "rmse", two_sided, "ridge-two-sided")
        builder.score(trial, "ranking", "ndcg@10", ndcg, "cosine")
    table = glance(builder, tmp_path)
    assert [(column.group, column.title, column.anchor) for column in table.columns] == [
        ("", "Embedder", ""),
        ("Rating prediction", "RMSE", "board-rating-prediction"),
        ("Ranking", "NDCG@10", "board-ranking"),
    ]
    rows = {row.cells[0].text: [(cell.text, cell.best) for cell in row.cells[1:]] for row in table.rows}
    assert rows == {
        "PCA": [("0.9000", True), ("0.3000", False)],
        "ALS": [("0.9300", False), ("0.4000", True)],
        "Random": [("1.0000", False), ("0.1000", False)],
    }
    assert [row.is_null for row in table.rows] == [False, False, True]


def test_who_is_tied_for_best_most_often_comes_first(builder, tmp_path):
    builder.tested({"PCA": 0.90, "ALS": 0.905, "Random": 1.0}, [("PCA", "Random"), ("ALS", "Random")])
    builder.tested({"PCA": 0.3, "ALS": 0.4, "Random": 0.1}, [("PCA", "ALS"), ("ALS", "Random")], "ranking", "ndcg@10")
    table = glance(builder, tmp_path)
    assert [row.cells[0].text for row in table.rows] == ["ALS", "PCA", "Random"]
    als, pca, _ = ([(cell.tied, cell.best, cell.at_floor) for cell in row.cells[1:]] for row in table.rows)
    assert als == [(True, True, False), (False, True, False)]
    assert pca == [(True, True, False), (False, False, True)]  # no test puts it ahead of the null baseline in ranking


def test_a_method_without_a_score_has_no_value_there(builder, tmp_path):
    for label in ("PCA", "ALS"):
        trial = builder.trial("films", label, 8, "canonical", "u1")
        builder.score(trial, "rating-prediction", "rmse", 0.9, "ridge")
        if label == "ALS":
            builder.score(trial, "ranking", "ndcg@10", 0.2, "native")
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in glance(builder, tmp_path).rows}
    assert rows == {"ALS": ["0.9000", "0.2000"], "PCA": ["0.9000", "–"]}


def test_one_leaderboard_needs_no_table_beside_it(builder, tmp_path):
    builder.score(builder.trial("films", "PCA", 8, "canonical", "u1"), "rating-prediction", "rmse", 0.9, "ridge")
    assert glance(builder, tmp_path) is None
