"""`evaluate`: judge one embedder or embedding without a suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from toolkit.data import Analogies, Corpus, Ratings, Triples, WordPairs
from toolkit.embedder import Embedder
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError, UnsupportedError
from toolkit.tasks.base import SCORE_FIELDS, Kind, Score, Subject, task_info, task_names
from toolkit.tasks.words import analogies, word_similarity

Judged = Ratings | tuple[Ratings, Ratings] | Triples | tuple[Triples, Triples] | Corpus | WordPairs | Analogies
N_FOLDS = 26  # of which the first is held out of triples: 4 of the 104 inputs of the family trees


def evaluate(
    model: Embedder | Embedding, data: Judged, tasks: Sequence[str] | None = None, *, random_state: int = 0
) -> pd.DataFrame:
    """Judge an embedder or an embedding.

    Parameters
    ----------
    model : Embedder or Embedding
        An embedder is cloned and fitted on the training part, so that it has never seen what it is judged by; for
        pairs and analogies it must be fitted already. An embedding is judged as it is.
    data : Ratings, Triples, a pair of either, Corpus, WordPairs or Analogies
        Ratings are divided at random, one fifth for testing; of triples, one input in 26 is held out. Give a pair for a
        division of your own. A corpus is trained on and judged by the word sets that ship with the toolkit.
    tasks : sequence of str, optional
        Names of tasks; by default all that apply to the data.
    random_state : int, default 0
        Seed of the division.

    Returns
    -------
    pandas.DataFrame
        A row a number, with the fields of `toolkit.tasks.Score` but its units; where a task does not apply, `note`
        says why.

    Notes
    -----
    An embedding is judged as it is: if it was learned from the data given, it has seen what it is judged by. Give
    the embedder instead, or learn the embedding from the training part and give both parts.

    Raises
    ------
    UnsupportedError
        If the model or the data is of another kind, or a task does not belong to this kind of data.
    UnknownNameError
        If there is no such task.
    """
    if not isinstance(model, Embedder | Embedding):
        raise UnsupportedError(f"an embedder or an embedding is judged, not {type(model).__name__}")
    if isinstance(data, WordPairs | Analogies):
        if tasks is not None:
            raise ParameterError("pairs and analogies are tasks themselves; leave tasks out")
        return _table(_word_set(model, data))
    kind = _kind(data)
    for name in tasks or ():
        if task_info(name).kind != kind:
            raise UnsupportedError(f"task {name!r} is one on data of kind {task_info(name).kind}, not {kind}")
    train, test = _parts(data, random_state)
    if isinstance(model, Embedding):
        subject = Subject("the embedding", {model.entity: model}, None, train, test)
    else:
        fitted = model.clone().fit(train)
        subject = Subject(type(model).__name__, fitted.embeddings_, fitted, train, test)
    names = task_names(kind) if tasks is None else tasks
    return _table(score for name in names for score in task_info(name).function(subject))


def _kind(data: object) -> Kind:
    """Return the kind of data to train on, of which a pair holds two parts."""
    kinds: dict[type, Kind] = {Ratings: "ratings", Triples: "triples", Corpus: "corpus"}
    parts = data if isinstance(data, tuple) else (data,)
    if not isinstance(data, tuple) or len(data) == 2:
        for cls, kind in kinds.items():
            if all(isinstance(part, cls) for part in parts) and not (isinstance(data, tuple) and cls is Corpus):
                return kind
    given = ", ".join(type(part).__name__ for part in parts) or "nothing"
    raise UnsupportedError(
        f"there is no task on {given}; give Ratings, Triples, a pair of either, Corpus, WordPairs or Analogies"
    )


def _parts(data: Any, random_state: int) -> tuple[Any, Any]:
    """Return what to train on and what to judge by."""
    if isinstance(data, tuple):
        return data[0], data[1]
    if isinstance(data, Ratings):
        return data.split("holdout", random_state=random_state)
    if isinstance(data, Triples):
        return data.split("inputs", n_folds=min(N_FOLDS, len(data.inputs)), random_state=random_state)
    return data, None


def _word_set(model: Embedder | Embedding, data: WordPairs | Analogies) -> Iterator[Score]:
    embedding = model if isinstance(model, Embedding) else model.embedding("word")
    subject = Subject("the embedding", {"word": embedding})
    if isinstance(data, WordPairs):
        return word_similarity(subject, pairs=[data])
    return analogies(subject, questions=[data])


def _table(scores: Iterator[Score]) -> pd.DataFrame:
    return pd.DataFrame([score.row() for score in scores], columns=SCORE_FIELDS)
