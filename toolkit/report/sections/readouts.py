"""What the vectors give and what the predictor gives: each method under its own predictor and under common readouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import figures, plotting
from toolkit.report.answers.tables import share
from toolkit.report.numbers import dimension, written
from toolkit.report.parts import Column, Fact, Figure, Key, Section, Table
from toolkit.report.sections.common import LEVEL, gain, p_between, p_words, rows_of, signed, text_row
from toolkit.report.tables import ROW, Leaderboard
from toolkit.report.wording import direction_words, listed, readout_title, row_label
from toolkit.tasks import task_info

NO_VECTORS = ("native", "bias", "mean")  # readouts that are not the same for all methods, or use no vectors
PICKED = (
    "Of the readouts that are the same for all methods, the best for a method is picked on the cases that it is judged "
    "by, so it is a little favoured over the method's own predictor."
)


class Parts(NamedTuple):
    """A leaderboard taken apart: its rows (wide, a column a readout), and the values that need no vectors."""

    board: Leaderboard
    rows: pd.DataFrame
    mean: float
    bias: float


def readout_section(boards: Sequence[Leaderboard], differences: pd.DataFrame, anchor: str) -> Section | None:
    """Return what the representation gives and what the predictor gives.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    differences : pandas.DataFrame
        ``differences.csv``; may be empty.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where no leaderboard has two readouts to compare.
    """
    split = [apart for board in boards if (apart := take_apart(board))]
    if not split:
        return None
    return Section(
        anchor,
        "What the vectors give, and what the predictor gives",
        tuple(sentence for apart in split for sentence in _sentences(apart, differences)),
        tuple(figure for apart in split for figure in _figure(apart, f"{anchor}-{apart.board.task}-plot")),
        tuple(_table(apart, f"{anchor}-{apart.board.task}-table") for apart in split),
        tuple(fact for apart in split for fact in _facts(apart)),
    )


def take_apart(board: Leaderboard) -> Parts | None:
    """Return a leaderboard's main metric with a column a readout, best row first; None where there is one readout.

    The rows have the columns embedder, embedding_dim, is_null, a column a readout, common (the best value under a
    readout that is the same for all methods), common_readout and best (the better of common and native).
    """
    main = board.main[board.main["complete"]]
    common = [readout for readout in board.readouts if readout not in NO_VECTORS]
    if metric_info(board.metric).direction == "neutral" or len({*board.readouts} - {"mean", "bias"}) < 2:
        return None
    rows = main.set_index([*ROW, "is_null", "readout"])["mean"].unstack("readout").reset_index()
    rows = rows.reindex(columns=[*ROW, "is_null", *dict.fromkeys(["native", *board.readouts])])
    vectors = rows[common].astype(float)
    lower = metric_info(board.metric).direction == "lower"
    known = vectors.notna().any(axis=1)
    rows["common"] = vectors.min(axis=1) if lower else vectors.max(axis=1)
    rows["common_readout"] = ""
    some = vectors[known]
    rows.loc[known, "common_readout"] = some.idxmin(axis=1) if lower else some.idxmax(axis=1)
    both = rows[["common", "native"]].astype(float)
    rows["best"] = both.min(axis=1) if lower else both.max(axis=1)
    rows = rows[rows["best"].notna()].sort_values(["best", *ROW], ascending=[lower, True, True], kind="stable")
    if rows.empty:
        return None
    native = main[main["readout"] == "native"]
    bias = main.loc[main["readout"] == "bias", "mean"]
    bias = bias if len(bias) else native.loc[native["name"] == "bias", "mean"]
    mean = main.loc[main["readout"] == "mean", "mean"]
    return Parts(board, rows.reset_index(drop=True), _first(mean), _first(bias))


def _first(values: pd.Series) -> float:
    return float(values.iloc[0]) if len(values) else np.nan


def _sentences(apart: Parts, differences: pd.DataFrame) -> Iterator[str]:
    learned = apart.rows[~apart.rows["is_null"]]
    if learned.empty:
        return
    yield from _way(apart, learned)
    yield from _own_predictors(apart.board, learned, rows_of(differences, apart.board))


def _way(apart: Parts, learned: pd.DataFrame) -> Iterator[str]:
    """Say how much of the way from the mean to the best is made by biases, how much by vectors, and by a predictor."""
    board, metric = apart.board, apart.board.metric
    best = learned.iloc[0]
    if np.isnan(apart.bias):
        return
    ahead = gain(metric, best["best"], apart.bias)
    if ahead <= 0:
        yield f"No method is better than biases alone ({metric_info(metric).title} {written(metric, apart.bias)})."
        return
    own = not best["best"] == best["common"]
    how = "by its own predictor" if own else f"under the readout {readout_title(best['common_readout']).lower()}"
    named = f"{_label(board, best)} {how}"
    full = gain(metric, best["best"], apart.mean)
    biases = gain(metric, apart.bias, apart.mean)
    if full > 0 and biases > 0:
        yield (
            f"Biases alone make {share(biases / full)} of the way from always the mean ({metric_info(metric).title} "
            f"{written(metric, apart.mean)}) to the best ({written(metric, best['best'])}: {named})."
        )
    else:
        yield f"The best ({written(metric, best['best'])}: {named}) is {written(metric, ahead)} better than biases alone."
    yield from _vectors(apart, learned, full)


def _vectors(apart: Parts, learned: pd.DataFrame, full: float) -> Iterator[str]:
    metric = apart.board.metric
    lower = metric_info(metric).direction == "lower"
    known = learned[learned["common"].notna()]
    if known.empty:
        return
    top = known.loc[known["common"].idxmin() if lower else known["common"].idxmax()]
    added = gain(metric, top["common"], apart.bias)
    if added <= 0:
        yield "Under the readouts that are the same for all methods, no vectors are better than biases alone."
        return
    part = f", {share(added / full)} of the way" if full > 0 else ""
    yield (
        f"Under the readouts that are the same for all methods, vectors add at most {written(metric, added)} to biases"
        f"{part}: those of {_label(apart.board, top)}."
    )


def _own_predictors(board: Leaderboard, learned: pd.DataFrame, differences: pd.DataFrame) -> Iterator[str]:
    """Say which methods are better under a common readout than by their own predictor, and which are not."""
    metric = board.metric
    found: dict[str, list[str]] = {"common": [], "own": [], "": []}
    for row in learned[learned["native"].notna() & learned["common"].notna()].itertuples():
        less = gain(metric, row.common, row.native)
        own = pd.Series({"embedder": row.embedder, "embedding_dim": row.embedding_dim, "readout": "native"})
        p = p_between(differences, own, pd.Series({**own, "readout": row.common_readout}))
        tested = "" if np.isnan(p) else f", {p_words(p)}"
        text = f"by {written(metric, abs(less))} ({readout_title(row.common_readout).lower()}{tested})"
        label = row_label(row.embedder, row.embedding_dim, board.varied)
        side = "" if p >= LEVEL or less == 0 else "common" if less > 0 else "own"
        found[side].append(f"{label} {text}" if side else f"{label} ({written(metric, abs(less))}{tested})")
    for side, texts in found.items():
        alone = len(texts) == 1
        whose = "its own predictor" if alone else "their own predictors"
        if texts and side == "common":
            yield f"Better under a common readout than by {whose}{_task(board)}: {listed(texts)}."
        elif texts and side == "own":
            yield f"Better by {whose} than under any common readout{_task(board)}: {listed(texts)}."
        elif texts:
            yield (
                f"No difference can be told between {whose} and the best common readout{_task(board)} for "
                f"{listed(texts)}."
            )


def _task(board: Leaderboard) -> str:
    return f" at {task_info(board.task).title.lower()}"


def _label(board: Leaderboard, row: pd.Series) -> str:
    return row_label(row["embedder"], row["embedding_dim"], board.varied)


def _facts(apart: Parts) -> Iterator[Fact]:
    metric, title = apart.board.metric, metric_info(apart.board.metric).title
    for term, value in (("Always the mean", apart.mean), ("Biases alone", apart.bias)):
        if not np.isnan(value):
            yield Fact(term, f"{title} {written(metric, value)}")


def _figure(apart: Parts, anchor: str) -> Iterator[Figure]:
    """Yield a dumbbell a method, from its own predictor to the best common readout, with a line at biases alone."""
    board, info = apart.board, metric_info(apart.board.metric)
    rows = apart.rows.drop_duplicates("embedder")  # at the best dimension
    if rows["native"].notna().sum() == 0 or rows["common"].notna().sum() == 0:
        return
    labels = [_label(board, row) for _, row in rows.iterrows()]
    long = rows.assign(label=labels).melt(["label", "is_null"], ["native", "common"], "readout", "value")
    long = long[long["value"].notna()].assign(complete=True)
    long["series"] = (long["readout"] == "common").astype(int)
    long["place"] = long["label"].map(labels.index)
    points = long.sort_values(["place", "series"], ignore_index=True)
    points = points.assign(low=points["value"], high=points["value"], heads=~points["label"].duplicated())
    of_bias = not np.isnan(apart.bias)
    floor = apart.bias if of_bias else plotting.null_floor(points, board.metric)
    domain = plotting.axis_domain(board.metric, points["value"], [] if floor is None else [floor])
    series = ("its own predictor", "the best common readout")
    axis = f"{info.title} ({direction_words(board.metric)})"
    name = "biases alone" if of_bias else plotting.FLOOR
    title = f"{task_info(board.task).title}: {info.title} by a method's own predictor and by the best common readout"
    yield Figure(
        anchor,
        f"{title}; {direction_words(board.metric)}.",
        f"Dot plot of {axis}: a row a method, a mark for its own predictor and one for the best of the readouts that "
        f"are the same for all methods, with a line at {name}. The table below holds the values.",
        partial(figures.dots, points, axis, domain, floor, series, name=name),
        tuple(Key(i, label) for i, label in enumerate(series)),
    )


def _table(apart: Parts, anchor: str) -> Table:
    board, info = apart.board, metric_info(apart.board.metric)
    known = [name for name in ("native", *board.readouts) if name not in ("bias", "mean") and apart.rows[name].notna().any()]
    shown = list(dict.fromkeys(known))
    several = bool(board.varied)
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if several else [])]
    columns += [Column(readout_title(name), info.title, info.direction) for name in shown]
    over_bias, way = not np.isnan(apart.bias), not np.isnan(apart.mean)
    columns += [Column("vectors over biases", "Gain", "higher")] * over_bias
    columns += [Column("own predictor over vectors", "Gain", "higher")]
    columns += [Column("from the mean to the best", "Share of the way", "higher")] * way
    full = gain(board.metric, apart.rows["best"].iloc[0], apart.mean)
    rows = []
    for _, row in apart.rows.iterrows():
        texts = [row["embedder"], *([dimension(row["embedding_dim"])] if several else [])]
        texts += [written(board.metric, row[name]) for name in shown]
        texts += [signed(board.metric, gain(board.metric, row["common"], apart.bias))] * over_bias
        texts += [signed(board.metric, gain(board.metric, row["native"], row["common"]))]
        texts += [share(gain(board.metric, row["best"], apart.mean) / full) if full > 0 else "–"] * way
        rows.append(text_row(texts, is_null=row["is_null"]))
    caption = f"{task_info(board.task).title}: {info.title} under each readout, and what vectors and predictors add."
    notes = [PICKED]
    left = board.main.loc[~board.main["complete"], "embedder"].drop_duplicates()
    if len(left):
        notes.append(f"Left out, as not judged on the same cases as most: {listed(left)}.")
    return Table(anchor, caption, tuple(columns), tuple(rows), tuple(notes))
