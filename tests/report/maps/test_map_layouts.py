"""Layouts: their signs, sizes and turns; the same each time."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ortho_group

import toolkit as tk
from toolkit.errors import MissingDependencyError, ParameterError
from toolkit.report.maps import align, layout, layouts

KEYS = [f"k{i}" for i in range(60)]
VECTORS = np.random.default_rng(3).normal(size=(60, 8)) * np.linspace(3, 1, 8)
SCRIPT = """
import hashlib, numpy as np, toolkit as tk
from toolkit.report.maps import layout
vectors = np.random.default_rng(3).normal(size=(60, 8))
places = layout(tk.Embedding([f"k{i}" for i in range(60)], vectors), "METHOD")
print(hashlib.sha256(places.to_csv().encode()).hexdigest())
"""


def test_plane_is_that_of_the_largest_eigenvalues() -> None:
    unit = tk.Embedding(KEYS, VECTORS).unit_vectors.astype(np.float64)
    places, share = layouts.principal_plane(unit)
    values, axes = np.linalg.eigh(np.cov(unit.T))
    expected = (unit - unit.mean(axis=0)) @ axes[:, [-1, -2]]
    cosines = (
        np.abs((places * expected).sum(axis=0)) / np.linalg.norm(places, axis=0) / np.linalg.norm(expected, axis=0)
    )
    np.testing.assert_allclose(cosines, 1, atol=1e-9)
    assert share == pytest.approx(values[-2:].sum() / values.sum())
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-12)
    assert np.square(places).sum(axis=1).mean() == pytest.approx(1)


def test_signs_do_not_hang_on_those_of_the_vectors() -> None:
    for signs in ([-1] * 8, [1, -1] * 4):
        own = layout(tk.Embedding(KEYS, VECTORS * signs))
        pd.testing.assert_frame_equal(own, layout(tk.Embedding(KEYS, VECTORS)), rtol=1e-4, atol=1e-5)
    furthest = own[["x", "y"]].abs().idxmax()
    assert own.loc[furthest["x"], "x"] > 0
    assert own.loc[furthest["y"], "y"] > 0


def test_lengths_of_vectors_make_no_difference(rng: np.random.Generator) -> None:
    longer = VECTORS * rng.uniform(0.1, 9, size=(60, 1))
    pd.testing.assert_frame_equal(
        layout(tk.Embedding(KEYS, longer)), layout(tk.Embedding(KEYS, VECTORS)), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_copy_comes_back_exactly(mirrored: bool, rng: np.random.Generator) -> None:
    places = rng.normal(size=(40, 2))
    places -= places.mean(axis=0)
    turn = np.array([[np.cos(2.0), -np.sin(2.0)], [np.sin(2.0), np.cos(2.0)]]) @ np.diag([1, -1 if mirrored else 1])
    np.testing.assert_allclose(align(places @ turn + 5, places), places, atol=1e-12)


def test_a_rotated_embedding_lies_on_its_original() -> None:
    first = layout(tk.Embedding(KEYS, VECTORS))
    copy = tk.Embedding(KEYS, VECTORS @ ortho_group.rvs(8, random_state=1)).subset(KEYS[::-1])
    found = layout(copy, reference=first).set_index("key").loc[KEYS]
    np.testing.assert_allclose(found.to_numpy(), first[["x", "y"]].to_numpy(), atol=1e-5)


def test_no_turn_or_mirror_comes_closer(rng: np.random.Generator) -> None:
    ours, theirs = rng.normal(size=(2, 30, 2))
    theirs -= theirs.mean(axis=0)
    least = np.square(align(ours, theirs) - theirs).sum()
    centred = ours - ours.mean(axis=0)
    for angle in np.linspace(0, 2 * np.pi, 400):
        for sign in (1, -1):
            turn = np.array([[np.cos(angle), np.sin(angle)], [-sign * np.sin(angle), sign * np.cos(angle)]])
            assert np.square(centred @ turn - theirs).sum() >= least - 1e-9


def test_keys_that_the_reference_lacks_turn_with_the_others(rng: np.random.Generator) -> None:
    places = rng.normal(size=(20, 2))
    places -= places.mean(axis=0)
    reference = places @ np.array([[0.0, 1], [-1, 0]])
    expected = reference.copy()
    reference[12:] = np.nan
    np.testing.assert_allclose(align(places, reference), expected, atol=1e-12)
    np.testing.assert_array_equal(align(places, np.full((20, 2), np.nan)), places)


def test_vectors_that_are_all_equal_lie_on_one_point() -> None:
    places, share = layouts.principal_plane(np.ones((5, 3)))
    np.testing.assert_array_equal(places, 0)
    assert share == 0


def test_what_is_too_small_or_unknown_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="at least 3 keys and 2 dimensions, not 60 words × 1"):
        layout(tk.Embedding(KEYS, VECTORS[:, :1]))
    with pytest.raises(ParameterError, match="'pca' or 'umap'"):
        layout(tk.Embedding(KEYS, VECTORS), "tsne")  # type: ignore[arg-type]
    monkeypatch.setattr(layouts, "has_umap", lambda: False)
    with pytest.raises(MissingDependencyError, match=r"umap-learn: pip install"):
        layout(tk.Embedding(KEYS, VECTORS), "umap")


def test_two_processes_make_the_same_bytes() -> None:
    for method in ("pca", *(["umap"] if layouts.has_umap() else [])):
        digests = set()
        for seed in ("1", "2"):
            command = [sys.executable, "-c", SCRIPT.replace("METHOD", method)]
            environment = {"PYTHONHASHSEED": seed}
            digests.add(run(command, environment))
        assert len(digests) == 1, method


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return done.stdout


def test_which_side_is_positive_does_not_hang_on_rounding() -> None:
    rows = np.array([[1.0, 0], [-1, 0], [0, 0.5], [0, -0.5]])
    for seed in range(10):
        places, _ = layouts.principal_plane(rows + 1e-13 * np.random.default_rng(seed).normal(size=rows.shape))
        assert places[0, 0] > 0
        assert places[2, 1] > 0
