"""The task on rankings, by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import toolkit as tk
from toolkit import Embedding, Ratings
from toolkit.errors import UnknownNameError
from toolkit.readouts import BiasReadout, RidgeReadout
from toolkit.tasks import Score, Subject, ranking, rating_prediction
from toolkit.testing import small_ratings

TRAIN = [("ann", "p", 5), ("bob", "q", 1), ("cat", "r", 3), ("dan", "s", 3)]
TEST = [
    ("ann", "q", 5),
    ("ann", "r", 2),
    ("ann", "z", 4),  # relevant, but nobody can rank it
    ("bob", "p", 4),
    ("cat", "s", 3),  # not liked: cat has nothing relevant
    ("eve", "p", 5),  # not known from training
]
SCORES = {
    "ann": [0.9, 0.8, 0.7, 0.6],
    "bob": [0.1, 0.9, 0.5, 0.5],
    "cat": [0, 0, 0, 0],
    "dan": [0, 0, 0, 0],
}


def values(scores: list[Score]) -> dict[str, float]:
    return {score.metric: score.value for score in scores}


@pytest.fixture
def subject(told: Any, rate: Callable[..., Ratings]) -> Subject:
    train, test = rate(TRAIN), rate(TEST)
    item = Embedding(["p", "q", "r", "s"], np.eye(4), "item")
    embedder = told(item=item, scores=SCORES).fit(train)
    return Subject("told", embedder.embeddings_, embedder, train, test)


def test_native_by_hand(subject: Subject) -> None:
    scores = list(ranking(subject, k=2, readouts=["native"]))
    # ann ranks q r s and likes q and z; bob ranks r s p and likes p; the others are left out
    assert values(scores) == pytest.approx(
        {
            "ndcg@2": (1 / (1 + 1 / np.log2(3)) + 0) / 2,
            "recall@2": (1 / 2 + 0) / 2,
            "precision@2": (1 / 2 + 0) / 2,
            "map@2": (1 / 2 + 0) / 2,
            "hit_rate@2": 1 / 2,
            "mrr": (1 + 1 / 3) / 2,
            "auc": (1 + 0) / 2,
            "coverage": 2 / 3,
        }
    )
    assert {score.metric: score.n for score in scores} == dict.fromkeys(values(scores), 2) | {"coverage": 3}
    assert {score.convention for score in scores if score.metric != "coverage"} == {"standard"}


def test_a_lower_threshold_lets_more_be_relevant(subject: Subject) -> None:
    scores = list(ranking(subject, k=1, readouts=["native"], relevance_threshold=2))
    # ann likes q, r and z; bob p; cat s, which ties with p and q and stands last of them
    assert values(scores)["recall@1"] == pytest.approx((1 / 3 + 0 + 0) / 3)
    assert values(scores)["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)
    assert values(scores)["coverage"] == 3 / 4


def test_every_event_is_relevant(told: Any, rate: Callable[..., Ratings]) -> None:
    train, test = rate(TRAIN, rating=None), rate(TEST, rating=None)
    embedder = told(item=Embedding(["p", "q", "r", "s"], np.eye(4), "item"), scores=SCORES).fit(train)
    scores = list(ranking(Subject("told", embedder.embeddings_, embedder, train, test), k=1, readouts=["native"]))
    assert values(scores)["recall@1"] == pytest.approx((1 / 3 + 0 + 0) / 3)


def test_cosine_by_hand(rate: Callable[..., Ratings]) -> None:
    item = Embedding(["p", "q", "r"], [[1, 0], [3, 3], [0, 1]], "item")
    train = rate([("ann", "p", 5), ("bob", "r", 5), ("bob", "q", 5)])
    test = rate([("ann", "r", 5), ("bob", "p", 5)])
    for readout in ("cosine", "dot"):
        scores = values(list(ranking(Subject("x", {"item": item}, None, train, test), k=2, readouts=[readout])))
        # ann: q (1/sqrt 2), then r (0); bob has met the rest, only p is left
        assert scores["mrr"] == pytest.approx((1 / 2 + 1) / 2)
        assert scores["precision@2"] == pytest.approx((1 / 2 + 1 / 2) / 2)
        assert scores["auc"] == 0, "bob has no second candidate and does not count"


def test_auc_counts_only_who_has_both_kinds(rate: Callable[..., Ratings]) -> None:
    item = Embedding(["p", "q", "r"], [[1, 0], [3, 3], [0, 1]], "item")
    train = rate([("ann", "p", 5), ("bob", "r", 5), ("bob", "q", 5)])
    test = rate([("ann", "r", 5), ("bob", "p", 5)])
    scores = list(ranking(Subject("x", {"item": item}, None, train, test), k=2, readouts=["cosine"]))
    assert {score.metric: score.n for score in scores if score.metric in ("auc", "mrr")} == {"auc": 1, "mrr": 2}


def test_what_was_met_in_training_is_not_relevant(told: Any, rate: Callable[..., Ratings]) -> None:
    train = rate(TRAIN)
    test = rate([("ann", "p", 5), ("ann", "q", 5), ("bob", "q", 5)])  # bob has met all that he likes
    embedder = told(item=Embedding(["p", "q", "r", "s"], np.eye(4), "item"), scores=SCORES).fit(train)
    scores = list(ranking(Subject("told", embedder.embeddings_, embedder, train, test), k=1, readouts=["native"]))
    assert values(scores)["recall@1"] == 1
    assert {score.n for score in scores} == {1}
    assert values(scores)["coverage"] == 1, "nobody is unknown"


def test_a_rating_given_twice_is_one_relevant_item(told: Any, rate: Callable[..., Ratings]) -> None:
    train, test = rate(TRAIN), rate([("ann", "q", 5), ("ann", "q", 4)])
    embedder = told(item=Embedding(["p", "q", "r", "s"], np.eye(4), "item"), scores=SCORES).fit(train)
    scores = list(ranking(Subject("told", embedder.embeddings_, embedder, train, test), k=1, readouts=["native"]))
    assert values(scores)["recall@1"] == 1


def test_blocks_of_users_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = small_ratings().split("holdout")
    embedder = tk.TruncatedSVD(3).fit(train)
    subject = Subject("svd", embedder.embeddings_, embedder, train, test)
    whole = list(ranking(subject))
    monkeypatch.setattr("toolkit.metrics.candidates.CELLS", 50)
    assert list(ranking(subject)) == whole
    assert len(whole) == 8 * 5  # metrics by readouts


def test_nobody_has_anything_relevant(subject: Subject) -> None:
    (score,) = ranking(subject, readouts=["native"], relevance_threshold=6)
    assert score.note == "no user known from training has a relevant item in the test part"
    assert score.metric == ""


def test_more_ranks_than_items(subject: Subject) -> None:
    scores = values(list(ranking(subject, k=10, readouts=["native"])))
    assert scores["recall@10"] == pytest.approx((1 / 2 + 1) / 2)
    assert scores["precision@10"] == pytest.approx((1 / 10 + 1 / 10) / 2)


def test_vectors_for_only_some_items(rate: Callable[..., Ratings]) -> None:
    item = Embedding(["p", "r", "elsewhere"], [[1, 0], [1, 1], [0, 1]], "item")
    train = rate([("ann", "p", 5), ("ann", "q", 5)])
    test = rate([("ann", "r", 5), ("ann", "s", 5)])
    scores = values(list(ranking(Subject("x", {"item": item}, None, train, test), k=1, readouts=["cosine"])))
    assert scores["recall@1"] == 1 / 2
    assert scores["ndcg@1"] == 1


@pytest.mark.parametrize(
    ("embeddings", "note"),
    [
        ({}, "x has no vectors of items"),
        (
            {"item": Embedding(["p"], [[1.0]], "item")},
            "x has item vectors of one dimension: scaled to length 1, nothing is left of them",
        ),
    ],
)
def test_where_it_does_not_apply(rate: Callable[..., Ratings], embeddings: dict[str, Embedding], note: str) -> None:
    scores = list(ranking(Subject("x", embeddings, None, rate(TRAIN), rate(TEST))))
    assert [(score.readout, score.note) for score in scores] == [
        ("native", "x does not rank items itself"),
        *[(readout, note) for readout in ("dot", "cosine", "ridge", "ridge-two-sided")],
    ]
    (score,) = ranking(Subject("x", embeddings, None, rate(TRAIN), None))
    assert score.note == "the data holds no users to rank for"


def test_unknown_readout_names_the_nearest(subject: Subject) -> None:
    with pytest.raises(UnknownNameError, match="readout of task 'ranking' 'cosin'; did you mean 'cosine'"):
        list(ranking(subject, readouts=["cosin"]))


def test_conventions_differ_in_what_they_remove_and_count(told: Any, rate: Callable[..., Ratings]) -> None:
    train = rate([("ann", "p", 5), ("ann", "q", 1), ("bob", "r", 5), ("bob", "s", 5)])
    test = rate([("ann", "p", 5), ("ann", "s", 5), ("ann", "z", 5)])  # p was met; nobody can rank z
    item = Embedding(["p", "q", "r", "s"], np.eye(4), "item")
    embedder = told(item=item, scores=SCORES | {"ann": [0.9, 0.8, 0.7, 0.6]}).fit(train)
    subject = Subject("told", embedder.embeddings_, embedder, train, test)

    def recall(convention: str) -> float:
        scores = list(ranking(subject, k=2, readouts=["native"], convention=convention))
        assert {score.convention for score in scores if score.metric != "coverage"} == {convention}
        return values(scores)["recall@2"]

    assert recall("standard") == 1 / 2  # ranks r s; s and z are relevant
    assert recall("cornac") == 1 / 2  # ranks p q; p and s are relevant
    assert recall("lenskit") == 1 / 2  # ranks r s; two of p, s and z could be found
    assert recall("recbole") == 1 / 3  # ranks p r; all three are relevant
    assert recall("implicit") == 1 / 3  # ranks r s


def test_the_ratings_expected_rank(told: Any) -> None:
    data = small_ratings()
    train, test = data.split("holdout")
    keys = [*train.item_keys[::-1], "unrated"]
    item = Embedding(keys, np.random.default_rng(0).standard_normal((len(keys), 3)), "item")
    subject = Subject("x", {"item": item}, None, train, test)
    names = ("ridge", "ridge-two-sided", "hierarchical")
    for name, columns in (("bias", train.item_keys), *((name, item.keys) for name in names)):
        fitted: Any = tk.readout(name, item=item).fit(replace(train, scale=(-99.0, 99.0)))  # so that nothing is clipped
        scores = {user: fitted.predict([user] * len(columns), columns) for user in train.user_keys}
        known = Embedding(columns, np.eye(len(columns)), "item")
        oracle = Subject("told", {"item": known}, told(item=known, scores=scores).fit(train), train, test)
        assert values(list(ranking(subject, readouts=[name]))) == pytest.approx(
            values(list(ranking(oracle, readouts=["native"]))), abs=1e-12
        )


def test_the_first_ranks_are_found_by_products(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    subject = Subject("x", {"item": item}, None, train, test)
    names = ["bias", "ridge", "ridge-two-sided", "hierarchical"]
    whole = list(ranking(subject, k=3, readouts=names))
    for cls in (RidgeReadout, BiasReadout):
        monkeypatch.setattr(cls, "score_items", lambda self, users: 1 / 0)
    top = list(ranking(subject, k=3, readouts=names, metrics=["ndcg@k", "recall@k"]))
    assert top == [score for score in whole if score.metric in ("ndcg@3", "recall@3", "coverage")]


def test_events_are_not_ranked_by_ratings(rate: Callable[..., Ratings]) -> None:
    train, test = rate(TRAIN, rating=None), rate(TEST, rating=None)
    item = Embedding(["p", "q", "r", "s"], np.eye(4), "item")
    scores = list(ranking(Subject("x", {"item": item}, None, train, test), readouts=["bias", "cosine", "ridge"]))
    notes = {score.readout: score.note for score in scores}
    note = "the data holds no ratings by which this readout could rank"
    assert notes == {"bias": note, "cosine": "", "ridge": note}


def test_one_choice_of_penalties_serves_both_tasks(told: Any) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    embedder = told(item=item).fit(train)
    subject = Subject("told", embedder.embeddings_, embedder, train, test)
    names = ["dot", "ridge", "ridge-two-sided"]
    alone = list(ranking(replace(subject), readouts=names, random_state=3))
    told.seen.clear()
    list(rating_prediction(subject, readouts=names, random_state=3))
    assert list(ranking(subject, readouts=names, random_state=3)) == alone
    assert len(told.seen) == 1
    list(ranking(subject, readouts=names))
    assert len(told.seen) == 2  # another tenth
    list(ranking(subject, readouts=["dot", "cosine"], random_state=5))
    assert len(told.seen) == 2  # by which nothing is chosen


def test_movielens(movielens: Ratings) -> None:
    train, test = movielens.split("u1")
    embedder = tk.PCA(48).fit(train)
    scores = list(ranking(Subject("pca", embedder.embeddings_, embedder, train, test)))
    ndcg = {score.readout: score.value for score in scores if score.metric == "ndcg@10"}
    expected = {"native": 0.398, "dot": 0.380, "cosine": 0.349, "ridge": 0.116, "ridge-two-sided": 0.137}
    assert ndcg == pytest.approx(expected, abs=0.002)
