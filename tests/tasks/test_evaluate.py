"""`evaluate`: one embedder or embedding, on every kind of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit import Analogies, Corpus, Embedding, WordPairs
from toolkit.errors import NotFittedError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.tasks import SCORE_FIELDS, Subject, ranking, task_info, task_names
from toolkit.tasks.base import Kind
from toolkit.testing import small_corpus, small_ratings, small_triples

PAIRS = WordPairs.from_rows([("a0", "a1", 9), ("a0", "b1", 1), ("b0", "b2", 8)], name="mine")


def same(first: pd.DataFrame, second: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))


def test_ratings_are_judged_by_every_task_on_ratings() -> None:
    scores = tk.evaluate(tk.PCA(3), small_ratings())
    assert scores.columns.tolist() == SCORE_FIELDS
    assert set(scores["task"]) == {"rating-prediction", "ranking", "item-similarity"} == set(task_names("ratings"))
    assert (scores["value"].isna() == (scores["note"] != "")).all()
    assert len(scores[scores["note"] != ""]) == 2  # no predictor of its own, no genres


def test_ratings_are_divided_as_holdout_does() -> None:
    data = small_ratings()
    given = tk.evaluate(tk.PCA(3), data.split("holdout", random_state=4), tasks=["ranking"])
    same(tk.evaluate(tk.PCA(3), data, tasks=["ranking"], random_state=4), given)
    assert not given.equals(tk.evaluate(tk.PCA(3), data, tasks=["ranking"], random_state=5))


def test_scores_are_those_of_the_task() -> None:
    train, test = small_ratings().split("leave-last-out")
    embedder = tk.TruncatedSVD(4).fit(train)
    subject = Subject("TruncatedSVD", embedder.embeddings_, embedder, train, test)
    expected = pd.DataFrame([score.row() for score in ranking(subject)], columns=SCORE_FIELDS)
    same(tk.evaluate(tk.TruncatedSVD(4), (train, test), tasks=["ranking"]), expected)


def test_a_fitted_embedder_learns_again_from_the_training_part_alone(told: Any) -> None:
    train, test = small_ratings().split("holdout")
    item = Embedding(train.item_keys, np.random.default_rng(0).standard_normal((len(train.item_keys), 3)), "item")
    embedder = told(item=item, ratings=test.values).fit(train)
    told.seen.clear()
    scores = tk.evaluate(embedder, (train, test), tasks=["rating-prediction"])
    assert told.seen[0].fingerprint() == train.fingerprint()
    assert all(len(data) <= len(train) for data in told.seen)
    assert len(told.seen) == 2  # and once more for the penalties
    assert scores.loc[scores["readout"] == "native", "value"].iloc[0] == 0


def test_what_was_fitted_stays_as_it_was() -> None:
    data = small_ratings()
    fitted = tk.PCA(3).fit(data)
    before = fitted.embedding("item").fingerprint()
    fresh = tk.evaluate(tk.PCA(3), data)
    same(tk.evaluate(fitted, data), fresh)
    assert fitted.embedding("item").fingerprint() == before


def test_an_embedding_is_judged_as_it_is() -> None:
    train, test = small_ratings().split("holdout")
    item = tk.PCA(3).fit(train).embedding("item")
    scores = tk.evaluate(item, (train, test))
    notes = set(scores.loc[scores["readout"] == "native", "note"])
    assert notes == {"the embedding has no predictor of ratings of its own", "the embedding does not rank items itself"}
    assert scores.loc[scores["readout"] == "cosine", "value"].notna().any()


def test_pairs_and_questions() -> None:
    embedding = tk.PPMISVD(4).fit(small_corpus()).embedding("word")
    scores = tk.evaluate(embedding, PAIRS)
    assert scores["metric"].tolist() == ["spearman", "pearson", "oov"]
    assert scores["value"][1] == pytest.approx(tk.evaluate_pairs(embedding, PAIRS).pearson)
    questions = Analogies({"topics": [("a0", "a1", "b0", "b1"), ("a2", "a3", "b2", "b3")]})
    scores = tk.evaluate(embedding, questions)
    assert scores["metric"].tolist() == ["accuracy", "semantic", "oov"]
    assert scores["value"][0] == tk.evaluate_analogies(embedding, questions).accuracy


def test_pairs_need_a_fitted_embedder() -> None:
    embedder = tk.PPMISVD(4)
    with pytest.raises(NotFittedError, match="PPMISVD is not fitted yet"):
        tk.evaluate(embedder, PAIRS)
    embedder.fit(small_corpus())
    same(tk.evaluate(embedder, PAIRS), tk.evaluate(embedder.embedding("word"), PAIRS))


def test_pairs_are_the_task_themselves() -> None:
    with pytest.raises(ParameterError, match="leave tasks out"):
        tk.evaluate(small_embedding(), PAIRS, tasks=["word-similarity"])


def small_embedding() -> Embedding:
    return Embedding(["a0", "a1"], [[1, 0], [0, 1]])


def test_a_corpus_is_trained_on_and_judged_by_the_word_sets(lee: Corpus) -> None:
    scores = tk.evaluate(tk.PPMISVD(20), lee, tasks=["word-similarity"])
    assert set(scores["target"]) == {"wordsim353", "simlex999"}
    same(scores, tk.evaluate(tk.PPMISVD(20).fit(lee).embedding("word"), lee, tasks=["word-similarity"]))
    assert scores.set_index(["target", "metric"]).loc[("wordsim353", "oov"), "value"] > 20


@pytest.mark.parametrize(
    ("data", "task"),
    [(small_ratings, "analogies"), (small_ratings, "word-similarity"), (small_corpus, "ranking")],
)
def test_a_task_for_another_kind_of_data(data: Callable[[], Any], task: str) -> None:
    with pytest.raises(UnsupportedError, match=f"task '{task}'"):
        tk.evaluate(tk.PCA(3), data(), tasks=[task])


def test_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="unknown task 'rankign'; did you mean 'ranking'"):
        tk.evaluate(tk.PCA(3), small_ratings(), tasks=["rankign"])


@pytest.mark.parametrize(
    "data",
    [
        small_ratings().to_frame(),
        [small_ratings(), small_ratings()],
        (small_ratings(), small_triples()),
        (small_corpus(), small_corpus()),
        (small_triples(),) * 3,
        (small_ratings(),),
        (),
    ],
    ids=["data frame", "list", "mixed", "two corpora", "three", "one", "nothing"],
)
def test_data_of_another_kind_is_refused(data: Any) -> None:
    with pytest.raises(UnsupportedError, match="give Ratings, Triples, a pair of either"):
        tk.evaluate(small_embedding(), data)


def test_only_embedders_and_embeddings_are_judged() -> None:
    with pytest.raises(UnsupportedError, match="str"):
        tk.evaluate("pca", small_ratings())


def test_facts_about_tasks() -> None:
    assert set(task_names()) == {name for kind in get_args(Kind) for name in task_names(kind)}
    for name in task_names():
        info = task_info(name)
        assert info.name == name
        assert info.definition.endswith(".")
        tk.metrics.metric_info(info.main_metric)
    with pytest.raises(UnknownNameError, match="option of task 'ranking' 'kk'; did you mean 'k'"):
        task_info("ranking").check_options({"k": 3, "kk": 1})
    with pytest.raises(UnknownNameError, match="option of task 'ranking' 'subject'"):
        task_info("ranking").check_options({"subject": None})


def test_main_metrics_are_among_the_scores() -> None:
    scores = tk.evaluate(tk.SVD(3, epochs=2), small_ratings())
    for name in ("rating-prediction", "ranking"):
        assert task_info(name).main_metric in set(scores.loc[scores["task"] == name, "metric"])


def test_the_ratings_are_not_changed() -> None:
    data = small_ratings()
    before = data.fingerprint()
    tk.evaluate(tk.PCA(3), data)
    assert data.fingerprint() == before
