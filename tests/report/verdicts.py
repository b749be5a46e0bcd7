"""What the tests of verdicts share: from the rows of a run to what comes of it."""

from __future__ import annotations

from toolkit.report.document import build_document
from toolkit.report.model import read_results
from toolkit.report.tables import leaderboards
from toolkit.report.verdict import advise, fit_seconds, standing

TASK = "rating-prediction"


def read(builder, folder):
    results = read_results(builder.write(folder))
    return results, leaderboards(results)


def standing_of(builder, folder):
    _, (board,) = read(builder, folder)
    return standing(board)


def advice_of(builder, folder):
    results, boards = read(builder, folder)
    return advise(boards, [standing(board) for board in boards], fit_seconds(results.trials))


def verdict_of(builder, folder):
    (verdict,) = build_document(read_results(builder.write(folder))).verdicts
    return verdict


def names(entries):
    return [entry.embedder for entry in entries]


def every(first, *others):
    return [(first, other) for other in others]
