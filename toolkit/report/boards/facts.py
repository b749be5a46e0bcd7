"""What a leaderboard says of itself: how its numbers are made, and by what a reader can choose it."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.metrics.base import metric_info
from toolkit.metrics.conventions import CONVENTIONS
from toolkit.report.model import Results
from toolkit.report.numbers import count
from toolkit.report.parts import Fact
from toolkit.report.tables import Leaderboard, dimensions_of
from toolkit.report.wording import data_fact, direction_words, listed, readout_title
from toolkit.tasks import task_info


def board_facts(board: Leaderboard, results: Results) -> list[Fact]:
    """Return what orders a leaderboard, what it is judged on, by which protocol and by which conventions."""
    metric = metric_info(board.metric)
    facts = [Fact("Ordered by", f"{metric.title}, {direction_words(board.metric)}. {metric.definition}")]
    target = results.info.datasets.get(board.target)
    if target:
        facts.append(data_fact("Judged on", target))
    facts.append(Fact("Protocol", "; ".join(_protocol(board))))
    return facts + [
        Fact(f"Convention {name}", f"Where a definition says otherwise, this counts. {CONVENTIONS[name].difference}")
        for name in board.cells["convention"].unique()
        if name in CONVENTIONS and CONVENTIONS[name].difference
    ]


def board_traits(board: Leaderboard, results: Results) -> dict[str, tuple[str, ...]]:
    """Return by what a reader can choose among leaderboards."""
    scores = results.scores[["experiment", "task", "target", "split"]]
    own = results.scores[(scores == [board.experiment, board.task, board.target, board.split]).all(axis=1)]
    titles = {key: data.title for key, data in results.info.datasets.items()}
    return {
        "Data": tuple(titles.get(name, name) for name in own["dataset"].unique()),
        "Entity": tuple(filter(None, own["entity"].unique())),
        "Task": (task_info(board.task).title,),
        "Readout": tuple(readout_title(name) for name in board.readouts if name),
    }


def split_text(board: Leaderboard) -> str:
    """Return on which split and folds the scores rest; empty where the data are not split."""
    if not board.folds:
        return board.split
    return f"{board.split}, fold{'s' if len(board.folds) > 1 else ''} {listed(board.folds)}"


def _protocol(board: Leaderboard) -> Iterator[str]:
    if len(board.readouts) == 1 and board.readouts[0]:
        yield f"readout {readout_title(board.readouts[0]).lower()}"
    if conventions := _conventions(board):
        yield f"convention {conventions}"
    if split := split_text(board):
        yield f"split {split}"
    dims = dimensions_of(board.cells)
    if len(dims) == 1:
        yield count(dims[0], "dimension")
    low, high = round(board.cases.min()), round(board.cases.max())
    yield f"{low:,} cases" if low == high else f"{low:,} to {high:,} cases"


def _conventions(board: Leaderboard) -> str:
    """Return the conventions that the numbers follow, with their metrics where there are several."""
    stated = board.cells[board.cells["convention"] != ""].groupby("convention", sort=False)["metric"].unique()
    if len(stated) == 1:
        return str(stated.index[0])
    return ", ".join(
        f"{convention} ({', '.join(metric_info(metric).title for metric in board.metrics if metric in used)})"
        for convention, used in stated.items()
    )
