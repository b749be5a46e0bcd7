"""Whether similar things end up close together: words by human judgement, films by what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Ratings
from toolkit.datasets import load_dataset
from toolkit.errors import DataError
from toolkit.metrics.neighbors import attribute_precision, chance_precision
from toolkit.metrics.words import evaluate_pairs
from toolkit.stats import bootstrap_mean, bootstrap_spearman
from toolkit.studies.base import Evidence, Tables, study
from toolkit.studies.chosen import Learned, first_seed, learned
from toolkit.tasks.items import item_flags

NEAREST = [f"near_{place}" for place in range(1, 6)]
FEWEST = 20  # ratings of a film that is shown as a neighbour: of others there is too little to know


@study(
    "close-together",
    "Do similar things really end up close together?",
    {"dim": Allowed(int, 2), "k": Allowed(int, 1)},
)
def close_together(
    evidence: Evidence,
    *,
    dim: int = 50,
    pairs: Sequence[str] = ("wordsim353", "simlex999", "men"),
    attribute: str = "genres",
    items: Sequence[str] = (),
    k: int = 10,
) -> Tables:
    """Judge nearness by people and by attributes, with intervals, and show some neighbours.

    Parameters
    ----------
    evidence : Evidence
        Its experiments' trials of `dim` dimensions are looked at; each is on a corpus or on ratings.
    dim : int, default 50
        Length of the vectors.
    pairs : sequence of str
        Sets of word pairs.
    attribute : str, default "genres"
        Column of the item table.
    items : sequence of str, optional
        Keys of items whose neighbours are shown; by default the five that were rated most.
    k : int, default 10
        Neighbours that are judged.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``pairs``: correlations with what people said, with 95 % intervals over pairs; ``attributes``: share of
        neighbours with a common attribute, with intervals over items, and chance; ``neighbors``: the nearest of some.
    """
    tables: dict[str, list[dict[str, Any]]] = {"pairs": [], "attributes": [], "neighbors": []}
    for experiment in evidence.trials["experiment"].unique():
        found = first_seed(learned(evidence, experiment, dim))
        train = evidence.data(experiment)[0]
        if isinstance(train, Ratings):
            tables["attributes"] += _attributes(found, train, attribute, k, evidence.seed)
            tables["neighbors"] += _neighbors(found, train, items)
        else:
            tables["pairs"] += _pairs(found, pairs, evidence.seed)
    return {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}


def _pairs(found: list[Learned], names: Sequence[str], seed: int) -> Iterator[dict[str, Any]]:
    for name in names:
        judged: Any = load_dataset(name)
        for each in found:
            result = evaluate_pairs(each.embedding, judged)
            interval = bootstrap_spearman(result.gold, result.predicted, random_state=seed)
            yield {**_named(each), "pairs": name, **_ends(interval), "n": result.n}


def _attributes(found: list[Learned], train: Ratings, attribute: str, k: int, seed: int) -> Iterator[dict[str, Any]]:
    if train.item_table is None or attribute not in train.item_table:
        raise DataError(f"{train.name} says nothing of {attribute!r} about its items")
    flags = item_flags(train.item_table[attribute])
    for each in found:
        keys = each.embedding.keys.intersection(flags.index, sort=False)
        known = flags.loc[keys].to_numpy(dtype=bool)
        shares = attribute_precision(each.embedding.subset(keys).unit_vectors, known, k)
        interval = bootstrap_mean(shares, random_state=seed)
        chance = chance_precision(known)
        lift = interval.value / chance if chance else float("nan")
        facts = {"chance": chance, "lift": lift, "n": len(keys), "attribute": attribute, "k": k}
        yield {**_named(each), **_ends(interval), **facts}


def _neighbors(found: list[Learned], train: Ratings, items: Sequence[str]) -> Iterator[dict[str, Any]]:
    counts = pd.Series(np.bincount(train.items, minlength=len(train.item_keys)), index=train.item_keys)
    rated = counts[counts >= FEWEST].sort_values(ascending=False, kind="stable").index
    table = train.item_table
    titles = table["title"] if table is not None and "title" in table else pd.Series(rated, index=rated)
    for key in items or rated[:5]:
        for each in found:
            shown = each.embedding.subset(rated.union([key], sort=False))
            near = shown.neighbors(key, k=len(NEAREST))["key"]
            yield {
                **_named(each),
                "item": titles.get(key, key),
                **dict.fromkeys(NEAREST, ""),
                **{column: titles.get(x, x) for column, x in zip(NEAREST, near, strict=False)},
            }


def _named(each: Learned) -> dict[str, Any]:
    return {"experiment": each.experiment, "embedder": each.label, "is_null": each.is_null}


def _ends(interval: Any) -> dict[str, float]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}
