"""The task on what items are, by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from toolkit import PCA, Embedding, Ratings
from toolkit.tasks import Subject, item_similarity

ROWS = [("ann", "a", 5), ("ann", "b", 4), ("bob", "c", 3), ("bob", "d", 2), ("bob", "e", 2)]
TABLE = pd.DataFrame({"genres": ["War", "War|Drama", "Drama", "Comedy", None, "War"]}, index=list("abcdez"))
ITEM = Embedding(list("abcde"), [[1, 0], [1, 0.2], [0, 2], [0.1, 2], [1, 1]], "item")


def test_by_hand(rate: Callable[..., Ratings]) -> None:
    subject = Subject("x", {"item": ITEM}, None, rate(ROWS, item_table=TABLE))
    precision, chance, correlation = item_similarity(subject, k=1)
    # nearest: a-b, b-a, c-d, d-c; e has no genre, z no vector
    assert (precision.metric, precision.value, precision.n) == ("precision@1", 2 / 4, 4)
    assert (chance.metric, chance.value, chance.n) == ("chance", 2 / 6, 4)  # ab and bc, of six pairs
    jaccard = [1 / 2, 0, 0, 1 / 2, 0, 0]  # ab ac ad bc bd cd
    cosines = [ITEM.similarity(*pair) for pair in ("ab", "ac", "ad", "bc", "bd", "cd")]
    assert correlation.metric == "spearman"
    assert correlation.value == pytest.approx(spearmanr(cosines, jaccard).statistic)
    assert correlation.n == 6
    assert {(score.task, score.entity, score.readout, score.target) for score in (precision, correlation)} == {
        ("item-similarity", "item", "cosine", "genres")
    }


def test_another_column(rate: Callable[..., Ratings]) -> None:
    table = pd.DataFrame({"decade": [1990, 1990, 1980, 1980, 1970]}, index=list("abcde"))
    subject = Subject("x", {"item": ITEM}, None, rate(ROWS, item_table=table))
    scores = list(item_similarity(subject, attribute="decade", k=1))
    assert scores[0].value == pytest.approx(4 / 5)
    assert scores[0].target == "decade"


@pytest.mark.parametrize(
    ("table", "embeddings", "note"),
    [
        (None, {"item": ITEM}, "the data has no column 'genres' about its items"),
        (
            TABLE.rename(columns={"genres": "kind"}),
            {"item": ITEM},
            "the data has no column 'genres' about its items; it has kind",
        ),
        (TABLE, {}, "x has no vectors of items"),
        (
            TABLE,
            {"item": Embedding(list("abc"), np.ones((3, 1)), "item")},
            "x has item vectors of one dimension: scaled to length 1, nothing is left of them",
        ),
        (TABLE, {"item": ITEM}, "only 4 items with a vector have genres; 10 neighbours need more"),
        (
            TABLE.assign(genres=""),
            {"item": ITEM},
            "only 0 items with a vector have genres; 10 neighbours need more",
        ),
    ],
)
def test_where_it_does_not_apply(
    rate: Callable[..., Ratings], table: pd.DataFrame | None, embeddings: dict[str, Embedding], note: str
) -> None:
    (score,) = item_similarity(Subject("x", embeddings, None, rate(ROWS, item_table=table)))
    assert score.note == note
    assert (score.metric, score.n, score.target) == ("", 0, "genres")
    assert np.isnan(score.value)


def test_without_ratings() -> None:
    (score,) = item_similarity(Subject("x", {"item": ITEM}))
    assert score.note == "the data has no column 'genres' about its items"


def test_all_items_alike_have_no_correlation(rate: Callable[..., Ratings]) -> None:
    table = TABLE.assign(genres="War")
    scores = list(item_similarity(Subject("x", {"item": ITEM}, None, rate(ROWS, item_table=table)), k=2))
    assert [(score.metric, score.value) for score in scores] == [("precision@2", 1.0), ("chance", 1.0)]


def test_films_that_are_alike_lie_close_together(movielens: Ratings) -> None:
    train, _ = movielens.split("u1")
    precision, chance, correlation = item_similarity(Subject("pca", PCA(20).fit(train).embeddings_, None, train))
    assert precision.metric == "precision@10"
    assert precision.value > 0.55
    assert 0.3 < chance.value < 0.4
    assert correlation.value > 0.03
