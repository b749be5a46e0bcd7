"""The tasks on words, by hand and from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr

from toolkit import Analogies, Embedding, WordPairs
from toolkit.errors import UnknownNameError
from toolkit.tasks import Subject, analogies, word_similarity

WORDS = Embedding(["cat", "dog", "car"], [[1, 0], [1, 1], [0, -1]])
ROWS = [("Cat", "dog", 8.0), ("cat", "car", 2.0), ("dog", "car", 1.0), ("cat", "lorry", 1.0)]
FAMILY = Embedding(["man", "woman", "king", "queen", "car"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 1, 0]])
QUESTIONS = {
    "family": [("man", "woman", "king", "queen"), ("king", "queen", "man", "car")],
    "gram1-plural": [("man", "king", "woman", "queen")],
    "gram2-none": [("cat", "cats", "dog", "dogs")],
}


def test_similarity_by_hand() -> None:
    scores = list(word_similarity(Subject("x", {"word": WORDS}), pairs=[WordPairs.from_rows(ROWS, name="mine")]))
    cosines = [1 / np.sqrt(2), 0, -1 / np.sqrt(2)]
    plain = [score for score in scores if not score.variant]
    assert [(score.metric, score.n) for score in plain] == [("spearman", 3), ("pearson", 3), ("oov", 4)]
    assert [score.value for score in plain] == pytest.approx([1, pearsonr(cosines, [8, 2, 1]).statistic, 25])
    assert {(score.entity, score.readout, score.target, score.convention) for score in scores} == {
        ("word", "cosine", "mine", "gensim")
    }


def test_similarity_options_reach_the_metric() -> None:
    subject, pairs = Subject("x", {"word": WORDS}), [WordPairs.from_rows(ROWS)]
    assert next(word_similarity(subject, pairs=pairs, oov="zero")).n == 4
    restricted = list(word_similarity(subject, pairs=pairs, restrict_vocab=2))
    assert "1 pairs" in restricted[0].note
    with pytest.raises(UnknownNameError, match="did you mean 'skip'"):
        list(word_similarity(subject, pairs=pairs, oov="skipp"))


def test_pairs_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.tsv"
    file.write_text("".join(f"{first}\t{second}\t{score}\n" for first, second, score in ROWS))
    scores = list(word_similarity(Subject("x", {"word": WORDS}), pairs=[str(file)]))
    assert scores[0].value == pytest.approx(1)
    assert scores[0].target == "mine"


def test_unknown_pairs_name_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'wordsim35'; did you mean 'wordsim353'"):
        list(word_similarity(Subject("x", {"word": WORDS}), pairs=["wordsim35"]))


def test_analogies_by_hand() -> None:
    scores = list(analogies(Subject("x", {"word": FAMILY}), questions=[Analogies(QUESTIONS, name="mine")]))
    assert [(score.metric, score.value, score.n) for score in scores] == [
        ("accuracy", 2 / 3, 3),
        ("semantic", 1 / 2, 2),
        ("syntactic", 1.0, 1),
        ("oov", 25.0, 4),
    ]
    assert {(score.target, score.convention) for score in scores} == {("mine", "gensim, 3cosadd")}


def test_analogies_of_one_kind_have_no_share_of_the_other() -> None:
    questions = Analogies({"family": QUESTIONS["family"]})
    metrics = [score.metric for score in analogies(Subject("x", {"word": FAMILY}), questions=[questions])]
    assert metrics == ["accuracy", "semantic", "oov"]


def test_another_method() -> None:
    questions = [Analogies({"family": QUESTIONS["family"]})]
    scores = list(analogies(Subject("x", {"word": FAMILY}), questions=questions, method="3cosmul"))
    assert scores[0].convention == "gensim, 3cosmul"
    with pytest.raises(UnknownNameError, match="did you mean '3cosmul'"):
        list(analogies(Subject("x", {"word": FAMILY}), questions=questions, method="3cosmull"))


@pytest.mark.parametrize("task", [word_similarity, analogies], ids=["similarity", "analogies"])
@pytest.mark.parametrize(
    ("embedding", "note"),
    [
        (Embedding(["cat"], [[1, 0]], "item"), "x has no vectors of words"),
        (
            Embedding(["cat"], [[1.0]]),
            "x has word vectors of one dimension: scaled to length 1, nothing is left of them",
        ),
    ],
)
def test_vectors_that_cannot_be_judged(task: object, embedding: Embedding, note: str) -> None:
    subject = Subject("x", {embedding.entity: embedding})
    given = (
        {"pairs": [WordPairs.from_rows(ROWS, name="mine")]}
        if task is word_similarity
        else {"questions": [Analogies(QUESTIONS, name="mine")]}
    )
    (score,) = task(subject, **given)
    assert (score.note, score.target, score.metric) == (note, "mine", "")


def test_no_question_can_be_answered() -> None:
    (score,) = analogies(Subject("x", {"word": WORDS}), questions=[Analogies(QUESTIONS, name="mine")])
    assert score.note == "x knows all four words of none of the 4 questions"


def test_all_cosines_equal() -> None:
    alike = Embedding(["cat", "dog", "car"], np.ones((3, 2)))
    (score,) = word_similarity(Subject("x", {"word": alike}), pairs=[WordPairs.from_rows(ROWS, name="mine")])
    assert "gives all the same cosine" in score.note
