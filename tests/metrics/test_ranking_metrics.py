import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from sklearn.metrics import ndcg_score, roc_auc_score

from toolkit.errors import ParameterError
from toolkit.metrics import (
    auc,
    average_precision_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    precision_at_k,
    rank_items,
    ranking_scores,
    recall_at_k,
    reciprocal_rank,
)

# One user, by hand: relevant at ranks 1, 3 and 4 of the five listed; four items are relevant in all.
HITS = np.array([[True, False, True, True, False]])


def slow_ranking(scores, excluded):
    """Columns of one user's candidates, best first, equal ones by column."""
    return sorted((column for column in range(len(scores)) if not excluded[column]), key=lambda c: (-scores[c], c))


def slow_scores(scores, relevant, excluded, n_relevant, k):
    """All metrics of one user, each straight from its definition."""
    ranking = slow_ranking(scores, excluded)
    ranks = [rank for rank, column in enumerate(ranking, 1) if relevant[column]]
    top = [rank for rank in ranks if rank <= k]
    pairs = [
        (scores[good] > scores[bad]) + (scores[good] == scores[bad]) / 2
        for good in ranking
        for bad in ranking
        if relevant[good] and not relevant[bad]
    ]
    return {
        f"ndcg@{k}": sum(1 / math.log2(rank + 1) for rank in top)
        / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, n_relevant) + 1)),
        f"recall@{k}": len(top) / n_relevant,
        f"precision@{k}": len(top) / k,
        f"map@{k}": sum(found / rank for found, rank in enumerate(top, 1)) / min(k, n_relevant),
        f"hit_rate@{k}": float(bool(top)),
        "mrr": 1 / ranks[0] if ranks else 0.0,
        "auc": sum(pairs) / len(pairs) if pairs else math.nan,
    }


@st.composite
def cases(draw):
    """Scores with many ties, and masks that leave some users few candidates or none."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 9)))
    values = st.sampled_from([-2.0, -0.0, 0.0, 0.5, 1.0]) | st.floats(-3, 3, width=32)
    scores = draw(arrays.arrays(draw(st.sampled_from([np.float32, np.float64])), shape, elements=values))
    relevant, excluded = draw(arrays.arrays(bool, shape)), draw(arrays.arrays(bool, shape))
    outside = draw(arrays.arrays(np.int64, shape[0], elements=st.integers(0, 3)))
    n_relevant = np.maximum(relevant.sum(axis=1) + outside, 1)
    return scores, relevant, excluded, n_relevant, draw(st.integers(1, 12))


@given(cases())
def test_ranks_agree_with_sorting(case):
    scores, _, excluded, _, k = case
    expected = [(slow_ranking(*row) + [-1] * k)[:k] for row in zip(scores, excluded, strict=True)]
    ranked = rank_items(scores, k, excluded)
    assert ranked.dtype == np.int64
    np.testing.assert_array_equal(ranked, expected)


@given(cases())
def test_all_metrics_agree_with_their_definitions(case):
    scores, relevant, excluded, n_relevant, k = case
    before = scores.copy(), relevant.copy(), excluded.copy()
    found = ranking_scores(scores, relevant, excluded, n_relevant, k)
    rows = zip(scores, relevant, excluded, n_relevant, strict=True)
    expected = [slow_scores(*row, k) for row in rows]
    for name, values in found.items():
        np.testing.assert_allclose(values, [row[name] for row in expected], atol=1e-12, err_msg=name)
    for given_in, now in zip(before, (scores, relevant, excluded), strict=True):
        np.testing.assert_array_equal(given_in, now)


@given(cases())
def test_sparse_masks_give_the_same(case):
    scores, relevant, excluded, n_relevant, k = case
    dense = ranking_scores(scores, relevant, excluded, n_relevant, k)
    stored = ranking_scores(scores, sparse.csr_array(relevant), sparse.csr_matrix(excluded), n_relevant, k)
    for name, values in dense.items():
        np.testing.assert_array_equal(stored[name], values)


@given(cases())
def test_reciprocal_rank_of_the_whole_list_is_that_of_the_scores(case):
    scores, relevant, excluded, n_relevant, k = case
    ranked = rank_items(scores, scores.shape[1], excluded)
    hits = np.take_along_axis(relevant, ranked, axis=1) & (ranked >= 0)
    np.testing.assert_array_equal(
        reciprocal_rank(hits), ranking_scores(scores, relevant, excluded, n_relevant, k)["mrr"]
    )


def test_long_ties_across_the_cut_stand_in_column_order():
    scores = np.zeros((2, 5000), dtype=np.float32)
    scores[:, 4321] = 1
    np.testing.assert_array_equal(rank_items(scores, 5), [[4321, 0, 1, 2, 3]] * 2)


def test_no_candidates_at_all():
    scores, everything = np.ones((1, 3)), np.ones((1, 3), dtype=bool)
    np.testing.assert_array_equal(rank_items(scores, 2, everything), [[-1, -1]])
    found = ranking_scores(scores, everything, everything, [3], k=2)
    assert all(found[name] == 0 for name in found if name != "auc")
    assert np.isnan(found["auc"])


def test_stored_zero_is_excluded_like_any_other_rating():
    train = sparse.csr_array(([0.0, 5.0], ([0, 0], [0, 2])), shape=(1, 3))
    np.testing.assert_array_equal(rank_items([[3.0, 1.0, 2.0]], 3, train), [[1, -1, -1]])


def test_values_by_hand():
    gains = 1 + 1 / math.log2(4) + 1 / math.log2(5)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4) + 1 / math.log2(5)
    assert ndcg_at_k(HITS, [4], k=5) == pytest.approx(gains / ideal)
    assert ndcg_at_k(HITS, [4], k=3) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3) + 1 / 2))
    assert recall_at_k(HITS, [4], k=3) == pytest.approx(2 / 4)
    assert precision_at_k(HITS, k=3) == pytest.approx(2 / 3)
    assert average_precision_at_k(HITS, [4], k=4) == pytest.approx((1 + 2 / 3 + 3 / 4) / 4)
    assert average_precision_at_k(HITS, [4], k=3) == pytest.approx((1 + 2 / 3) / 3)
    assert reciprocal_rank(HITS) == 1
    assert reciprocal_rank(HITS[:, 1:]) == 1 / 2
    assert hit_rate_at_k(HITS[:, 1:], k=1) == 0
    assert hit_rate_at_k(HITS[:, 1:], k=2) == 1


def test_relevant_items_outside_the_catalogue_lower_recall():
    scores, relevant = [[0.9, 0.8]], np.array([[True, False]])
    assert ranking_scores(scores, relevant, n_relevant=[5], k=2)["recall@2"] == 1 / 5
    assert ranking_scores(scores, relevant, k=2)["recall@2"] == 1


def test_ndcg_and_auc_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    scores, relevant = rng.random((40, 60)), rng.random((40, 60)) < 0.2
    found = ranking_scores(scores, relevant, k=10)
    for user in range(40):
        one = relevant[[user]], scores[[user]]
        assert found["ndcg@10"][user] == pytest.approx(ndcg_score(*one, k=10), rel=1e-12)
        assert found["auc"][user] == pytest.approx(roc_auc_score(relevant[user], scores[user]), rel=1e-12)


def test_auc_with_ties_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    scores, relevant = rng.integers(0, 4, (40, 60)), rng.random((40, 60)) < 0.2
    expected = [roc_auc_score(*row) for row in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(auc(scores, relevant), expected, rtol=1e-12)


def test_auc_is_undefined_without_both_kinds():
    relevant = np.array([[True, True, True], [False, False, False], [True, False, False]])
    excluded = np.array([[False] * 3, [False] * 3, [True, False, False]])
    assert np.isnan(auc(np.ones((3, 3)), relevant, excluded)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank_items([[1.0, np.nan]], 1), "hold nan for user 0, item 1"),
        (lambda: rank_items([[1.0], [-np.inf]], 1), "hold -inf for user 1, item 0"),
        (lambda: rank_items([1.0, 2.0], 1), r"shape \(2,\)"),
        (lambda: rank_items(np.ones((2, 0)), 1), r"shape \(2, 0\)"),
        (lambda: rank_items([[1.0, 2.0]], 0), "k is 0"),
        (lambda: rank_items([[1.0, 2.0]], 1, np.ones((1, 3), dtype=bool)), r"exclude must be .* \(1, 2\)"),
        (lambda: rank_items([[1.0, 2.0]], 1, np.ones((1, 2))), "exclude must be a sparse or bool matrix"),
        (lambda: auc([[1.0, 2.0]], sparse.csr_array((1, 3))), "relevant must be"),
        (lambda: ndcg_at_k(HITS, [4], k=6), "k is 6; it must lie between 1 and the number of ranks in hits, 5"),
        (lambda: precision_at_k(HITS, k=0), "k is 0"),
        (lambda: hit_rate_at_k(HITS.astype(int)), "hits must be bool"),
        (lambda: reciprocal_rank(HITS[0]), "hits must be bool"),
        (lambda: recall_at_k(HITS, [0], k=1), "user 0 has 0 relevant items; leave out users"),
        (lambda: recall_at_k(HITS, [2], k=1), "user 0 has 3 hits but n_relevant says 2"),
        (lambda: recall_at_k(HITS, [4, 4], k=1), "an integer for each of 1 users"),
        (lambda: recall_at_k(HITS, [4.5], k=1), "an integer for each"),
        (lambda: ranking_scores([[1.0]], np.zeros((1, 1), dtype=bool), k=1), "leave out users"),
    ],
)
def test_wrong_input_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
