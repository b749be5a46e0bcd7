"""The answer to the question whether the methods learn the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.report.answers import charts
from toolkit.report.answers.tables import number, plain_table
from toolkit.report.parts import Answer, Fact, Figure, Table

ONE_MODEL = 1e-9  # parameters of two trainings that differ by no more are those of one model, in float64


def same_thing_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``same-thing`` found."""
    agreement, stability = tables["agreement"], tables.get("stability", pd.DataFrame())
    factorized, layers = (tables.get(name, pd.DataFrame()) for name in ("pmi", "svd"))
    merges = tables["merges"]
    figures = [
        figure
        for experiment, rows in agreement.groupby("experiment", sort=False)
        for figure in _figures(str(experiment), rows, merges[merges["experiment"] == experiment], anchor)
    ]
    return Answer(
        anchor,
        question,
        (_verdict(agreement), *_chances(agreement), *_skip_gram(factorized), *_layers(layers), *_seeds(stability)),
        (
            Fact(
                "Protocol",
                "Vectors of the same keys, those that come first, laid side by side: debiased linear CKA (1 where one"
                " is a rotation of the other, 0 in the mean for independent ones) and the overlap (Jaccard) of the ten"
                " nearest by cosine. The dendrogram joins by average linkage of 1 − CKA.",
            ),
            Fact(
                "Skip-gram",
                "As in Levy & Goldberg (2014): fixed window, no word left out, negatives by frequency; dot products of"
                " words with contexts against PMI − log k, over the pairs that occur.",
                "https://papers.nips.cc/paper/5477",
            ),
            Fact(
                "Null baseline",
                "Random vectors; the overlap of random neighbours; the matrix with its cells shuffled; another order.",
            ),
        ),
        tuple(figures),
        (
            *_agreement_tables(agreement, anchor),
            *_stability_table(stability, anchor),
            *_pmi_table(factorized, anchor),
            *_svd_table(layers, anchor),
        ),
    )


def _learned(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["is_null"].astype(bool)]


def _verdict(agreement: pd.DataFrame) -> str:
    found = []
    for experiment, rows in _learned(agreement).groupby("experiment", sort=False):
        near, far = rows.loc[rows["cka"].idxmax()], rows.loc[rows["cka"].idxmin()]
        found.append(
            f"on {experiment}, {near['first']} and {near['second']} are nearest (CKA {number(near['cka'], '.2f')}), "
            f"{far['first']} and {far['second']} furthest apart ({number(far['cka'], '.2f')}), half of all pairs above "
            f"{number(rows['cka'].median(), '.2f')}"
        )
    null = agreement.loc[agreement["is_null"].astype(bool), "cka"]
    against = f"; random vectors reach at most {number(null.max(), '.2f')}" if len(null) else ""
    more = len(null) == 0 or _learned(agreement)["cka"].min() > null.max()
    return f"{'Much of it' if more else 'Not all of it'}: {'; '.join(found)}{against}."


def _chances(agreement: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in _learned(agreement).groupby("experiment", sort=False):
        low, high = rows.loc[rows["neighbors"].idxmin()], rows.loc[rows["neighbors"].idxmax()]
        yield (
            f"Of the ten nearest {experiment}, two methods share from {number(low['neighbors'], '.3f')} ({low['first']}"
            f" and {low['second']}) to {number(high['neighbors'], '.3f')} ({high['first']} and {high['second']}) by"
            f" Jaccard; random neighbours {number(rows['chance'].mean(), '.3f')}."
        )


def _skip_gram(factorized: pd.DataFrame) -> Iterator[str]:
    if factorized.empty:
        return
    first, last = factorized.iloc[0], factorized.iloc[-1]
    yield (
        (
            "Skip-gram's dot products follow the matrix that it is said to factorize, PMI − log k, the better the more"
            if last["pearson"] > first["pearson"]
            else (
                "Skip-gram's dot products follow the matrix that it is said to factorize, PMI − log k, no better with"
                " more"
            )
        )
        + f" dimensions it has: correlation {number(first['pearson'], '.2f')} with {first['dim']:.0f} and"
        f" {number(last['pearson'], '.2f')} with {last['dim']:.0f}, weighted by how often pairs occur"
        f" {number(first['weighted'], '.2f')} and {number(last['weighted'], '.2f')}; with shuffled cells"
        f" {number(factorized['shuffled'].abs().max(), '.2f')} at most."
    )


def _layers(layers: pd.DataFrame) -> Iterator[str]:
    if layers.empty:
        return
    last = layers.iloc[-1]
    apart = layers[["items", "users", "predictions"]].to_numpy().max()
    same = apart <= ONE_MODEL
    yield (
        "Surprise's SVD and embedding layers trained by plain SGD from the same start in the same order"
        f" {'are one model' if same else 'are not the same model here'}: after {last['epochs']:.0f} passes over"
        f" {last['ratings']:,.0f} ratings no parameter or prediction differs by more than {number(apart, '.0e')}, where"
        f" item vectors moved by up to {number(last['moved'], '.2g')} and another order changes them by"
        f" {number(last['other_order'], '.1g')}."
    )


def _seeds(stability: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in _learned(stability).groupby("experiment", sort=False) if len(stability) else ():
        low = rows.loc[rows["cka"].idxmin()]
        yield (
            f"Two seeds of one method on {experiment} agree with CKA {number(low['cka'], '.2f')} ({low['embedder']}) or"
            f" more, and share {number(rows['neighbors'].min(), '.2f')} of neighbours or more."
        )


def _names(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*rows["first"], *rows["second"]]))


def _figures(experiment: str, rows: pd.DataFrame, merges: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    names = _names(rows)
    if len(merges):
        order = [names[leaf] for leaf in charts.leaf_order(merges, len(names))]
        yield Figure(
            f"{anchor}-{experiment}-tree",
            f"{experiment.capitalize()}: which methods learn alike. The further left two branches meet, the more"
            " alike.",
            "Dendrogram of the methods by 1 − CKA; the table of agreement holds the values.",
            partial(charts.dendrogram, merges, names, "1 − CKA"),
            has_null=False,
        )
    else:
        order = names
    yield Figure(
        f"{anchor}-{experiment}-cka",
        f"{experiment.capitalize()}: CKA of each two methods; rows and columns in the order of the tree.",
        "Heat map of CKA; the table of agreement holds the values.",
        partial(charts.heat, _square(rows, "cka"), order, (0.0, 1.0)),
        has_null=False,
    )


def _square(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return a value of pairs as all cells of a square table, 1 on the diagonal."""
    one = rows.rename(columns={"first": "row", "second": "column", value: "value"})[["row", "column", "value"]]
    other = one.rename(columns={"row": "column", "column": "row"})
    same = pd.DataFrame({"row": _names(rows), "column": _names(rows), "value": 1.0})
    return pd.concat([one, other, same], ignore_index=True)


def _agreement_tables(agreement: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {"first": "Method", "second": "and", "cka": "CKA", "neighbors": "Neighbours shared", "chance": "By chance"}
    for experiment, rows in agreement.groupby("experiment", sort=False):
        ordered = rows.sort_values("cka", ascending=False, kind="stable")
        caption = f"{str(experiment).capitalize()}: agreement of each two methods over {rows['n'].max():,} keys."
        formats = {"cka": ".3f", "neighbors": ".3f", "chance": ".4f"}
        ordered = ordered.drop(columns="is_null")  # it would mark one of the two methods
        yield plain_table(ordered, f"{anchor}-{experiment}-agreement", caption, titles, formats)


def _stability_table(stability: pd.DataFrame, anchor: str) -> Iterator[Table]:
    if len(stability):
        titles = {"experiment": "Data", "embedder": "Method", "seeds": "Seeds", "cka": "CKA", "neighbors": "Neighbours"}
        formats = {"cka": ".3f", "neighbors": ".3f"}
        yield plain_table(
            stability, f"{anchor}-seeds", "Agreement of one method with itself, over seeds.", titles, formats
        )


def _pmi_table(factorized: pd.DataFrame, anchor: str) -> Iterator[Table]:
    if len(factorized):
        titles = {
            "dim": "Dimensions",
            "pearson": "Correlation",
            "weighted": "Weighted by counts",
            "shuffled": "Shuffled cells",
            "pairs": "Pairs",
            "words": "Words",
        }
        caption = "Dot products of skip-gram against PMI − log k, over pairs that occur."
        yield plain_table(factorized, f"{anchor}-pmi", caption, titles)


def _svd_table(layers: pd.DataFrame, anchor: str) -> Iterator[Table]:
    if len(layers):
        titles = {
            "epochs": "Passes",
            "ratings": "Ratings",
            "moved": "Items moved by",
            "items": "Items differ by",
            "users": "Users differ by",
            "predictions": "Predictions differ by",
            "other_order": "In another order",
        }
        formats = {**dict.fromkeys(("items", "users", "predictions"), ".0e"), "moved": ".2g", "other_order": ".2g"}
        caption = "Surprise's SVD against embedding layers: largest differences."
        yield plain_table(layers, f"{anchor}-svd", caption, titles, formats)
