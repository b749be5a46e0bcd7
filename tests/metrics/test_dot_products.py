"""The best of dot products, against scores of the whole catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from toolkit.errors import ParameterError
from toolkit.metrics import products, rank_items, ranking_scores
from toolkit.metrics.products import DotProducts

WHOLE = st.integers(-3, 3)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Whole numbers, whose products are exact, so that many scores are equal."""
    n, m, d = draw(st.integers(1, 6)), draw(st.integers(1, 30)), draw(st.integers(1, 3))
    users = np.array(draw(st.lists(WHOLE, min_size=n * d, max_size=n * d)), dtype=np.float32).reshape(n, d)
    items = np.array(draw(st.lists(WHOLE, min_size=m * d, max_size=m * d)), dtype=np.float32).reshape(m, d)
    removed = np.array(draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))).reshape(n, m)
    return users, items, removed, draw(st.integers(1, m + 3))


def plainly(scores: np.ndarray, removed: np.ndarray, k: int) -> list[list[int]]:
    """Sort each row whole."""
    lists = []
    for row, gone in zip(scores, removed, strict=True):
        ranked = sorted((column for column in range(len(row)) if not gone[column]), key=lambda c: (-row[c], c))[:k]
        lists.append(ranked + [-1] * (k - len(ranked)))
    return lists


@given(cases(), st.integers(1, 8), st.integers(1, 40))
def test_the_best_are_those_of_the_whole_catalogue(
    case: tuple[np.ndarray, np.ndarray, np.ndarray, int], first: int, cells: int
) -> None:
    users, items, removed, k = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "FIRST", first)
        patch.setattr("toolkit.metrics.candidates.CELLS", cells)
        patch.setattr("toolkit.metrics.candidates.USERS", 1)
        found = rank_items(DotProducts(users, items), k, sparse.csr_array(removed))
    assert found.tolist() == plainly(users @ items.T, removed, k)


def test_on_factors_of_many_lengths_the_metrics_are_those_of_all_scores() -> None:
    rng = np.random.default_rng(0)
    users = rng.standard_normal((300, 16), dtype=np.float32)
    items = rng.standard_normal((9000, 16), dtype=np.float32) * rng.pareto(1.5, (9000, 1)).astype(np.float32)
    relevant, removed = (sparse.random_array((300, 9000), density=0.01, rng=rng).tocsr() > 0 for _ in range(2))
    metrics = ["ndcg@k", "recall@k", "map@k", "mrr@k"]
    fast = ranking_scores(DotProducts(users, items), relevant, removed, metrics=metrics)
    slow = ranking_scores(users @ items.T, relevant, removed, metrics=metrics)
    for name, values in slow.items():
        assert np.array_equal(fast[name], values), name


def test_most_of_the_catalogue_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    users = rng.standard_normal((200, 8))
    items = rng.standard_normal((20_000, 8)) / np.arange(1, 20_001)[:, None] ** 0.7
    widths: list[int] = []
    whole = products.top_columns

    def noted(scores: np.ndarray, *rest: object) -> np.ndarray:
        widths.append(scores.size)
        return whole(scores, *rest)

    monkeypatch.setattr(products, "top_columns", noted)
    DotProducts(users, items).top(10)
    assert sum(widths) < 200 * 20_000 / 5


def test_users_without_any_length_get_the_first_columns() -> None:
    items = np.arange(1, 5001, dtype=np.float64)[:, None]
    assert DotProducts([[0.0], [1.0], [-1.0]], items).top(2).tolist() == [[0, 1], [4999, 4998], [0, 1]]


@pytest.mark.parametrize("users", [[[np.nan]], [[np.inf]], [[1e30]], [[1.0, 2.0]], [1.0]])
def test_vectors_that_give_no_scores_are_refused(users: list[object]) -> None:
    with pytest.raises(ParameterError):
        DotProducts(np.array(users, dtype=np.float32), np.array([[1e30]], dtype=np.float32))


def test_no_users_no_items_and_no_real_numbers() -> None:
    assert DotProducts(np.zeros((0, 2)), np.ones((3, 2))).top(2).shape == (0, 2)
    with pytest.raises(ParameterError, match="there are no items"):
        DotProducts(np.ones((1, 2)), np.zeros((0, 2)))
    with pytest.raises(ParameterError, match="are complex128; they must be real"):
        DotProducts(np.ones((1, 2)), np.ones((1, 2)) * 1j)


def test_vectors_whose_squares_vanish_are_ranked_all_the_same() -> None:
    rng = np.random.default_rng(2)
    users, items = rng.standard_normal((20, 3)), rng.standard_normal((5000, 3))
    tiny = DotProducts(users, items * 1e-200).top(5)
    assert np.array_equal(tiny, DotProducts(users, items).top(5))
