"""The contract that every embedder keeps, as a suite of checks.

Run it on an embedder of your own with pytest::

    import pytest
    from toolkit.testing import CHECKS

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check):
        check(MyEmbedder(embedding_dim=4))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from toolkit.data import Corpus, Ratings, Triples
from toolkit.embedder import CompletesFacts, Embedder, PredictsRatings, RanksItems
from toolkit.embedding import Embedding
from toolkit.errors import NotFittedError, UnknownNameError, UnsupportedError


def small_ratings(n_users: int = 30, n_items: int = 20, random_state: int = 0) -> Ratings:
    """Return made-up ratings from 1 to 5, with times; a user and an item are of one of two tastes."""
    rng = np.random.default_rng(random_state)
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.5)
    liked = users % 2 == items % 2
    values = np.clip(np.where(liked, 4, 2) + rng.integers(-1, 2, len(users)), 1, 5)
    order = rng.permutation(len(users))
    frame = pd.DataFrame({"user": users, "item": items, "rating": values, "time": order}).iloc[order]
    return Ratings.from_frame(frame, timestamp="time", scale=(1, 5), name="small")


def small_corpus(random_state: int = 0) -> Corpus:
    """Return made-up sentences of 15 words in two topics."""
    rng = np.random.default_rng(random_state)
    topics = [[f"{topic}{number}" for number in range(7)] + ["the"] for topic in "ab"]
    sentences = [rng.choice(topics[number % 2], size=12).tolist() for number in range(120)]
    return Corpus.from_sentences(sentences, min_count=1, name="small")


def small_triples(size: int = 8) -> Triples:
    """Return made-up facts about two rings of persons: who is next to whom, before whom and across from whom."""
    facts: list[tuple[str, str, str]] = []
    for ring, other in ("ab", "ba"):
        for place in range(size):
            one, after = f"{ring}{place}", f"{ring}{(place + 1) % size}"
            facts += [(one, "next", after), (after, "before", one), (one, "across", f"{other}{place}")]
    return Triples(tuple(facts), "small")


def check_parameters(embedder: Embedder) -> None:
    """A constructor stores its parameters and does nothing else; they can be read, set and cloned."""
    params = embedder.get_params(deep=False)
    assert set(vars(embedder)) == set(params), "the constructor must set its parameters and nothing else"
    copy = clone(embedder)
    assert copy is not embedder
    assert copy.get_params(deep=False) == params
    assert type(embedder)().set_params(**params).get_params(deep=False) == params
    try:
        embedder.set_params(no_such_parameter=1)
    except UnknownNameError:
        return
    raise AssertionError("an unknown parameter must be refused")


def check_search_space(embedder: Embedder) -> None:
    """Where a method is tuned, parameters may have every value that is looked at, and the search holds the defaults."""
    cls = type(embedder)
    defaults = cls().get_params(deep=False)
    for name, found in cls.search_space.items():
        assert name in defaults, f"the search space names {name}, which is no parameter"
        assert name != "random_state", "a seed is not tuned"
        for value in found.bounds():
            cls().set_params(**{name: value}).check_params()
        assert found.holds(defaults[name]), f"the search for {name} leaves its default out: {defaults[name]!r}"


def check_not_fitted(embedder: Embedder) -> None:
    """Nothing is to be had before ``fit``, and the error says so."""
    fresh = clone(embedder)
    calls: list[Callable[[], Any]] = [fresh.embedding]
    if isinstance(fresh, PredictsRatings):
        calls.append(lambda: fresh.predict(["0"], ["0"]))
    if isinstance(fresh, RanksItems):
        calls.append(lambda: fresh.score_items(["0"]))
    if isinstance(fresh, CompletesFacts):
        calls.append(lambda: fresh.score_objects(["0"], ["0"]))
    for call in calls:
        try:
            call()
        except NotFittedError:
            continue
        raise AssertionError("NotFittedError must be raised before fit")


def check_ratings(embedder: Embedder) -> None:
    """Fitted on ratings, there is a finite vector for every item, and the data is as it was.

    What learns from triples alone refuses them.
    """
    data = small_ratings()
    if embedder.view == "triples":
        _check_refused(embedder, data)
        return
    before = data.fingerprint()
    fitted = clone(embedder)
    assert fitted.fit(data) is fitted, "fit must return the embedder"
    assert data.fingerprint() == before, "fit must not change the data"
    assert fitted.get_params(deep=False) == embedder.get_params(deep=False), "fit must not change the parameters"
    _check_embeddings(fitted, "item", data.item_keys)
    if "user" in fitted.embeddings_:
        _check_embeddings(fitted, "user", data.user_keys)


def check_corpus(embedder: Embedder) -> None:
    """Fitted on a corpus, there is a finite vector for every word, and the data is as it was.

    What learns from triples alone refuses it.
    """
    data = small_corpus()
    if embedder.view == "triples":
        _check_refused(embedder, data)
        return
    before = data.fingerprint()
    fitted = clone(embedder).fit(data)
    assert data.fingerprint() == before, "fit must not change the data"
    _check_embeddings(fitted, "word", data.words)


def check_triples(embedder: Embedder) -> None:
    """Fitted on triples, there is a finite vector for every person, and the data is as it was."""
    data = small_triples()
    before = data.fingerprint()
    fitted = clone(embedder).fit(data)
    assert data.fingerprint() == before, "fit must not change the data"
    keys = data.sequences().keys if embedder.view == "sequences" else data.matrix().row_keys
    _check_embeddings(fitted, "person", keys)
    assert set(data.subjects) <= set(fitted.embedding("person").keys)


def check_facts(embedder: Embedder) -> None:
    """An embedder that completes facts gives a score from 0 to 1 for every person, in the order of their keys."""
    if not isinstance(embedder, CompletesFacts):
        return
    fitted: Any = clone(embedder).fit(small_triples())
    subjects, relations = ["b3", "a0"], ["next", "across"]
    scores = fitted.score_objects(subjects, relations)
    assert scores.shape == (2, len(fitted.embedding("person")))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert np.allclose(scores[1:], fitted.score_objects(subjects[1:], relations[1:]), rtol=1e-5, atol=1e-6)
    for known in (["nobody"], relations[:1]), (subjects[:1], ["nothing"]):
        try:
            fitted.score_objects(*known)
        except UnknownNameError:
            continue
        raise AssertionError("UnknownNameError must be raised for an unknown subject or relation")


def check_repeatable(embedder: Embedder) -> None:
    """The same data and parameters give the same vectors to the last bit, in a clone and in a second fit."""
    data = small_triples() if embedder.view == "triples" else small_ratings()
    fitted = clone(embedder).fit(data)
    first = {entity: found.vectors.copy() for entity, found in fitted.embeddings_.items()}
    for again in (clone(embedder).fit(data), fitted.fit(data)):
        for entity, vectors in first.items():
            assert np.array_equal(again.embedding(entity).vectors, vectors), f"{entity} vectors differ in a second fit"


def check_refit(embedder: Embedder) -> None:
    """A second fit forgets the first."""
    if embedder.view == "triples":
        again = clone(embedder).fit(small_triples(5)).fit(small_triples(8))
        assert again.embedding("person").keys.tolist() == list(small_triples(8).subjects)
        return
    fitted = clone(embedder).fit(small_corpus()).fit(small_ratings())
    assert "word" not in fitted.embeddings_
    assert fitted.embedding().entity == "item"


def check_predictions(embedder: Embedder) -> None:
    """An embedder that predicts ratings takes any keys, and stays finite and on the scale."""
    if not isinstance(embedder, PredictsRatings):
        return
    data = small_ratings()
    fitted: Any = clone(embedder).fit(data)
    users = [data.user_keys[0], int(data.user_keys[1]), "nobody", data.user_keys[2], "nobody"]
    items = [data.item_keys[0], int(data.item_keys[1]), data.item_keys[2], "nothing", "nothing"]
    predicted = fitted.predict(users, items)
    assert predicted.shape == (5,)
    assert predicted.dtype == np.float64
    assert np.isfinite(predicted).all()
    assert (predicted >= data.scale[0]).all()
    assert (predicted <= data.scale[1]).all()
    assert fitted.predict([], []).shape == (0,)


def check_ranking(embedder: Embedder) -> None:
    """An embedder that ranks gives a finite score for every item, in the order of its item keys."""
    if not isinstance(embedder, RanksItems):
        return
    data = small_ratings()
    fitted: Any = clone(embedder).fit(data)
    users = data.user_keys[[3, 0]]
    scores = fitted.score_items(users)
    assert scores.shape == (2, len(fitted.embedding("item")))
    assert np.isfinite(scores).all()
    assert np.allclose(scores[1], fitted.score_items([users[1]])[0], rtol=1e-5, atol=1e-6)
    try:
        fitted.score_items(["nobody"])
    except UnknownNameError:
        return
    raise AssertionError("UnknownNameError must be raised for an unknown user")


def _check_refused(embedder: Embedder, data: Any) -> None:
    try:
        clone(embedder).fit(data)
    except UnsupportedError:
        return
    raise AssertionError(f"UnsupportedError must be raised for {type(data).__name__}")


def _check_embeddings(fitted: Embedder, entity: str, keys: pd.Index) -> None:
    found = fitted.embedding(entity)
    assert isinstance(found, Embedding)
    assert found.entity == entity
    assert found.keys.equals(keys), f"{entity} keys must be those of the data, in its order"
    assert found.vectors.shape == (len(keys), found.dim)
    assert found.vectors.dtype == np.float32
    assert np.isfinite(found.vectors).all()
    wanted = fitted.get_params(deep=False).get("embedding_dim", found.dim)
    assert found.dim == wanted, f"{entity} vectors have {found.dim} dimensions, not the {wanted} asked for"


CHECKS: list[Callable[[Embedder], None]] = [
    check_parameters,
    check_search_space,
    check_not_fitted,
    check_ratings,
    check_corpus,
    check_triples,
    check_repeatable,
    check_refit,
    check_predictions,
    check_ranking,
    check_facts,
]
