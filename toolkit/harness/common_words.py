"""Common ground for words: methods that know other words are judged once more, over the words that all of them know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from toolkit.data.staged import open_staged
from toolkit.embedding import Embedding
from toolkit.harness.plan import Trial
from toolkit.harness.tables import UNITS
from toolkit.harness.trial import judged
from toolkit.registry import make_embedder
from toolkit.tasks import Subject, units_of, write_units

OWN = "own vocabulary"  # variant of the scores that a method has over all words that it knows


def common_words(
    trials: Iterable[Trial], words: Mapping[str, Sequence[str]]
) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return the words that all methods of an experiment know.

    Parameters
    ----------
    trials : iterable of Trial
        In the order of the plan.
    words : mapping of str to sequence of str
        The words that a trial learned vectors of, by its id; of those that ended well.

    Returns
    -------
    common : dict of str to frozenset of str
        By trial, in upper case; without the experiments in which all know the same words.
    apart : list of str
        The experiments whose methods have no word in common.
    """
    found: dict[str, frozenset[str]] = {}
    apart = []
    for name, of_experiment in groupby(trials, lambda trial: trial.experiment):
        ids = [trial.id for trial in of_experiment if trial.id in words]
        known = {trial: frozenset(word.upper() for word in words[trial]) for trial in ids}
        common = frozenset[str]().union(*known.values()).intersection(*known.values())
        if known and not common:
            apart.append(name)
        elif any(own != common for own in known.values()):
            found.update(dict.fromkeys(known, common))
    return found, apart


def judge_common(
    data: Sequence[Path], folder: Path, trial: Trial, threads: int, common: frozenset[str]
) -> list[dict[str, Any]]:
    """Judge a trial over some of its words.

    Parameters
    ----------
    data : sequence of Path
        The staged corpus, and the vectors of the words, if they are kept.
    folder : Path
        Into which the units are written.
    trial : Trial
        What was fitted.
    threads : int
        How many threads BLAS and OpenMP may use.
    common : frozenset of str
        The words, in upper case.

    Returns
    -------
    list of dict
        The fields of its scores.
    """
    with threadpool_limits(threads):
        corpus: Any = open_staged(data[0])
        if len(data) > 1:
            words = Embedding.load(data[1])
        else:  # vectors that were only read are not kept
            words = make_embedder(trial.embedder, **trial.params).fit(corpus).embedding("word")
        rows = np.flatnonzero([key.upper() in common for key in words.keys])
        subject = Subject(trial.label, {"word": words.subset(words.keys[rows])}, None, corpus)
        scores = list(judged(trial, subject))
    write_units(units_of(scores), folder / UNITS)
    return [score.row() for score in scores if not score.variant]
