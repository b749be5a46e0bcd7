"""What the tests of leaderboards share: values, which of them tests tell apart, and what is read off."""

from __future__ import annotations

import pandas as pd

from toolkit.report.boards import board_part
from toolkit.report.model import read_results
from toolkit.report.tables import leaderboards

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
