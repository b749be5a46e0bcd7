"""Tasks on words: similarity by human judgement, and analogies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from toolkit.allowed import Allowed
from toolkit.data import Analogies, WordPairs
from toolkit.datasets.sources import load_source
from toolkit.metrics.words import AnalogyScores, evaluate_analogies, evaluate_pairs
from toolkit.tasks.base import Score, Subject, nothing, task

FEWEST = 3  # pairs that a correlation is taken over: of two it is always 1 or -1
SIMILARITY, ANALOGIES = "word-similarity", "analogies"


@task(
    SIMILARITY,
    "Word similarity",
    "Cosines of word vectors against the similarity that people gave to pairs of words; words compared in upper case, "
    "pairs with an unknown word left out and counted (gensim's definition).",
    "spearman",
    "corpus",
    {"restrict_vocab": Allowed(int, 1, optional=True), "oov": Allowed(words=("skip", "zero", "mean"))},
    {"pairs": "pairs"},
)
def word_similarity(
    subject: Subject,
    *,
    pairs: Sequence[str | WordPairs] = ("wordsim353", "simlex999"),
    restrict_vocab: int | None = None,
    oov: Literal["skip", "zero", "mean"] = "skip",
) -> Iterator[Score]:
    """Judge word vectors by pairs of words.

    Parameters
    ----------
    subject : Subject
        With an embedding of words.
    pairs : sequence of str or WordPairs
        The sets, their names in the catalog, or files.
    restrict_vocab : int, optional
        Use only so many words, in row order.
    oov : {"skip", "zero", "mean"}, default "skip"
        What becomes of a pair with an unknown word.

    Yields
    ------
    Score
        ``spearman``, ``pearson`` and ``oov`` for each set.
    """
    words, why = subject.directions("word")
    for given in pairs:
        judged: Any = given if isinstance(given, WordPairs) else load_source(given, "pairs")
        if words is None:
            yield nothing(SIMILARITY, "word", "cosine", why, judged.name)
            continue
        result = evaluate_pairs(words, judged, restrict_vocab, oov)
        if result.n < FEWEST or math.isnan(result.spearman):
            note = f"{subject.name} knows both words of {result.n} pairs"
            note += f"; fewer than {FEWEST} say nothing" if result.n < FEWEST else ", and gives all the same cosine"
            yield nothing(SIMILARITY, "word", "cosine", note, judged.name)
            continue
        for metric in ("spearman", "pearson", "oov"):
            n = len(judged) if metric == "oov" else result.n
            yield Score(SIMILARITY, "word", "cosine", metric, getattr(result, metric), n, judged.name, "gensim")


@task(
    ANALOGIES,
    "Analogies",
    "a is to b as c is to what: the word nearest to b - a + c among the most frequent 300,000, the three left out "
    "(3CosAdd); questions with an unknown word left out and counted (gensim's definition).",
    "accuracy",
    "corpus",
    {"restrict_vocab": Allowed(int, 1, optional=True), "method": Allowed(words=("3cosadd", "3cosmul"))},
    {"questions": "analogies"},
)
def analogies(
    subject: Subject,
    *,
    questions: Sequence[str | Analogies] = ("google-analogies",),
    restrict_vocab: int | None = 300_000,
    method: Literal["3cosadd", "3cosmul"] = "3cosadd",
) -> Iterator[Score]:
    """Judge word vectors by analogies.

    Parameters
    ----------
    subject : Subject
        With an embedding of words.
    questions : sequence of str or Analogies
        The sets, their names in the catalog, or files.
    restrict_vocab : int, optional
        Use only so many words, in row order.
    method : {"3cosadd", "3cosmul"}, default "3cosadd"
        How the fourth word is found.

    Yields
    ------
    Score
        ``accuracy``, ``semantic``, ``syntactic`` and ``oov`` for each set.
    """
    words, why = subject.directions("word")
    for given in questions:
        asked: Any = given if isinstance(given, Analogies) else load_source(given, "analogies")
        if words is None:
            yield nothing(ANALOGIES, "word", "cosine", why, asked.name)
            continue
        result = evaluate_analogies(words, asked, restrict_vocab, method)
        if not result.n:
            note = f"{subject.name} knows all four words of none of the {len(asked)} questions"
            yield nothing(ANALOGIES, "word", "cosine", note, asked.name)
            continue
        for metric, value, n in _parts(result, len(asked)):
            yield Score(ANALOGIES, "word", "cosine", metric, value, n, asked.name, f"gensim, {method}")


def _parts(result: AnalogyScores, total: int) -> Iterator[tuple[str, float, int]]:
    grammar = result.sections["section"].str.startswith("gram")
    answered = result.sections["total"]
    yield "accuracy", result.accuracy, result.n
    for metric, n in (("semantic", answered[~grammar].sum()), ("syntactic", answered[grammar].sum())):
        if n:
            yield metric, getattr(result, metric), int(n)
    yield "oov", result.oov, total
