"""The task on ratings, by hand, on MovieLens, and that it learns nothing from the test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import toolkit as tk
from toolkit import Embedding, Ratings
from toolkit.errors import UnknownNameError
from toolkit.readouts import HierarchicalReadout, ProfileReadout, RidgeReadout
from toolkit.readouts.ridge import PenaltySearch
from toolkit.tasks import Score, Subject, rating_prediction
from toolkit.testing import small_ratings

TRAIN = [("ann", "x", 5), ("ann", "y", 3), ("bob", "x", 1)]
TEST = [("ann", "z", 4), ("bob", "y", 2), ("new", "x", 5), ("ann", "x", 1)]


def values(scores: list[Score], readout: str) -> dict[str, float]:
    return {score.metric: score.value for score in scores if score.readout == readout}


def test_native_by_hand(told: Any, rate: Callable[..., Ratings]) -> None:
    train, test = rate(TRAIN), rate(TEST)
    subject = Subject("told", {}, told(ratings=[3, 4, 5, 1]).fit(train), train, test)
    scores = list(rating_prediction(subject, readouts=["native"]))
    # errors -1, 2, 0, 0; ann has the first and the last; bob and y are known, ann and x too
    assert [(score.metric, score.n, score.convention) for score in scores] == [
        ("rmse", 4, "pooled"),
        ("mae", 4, "pooled"),
        ("rmse_user", 3, "mean over users"),
        ("coverage", 4, ""),
    ]
    assert [score.value for score in scores] == pytest.approx(
        [np.sqrt(5 / 4), 3 / 4, (np.sqrt(1 / 2) + 2 + 0) / 3, 2 / 4]
    )
    assert {(score.task, score.entity, score.readout, score.note) for score in scores} == {
        ("rating-prediction", "item", "native", "")
    }


def test_bias_is_the_readout(rate: Callable[..., Ratings]) -> None:
    train, test = rate(TRAIN), rate(TEST)
    found = values(list(rating_prediction(Subject("x", {}, None, train, test), readouts=["bias"])), "bias")
    predicted = tk.readout("bias").fit(train).predict(*(test.to_frame()[name] for name in ("user", "item")))
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((predicted - test.values) ** 2)))


def test_mean_by_hand(rate: Callable[..., Ratings]) -> None:
    found = values(list(rating_prediction(Subject("x", {}, None, rate(TRAIN), rate(TEST)), readouts=["mean"])), "mean")
    assert found["rmse"] == pytest.approx(np.sqrt((1 + 1 + 4 + 4) / 4))  # of 4, 2, 5 and 1, where 3 is expected
    assert found["mae"] == pytest.approx((1 + 1 + 2 + 2) / 4)


@pytest.mark.parametrize("readout", ["dot", "cosine", "ridge", "ridge-two-sided", "hierarchical"])
def test_it_is_the_readout_with_its_own_settings(readout: str) -> None:
    train, test = small_ratings().split("holdout")
    item = tk.PCA(3).fit(train).embedding("item")
    subject = Subject("x", {"item": item}, None, train, test)
    scores = list(rating_prediction(subject, readouts=[readout], random_state=3))
    predictor = tk.readout(readout, item=item, random_state=3).fit(train)
    predicted = predictor.predict(test.user_keys[test.users], test.item_keys[test.items])
    assert values(scores, readout)["mae"] == pytest.approx(np.abs(predicted - test.values).mean(), abs=1e-12)
    assert values(scores, readout)["mae"] < 0.95 * values(list(rating_prediction(subject)), "bias")["mae"]


@pytest.mark.parametrize(
    ("entity", "dim", "note"),
    [
        ("word", 3, "x has no vectors of items"),
        ("item", 1, "x has item vectors of one dimension: scaled to length 1, nothing is left of them"),
    ],
)
def test_vectors_that_cannot_be_judged(rate: Callable[..., Ratings], entity: str, dim: int, note: str) -> None:
    train, test = rate(TRAIN), rate(TEST)
    subject = Subject("x", {entity: Embedding(["x", "y"], np.ones((2, dim)), entity)}, None, train, test)
    scores = list(rating_prediction(subject))
    assert [(score.readout, score.note) for score in scores] == [
        ("native", "x has no predictor of ratings of its own"),
        *[(readout, "") for readout in ("mean", "bias") for _ in range(4)],  # these need no vectors
        *[(readout, note) for readout in ("dot", "cosine", "ridge", "ridge-two-sided")],
    ]
    assert all(np.isnan(score.value) and (score.metric, score.n) == ("", 0) for score in scores if score.note)


def test_events_are_no_ratings(rate: Callable[..., Ratings]) -> None:
    events = rate(TRAIN, rating=None)
    (score,) = rating_prediction(Subject("x", {}, None, events, events))
    assert score.note == "the data holds no ratings to predict"
    (score,) = rating_prediction(Subject("x", {}, None, rate(TRAIN), None))
    assert score.note == "the data holds no ratings to predict"


def test_unknown_readout_names_the_nearest(rate: Callable[..., Ratings]) -> None:
    with pytest.raises(UnknownNameError, match="readout of task 'rating-prediction' 'rigde'; did you mean 'ridge'"):
        list(rating_prediction(Subject("x", {}, None, rate(TRAIN), rate(TEST)), readouts=["rigde"]))


@pytest.mark.parametrize("readout", ["dot", "cosine", "ridge"])
def test_settings_are_chosen_with_vectors_learned_without_the_validation_part(told: Any, readout: str) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    embedder = told(item=item).fit(train)
    told.seen.clear()
    list(rating_prediction(Subject("told", embedder.embeddings_, embedder, train, test), readouts=[readout]))
    (inner,) = told.seen
    expected, _ = train.split("holdout", test_size=0.1, random_state=0)
    assert inner.fingerprint() == expected.fingerprint()


@pytest.mark.parametrize("readout", ["dot", "cosine", "ridge", "ridge-two-sided"])
def test_it_is_these_vectors_that_the_settings_are_chosen_with(readout: str) -> None:
    train, test = small_ratings(60, 30).split("holdout")
    parts = train.split("holdout", test_size=0.1, random_state=0)
    embedder = tk.TruncatedSVD(8).fit(train)
    item = embedder.embedding("item")
    unseen, seen = (
        tk.readout(readout, item=one).choose(*parts) for one in (embedder.clone().fit(parts[0]).embedding("item"), item)
    )
    assert unseen != pytest.approx(seen, rel=0.01)
    predictor = tk.readout(readout, item=item, **unseen).fit(train)
    expected = predictor.predict(test.user_keys[test.users], test.item_keys[test.items])
    scores = list(rating_prediction(Subject("svd", embedder.embeddings_, embedder, train, test), readouts=[readout]))
    assert values(scores, readout)["mae"] == pytest.approx(np.abs(expected - test.values).mean(), abs=1e-12)


def test_all_readouts_share_what_is_learned_without_the_validation_part(told: Any) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    embedder = told(item=item).fit(train)
    subject = Subject("told", embedder.embeddings_, embedder, train, test)
    names = ["dot", "cosine", "ridge", "ridge-two-sided", "hierarchical"]
    alone = [score for name in names for score in rating_prediction(replace(subject), readouts=[name])]
    assert len(told.seen) == 1 + len(names)
    told.seen.clear()
    assert list(rating_prediction(subject, readouts=names)) == alone
    assert len(told.seen) == 1


@pytest.mark.parametrize(
    ("readout", "cls"), [("dot", ProfileReadout), ("hierarchical", HierarchicalReadout), ("ridge", PenaltySearch)]
)
def test_settings_are_searched_once(readout: str, cls: type, monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    name = "one_sided" if cls is PenaltySearch else "choose"
    searched, search = [], getattr(cls, name)
    monkeypatch.setattr(cls, name, lambda *given: searched.append(given) or search(*given))
    list(rating_prediction(Subject("x", {"item": item}, None, train, test), readouts=[readout]))
    assert len(searched) == 1


@pytest.mark.parametrize("readout", ["dot", "cosine", "ridge", "ridge-two-sided", "hierarchical"])
def test_too_few_ratings_to_choose_settings_on(rate: Callable[..., Ratings], readout: str) -> None:
    rows = [("ann", "x", 5), ("ann", "y", 3), ("bob", "x", 1), ("bob", "y", 2), ("cat", "x", 4), ("cat", "y", 4)]
    item = Embedding(["x", "y"], np.eye(2), "item")
    for n, note in (
        (5, "slopes and penalties are chosen on a tenth of the training ratings, and of 5 that is none"),
        (6, ""),
    ):
        subject = Subject("x", {"item": item}, None, rate(rows[:n]), rate(TEST))
        first, *_ = rating_prediction(subject, readouts=[readout])
        assert (first.readout, first.note, first.metric) == (readout, note, "" if note else "rmse")


def test_a_method_that_cannot_learn_from_the_smaller_part(rate: Callable[..., Ratings]) -> None:
    # the holdout takes the only rating of one item, whose column 2 components need
    rows = [("ann", "x", 5), ("ann", "y", 3), ("bob", "x", 1), ("bob", "y", 2), ("cat", "x", 4), ("cat", "z", 4)]
    turned = (rate(rows[n:] + rows[:n]) for n in range(6))
    train = next(part for part in turned if len(part.split("holdout", test_size=0.1)[0].item_keys) < 3)
    embedder = tk.PCA(2).fit(train)
    subject = Subject("pca", embedder.embeddings_, embedder, train, rate(TEST))
    first, second = rating_prediction(subject, readouts=["ridge", "ridge-two-sided"])
    assert first.note.startswith(
        "slopes and penalties are chosen with vectors learned without a tenth of the training ratings, from which pca "
        "cannot learn: embedding_dim is 2"
    )
    assert (first.note, first.readout, second.readout) == (second.note, "ridge", "ridge-two-sided")


@pytest.mark.parametrize("readouts", [["native"], ["mean"], ["bias"], ["native", "bias"]])
def test_nothing_is_learned_twice_where_no_setting_is_needed(told: Any, readouts: list[str]) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.ones((len(train.item_keys), 3)), "item")
    embedder = told(item=item, ratings=np.full(len(test), 3.0)).fit(train)
    told.seen.clear()
    list(rating_prediction(Subject("told", embedder.embeddings_, embedder, train, test), readouts=readouts))
    assert told.seen == []


def test_a_poisoned_test_part_changes_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = small_ratings(60, 30).split("holdout")
    shuffled = test.to_frame().assign(rating=6 - test.values)
    shuffled["item"] = np.random.default_rng(1).permutation(shuffled["item"])
    poisoned = Ratings.from_frame(shuffled, timestamp="timestamp", scale=(1, 5))
    embedder = tk.PCA(5).fit(train)
    used: list[dict[str, float]] = []
    fits = {cls: cls.fit for cls in (RidgeReadout, ProfileReadout)}

    def spy(self: Any, ratings: Ratings) -> Any:
        fitted = fits[type(self)](self, ratings)
        names = ("penalty", "item_penalty", "slope", "damping")
        used.append({name: vars(fitted)[name] for name in names if vars(fitted).get(name) is not None})
        assert ratings.fingerprint() == train.fingerprint()
        return fitted

    for cls in fits:
        monkeypatch.setattr(cls, "fit", spy)
    errors = []
    for part in (test, poisoned):
        scores = list(rating_prediction(Subject("pca", embedder.embeddings_, embedder, train, part)))
        errors.append(values(scores, "ridge")["rmse"])
    mean = {"slope", "damping"}
    assert [set(settings) for settings in used[:4]] == [mean, mean, {"penalty"}, {"penalty", "item_penalty"}]
    assert used[:4] == used[4:]
    assert errors[0] < errors[1]


@pytest.mark.parametrize(
    ("fold", "one_sided", "two_sided"),
    [
        ("u1", 0.9031, 0.8983),
        ("u2", 0.8987, 0.8930),
        ("u3", 0.8968, 0.8890),
        ("u4", 0.8989, 0.8932),
        ("u5", 0.8964, 0.8894),
    ],
)
def test_movielens(movielens: Ratings, fold: str, one_sided: float, two_sided: float) -> None:
    train, test = movielens.split(fold)
    embedder = tk.PCA(48).fit(train)
    subject = Subject("pca", embedder.embeddings_, embedder, train, test)
    scores = list(rating_prediction(subject, readouts=["ridge", "ridge-two-sided"]))
    assert values(scores, "ridge")["rmse"] == pytest.approx(one_sided, abs=0.003)
    assert values(scores, "ridge-two-sided")["rmse"] == pytest.approx(two_sided, abs=0.003)
    assert {score.n for score in scores if score.metric == "rmse"} == {20_000}
    assert {score.n for score in scores if score.metric == "rmse_user"} == {len(test.user_keys)}


@pytest.mark.parametrize(
    ("fold", "mean", "bias", "dot", "cosine"),
    [("u1", 1.1537, 0.9554, 0.9391, 0.9213), ("u2", 1.1309, 0.9445, 0.9288, 0.9149)],
)
def test_movielens_without_weights_of_users(
    movielens: Ratings, fold: str, mean: float, bias: float, dot: float, cosine: float
) -> None:
    train, test = movielens.split(fold)
    embedder = tk.PCA(48).fit(train)
    subject = Subject("pca", embedder.embeddings_, embedder, train, test)
    scores = list(rating_prediction(subject, readouts=["mean", "bias", "dot", "cosine"]))
    expected = {"mean": mean, "bias": bias, "dot": dot, "cosine": cosine}
    assert {name: values(scores, name)["rmse"] for name in expected} == pytest.approx(expected, abs=0.0005)
