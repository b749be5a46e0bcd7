"""The answer to the question whether an embedding layer is just one-hot times a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from toolkit.report.answers import charts
from toolkit.report.answers.tables import number, plain_table
from toolkit.report.figure_data import figure_data, tips
from toolkit.report.parts import Answer, Fact, Figure, Key, Table
from toolkit.report.wording import listed

WAYS = {"lookup": "looked up", "one-hot": "one-hot × W"}
WHATS = {"forward": "forward results", "gradient": "gradients"}
SAME = 1e-3  # weights that differ by a smaller share of their way are the same: steps of training enlarge rounding
SECONDS, MEMORY = "seconds of a batch", "bytes of its input"


def one_hot_answer(tables: Mapping[str, pd.DataFrame], anchor: str, question: str) -> Answer:
    """Put into words what the study ``one-hot`` found."""
    identity, training, cost = tables["identity"], tables["training"], tables["cost"]
    cost = cost.assign(megabytes=cost["input_bytes"] / 2**20)
    return Answer(
        anchor,
        question,
        (_verdict(identity, training), _rounding(identity), _price(cost)),
        (
            Fact(
                "Protocol",
                "256 codes and a table of float32 weights with 64 columns, in PyTorch: nn.functional.embedding beside "
                "one_hot(codes) @ W. Weights are trained by the same optimizer on the same batches, once in "
                "nn.Embedding and once in nn.Linear on one-hot vectors. Times are medians of seven, after one that is "
                "not counted.",
            ),
            Fact(
                "Null baseline",
                "Training from another start, on the same batches: how far apart weights are that are not the same "
                "layer (last column of the second table).",
            ),
        ),
        (_figure(cost, anchor),),
        (
            _identity_table(identity, anchor),
            _training_table(training, anchor),
            _cost_table(cost, anchor),
        ),
    )


def _verdict(identity: pd.DataFrame, training: pd.DataFrame) -> str:
    """Say whether the two ways are the same, and where they are not, what differs by more than rounding explains."""
    beyond = identity.loc[~(identity["difference"] <= identity["bound"]), "what"].map(WHATS).tolist()
    if not (training["difference"] <= SAME * training["moved"]).all():
        beyond.append("trained weights")
    apart = training["difference"].max()
    moved = number(training["moved"].max(), ".2g")
    trained = f"weights that differ by at most {number(apart, '.1e')} where they moved by {moved}"
    trained = "the same weights to the last bit" if apart == 0 else trained
    forward = identity.loc[identity["what"] == "forward", "difference"].max()
    result = "the same numbers to the last bit" if forward == 0 else f"numbers that differ by up to {forward:.1e}"
    first = "Yes"
    if beyond:
        first = f"Not in this run, where {listed(dict.fromkeys(beyond))} differ by more than rounding explains"
    return f"{first}: a lookup and one-hot × W give {result}, and training either from one start gives {trained}."


def _rounding(identity: pd.DataFrame) -> str:
    gradients = identity[identity["what"] == "gradient"]
    same = gradients["same_bits"].map({True: "the same to the last bit", False: "not the same to the last bit"})
    batches = gradients["repeated"].map({True: "where codes occur again", False: "where each code occurs once"})
    found = listed(f"{bits} {batch}" for bits, batch in zip(same, batches, strict=True))
    worst = gradients.loc[gradients["difference"].idxmax()]
    return (
        f"Gradients are {found}; adding the same numbers in another order could make them differ by up to "
        f"{number(gradients['bound'].max(), '.1e')}, and they differ by {number(worst['difference'], '.1e')}."
    )


def _price(cost: pd.DataFrame) -> str:
    largest = cost[cost["vocabulary"] == cost["vocabulary"].max()].set_index("way")
    slower = largest.loc["one-hot", "seconds"] / largest.loc["lookup", "seconds"]
    bigger = largest.loc["one-hot", "megabytes"] / largest.loc["lookup", "megabytes"]
    size = int(cost["vocabulary"].max())
    return (
        f"With {size:,} keys, one-hot vectors that are really there take {slower:,.0f} times the time and "
        f"{bigger:,.0f} times the memory of the lookup: {largest.loc['one-hot', 'megabytes']:,.0f} MB for 256 keys."
    )


def _figure(cost: pd.DataFrame, anchor: str) -> Figure:
    panels = {SECONDS: "seconds", MEMORY: "input_bytes"}
    points = pd.concat(
        [
            pd.DataFrame(
                {
                    "panel": panel,
                    "x": cost["vocabulary"],
                    "y": cost[column],
                    "series": [list(WAYS).index(way) for way in cost["way"]],
                }
            )
            for panel, column in panels.items()
        ]
    )
    titles = {"way": "way", "vocabulary": "vocabulary", **{column: panel for panel, column in panels.items()}}
    data = figure_data(cost.assign(way=cost["way"].map(WAYS)), titles)
    return Figure(
        f"{anchor}-plot",
        "What a batch of 256 keys costs, against the size of the vocabulary (log scales).",
        "Two line plots on log axes, seconds and bytes against the size of the vocabulary, a line for the lookup "
        "and one for one-hot vectors; the table of costs holds the values.",
        partial(
            charts.lines,
            points.assign(tip=tips(data) * len(panels)),
            "vocabulary",
            tuple(WAYS.values()),
            tuple(panels),
        ),
        tuple(Key(i, title) for i, title in enumerate(WAYS.values())),
        has_null=False,
        data=data,
    )


def _identity_table(identity: pd.DataFrame, anchor: str) -> Table:
    return plain_table(
        identity.assign(repeated=identity["repeated"].map({True: "some codes twice or more", False: "each code once"})),
        f"{anchor}-identity",
        "Largest difference between the two ways, and the largest that adding in another order can make.",
        {
            "what": "What",
            "repeated": "Batch",
            "difference": "Difference",
            "bound": "Bound by rounding",
            "same_bits": "Same bits",
        },
        {"difference": ".1e", "bound": ".1e", "same_bits": lambda same: "yes" if same else "no"},
    )


def _training_table(training: pd.DataFrame, anchor: str) -> Table:
    return plain_table(
        training,
        f"{anchor}-training",
        "Weights after training from one start: how far they moved, how far apart the two layers are, and how "
        "far another start leads.",
        {
            "optimizer": "Optimizer",
            "steps": "Steps",
            "moved": "Moved by",
            "difference": "Layer against one-hot",
            "other_start": "Against another start",
        },
        {"moved": ".2g", "difference": ".1e", "other_start": ".2g"},
    )


def _cost_table(cost: pd.DataFrame, anchor: str) -> Table:
    return plain_table(
        cost.pivot_table(index="vocabulary", columns="way", values=["seconds", "megabytes"])
        .pipe(lambda wide: wide.set_axis([f"{what} {way}" for what, way in wide.columns], axis=1))
        .reset_index()
        .assign(times=lambda wide: wide["seconds one-hot"] / wide["seconds lookup"]),
        f"{anchor}-cost",
        "Time and input of one batch of 256, as the vocabulary grows.",
        {
            "vocabulary": "Vocabulary",
            "seconds lookup": "Lookup (s)",
            "seconds one-hot": "One-hot (s)",
            "times": "Times as long",
            "megabytes lookup": "Lookup (MB)",
            "megabytes one-hot": "One-hot (MB)",
        },
        {
            "seconds lookup": ".1e",
            "seconds one-hot": ".1e",
            "times": ",.0f",
            "megabytes lookup": ".3f",
            "megabytes one-hot": ",.1f",
        },
    )
