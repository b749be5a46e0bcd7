"""Titles and sentences: what the numbers say, in plain words and without a claim that they do not carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.model import DatasetInfo, Results
from toolkit.report.numbers import all_rounded, dimension, rounded, written
from toolkit.report.parts import Fact, Finding
from toolkit.report.tables import Leaderboard, best_of
from toolkit.report.tested import Entry, entries_of
from toolkit.tasks import task_info

READOUTS = {
    "native": ("Native", "The embedder's own predictor."),
    "ridge": (
        "Ridge",
        "Regularized biases; then, for each user, a ridge regression of what is left on the items' unit vectors.",
    ),
    "ridge-two-sided": (
        "Two-sided ridge",
        "The readout ridge; then, for each item, a ridge regression of what that leaves.",
    ),
    "hierarchical": (
        "Hierarchical",
        "The two-sided ridge, whose weights have a mean and a covariance that are learned from all users, and from all "
        "items.",
    ),
    "dot": (
        "Dot product",
        (
            "The inner product of an item's vector with the mean vector of what a user met. For ratings: regularized"
            " biases plus a multiple of the product with the damped mean of these vectors, each times what the biases"
            " leave of the user's rating; multiple and damping are the same for all users."
        ),
    ),
    "cosine": (
        "Cosine",
        (
            "The cosine of two vectors; for users, of an item's with the mean vector of what a user met. For ratings:"
            " as dot product, with unit vectors of items."
        ),
    ),
    "bias": ("Biases", "Global mean and regularized biases of user and item; the vectors are not used."),
    "mean": ("Mean", "The mean of the training ratings; the vectors are not used."),
}
FEW = 6  # names that a sentence holds; of a longer list the rest is counted


def readout_title(readout: str) -> str:
    """Return a readout's title; a name that is not known stands for itself."""
    return READOUTS[readout][0] if readout in READOUTS else readout


def direction_words(metric: str) -> str:
    """Return which values of a metric are better."""
    direction = metric_info(metric).direction
    return "neither direction is better" if direction == "neutral" else f"{direction} is better"


def board_title(board: Leaderboard, results: Results) -> str:
    """Return the task and, where it has one, the title of its target."""
    title = task_info(board.task).title
    if not board.target:
        return title
    known = results.info.datasets.get(board.target)
    return f"{title}: {known.title if known else board.target}"


def row_label(embedder: str, dim: float, varied: set[str]) -> str:
    """Return an embedder's label, with its dimension if it is one of those that stand there with several."""
    return f"{embedder} · {dimension(dim)}" if embedder in varied else embedder


def web_link(address: str) -> str:
    """Return an address that a browser opens as a page, or nothing where it is of another kind.

    Examples
    --------
    >>> web_link("https://example.org"), web_link("javascript:alert(1)")
    ('https://example.org', '')
    """
    return address if re.fullmatch(r"https?://\S+", address) else ""


def data_fact(term: str, data: DatasetInfo) -> Fact:
    """Say what a data set is, with its licence and source where they are known."""
    licence = f". Licence: {data.licence}" if data.licence else ""
    return Fact(term, f"{data.title}: {data.summary}{licence}", web_link(data.link))


def listed(items: Iterable[str]) -> str:
    """Return items as a phrase.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *head, last = items
    return f"{', '.join(head)} and {last}" if head else last


def few(items: Sequence[str]) -> str:
    """Return items as a phrase, of a long list the first and how many more there are.

    Examples
    --------
    >>> few(list("abcdefgh")), few(list("ab"))
    ('a, b, c, d, e and 3 more', 'a and b')
    """
    return listed(items if len(items) <= FEW else [*items[: FEW - 1], f"{len(items) - FEW + 1} more"])


def entry_label(board: Leaderboard, entry: Entry) -> str:
    """Return an entry's embedder, its dimension where that has several, and its readout where the board has several."""
    label = row_label(entry.embedder, entry.dim, board.varied)
    return f"{label} ({readout_title(entry.readout).lower()})" if len(board.readouts) > 1 and entry.readout else label


def entry_list(board: Leaderboard, entries: Sequence[Entry]) -> str:
    """Return entries as a phrase, in which a readout that all share is named once."""
    readouts = {entry.readout for entry in entries}
    labels = [entry_label(board, entry) for entry in entries]
    if len(entries) == 1 or len(readouts) > 1 or len(board.readouts) == 1:
        return few(labels)
    rows = [row_label(entry.embedder, entry.dim, board.varied) for entry in entries]
    together = "both" if len(entries) == 2 else "all"
    return f"{few(rows)} ({together} {readout_title(readouts.pop()).lower()})"


def finding(board: Leaderboard, results: Results) -> Finding | None:
    """Say who is best by the main metric and by how much over the best null baseline.

    Returns
    -------
    Finding or None
        None where no embedder that learns has a complete value, or the metric has no direction.
    """
    metric = metric_info(board.metric)
    main = board.main[board.main["complete"]]
    learned, null = main[~main["is_null"]], main[main["is_null"]]
    if learned.empty or metric.direction == "neutral":
        return None
    value, names = _winners(board, learned)
    if len(learned) == 1 and null.empty:
        alone = f"has {metric.title} {written(board.metric, value)}; there is nothing to compare it with."
        return Finding(board_title(board, results), listed(names), alone)
    superlative = "highest" if metric.direction == "higher" else "lowest"
    verb = "has" if len(names) == 1 else "share"
    text = f"{verb} the {superlative} {metric.title}, {written(board.metric, value)}{_comparison(board, value, null)}."
    return Finding(board_title(board, results), listed(names), text)


def _winners(board: Leaderboard, main: pd.DataFrame) -> tuple[float, list[str]]:
    """Return the best value as shown and all who have it, each with its readout where the board has several."""
    shown = all_rounded(board.metric, main["mean"])
    value = best_of(board.metric, shown)
    return value, [entry_label(board, entry) for entry in entries_of(main[shown == value])]


def _comparison(board: Leaderboard, value: float, null: pd.DataFrame) -> str:
    if null.empty:
        return "; no null baseline has a value to compare it with"
    floor, names = _winners(board, null)
    gap = value - floor if metric_info(board.metric).direction == "higher" else floor - value
    reference = f"the best null baseline, {listed(names)}, with {written(board.metric, floor)}"
    if rounded(board.metric, gap) == 0:
        return f": the same as {reference}"
    return f": {written(board.metric, abs(gap))} {'better' if gap > 0 else 'worse'} than {reference}"
