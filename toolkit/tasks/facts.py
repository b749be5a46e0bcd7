"""Tasks on facts: whether those held out are found, and what can be read from the vectors of persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Triples
from toolkit.data.triples import context
from toolkit.embedder import CompletesFacts, RanksItems
from toolkit.keys import as_keys, locate
from toolkit.metrics.facts import facts_right, facts_right_strict, filtered_reciprocal_rank
from toolkit.stats import Sample
from toolkit.tasks.base import Score, Subject, nothing, task
from toolkit.tasks.units import UnitRules, Units, sample_of

Floats = npt.NDArray[np.float64]
Scorer = Callable[[pd.Index, pd.Index, pd.Index], Floats]
COMPLETION, PROBE = "fact-completion", "attribute-probe"


def _sample(inputs: pd.DataFrame, metric: str) -> Sample | None:
    if metric not in inputs:
        return None
    keys = inputs["subject"] + "\t" + inputs["relation"]
    counts = inputs["facts"] if metric == "filtered_mrr" else pd.Series(1, inputs.index)
    return sample_of("mean", keys, inputs[metric] * counts, counts)


@task(
    COMPLETION,
    "Fact completion",
    "Of each input held out, a person and a relation, all persons are scored as its objects: by the method's own "
    "answer, or, of a method that learns persons × (relation, person), by its score of that column, where one that "
    "training does not hold comes last. An input is right if its true objects, as many as there are, come first.",
    "right",
    "triples",
    {},
    units=UnitRules("input", _sample),
)
def fact_completion(subject: Subject) -> Iterator[Score]:
    """Judge by the inputs held out.

    Parameters
    ----------
    subject : Subject
        With the training and the test part of triples.

    Yields
    ------
    Score
        ``right``, ``filtered_mrr`` and, where answers are activities, ``right_strict``; units are the inputs. An
        input or an object that does not occur in training counts as wrong; for ``filtered_mrr`` such an object comes
        last, and all persons have the same rank for such an input.
    """
    train, test = subject.train, subject.test
    if not isinstance(train, Triples) or not isinstance(test, Triples):
        yield nothing(COMPLETION, "person", "native", "the data holds no facts to complete")
        return
    scorer = _scorer(subject)
    if scorer is None:
        yield nothing(COMPLETION, "person", "native", f"{subject.name} does not complete facts itself")
        return
    persons = as_keys(dict.fromkeys([*train.subjects, *(target for *_, target in test.facts)]))
    true = _true(test, persons)
    scores = np.full(true.shape, -np.inf)
    known = [person in train.subjects and relation in train.relations for person, relation in test.inputs]
    if any(known):
        subjects, relations = (as_keys(part) for part in zip(*np.array(test.inputs, dtype=object)[known], strict=True))
        scores[known] = scorer(subjects, relations, persons)
    values = {"right": facts_right(scores, true)}
    if _answers(subject.embedder):
        values["right_strict"] = facts_right_strict(scores, true)
    ranks, facts = filtered_reciprocal_rank(scores, true), true.sum(axis=1)
    by_input = np.bincount(np.nonzero(true)[0], ranks) / facts
    cases = pd.DataFrame(list(test.inputs), columns=["subject", "relation"]).assign(facts=facts)
    units = Units(COMPLETION, "person", "", "native", cases, pd.DataFrame({**values, "filtered_mrr": by_input}))
    for metric, found in values.items():
        yield Score(COMPLETION, "person", "native", metric, float(found.mean()), len(found), units=units)
    yield Score(COMPLETION, "person", "native", "filtered_mrr", float(ranks.mean()), len(ranks), units=units)


def _answers(embedder: object) -> bool:
    return isinstance(embedder, CompletesFacts)


def _true(test: Triples, persons: pd.Index) -> npt.NDArray[np.bool_]:
    """Return which persons are objects of each input, shape (n_inputs, n_persons)."""
    rows = {given: row for row, given in enumerate(test.inputs)}
    true = np.zeros((len(rows), len(persons)), dtype=bool)
    true[[rows[fact[:2]] for fact in test.facts], locate(persons, [fact[2] for fact in test.facts])] = True
    return true


def _scorer(subject: Subject) -> Scorer | None:
    """Return what scores persons for inputs known from training, or None if the method does not."""
    embedder: object = subject.embedder
    if isinstance(embedder, CompletesFacts):
        keys = subject.embeddings["person"].keys
        return lambda subjects, relations, persons: _placed(
            embedder.score_objects(subjects, relations), np.tile(locate(keys, persons), (len(subjects), 1))
        )
    if isinstance(embedder, RanksItems) and "context" in subject.embeddings:
        contexts = subject.embeddings["context"].keys
        return lambda subjects, relations, persons: _placed(
            embedder.score_items(subjects),
            np.array([locate(contexts, [context(relation, key) for key in persons]) for relation in relations]),
        )
    return None


def _placed(scores: npt.ArrayLike, places: npt.NDArray[np.int64]) -> Floats:
    """Return the score at each row's places, -inf where there is none."""
    found = np.take_along_axis(np.asarray(scores, dtype=np.float64), np.maximum(places, 0), axis=1)
    return np.where(places >= 0, found, -np.inf)


@task(
    PROBE,
    "Attribute probe",
    "How well a linear probe reads attributes of the persons, which no method sees, from their vectors, against the "
    "same probe of shuffled labels.",
    "probe_accuracy",
    "triples",
    {"n_shuffles": Allowed(int, 1), "random_state": Allowed(int, 0)},
)
def attribute_probe(subject: Subject, *, n_shuffles: int = 100, random_state: int = 0) -> Iterator[Score]:
    """Judge person vectors by what can be read from them.

    Parameters
    ----------
    subject : Subject
        Trained on triples with attributes.
    n_shuffles : int, default 100
        How often the labels are shuffled.
    random_state : int, default 0
        Seed of the shuffles.

    Yields
    ------
    Score
        ``probe_accuracy``, ``probe_shuffled``, ``probe_shuffled_high`` and ``probe_p`` for each attribute.
    """
    from toolkit.metrics.probes import linear_probe  # scikit-learn is behind it

    train = subject.train
    attributes = train.attributes if isinstance(train, Triples) else None
    if attributes is None or attributes.empty:
        yield nothing(PROBE, "person", "probe", "the data says nothing about the persons")
        return
    vectors = subject.embeddings.get("person")
    if vectors is None:
        yield nothing(PROBE, "person", "probe", f"{subject.name} has no vectors of persons")
        return
    for name in attributes.columns:
        known = attributes[name].dropna().astype(str)
        rows = locate(vectors.keys, known.index)
        labels = known.to_numpy()[rows >= 0]
        if len(set(labels)) < 2 or len(labels) < 3:
            note = f"{len(labels)} persons have a vector and {name}, of {len(set(labels))} values; a probe needs 3 of 2"
            yield nothing(PROBE, "person", "probe", note, str(name))
            continue
        found = linear_probe(vectors.vectors[rows[rows >= 0]], labels, n_shuffles=n_shuffles, random_state=random_state)
        for metric, value in (
            ("probe_accuracy", found.accuracy),
            ("probe_shuffled", found.shuffled_mean),
            ("probe_shuffled_high", found.shuffled_high),
            ("probe_p", found.p_value),
        ):
            yield Score(PROBE, "person", "probe", metric, float(value), len(labels), str(name))
