"""The task on what things are: whether items with the same attributes end up close together."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.keys import locate
from toolkit.metrics.neighbors import attribute_correlation, attribute_precision, chance_precision
from toolkit.tasks.base import Score, Subject, nothing, task

NAME = "item-similarity"


@task(
    NAME,
    "Item similarity",
    "Cosines of item vectors against the items' attributes, such as genres, which no method sees: the share of each "
    "item's k nearest that have an attribute in common with it, and the rank correlation over pairs of items of cosine "
    "with the Jaccard index of their attributes.",
    "precision@10",
    "ratings",
    {"k": Allowed(int, 1)},
)
def item_similarity(subject: Subject, *, attribute: str = "genres", k: int = 10) -> Iterator[Score]:
    """Judge item vectors by attributes of the items.

    Parameters
    ----------
    subject : Subject
        Trained on ratings with an item table.
    attribute : str, default "genres"
        Column of the table, several values separated by ``|``.
    k : int, default 10
        Number of neighbours.

    Yields
    ------
    Score
        ``precision@k``, ``chance``, which is what random neighbours would give, and ``spearman``.
    """
    train, (item, why) = subject.train, subject.directions("item")
    table = train.item_table if isinstance(train, Ratings) else None
    if table is None or attribute not in table:
        yield nothing(NAME, "item", "cosine", _absent(attribute, table), attribute)
        return
    if item is None:
        yield nothing(NAME, "item", "cosine", why, attribute)
        return
    known = item_flags(table[attribute])
    rows = locate(item.keys, known.index)
    vectors, flags = item.unit_vectors[rows[rows >= 0]], known.to_numpy(dtype=bool)[rows >= 0]
    if len(vectors) <= k:
        note = f"only {len(vectors)} items with a vector have {attribute}; {k} neighbours need more"
        yield nothing(NAME, "item", "cosine", note, attribute)
        return
    precision = attribute_precision(vectors, flags, k)
    yield Score(NAME, "item", "cosine", f"precision@{k}", float(np.mean(precision)), len(precision), attribute)
    yield Score(NAME, "item", "cosine", "chance", chance_precision(flags), len(precision), attribute)
    correlation = attribute_correlation(vectors, flags)
    if not math.isnan(correlation.spearman):
        yield Score(NAME, "item", "cosine", "spearman", correlation.spearman, correlation.n, attribute)


def _absent(attribute: str, table: pd.DataFrame | None) -> str:
    there = "" if table is None else f"; it has {', '.join(map(str, table.columns))}"
    return f"the data has no column {attribute!r} about its items{there}"


def item_flags(column: pd.Series) -> pd.DataFrame:
    """Return one column of flags an attribute, without the items that have none."""
    flags = column.fillna("").astype(str).str.get_dummies("|").drop(columns="", errors="ignore")
    return flags[flags.any(axis=1)]
