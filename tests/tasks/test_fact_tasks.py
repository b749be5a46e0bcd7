"""Tasks on facts, with answers and vectors given by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit import Embedder, Embedding, Triples
from toolkit.tasks import Score, Subject, attribute_probe, fact_completion
from toolkit.testing import small_ratings, small_triples

TRAIN = Triples((("a", "likes", "b"), ("b", "likes", "c"), ("c", "knows", "a"), ("a", "knows", "c")), "small")
TEST = Triples((("b", "knows", "a"), ("b", "knows", "c"), ("c", "likes", "a")), "small")
PERSONS = Embedding(["c", "b", "a"], np.eye(3), "person")  # not in the data's order


class Answers(Embedder):
    """Completes facts as it is told to."""

    view = "none"
    told: ClassVar[dict[tuple[str, str], list[float]]] = {}

    def _learn(self, data: Any) -> list[Embedding]:
        return [PERSONS]

    def score_objects(self, subjects: Iterable[object], relations: Iterable[object]) -> np.ndarray:
        return np.array([self.told[str(a), str(b)] for a, b in zip(subjects, relations, strict=True)])


class Ranks(Embedder):
    """Ranks columns as it is told to."""

    view = "none"
    contexts = Embedding(["knows c", "likes b", "likes c", "knows a"], np.eye(4), "context")
    told: ClassVar[dict[str, list[float]]] = {}

    def _learn(self, data: Any) -> list[Embedding]:
        return [PERSONS, self.contexts]

    def score_items(self, users: Iterable[object]) -> np.ndarray:
        return np.array([self.told[str(user)] for user in users])


def judged(embedder: Embedder, test: Triples = TEST) -> dict[str, Score]:
    fitted = embedder.fit(TRAIN)
    scores = fact_completion(Subject("x", fitted.embeddings_, fitted, TRAIN, test))
    return {score.metric: score for score in scores}


def test_answers_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # columns c, b, a; true are a and c, and a
    monkeypatch.setattr(Answers, "told", {("b", "knows"): [0.4, 0.1, 0.9], ("c", "likes"): [0.8, 0.2, 0.7]})
    scores = judged(Answers())
    assert {metric: (score.value, score.n) for metric, score in scores.items()} == {
        "right": (1 / 2, 2),
        "right_strict": (0.0, 2),
        "filtered_mrr": (pytest.approx((1 + 1 + 1 / 2) / 3), 3),
    }
    assert {(score.task, score.entity, score.readout) for score in scores.values()} == {
        ("fact-completion", "person", "native")
    }
    monkeypatch.setattr(Answers, "told", {("b", "knows"): [0.6, 0.1, 0.9], ("c", "likes"): [0.4, 0.2, 0.7]})
    assert {metric: score.value for metric, score in judged(Answers()).items()} == {
        "right": 1,
        "right_strict": 1,
        "filtered_mrr": 1,
    }


def test_columns_of_the_relation_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # "likes a" is no column of training: whoever it is true of cannot come first
    monkeypatch.setattr(Ranks, "told", {"b": [0.2, 0.9, 0.9, 0.1], "c": [9.0, -5.0, -6.0, 9.0]})
    scores = judged(Ranks())
    assert "right_strict" not in scores  # its scores are no activities
    assert (scores["right"].value, scores["right"].n) == (1 / 2, 2)
    assert scores["filtered_mrr"].value == pytest.approx((1 + 1 + 1 / 3) / 3)


def test_what_training_does_not_know_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "told", {("b", "knows"): [0.9, 0.1, 0.1]})
    test = Triples((("b", "knows", "c"), ("nobody", "knows", "c"), ("b", "hates", "c")))
    assert judged(Answers(), test)["right"].value == pytest.approx(1 / 3)
    only = judged(Answers(), Triples((("nobody", "knows", "c"),)))
    assert (only["right"].value, only["filtered_mrr"].value) == (0, 1 / 2)  # three equal scores
    absent = Triples((("b", "knows", "c"), ("b", "knows", "stranger")))
    assert judged(Answers(), absent)["right"].value == 0


@pytest.mark.parametrize(
    ("subject", "note"),
    [
        (Subject("x", {"person": PERSONS}, None, TRAIN, TEST), "x does not complete facts itself"),
        (Subject("x", {"person": PERSONS}, None, TRAIN), "the data holds no facts to complete"),
        (Subject("x", {}, None, small_ratings(), small_ratings()), "the data holds no facts to complete"),
    ],
)
def test_where_it_does_not_apply(subject: Subject, note: str) -> None:
    (score,) = fact_completion(subject)
    assert (score.note, score.metric, score.n) == (note, "", 0)


def test_every_kind_of_method_on_made_up_facts() -> None:
    parts = small_triples().split("inputs", n_folds=8)
    for embedder in (tk.PCA(5), tk.TruncatedSVD(5), tk.ALS(5, epochs=2), tk.Popularity(), tk.Random(5)):
        scores = tk.evaluate(embedder, parts, tasks=["fact-completion"]).set_index("metric")
        assert set(scores.index) == {"right", "filtered_mrr"}
        assert scores.loc["right", "n"] == 6
        assert scores["value"].between(0, 1).all()
    (note,) = tk.evaluate(tk.Word2Vec(5, epochs=1), parts, tasks=["fact-completion"])["note"]
    assert note == "Word2Vec does not complete facts itself"


def test_triples_alone_are_divided() -> None:
    data = small_triples()
    alone = tk.evaluate(tk.PCA(4), data, tasks=["fact-completion"], random_state=3)
    pd.testing.assert_frame_equal(
        alone, tk.evaluate(tk.PCA(4), data.split("inputs", random_state=3), tasks=["fact-completion"])
    )
    tiny = Triples(data.facts[:6])
    assert (tk.evaluate(tk.PCA(1), tiny, tasks=["fact-completion"])["n"] == 1).all()


@dataclass(frozen=True)
class Probed:
    accuracy: float
    shuffled_mean: float
    shuffled_high: float
    p_value: float


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the linear probe, and return what it was asked."""
    asked: list[Any] = []

    def linear_probe(vectors: np.ndarray, labels: np.ndarray, **options: Any) -> Probed:
        asked.append((vectors.tolist(), list(labels), options))
        return Probed(0.75, 0.5, 0.625, 0.125)

    module = ModuleType("toolkit.metrics.probes")
    module.linear_probe = linear_probe
    monkeypatch.setitem(sys.modules, "toolkit.metrics.probes", module)
    return asked


def with_attributes(**columns: list[Any]) -> Triples:
    return Triples(TRAIN.facts, "small", pd.DataFrame(columns, index=["a", "b", "c", "unmet"]))


def test_a_probe_for_each_attribute(probe: list[Any]) -> None:
    data = with_attributes(nation=["x", "y", "x", "y"], age=[1, 2, 3, 4])
    scores = list(attribute_probe(Subject("x", {"person": PERSONS}, None, data), n_shuffles=7, random_state=2))
    options = {"n_shuffles": 7, "random_state": 2}
    rows = [[0, 0, 1], [0, 1, 0], [1, 0, 0]]  # of a, b and c
    assert probe == [(rows, ["x", "y", "x"], options), (rows, ["1", "2", "3"], options)]
    assert [(score.target, score.metric, score.value, score.n) for score in scores[:4]] == [
        ("nation", "probe_accuracy", 0.75, 3),
        ("nation", "probe_shuffled", 0.5, 3),
        ("nation", "probe_shuffled_high", 0.625, 3),
        ("nation", "probe_p", 0.125, 3),
    ]
    assert {(score.task, score.entity, score.readout) for score in scores} == {("attribute-probe", "person", "probe")}


@pytest.mark.parametrize(
    ("data", "embeddings", "note"),
    [
        (TRAIN, {"person": PERSONS}, "the data says nothing about the persons"),
        (small_ratings(), {"person": PERSONS}, "the data says nothing about the persons"),
        (with_attributes(nation=list("xyxy")), {}, "x has no vectors of persons"),
        (
            with_attributes(nation=list("xxxy")),
            {"person": PERSONS},
            "3 persons have a vector and nation, of 1 values; a probe needs 3 of 2",
        ),
        (
            with_attributes(nation=["x", "y", None, "y"]),
            {"person": PERSONS},
            "2 persons have a vector and nation, of 2 values; a probe needs 3 of 2",
        ),
    ],
)
@pytest.mark.usefixtures("probe")
def test_where_there_is_nothing_to_probe(data: Any, embeddings: dict[str, Embedding], note: str) -> None:
    (score,) = attribute_probe(Subject("x", embeddings, None, data))
    assert (score.note, score.metric) == (note, "")
