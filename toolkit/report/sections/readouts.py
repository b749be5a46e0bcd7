"""What the vectors give and what the predictor gives: each method under its own predictor and under common readouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import figures, plotting
from toolkit.report.answers.tables import share, spoken
from toolkit.report.figure_data import point_data, tips
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, dimension, rounded, signed, written
from toolkit.report.parts import Column, Fact, Figure, Key, Section, Table
from toolkit.report.sections.apart import Parts, take_apart
from toolkit.report.sections.common import gain, p_words, text_row
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import LEVEL, Entry, plain_name
from toolkit.report.wording import direction_words, listed, readout_title, row_label
from toolkit.tasks import task_info
from toolkit.tasks.rating import WITHOUT_VECTORS

RATINGS = "rating-prediction"  # where biases alone are a predictor
PICKED = (
    "One that is the same for all methods. Where there are several, a method's best is picked on the cases that it is "
    "judged by, so that it is a little favoured over the method's own predictor."
)


def readout_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return what the representation gives and what the predictor gives.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Not used: the leaderboards hold what was tested.
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
        tuple(text for apart in split if (text := " ".join(_sentences(apart)))),
        tuple(figure for apart in split for figure in _figure(apart, f"{anchor}-{apart.board.task}-plot")),
        tuple(_table(apart, f"{anchor}-{apart.board.task}-table") for apart in split),
        tuple(_facts(split)),
    )


def _sentences(apart: Parts) -> Iterator[str]:
    learned = apart.rows[~apart.rows["is_null"]]
    learned = learned[~learned["embedder"].map(plain_name).duplicated()]  # the better of tuned and default
    if learned.empty:
        return
    if apart.board.task == RATINGS:
        first, *rest = [*_way(apart, learned)] or [""]
        yield from [f"{task_info(apart.board.task).title}: {first[0].lower()}{first[1:]}", *rest] if first else []
    else:
        yield from _best(apart, learned)
    yield from _own_predictors(apart, learned)


def _best(apart: Parts, learned: pd.DataFrame) -> Iterator[str]:
    """Say who is best, and who is under a readout that is the same for all."""
    board, best, top = apart.board, learned.iloc[0], apart.best_common(learned)
    first = f"the best {metric_info(board.metric).title} is that of {_named(board, best)}"
    first = f"{task_info(board.task).title}: {first}, {written(board.metric, best['best'])}"
    if top is None or best["best"] == best["common"]:
        yield f"{first}."
        return
    value = written(board.metric, top["common"])
    yield f"{first}; under {apart.common_words}, it is that of {_label(board, top)}, {value}."


def _way(apart: Parts, learned: pd.DataFrame) -> Iterator[str]:
    """Say how much of the way from the mean to the best is made by biases, how much by vectors, and by a predictor."""
    board, metric, best = apart.board, apart.board.metric, learned.iloc[0]
    if np.isnan(apart.bias):
        return
    ahead = gain(metric, best["best"], apart.bias)
    if ahead <= 0:
        yield f"No method is better than biases alone ({metric_info(metric).title} {written(metric, apart.bias)})."
        return
    full, biases = gain(metric, best["best"], apart.mean), gain(metric, apart.bias, apart.mean)
    value = written(metric, best["best"])
    if full > 0 and biases > 0:
        yield (
            f"Biases alone make {share(biases / full)} of the way from always the mean ({metric_info(metric).title} "
            f"{written(metric, apart.mean)}) to the best ({value}: {_named(board, best)})."
        )
    else:
        yield f"The best ({value}: {_named(board, best)}) is {written(metric, ahead)} better than biases alone."
    top = apart.best_common(learned)
    if top is None:
        return
    added = gain(metric, top["common"], apart.bias)
    if added <= 0:
        yield f"Under {apart.common_words}, no vectors are better than biases alone."
        return
    part = f", {share(added / full)} of the way" if full > 0 else ""
    yield (
        f"Under {apart.common_words}, vectors take at most {written(metric, added)} more off{part}: those of "
        f"{_label(board, top)}."
    )


def _own_predictors(apart: Parts, learned: pd.DataFrame) -> Iterator[str]:
    """Say which methods are better under a common readout than by their own predictor, and which are not."""
    board, metric = apart.board, apart.board.metric
    found: dict[str, list[str]] = {"common": [], "own": [], "": []}
    for _, row in learned[learned["native"].notna() & learned["common"].notna()].iterrows():
        less = gain(metric, row["common"], row["native"])
        common, own = (Entry(row["embedder"], row["embedding_dim"], name) for name in (row["common_readout"], "native"))
        tested = board.differences.between(common, own)
        p = tested.p_holm if tested else np.nan
        side = "" if p >= LEVEL or rounded(metric, less) == 0 else "common" if less > 0 else "own"
        read = [readout_title(row["common_readout"]).lower()] if len(apart.common) > 1 else []
        details = ", ".join([written(metric, abs(less)), *read, *([] if np.isnan(p) else [p_words(p)])])
        found[side].append(f"{_label(board, row)} ({details})")
    for side, texts in found.items():
        whose = "its own predictor" if len(texts) == 1 else "their own predictors"
        if texts and side == "common":
            yield f"Better under {apart.common_words} than by {whose}: {spoken(texts)}."
        elif texts and side == "own":
            yield f"Better by {whose} than under {apart.common_words}: {spoken(texts)}."
        elif texts:
            same = f"As good, as far as can be told, by {whose} as under {apart.common_words}"
            yield f"{same}: {spoken(texts)}."


def _label(board: Leaderboard, row: pd.Series) -> str:
    return row_label(row["embedder"], row["embedding_dim"], board.varied)


def _named(board: Leaderboard, row: pd.Series) -> str:
    if row["best"] != row["common"]:
        return f"{_label(board, row)} by its own predictor"
    return f"{_label(board, row)} under the {readout_title(row['common_readout']).lower()} readout"


def _facts(split: Sequence[Parts]) -> Iterator[Fact]:
    for term, values in (
        ("Always the mean", [(apart.board.metric, apart.mean) for apart in split]),
        ("Biases alone", [(apart.board.metric, apart.bias) for apart in split]),
    ):
        texts = [
            f"{metric_info(metric).title} {written(metric, value)}" for metric, value in values if not np.isnan(value)
        ]
        if texts:
            yield Fact(term, ", ".join(texts))
    yield Fact("Common readout", PICKED)


def _figure(apart: Parts, anchor: str) -> Iterator[Figure]:
    """Yield a dumbbell a method, from its own predictor to the best common readout, with a line at biases alone."""
    board, info = apart.board, metric_info(apart.board.metric)
    rows = apart.rows[~apart.rows["embedder"].map(plain_name).duplicated()]  # the better of tuned and default
    if rows["native"].notna().sum() == 0 or rows["common"].notna().sum() == 0:
        return
    labels = [_label(board, row) for _, row in rows.iterrows()]
    long = rows.assign(label=labels).melt(["label", "is_null"], ["native", "common"], "readout", "value")
    long = long[long["value"].notna()].assign(complete=True)
    long["series"] = (long["readout"] == "common").astype(int)
    long["place"] = long["label"].map(labels.index)
    points = long.sort_values(["place", "series"], ignore_index=True)
    points = points.assign(low=points["value"], high=points["value"], heads=~points["label"].duplicated())
    of_bias = board.task == RATINGS and not np.isnan(apart.bias)
    floor = apart.bias if of_bias else plotting.null_floor(points, board.metric)
    domain = plotting.axis_domain(board.metric, points["value"], [] if floor is None else [floor])
    series = ("its own predictor", "the best common readout")
    axis = f"{info.title} ({direction_words(board.metric)})"
    name = "biases alone" if of_bias else plotting.FLOOR
    title = f"{task_info(board.task).title}: {info.title} by a method's own predictor and by the best common readout"
    data = point_data(points, info.title, series)
    yield Figure(
        anchor,
        f"{title}; {direction_words(board.metric)}.",
        f"Dot plot of {axis}: a row a method, a mark for its own predictor and one for the best of the readouts that "
        f"are the same for all methods, with a line at {name}. The table below holds the values.",
        partial(figures.dots, points.assign(tip=tips(data)), axis, domain, floor, series, name=name),
        tuple(Key(i, label) for i, label in enumerate(series)),
        data=data,
    )


def _table(apart: Parts, anchor: str) -> Table:
    board, info = apart.board, metric_info(apart.board.metric)
    known = [
        name for name in ("native", *board.readouts) if name not in WITHOUT_VECTORS and apart.rows[name].notna().any()
    ]
    shown = list(dict.fromkeys(known))
    several = bool(board.varied)
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if several else [])]
    columns += [Column(readout_title(name), info.title, info.direction) for name in shown]
    rated = board.task == RATINGS
    over_bias, way = rated and not np.isnan(apart.bias), rated and not np.isnan(apart.mean)
    columns += [Column("vectors over biases", "Gain", "higher")] * over_bias
    columns += [Column("own predictor over the best common readout", "Gain", "higher")]
    columns += [Column("from the mean to the best", "Share of the way", "higher")] * way
    full = gain(board.metric, apart.rows["best"].iloc[0], apart.mean)
    rows = []
    for _, row in apart.rows.iterrows():
        texts = [row["embedder"], *([dimension(row["embedding_dim"])] if several else [])]
        texts += [written(board.metric, row[name]) for name in shown]
        texts += [signed(board.metric, gain(board.metric, row["common"], apart.bias))] * over_bias
        texts += [signed(board.metric, gain(board.metric, row["native"], row["common"]))]
        texts += [share(gain(board.metric, row["best"], apart.mean) / full) if full > 0 else MISSING] * way
        rows.append(text_row(texts, is_null=row["is_null"]))
    caption = f"{task_info(board.task).title}: {info.title} under each readout, and what vectors and predictors add."
    left = board.main.loc[~board.main["complete"], "embedder"].drop_duplicates()
    notes = (f"Left out, as not judged on the same cases as most: {listed(left)}.",) if len(left) else ()
    return Table(anchor, caption, tuple(columns), tuple(rows), notes)
