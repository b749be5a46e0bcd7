"""The answer to the question whether distributed representations are learned, as in Hinton's family trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.report import figures
from toolkit.report.answers import charts
from toolkit.report.answers.points import interval_points
from toolkit.report.answers.tables import by, capital, interval, learned, number, plain_table, share
from toolkit.report.figure_data import figure_data, point_data, tips
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import listed

PAPER = 7  # of the eight answers of two runs that Hinton (1986) reports


def family_trees_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``family-trees`` found."""
    completion = tables["completion"].sort_values("is_null", kind="stable")  # first what learns, and of that the first
    probes, weights = (tables.get(name, pd.DataFrame()) for name in ("probes", "weights"))
    return Answer(
        anchor,
        question,
        (_verdict(completion, probes), *_others(completion), *_read(probes)),
        (
            Fact(
                "Protocol",
                f"An input is a person and a relation. In every run some are held out, {completion.iloc[0]['inputs']}"
                " in all runs of one seed. Right: of all persons, those who stand in the relation have the highest"
                " activities. Strictly right: theirs are above one half, all others below. Intervals: Wilson's, 95 %,"
                " over inputs, the mean over seeds taken for one answer. Probe: ridge classification of persons left"
                " out one by one, from the vectors.",
            ),
            Fact(
                "The paper",
                f"Two runs with four held-out inputs each, {PAPER} of 8 right.",
                "https://www.cs.toronto.edu/~hinton/absps/families.pdf",
            ),
            Fact("Null baseline", "Random vectors, the most frequent persons, and probes of shuffled labels."),
        ),
        (*_weight_figure(weights, anchor), *_probe_figure(probes, anchor)),
        (*_completion_table(completion, anchor), *_probe_tables(probes, anchor)),
    )


def _verdict(completion: pd.DataFrame, probes: pd.DataFrame) -> str:
    """Say how many held-out inputs the first method answers, beside the paper, and what its units hold."""
    network = completion.iloc[0]
    if network["is_null"]:
        return "No method that learns was looked at."
    rows = probes[probes["embedder"] == network["embedder"]] if len(probes) else probes
    shown = [row.attribute for row in rows.itertuples() if row.accuracy > row.shuffled_high]
    missed = [row.attribute for row in rows.itertuples() if not row.accuracy > row.shuffled_high]
    found = f"{listed(shown)} can be read from its vectors, above the 95 % quantile of shuffled labels" if shown else ""
    lost = f"{listed(missed)} cannot" if missed else ""
    traits = "; ".join(part for part in (found, lost) if part)
    null = completion.loc[completion["is_null"].astype(bool), "share"].max()
    known = not network["low"] <= null  # or there is none
    floor = "" if known else f", no better for certain than a null baseline with {number(null, '.2f')}"
    return (
        f"{'Yes' if shown and not missed and known else 'In part' if shown else 'Not in this run'}:"
        f" {network['embedder']} answers {network['right']} of {network['asked']} questions about held-out inputs in"
        f" {network['runs']} runs ({interval(network['share'], network['low'], network['high'])}){floor}, which is"
        f" {number(network['of_eight'], '.1f')} of 8 where the paper has {PAPER}"
        + (f", and {traits}." if traits else ".")
    )


def _others(completion: pd.DataFrame) -> Iterator[str]:
    others = completion.iloc[1:]
    if len(others):
        best = others.loc[others["share"].idxmax()]
        yield (
            f"Given the same facts as a matrix, {best['embedder']} does best of the others, with"
            f" {interval(best['share'], best['low'], best['high'])}; "
            + listed(
                f"{row.embedder} {number(row.share, '.2f')}"
                for row in others.itertuples()
                if row.embedder != best["embedder"]
            )
            + "."
            if len(others) > 1
            else f"{best['embedder']} answers {interval(best['share'], best['low'], best['high'])} of them."
        )


def _read(probes: pd.DataFrame) -> Iterator[str]:
    for embedder, rows in by(learned(probes), "embedder"):
        found = listed(
            f"{row.attribute} {share(row.accuracy)} (shuffled {share(row.shuffled)}, above its 95 % quantile in"
            f" {row.above} of {row.runs} runs)"
            for row in rows.itertuples()
        )
        yield f"Read from the vectors of {embedder}: {found}."


def _weight_figure(weights: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    if weights.empty:
        return
    groups = "nationality" if "nationality" in weights else None
    rows = weights.assign(row=weights[groups].fillna("") if groups else "")
    places = rows.drop_duplicates("person").groupby("row", sort=False).cumcount()
    rows["column"] = rows["person"].map(dict(zip(rows.drop_duplicates("person")["person"], places, strict=True)))
    people = rows.drop_duplicates("person")
    columns = sorted(rows["column"].unique())
    lines = "; ".join(f"{row}: {', '.join(group['person'])}" for row, group in by(people, "row"))
    yield Figure(
        f"{anchor}-weights",
        "Weights from each person to the units of the network, in the manner of the paper: blue positive, orange"
        f" negative, area by size. From the left, {lines}.",
        "A panel a unit with a square for each person; two rows of persons, counterparts below each other.",
        partial(charts.squares, rows, columns),
        has_null=False,
        data=figure_data(rows, {"unit": "unit", "person": "person", "nationality": "nationality", "weight": "weight"}),
    )


def _probe_figure(probes: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    if probes.empty:
        return
    names = tuple(probes["attribute"].drop_duplicates())
    rows = probes.assign(value=probes["accuracy"], low=probes["accuracy"], high=probes["accuracy"])
    points = interval_points(rows, [names.index(name) for name in rows["attribute"]])
    data = point_data(points, "accuracy", names, row="method", over="attribute")
    highest = float(probes["shuffled_high"].max())
    yield Figure(
        f"{anchor}-probes",
        "Share of persons whose attribute a linear probe reads from the vectors of the others, in the mean over runs.",
        "Dot plot of accuracies, a row a method, a mark an attribute; the tables of probes hold the values.",
        partial(
            figures.dots,
            points.assign(tip=tips(data)),
            "accuracy of the probe",
            (0.0, 1.03),
            highest,
            names,
            name="shuffled labels, at most",
        ),
        tuple(Key(i, name) for i, name in enumerate(names)),
        data=data,
    )


def _completion_table(completion: pd.DataFrame, anchor: str) -> Iterator[Table]:
    shown = completion.assign(
        text=[interval(row.share, row.low, row.high, ".3f") for row in completion.itertuples()],
        count=[f"{row.right} of {row.asked}" for row in completion.itertuples()],
    )
    titles = {
        "embedder": "Method",
        "runs": "Runs",
        "count": "Right",
        "text": "Share",
        "of_eight": "Of 8",
        "strict": "Strictly right",
    }
    formats = {"of_eight": ".1f", "strict": ".3f"}
    yield plain_table(
        shown, f"{anchor}-right", "Held-out inputs answered, all runs together [95 % interval].", titles, formats
    )


def _probe_tables(probes: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {
        "embedder": "Method",
        "accuracy": "Accuracy",
        "shuffled": "Shuffled labels",
        "shuffled_high": "their 95 % quantile",
        "above": "Runs above it",
        "runs": "of",
    }
    formats = dict.fromkeys(("accuracy", "shuffled", "shuffled_high"), ".3f")
    for attribute, rows in by(probes, "attribute"):
        ordered = rows.sort_values("accuracy", ascending=False, kind="stable")
        caption = f"{capital(attribute)} read from the vectors by a linear probe, in the mean over runs."
        yield plain_table(ordered, f"{anchor}-probe-{attribute}", caption, titles, formats)
