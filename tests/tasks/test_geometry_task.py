"""The task without a judge, by its metrics, and the vocabulary that it is measured over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from toolkit import Embedding
from toolkit.data import Vocabulary
from toolkit.data.staged import open_staged, stage
from toolkit.metrics import (
    effective_rank,
    hubness,
    isoscore,
    mean_cosine,
    metric_info,
    orthogonality,
    participation_ratio,
)
from toolkit.registry import make_embedder
from toolkit.tasks import Subject, geometry, item_similarity, task_info

VECTORS = np.random.default_rng(0).standard_normal((40, 6)) * np.arange(1, 7)
KEYS = pd.Index([f"k{n}" for n in range(40)], dtype=object)


def test_by_the_metrics_themselves() -> None:
    item = Embedding(KEYS, VECTORS, "item")
    found = {score.metric: score for score in geometry(Subject("x", {"item": item}), k=3)}
    expected = {
        "effective_rank": effective_rank(item.vectors),
        "participation_ratio": participation_ratio(item.vectors),
        "isoscore": isoscore(item.vectors),
        "mean_cosine": mean_cosine(item.vectors),
        "orthogonality": orthogonality(item.vectors),
        "hubness@3": hubness(item.vectors, 3),
    }
    assert {name: score.value for name, score in found.items()} == expected
    assert {(score.entity, score.n) for score in found.values()} == {("item", 40)}
    assert all(metric_info(name).direction == "neutral" for name in found)
    assert task_info("geometry").main_metric in found


def test_hubs_of_the_first_vectors() -> None:
    item = Embedding(KEYS, VECTORS, "item")
    *_, hubs = geometry(Subject("x", {"item": item}), k=3, most=20)
    assert (hubs.value, hubs.n) == (hubness(item.vectors[:20], 3), 20)


@pytest.mark.parametrize(
    ("vectors", "note"),
    [
        (np.ones((40, 1)), "x has item vectors of one dimension"),
        (np.ones((3, 2)), "x has 3 vectors; 10 neighbours need more"),
    ],
)
def test_nothing_to_measure(vectors: np.ndarray, note: str) -> None:
    (score,) = geometry(Subject("x", {"item": Embedding(KEYS[: len(vectors)], vectors, "item")}))
    assert score.note.startswith(note)


def test_vectors_that_are_all_the_same_have_no_hubs_and_no_ratio() -> None:
    found = {score.metric for score in geometry(Subject("x", {"item": Embedding(KEYS, np.zeros((40, 2)), "item")}))}
    assert "participation_ratio" not in found


def test_a_vocabulary_is_staged_as_it_is(tmp_path: Path) -> None:
    table = pd.DataFrame({"title": ["a", "b"]}, index=KEYS[:2])
    stage(Vocabulary(KEYS, "mine", "item", table), tmp_path / "a.arrow")
    found = open_staged(tmp_path / "a.arrow")
    assert isinstance(found, Vocabulary)
    assert found.keys.equals(KEYS)
    assert (found.name, found.entity, len(found), found.summary) == ("mine", "item", 40, "40 items")
    assert found.item_table is not None
    pd.testing.assert_frame_equal(found.item_table, table)
    assert found.fingerprint() == Vocabulary(KEYS).fingerprint() != Vocabulary(KEYS[::-1]).fingerprint()


def test_nothing_can_be_learned_from_a_vocabulary_but_chance() -> None:
    data = Vocabulary(KEYS, entity="item")
    learned = make_embedder("random", embedding_dim=4).fit(data).embedding()
    assert (learned.entity, learned.dim) == ("item", 4)
    assert learned.keys.equals(KEYS)
    assert {len(sequence) for sequence in data.sequences()} == {1}
    assert (data.matrix().csr.toarray() == np.eye(40)).all()


def test_items_of_a_vocabulary_are_judged_by_their_attributes() -> None:
    table = pd.DataFrame({"genres": ["War" if n % 2 else "Drama" for n in range(40)]}, index=KEYS)
    sides = Embedding(KEYS, [[1, n % 2] for n in range(40)], "item")
    precision, *_ = item_similarity(Subject("x", {"item": sides}, None, Vocabulary(KEYS, "mine", "item", table)), k=5)
    assert (precision.value, precision.n) == (1.0, 40)
