"""`Embedding`: unchangeable, and its neighbours are those of a slow search."""

from __future__ import annotations

import copy
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from toolkit import Embedding
from toolkit.errors import DataError, UnknownNameError

MATRICES = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 8), st.integers(1, 5)),
    elements=st.floats(-1e3, 1e3, width=32, allow_subnormal=False),
)


@pytest.fixture
def animals() -> Embedding:
    return Embedding(["cat", "dog", "car", "none"], [[1, 0], [1, 1], [0, -2], [0, 0]])


def test_what_it_holds(animals: Embedding) -> None:
    assert animals.keys.tolist() == ["cat", "dog", "car", "none"]
    assert animals.vectors.dtype == np.float32
    assert (animals.dim, len(animals), animals.entity) == (2, 4, "word")
    assert "dog" in animals
    assert "cow" not in animals
    assert animals["car"].tolist() == [0, -2]
    assert repr(animals) == "Embedding(4 words × 2)"


def test_keys_are_strings_whatever_they_were() -> None:
    films = Embedding([50, 7], [[1.0], [2.0]], entity="item")
    assert films.keys.tolist() == ["50", "7"]
    assert 50 in films
    assert films[50] is not films["50"]
    assert films[50].tolist() == films["50"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("keys", "vectors", "message"),
    [
        (["a", "b"], [[1.0]], r"2 keys need vectors of shape \(2, d\), not \(1, 1\)"),
        (["a"], [1.0], r"not \(1,\)"),
        (["a", "b", "a"], np.zeros((3, 1)), "key 'a' stands twice"),
        (["1", 1], np.zeros((2, 1)), "key '1' stands twice"),
        (["a", "b"], [[1.0], [np.nan]], "the vector of 'b' holds a value that is not finite"),
        (["a"], [[np.inf]], "the vector of 'a' holds a value that is not finite"),
    ],
)
def test_what_is_refused(keys: list[object], vectors: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Embedding(keys, vectors)


def test_unknown_key_names_the_nearest(animals: Embedding) -> None:
    with pytest.raises(UnknownNameError, match="unknown word 'dgo'; did you mean 'dog'"):
        animals["dgo"]
    with pytest.raises(UnknownNameError, match="unknown word 'cow'"):
        animals.similarity("cat", "cow")
    with pytest.raises(UnknownNameError, match="unknown word 'cow'"):
        animals.neighbors("cow")


@pytest.mark.parametrize("name", ["vectors", "unit_vectors"])
def test_vectors_cannot_be_written(animals: Embedding, name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(animals, name)[0, 0] = 9


@pytest.mark.parametrize("name", ["keys", "vectors", "entity", "dim"])
def test_nothing_can_be_replaced(animals: Embedding, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(animals, name, None)


def test_what_the_caller_does_with_their_array_changes_nothing() -> None:
    vectors = np.ones((2, 2), dtype=np.float32)
    keys = np.array(["a", "b"], dtype=object)
    embedding = Embedding(keys, vectors)
    vectors[:] = 9
    keys[0] = "z"
    assert embedding["a"].tolist() == [1, 1]
    assert embedding.keys.tolist() == ["a", "b"]


def test_an_array_that_nobody_can_write_is_not_copied() -> None:
    vectors = np.ones((2, 2), dtype=np.float32)
    vectors.flags.writeable = False
    assert np.shares_memory(Embedding(["a", "b"], vectors).vectors, vectors)


@given(MATRICES)
def test_similarity_against_float64(vectors: np.ndarray) -> None:
    embedding = Embedding(range(len(vectors)), vectors)
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1)
    for first in range(len(vectors)):
        for second in range(len(vectors)):
            product = lengths[first] * lengths[second]
            expected = wide[first] @ wide[second] / product if product else 0.0
            assert embedding.similarity(first, second) == pytest.approx(expected, abs=1e-12)
            assert -1 <= embedding.similarity(first, second) <= 1


@given(MATRICES, st.integers(0, 9))
def test_neighbors_against_a_slow_search(vectors: np.ndarray, k: int) -> None:
    vectors = np.round(vectors / 400)  # coarse, so that equal and zero vectors are common
    embedding = Embedding(range(len(vectors)), vectors)
    found = embedding.neighbors("0", k)
    assert found.columns.tolist() == ["key", "similarity"]
    expected = {str(row): embedding.similarity(0, row) for row in range(1, len(vectors))}
    assert len(found) == min(k, len(expected))
    assert found["similarity"].to_numpy() == pytest.approx(sorted(expected.values(), reverse=True)[:k], abs=1e-6)
    for key, similarity in found.itertuples(index=False):
        assert similarity == pytest.approx(expected[key], abs=1e-6)


@pytest.mark.parametrize("dim", [2, 3, 50, 101])
@pytest.mark.parametrize("copies", [2, 5, 11, 37])
def test_equal_neighbors_stand_in_key_order(dim: int, copies: int) -> None:
    first, other = np.random.default_rng(dim).standard_normal((2, dim))
    embedding = Embedding(range(copies + 1), np.vstack([first, np.tile(other, (copies, 1))]))
    assert embedding.neighbors("0", copies)["key"].tolist() == [str(row) for row in range(1, copies + 1)]


def test_a_zero_vector_is_like_nothing(animals: Embedding) -> None:
    assert animals.unit_vectors[3].tolist() == [0, 0]
    assert animals.similarity("none", "cat") == animals.similarity("none", "none") == 0
    assert animals.neighbors("none")["similarity"].tolist() == [0, 0, 0]
    assert animals.neighbors("none")["key"].tolist() == ["cat", "dog", "car"]


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_length_one_at_every_scale(scale: float) -> None:
    vectors = np.array([[3.0, 4.0], [1.0, 0.0]]) * scale
    unit = Embedding(["a", "b"], vectors).unit_vectors
    assert np.linalg.norm(unit, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_subset_keeps_the_order_given(animals: Embedding) -> None:
    part = animals.subset(["car", "cat"])
    assert part.keys.tolist() == ["car", "cat"]
    assert part.vectors.tolist() == [[0, -2], [1, 0]]
    assert part.entity == animals.entity
    assert len(animals.subset([])) == 0
    with pytest.raises(UnknownNameError, match="unknown word 'cta'; did you mean 'cat'"):
        animals.subset(["dog", "cta"])
    with pytest.raises(DataError, match="key 'cat' stands twice"):
        animals.subset(["cat", "cat"])


def test_gensim_has_the_same_vectors_in_the_same_order(animals: Embedding) -> None:
    vectors = animals.to_gensim()
    assert vectors.index_to_key == animals.keys.tolist()
    np.testing.assert_array_equal(vectors.vectors, animals.vectors)
    assert vectors.similarity("cat", "dog") == pytest.approx(animals.similarity("cat", "dog"), abs=1e-6)
    known = animals.subset(["cat", "dog", "car"])  # gensim divides by the length of a zero vector
    expected = known.neighbors("cat", 2)
    found = known.to_gensim().most_similar("cat", topn=2)
    assert [key for key, _ in found] == expected["key"].tolist()
    assert [value for _, value in found] == pytest.approx(expected["similarity"].tolist(), abs=1e-6)


def test_gensim_may_write_without_harm(animals: Embedding) -> None:
    vectors = animals.to_gensim()
    vectors.vectors[:] = 9
    assert animals["cat"].tolist() == [1, 0]


def test_empty_embedding() -> None:
    nothing = Embedding([], np.zeros((0, 3)))
    assert (len(nothing), nothing.dim, nothing.unit_vectors.shape) == (0, 3, (0, 3))
    assert len(nothing.fingerprint()) == 64


def test_fingerprint_tells_keys_and_vectors_apart() -> None:
    original = Embedding(["a", "b"], [[1, 2], [3, 4]])
    assert original.fingerprint() == Embedding(["a", "b"], [[1, 2], [3, 4]]).fingerprint()
    assert len(bytes.fromhex(original.fingerprint())) == hashlib.sha256().digest_size
    others = [
        Embedding(["a", "c"], [[1, 2], [3, 4]]),
        Embedding(["b", "a"], [[1, 2], [3, 4]]),
        Embedding(["a", "b"], [[1, 2], [3, 5]]),
        Embedding(["a", "b"], [[1, 3], [2, 4]]),
    ]
    assert original.fingerprint() not in {other.fingerprint() for other in others}


def test_a_copy_is_as_good(animals: Embedding) -> None:
    other = copy.deepcopy(animals)
    np.testing.assert_array_equal(other.vectors, animals.vectors)
    assert other.keys.equals(animals.keys)


def test_vectors_need_a_dimension() -> None:
    with pytest.raises(DataError):
        Embedding(["a"], np.zeros((1, 0)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 3, 4, 9])
@pytest.mark.parametrize("numbers", [1, 8, 1 << 18])
def test_the_first_row_that_is_not_finite_is_named(
    value: float, row: int, numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.embedding.NUMBERS", numbers)
    vectors = np.full((10, 2), np.finfo(np.float32).max, dtype=np.float32)  # whose sum is not finite
    assert len(Embedding(range(10), vectors)) == 10
    vectors[row:, 1] = value
    with pytest.raises(DataError, match=f"the vector of '{row}' holds"):
        Embedding(range(10), vectors)
