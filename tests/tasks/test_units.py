"""Units: every score is what its units make of it, and a file gives back what was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit import Analogies, Corpus, Embedding, Ratings, WordPairs
from toolkit.errors import DataError
from toolkit.tasks import Score, Subject, Units, read_units, task_info, units_of, write_units
from toolkit.tasks.units import occurrences

SINGLE = 2e-7  # relative, of a prediction kept in single precision


def judged(task: str, subject: Subject, **options: object) -> list[Score]:
    return list(task_info(task).function(subject, **options))


def check(scores: list[Score], without: set[str]) -> None:
    """Each score that has units is what its task's rules make of them; only some metrics have none."""
    assert {score.metric for score in scores if score.units is None} <= without
    assert any(score.units is not None for score in scores)
    for score in scores:
        if score.units is None:
            continue
        assert (score.task, score.entity, score.target, score.readout) == (
            score.units.task,
            score.units.entity,
            score.units.target,
            score.units.readout,
        )
        sample = task_info(score.task).units.sample(score.units.table, score.metric)
        assert sample.value == pytest.approx(score.value, rel=SINGLE, abs=1e-15)


@pytest.fixture(scope="module")
def films(movielens: Ratings) -> Subject:
    train, test = movielens.split("u1")
    embedder = tk.make_embedder("svd", embedding_dim=4, epochs=2).fit(train)
    return Subject("svd", embedder.embeddings_, embedder, train, test)


@pytest.fixture(scope="module")
def words(lee: Corpus) -> Subject:
    embedder = tk.make_embedder("ppmi-svd", embedding_dim=10).fit(lee)
    return Subject("ppmi-svd", embedder.embeddings_, embedder, lee)


def test_predicted_ratings(films: Subject) -> None:
    scores = judged("rating-prediction", films, readouts=["native", "bias"])
    check(scores, {"coverage"})
    native, bias = units_of(scores)
    assert native.cases is bias.cases
    test, train = films.test.to_frame(), films.train.to_frame()
    assert native.cases[["user", "item"]].astype(str).equals(test[["user", "item"]].astype(str))
    for side in ("user", "item"):
        counts = train[side].value_counts().reindex(test[side], fill_value=0)
        assert native.cases[f"{side}_count"].tolist() == counts.tolist()


@pytest.mark.parametrize("convention", ["standard", "cornac", "lenskit", "recbole", "implicit"])
def test_ranked_items(films: Subject, convention: str) -> None:
    check(judged("ranking", films, readouts=["native"], convention=convention), {"coverage"})


def test_items_beside_their_like(films: Subject) -> None:
    check(judged("item-similarity", films), {"chance", "spearman"})


@pytest.mark.parametrize("oov", ["skip", "zero", "mean"])
def test_pairs_of_words(words: Subject, oov: str) -> None:
    check(judged("word-similarity", words, pairs=["wordsim353"], oov=oov), {"oov", "spearman", "pearson"})


def test_pairs_say_how_rare_their_words_are(words: Subject) -> None:
    pairs = WordPairs.from_rows(
        [("The", "said", 1.0), ("said", "nowhere-to-be-found", 2.0), ("the", "the", 3), ("to", "of", 2)]
    )
    (units,) = units_of(judged("word-similarity", words, pairs=[pairs]))
    rank = [list(words.train.words).index(word) + 1 for word in ("said", "the", "to", "of")]
    assert units.cases["rank"].tolist()[0] == rank[0]
    assert np.isnan(units.cases["rank"][1])
    assert units.cases["rank"].tolist()[2:] == [rank[1], max(rank[2:])]
    assert np.isnan(units.values["cosine"]).tolist() == [False, True, False, False]


def test_questions(words: Subject) -> None:
    check(judged("analogies", words), {"oov"})


def test_questions_by_hand() -> None:
    family = Embedding(
        ["man", "woman", "king", "queen", "car"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 1, 0]]
    )
    questions = Analogies(
        {
            "family": [("man", "woman", "king", "queen"), ("king", "queen", "man", "car")],
            "gram1": [("a", "b", "c", "d")],
        }
    )
    (units,) = units_of(judged("analogies", Subject("x", {"word": family}), questions=[questions]))
    assert units.values["right"].tolist()[:2] == [1, 0]
    assert np.isnan(units.values["right"][2])
    assert units.cases["section"].tolist() == ["family", "family", "gram1"]


def test_facts() -> None:
    train, test = tk.load_dataset("family-trees").split("inputs", n_folds=4, random_state=0)
    embedder = tk.make_embedder("pca", embedding_dim=8).fit(train)
    subject = Subject("pca", embedder.embeddings_, tk.make_embedder("als", embedding_dim=8).fit(train), train, test)
    check(judged("fact-completion", subject), set())


def two() -> Iterator[Units]:
    cases = pd.DataFrame({"user": pd.Categorical(["b", "a", "b"]), "rating": [1.0, 2.0, 3.0]})
    for readout in ("native", "ridge"):
        values = pd.DataFrame({"predicted": np.array([1, 2, np.nan], dtype=np.float32), "of: two": [1.5, 2, 3]})
        yield Units("rating-prediction", "item", "", readout, cases, values)
    yield Units("rating-prediction", "item", "x: y", "ridge", cases.assign(rating=0.0), values, "oov=zero")


def test_files_give_back_what_was_written(tmp_path: Path) -> None:
    given = list(two())
    paths = write_units(given, tmp_path / "films-001")
    assert [path.name for path in paths] == ["films-001.1.arrow", "films-001.2.arrow"]
    found = [units for path in paths for units in read_units(path)]
    for one, other in zip(given, found, strict=True):
        named = ("task", "entity", "target", "readout", "variant")
        assert [getattr(one, name) for name in named] == [getattr(other, name) for name in named]
        pd.testing.assert_frame_equal(one.values, other.values)
        pd.testing.assert_frame_equal(one.cases, other.cases, check_categorical=False)
    assert [units.readout for units in read_units(paths[0], "rating-prediction")] == ["native", "ridge"]
    assert not list(read_units(paths[0], "ranking"))
    assert not list(read_units(paths[0], "rating-prediction", "x: y"))


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.1.arrow"
    path.write_bytes(b"ARROW1 but no more")
    with pytest.raises(DataError, match="holds no units of a run"):
        list(read_units(path))
    Embedding(["a"], [[1.0]]).save(path)
    with pytest.raises(DataError, match="holds no units of a run"):
        list(read_units(path))
    with pytest.raises(DataError, match=r"a\.1\.arrow: cannot be written"):
        write_units(two(), tmp_path / "no such folder" / "a")


def test_occurrences() -> None:
    keys = pd.Index(["a", "b"], dtype=object)
    assert occurrences(np.array([1, 1, 0], dtype=np.int32), keys, pd.Index(["b", "x", "a"], dtype=object)).tolist() == [
        2,
        0,
        1,
    ]
