"""Ranges of parameters, and that the contract finds a search space that is wrong."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from toolkit import Embedding
from toolkit.allowed import Allowed
from toolkit.embedder import Embedder
from toolkit.errors import ParameterError
from toolkit.registry import embedder_class, embedder_names
from toolkit.search import Choice, Real, Whole
from toolkit.testing import check_search_space

NOT_TUNED = {"bias", "family-tree", "joined", "popularity", "pretrained", "random", "shuffled"}


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (Whole(2, 5), [2, 5, np.int64(3)], [1, 6, 2.5, True, "3", None]),
        (Real(0.5, 2, log=True), [0.5, 2, 1, np.float64(0.7)], [0.49, 2.1, True, "1", None, float("nan")]),
        (Choice((5, "all", False)), [5, "all", False], [6, "al", True, 0, None]),
    ],
)
def test_what_a_range_holds(found: Whole | Real | Choice, inside: list[object], outside: list[object]) -> None:
    assert all(found.holds(value) for value in inside)
    assert not any(found.holds(value) for value in outside)
    assert all(found.holds(value) for value in found.bounds())


def test_a_range_without_its_end() -> None:
    assert Whole(3, 100, log=True).up_to(20) == Whole(3, 20, log=True)
    assert Whole(3, 100).up_to(200) == Whole(3, 100)
    assert Whole(3, 100).up_to(1) == Whole(3, 3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Whole(3, 2),
        lambda: Real(0, float("inf")),
        lambda: Real(float("nan"), 1),
        lambda: Real(0, 1, log=True),
        lambda: Choice(()),
        lambda: Choice(("a", None)),
    ],
)
def test_a_range_that_is_none(make: object) -> None:
    with pytest.raises(ParameterError):
        make()


def test_whatever_learns_from_ratings_can_be_tuned() -> None:
    assert {name for name in embedder_names() if not embedder_class(name).search_space} == NOT_TUNED


class Searched(Embedder):
    """An embedder whose search space a test sets."""

    view = "none"
    allowed: ClassVar[dict[str, Allowed]] = {"window": Allowed(int, 1, words=("all",))}

    def __init__(self, embedding_dim: int = 3, window: int | str = 5, random_state: int = 0) -> None:
        self.embedding_dim = embedding_dim
        self.window = window
        self.random_state = random_state

    def _learn(self, data):
        return [Embedding(data.sequences().keys, np.zeros((len(data.sequences().keys), self.embedding_dim)))]


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"windo": Whole(1, 9)}, "windo, which is no parameter"),
        ({"embedding_dim": Whole(4, 9)}, "leaves its default out: 3"),
        ({"window": Choice((3, "all"))}, "leaves its default out: 5"),
        ({"window": Whole(0, 9)}, "window of Searched is 0"),
        ({"window": Choice((5, "most"))}, "window of Searched is 'most'"),
        ({"embedding_dim": Real(1, 9)}, "embedding_dim of Searched is 1.0"),
        ({"random_state": Whole(0, 9)}, "a seed is not tuned"),
    ],
)
def test_the_contract_finds_a_wrong_search_space(
    monkeypatch: pytest.MonkeyPatch, space: dict[str, object], message: str
) -> None:
    monkeypatch.setattr(Searched, "search_space", {"window": Choice((5, "all")), "embedding_dim": Whole(1, 9)})
    check_search_space(Searched())
    monkeypatch.setattr(Searched, "search_space", space)
    with pytest.raises((AssertionError, ParameterError), match=message):
        check_search_space(Searched())
