"""Embeddings laid side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit import ALS, PCA, Embedding, Joined, Ratings, make_embedder
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.testing import small_ratings


def part(name: str, weight: float = 1.0, **params: Any) -> dict[str, Any]:
    return {"name": name, "params": params, "weight": weight}


def test_parts_are_unit_vectors_times_their_weights_side_by_side() -> None:
    data = small_ratings()
    joined = Joined([part("pca", embedding_dim=3), part("als", 0.4, embedding_dim=2)]).fit(data)
    pca, als = PCA(3).fit(data), ALS(2).fit(data)
    assert list(joined.embeddings_) == ["item", "user"]
    for entity in ("item", "user"):
        found, first, second = (embedder.embedding(entity) for embedder in (joined, pca, als))
        assert found.keys.equals(first.keys)
        np.testing.assert_allclose(found.vectors[:, :3], first.unit_vectors, atol=1e-6)
        np.testing.assert_allclose(found.vectors[:, 3:], 0.4 * second.unit_vectors, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(joined.embedding("item").vectors, axis=1), np.hypot(1, 0.4), atol=1e-6)


def test_a_part_can_be_a_name_alone() -> None:
    data = small_ratings()
    joined = Joined(["random", {"name": "bias"}]).fit(data)
    assert joined.embedding("item").dim == make_embedder("random").embedding_dim + 1


@pytest.mark.parametrize("saved_first", [False, True])
def test_keys_are_those_of_all_parts_in_the_order_of_the_first(tmp_path: Path, saved_first: bool) -> None:
    data = small_ratings()
    a, b, c = data.item_keys[[2, 4, 7]]
    own = Embedding(["unseen", c, a, b], np.eye(4) + 1, "item")
    own.save(tmp_path / "own.arrow")
    parts = [part("pca", embedding_dim=3), part("pretrained", 2.0, source=str(tmp_path / "own.arrow"))]
    found = Joined(parts[::-1] if saved_first else parts).fit(data).embedding("item")
    assert found.keys.tolist() == ([c, a, b] if saved_first else [a, b, c])
    saved = found.vectors[:, :4] if saved_first else found.vectors[:, 3:]
    np.testing.assert_allclose(saved, 2 * own.subset(found.keys).unit_vectors, atol=1e-6)


def test_entities_are_those_of_the_first_part(tmp_path: Path) -> None:
    data = small_ratings()
    Embedding(data.item_keys, np.eye(len(data.item_keys)), "item").save(tmp_path / "own.arrow")
    pca, saved = part("pca", embedding_dim=3), part("pretrained", source=str(tmp_path / "own.arrow"))
    both = Joined([pca, saved]).fit(data)
    assert {entity: found.dim for entity, found in both.embeddings_.items()} == {"item": 23, "user": 3}
    assert list(Joined([saved, pca]).fit(data).embeddings_) == ["item"]


def test_parts_without_a_common_key(tmp_path: Path) -> None:
    path = tmp_path / "own.arrow"
    Embedding(["unseen"], [[1.0]], "item").save(path)
    joined = Joined([part("pca", embedding_dim=3), part("pretrained", source=str(path))])
    with pytest.raises(DataError, match="the parts of Joined have no item in common"):
        joined.fit(small_ratings())


def test_the_seed_is_handed_on_unless_a_part_has_its_own() -> None:
    data = small_ratings()

    def vectors(seed: int | None, **params: Any) -> np.ndarray:
        joined = Joined([part("random", embedding_dim=2, **params), "popularity"], random_state=seed)
        return joined.fit(data).embedding("item").vectors

    assert np.array_equal(vectors(1), vectors(1))
    assert not np.array_equal(vectors(1), vectors(2))
    assert np.array_equal(vectors(1, random_state=5), vectors(2, random_state=5))


def test_what_is_asked_of_the_parts_is_not_changed() -> None:
    tables = [part("random", embedding_dim=2)]
    Joined(tables, random_state=3).fit(small_ratings())
    assert tables == [part("random", embedding_dim=2)]


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ([], ParameterError, "at least one entry"),
        ("pca", ParameterError, "parts of Joined is 'pca'; it must be a list"),
        ({"name": "pca"}, ParameterError, "it must be a list"),
        ([3], ParameterError, "part 1 of Joined is 3; it must be an embedder's name, or a table with its name"),
        (["pca", {"params": {}}], ParameterError, "part 2 of Joined"),
        (["pcaa"], UnknownNameError, "unknown embedder 'pcaa'; did you mean 'pca'"),
        ([{"name": "pca", "wieght": 1}], UnknownNameError, "did you mean 'weight'"),
        ([part("pca", 0)], ParameterError, "weight of part 1 of Joined is 0; it must be a number of at least 1e-06"),
        ([part("pca", -1)], ParameterError, "weight of part 1 of Joined is -1"),
        ([part("pca", dim=3)], UnknownNameError, "unknown parameter of PCA 'dim'"),
        ([part("pca", embedding_dim=0)], ParameterError, "embedding_dim of PCA is 0"),
        ([{"name": "pca", "params": 5}], ParameterError, "params of part 1 of Joined is 5; it must be a table"),
        ([{"name": "pca", "params": None}], ParameterError, "params of part 1 of Joined is None"),
    ],
)
def test_what_is_wrong_with_the_parts_is_said_before_any_training(parts: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make_embedder("joined", parts=parts).check_params()


def test_without_ratings_there_is_no_how() -> None:
    data = small_ratings(60, 60)
    met = Ratings.from_frame(data.to_frame()[["user", "item"]], rating=None)
    found = make_embedder("joined").fit(met).embedding("item")
    alone = make_embedder("pca", embedding_dim=24, normalization=0.5).fit(met).embedding("item")
    assert found.vectors == pytest.approx(alone.unit_vectors)
