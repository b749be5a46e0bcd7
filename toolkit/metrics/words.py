"""How well word vectors agree with what people say about words.

The conventions are those of gensim's ``evaluate_word_pairs`` and ``evaluate_word_analogies``: words are compared in
upper case, and of the words that are then equal the first of the embedding stands for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data.wordsets import Analogies, WordPairs
from toolkit.embedding import Embedding
from toolkit.errors import UnknownNameError
from toolkit.metrics.analogy_search import METHODS, Method, answered_right
from toolkit.metrics.base import MetricInfo, declare
from toolkit.metrics.correlation import pearson, spearman
from toolkit.metrics.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]
Unknown = Literal["skip", "zero", "mean"]

declare(
    MetricInfo(
        "oov",
        "Out of vocabulary",
        "lower",
        0,
        100,
        "Percentage of all well-formed pairs or questions that hold a word without a vector.",
        unit="%",
        digits=1,
    )
)
for _name, _title, _which in (
    ("accuracy", "Accuracy", "analogy questions"),
    ("semantic", "Semantic accuracy", "analogy questions about meaning (sections not named gram*)"),
    ("syntactic", "Syntactic accuracy", "analogy questions about grammar (sections named gram*)"),
):
    declare(
        MetricInfo(
            _name,
            _title,
            "higher",
            0,
            1,
            f"Share of the {_which} answered right; those with an unknown word are skipped.",
            reference="Mikolov et al. 2013",
        )
    )


@dataclass(frozen=True, eq=False)
class PairScores:
    """Agreement with people on the similarity of pairs.

    Parameters
    ----------
    pearson, spearman : float
        Correlations, in [-1, 1]; nan for fewer than two pairs, or where all values of one side are equal.
    n : int
        Pairs that the correlations are taken over.
    oov : float
        Percentage of all pairs that hold an unknown word.
    gold, predicted : ndarray of float64, shape (n,)
        What people said, and the cosine, of each of these pairs in their order.
    known : ndarray of bool, shape (n_pairs,)
        Of which pairs both words are known.
    """

    pearson: float
    spearman: float
    n: int
    oov: float
    gold: Floats
    predicted: Floats
    known: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AnalogyScores:
    """Answers to analogy questions.

    Parameters
    ----------
    accuracy, semantic, syntactic : float
        Share of right answers over all sections, those not named ``gram*`` and those named so; in [0, 1], nan where
        no question was answered.
    n : int
        Questions answered.
    skipped : int
        Questions with an unknown word. gensim's ``dummy4unknown`` counts them as wrong: ``accuracy * n /
        (n + skipped)``.
    oov : float
        `skipped` as a percentage of all questions.
    sections : pandas.DataFrame
        Columns section, correct, total and skipped, in the order of the questions; total are those answered.
    known, right : ndarray of bool, shape (n + skipped,)
        Of which questions all words are known, and which of them are answered right, in their order.
    """

    accuracy: float
    semantic: float
    syntactic: float
    n: int
    skipped: int
    oov: float
    sections: pd.DataFrame
    known: npt.NDArray[np.bool_]
    right: npt.NDArray[np.bool_]


def evaluate_pairs(
    embedding: Embedding, pairs: WordPairs, restrict_vocab: int | None = None, oov: Unknown = "skip"
) -> PairScores:
    """Correlate cosines with the similarity that people gave to pairs of words.

    Parameters
    ----------
    embedding : Embedding
        The vectors to judge.
    pairs : WordPairs
        Pairs and what people said.
    restrict_vocab : int, optional
        Only the first so many words of the embedding are known; by default all.
    oov : {"skip", "zero", "mean"}, default "skip"
        A pair with an unknown word is left out, or has similarity 0 (gensim's ``dummy4unknown``), or the unknown word
        has the mean of the known words' vectors.

    Returns
    -------
    PairScores

    Raises
    ------
    UnknownNameError
        If `oov` is none of these.
    ParameterError
        If `restrict_vocab` is less than 1.

    Examples
    --------
    >>> embedding = Embedding(["cat", "dog", "car"], [[1, 0], [1, 1], [0, -1]])
    >>> rows = [("Cat", "dog", 8), ("cat", "car", 2), ("dog", "car", 1), ("cat", "lorry", 1)]
    >>> scores = evaluate_pairs(embedding, WordPairs.from_rows(rows))
    >>> round(scores.pearson, 4), scores.spearman, scores.n, scores.oov
    (0.9245, 1.0, 3, 25.0)
    """
    if oov not in get_args(Unknown):
        raise UnknownNameError("treatment of unknown words", oov, get_args(Unknown))
    vocabulary = Vocabulary(embedding, restrict_vocab, pairs.first + pairs.second)
    rows = vocabulary.first_row[vocabulary.named].reshape(2, -1)
    known = (rows >= 0).all(axis=0)
    gold = np.array(pairs.scores, dtype=np.float64)
    predicted = _cosines(_vectors(vocabulary, rows[0]), _vectors(vocabulary, rows[1]))
    if oov == "skip":
        gold, predicted = gold[known], predicted[known]
    elif oov == "zero":
        predicted[~known] = 0
    return PairScores(
        pearson(gold, predicted),
        spearman(gold, predicted),
        len(gold),
        _percentage(int((~known).sum()), len(pairs)),
        gold,
        predicted,
        known,
    )


def evaluate_analogies(
    embedding: Embedding,
    questions: Analogies,
    restrict_vocab: int | None = 300_000,
    method: Method = "3cosadd",
) -> AnalogyScores:
    """Answer questions *a is to b as c is to ?* and count the right answers.

    The answer is the word whose unit vector v has the largest score, a, b, c and their case variants excluded; it is
    right if it equals the expected word in upper case. Of equal scores the first word's counts.

    Parameters
    ----------
    embedding : Embedding
        The vectors to judge.
    questions : Analogies
        Questions in sections.
    restrict_vocab : int or None, default 300,000
        Only the first so many words of the embedding are known and searched; None for all.
    method : {"3cosadd", "3cosmul"}, default "3cosadd"
        The score: ``cos(v, b) - cos(v, a) + cos(v, c)``, which ranks as the cosine with b - a + c, or
        ``s(v, b) * s(v, c) / (s(v, a) + e)`` with ``s = (cos + 1) / 2`` and e = 0.000001 as in gensim's
        ``most_similar_cosmul``; Levy and Goldberg take 0.001.

    Returns
    -------
    AnalogyScores

    Raises
    ------
    UnknownNameError
        If there is no such method.
    ParameterError
        If `restrict_vocab` is less than 1.

    References
    ----------
    Mikolov, Chen, Corrado and Dean (2013), Efficient estimation of word representations in vector space.
    Levy and Goldberg (2014), Linguistic regularities in sparse and explicit word representations, CoNLL.

    Examples
    --------
    >>> words = ["man", "woman", "king", "queen", "car"]
    >>> embedding = Embedding(words, [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 1, 0]])
    >>> questions = Analogies({"family": [("man", "woman", "king", "queen"), ("man", "woman", "boy", "girl")]})
    >>> scores = evaluate_analogies(embedding, questions)
    >>> scores.accuracy, scores.n, scores.skipped
    (1.0, 1, 1)
    """
    if method not in METHODS:
        raise UnknownNameError("analogy method", method, METHODS)
    words = (word for section in questions.sections.values() for question in section for word in question)
    vocabulary = Vocabulary(embedding, restrict_vocab, words)
    classes = vocabulary.named.reshape(-1, 4)
    known = (vocabulary.first_row[classes] >= 0).all(axis=1)
    correct = np.zeros(len(classes), dtype=bool)
    correct[known] = answered_right(vocabulary, classes[known], method)
    return _count(questions, known, correct)


def _count(questions: Analogies, known: npt.NDArray[np.bool_], correct: npt.NDArray[np.bool_]) -> AnalogyScores:
    names = list(questions.sections)
    section = np.repeat(np.arange(len(names)), [len(rows) for rows in questions.sections.values()])
    counted = {"correct": correct, "total": known, "skipped": ~known}
    columns = {name: np.bincount(section[chosen], minlength=len(names)) for name, chosen in counted.items()}
    sections = pd.DataFrame({"section": names, **columns})
    syntactic = np.array([name.startswith("gram") for name in names], dtype=bool)
    n, skipped = int(known.sum()), int((~known).sum())
    return AnalogyScores(
        _accuracy(sections),
        _accuracy(sections[~syntactic]),
        _accuracy(sections[syntactic]),
        n,
        skipped,
        _percentage(skipped, n + skipped),
        sections,
        known,
        correct,
    )


def _accuracy(sections: pd.DataFrame) -> float:
    total = int(sections["total"].sum())
    return int(sections["correct"].sum()) / total if total else float("nan")


def _percentage(part: int, whole: int) -> float:
    return 100 * part / whole if whole else float("nan")


def _vectors(vocabulary: Vocabulary, rows: npt.NDArray[np.int64]) -> Floats:
    """Return the vectors of some rows, the mean vector for row -1."""
    found = vocabulary.vectors[rows].astype(np.float64)
    if (rows < 0).any():
        found[rows < 0] = vocabulary.vectors.mean(axis=0, dtype=np.float64)
    return found


def _cosines(first: Floats, second: Floats) -> Floats:
    """Return the cosine of each row with the row beside it, 0 where one of them is zero."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    products = np.einsum("nd,nd->n", first, second)
    return np.asarray(np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0))
