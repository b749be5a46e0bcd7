"""The task on what things are: whether items with the same attributes end up close together."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings, Vocabulary
from toolkit.keys import locate
from toolkit.metrics.neighbors import attribute_correlation, attribute_precision, chance_precision
from toolkit.stats import Sample
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.units import UnitRules, Units, occurrences, sample_of

NAME = "item-similarity"


def _sample(items: pd.DataFrame, metric: str) -> Sample | None:
    if metric not in items:
        return None  # a correlation over pairs of items, or what chance gives
    return sample_of("mean", items["item"].astype(object), items[metric])


@task(
    NAME,
    "Item similarity",
    "Cosines of item vectors against the items' attributes, such as genres, which no method sees: the share of each "
    "item's k nearest that have an attribute in common with it, and the rank correlation over pairs of items of cosine "
    "with the Jaccard index of their attributes.",
    "precision@10",
    "ratings",
    {"k": Allowed(int, 1)},
    units=UnitRules("item", _sample, ("item_count",)),
    also=("vocabulary",),
)
def item_similarity(subject: Subject, *, attribute: str = "genres", k: int = 10) -> Iterator[Score]:
    """Judge item vectors by attributes of the items.

    Parameters
    ----------
    subject : Subject
        Trained on ratings, or laid on a vocabulary, with an item table.
    attribute : str, default "genres"
        Column of the table, several values separated by ``|``.
    k : int, default 10
        Number of neighbours.

    Yields
    ------
    Score
        ``precision@k``, ``chance``, which is what random neighbours would give, and ``spearman``. Units are the items
        with their precision, and how often they occur in training (once in a vocabulary).
    """
    train, (item, why) = subject.train, subject.directions("item")
    table = train.item_table if isinstance(train, Ratings | Vocabulary) else None
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
    keys = known.index[rows >= 0]
    counts = occurrences(train.items, train.item_keys, keys) if isinstance(train, Ratings) else 1
    cases = pd.DataFrame({"item": pd.Categorical(keys), "item_count": counts})
    units = Units(NAME, "item", attribute, "cosine", cases, pd.DataFrame({f"precision@{k}": precision}))
    mean = float(np.mean(precision))
    yield Score(NAME, "item", "cosine", f"precision@{k}", mean, len(precision), attribute, units=units)
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
