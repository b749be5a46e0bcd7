import tracemalloc

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from toolkit.errors import ParameterError
from toolkit.metrics import linear_probe, matrices, metric_info
from toolkit.metrics.probes import _accuracies, _folds


def slow_accuracy(x, codes, penalty, folds):
    """Ridge regression of scikit-learn on one column a label, in a pipeline with its scaler."""
    right = 0
    for left_out in folds:
        kept = np.setdiff1d(np.arange(len(x)), left_out)
        model = make_pipeline(StandardScaler(), Ridge(alpha=penalty))
        model.fit(x[kept], np.eye(codes.max() + 1)[codes[kept]])
        right += (model.predict(x[left_out]).argmax(axis=1) == codes[left_out]).sum()
    return right / len(x)


@pytest.mark.parametrize(("n", "d"), [(24, 6), (24, 40), (150, 5)])
@pytest.mark.parametrize("penalty", [0.1, 1, 10])
def test_accuracy_is_that_of_scikit_learn(n, d, penalty):
    rng = np.random.default_rng(n + d)
    x, codes = rng.normal(2, 3, (n, d)), rng.integers(3, size=n)
    x[:, 0] += codes
    folds = _folds(n, rng)
    assert sorted(np.concatenate(folds)) == list(range(n))
    expected = slow_accuracy(x, codes, penalty, folds)
    assert _accuracies(x, codes[:, None], 3, penalty, folds) == pytest.approx([expected])


def test_a_label_that_the_vectors_hold_is_found():
    rng = np.random.default_rng(0)
    labels = np.repeat(["English", "Italian"], 12)
    x = rng.normal(size=(24, 6))
    x[:, 2] += 4 * (labels == "Italian")
    found = linear_probe(x, labels)
    assert found.accuracy >= 0.9
    assert found.p_value == pytest.approx(1 / 101)
    assert found.chance == 0.5
    assert found.shuffled_mean < found.shuffled_high < found.accuracy
    assert found.n == 24


@pytest.mark.parametrize("n", [24, 120])
def test_labels_that_the_vectors_do_not_hold_are_not_found(n):
    p_values = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, labels = rng.normal(size=(n, 4)), rng.permutation(np.arange(n) % 3)
        p_values.append(linear_probe(x, labels, n_shuffles=19, random_state=seed).p_value)
    # a p-value of at most 5 % comes in at most 5 % of 200: 10, and 4 standard deviations are 12 more
    assert np.sum(np.array(p_values) <= 0.05) <= 22
    assert np.mean(p_values) > 0.4


def test_test_rows_are_not_looked_at_for_scaling():
    x = np.array([[1e9], [1], [2], [3], [11], [12], [13]])
    found = linear_probe(x, [1, 0, 0, 0, 1, 1, 1])
    assert found.accuracy == slow_accuracy(x, np.array([1, 0, 0, 0, 1, 1, 1]), 1.0, list(np.arange(7)[:, None]))


def test_a_constant_column_and_scales_change_nothing():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(30, 3)), rng.integers(2, size=30)
    expected = linear_probe(x, labels)
    assert linear_probe(np.c_[x * [1, 1e3, 1e-3], np.full(30, 0.1)], labels) == expected


def test_depends_on_the_seed_alone():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(150, 3)), rng.integers(2, size=150)
    assert linear_probe(x, labels) == linear_probe(x, labels)
    assert linear_probe(x, labels) != linear_probe(x, labels, random_state=1)


def test_blocks_of_shuffles_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(130, 3)), rng.integers(3, size=130)
    whole = linear_probe(x, labels)
    monkeypatch.setattr(matrices, "_CELLS", 7 * 130 * 3)
    assert linear_probe(x, labels) == whole


def test_memory_does_not_grow_with_labels_times_shuffles():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(1500, 2)), np.arange(1500) % 300
    tracemalloc.start()
    linear_probe(x, labels, n_shuffles=60)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1350 * 300 * 61 * 8  # all targets of a fold at once; a block has 4 million numbers, a few times


def test_memory_does_not_grow_with_the_square_of_the_rows():
    rng = np.random.default_rng(0)
    n = 12_000
    x, labels = rng.normal(size=(n, 2)), rng.integers(2, size=n)
    tracemalloc.start()
    linear_probe(x, labels, n_shuffles=1)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < n * n * 8 / 20  # rows known by rows asked are n² / 11 numbers


def test_wrong_requests_are_refused():
    x = np.eye(4)
    with pytest.raises(ParameterError, match="4 vectors need a label each"):
        linear_probe(x, [0, 1, 0])
    with pytest.raises(ParameterError, match="none of them missing"):
        linear_probe(x, np.array(["a", None, "b", "a"], dtype=object))
    with pytest.raises(ParameterError, match="none of them missing"):
        linear_probe(x, ["a", float("nan"), "b", "a"])
    with pytest.raises(ParameterError, match=r"labels: \(4, 1\)"):
        linear_probe(x, [["a"], ["b"], ["b"], ["a"]])
    with pytest.raises(ParameterError, match="all labels are equal"):
        linear_probe(x, [1, 1, 1, 1])
    with pytest.raises(ParameterError, match="n_shuffles is 0"):
        linear_probe(x, [0, 1, 0, 1], n_shuffles=0)
    with pytest.raises(ParameterError, match="penalty 0"):
        linear_probe(x, [0, 1, 0, 1], penalty=0)
    with pytest.raises(ParameterError, match="n at least 3"):
        linear_probe(x[:2], [0, 1])


def test_is_declared():
    assert metric_info("probe_accuracy").direction == "higher"
