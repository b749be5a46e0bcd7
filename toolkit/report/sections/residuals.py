"""Residuals: whether predicted ratings are too high or too low, for rare and for popular items.

Made from the cases that the run kept; the thirds of the section on strata are cut from the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.answers.tables import number
from toolkit.report.figure_data import figure_data, tips
from toolkit.report.model import Results
from toolkit.report.numbers import percent
from toolkit.report.parts import Column, Fact, Figure, Section, Table
from toolkit.report.residuals import binned_residuals
from toolkit.report.sections.common import best_rows, text_row
from toolkit.report.sections.residual_chart import residual_panels
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import plain_name
from toolkit.report.wording import board_title, row_label
from toolkit.tasks import read_units, unit_files
from toolkit.tasks.rating import NAME, WITHOUT_VECTORS

SHOWN = 4  # methods that a figure shows, beside the best null baseline
READING = (
    "Residual: predicted less given rating; above 0, predictions are too high. Ten bins of about as many ratings of all"
    " folds and seeds together. Intervals: 95 %, by standard errors in which a user's ratings belong together."
)


class Trait(NamedTuple):
    """By what ratings are divided: what it is called, its axis, and its extremes in words."""

    title: str
    axis: str
    least: str
    most: str
    form: str


POPULARITY = Trait(
    "popularity of the item",
    "ratings of the item in training (log scale)",
    "the least popular items",
    "the most popular",
    ",.0f",
)
PREDICTED = Trait("predicted rating", "predicted rating", "the lowest predictions", "the highest", ".2f")
TRAITS = {"item_count": POPULARITY, "predicted": PREDICTED}
QUANTITIES = {"residual": "mean residual", "rmse": metric_info("rmse").title}


def residual_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return the residuals of the best methods and of the best null baseline, in bins.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment, of which those of rating prediction count.
    results : Results
        Of one experiment, with the folder of its units.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where the run kept no predicted ratings.
    """
    sentences: list[str] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    for place, board in enumerate((board for board in boards if board.task == NAME), 1):
        cases = predicted_cases(board, results)
        if not cases:
            continue
        title = board_title(board, results)
        for name, trait in TRAITS.items():
            rows = binned_cases(cases, name)
            own = f"{anchor}-{place}-{name.replace('_', '-')}"
            sentences.append(" ".join(_sentences(title, trait, rows)))
            figures += [_figure(title, trait, rows, quantity, f"{own}-{quantity}") for quantity in _drawn(trait)]
            tables += _tables(title, trait, rows, own)
    if not tables:
        return None
    facts = (Fact("Reading", READING),)
    return Section(
        anchor, "Residuals: who is off, and where", tuple(filter(None, sentences)), tuple(figures), tuple(tables), facts
    )


def _drawn(trait: Trait) -> tuple[str, ...]:
    return ("residual", "rmse") if trait is POPULARITY else ("residual",)


def predicted_cases(board: Leaderboard, results: Results) -> dict[tuple[str, bool], pd.DataFrame]:
    """Return the predicted ratings of the best methods and of the best null baseline, of all folds and seeds together.

    Returns
    -------
    dict of (str, bool) to pandas.DataFrame
        By label and whether it is a null baseline, best first: columns user, item_count, rating and predicted.
    """
    if results.units is None:
        return {}
    best = best_rows(board)
    best = best[best["complete"]]
    best = best[~best["embedder"].map(plain_name).duplicated()]  # of tuned and default parameters the better
    null = best["is_null"].astype(bool)
    found = {}
    for row in pd.concat([best[~null].head(SHOWN), best[null].head(1)]).itertuples():
        frames = list(_units(board, results, row.embedder, row.embedding_dim, row.readout))
        if frames:
            label = row_label(row.embedder, row.embedding_dim, board.varied)
            found[label, bool(row.is_null)] = pd.concat(frames, ignore_index=True)
    return found


def _units(board: Leaderboard, results: Results, embedder: str, dim: float, readout: str) -> Iterator[pd.DataFrame]:
    folder = results.units
    trials = results.trials
    same = (trials["embedder"] == embedder) & (trials["split"] == board.split) & (trials["status"] == "ok")
    if dim > 0:  # none where each fold was tuned to another
        same &= trials["embedding_dim"] == dim
    for trial in trials.loc[same, "trial"]:
        for path in unit_files(folder, trial) if folder is not None else ():
            for units in read_units(path, board.task, board.target):
                if units.readout == readout and units.readout not in WITHOUT_VECTORS:
                    yield units.table[["user", "item_count", "rating", "predicted"]].astype({"user": object})


def binned_cases(cases: dict[tuple[str, bool], pd.DataFrame], trait: str) -> pd.DataFrame:
    """Return `binned_residuals` of each method, with columns embedder and is_null."""
    found = [
        binned_residuals(frame, trait).assign(embedder=label, is_null=is_null)
        for (label, is_null), frame in cases.items()
    ]
    return pd.concat(found, ignore_index=True)


def _sentences(board: str, trait: Trait, rows: pd.DataFrame) -> Iterator[str]:
    """Say what the best method's residuals are at both ends, and what the null baseline's are."""
    by_label = {label: part for label, part in rows.groupby("embedder", sort=False) if len(part) > 1}
    if not by_label:
        return
    label, best = next(iter(by_label.items()))
    first, last = best.iloc[0], best.iloc[-1]
    text = (
        f"{board}: for {trait.least} ({_range(first, trait)}) {label} is {_off(first)}, for {trait.most}"
        f" ({_range(last, trait)}) {_off(last)}"
    )
    yield f"{text}; RMSE goes from {number(first['rmse'], '.3f')} to {number(last['rmse'], '.3f')}."
    null = [(name, part) for name, part in by_label.items() if part["is_null"].any()]
    if null and null[0][0] != label:
        name, part = null[0]
        merged = best.merge(part, on="bin", suffixes=("", "_null"))
        gains = merged["rmse_null"] - merged["rmse"]
        top, low = merged.loc[gains.idxmax()], merged.loc[gains.idxmin()]
        if trait is POPULARITY and len(merged) > 1:
            yield (
                f"Over {name}, the best null baseline, {label} gains most at {_range(top, trait)} ratings of the item"
                f" ({number(gains.max(), '.3f')} of RMSE) and least at {_range(low, trait)}"
                f" ({number(gains.min(), '.3f')})."
            )


def _off(row: pd.Series) -> str:
    """Say by how much predictions are too high or too low, where the interval bears it out."""
    size = f"{number(abs(row['residual']), '.3f')} too {'high' if row['residual'] > 0 else 'low'} in the mean"
    apart = row["residual_low"] > 0 or row["residual_high"] < 0
    return size if apart else f"not off in the mean ({number(row['residual'], '.3f')}, with 0 in the interval)"


def _range(row: pd.Series, trait: Trait) -> str:
    low, high = number(row["least"], trait.form), number(row["most"], trait.form)
    return low if low == high else f"{low} to {high}"


def _figure(board: str, trait: Trait, rows: pd.DataFrame, quantity: str, anchor: str) -> Figure:
    what = QUANTITIES[quantity] + (" (predicted less given)" if quantity == "residual" else "")
    points = rows.rename(columns={quantity: "value", f"{quantity}_low": "low", f"{quantity}_high": "high"})
    said = points[["embedder", "value", "low", "high"]].rename(columns={"value": what})
    said.insert(1, "range", [f"{trait.title} {_range(row, trait)}" for _, row in rows.iterrows()])
    points = points[["embedder", "is_null", "middle", "value", "low", "high"]].assign(tip=tips(said))
    titles = {
        "embedder": "embedder",
        "least": f"{trait.title}, from",
        "most": f"{trait.title}, to",
        "n": "ratings",
        quantity: what,
        f"{quantity}_low": "low end of 95 % interval",
        f"{quantity}_high": "high end of 95 % interval",
    }
    null = rows.loc[rows["is_null"], "embedder"].drop_duplicates().tolist()
    floor = f" In grey dashes the best null baseline, {null[0]}." if null else ""
    return Figure(
        anchor,
        f"{board}: {what} against {trait.axis}, in ten bins, with 95 % intervals.{floor}",
        f"Small line plots of {what} over ten bins of the {trait.title}, one a method. The tables below hold the"
        " values.",
        partial(residual_panels, points, quantity == "residual", trait is POPULARITY),
        has_null=bool(null),
        data=figure_data(rows, titles),
    )


def _tables(board: str, trait: Trait, rows: pd.DataFrame, anchor: str) -> Iterator[Table]:
    """Yield a table a quantity: a row a method, a column a bin."""
    for quantity in _drawn(trait):
        what = QUANTITIES[quantity]
        bins = rows.groupby("bin")
        same = bins["least"].min().equals(bins["least"].max())  # of what is predicted, each method has bins of its own
        titles = [
            _range(part.iloc[0], trait) if same else percent(place / bins.ngroups)
            for place, (_, part) in enumerate(bins, 1)
        ]
        group = f"{what} by {trait.title}" if same else f"{what}, up to this quantile of the {trait.title}"
        direction = metric_info("rmse").direction if quantity == "rmse" else "neutral"
        columns = [Column("Embedder", kind="text"), *(Column(title, group, direction) for title in titles)]
        shown = []
        for label, part in rows.groupby("embedder", sort=False):
            values = part.set_index("bin")[quantity].reindex(bins.groups)
            texts = [str(label), *(number(value, ".3f") for value in values)]
            shown.append(text_row(texts, is_null=part["is_null"].any()))
        caption = f"{board}: {what} by {trait.title}, each embedder with its best readout."
        notes = ("The intervals are in the figure, and among its numbers.",)
        yield Table(f"{anchor}-{quantity}-table", caption, tuple(columns), tuple(shown), notes)
