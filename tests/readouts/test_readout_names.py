"""Readouts by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from toolkit import Embedding, Ratings, readout
from toolkit.errors import NotFittedError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.readouts import READOUTS, BiasReadout, HierarchicalReadout, MeanReadout, ProfileReadout, RidgeReadout
from toolkit.testing import small_ratings


@pytest.fixture
def train() -> Ratings:
    return small_ratings()


@pytest.fixture
def item(train: Ratings) -> Embedding:
    vectors = np.random.default_rng(0).standard_normal((len(train.item_keys), 3))
    return Embedding(train.item_keys, vectors, entity="item")


@pytest.mark.parametrize(
    ("name", "cls", "facts"),
    [
        ("mean", MeanReadout, {}),
        ("bias", BiasReadout, {}),
        ("ridge", RidgeReadout, {"two_sided": False}),
        ("ridge-two-sided", RidgeReadout, {"two_sided": True}),
        ("hierarchical", HierarchicalReadout, {"rounds": 2}),
        ("dot", ProfileReadout, {"unit": False}),
        ("cosine", ProfileReadout, {"unit": True}),
    ],
)
def test_every_name_makes_its_readout(item: Embedding, name: str, cls: type, facts: dict[str, bool]) -> None:
    made = readout(name, item=item)
    assert type(made) is cls
    assert {fact: getattr(made, fact) for fact in facts} == facts


def test_every_name_is_tested_here() -> None:
    assert set(READOUTS) == {"mean", "bias", "ridge", "ridge-two-sided", "hierarchical", "dot", "cosine"}


def test_native_is_the_embedders_own(item: Embedding) -> None:
    with pytest.raises(UnsupportedError, match="call its predict or score_items"):
        readout("native", item=item)


def test_unknown_name_names_the_nearest(item: Embedding) -> None:
    with pytest.raises(UnknownNameError, match="unknown readout 'rigde'; did you mean 'ridge'"):
        readout("rigde", item=item)


@pytest.mark.parametrize("name", ["ridge", "ridge-two-sided", "hierarchical", "dot", "cosine"])
def test_item_vectors_are_needed(name: str) -> None:
    with pytest.raises(ParameterError, match=f"readout '{name}' needs item vectors"):
        readout(name)


@pytest.mark.parametrize(
    ("name", "option", "message"),
    [
        ("ridge", "penlty", "did you mean 'penalty'"),
        ("ridge-two-sided", "item_penaltie", "did you mean 'item_penalty'"),
        ("ridge-two-sided", "rounds", "'rounds'"),
        ("hierarchical", "round", "did you mean 'rounds'"),
        ("mean", "slope", "'slope'"),
        ("bias", "penalty", "'penalty'"),
        ("cosine", "penalty", "'penalty'"),
        ("dot", "unit", "'unit'"),
        ("dot", "dampning", "did you mean 'damping'"),
        ("ridge", "slope", "'slope'"),
        ("ridge", "two_sided", "'two_sided'"),
        ("ridge-two-sided", "two_sided", "'two_sided'"),
    ],
)
def test_unknown_option(item: Embedding, name: str, option: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        readout(name, item=item, **{option: 1})


@pytest.mark.parametrize("name", ["penalty", "item_penalty"])
@pytest.mark.parametrize("value", [0, 1e-300, -1.0, float("inf"), float("nan")])
@pytest.mark.parametrize("kind", ["ridge-two-sided", "hierarchical"])
def test_a_penalty_is_positive(item: Embedding, kind: str, name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"{name} is .*; it must be a positive number, 1e-09 at least"):
        readout(kind, item=item, **{name: value})


@pytest.mark.parametrize("value", [-1, 1.5, True, "many"])
def test_rounds_are_counted(item: Embedding, value: object) -> None:
    with pytest.raises(ParameterError, match=r"rounds is .*; it must be an integer of at least 0"):
        readout("hierarchical", item=item, rounds=value)


@pytest.mark.parametrize("name", READOUTS)
def test_nothing_is_predicted_before_fit(item: Embedding, name: str) -> None:
    made: Any = readout(name, item=item)
    with pytest.raises(NotFittedError, match=r"is not fitted yet; call fit\(train\) first"):
        made.predict(["0"], ["0"])


@pytest.mark.parametrize("name", [name for name in READOUTS if name != "mean"])
def test_nothing_is_ranked_before_fit(item: Embedding, name: str) -> None:
    made: Any = readout(name, item=item)
    with pytest.raises(NotFittedError, match=r"is not fitted yet; call fit\(train\) first"):
        made.score_items(["0"])


@pytest.mark.parametrize("name", READOUTS)
def test_fit_returns_itself_and_changes_nothing(train: Ratings, item: Embedding, name: str) -> None:
    before = train.fingerprint(), item.fingerprint()
    made = readout(name, item=item)
    assert made.fit(train) is made
    assert (train.fingerprint(), item.fingerprint()) == before
