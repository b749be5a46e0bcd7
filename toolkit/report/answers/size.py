"""The answer to the question why 50 dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import figures, plotting
from toolkit.report.answers import charts
from toolkit.report.answers.tables import Writer, plain_table, spoken
from toolkit.report.numbers import megabytes, seconds, written
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import direction_words

ASKED = 50  # the number of dimensions that the question is about


def why_50_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``why-50`` found."""
    curves, ranges, choice = tables["curves"], tables["ranges"], tables["choice"]
    return Answer(
        anchor,
        question,
        (_verdict(ranges), *_extremes(ranges), _theory(choice, ranges), _bands(ranges)),
        (
            Fact(
                "Protocol",
                "Every method is fitted with each number of dimensions and judged by one score; nothing else is tuned. "
                "A range holds the dimensions whose score is within 5 % of the method's best. Time and memory are "
                "those of the fits.",
            ),
            Fact(
                "Choice by theory",
                "Yin & Shen (2018): the singular values of the matrix of pointwise mutual information of the most "
                "frequent keys, noise from two random halves of the data, and the dimension whose vectors lose least "
                "of the pairwise inner products; singular values to the power 1/2.",
                "https://arxiv.org/abs/1812.04224",
            ),
            Fact(
                "Null baseline", "Random vectors of the same dimensions; grey in the tables, a dashed line in figures."
            ),
        ),
        (*_curve_figures(curves, anchor), _loss_figure(tables["pip"], anchor)),
        (*_range_tables(ranges, anchor), _choice_table(choice, anchor), *_wide_tables(curves, anchor)),
    )


def _learned(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["is_null"].astype(bool)]


def _verdict(ranges: pd.DataFrame) -> str:
    """Say of how many methods the range holds 50, and how many are best there."""
    found = []
    for experiment, rows in _learned(ranges).groupby("experiment", sort=False):
        near = (rows["least"] <= ASKED) & (rows["most"] >= ASKED)
        found.append(
            f"on {experiment}, {ASKED} is within 5 % of the best of {near.sum()} of {len(rows)} methods and the best of"
            f" {(rows['best_dim'] == ASKED).sum()}"
        )
    rows = _learned(ranges)
    near = int(((rows["least"] <= ASKED) & (rows["most"] >= ASKED)).sum())
    amount = "all" if near == len(rows) else "most" if 2 * near > len(rows) else "a minority" if near else "none"
    return f"{ASKED} is near enough for {amount} of the methods: {'; '.join(found)}."


def _extremes(ranges: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in _learned(ranges).groupby("experiment", sort=False):
        few, many = rows.loc[rows["best_dim"].idxmin()], rows.loc[rows["best_dim"].idxmax()]
        lower = metric_info(_metric(rows)).direction == "lower"
        top = rows.loc[rows["best"].idxmin() if lower else rows["best"].idxmax()]
        yield (
            f"{str(experiment).capitalize()}: the best dimension goes from {few['best_dim']} ({few['embedder']}) to"
            f" {many['best_dim']} ({many['embedder']}); the best score of all, {written(_metric(rows), top['best'])},"
            f" is that of {top['embedder']} with {top['best_dim']}, and {top['least']} to {top['most']} dimensions are"
            " within 5 % of it."
        )


def _metric(rows: pd.DataFrame) -> str:
    return str(rows["metric"].iloc[0])


def _theory(choice: pd.DataFrame, ranges: pd.DataFrame) -> str:
    found = []
    for row in choice.itertuples():
        rows = _learned(ranges[ranges["experiment"] == row.experiment])
        inside = rows.loc[(rows["best_dim"] >= row.low) & (rows["best_dim"] <= row.high), "embedder"].tolist()
        where = (
            f"the measured best of {spoken(inside)} lies there" if inside else "no method's measured best lies there"
        )
        found.append(
            f"{row.best} for {row.experiment}, with {row.low} to {row.high} within 5 % of the least loss ({where})"
        )
    return f"From the spectrum and its noise, theory chooses {'; '.join(found)}."


def _bands(ranges: pd.DataFrame) -> str:
    rows = _learned(ranges)
    widest = rows.loc[rows["seed_band"].idxmax()]
    return (
        "Between the seeds of one method and dimension, scores differ by at most "
        f"{written(str(widest['metric']), widest['seed_band'])} ({widest['embedder']}, {widest['experiment']})."
    )


def _curve_figures(curves: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    for experiment, rows in curves.groupby("experiment", sort=False):
        info = metric_info(_metric(rows))
        several = rows.groupby("embedder")["dim"].transform("nunique") > 1
        points = rows[several].assign(series=0, readout="", is_null=rows["is_null"].astype(bool), complete=True)
        floor = plotting.null_floor(points, info.name)
        yield Figure(
            f"{anchor}-{experiment}-curves",
            f"{str(experiment).capitalize()}: {info.title} against dimension (log scale), with the band of the seeds; "
            f"{direction_words(info.name)}.",
            "Small line plots of the score against the dimension, one a method, all others in grey behind it; the table"
            " of scores holds the values.",
            partial(figures.curves, points, "min" if info.direction == "lower" else "max", floor, ("",)),
        )


def _loss_figure(losses: pd.DataFrame, anchor: str) -> Figure:
    names = tuple(losses["experiment"].drop_duplicates())
    points = losses.assign(
        x=losses["dim"], y=losses["loss"], panel="loss, 1 at its least", series=losses["experiment"].map(names.index)
    )
    # a line needs no mark at each of hundreds of dimensions
    kept = points[points["dim"].isin(charts.thinned(points["dim"].max()))]
    return Figure(
        f"{anchor}-loss",
        "The loss by which theory chooses, against dimension (log scales).",
        "Line plot of the loss relative to its least against the dimension; the table of choices holds the least.",
        partial(charts.lines, kept, "dimension", "", names, ("loss, 1 at its least",)),
        tuple(Key(i, name) for i, name in enumerate(names)),
        has_null=False,
    )


def _range_tables(ranges: pd.DataFrame, anchor: str) -> Iterator[Table]:
    titles = {
        "embedder": "Method",
        "best_dim": "Best dimension",
        "best": "Best score",
        "range": "Within 5 %",
        "at_50": "With 50",
        "seed_band": "Widest seed band",
    }
    for experiment, rows in ranges.groupby("experiment", sort=False):
        metric = _metric(rows)
        formats = {name: partial(written, metric) for name in ("best", "at_50", "seed_band")}
        lower = metric_info(metric).direction == "lower"
        shown = rows.assign(range=[f"{row.least} to {row.most}" for row in rows.itertuples()])
        shown = shown.sort_values("best", ascending=lower, kind="stable")
        caption = (
            f"{str(experiment).capitalize()}: the dimensions that are as good as the best, by"
            f" {metric_info(metric).title}."
        )
        yield plain_table(shown, f"{anchor}-{experiment}-ranges", caption, titles, formats)


def _choice_table(choice: pd.DataFrame, anchor: str) -> Table:
    titles = {
        "experiment": "Data",
        "keys": "Keys",
        "noise": "Noise",
        "best": "Chosen",
        "low": "5 % from",
        "high": "to",
    }
    return plain_table(choice, f"{anchor}-choice", "The dimension that theory chooses.", titles, {"noise": ".3f"})


def _wide_tables(curves: pd.DataFrame, anchor: str) -> Iterator[Table]:
    """Yield tables of score, seconds and memory by method and dimension."""
    for experiment, rows in curves.groupby("experiment", sort=False):
        metric = _metric(rows)
        kinds: dict[str, tuple[str, Writer]] = {
            "value": (metric_info(metric).title, partial(written, metric)),
            "seconds": ("Seconds of a fit", seconds),
            "memory_mb": ("Peak memory of a fit (MB)", megabytes),
        }
        several = rows[rows.groupby("embedder")["dim"].transform("nunique") > 1]
        for column, (title, form) in kinds.items():
            wide = several.pivot_table(index=["embedder", "is_null"], columns="dim", values=column, sort=False)
            dims = sorted(wide.columns)
            wide = wide[dims].reset_index()
            wide.columns = ["embedder", "is_null", *(f"{dim:.0f}" for dim in dims)]
            names = [f"{dim:.0f}" for dim in dims]
            yield plain_table(
                wide,
                f"{anchor}-{experiment}-{column.replace('_', '-')}",
                f"{str(experiment).capitalize()}: {title.lower() if column != 'value' else title}, by dimension.",
                {"embedder": "Method", **{name: name for name in names}},
                dict.fromkeys(names, form),
            )
