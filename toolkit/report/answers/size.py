"""The answer to the question why 50 dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report import figures, plotting
from toolkit.report.answers import charts
from toolkit.report.answers.tables import Writer, by, capital, learned, plain_table, spoken
from toolkit.report.figure_data import figure_data, point_data, tips
from toolkit.report.numbers import megabytes, seconds, written
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import direction_words, listed

ASKED = 50  # the number of dimensions that the question is about
NEAR = 0.05 * (1 + 1e-9)  # as the study has it; the rest is for rounding


def why_50_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``why-50`` found."""
    curves, choice = tables["curves"], tables["choice"]
    ranges = tables.get("ranges", pd.DataFrame())  # there are none where each method has one dimension
    native = tables.get("native", pd.DataFrame())
    return Answer(
        anchor,
        question,
        (
            _verdict(ranges),
            *_extremes(ranges),
            *_own_predictors(native, ranges),
            _theory(choice, ranges),
            *_bands(curves),
        ),
        (
            Fact(
                "Protocol",
                "Every method is fitted with each number of dimensions and judged by one score; nothing else is tuned. "
                "A range goes from the least to the most dimensions around the best one whose scores are all within "
                "5 % of its score. Time and memory are those of the fits.",
            ),
            Fact(
                "Choice by theory",
                "Yin & Shen (2018): the singular values of the matrix of pointwise mutual information of the most "
                "frequent keys, noise from two random halves of the data, and the dimension whose vectors lose least "
                "of the pairwise inner products. Window and power of the singular values stand in the table.",
                "https://arxiv.org/abs/1812.04224",
            ),
            Fact(
                "Null baseline", "Random vectors of the same dimensions; grey in the tables, a dashed line in figures."
            ),
        ),
        (*_curve_figures(curves, anchor), _loss_figure(tables["pip"], anchor)),
        (
            *_range_tables(ranges, anchor),
            *_range_tables(native, f"{anchor}-native", ", each method by its own predictor"),
            _choice_table(choice, anchor),
            *_wide_tables(curves, anchor),
        ),
    )


def _verdict(ranges: pd.DataFrame) -> str:
    """Say for how many methods 50 is nearly as good as the best, and how many are best there."""
    rows = learned(ranges)
    if rows.empty:
        return "No method that learns was fitted with several dimensions."
    rows = rows[rows["at_50"].notna()]
    if rows.empty:
        return f"No method was fitted with {ASKED} dimensions."
    rows = rows.assign(near=(rows["at_50"] - rows["best"]).abs() <= NEAR * rows["best"].abs())
    found = [
        f"on {experiment}, {ASKED} is within 5 % of the best of {each['near'].sum()} of {len(each)} methods and the"
        f" best of {(each['best_dim'] == ASKED).sum()}"
        for experiment, each in by(rows, "experiment")
    ]
    share = rows["near"].mean()
    amount = "all" if share == 1 else "most" if share > 0.5 else "half" if share == 0.5 else "a minority"
    return f"{ASKED} is near enough for {amount if share else 'none'} of the methods: {'; '.join(found)}."


def _extremes(ranges: pd.DataFrame) -> Iterator[str]:
    for experiment, rows in by(learned(ranges), "experiment"):
        few, many = rows.loc[rows["best_dim"].idxmin()], rows.loc[rows["best_dim"].idxmax()]
        lower = metric_info(_metric(rows)).direction == "lower"
        top = rows.loc[rows["best"].idxmin() if lower else rows["best"].idxmax()]
        alone = "its next dimensions are not within 5 % of it"
        near = f"{top['least']} to {top['most']} dimensions are within 5 % of it"
        yield (
            f"{capital(experiment)}: the best dimension goes from {few['best_dim']} ({few['embedder']}) to"
            f" {many['best_dim']} ({many['embedder']}); the best score of all, {written(_metric(rows), top['best'])},"
            f" is that of {top['embedder']} with {top['best_dim']}; {alone if top['least'] == top['most'] else near}."
        )


def _own_predictors(native: pd.DataFrame, ranges: pd.DataFrame) -> Iterator[str]:
    """Say for how many methods the best dimension is another by their own predictor, and name the furthest apart."""
    if native.empty or ranges.empty:
        return
    both = learned(native).merge(ranges, on=["experiment", "embedder"], suffixes=("", "_common"))
    for experiment, rows in by(both, "experiment"):
        other = rows["best_dim"] != rows["best_dim_common"]
        text = (
            f"{capital(experiment)} by the methods' own predictors: the best dimension is another for {other.sum()}"
            f" of {len(rows)} methods"
        )
        if other.any():
            apart = (rows["best_dim"] / rows["best_dim_common"]).map(lambda ratio: max(ratio, 1 / ratio))
            most = rows.loc[apart.idxmax()]
            text += f", for {most['embedder']} {most['best_dim']} rather than {most['best_dim_common']}"
        yield f"{text}."


def _metric(rows: pd.DataFrame) -> str:
    return str(rows["metric"].iloc[0])


def _theory(choice: pd.DataFrame, ranges: pd.DataFrame) -> str:
    measured = dict(by(learned(ranges), "experiment"))
    found = []
    for row in choice.itertuples():
        text = f"{row.best} for {row.experiment}, with {row.low} to {row.high} within 5 % of the least loss"
        if row.experiment in measured:
            rows = measured[row.experiment]
            inside = rows.loc[rows["best_dim"].between(row.low, row.high), "embedder"].tolist()
            who = f"the measured best of {spoken(inside)}" if inside else "no method's measured best"
            text += f" ({who} lies there)"
        found.append(text)
    return f"From the spectrum and its noise, theory chooses {'; '.join(found)}."


def _bands(curves: pd.DataFrame) -> Iterator[str]:
    """Say how far the seeds lie apart at most, of the methods that have several."""
    several = learned(curves)[learned(curves)["seeds"] > 1]
    found = []
    for experiment, rows in by(several.assign(band=several["high"] - several["low"]), "experiment"):
        widest = rows.loc[rows["band"].idxmax()]
        found.append(
            f"{written(_metric(rows), widest['band'])} on {experiment} ({widest['embedder']} with {widest['dim']:.0f})"
        )
    if found:
        yield f"Between the fits of one method and dimension, scores differ by at most {listed(found)}."


def _curve_figures(curves: pd.DataFrame, anchor: str) -> Iterator[Figure]:
    for experiment, rows in by(curves, "experiment"):
        info = metric_info(_metric(rows))
        several = rows.groupby("embedder")["dim"].transform("nunique") > 1
        if learned(rows[several]).empty:  # there would be no panel
            continue
        points = rows[several].assign(series=0, readout="", is_null=rows["is_null"].astype(bool), complete=True)
        floor = plotting.null_floor(points, info.name)
        data = point_data(points, info.title, ("",), row="method")
        yield Figure(
            f"{anchor}-{experiment}-curves",
            f"{capital(experiment)}: {info.title} against dimension (log scale), with the band of the seeds; "
            f"{direction_words(info.name)}.",
            "Small line plots of the score against the dimension, one a method, all others in grey behind it; the table"
            " of scores holds the values.",
            partial(
                figures.curves,
                points.assign(tip=tips(data)),
                "min" if info.direction == "lower" else "max",
                floor,
                ("",),
            ),
            data=data,
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
        partial(charts.lines, kept, "dimension", names, ("loss, 1 at its least",)),
        tuple(Key(i, name) for i, name in enumerate(names)),
        has_null=False,
        data=figure_data(kept, {"experiment": "experiment", "dim": "dimension", "loss": "loss, 1 at its least"}),
    )


def _range_tables(ranges: pd.DataFrame, anchor: str, how: str = "") -> Iterator[Table]:
    titles = {
        "embedder": "Method",
        "best_dim": "Best dimension",
        "best": "Best score",
        "range": "Within 5 %",
        "at_50": "With 50",
        "seed_band": "Widest seed band",
    }
    for experiment, rows in by(ranges, "experiment"):
        metric = _metric(rows)
        formats = {name: partial(written, metric) for name in ("best", "at_50", "seed_band")}
        lower = metric_info(metric).direction == "lower"
        shown = rows.assign(range=[f"{row.least} to {row.most}" for row in rows.itertuples()])
        shown = shown.sort_values("best", ascending=lower, kind="stable")
        caption = (
            f"{capital(experiment)}: the dimensions that are as good as the best, by {metric_info(metric).title}{how}."
        )
        yield plain_table(shown, f"{anchor}-{experiment}-ranges", caption, titles, formats)


def _choice_table(choice: pd.DataFrame, anchor: str) -> Table:
    titles = {
        "experiment": "Data",
        "keys": "Keys",
        "window": "Window",
        "exponent": "Power",
        "noise": "Noise",
        "best": "Chosen",
        "low": "5 % from",
        "high": "to",
    }
    return plain_table(choice, f"{anchor}-choice", "The dimension that theory chooses.", titles, {"noise": ".3f"})


def _wide_tables(curves: pd.DataFrame, anchor: str) -> Iterator[Table]:
    """Yield tables of score, seconds and memory by method and dimension."""
    for experiment, rows in by(curves, "experiment"):
        several = rows[rows.groupby("embedder")["dim"].transform("nunique") > 1]
        if several.empty:
            continue
        metric = _metric(rows)
        kinds: dict[str, tuple[str, Writer]] = {
            "value": (metric_info(metric).title, partial(written, metric)),
            "seconds": ("Seconds of a fit", seconds),
            "memory_mb": ("Peak memory of a fit (MB)", megabytes),
        }
        for column, (title, form) in kinds.items():
            wide = several.pivot_table(index=["embedder", "is_null"], columns="dim", values=column, sort=False)
            dims = sorted(wide.columns)
            wide = wide[dims].reset_index()
            wide.columns = ["embedder", "is_null", *(f"{dim:.0f}" for dim in dims)]
            names = [f"{dim:.0f}" for dim in dims]
            yield plain_table(
                wide,
                f"{anchor}-{experiment}-{column.replace('_', '-')}",
                f"{capital(experiment)}: {title.lower() if column != 'value' else title}, by dimension.",
                {"embedder": "Method", **{name: name for name in names}},
                dict.fromkeys(names, form),
            )
