"""Every adapter keeps the contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from toolkit import Embedding
from toolkit.embedder import Embedder
from toolkit.registry import embedder_names, make_embedder
from toolkit.testing import CHECKS, check_corpus, check_ratings, small_corpus, small_ratings

SMALL = {
    "family-tree": {"epochs": 30},
    "fasttext": {"bucket": 1000},
    "joined": {
        "parts": [
            {"name": "pca", "params": {"embedding_dim": 4, "normalization": 0.5}},
            {"name": "truncated-svd", "params": {"embedding_dim": 2}, "weight": 0.3},
        ]
    },
    "sgns": {"epochs": 2},
    "spark-als": {"epochs": 1},
    "spark-als-explicit": {"epochs": 1},
    "spark-word2vec": {"epochs": 1},
    "svdpp": {"epochs": 2},
    "word2vec": {"epochs": 2},
}
LEARNING = [name for name in embedder_names() if name != "pretrained"]


def small(name: str) -> Embedder:
    embedder = make_embedder(name, **SMALL.get(name, {}))
    return embedder.set_params(embedding_dim=6) if "embedding_dim" in embedder.get_params() else embedder


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", LEARNING)
def test_adapter_keeps_the_contract(
    request: pytest.FixtureRequest, name: str, check: Callable[[Embedder], None]
) -> None:
    if name.startswith("spark-"):
        request.getfixturevalue("spark")
    check(small(name))


@pytest.mark.parametrize("check", [c for c in CHECKS if c.__name__ in ("check_parameters", "check_not_fitted")])
def test_pretrained_keeps_the_part_that_needs_no_training(check: Callable[[Embedder], None]) -> None:
    check(make_embedder("pretrained"))


def test_pretrained_restricted_to_the_data_keeps_the_rest(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for data, entity, check in (
        (small_ratings(), "item", check_ratings),
        (small_corpus(), "word", check_corpus),
    ):
        keys = [*data.sequences().keys[::-1], "unseen"]
        path = tmp_path / f"{entity}.arrow"
        Embedding(keys, rng.random((len(keys), 3)), entity).save(path)
        check(make_embedder("pretrained", source=str(path), restrict=True))


class Broken(Embedder):
    """Draws from a generator that it does not seed, and changes its data."""

    view = "none"

    def __init__(self, embedding_dim: int = 3) -> None:
        self.embedding_dim = embedding_dim

    def _learn(self, data):
        return [Embedding(data.sequences().keys, np.random.default_rng().random((len(data.sequences().keys), 2)))]


@pytest.mark.parametrize("name", ["check_ratings", "check_corpus", "check_repeatable"])
def test_contract_finds_a_broken_embedder(name: str) -> None:
    check = next(check for check in CHECKS if check.__name__ == name)
    with pytest.raises((AssertionError, LookupError)):
        check(Broken())
