"""The answer to the question whether the methods learn the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.report.answers.tables import by, capital, learned, number, plain_table
from toolkit.report.figure_data import figure_data
from toolkit.report.heat import heat
from toolkit.report.parts import Answer, Fact, Figure, Table
from toolkit.report.trees import dendrogram, leaf_order
from toolkit.report.wording import listed

ONE_MODEL = 1e-9  # parameters of two trainings that differ by no more are those of one model, in float64
MUCH = 0.5  # CKA of the middle one of all pairs from which on the methods are said to share much


def same_thing_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``same-thing`` found."""
    names = ("agreement", "merges", "stability", "pmi", "svd")
    agreement, merges, stability, factorized, layers = (tables.get(name, pd.DataFrame()) for name in names)
    trees = dict(by(merges, "experiment"))
    figures = [
        figure
        for experiment, rows in by(agreement, "experiment")
        for figure in _figures(experiment, rows, trees.get(experiment, pd.DataFrame()), anchor)
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


def _verdict(agreement: pd.DataFrame) -> str:
    """Say which two methods are nearest and furthest apart, and whether all are nearer than random vectors."""
    known = agreement.dropna(subset=["cka"]) if len(agreement) else agreement
    rows = learned(known)
    if rows.empty:
        return "No two methods that learn were laid side by side."
    found = []
    for experiment, each in by(rows, "experiment"):
        near, far = each.loc[each["cka"].idxmax()], each.loc[each["cka"].idxmin()]
        found.append(
            f"on {experiment}, {near['first']} and {near['second']} are nearest (CKA {number(near['cka'], '.2f')}), "
            f"{far['first']} and {far['second']} furthest apart ({number(far['cka'], '.2f')}), half of all pairs above "
            f"{number(each['cka'].median(), '.2f')}"
        )
    null = known.loc[known["is_null"].astype(bool), "cka"]
    if null.empty:
        return f"There is no null baseline to judge by: {'; '.join(found)}."
    above = rows["cka"].min() > null.max()
    much = "Much of it" if rows["cka"].median() >= MUCH else "Some of it"
    return (
        f"{much if above else 'Not all of it'}: {'; '.join(found)}; random vectors reach at most"
        f" {number(null.max(), '.2f')}."
    )


def _chances(agreement: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in by(learned(agreement), "experiment"):
        low, high = rows.loc[rows["neighbors"].idxmin()], rows.loc[rows["neighbors"].idxmax()]
        yield (
            f"Of the ten nearest {experiment}, two methods share from {number(low['neighbors'], '.3f')} ({low['first']}"
            f" and {low['second']}) to {number(high['neighbors'], '.3f')} ({high['first']} and {high['second']}) by"
            f" Jaccard; random neighbours {number(rows['chance'].mean(), '.3f')}."
        )


def _skip_gram(factorized: pd.DataFrame) -> Iterator[str]:
    """Say how well dot products follow the matrix, and whether the better the more dimensions they have."""
    if factorized.empty:
        return
    rows = factorized.sort_values("dim")
    chance = rows["shuffled"].abs().max()
    rises = len(rows) > 1 and rows["pearson"].is_monotonic_increasing and rows["pearson"].is_unique
    better = ", the better the more dimensions they have" if rises else ""
    follow = f"follow it{better}" if rows["pearson"].max() > chance else "do not follow it"
    found = listed(f"{number(row.pearson, '.2f')} with {row.dim:.0f}" for row in rows.itertuples())
    weighted = listed(number(value, ".2f") for value in rows["weighted"])
    yield (
        f"Skip-gram is said to factorize the matrix of PMI − log k, and its dot products {follow}: correlation {found}"
        f" dimensions, weighted by how often pairs occur {weighted}; with shuffled cells {number(chance, '.2f')} at"
        " most."
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
    for experiment, rows in by(learned(stability), "experiment"):
        if rows["cka"].isna().all():
            continue
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
        order = [names[leaf] for leaf in leaf_order(merges, len(names))]
        yield Figure(
            f"{anchor}-{experiment}-tree",
            f"{capital(experiment)}: which methods learn alike. The further left two branches meet, the more alike.",
            "Dendrogram of the methods by 1 − CKA; the table of agreement holds the values.",
            partial(dendrogram, merges, names, "1 − CKA"),
            has_null=False,
            data=_merge_data(merges, names),
        )
    else:
        order = names
    yield Figure(
        f"{anchor}-{experiment}-cka",
        f"{capital(experiment)}: CKA of each two methods; rows and columns in the order of the tree.",
        "Heat map of CKA; the table of agreement holds the values.",
        partial(heat, _square(rows, "cka"), order, (0.0, 1.0)),
        has_null=False,
        shades=("0", "1, a rotation of one another"),
        data=figure_data(rows, {"first": "method", "second": "other method", "cka": "CKA"}),
    )


def _merge_data(merges: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return which groups of methods meet where."""
    groups = [[name] for name in names]
    found = []
    for merge in merges.itertuples():
        first, second = groups[int(merge.first)], groups[int(merge.second)]
        found.append({"group": " + ".join(first), "joins": " + ".join(second), "at 1 − CKA": merge.distance})
        groups.append([*first, *second])
    return pd.DataFrame(found)


def _square(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return a value of pairs as all cells of a square table, 1 on the diagonal."""
    one = rows.rename(columns={"first": "row", "second": "column", value: "value"})[["row", "column", "value"]]
    other = one.rename(columns={"row": "column", "column": "row"})
    same = pd.DataFrame({"row": _names(rows), "column": _names(rows), "value": 1.0})
    return pd.concat([one, other, same], ignore_index=True)


def _agreement_tables(agreement: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {"first": "Method", "second": "and", "cka": "CKA", "neighbors": "Neighbours shared", "chance": "By chance"}
    for experiment, rows in by(agreement, "experiment"):
        ordered = rows.sort_values("cka", ascending=False, kind="stable")
        caption = f"{capital(experiment)}: agreement of each two methods over {rows['n'].max():,} keys."
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
