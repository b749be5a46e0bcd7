"""How alike embeddings are, against plain computations and known cases."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit import Embedding
from toolkit.metrics import common_rows, linear_cka, neighbor_overlap, procrustes_distance
from toolkit.report import alike
from toolkit.report.alike import LEAST, groups, likeness, tree
from toolkit.report.trees import leaf_order

KEYS = [f"k{i}" for i in range(120)]


@pytest.fixture(scope="module")
def embeddings():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, len(KEYS), 6)) * [3, 2, 1, 1, 1, 0.5]
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    return {
        "one": Embedding(KEYS, first),
        "noise": Embedding(KEYS, rng.normal(size=(len(KEYS), 4))),
        "other": Embedding(KEYS, second),
        "one turned": Embedding(KEYS[::-1], 5 * (first @ turn)[::-1]),
        "other blurred": Embedding(KEYS, second + 0.4 * rng.normal(size=second.shape)),
    }


def test_numbers_are_those_of_each_pair_alone(embeddings):
    found = likeness(embeddings)
    assert found.names == tuple(embeddings)
    assert found.n == len(KEYS)
    for row in found.pairs.itertuples():
        x, y = (common_rows(embeddings["one"], embeddings[name])[1] for name in (row.first, row.second))
        assert row.cka == pytest.approx(linear_cka(x, y), abs=1e-12)
        assert row.overlap == pytest.approx(neighbor_overlap(x, y, 10), abs=1e-12)
        assert row.distance == pytest.approx(procrustes_distance(x, y), abs=1e-7)
    for values in (found.cka, found.overlap, found.distance):
        np.testing.assert_array_equal(values, values.T)
    assert len(found.pairs) == 10


def test_copies_that_were_turned_stand_together_and_noise_alone(embeddings):
    found = likeness(embeddings)
    assert groups(found, list(embeddings), 0.99) == [["one", "one turned"], ["noise"], ["other"], ["other blurred"]]
    assert groups(found, list(embeddings), 0.5) == [["one", "one turned"], ["noise"], ["other", "other blurred"]]
    assert groups(found, ["noise"], 0.5) == [["noise"]]
    assert groups(found, ["one turned", "noise", "one"], 0.5) == [["one turned", "one"], ["noise"]]


def test_tree_joins_the_alike_first_and_keeps_them_side_by_side(embeddings):
    found = likeness(embeddings)
    merges = tree(found)
    assert set(merges.loc[0, ["first", "second"]]) == {0, 3}
    assert merges["distance"].is_monotonic_increasing
    order = leaf_order(merges, len(found.names))
    assert sorted(order) == [0, 1, 2, 3, 4]
    for one, other in (("one", "one turned"), ("other", "other blurred")):
        assert abs(order.index(found.names.index(one)) - order.index(found.names.index(other))) == 1
    assert order.index(0) < 3, "the first one stands in the upper half"


def test_groups_are_as_far_apart_as_their_members_in_the_mean(embeddings):
    found = likeness(embeddings)
    merges, members = tree(found), {i: [i] for i in range(5)}
    for number, merge in enumerate(merges.itertuples()):
        one, other = members[merge.first], members[merge.second]
        mean = np.mean([max(0, 1 - found.cka[i, j]) for i in one for j in other])
        assert merge.distance == pytest.approx(mean, abs=1e-8)
        members[5 + number] = one + other


def test_tree_hangs_neither_on_the_order_of_keys_nor_on_scale_and_rotation(embeddings):
    rng = np.random.default_rng(1)
    order = rng.permutation(len(KEYS))
    moved = {}
    for name, each in embeddings.items():
        turn = np.linalg.qr(rng.normal(size=(each.dim, each.dim)))[0]
        moved[name] = Embedding(each.keys[order], 0.1 * each.vectors[order] @ turn)
    trees = [tree(likeness(each)) for each in (embeddings, moved)]
    assert leaf_order(trees[0], 5) == leaf_order(trees[1], 5)
    np.testing.assert_allclose(trees[0]["distance"], trees[1]["distance"], atol=1e-5)


def test_last_leaf_first_is_turned_around(embeddings):
    names = ["noise", "one", "one turned"]
    for first in names:
        chosen = [first, *(name for name in names if name != first)]
        found = likeness({name: embeddings[name] for name in chosen})
        assert leaf_order(tree(found), 3).index(0) <= 1


def test_a_constant_embedding_is_like_no_other(embeddings):
    found = likeness({"one": embeddings["one"], "flat": Embedding(KEYS, np.ones((len(KEYS), 2)))})
    assert np.isnan(found.cka[0, 1])
    assert tree(found)["distance"].tolist() == [1.0]
    assert groups(found, ["one", "flat"], 0.1) == [["one"], ["flat"]]


def test_who_shares_no_keys_is_left_out(embeddings):
    stranger = Embedding([f"x{i}" for i in range(50)], np.eye(50))
    found = likeness({"stranger": stranger, "one": embeddings["one"], "other": embeddings["other"]})
    assert found.left_out == ("stranger",)
    assert found.names == ("one", "other")
    assert likeness({"stranger": stranger, "one": embeddings["one"]}) is None
    assert likeness({"one": embeddings["one"]}) is None
    assert likeness({}) is None


@pytest.mark.parametrize(("n", "enough"), [(LEAST, True), (LEAST - 1, False)])
def test_so_many_keys_are_needed(embeddings, n, enough):
    few = embeddings["one"].subset(KEYS[:n])
    assert (likeness({"few": few, "one": embeddings["one"]}) is not None) is enough


def test_of_many_keys_the_first_are_compared(embeddings, monkeypatch):
    monkeypatch.setattr(alike, "MOST", 50)
    found = likeness(embeddings)
    x, y = (embeddings[name].subset(KEYS[:50]).vectors for name in ("one", "other blurred"))
    assert found.n == 50
    assert found.cka[0, 4] == pytest.approx(linear_cka(x, y), abs=1e-12)
