"""Strata: the main score by thirds of popularity, of length of history, or of word frequency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.figure_data import figure_data, tips
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, written
from toolkit.report.parts import Column, Fact, Figure, Key, Section, Table
from toolkit.report.sections import charts
from toolkit.report.sections.common import best_rows, rows_of, same_row, text_row
from toolkit.report.sections.traits import TRAITS, Trait, order_changes, range_words, span_words
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import plain_name
from toolkit.report.wording import board_title, direction_words, listed, row_label

SHOWN = 5  # methods that a figure shows, beside the best null baseline
NOTE = (
    "In brackets, 95 % intervals. Of the many pairs of methods and thirds some lie apart by chance; a change of order "
    "is named only where the intervals do not overlap on either side."
)


def strata_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return the main scores by thirds of what the cases have.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Of which the strata are shown.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where no leaderboard was divided.
    """
    sentences: list[str] = []
    figures, tables = [], []
    for number, board in enumerate(boards, 1):
        rows = _best_readouts(board, rows_of(results.strata, board))
        if rows.empty:
            continue
        title = board_title(board, results)
        figures.append(_figure(title, board.metric, rows[rows["better"]], f"{anchor}-plot-{number}"))
        for name, part in rows.groupby("trait", sort=False):
            trait = TRAITS.get(str(name), Trait(str(name), "the least", "the most", ""))
            sentences.append(" ".join(_sentences(title, board.metric, trait, part[part["better"]])))
            tables.append(
                _table(title, board.metric, trait, part, f"{anchor}-table-{number}-{name}", board.unit or "case")
            )
    if not tables:
        return None
    facts = (Fact("Reading", NOTE),)
    return Section(
        anchor,
        "Strata: where the scores come from",
        tuple(filter(None, sentences)),
        tuple(figures),
        tuple(tables),
        facts,
    )


def _best_readouts(board: Leaderboard, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the strata of each embedder at its best dimension and readout, in the order of the leaderboard.

    The column better is True for the better of a method with tuned and with default parameters.
    """
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return rows
    found, names = [], set[str]()
    divided = [bool(same_row(rows, row).any()) for row in board.main.itertuples()]
    for place, row in enumerate(best_rows(board, divided).itertuples()):
        label = row_label(row.embedder, row.embedding_dim, board.varied)
        part = rows[same_row(rows, row)]
        better = plain_name(row.embedder) not in names
        found.append(part.assign(label=label, is_null=row.is_null, order=place, complete=row.complete, better=better))
        names |= {plain_name(row.embedder)} if len(part) else set()
    if not found:
        return rows.iloc[:0]
    return pd.concat(found).sort_values(["trait", "order", "stratum"], kind="stable", ignore_index=True)


def _sentences(board: str, metric: str, trait: Trait, rows: pd.DataFrame) -> Iterator[str]:
    learned = rows[~rows["is_null"]]
    if learned.empty:
        return
    title = metric_info(metric).title
    top = learned[learned["order"] == learned["order"].min()].sort_values("stratum")
    if len(top) > 1:
        first, last = top.iloc[0], top.iloc[-1]
        apart = first["high"] < last["low"] or last["high"] < first["low"]
        how = "" if apart else ", a difference that the intervals do not bear out"
        yield (
            f"{board}: {title} of {first['label']} is {written(metric, first['value'])} for {trait.least} "
            f"({span_words(first, trait)}) and {written(metric, last['value'])} for {trait.most} "
            f"({span_words(last, trait)}){how}."
        )
    changes = list(order_changes(metric, trait, learned))
    if changes:
        more = f" Another {len(changes) - 2} pairs change places as well." if len(changes) > 3 else ""
        more = " Another pair changes places as well." if len(changes) == 3 else more
        texts = [
            f"{better} is ahead of {worse} at {here}, and behind it at {there}"
            for better, worse, here, there in changes[:2]
        ]
        yield f"By {trait.title} the order changes, with intervals that do not overlap: {'; '.join(texts)}.{more}"
    elif len(set(learned["label"])) > 1:
        yield f"By {trait.title} no two methods change places with intervals that lie apart."


def _figure(board: str, metric: str, rows: pd.DataFrame, anchor: str) -> Figure:
    info = metric_info(metric)
    learned = rows.loc[~rows["is_null"], "label"].drop_duplicates().head(SHOWN).tolist()
    null = rows.loc[rows["is_null"] & rows["complete"], "label"].drop_duplicates().head(1).tolist()
    names = (*learned, *null)
    rows = rows[rows["label"].isin(names)]
    titles = {trait: TRAITS[trait].axis if trait in TRAITS else trait for trait in rows["trait"].unique()}
    panels = {
        titles[trait]: [
            range_words(row) for _, row in part.drop_duplicates("stratum").sort_values("stratum").iterrows()
        ]
        for trait, part in rows.groupby("trait", sort=False)
    }
    points = rows.assign(
        panel=rows["trait"].map(titles),
        series=rows["label"].map(names.index),
        place=rows.groupby("trait")["stratum"].rank(method="dense").astype(int),
        low=rows["low"].fillna(rows["value"]),
        high=rows["high"].fillna(rows["value"]),
    )[["panel", "place", "value", "low", "high", "series", "is_null"]]
    thirds = [panels[panel][place - 1] for panel, place in zip(points["panel"], points["place"], strict=True)]
    shown = {"panel": "trait", "third": "third", "label": "embedder", "value": info.title, "low": "low", "high": "high"}
    data = figure_data(points.assign(third=thirds, label=rows["label"]), shown)
    best = f" of the {SHOWN} best methods" if len(learned) == SHOWN else ""
    floor = f" In grey the best null baseline, {null[0]}." if null else ""
    return Figure(
        anchor,
        f"{board}: {info.title}{best} by thirds, with 95 % intervals; {direction_words(metric)}.{floor}",
        f"Lines of {info.title} over thirds of {' and of '.join(panels)}, a line a method. "
        "The tables below hold the values.",
        partial(charts.strata, points.assign(tip=tips(data)), names, panels),
        tuple(Key(i, name) for i, name in enumerate(learned)),
        has_null=bool(null),
        data=data,
    )


def _table(board: str, metric: str, trait: Trait, rows: pd.DataFrame, anchor: str, unit: str) -> Table:
    info = metric_info(metric)
    thirds = rows.drop_duplicates("stratum").sort_values("stratum")
    columns = [Column("Embedder", kind="text")]
    columns += [
        Column(range_words(row), f"{info.title} by {trait.title}", info.direction) for _, row in thirds.iterrows()
    ]
    shown = []
    for label, part in rows.groupby("label", sort=False):
        found = part.set_index("stratum")
        texts = [str(label), *(_value(metric, found, stratum) for stratum in thirds["stratum"])]
        shown.append(text_row(texts, is_null=part["is_null"].iloc[0]))
    sizes = [f"{n:,.0f}" for n in thirds["n"] if not pd.isna(n)]
    notes = (f"{unit.capitalize()}s in the thirds: {listed(sizes)}.",) if sizes else ()
    best = ", each embedder with its best readout" if len(set(rows["readout"])) > 1 else ""
    caption = f"{board}: {info.title} by thirds of {trait.title}{best}."
    return Table(anchor, caption, tuple(columns), tuple(shown), notes)


def _value(metric: str, found: pd.DataFrame, stratum: float) -> str:
    if stratum not in found.index:
        return MISSING
    row = found.loc[stratum]
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return written(metric, row["value"])
    return f"{written(metric, row['value'])} [{written(metric, row['low'])}, {written(metric, row['high'])}]"
