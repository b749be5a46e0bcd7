"""The answer to the question whether intervals and tests can be relied on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from toolkit.report import figures
from toolkit.report.answers.tables import plain_table, share
from toolkit.report.figure_data import figure_data, point_data, tips
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import listed

STATED, NEAR = 0.05, 0.01  # the rate at which a test should reject, and how far off it may be
ENOUGH = 200  # units from which that is asked for
PAIRS = {"permutation": "permutation test", "bootstrap": "paired bootstrap interval"}
FIGURES = {"mean": "mean", "root-mean": "root of a mean, five folds", "spearman": "Spearman", "pearson": "Pearson"}


def calibration_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``calibration`` found."""
    null, many, power = tables["null"], tables["tables"], tables["power"]
    return Answer(
        anchor,
        question,
        (_verdict(null), *_small(null), _intervals(null), _families(many), *_power(power)),
        (
            Fact(
                "Protocol",
                "Scores are simulated, so that it is known whether two methods differ: rankings (in [0, 1], two thirds "
                "of them 0), ratings (squared errors of users with 20 to 720 ratings, pooled in five folds), word "
                "pairs (two lists of cosines against one of judgements with ties), questions (right or wrong). All "
                "methods share what is hard. Methods that are unlike are equal on average only: one is far off with "
                "a few units and better with the others. Each row is simulated anew "
                f"{_range(null['simulations'], ',.0f')} times; rates have Wilson intervals.",
            ),
            Fact(
                "Test",
                "Each unit contributes to each figure; the signs of the differences of two methods' contributions are "
                "drawn at random. The statistic is the mean difference by its standard error, corrected for skewness; "
                "p is two-sided, and in tables corrected by Holm's procedure.",
            ),
            Fact("Null baseline", f"The rate that a test at this level should have: {share(STATED)}."),
        ),
        (_null_figure(null, anchor), _power_figure(power, anchor)),
        (_null_table(null, anchor), _family_table(many, anchor), _power_table(power, anchor)),
    )


def _verdict(null: pd.DataFrame) -> str:
    """Say whether the test rejects as often as it should, and where it does not."""
    rows = null[null["n"] >= ENOUGH]
    if rows.empty:
        return f"Nothing was simulated with {ENOUGH} units or more."
    rates = rows["permutation"]
    off = _off(rows)
    found = f"it does so in {_range(rates)} of the simulations"
    asked = (
        f"the permutation test should tell two methods without a true difference apart in {share(STATED)} of all cases,"
        f" and with {ENOUGH} units or more {found}"
    )
    if off.empty:
        return f"Yes: {asked}."
    where = listed(f"{_row_name(row)} ({_found(row)})" for row in off.to_dict("records"))
    return f"Not everywhere: {asked}; it is off by more than one percentage point for {where}."


def _off(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose rate is farther off than it may be."""
    return rows[(rows["permutation"] - STATED).abs() > NEAR]


def _found(row: Mapping[str, Any]) -> str:
    """Return a rate with what so many simulations leave to chance."""
    ends = (f"{100 * row[name]:.1f}" for name in ("permutation_low", "permutation_high"))
    return f"{share(row['permutation'], 1)}, 95 % interval {' to '.join(ends)}"


def _small(null: pd.DataFrame) -> Iterator[str]:
    """Say how it is with fewer units, and where it is off."""
    for n, rows in null[null["n"] < ENOUGH].groupby("n"):
        off = _off(rows)
        text = f"With {n} units it does so in {_range(rows['permutation'])}"
        if len(off):
            names = [f"{_row_name(row, False)} ({_found(row)})" for row in off.to_dict("records")]
            text += f"; it is off by more than one percentage point for {listed(names)}"
        yield f"{text}."


def _intervals(null: pd.DataFrame) -> str:
    rows = null[null["n"] >= ENOUGH]
    return (
        f"The paired bootstrap interval of a difference leaves out zero, where zero is true, in "
        f"{_range(rows['bootstrap'])} of the cases with {ENOUGH} units or more; what is called different goes by the "
        f"permutation test. The {share(1 - STATED)} interval of a single figure holds the true one in "
        f"{_range(rows['coverage'])}"
        + "".join(f", with {n} units in {_range(few['coverage'])}" for n, few in null[null["n"] < ENOUGH].groupby("n"))
        + "."
    )


def _families(many: pd.DataFrame) -> str:
    equal, ahead = many[many["ahead"] == 0], many[many["ahead"] > 0]
    found = [
        f"of {k} equal methods any two are told apart in {_range(rows['wrong'])} of the tables"
        for k, rows in equal.groupby("entries")
    ]
    text = f"Every one compared with every other, {listed(found)}, where at most {share(STATED)} are allowed"
    if len(ahead):
        text += (
            "; a method that is truly the best, by one standard error, is not among those tied for the best in at most "
            f"{share(ahead['dropped'].max(), 2)}"
        )
    return f"{text}."


def _power(power: pd.DataFrame) -> Iterator[str]:
    """Say how often true differences are found, by their size."""
    found = [f"{effect:g} ({_range(rows['found'], digits=0)})" for effect, rows in power.groupby("effect") if len(rows)]
    yield f"How often a true difference is found, by its size in standard errors: {'; '.join(found)}."
    for n, rows in power[power["n"] >= ENOUGH].groupby("n"):
        likely = rows[rows["effect"] == 3]
        sizes = [f"{row.difference:.4f} for {row.scores}" for row in likely.itertuples()]
        if sizes:
            yield f"With {n:,} units three standard errors are {listed(sizes)}."


def _range(rates: pd.Series, form: str = "", digits: int = 1) -> str:
    """Return the least and the largest, as percentages or in a format."""
    ends = [format(end, form) if form else f"{100 * end:.{digits}f}" for end in (rates.min(), rates.max())]
    text = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return text if form else f"{text} %"


def _row_name(row: Mapping[str, Any], with_n: bool = True) -> str:
    number = f"{row['n']:,} " if with_n else ""
    kind = "" if row["alike"] else ", unlike"
    return f"{row['scores']}, {number}{row['unit']}{kind}" if with_n else f"{row['scores']}{kind}"


def _null_figure(null: pd.DataFrame, anchor: str) -> Figure:
    labels = [
        f"{row.scores} {row.n:,}{'' if row.alike else ', unlike'}"  # longer ones would be cut off
        for row in null.itertuples()
    ]
    points = pd.concat(
        [
            pd.DataFrame(
                {
                    "label": labels,
                    "series": number,
                    "value": 100 * null[name],
                    "low": 100 * null[f"{name}_low"],
                    "high": 100 * null[f"{name}_high"],
                    "is_null": False,
                    "row": range(len(null)),
                }
            )
            for number, name in enumerate(PAIRS)
        ]
    ).sort_values(["row", "series"], ignore_index=True)
    points = points.assign(heads=~points["label"].duplicated())
    ends = (0.0, 1.05 * max(points["high"].max(), 100 * (STATED + NEAR)))
    title = "How often two methods without a true difference are told apart (%)"
    data = point_data(points, "told apart (%)", tuple(PAIRS.values()), row="scores and units", over="test")
    return Figure(
        f"{anchor}-rates",
        f"{title}, by scores and number of units, with 95 % intervals; {share(STATED)} is right.",
        "Dot plot of rates, a row a kind of scores and number of units; the first table holds the values.",
        partial(
            figures.dots,
            points.assign(tip=tips(data)),
            title,
            ends,
            100 * STATED,
            tuple(PAIRS.values()),
            name=share(STATED),
        ),
        tuple(Key(number, title) for number, title in enumerate(PAIRS.values())),
        has_null=False,
        data=data,
    )


def _power_figure(power: pd.DataFrame, anchor: str) -> Figure:
    sizes = sorted(power["n"].unique())
    names = tuple(f"{n:,} units" for n in sizes)
    points = power.assign(
        embedder=power["scores"],
        dim=power["effect"],
        value=100 * power["found"],
        low=100 * power["found_low"],
        high=100 * power["found_high"],
        series=power["n"].map(sizes.index),
        is_null=False,
    )
    titles = {"scores": "scores", "n": "units", "effect": "difference in standard errors", "value": "found (%)"}
    titles |= {"low": "low", "high": "high"}
    data = figure_data(points, titles)
    return Figure(
        f"{anchor}-power",
        "How often a true difference is found (%), by its size in standard errors (log scale), with 95 % intervals.",
        "Small line plots, one a kind of scores, of the share of differences that are found against their size; the "
        "last table holds the values.",
        partial(figures.curves, points.assign(tip=tips(data)), "max", None, names),
        tuple(Key(number, name) for number, name in enumerate(names)),
        has_null=False,
        data=data,
    )


def _percent(rows: pd.DataFrame, name: str) -> list[str]:
    return [
        f"{100 * rate:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
        for rate, low, high in zip(rows[name], rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
    ]


def _null_table(null: pd.DataFrame, anchor: str) -> Table:
    shown = null.assign(
        figure=null["statistic"].map(FIGURES),
        alike=null["alike"].map({True: "yes", False: "on average only"}),
        **{name: _percent(null, name) for name in (*PAIRS, "coverage")},
    )
    titles = {
        "scores": "Scores",
        "figure": "Figure",
        "alike": "Alike",
        "n": "Units",
        "permutation": "Permutation test (%)",
        "bootstrap": "Paired bootstrap (%)",
        "coverage": "Interval holds the figure (%)",
    }
    caption = (
        "Two methods without a true difference: how often they are told apart, at 5 %, and how often the 95 % interval "
        "of a figure (of the second method's, where the two are unlike) holds the true one."
    )
    return plain_table(shown, f"{anchor}-null", caption, titles)


def _family_table(many: pd.DataFrame, anchor: str) -> Table:
    shown = many.assign(**{name: _percent(many, name) for name in ("wrong", "dropped")})
    titles = {
        "scores": "Scores",
        "n": "Units",
        "entries": "Methods",
        "ahead": "First ahead by (standard errors)",
        "wrong": "Equal ones told apart (%)",
        "dropped": "First not tied for best (%)",
    }
    caption = (
        "Tables of methods, all compared with all, corrected by Holm's procedure: how often any two equal ones are "
        "told apart, and how often the first, which no other truly beats, is told from the one that looks best."
    )
    return plain_table(shown, f"{anchor}-tables", caption, titles)


def _power_table(power: pd.DataFrame, anchor: str) -> Table:
    shown = power.assign(found=_percent(power, "found"), figure=power["statistic"].map(FIGURES))
    titles = {
        "scores": "Scores",
        "figure": "Figure",
        "n": "Units",
        "effect": "Standard errors",
        "difference": "True difference",
        "found": "Found (%)",
    }
    caption = "Two methods that differ: how often the permutation test finds it, by the size of the true difference."
    return plain_table(shown, f"{anchor}-power", caption, titles, {"difference": ".4f"})
