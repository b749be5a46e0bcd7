"""Tasks on words: similarity by human judgement, and analogies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Analogies, Corpus, WordPairs
from toolkit.datasets.sources import load_source
from toolkit.metrics.words import AnalogyScores, PairScores, Unknown, evaluate_analogies, evaluate_pairs
from toolkit.stats import Sample, Statistic
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.units import UnitRules, Units, sample_of

FEWEST = 3  # pairs that a correlation is taken over: of two it is always 1 or -1
SIMILARITY, ANALOGIES = "word-similarity", "analogies"
CORRELATIONS: dict[str, Statistic] = {"spearman": "spearman", "pearson": "pearson"}


def _pair_sample(pairs: pd.DataFrame, metric: str) -> Sample | None:
    known = pairs[pairs["cosine"].notna()]
    statistic = CORRELATIONS.get(metric)
    return statistic and sample_of(statistic, known["pair"], known["cosine"], known["rating"])


def _question_sample(questions: pd.DataFrame, metric: str) -> Sample | None:
    if metric not in ("accuracy", "semantic", "syntactic"):
        return None
    known = questions[questions["right"].notna()]
    if metric != "accuracy":
        known = known[known["section"].astype(str).str.startswith("gram") == (metric == "syntactic")]
    return sample_of("mean", known["question"], known["right"])


@task(
    SIMILARITY,
    "Word similarity",
    "Cosines of word vectors against the similarity that people gave to pairs of words; words compared in upper case, "
    "pairs with an unknown word left out and counted (gensim's definition).",
    "spearman",
    "corpus",
    {"restrict_vocab": Allowed(int, 1, optional=True), "oov": Allowed(words=("skip", "zero", "mean"))},
    {"pairs": "pairs"},
    units=UnitRules("pair", _pair_sample, ("rank",)),
    also=("vocabulary",),
)
def word_similarity(
    subject: Subject,
    *,
    pairs: Sequence[str | WordPairs] = ("wordsim353", "simlex999"),
    restrict_vocab: int | None = None,
    oov: Unknown = "skip",
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
        ``spearman``, ``pearson`` and ``oov`` for each set; where it holds unknown words, the correlations under the
        other ways of treating them too, as variants. Units are the pairs with their cosine, and the rank of the rarer
        word in the training text.
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
        units, facts = _pair_units(result, judged, subject), (judged.name, "gensim")
        for metric in CORRELATIONS:
            value = getattr(result, metric)
            yield Score(SIMILARITY, "word", "cosine", metric, value, result.n, *facts, units=units)
        yield Score(SIMILARITY, "word", "cosine", "oov", result.oov, len(judged), *facts)
        for other in get_args(Unknown) if result.oov else ():
            if other != oov:
                yield from _variant(evaluate_pairs(words, judged, restrict_vocab, other), judged.name, f"oov={other}")


def _variant(result: PairScores, target: str, variant: str) -> Iterator[Score]:
    for metric in CORRELATIONS:
        if not math.isnan(value := getattr(result, metric)):
            yield Score(SIMILARITY, "word", "cosine", metric, value, result.n, target, "gensim", variant=variant)


def _pair_units(result: PairScores, pairs: WordPairs, subject: Subject) -> Units:
    cosines = np.full(len(pairs), np.nan)
    judged = result.known if len(result.predicted) < len(pairs) else np.ones(len(pairs), dtype=bool)
    cosines[judged] = result.predicted
    ranks = _ranks(subject, [*pairs.first, *pairs.second]).reshape(2, -1)
    cases = pd.DataFrame(
        {
            "pair": np.arange(len(pairs)),
            "first": pairs.first,
            "second": pairs.second,
            "rating": np.array(pairs.scores, dtype=np.float64),
            "rank": ranks.max(axis=0),  # nan for a word that the text does not hold
        }
    )
    return Units(SIMILARITY, "word", pairs.name, "cosine", cases, pd.DataFrame({"cosine": cosines}))


def _ranks(subject: Subject, words: Iterable[str]) -> npt.NDArray[np.float64]:
    """Return the place of words among those of the training text by frequency, 1 the most frequent, in any case."""
    wanted = pd.Index([word.upper() for word in words], dtype=object)
    if not isinstance(subject.train, Corpus):
        return np.full(len(wanted), np.nan)
    known = pd.Index([word.upper() for word in subject.train.words], dtype=object)
    places = pd.Series(np.arange(1.0, len(known) + 1), known)
    return np.asarray(places[~known.duplicated()].reindex(wanted), dtype=np.float64)


@task(
    ANALOGIES,
    "Analogies",
    "a is to b as c is to what: the word nearest to b - a + c among the most frequent 300,000, the three left out "
    "(3CosAdd); questions with an unknown word left out and counted (gensim's definition).",
    "accuracy",
    "corpus",
    {"restrict_vocab": Allowed(int, 1, optional=True), "method": Allowed(words=("3cosadd", "3cosmul"))},
    {"questions": "analogies"},
    units=UnitRules("question", _question_sample, ("rank",)),
    also=("vocabulary",),
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
        ``accuracy``, ``semantic``, ``syntactic`` and ``oov`` for each set. Units are the questions with whether they
        are answered right, and the rank of their rarest word in the training text.
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
        units, facts = _question_units(result, asked, subject), (asked.name, f"gensim, {method}")
        for metric, value, n in _parts(result, len(asked)):
            made_of = None if metric == "oov" else units
            yield Score(ANALOGIES, "word", "cosine", metric, value, n, *facts, units=made_of)


def _question_units(result: AnalogyScores, asked: Analogies, subject: Subject) -> Units:
    words = [word for section in asked.sections.values() for question in section for word in question]
    sections = np.repeat(list(asked.sections), [len(rows) for rows in asked.sections.values()])
    cases = pd.DataFrame(
        {
            "question": np.arange(len(sections)),
            "section": pd.Categorical(sections),
            "rank": _ranks(subject, words).reshape(-1, 4).max(axis=1),
        }
    )
    right = np.where(result.known, result.right, np.nan)
    return Units(ANALOGIES, "word", asked.name, "cosine", cases, pd.DataFrame({"right": right}))


def _parts(result: AnalogyScores, total: int) -> Iterator[tuple[str, float, int]]:
    grammar = result.sections["section"].str.startswith("gram")
    answered = result.sections["total"]
    yield "accuracy", result.accuracy, result.n
    for metric, n in (("semantic", answered[~grammar].sum()), ("syntactic", answered[grammar].sum())):
        if n:
            yield metric, getattr(result, metric), int(n)
    yield "oov", result.oov, total
