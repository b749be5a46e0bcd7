"""A rotation changes axes and nothing else; a matrix that is no rotation changes the rest as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import ortho_group

from toolkit.adapters.sklearn import PCA
from toolkit.errors import DataError
from toolkit.studies.orthogonal import STRONGEST, axis_match, orthogonal
from toolkit.testing import small_corpus, small_ratings

DOTS, CKA = 1e-12, 1e-9  # what rounding leaves of float64 products, relative to the largest


@pytest.fixture
def films(gathered: Any) -> Any:
    """Three methods on ratings: PCA, one with vectors of users, and random vectors."""
    data = small_ratings(60, 40)
    rng = np.random.default_rng(0)
    vectors = PCA(6, random_state=0).fit(data).embedding("item")
    gathered.trial("films", "pca", data, item=(vectors.keys, vectors.vectors))
    mixed = rng.standard_normal((40, 6)) @ rng.standard_normal((6, 6))
    users = rng.standard_normal((60, 6))
    gathered.trial("films", "svd", data, item=(data.item_keys, mixed), user=(data.user_keys, users))
    gathered.trial("films", "random", data, item=(data.item_keys, rng.standard_normal((40, 6))))
    return gathered


@pytest.fixture
def rows(films: Any) -> Any:
    return orthogonal(films.evidence(), dim=6)["rotation"].set_index("embedder")


def test_a_rotation_changes_no_dot_product(rows: Any) -> None:
    assert rows["predictions"]["svd"] <= DOTS
    assert rows["predictions"].drop("svd").isna().all(), "the others have no vectors of the other side"


def test_a_rotation_changes_neither_neighbours_nor_alignment(rows: Any) -> None:
    assert rows["neighbors"].tolist() == [1.0] * 3
    np.testing.assert_allclose(rows["cka"], 1, rtol=0, atol=CKA)


def test_a_rotation_mixes_the_axes(rows: Any) -> None:
    assert (rows["axes"] < 0.75).all()


def test_columns_of_pca_are_orthogonal_before_and_not_after(rows: Any) -> None:
    assert rows["orthogonality_before"]["pca"] < 1e-9
    assert rows["orthogonality_after"]["pca"] > 0.01
    assert rows["orthogonality_before"]["svd"] > 0.01


def test_a_matrix_that_is_no_rotation_breaks_each(films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    skewed = np.random.default_rng(5).standard_normal((6, 6))
    monkeypatch.setattr(ortho_group, "rvs", lambda dim, random_state: skewed)
    rows = orthogonal(films.evidence(), dim=6)["rotation"].set_index("embedder")
    assert rows["predictions"]["svd"] > 1e3 * DOTS
    assert (rows["neighbors"] < 0.95).all()
    assert (rows["cka"] < 1 - 1e3 * CKA).all()


def test_no_rotation_at_all_leaves_the_axes(films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortho_group, "rvs", lambda dim, random_state: np.eye(dim))
    rows = orthogonal(films.evidence(), dim=6)["rotation"].set_index("embedder")
    np.testing.assert_allclose(rows["axes"], 1, atol=1e-12)
    assert rows["orthogonality_after"]["pca"] < 1e-9


def test_axes_of_a_random_rotation_match_as_the_formula_says(rotation: Any) -> None:
    vectors = np.random.default_rng(0).standard_normal((4000, 50))
    assert axis_match(vectors, vectors @ rotation(50)) == pytest.approx(np.sqrt(2 / (50 * np.pi)), rel=0.25)
    assert axis_match(vectors, -3 * vectors + 7) == pytest.approx(1)
    assert axis_match(vectors, vectors[:, ::-1]) < 0.05
    assert axis_match(vectors, np.zeros_like(vectors)) == 0, "a column without variance has no correlation"


def test_gram_holds_the_columns_of_largest_norm(gathered: Any) -> None:
    data = small_ratings(60, 40)
    vectors = np.random.default_rng(0).standard_normal((40, STRONGEST + 4)) * np.arange(1, STRONGEST + 5)
    gathered.trial("films", "svd", data, item=(data.item_keys, vectors))
    cells = orthogonal(gathered.evidence(), dim=STRONGEST + 4)["gram"]
    assert len(cells) == STRONGEST**2
    found = cells.set_index(["row", "column"])["cosine"]
    order = np.argsort(-np.square(vectors).sum(axis=0))
    strongest, second = vectors[:, order[0]], vectors[:, order[1]]
    cosine = strongest @ second / np.linalg.norm(strongest) / np.linalg.norm(second)
    assert found[1, 2] == pytest.approx(cosine, abs=6e-4)
    assert found[1, 1] == 1


def test_words_are_counted_by_the_corpus(gathered: Any) -> None:
    data = small_corpus()
    counts = data.sequences().counts
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((len(counts), 3))
    vectors *= (counts / np.linalg.norm(vectors, axis=1))[:, None]
    gathered.trial("words", "sgns", data, word=(data.words, vectors))
    row = orthogonal(gathered.evidence(), dim=3)["geometry"].iloc[0]
    assert row["norm_frequency"] == pytest.approx(1, abs=0.02), "but for ties in the counts"


def test_without_vectors_of_that_length_it_says_so(films: Any) -> None:
    with pytest.raises(DataError, match="experiment 'films' has no vectors of 50 dimensions"):
        orthogonal(films.evidence())
