"""Completed facts, counted by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import ParameterError
from toolkit.metrics import facts_right, facts_right_strict, filtered_reciprocal_rank, metric_info

INF = np.inf
ROWS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8).filter(
    lambda rows: any(true for _, true in rows)
)
CASES = [  # scores, true objects, right, strictly right, reciprocal ranks
    ([0.9, 0.1, 0.2], [1, 0, 0], True, True, [1]),
    ([0.4, 0.1, 0.2], [1, 0, 0], True, False, [1]),  # not on
    ([0.9, 0.6, 0.2], [1, 0, 0], True, False, [1]),  # another is on
    ([0.9, 0.5, 0.2], [1, 0, 0], True, False, [1]),  # neither on nor off
    ([0.9, 0.9, 0.2], [1, 0, 0], False, False, [1 / 1.5]),  # a tie is wrong
    ([0.1, 0.9, 0.2], [1, 0, 0], False, False, [1 / 3]),
    ([0.9, 0.1, 0.7], [1, 0, 1], True, True, [1, 1]),  # the other true one takes no place
    ([0.9, 0.8, 0.7], [1, 0, 1], False, False, [1, 1 / 2]),
    ([0.6, 0.6, 0.7], [1, 1, 1], True, True, [1, 1, 1]),
    ([-INF, 0.3, -INF], [1, 0, 0], False, False, [1 / 2.5]),
    ([-INF, -INF, -INF], [1, 0, 0], False, False, [1 / 2]),
]


@pytest.mark.parametrize(("scores", "true", "right", "strict", "ranks"), CASES)
def test_by_hand(scores: list[float], true: list[int], right: bool, strict: bool, ranks: list[float]) -> None:
    assert facts_right([scores], [true]).tolist() == [right]
    assert facts_right_strict([scores], [true]).tolist() == [strict]
    np.testing.assert_allclose(filtered_reciprocal_rank([scores], [true]), ranks)


def test_all_inputs_at_once() -> None:
    scores, true, right, strict, ranks = zip(*CASES, strict=True)
    assert facts_right(scores, true).tolist() == list(right)
    assert facts_right_strict(scores, true).tolist() == list(strict)
    np.testing.assert_allclose(filtered_reciprocal_rank(scores, true), [rank for of in ranks for rank in of])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8).filter(lambda x: any(t for _, t in x))
)
def test_right_is_what_slow_counting_says(rows: list[tuple[int, bool]]) -> None:
    scores, true = zip(*rows, strict=True)
    wanted = all(a > b for a, flag in rows if flag for b, other in rows if not other)
    assert facts_right([scores], [true])[0] == wanted
    if wanted:
        assert (filtered_reciprocal_rank([scores], [true]) == 1).all()


@pytest.mark.parametrize("function", [facts_right, facts_right_strict, filtered_reciprocal_rank])
def test_what_cannot_be_counted(function: Callable[..., object]) -> None:
    with pytest.raises(ParameterError, match="input 2 has no true object"):
        function([[1, 2], [1, 2]], [[True, False], [False, False]])
    with pytest.raises(ParameterError, match=r"scores of shape \(1, 2\) and truth of shape \(1, 3\)"):
        function([[1, 2]], [[True, False, False]])
    with pytest.raises(ParameterError, match="scores of input 2 are nan"):
        function([[1, 2], [np.nan, 2]], [[True, False], [True, False]])


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("right", "higher"),
        ("right_strict", "higher"),
        ("filtered_mrr", "higher"),
        ("probe_accuracy", "higher"),
        ("probe_shuffled", "neutral"),
        ("probe_shuffled_high", "neutral"),
        ("probe_p", "lower"),
    ],
)
def test_they_are_declared(name: str, direction: str) -> None:
    info = metric_info(name)
    assert (info.direction, info.low, info.high) == (direction, 0, 1)
    assert info.definition.endswith(".")
