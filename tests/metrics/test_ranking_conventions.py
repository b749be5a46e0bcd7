"""Each library's way to count, against its definition written out for one user, and implicit itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from implicit.cpu.matrix_factorization_base import MatrixFactorizationBase
from implicit.evaluation import ranking_metrics_at_k
from scipy import sparse

from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics import (
    CONVENTIONS,
    auc_at_k,
    find_hits,
    metric_info,
    ranking_convention,
    ranking_means,
    ranking_scores,
)

K = 3


def plain(name, scores, relevant, excluded):
    """The metrics of one user, straight from what the library does."""
    keep = [c for c in range(len(scores)) if not excluded[c] or (relevant[c] and name in ("cornac", "recbole"))]
    ranking = sorted(keep, key=lambda c: (-scores[c], c))
    total = int(relevant.sum())
    ranks = [rank for rank, c in enumerate(ranking, 1) if relevant[c]]
    top = [rank for rank in ranks if rank <= K]
    best, listed = min(K, total), max(1, min(K, len(ranking)))

    def discount(rank):
        return 1 / math.log2(max(rank, 2) if name == "lenskit" else rank + 1)

    precisions = sum(found / rank for found, rank in enumerate(top, 1))
    found = {
        f"ndcg@{K}": sum(map(discount, top)) / sum(map(discount, range(1, best + 1))),
        f"recall@{K}": len(top) / (best if name == "lenskit" else total),
        f"precision@{K}": len(top) / {"lenskit": listed, "implicit": best}.get(name, K),
        f"hit_rate@{K}": float(bool(top)),
        f"map@{K}": precisions / (min(best, listed) if name == "lenskit" else best),
        f"mrr@{K}": 1 / top[0] if top else 0.0,
        "mrr": 1 / ranks[0] if ranks else 0.0,
    }
    good, bad = [scores[c] for c in ranking if relevant[c]], [scores[c] for c in ranking if not relevant[c]]
    tie = 0 if name == "cornac" else 0.5
    pairs = [(g > b) + tie * (g == b) for g in good for b in bad]
    found["auc"] = sum(pairs) / len(pairs) if pairs else math.nan
    everything = sorted(good + bad, reverse=True)
    shared = [sum(s >= g for s in good) / sum(s >= g for s in everything) for g in good]
    found["map"] = sum(shared) / total
    return found


@st.composite
def cases(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 9)))
    values = st.sampled_from([-1.0, 0.0, 0.5, 1.0]) | st.floats(-3, 3, width=32)
    scores = draw(arrays.arrays(draw(st.sampled_from([np.float32, np.float64])), shape, elements=values))
    relevant, excluded = draw(arrays.arrays(bool, shape)), draw(arrays.arrays(bool, shape))
    relevant[:, draw(st.integers(0, shape[1] - 1))] = True
    return scores, relevant, excluded


@pytest.mark.parametrize("name", CONVENTIONS)
@given(case=cases())
def test_every_metric_is_what_the_library_says(name, case):
    scores, relevant, excluded = case
    found = ranking_scores(scores, relevant, excluded, k=K, convention=name)
    expected = [plain(name, *row) for row in zip(*case, strict=True)]
    for metric, values in found.items():
        if metric != f"auc@{K}":
            np.testing.assert_allclose(values, [row[metric] for row in expected], atol=1e-12, err_msg=metric)


class Given(MatrixFactorizationBase):
    fit = save = None


def test_implicit_finds_the_same() -> None:
    rng = np.random.default_rng(0)
    users, items = (rng.standard_normal((n, 5)).astype(np.float32) for n in (60, 200))
    train, test = (sparse.random(60, 200, share, format="csr", random_state=7) for share in (0.1, 0.05))
    model = Given()
    model.user_factors, model.item_factors, model.num_threads = users, items, 1
    expected = ranking_metrics_at_k(model, train, test, K=10, show_progress=False)
    counts = np.diff(test.indptr)
    rows = np.flatnonzero(counts)
    found = ranking_scores(users[rows] @ items.T, test[rows], train[rows], convention="implicit")
    means = ranking_means(found, counts[rows], convention="implicit")
    for metric, value in expected.items():
        assert means[f"{metric}@10"].value == pytest.approx(value, abs=1e-9), metric
        assert means[f"{metric}@10"].n == len(rows)


def test_recbole_weights_auc_by_the_relevant_items_of_those_who_have_a_value() -> None:
    found = {"auc": np.array([1.0, 0.5, np.nan]), "ndcg@2": np.array([1.0, 0.5, 0.0])}
    means = ranking_means(found, [1, 3, 9], convention="recbole")
    assert means["auc"] == ((1 + 3 * 0.5) / 4, 2)
    assert means["ndcg@2"] == (0.5, 3)
    assert ranking_means({"auc": np.array([np.nan])}, [1]) == {}


@pytest.mark.parametrize("cells", [70, 800])  # many threads; one, and small blocks
def test_blocks_and_threads_make_no_difference(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    rng = np.random.default_rng(0)
    scores, relevant, seen = rng.integers(0, 9, (50, 30)) / 8, rng.random((50, 30)) < 0.3, rng.random((50, 30)) < 0.3
    relevant[:, 0] = True
    whole = ranking_scores(scores, relevant, seen)
    monkeypatch.setattr("toolkit.metrics.candidates.CELLS", cells)
    monkeypatch.setattr("toolkit.metrics.candidates.USERS", 1)
    given = []

    def of_rows(rows: slice) -> np.ndarray:
        given.append((rows, scores[rows].copy()))
        return given[-1][1]

    parts = ranking_scores(of_rows, relevant, seen)
    for metric, values in whole.items():
        np.testing.assert_array_equal(parts[metric], values)
    assert len(given) > 5
    for rows, own in given:
        np.testing.assert_array_equal(own, scores[rows])
    scores[33, 4] = np.inf
    with pytest.raises(ParameterError, match="hold inf for user 33, item 4"):
        ranking_scores(scores, relevant, seen)


@pytest.mark.parametrize("dtype", [">f4", ">f8", "f2", "longdouble", "i8", "?"])
def test_any_numbers_are_scores(dtype: str) -> None:
    scores = np.array([[1, 0, 2], [0, 0, 1]]).astype(dtype)
    relevant = np.array([[True, False, True], [False, True, False]])
    with np.errstate(all="raise"):
        found = ranking_scores(scores, relevant, k=2)
    plainly = ranking_scores(scores.astype("f8"), relevant, k=2)
    for metric, values in plainly.items():
        np.testing.assert_array_equal(found[metric], values)


def test_finite_scores_whose_sum_is_not() -> None:
    huge = np.full((1, 3), np.finfo(np.float32).max)
    assert ranking_scores(huge, np.array([[True, False, False]]), k=1)["recall@1"] == 1


def test_all_metrics_are_declared() -> None:
    for name, convention in CONVENTIONS.items():
        assert convention.name == name
        for metric in convention.metrics:
            assert metric_info(metric.replace("@k", "@10")).direction == "higher"


def test_auc_of_the_first_ranks() -> None:
    # ranks 1 to 3 hold x + x, one of two relevant items is not listed, the catalogue has 6 items
    hits = np.array([[False, True, False]])
    assert auc_at_k(hits, [2], 6, k=3) == pytest.approx((1 + (1 + 2) / 2 * (4 - 2)) / 8)
    assert np.isnan(auc_at_k(hits, [6], 6, k=3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ranking_convention("cornak"), UnknownNameError, "did you mean 'cornac'"),
        (lambda: ranking_scores([[1.0]], np.ones((1, 1), bool), metrics=["ndgc@k"]), UnknownNameError, "'ndcg@k'"),
        (lambda: ranking_scores(lambda rows: np.ones((1, 2)), np.ones((1, 3), bool)), ParameterError, r"\(1, 2\)"),
        (lambda: ranking_scores([[1.0]], np.zeros((1, 1), bool), metrics=["map"]), ParameterError, "0 relevant items"),
        (lambda: ranking_scores([[1.0]], np.ones((1, 1), bool), None, [1, 1], metrics=["map"]), ParameterError, "of 1"),
        (lambda: find_hits([[0.5]], np.ones((1, 1), bool)), ParameterError, "ranked must hold integers"),
        (lambda: find_hits([[3]], np.ones((1, 2), bool)), ParameterError, "column 3; relevant has 2"),
        (lambda: auc_at_k([[True]], [3], 2, k=1), ParameterError, "only 2 items"),
    ],
)
def test_wrong_requests_are_refused(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()
