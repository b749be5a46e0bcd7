"""Average ranks over folds or data sets, and who is told apart by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.answers.tables import spoken
from toolkit.report.figure_data import figure_data, tips
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, dimension
from toolkit.report.parts import Column, Fact, Figure, Section, Table
from toolkit.report.sections import charts
from toolkit.report.sections.common import p_words, text_row
from toolkit.report.tables import ROW, Leaderboard
from toolkit.report.tested import LEVEL
from toolkit.report.wording import readout_title, row_label
from toolkit.tasks import task_info

FOLDS = (
    "Folds share most of their training data, so the ranks on them are not independent, as the test takes them to be: "
    "it tells more apart than it should. It says how steady the order is on this data set, not what holds on another."
)
TITLES = {"folds": ("fold", "Ranks over folds"), "data sets": ("data set", "Ranks over data sets")}


def rank_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return the average ranks of an experiment.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Not used: what was ranked is named by the ranks.
    results : Results
        Of one experiment, with its ranks.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where nothing was ranked.
    """
    ranks = results.ranks[results.ranks["rank"].notna()]
    null = set(results.trials.loc[results.trials["is_null"], "embedder"])
    if ranks.empty:
        return None
    sentences: list[str] = []
    figures, tables, notes = [], [], []
    for number, ((task, metric, over), rows) in enumerate(ranks.groupby(["task", "metric", "over"], sort=False), 1):
        rows = _labelled(rows, null)
        sentences.append(" ".join(_sentences(task, metric, over, rows)))
        if len(rows) > 1:
            figures.append(_figure(task, metric, over, rows, f"{anchor}-plot-{number}"))
        tables.append(_table(task, metric, over, rows, f"{anchor}-table-{number}"))
        notes += [Fact("Note", FOLDS)] if over == "folds" else []
    return Section(
        anchor, "Average ranks", tuple(sentences), tuple(figures), tuple(tables), tuple(dict.fromkeys(notes))
    )


def rank_groups(ranks: pd.Series, difference: float) -> list[tuple[int, int]]:
    """Return the groups within the critical difference, each as large as can be, none within another.

    Parameters
    ----------
    ranks : pandas.Series
        Mean ranks, sorted.
    difference : float
        The critical difference.

    Returns
    -------
    list of (int, int)
        First and last place of each group of two or more.

    Examples
    --------
    >>> rank_groups(pd.Series([1.0, 1.5, 2.4, 4.0]), 1.0)
    [(0, 1), (1, 2)]
    """
    values = ranks.tolist()
    found: list[tuple[int, int]] = []
    for first, low in enumerate(values):
        last = max(place for place, value in enumerate(values) if value - low <= difference)
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found


def _labelled(rows: pd.DataFrame, null: set[str]) -> pd.DataFrame:
    rows = rows.sort_values(["rank", "embedder"], kind="stable", ignore_index=True)
    pairs = rows[ROW].drop_duplicates()
    varied = set(pairs.loc[pairs["embedder"].duplicated(), "embedder"])
    labels = [row_label(*pair, varied) for pair in zip(rows["embedder"], rows["embedding_dim"], strict=True)]
    if rows.duplicated(ROW).any():
        labels = [
            f"{label} ({readout_title(name).lower()})" for label, name in zip(labels, rows["readout"], strict=True)
        ]
    return rows.assign(label=labels, is_null=rows["embedder"].isin(null))


def _sentences(task: str, metric: str, over: str, rows: pd.DataFrame) -> Iterator[str]:
    blocks, difference, p = (rows[name].iloc[0] for name in ("blocks", "critical_difference", "friedman_p"))
    noun = TITLES.get(over, (over, over))[0]
    where = (
        f"{task_info(task).title}, by {metric_info(metric).title} over {blocks:.0f} {noun}{'' if blocks == 1 else 's'}"
    )
    best = rows.iloc[0]
    if len(rows) == 1:
        yield f"{where}: {best['label']} alone was ranked."
        return
    head = f"{where}: {best['label']} has the best mean rank, {best['rank']:.2f} of {rows['entries'].iloc[0]:.0f}"
    if pd.isna(p) or pd.isna(difference):
        yield f"{head}; ranks were not tested."
        return
    if p >= LEVEL:
        yield f"{head}; Friedman's test tells no difference between any of them ({p_words(p)})."
        return
    yield f"{head}; Friedman's test tells that not all are alike ({p_words(p)})."
    near = rows.loc[rows["rank"] - best["rank"] <= difference, "label"].tolist()[1:]
    apart = len(rows) - 1 - len(near)
    told = "from none of the others" if not apart else "from all others" if not near else f"from {apart} of the others"
    if difference >= rows["entries"].iloc[0] - 1:
        yield (
            f"So few {noun}s cannot tell which: Nemenyi's test at 5 % asks for mean ranks {difference:.2f} apart, more "
            "than there is between the first and the last."
        )
        return
    yield (
        f"Two mean ranks that are less than {difference:.2f} apart are not told apart (Nemenyi's test at 5 %): "
        f"{best['label']} is told apart {told}{f', but not from {spoken(near)}' if near and apart else ''}."
    )


def _figure(task: str, metric: str, over: str, rows: pd.DataFrame, anchor: str) -> Figure:
    difference = float(rows["critical_difference"].iloc[0])
    known = not pd.isna(difference)
    ranks = rows["rank"]
    groups = [(ranks[a], ranks[b]) for a, b in rank_groups(ranks, difference)] if known else []
    data = figure_data(rows, {"label": "embedder", "rank": "mean rank"})
    title = f"{task_info(task).title}: mean rank by {metric_info(metric).title} over {over}"
    bars = "; a bar joins those within the critical difference" if groups else ""
    return Figure(
        anchor,
        f"{title}{bars}.",
        f"Critical-difference diagram: an axis of mean ranks, a point a method, bars over the groups that "
        f"are not told apart ({len(groups)} here). The table below holds the ranks.",
        partial(
            charts.critical_difference,
            rows[["label", "rank", "is_null"]].assign(tip=tips(data)),
            groups,
            difference if known else None,
            int(rows["entries"].iloc[0]),
        ),
        data=data,
    )


def _table(task: str, metric: str, over: str, rows: pd.DataFrame, anchor: str) -> Table:
    difference = rows["critical_difference"].iloc[0]
    several = len(set(rows["readout"])) > 1
    columns = [Column("Embedder", kind="text"), *([Column("Readout", kind="text")] if several else []), Column("Dim")]
    columns += [Column("Mean rank", "", "lower")]
    columns += [Column("Behind the best", "", "lower"), Column("Told apart from the best", kind="text")]
    tested = not pd.isna(difference) and rows["friedman_p"].iloc[0] < LEVEL
    shown = []
    for row in rows.itertuples():
        behind = row.rank - rows["rank"].iloc[0]
        told = "yes" if tested and behind > difference else "no" if tested else MISSING
        names = [row.label, *([readout_title(row.readout)] if several else []), dimension(row.embedding_dim)]
        shown.append(text_row([*names, f"{row.rank:.2f}", f"{behind:.2f}", told], is_null=row.is_null))
    caption = f"{task_info(task).title}: mean rank by {metric_info(metric).title} over {over}, best first."
    return Table(anchor, caption, tuple(columns), tuple(shown))
