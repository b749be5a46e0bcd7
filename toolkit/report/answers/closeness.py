"""The answer to the question whether similar things end up close together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.report import figures
from toolkit.report.answers.points import interval_points
from toolkit.report.answers.tables import by, capital, interval, learned, plain_table, share, spoken
from toolkit.report.figure_data import point_data, tips
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import listed
from toolkit.studies.closeness import FEWEST


def close_together_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``close-together`` found."""
    pairs, attributes = (tables.get(name, pd.DataFrame()) for name in ("pairs", "attributes"))
    verdicts = [*_attribute_verdicts(attributes), *_pair_verdicts(pairs)]
    first = f"{'Yes' if _all_above(attributes, pairs) else 'Not with every method'}: {'; '.join(verdicts)}."
    first = first if verdicts else "No method that learns was looked at."
    return Answer(
        anchor,
        question,
        (first, *_remarks(attributes, pairs)),
        (
            Fact(
                "Protocol",
                "Words: Spearman correlation of cosines with what people said about pairs of words, all methods over"
                " the same vocabulary. Items: the share of the nearest by cosine that have an attribute in common,"
                " which no method has seen. Intervals: 95 %, from 10,000 bootstrap samples of pairs and of items.",
            ),
            Fact("Null baseline", "Random vectors; and chance, the share of all pairs of items with it in common."),
        ),
        (*_attribute_figures(attributes, anchor), *_pair_figures(pairs, anchor)),
        (
            *_attribute_tables(attributes, anchor),
            *_pair_tables(pairs, anchor),
            *_neighbor_tables(tables.get("neighbors", pd.DataFrame()), anchor),
        ),
    )


def _all_above(attributes: pd.DataFrame, pairs: pd.DataFrame) -> bool:
    """Return whether every method that learns lies above chance with its whole interval."""
    films, words = learned(attributes), learned(pairs)
    return (films.empty or bool((films["low"] > films["chance"]).all())) and (
        words.empty or bool((words["low"] > 0).all())
    )


def _attribute_verdicts(attributes: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in by(learned(attributes), "experiment"):
        best = rows.loc[rows["value"].idxmax()]
        yield (
            f"on {experiment}, {share(best['value'])} of the {best['k']} nearest by {best['embedder']} have"
            f" {best['attribute']} in common, where chance gives {share(best['chance'])}"
        )


def _pair_verdicts(pairs: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in by(learned(pairs), "experiment"):
        judged = rows[rows["pairs"] == rows.loc[rows["n"].idxmax(), "pairs"]]
        best = judged.loc[judged["value"].idxmax()]
        yield (
            f"on {experiment}, the cosines of {best['embedder']} follow what people say of {best['n']:,} pairs "
            f"({best['pairs']}) with a correlation of {interval(best['value'], best['low'], best['high'])}"
        )


def _remarks(attributes: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[str]:
    """Say of which methods the interval reaches down to chance, and how wide intervals are."""
    rows = learned(attributes)
    if len(rows):
        yield f"By {listed(rows['attribute'].unique())}, {_above(rows, rows['chance'], 'chance')}."
    for name, rows in by(learned(pairs), "pairs"):
        best = rows.loc[rows["value"].idxmax()]
        tied = rows[(rows["high"] >= best["low"]) & (rows["embedder"] != best["embedder"])]["embedder"].tolist()
        yield (
            f"On {name} ({best['n']:,} pairs), {_above(rows, 0, '0')}; {best['embedder']} is highest with "
            f"{interval(best['value'], best['low'], best['high'])}, and "
            + (f"the intervals of {spoken(tied)} overlap with its own." if tied else "no other interval overlaps it.")
        )


def _above(rows: pd.DataFrame, floor: pd.Series | float, what: str) -> str:
    low = rows.loc[~(rows["low"] > floor), "embedder"].tolist()
    rest = f" ({listed(low)} {'is' if len(low) == 1 else 'are'} not)" if low else ""
    return f"{len(rows) - len(low)} of {len(rows)} methods are above {what} with their whole interval{rest}"


def _attribute_figures(attributes: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    for experiment, rows in by(attributes, "experiment"):
        points = interval_points(rows, [0] * len(rows))
        domain = (0.9 * min(points["low"].min(), rows["chance"].min()), 1.03 * points["high"].max())
        chance = float(rows["chance"].mean())
        k, attribute = rows["k"].iloc[0], rows["attribute"].iloc[0]
        data = point_data(points, f"share with {attribute} in common", ("",), row="method")
        yield Figure(
            f"{anchor}-{experiment}-attributes",
            f"Share of the {k} nearest {experiment} with {attribute} in common, with 95 % intervals; chance is"
            f" {share(chance)}.",
            "Dot plot of the share, a row a method, with intervals; the table of shares holds the values.",
            partial(
                figures.dots,
                points.assign(tip=tips(data)),
                f"share with {attribute} in common",
                domain,
                chance,
                (attribute,),
                name="chance",
            ),
            data=data,
        )


def _pair_figures(pairs: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    for experiment, rows in by(pairs, "experiment"):
        sets = tuple(rows["pairs"].drop_duplicates())
        points = interval_points(rows, [sets.index(name) for name in rows["pairs"]])
        data = point_data(points, "Spearman correlation", sets, row="method", over="pairs")
        domain = (points["low"].min() - 0.03, points["high"].max() + 0.03)
        yield Figure(
            f"{anchor}-{experiment}-pairs",
            f"{capital(experiment)}: correlation of cosines with what people say, with 95 % intervals.",
            "Dot plot of Spearman correlations, a row a method, a mark a set of pairs; the table of pairs holds them.",
            partial(
                figures.dots,
                points.assign(tip=tips(data)),
                "Spearman correlation",
                domain,
                0.0,
                sets,
                name="no agreement",
            ),
            tuple(Key(i, name) for i, name in enumerate(sets)),
            data=data,
        )


def _attribute_tables(attributes: pd.DataFrame, anchor: str) -> Iterator[Table]:
    for experiment, rows in by(attributes, "experiment"):
        ordered = rows.sort_values("value", ascending=False, kind="stable")
        shown = ordered.assign(interval=[interval(*ends, ".3f") for ends in _ends(ordered)])
        titles = {"embedder": "Method", "interval": "Share", "chance": "Chance", "lift": "Times chance", "n": "Items"}
        formats = {"chance": ".3f", "lift": ".2f"}
        k, attribute = rows["k"].iloc[0], rows["attribute"].iloc[0]
        caption = f"{capital(experiment)}: share of the {k} nearest with {attribute} in common [95 % interval]."
        yield plain_table(shown, f"{anchor}-{experiment}-attribute-table", caption, titles, formats)


def _pair_tables(pairs: pd.DataFrame, anchor: str) -> Iterator[Table]:
    for experiment, rows in by(pairs, "experiment"):
        sizes = rows.groupby("pairs", sort=False)["n"].max()
        cells = rows.assign(text=[interval(*ends) for ends in _ends(rows)])
        wide = cells.pivot_table(index=["embedder", "is_null"], columns="pairs", values="text", aggfunc="first")
        best = rows.groupby("embedder")["value"].mean().sort_values(ascending=False).index
        wide = wide[list(sizes.index)].reset_index().sort_values("embedder", key=lambda names: names.map(best.get_loc))
        titles = {"embedder": "Method", **{name: f"{name} ({size:,})" for name, size in sizes.items()}}
        caption = f"{capital(experiment)}: Spearman correlation with people [95 % interval], by set (pairs)."
        yield plain_table(wide, f"{anchor}-{experiment}-pair-table", caption, titles)


def _neighbor_tables(neighbors: pd.DataFrame, anchor: str) -> Iterator[Table]:
    for place, (item, rows) in enumerate(by(neighbors, "item")):
        titles = {"embedder": "Method", **{f"near_{i}": str(i) for i in range(1, 6)}}
        shown = rows.astype(object).where(rows.notna(), "")  # where fewer than five are left
        yield plain_table(
            shown,
            f"{anchor}-near-{place + 1}",
            f"Nearest to {item}, among items with {FEWEST} ratings or more.",
            titles,
        )


def _ends(rows: pd.DataFrame) -> Iterator[tuple[float, float, float]]:
    return zip(rows["value"], rows["low"], rows["high"], strict=True)
