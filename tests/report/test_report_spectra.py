"""Spectra, Gram matrices and geometry of embeddings, against plain computations."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit import Embedding, metrics
from toolkit.report.spectra import MOST_KEYS, geometry_of, gram, gram_cells, singular_values, spectra


@pytest.fixture(scope="module")
def embedding():
    rng = np.random.default_rng(3)
    return Embedding(range(200), rng.normal(size=(200, 5)) @ rng.normal(size=(5, 5)) * [1, 4, 2, 5, 3], "item")


def test_singular_values_are_shares_of_the_largest(embedding):
    plain = np.linalg.svd(embedding.vectors.astype(float), compute_uv=False)
    np.testing.assert_allclose(singular_values(embedding.vectors), plain / plain[0], rtol=1e-9)
    assert singular_values(np.zeros((4, 2))).tolist() == [0, 0]


def test_spectra_name_method_and_rank(embedding):
    frame = spectra({"a": embedding, "b": Embedding(list("xyz"), np.eye(3)[:, :2])})
    assert frame.groupby("embedder")["rank"].max().to_dict() == {"a": 5, "b": 2}
    assert frame.loc[frame["embedder"] == "b", "value"].tolist() == [1.0, 1.0]


def test_gram_has_the_strongest_columns_first(embedding):
    vectors = embedding.vectors.astype(float)
    order = np.argsort(-np.linalg.norm(vectors, axis=0))
    unit = vectors[:, order] / np.linalg.norm(vectors[:, order], axis=0)
    np.testing.assert_allclose(gram(embedding), unit.T @ unit, atol=1e-12)
    np.testing.assert_allclose(gram(embedding, 3), (unit.T @ unit)[:3, :3], atol=1e-12)


def test_gram_cells_are_the_pairs_above_the_diagonal(embedding):
    cells = gram_cells({"a": embedding}, 4)
    whole = gram(embedding, 4)
    assert len(cells) == 6
    for cell in cells.itertuples():
        assert cell.row < cell.column
        assert cell.cosine == pytest.approx(whole[cell.row - 1, cell.column - 1], abs=5e-4)


def test_geometry_is_that_of_the_metrics(embedding):
    found = geometry_of(embedding)
    assert found["dim"] == 5
    for name in ("orthogonality", "effective_rank", "participation_ratio", "isoscore", "mean_cosine", "hubness"):
        assert found[name] == pytest.approx(getattr(metrics, name)(embedding.vectors))


def test_hubs_are_looked_for_among_the_first_keys():
    vectors = np.random.default_rng(0).normal(size=(MOST_KEYS + 300, 3))
    found = geometry_of(Embedding(range(len(vectors)), vectors))
    assert found["hubness"] == pytest.approx(metrics.hubness(vectors[:MOST_KEYS].astype(np.float32)))
    assert np.isnan(geometry_of(Embedding(range(10), vectors[:10]))["hubness"]), "ten keys have no ten others"
