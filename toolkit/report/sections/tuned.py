"""Tuning: what was tried, what was chosen, and what it brought on the test folds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import plotting
from toolkit.report.answers.tables import spoken
from toolkit.report.figure_data import figure_data
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, count, duration, p_value, rounded, seconds, signed, written
from toolkit.report.parts import Column, Figure, Section, Table
from toolkit.report.sections import charts
from toolkit.report.sections.common import p_words, text_row
from toolkit.report.sections.effects import best_so_far, tuning_effects
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import LEVEL
from toolkit.report.wording import direction_words, few, readout_title
from toolkit.tasks import task_info

SPOKEN = 6  # names in a sentence; the table holds all
NOTE = (
    "Default and tuned: means over the test folds that have both. Candidates were judged on a part of the training "
    "data; the test fold took no part in the choice. Candidates and seconds: of all folds together."
)

CHOICE = (
    "Candidate 0 has the parameters of the suite. The value is the mean over several divisions of the training data, by"
    " which it was chosen; where a run kept none, that on one division."
)


def tuning_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return what tuning tried, chose and brought; None where nothing was tuned.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Not used: what was tuned is found in the scores.
    results : Results
        Of one experiment.
    anchor : str
        Identifier of the section.
    """
    tuning = results.tuning
    if tuning.empty:
        return None
    sentences = [_budget(tuning)]
    figures: list[Figure] = []
    tables: list[Table] = []
    for number, ((task, metric), rows) in enumerate(tuning.groupby(["task", "metric"], sort=False), 1):
        effects = tuning_effects(rows, results.scores, results.differences)
        sentences += _sentences(metric, effects)
        figures += _figure(task, metric, rows, f"{anchor}-plot-{number}")
        tables.append(_table(task, metric, effects, f"{anchor}-table-{number}"))
        tables += _chosen(task, metric, rows, f"{anchor}-chosen-{number}")
    return Section(
        anchor, "Tuning: what was tried, and what it brought", tuple(sentences), tuple(figures), tuple(tables)
    )


def _budget(tuning: pd.DataFrame) -> str:
    """Say how much was tried, in one sentence."""
    tried = tuning.groupby(["embedder", "split", "fold"]).size()
    times = tuning.groupby("embedder", sort=False)["seconds"].sum()
    folds = tuning.groupby("embedder")[["split", "fold"]].apply(lambda rows: len(rows.drop_duplicates())).max()
    each = (
        count(tried.min(), "candidate") if tried.min() == tried.max() else f"{tried.min()} to {tried.max()} candidates"
    )
    where = f" on each of {folds} folds" if folds > 1 else ""
    least, most = duration(times.min()), duration(times.max())
    spent = least if least == most else f"{least} to {most}"
    several = len(times) > 1
    who = f"{few(times.index)} were" if several else f"{times.index[0]} was"
    return f"{who} tuned with {each}{where}, which took {spent}{' a method' if several else ''}."


def _sentences(metric: str, effects: pd.DataFrame) -> Iterator[str]:
    known = effects[effects["gain"].notna()]
    if known.empty:
        yield "No tuned method has a score beside its default's."
        return
    moved = known["gain"].map(lambda value: rounded(metric, value)) != 0
    sure = known[moved & ~(known["p"] >= LEVEL)]  # without a test the numbers speak for themselves
    rest = known.drop(sure.index)
    better, worse = sure[sure["gain"] > 0], sure[sure["gain"] < 0]
    title = metric_info(metric).title
    if len(better):
        yield f"Tuning made {spoken(_named(metric, better), SPOKEN)} better on the test folds, by {title}."
    if len(worse):
        yield f"Tuning made {spoken(_named(metric, worse), SPOKEN)} worse on the test folds, by {title}."
    if len(rest):
        yield f"No difference from the default can be told for {spoken(_named(metric, rest), SPOKEN)}."


def _named(metric: str, rows: pd.DataFrame) -> list[str]:
    return [
        f"{row.embedder} ({written(metric, abs(row.gain))}{'' if np.isnan(row.p) else f', {p_words(row.p)}'})"
        for row in rows.itertuples()
    ]


def _figure(task: str, metric: str, rows: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    lines = best_so_far(rows, metric)
    if lines.empty or lines["tried"].max() < 2:
        return
    info = metric_info(metric)
    last = lines.groupby(["embedder", "fold"])["value"].agg(["first", "last"])
    domain = plotting.axis_domain(metric, pd.concat([last["first"], last["last"]]), last["last"].tolist())
    folds = ", a line a fold" if len(set(rows["fold"])) > 1 else ""
    titles = {"embedder": "embedder", "fold": "fold", "tried": "candidates", "value": f"best {info.title} so far"}
    yield Figure(
        anchor,
        f"{task_info(task).title}: best {info.title} on validation data against the number of candidates{folds}; "
        f"{direction_words(metric)}.",
        f"Small line plots of the best {info.title} so far against the number of candidates, one a method, all others "
        "in grey behind it; the tables below hold what was chosen.",
        partial(charts.tuning, lines, domain),
        data=figure_data(lines, titles),
    )


def _table(task: str, metric: str, effects: pd.DataFrame, anchor: str) -> Table:
    info = metric_info(metric)
    several = len(set(effects["readout"])) > 1
    columns = [Column("Embedder", kind="text"), *([Column("Readout", kind="text")] if several else [])]
    columns += [Column(title, info.title, info.direction) for title in ("default", "tuned")]
    columns += [Column("Gain", "", "higher"), Column("p (Holm)"), Column("Candidates"), Column("Failed")]
    columns += [Column("Tuning (s)", "", "lower")]
    rows = []
    for row in effects.itertuples():
        texts = [row.embedder, *([readout_title(row.readout)] if several else [])]
        texts += [written(metric, row.default), written(metric, row.tuned), signed(metric, row.gain), p_value(row.p)]
        rows.append(text_row([*texts, f"{row.tried:,}", f"{row.failed:,}", seconds(row.seconds)]))
    readout = effects["readout"].iloc[0]
    read = f" (readout {readout_title(readout).lower()})" if readout and not several else ""
    caption = f"{task_info(task).title}: {info.title} with default and with tuned parameters{read}, largest gain first."
    return Table(anchor, caption, tuple(columns), tuple(rows), (NOTE,))


def _chosen(task: str, metric: str, rows: pd.DataFrame, anchor: str) -> Iterator[Table]:
    chosen = rows[rows["chosen"]]
    if chosen.empty:
        return
    info = metric_info(metric)
    folds = len(set(rows["fold"])) > 1
    columns = [Column("Embedder", kind="text"), *([Column("Fold", kind="text")] if folds else [])]
    columns += [Column("Candidate"), Column(f"{info.title} on validation data", "", info.direction)]
    columns += [Column("Parameters", kind="code")]
    shown = []
    for row in chosen.itertuples():
        value = row.value if math.isnan(row.confirmed) else row.confirmed
        texts = [row.embedder, *([row.fold] if folds else []), f"{row.number:.0f}", written(metric, value)]
        shown.append(text_row([*texts, parameters(row.parameters)]))
    yield Table(anchor, f"{task_info(task).title}: what was chosen.", tuple(columns), tuple(shown), (CHOICE,))


def parameters(text: str) -> str:
    """Return parameters in JSON as they are written in a call; what is no JSON object stays as it is.

    Examples
    --------
    >>> parameters('{"epochs": 5, "name": "x"}')
    'epochs=5, name="x"'
    """
    try:
        found: Any = json.loads(text)
    except ValueError:
        return text or MISSING
    if not isinstance(found, dict):
        return text
    return ", ".join(f"{name}={_value(value)}" for name, value in found.items()) or MISSING


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
