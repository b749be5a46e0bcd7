"""The null baseline with another method's vectors on the wrong keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toolkit as tk
from toolkit import Embedding, Shuffled
from toolkit.embedder import Embedder
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.metrics import effective_rank, mean_cosine
from toolkit.registry import list_embedders, make_embedder
from toolkit.testing import CHECKS, check_corpus, check_ratings, small_corpus, small_ratings, small_triples


def rows(embedding: Embedding) -> np.ndarray:
    """Return the vectors in an order of their own, so that it does not matter whose they are."""
    return embedding.vectors[np.lexsort(embedding.vectors.T)]


@pytest.mark.parametrize("inner", ["als", "svd", "word2vec"])
@pytest.mark.parametrize("data", [small_ratings, small_corpus, small_triples])
def test_the_vectors_are_the_other_methods_and_the_keys_keep_their_order(inner: str, data: Callable[[], Any]) -> None:
    shuffled = Shuffled(inner, {"epochs": 2}, embedding_dim=5, random_state=3).fit(data())
    whole = make_embedder(inner, epochs=2, embedding_dim=5, random_state=3).fit(data())
    assert list(shuffled.embeddings_) == list(whole.embeddings_)
    for entity, embedding in whole.embeddings_.items():
        found = shuffled.embedding(entity)
        assert found.keys.equals(embedding.keys)
        assert found.entity == entity
        np.testing.assert_array_equal(rows(found), rows(embedding))
        moved = (found.vectors != embedding.vectors).any(axis=1)
        assert moved.mean() > 0.5


def test_the_geometry_stays_and_the_meaning_goes(movielens: tk.Ratings) -> None:
    train, test = movielens.split("u1")
    pca = tk.PCA(10).fit(train).embedding("item")
    shuffled = Shuffled(embedding_dim=10).fit(train).embedding("item")
    for measure in (effective_rank, mean_cosine):
        assert measure(shuffled.vectors) == pytest.approx(measure(pca.vectors), rel=1e-5)
    ndcg = [
        tk.evaluate(item, (train, test), tasks=["ranking"]).set_index(["readout", "metric"]).loc[("dot", "ndcg@10")]
        for item in (pca, shuffled)
    ]
    assert ndcg[0]["value"] > 0.3
    assert ndcg[1]["value"] < 0.1


def test_each_seed_deals_in_its_own_way_and_each_entity_too() -> None:
    data = small_ratings(20, 20)  # as many users as items
    dealt = [Shuffled("bias", random_state=seed).fit(data) for seed in (0, 0, 1)]
    first, again, other = (one.embedding("item").vectors for one in dealt)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    plain = tk.Bias().fit(data)
    orders = [
        np.searchsorted(np.sort(plain.embedding(entity).vectors[:, 0]), dealt[0].embedding(entity).vectors[:, 0])
        for entity in ("item", "user")
    ]
    assert not np.array_equal(*orders)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("inner", ["popularity", "word2vec", "svd", "shuffled"])
def test_the_contract_holds_whatever_is_shuffled(inner: str, check: Callable[[Embedder], None]) -> None:
    params = {"epochs": 2} if inner in ("word2vec", "svd") else None
    dim = 1 if inner == "popularity" else 6
    check(Shuffled(inner, params, embedding_dim=dim))


def test_pretrained_vectors_are_shuffled(tmp_path: Path) -> None:
    for data, entity, check in ((small_ratings(), "item", check_ratings), (small_corpus(), "word", check_corpus)):
        keys = [*data.sequences().keys[::-1], "unseen"]
        path = tmp_path / f"{entity}.arrow"
        whole = Embedding(keys, np.random.default_rng(0).random((len(keys), 3)), entity)
        whole.save(path)
        shuffled = Shuffled("pretrained", {"source": str(path)}, embedding_dim=3)
        found = shuffled.fit(data).embedding(entity)
        assert found.keys.equals(whole.keys)
        np.testing.assert_array_equal(rows(found), rows(whole))
        check(shuffled.set_params(params={"source": str(path), "restrict": True}))


def test_it_is_a_null_baseline_without_predictors() -> None:
    assert Shuffled.is_null
    row = list_embedders().set_index("name").loc["shuffled"]
    assert (row["capabilities"], row["views"], row["installed"]) == ("", "none", True)


@pytest.mark.parametrize(("inner", "view"), [("pca", "matrix"), ("word2vec", "sequences"), ("pretrained", "none")])
def test_the_view_is_the_other_methods(inner: str, view: str) -> None:
    assert Shuffled(inner).view == view


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"embedder": "pcaa"}, UnknownNameError, "unknown embedder 'pcaa'; did you mean 'pca'"),
        (
            {"params": {"alpah": 1}, "embedder": "als"},
            UnknownNameError,
            "parameter of ALS 'alpah'; did you mean 'alpha'",
        ),
        ({"params": {"epochs": 0}, "embedder": "als"}, ParameterError, "epochs of ALS is 0"),
        ({"params": {"embedding_dim": 3}}, ParameterError, "embedding_dim stands in params of Shuffled; give it to"),
        ({"params": {"random_state": 3}}, ParameterError, "random_state stands in params of Shuffled; give it to"),
        ({"params": [3]}, ParameterError, "params of Shuffled is [3]; it must be a table of parameters"),
        ({"embedding_dim": 0}, ParameterError, "embedding_dim of Shuffled is 0"),
        ({"random_state": -1}, ParameterError, "random_state of Shuffled is -1"),
        ({"embedder": "pretrained"}, ParameterError, "source of Pretrained is empty"),
    ],
)
def test_a_suite_is_told_what_is_wrong_before_anything_is_fitted(
    params: dict[str, Any], error: type[Exception], message: str
) -> None:
    embedder = Shuffled().set_params(**params)
    with pytest.raises(error) as caught:
        embedder.check_params()
    assert message in str(caught.value)


def test_what_the_other_method_cannot_learn_from_it_cannot_either() -> None:
    with pytest.raises((DataError, ParameterError), match="allows at most 19"):
        Shuffled("pca", embedding_dim=20).fit(small_ratings())
