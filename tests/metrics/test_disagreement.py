"""The keys on which two embeddings disagree."""

from __future__ import annotations

import numpy as np
import pytest

import toolkit as tk
from toolkit.errors import ParameterError
from toolkit.metrics import disagreements, neighbor_overlap

N = 80
KEYS = [f"k{i}" for i in range(N)]


def test_disagreements_are_those_of_a_plain_loop(rng: np.random.Generator) -> None:
    first = tk.Embedding(KEYS, rng.normal(size=(N, 5)))
    second = tk.Embedding(
        [*KEYS[5:][::-1], "other"], np.vstack([first.vectors[5:][::-1] + rng.normal(size=(N - 5, 5)), np.ones((1, 5))])
    )
    found = disagreements(first, second, k=4)
    common = [key for key in KEYS if key in second]
    one, two = first.subset(common), second.subset(common)
    shared = {key: len(set(one.neighbors(key, 4)["key"]) & set(two.neighbors(key, 4)["key"])) for key in common}
    assert found["key"].tolist() == sorted(common, key=lambda key: (shared[key], KEYS.index(key)))
    assert found["shared"].tolist() == [shared[key] for key in found["key"]]
    np.testing.assert_allclose(found["overlap"], found["shared"] / (8 - found["shared"]))
    assert found["overlap"].mean() == pytest.approx(neighbor_overlap(one.vectors, two.vectors, 4))


def test_too_few_keys_are_refused(rng: np.random.Generator) -> None:
    emb = tk.Embedding(KEYS[:5], rng.normal(size=(5, 3)))
    with pytest.raises(ParameterError, match="k is 10; it must lie between 1 and"):
        disagreements(emb, emb)
    with pytest.raises(ParameterError, match="0 keys in common; at least 3"):
        disagreements(emb, tk.Embedding(["x", "y", "z"], np.eye(3)))
