import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from toolkit.errors import ParameterError
from toolkit.metrics import attribute_correlation, attribute_precision, chance_precision, matrices, neighbors


@st.composite
def catalogues(draw):
    """Unit vectors, some of them equal and some zero, and attribute sets of at least one attribute."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, dim = draw(st.integers(3, 12)), draw(st.integers(1, 4))
    directions = rng.integers(-2, 3, (n_items, dim)).astype(np.float64)
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    unit = directions / np.where(lengths > 0, lengths, 1)
    attributes = rng.random((n_items, draw(st.integers(1, 5)))) < 0.4
    attributes[np.arange(n_items), rng.integers(attributes.shape[1], size=n_items)] = True
    return unit, attributes


def slow_precision(unit, attributes, k):
    cosines = np.round(unit @ unit.T, 6)
    values = []
    for item in range(len(unit)):
        others = [other for other in range(len(unit)) if other != item]
        nearest = sorted(others, key=lambda other, item=item: (-cosines[item, other], other))[:k]
        values.append(np.mean([(attributes[item] & attributes[other]).any() for other in nearest]))
    return values


@given(catalogues(), st.integers(1, 2))
def test_precision_agrees_with_its_definition(catalogue, k):
    unit, attributes = catalogue
    expected = slow_precision(unit, attributes, k)
    np.testing.assert_allclose(attribute_precision(unit, attributes, k), expected)
    np.testing.assert_allclose(attribute_precision(unit, sparse.csr_array(attributes), k), expected)


@given(catalogues())
def test_chance_is_the_precision_of_all_neighbours(catalogue):
    unit, attributes = catalogue
    everyone = attribute_precision(unit, attributes, len(unit) - 1)
    assert chance_precision(attributes) == pytest.approx(everyone.mean())


@given(catalogues())
def test_correlation_agrees_with_its_definition(catalogue):
    unit, attributes = catalogue
    pairs = list(itertools.combinations(range(len(unit)), 2))
    cosines = [np.einsum("d,d->", unit[i], unit[j]) for i, j in pairs]
    jaccard = [(attributes[i] & attributes[j]).sum() / (attributes[i] | attributes[j]).sum() for i, j in pairs]
    found = attribute_correlation(unit, attributes)
    assert found.n == len(pairs)
    if len(set(cosines)) == 1 or len(set(jaccard)) == 1:
        assert math.isnan(found.spearman)
    else:
        assert found.spearman == pytest.approx(stats.spearmanr(cosines, jaccard).statistic, abs=1e-9)


def test_blocks_change_nothing(monkeypatch):
    unit, attributes = _clusters(50)
    whole = attribute_precision(unit, attributes), chance_precision(attributes), attribute_correlation(unit, attributes)
    for module in (neighbors, matrices):
        monkeypatch.setattr(module, "_CELLS", 130)
    parts = attribute_precision(unit, attributes), chance_precision(attributes), attribute_correlation(unit, attributes)
    np.testing.assert_allclose(parts[0], whole[0])
    assert parts[1] == whole[1]
    assert parts[2].spearman == pytest.approx(whole[2].spearman, abs=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_vectors_of_less_precision(dtype):
    unit, attributes = _clusters(60)
    assert attribute_precision(unit.astype(dtype), attributes, k=5).mean() == 1


def test_vectors_that_know_the_attributes_are_told_from_noise():
    unit, attributes = _clusters(60)
    noise = np.random.default_rng(1).permutation(unit)
    assert attribute_precision(unit, attributes, k=5).mean() == 1
    assert chance_precision(attributes) == pytest.approx(19 / 59)
    assert attribute_precision(noise, attributes, k=5).mean() < 0.5
    assert attribute_correlation(unit, attributes).spearman > 0.7
    assert abs(attribute_correlation(noise, attributes).spearman) < 0.1


def test_sample_of_pairs_is_seeded_and_close_to_all():
    unit, attributes = _clusters(120)
    whole = attribute_correlation(unit, attributes)
    first, again, other = (attribute_correlation(unit, attributes, 3000, seed) for seed in (0, 0, 1))
    assert (whole.n, first.n) == (120 * 119 // 2, 3000)
    assert first == again
    assert first != other
    assert first.spearman == pytest.approx(whole.spearman, abs=0.03)


@pytest.mark.parametrize(("n_items", "max_pairs"), [(2, 10), (5, 10), (9, 10), (40, 700)])
def test_pairs_are_distinct_and_ordered(n_items, max_pairs):
    first, second = neighbors._pairs(n_items, max_pairs, random_state=0)
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == min(max_pairs, n_items * (n_items - 1) // 2)
    assert (first >= 0).all()
    assert (first < second).all()
    assert (second < n_items).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda unit, genres: attribute_precision(unit, genres, k=0), "k is 0; .* 1 and the number of other rows, 29"),
        (lambda unit, genres: attribute_precision(unit, genres, k=30), "k is 30"),
        (lambda unit, genres: attribute_precision(unit[1:], genres), "both need a row for each item"),
        (lambda unit, genres: attribute_precision(2 * unit, genres), "row 0 of unit_vectors has length 2"),
        (lambda unit, genres: attribute_correlation(unit, genres, max_pairs=1), "max_pairs is 1"),
        (lambda unit, genres: attribute_correlation(unit, genres & False), "item 0 has no attribute; leave out 30"),
        (lambda unit, genres: chance_precision(genres & False), "item 0 has no attribute"),
        (lambda unit, genres: chance_precision(genres[:1]), "there are 1 items"),
    ],
)
def test_wrong_input_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call(*_clusters(30))


def _clusters(n_items):
    """Items of three genres whose vectors lie close to their genre's own direction."""
    genre = np.arange(n_items) % 3
    vectors = np.eye(3)[genre] + np.random.default_rng(0).normal(0, 0.1, (n_items, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.eye(3, dtype=bool)[genre]
